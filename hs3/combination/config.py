"""What a combination is told: which parameters are the same, and what is to become of others."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, pointer


def _bound(value: float) -> float:
    if math.isnan(value):
        raise ValueError("not a number")
    return value


Bound = Annotated[float, AfterValidator(_bound)]
"""A number, or an infinity for no bound."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Input(_Part):
    """How an input is read, and which part of it is combined.

    Attributes:
        analysis, likelihood: the part; without either what `hs3.compile` takes.
        pdf, data: a distribution with its data, in documents without a likelihood.
        channels: patterns of the channels that are kept; one with ``!`` in front is left out.
        patch, patch_name, measurement, interpolation, root_dir, workspace, mass, morphing: the
            options of `hs3.read`. Paths are relative to the file of the configuration.
    """

    analysis: str | None = None
    likelihood: str | None = None
    pdf: str | None = None
    data: str | None = None
    channels: tuple[str, ...] = ()
    patch: str | None = None
    patch_name: str | None = None
    measurement: str | None = None
    interpolation: str | None = None
    root_dir: str | None = None
    workspace: str | None = None
    mass: FiniteFloat | None = None
    morphing: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What `hs3.read` is given."""
        wanted = ("patch", "patch_name", "measurement", "interpolation",
                  "root_dir", "workspace", "mass", "morphing")  # fmt: skip
        given = ((key, getattr(self, key)) for key in wanted)
        return {key: value for key, value in given if value is not None}


class Rescale(_Part):
    r"""Parameters of one input follow those of the combination.

    .. math:: \theta = \text{offset} + \text{scale} \cdot \text{of}

    Attributes:
        input: name of the input.
        parameter: its parameter; its own constraint no longer counts. ``*`` stands for any text,
            which the ``*`` of `of` repeats.
        of: parameter of the combination that it follows.
    """

    input: str
    parameter: str
    of: str
    scale: FiniteFloat = 1.0
    offset: FiniteFloat = 0.0


class Function(_Part):
    """A parameter of an input becomes an expression of parameters of the combination.

    Attributes:
        input: name of the input; with ``*`` those that fit and have the parameter.
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
        parameters: input → its parameter, or the name of a parameter of the combination. With
            ``*`` in all of them and in `name` there is one group for each text that fits all.
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
        source: the input from which value, range, constancy and unit are; ``from`` in files.
        constraint: the input whose constraint counts; those of the others do not.
    """

    value: FiniteFloat | None = None
    min: Bound | None = None
    max: Bound | None = None
    const: bool | None = None
    unit: str | None = None
    constraint: str | None = None
    source: str | None = Field(default=None, alias="from")


Overlap = Literal["error", "keep", "merge"]


class Config(_Part):
    """A combination (docs/combine.md).

    Attributes:
        name: of the combined analysis.
        inputs: name of an input → which part of it.
        correlate: parameter of the combination → input → its name there; ``*`` stands for any text.
        decorrelate: patterns of names that are different parameters in each input although they
            are called the same; one with ``!`` in front makes an exception.
        definitions: functions of the combination, name → expression, for use in `functions`.
        parameters: parameter of the combination, or pattern, → what holds for it.
        parameters_of_interest: by default those of the inputs.
        overlap: what becomes of a channel that several inputs contain: for all, or by pattern.
        clip_at_zero: whether rates are cut at zero, where inputs of ROOT and others are mixed.
    """

    name: Annotated[str, Field(min_length=1)] = "combined"
    inputs: dict[str, Input] = {}
    correlate: dict[str, dict[str, str]] = {}
    decorrelate: tuple[str, ...] = ()
    rescale: tuple[Rescale, ...] = ()
    functions: tuple[Function, ...] = ()
    definitions: dict[str, str] = {}
    partial: tuple[Partial, ...] = ()
    parameters: dict[str, Parameter] = {}
    parameters_of_interest: tuple[str, ...] | None = None
    overlap: Overlap | dict[str, Overlap] = "error"
    clip_at_zero: bool | None = None

    def settled(self, name: str) -> Parameter:
        """What `parameters` says about one: under its name first, then by the patterns in order."""
        rules = [self.parameters[name]] if name in self.parameters else []
        rules += [p for key, p in self.parameters.items() if _fits(key, name)]
        found: dict[str, Any] = {}
        for rule in rules:
            found = rule.model_dump(exclude_none=True, by_alias=True) | found
        return Parameter.model_validate(found)

    def overlap_of(self, channel: str) -> Overlap:
        """What `overlap` says about a channel."""
        if isinstance(self.overlap, str):
            return self.overlap
        rules = (v for key, v in self.overlap.items() if key == channel or _fits(key, channel))
        return next(rules, "error")


def _fits(text: str, name: str) -> bool:
    return is_pattern(text) and pattern(text).fullmatch(name) is not None


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
