"""What a combination is told: which parameters are the same, and what is to become of others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from hs3.errors import EditError
from hs3.findings import Finding, pointer


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Input(_Part):
    """Which part of an input is combined; without either what `hs3.compile` takes."""

    analysis: str | None = None
    likelihood: str | None = None


class Rescale(_Part):
    r"""A parameter of one input follows one of the combination.

    .. math:: \theta = \text{offset} + \text{scale} \cdot \text{of}

    Attributes:
        input: name of the input.
        parameter: its parameter; its own constraint no longer counts.
        of: parameter of the combination that it follows.
    """

    input: str
    parameter: str
    of: str
    scale: FiniteFloat = 1.0
    offset: FiniteFloat = 0.0


class Function(_Part):
    """A parameter of one input becomes an expression of parameters of the combination.

    Attributes:
        input: name of the input.
        parameter: its parameter.
        expression: in the language of the standard's generic functions.
        drop_constraint: whether a constraint of the parameter may be taken away.
    """

    input: str
    parameter: str
    expression: str
    drop_constraint: bool = False


class Partial(_Part):
    """Parameters with Gaussian constraints that are correlated.

    Attributes:
        name: what the independent parameters are called, with a number behind.
        parameters: input → its parameter, or the name of a parameter of the combination.
        matrix: their correlation matrix.
        method: ``cholesky`` (the first parameter stays itself) or ``eigen``.
    """

    name: str
    parameters: tuple[dict[str, str] | str, ...]
    matrix: tuple[tuple[FiniteFloat, ...], ...]
    method: Literal["cholesky", "eigen"] = "cholesky"


class Parameter(_Part):
    """What holds for a parameter of the combination, whatever the inputs say.

    Attributes:
        constraint: the input whose constraint counts; those of the others do not.
    """

    value: FiniteFloat | None = None
    min: float | None = None
    max: float | None = None
    const: bool | None = None
    constraint: str | None = None


class Config(_Part):
    """A combination (docs/combine.md).

    Attributes:
        name: of the combined analysis.
        inputs: name of an input → which part of it.
        correlate: parameter of the combination → input → its name there; ``*`` stands for any text.
        decorrelate: patterns of names that are different parameters in each input although they
            are called the same; one with ``!`` in front makes an exception.
        parameters: parameter of the combination → what holds for it.
        parameters_of_interest: by default those of the inputs.
        overlap: what becomes of a channel that several inputs contain.
        clip_at_zero: whether rates are cut at zero, where inputs of ROOT and others are mixed.
    """

    name: Annotated[str, Field(min_length=1)] = "combined"
    inputs: dict[str, Input] = {}
    correlate: dict[str, dict[str, str]] = {}
    decorrelate: tuple[str, ...] = ()
    rescale: tuple[Rescale, ...] = ()
    functions: tuple[Function, ...] = ()
    partial: tuple[Partial, ...] = ()
    parameters: dict[str, Parameter] = {}
    parameters_of_interest: tuple[str, ...] | None = None
    overlap: Literal["error", "keep", "merge"] = "error"
    clip_at_zero: bool | None = None


def read(data: Any) -> Config:
    """The configuration in JSON data.

    Raises:
        EditError: it does not fit, with one finding for every place.
    """
    if isinstance(data, Config):
        return data
    try:
        return Config.model_validate(data if data is not None else {})
    except ValidationError as error:
        raise EditError(
            [
                Finding(
                    "combine.config", pointer(*e["loc"]), f"configuration: {e['msg']}", e["input"]
                )
                for e in error.errors()[:50]
            ]
        ) from None


def wrong(message: str, *path: str | int, value: Any = None, near: tuple[str, ...] = ()) -> Finding:
    """A finding about the configuration."""
    return Finding("combine.config", pointer(*path), f"configuration: {message}", value, near)
