"""What is said about a covariance matrix: of which bins, in which units, what to keep of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from hs3.errors import EditError
from hs3.findings import Finding, pointer

from .decomposition import TOLERANCE


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Part):
    """A matrix or a list of numbers in a file: CSV, npy or npz.

    Attributes:
        file: its path, relative to the file of the configuration.
        key: which array of an npz file, where there are several.
    """

    file: str
    key: str | None = None


Array = tuple[FiniteFloat, ...] | File | str
Matrix = tuple[tuple[FiniteFloat, ...], ...] | File | str
"""Numbers, or a file; a string is the path of one."""


class Template(_Part):
    """Bins of a template; rows follow in their order.

    Attributes:
        channel: name of the channel, with or without ROOT's prefix ``model_``; a pattern stands for
            all that fit, in the order of the document.
        sample: name of the sample, or a pattern.
        bins: numbers of the bins, from 0; all of them by default.
    """

    channel: str = "*"
    sample: str = "*"
    bins: tuple[Annotated[int, Field(ge=0)], ...] | None = None


class Bin(_Part):
    """One row: a bin of a template."""

    channel: str
    sample: str
    bin: Annotated[int, Field(ge=0)]


class Corrections(_Part):
    """Correction factors, and how the rows depend on them.

    Attributes:
        covariance, correlation, sigma: of the factors, as in `Config`.
        jacobian: derivatives of the rows by the factors, shape (rows, factors).
    """

    covariance: Matrix | None = None
    correlation: Matrix | None = None
    sigma: Array | None = None
    jacobian: Matrix


class Config(_Part):
    """A covariance matrix of template bins (docs/covariance.md).

    Attributes:
        prefix: what the nuisance parameters are called, with a number behind.
        covariance: the matrix; or
        correlation, sigma: the matrix of correlations and the standard deviations; or
        corrections: the covariance of factors and the dependence of the rows on them.
        templates: which bins the rows are, block by block; by default all of the document.
        bins: the same row by row, as `hs3 covariance` writes it.
        relative: whether the matrix is in units of the nominal counts.
        fraction: what part of the trace the leading eigenvectors are to hold.
        remainder: ``bins`` adds what they leave of each variance as uncorrelated variations of
            single bins, ``drop`` leaves it out.
        tolerance: how negative an eigenvalue may be by rounding, per row.
    """

    prefix: Annotated[str, Field(min_length=1)] = "cov"
    covariance: Matrix | None = None
    correlation: Matrix | None = None
    sigma: Array | None = None
    corrections: Corrections | None = None
    templates: tuple[Template, ...] = (Template(),)
    bins: tuple[Bin, ...] | None = None
    relative: bool = False
    fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    remainder: Literal["bins", "drop"] = "bins"
    tolerance: Annotated[float, Field(ge=0, lt=1)] = TOLERANCE

    @model_validator(mode="after")
    def _one_matrix(self) -> Config:
        given = [k for k in ("covariance", "correlation", "corrections") if getattr(self, k)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} say the same; give one of them")
        if self.bins is not None and "templates" in self.model_fields_set:
            raise ValueError("templates and bins say the same; give one of them")
        if self.corrections is not None and self.relative:
            raise ValueError("a jacobian gives counts: `relative` does not go with corrections")
        return self


def read(data: Any) -> Config:
    """The configuration in JSON data, which may be what `hs3 covariance` wrote.

    Raises:
        EditError: it does not fit, with one finding for every place.
    """
    if isinstance(data, Config):
        return data
    if isinstance(data, dict) and data.get("format") == "hs3-covariance":
        data = {key: data[key] for key in ("bins", "covariance") if key in data}
    try:
        return Config.model_validate(data if data is not None else {})
    except ValidationError as error:
        raise EditError(
            [
                Finding("covariance.config", pointer(*e["loc"]), f"configuration: {e['msg']}")
                for e in error.errors()[:20]
            ]
        ) from None


def wrong(message: str, *path: str | int, value: Any = None, near: tuple[str, ...] = ()) -> Finding:
    """A finding about the configuration."""
    return Finding("covariance.config", pointer(*path), f"configuration: {message}", value, near)
