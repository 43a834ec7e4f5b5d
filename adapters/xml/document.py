"""HistFactory XML as typed data, with the defaults of ROOT's parser (ConfigParser.cxx)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["Gauss", "Poisson"]
TermType = Literal["Gamma", "LogNormal", "Uniform", "NoConstraint"]


@dataclass(frozen=True)
class Source:
    """A histogram: file, folder in the file, name; `place` is where the XML asks for it."""

    file: str
    folder: str
    name: str
    place: str


@dataclass(frozen=True)
class NormFactor:
    """Multiplies the sample by a free parameter, or by the `Function` of that name."""

    name: str
    value: float
    low: float
    high: float
    const: bool
    place: str


@dataclass(frozen=True)
class OverallSys:
    """Multiplies the sample by `low` … `high` at alpha = -1 … 1."""

    name: str
    low: float
    high: float
    place: str


@dataclass(frozen=True)
class HistoSys:
    """Moves the sample from `low` to `high` between alpha = -1 and 1."""

    name: str
    low: Source
    high: Source
    place: str


@dataclass(frozen=True)
class ShapeSys:
    """A constrained factor per bin, with relative uncertainties `errors`."""

    name: str
    errors: Source
    kind: Kind
    place: str


@dataclass(frozen=True)
class ShapeFactor:
    """A free factor per bin; `initial` has its starting values."""

    name: str
    const: bool
    initial: Source | None
    place: str


@dataclass(frozen=True)
class StatError:
    """The sample takes part in the statistical uncertainty of its channel.

    `errors` are relative; without, they are those of the sample's own histogram.
    """

    errors: Source | None
    place: str


Modifier = NormFactor | OverallSys | HistoSys | ShapeSys | ShapeFactor | StatError


@dataclass(frozen=True)
class Sample:
    """A contribution to a channel; `by_theory` means that it scales with the luminosity."""

    name: str
    source: Source
    by_theory: bool
    modifiers: tuple[Modifier, ...]
    place: str


@dataclass(frozen=True)
class Data:
    """Observed counts; only additional ones have a name."""

    name: str
    source: Source
    place: str


@dataclass(frozen=True)
class Channel:
    """A channel; parameters of bins whose relative error is below `threshold` are constant."""

    name: str
    data: tuple[Data, ...]
    samples: tuple[Sample, ...]
    stat_kind: Kind
    threshold: float
    place: str


@dataclass(frozen=True)
class ConstraintTerm:
    """Another constraint than the unit Gaussian for the systematic `name`."""

    name: str
    type: TermType
    relative: float
    place: str


@dataclass(frozen=True)
class Setting:
    """A parameter with a value of its own, or that is constant."""

    name: str
    place: str
    value: float | None = None
    const: bool = False


@dataclass(frozen=True)
class Measurement:
    """A measurement: luminosity, parameters of interest, settings."""

    name: str
    lumi: float
    lumi_relative: float
    pois: tuple[str, ...]
    settings: tuple[Setting, ...]
    terms: tuple[ConstraintTerm, ...]
    place: str


@dataclass(frozen=True)
class Function:
    """A function of other parameters, to be used as NormFactor (RooFit's ``expr::``)."""

    name: str
    expression: str
    dependents: str
    place: str


@dataclass(frozen=True)
class Combination:
    """The driver file."""

    functions: tuple[Function, ...]
    inputs: tuple[tuple[str, str], ...]
    measurements: tuple[Measurement, ...]
