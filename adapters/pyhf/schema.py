"""pyhf's JSON, version 1.0.0, as typed parts: what its schema allows, and nothing else.

The forms follow https://scikit-hep.org/pyhf/schemas/1.0.0/workspace.json. Stricter on purpose: a
bound has exactly two numbers (the schema puts that rule where it has no effect), and every number
is finite.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from hs3.base import Number, Numbers
from hs3.errors import DocumentError
from hs3.findings import Finding, pointer

VERSION = "1.0.0"


def _finite(value: Any) -> Any:
    try:
        inside = bool(np.isfinite(np.asarray(value, dtype=np.float64)).all())
    except OverflowError:  # an integer beyond the largest float
        inside = False
    if not inside:
        raise PydanticCustomError("pyhf_finite", "every number must be finite")
    return value


Finite = Annotated[Number, AfterValidator(_finite)]
Array = Annotated[Numbers, Field(min_length=1), AfterValidator(_finite)]
Pair = tuple[Finite, Finite]


class PyhfPart(BaseModel):
    """A JSON object of a pyhf document; a key that pyhf does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HistoSysData(PyhfPart):
    """Absolute templates at alpha = +1 and -1."""

    lo_data: Array
    hi_data: Array


class NormSysData(PyhfPart):
    """Factors at alpha = +1 and -1."""

    lo: Finite
    hi: Finite


class HistoSys(PyhfPart):
    """Correlated shape systematic."""

    name: StrictStr
    type: Literal["histosys"]
    data: HistoSysData


class Lumi(PyhfPart):
    """Luminosity, always called ``lumi``."""

    name: Literal["lumi"]
    type: Literal["lumi"]
    data: None


class NormFactor(PyhfPart):
    """Free normalisation."""

    name: StrictStr
    type: Literal["normfactor"]
    data: None


class NormSys(PyhfPart):
    """Normalisation systematic."""

    name: StrictStr
    type: Literal["normsys"]
    data: NormSysData


class ShapeFactor(PyhfPart):
    """One free factor per bin."""

    name: StrictStr
    type: Literal["shapefactor"]
    data: None


class ShapeSys(PyhfPart):
    """One Poisson-constrained factor per bin; `data` are absolute uncertainties."""

    name: StrictStr
    type: Literal["shapesys"]
    data: Array


class StatError(PyhfPart):
    """One Gauss-constrained factor per bin; `data` are absolute uncertainties."""

    name: StrictStr
    type: Literal["staterror"]
    data: Array


Modifier = Annotated[
    HistoSys | Lumi | NormFactor | NormSys | ShapeFactor | ShapeSys | StatError,
    Field(discriminator="type"),
]


class Sample(PyhfPart):
    """Nominal counts per bin and their modifiers."""

    name: StrictStr
    data: Array
    modifiers: tuple[Modifier, ...]

    def effective(self) -> list[tuple[int, Modifier]]:
        """Position and modifier, of those that count: of two with one type and name, the last."""
        last = {(m.type, m.name): i for i, m in enumerate(self.modifiers)}
        return [(i, self.modifiers[i]) for i in sorted(last.values())]


class Channel(PyhfPart):
    """A region with its samples."""

    name: StrictStr
    samples: Annotated[tuple[Sample, ...], Field(min_length=1)]


class ParameterConfig(PyhfPart):
    """What a measurement says about one parameter set; what is left out keeps pyhf's default."""

    name: StrictStr
    inits: Array | None = None
    bounds: Annotated[tuple[Pair, ...], Field(min_length=1)] | None = None
    auxdata: Array | None = None
    factors: Array | None = None
    sigmas: Array | None = None
    fixed: StrictBool | None = None


class Config(PyhfPart):
    """Parameter of interest (``""`` for none) and parameter settings."""

    poi: StrictStr
    parameters: tuple[ParameterConfig, ...]


class Measurement(PyhfPart):
    """One way to look at the same channels."""

    name: StrictStr
    config: Config


class Observation(PyhfPart):
    """Observed counts per bin of the channel called `name`."""

    name: StrictStr
    data: Array


class PyhfWorkspace(PyhfPart):
    """The whole document."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    measurements: Annotated[tuple[Measurement, ...], Field(min_length=1)]
    observations: Annotated[tuple[Observation, ...], Field(min_length=1)]
    version: Literal["1.0.0"]


def read(data: Any) -> PyhfWorkspace:
    """The typed form of a pyhf workspace.

    Raises:
        DocumentError: the data do not fit pyhf's schema; the findings name every place.
    """
    try:
        return PyhfWorkspace.model_validate(data)
    except ValidationError as error:
        raise DocumentError([_finding(e, data) for e in error.errors()[:100]]) from None


def _finding(error: Any, data: Any) -> Finding:
    path = _path(error["loc"], data)
    value = error["input"] if not isinstance(error["input"], dict | list | tuple) else None
    return Finding("pyhf.invalid", path, error["msg"], value)


def _path(loc: tuple[str | int, ...], data: Any) -> str:
    """The pointer to a place, without the labels that the type checker puts between the keys."""
    parts: list[str | int] = []
    for i, part in enumerate(loc):
        inside = isinstance(data, dict) and part in data
        inside = inside or (isinstance(data, list | tuple) and isinstance(part, int))
        if inside:
            data = data[part] if not isinstance(part, int) or part < len(data) else None
            parts.append(part)
        elif i == len(loc) - 1 and isinstance(data, dict):
            parts.append(part)
    return pointer(*parts)


def is_pyhf(data: Any) -> bool:
    """True when JSON data look like a pyhf workspace (told by the sections, not by validity)."""
    if not isinstance(data, dict) or "distributions" in data:
        return False
    return "channels" in data and ("measurements" in data or "observations" in data)


def is_patchset(data: Any) -> bool:
    """True when JSON data look like a pyhf patchset."""
    return isinstance(data, dict) and isinstance(data.get("patches"), list) and "metadata" in data
