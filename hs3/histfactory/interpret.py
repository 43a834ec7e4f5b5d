"""From a HistFactory distribution as a document spells it to what it means.

`interpret` reads one channel. Every convention that differs between writers is a rule of
`hs3.dialects` and is reported; what cannot be read right is an error finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hs3.axes import Axis
from hs3.checks.axes import bin_counts, check_axis
from hs3.dialects import constraints as spelling
from hs3.dialects import histfactory as rules
from hs3.dialects import interpolation
from hs3.dialects.base import Log, Writer
from hs3.distributions.histfactory import HistFactoryDist
from hs3.distributions.histfactory import Sample as SampleSpelling

from . import bins, meaning
from .claims import Claims, unit_constraint
from .modifiers import (
    CustomModifier,
    HistoSysModifier,
    Modifier,
    NormFactorModifier,
    NormSysModifier,
    ShapeFactorModifier,
    ShapeSysModifier,
    StatErrorModifier,
)

_EXPONENTIAL = (meaning.Interpolation.EXPONENTIAL, meaning.Interpolation.POLY6_EXPONENTIAL)
_ADDITIVE = tuple(code for code in meaning.Interpolation if code not in _EXPONENTIAL)


@dataclass(frozen=True)
class Context:
    """What the reading of a channel depends on beyond the channel.

    Attributes:
        writer: who wrote the document.
        claims: collects what is said about parameters; shared by all channels of a likelihood.
        is_distribution: tells whether a name is that of a distribution of the document.
        histosys: how `hi` and `lo` of a histosys are to be read.
    """

    writer: Writer
    claims: Claims
    is_distribution: Callable[[str], bool]
    histosys: Literal["absolute", "additive"] = "absolute"


@dataclass(frozen=True)
class Observation:
    """Observed counts for a channel: `contents` per bin, the data's `name` and `axes`."""

    name: str
    axes: tuple[Axis, ...]
    contents: meaning.FloatArray


def interpret(
    dist: HistFactoryDist, path: str, context: Context, observation: Observation | None = None
) -> tuple[meaning.Channel | None, Log]:
    """The meaning of a channel, and the log of what was found.

    The channel is None when its binning is not given. Other errors are findings in the log; the
    modifier or sample concerned is then missing from the channel.
    """
    log = Log(f"channel {dist.name}")
    edges = _edges(dist, path, observation, log)
    if edges is None:
        return None, log
    reader = _ChannelReader(dist, path, context, edges, log)
    samples = tuple(
        s
        for i, sample in enumerate(dist.samples)
        if (s := reader.sample(sample, i, f"{path}/samples/{i}")) is not None
    )
    reader.bins.finish()
    channel = meaning.Channel(
        name=dist.name,
        axes=tuple(a.name for a in dist.axes or (observation.axes if observation else ())),
        edges=edges,
        samples=samples,
        observed=observation.contents if observation else None,
        data=observation.name if observation else None,
        path=path,
    )
    return channel, log


def _edges(
    dist: HistFactoryDist, path: str, observation: Observation | None, log: Log
) -> tuple[meaning.FloatArray, ...] | None:
    axes, where = dist.axes, f"{path}/axes"
    if not axes and observation is not None:
        axes = observation.axes
        log.fired(rules.axes_from_data, path)
    counts = bin_counts(axes)
    if not counts:
        log.add("axes.no_binning", where, f"channel {dist.name!r} does not say what its bins are")
        return None
    for i, axis in enumerate(axes):
        check_axis(axis, f"{where}/{i}", log)
    # Compared before any array is made: a document may claim 10^12 bins.
    if not _filled(dist, math.prod(counts), path, log):
        return None
    return tuple(e for axis in axes if (e := axis.bin_edges()) is not None)


def _filled(dist: HistFactoryDist, bins: int, path: str, log: Log) -> bool:
    if any(len(s.data.contents) == bins for s in dist.samples):
        return True
    if not dist.samples:
        log.add("histfactory.no_samples", path, f"channel {dist.name!r} has no samples")
        return False
    message = f"{len(dist.samples[0].data.contents)} contents for {bins} bins"
    log.add("histfactory.length", f"{path}/samples/0/data/contents", message)
    return False


class _ChannelReader:
    """Reads the samples of one channel."""

    def __init__(
        self,
        dist: HistFactoryDist,
        path: str,
        context: Context,
        edges: tuple[meaning.FloatArray, ...],
        log: Log,
    ) -> None:
        self.context, self.claims, self.log = context, context.claims, log
        self.shape = tuple(len(e) - 1 for e in edges)
        self.count = int(np.prod(self.shape))
        extra = dist.model_extra or {}
        self.default = extra.get("default_interpolation")
        self.path = path
        self.bins = bins.BinReader(dist, path, context.writer, self.claims, self.shape, log)

    def sample(self, sample: SampleSpelling, index: int, path: str) -> meaning.Sample | None:
        nominal = self.array(sample.data.contents, f"{path}/data/contents")
        if nominal is None:
            return None
        errors = None
        if sample.data.errors is not None:
            errors = self.array(sample.data.errors, f"{path}/data/errors")
        self.nominal, self.errors = nominal, errors
        spelled = sample.modifiers or ()
        modifiers = [
            m for i, s in enumerate(spelled) if (m := self.modifier(s, i, path)) is not None
        ]
        self.check_composition(modifiers, path)
        name = sample.name
        if name is None:
            name = self.log.apply(rules.sample_name, path, index)
        return meaning.Sample(
            name, nominal, errors, tuple(modifiers), self.clip(modifiers, path), path
        )

    def array(self, numbers: tuple[int | float, ...], path: str) -> meaning.FloatArray | None:
        if len(numbers) != self.count:
            self.log.add(
                "histfactory.length",
                path,
                f"{len(numbers)} numbers for {self.count} bins",
                len(numbers),
            )
            return None
        return np.array(numbers, dtype=np.float64)

    def clip(self, modifiers: list[meaning.Modifier], path: str) -> bool:
        if not self.context.writer.root:
            return False
        if not any(isinstance(m, meaning.HistoSys) for m in modifiers):
            return False
        return self.log.apply(rules.clip_at_zero, path)

    def check_composition(self, modifiers: list[meaning.Modifier], path: str) -> None:
        """ROOT adds normsys of one sample up where their code is additive; HS3 multiplies."""
        if not self.context.writer.root:
            return
        systematics = [m for m in modifiers if isinstance(m, meaning.NormSys)]
        additive = [m for m in systematics if m.interpolation in _ADDITIVE]
        if additive and len(systematics) > 1:
            self.log.add(
                "histfactory.normsys_composition",
                additive[0].path,
                f"ROOT adds the {len(systematics)} normsys of this sample up because they are "
                "interpolated linearly; here they are multiplied, as the standard says",
            )

    # --- modifiers ------------------------------------------------------------------------------

    def modifier(self, spelled: Modifier, index: int, path: str) -> meaning.Modifier | None:
        where = f"{path}/modifiers/{index}"
        read = _READERS.get(type(spelled))
        if read is None:
            self.log.add(
                "histfactory.unknown_modifier",
                where,
                f"modifiers of type {spelled.type!r} are not known",
                spelled.type,
            )
            return None
        name = spelled.name
        if name is None:
            name = self.log.apply(rules.modifier_name, where, spelled.parameter, index)
        return read(self, spelled, name, where)

    def normfactor(self, spelled: NormFactorModifier, name: str, path: str) -> meaning.Modifier:
        parameter = spelled.parameter
        if parameter is None:
            parameter = self.log.apply(rules.factor_name, path, name)
        self.claims.nominal.setdefault(parameter, 1.0)
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        self.constrain(parameter, said, 1.0, path)
        return meaning.NormFactor(name, parameter, path)

    def custom(self, spelled: CustomModifier, name: str, path: str) -> meaning.Modifier:
        return meaning.NormFactor(name, spelled.parameter or name, path)

    def normsys(self, spelled: NormSysModifier, name: str, path: str) -> meaning.Modifier | None:
        parameter = self.alpha(spelled, name, path)
        data = spelled.data
        code = self.interpolation(spelled, data.interpolation, "normsys", path)
        if code is None:
            return None
        hi, lo = float(data.hi), float(data.lo)
        if (hi <= 0.0 or lo <= 0.0) and code in _EXPONENTIAL:
            hi = self.log.apply(rules.nonpositive_factor, path, hi)
            lo = rules.nonpositive_factor(lo)
        return meaning.NormSys(name, parameter, hi, lo, code, path)

    def histosys(self, spelled: HistoSysModifier, name: str, path: str) -> meaning.Modifier | None:
        parameter = self.alpha(spelled, name, path)
        data = spelled.data
        code = self.interpolation(spelled, data.interpolation, "histosys", path)
        hi = self.array(data.hi.contents, f"{path}/data/hi/contents")
        lo = self.array(data.lo.contents, f"{path}/data/lo/contents")
        if code is None or hi is None or lo is None:
            return None
        additive = self.context.histosys == "additive"
        rule = rules.histosys_additive if additive else rules.histosys_absolute
        hi, lo = self.log.apply(rule, path, hi, self.nominal), rule(lo, self.nominal)
        if code in _EXPONENTIAL and not (
            hi.min() > 0.0 and lo.min() > 0.0 and self.nominal.min() > 0.0
        ):
            self.log.add(
                "histfactory.nonpositive_template",
                path,
                "a template with bins that are not above zero cannot be interpolated exponentially",
            )
            return None
        return meaning.HistoSys(name, parameter, hi, lo, code, path)

    def alpha(self, spelled: Modifier, name: str, path: str) -> str:
        """The parameter of a normsys or histosys, after its constraint is settled."""
        parameter = spelled.parameter
        if parameter is None:
            parameter = self.log.apply(rules.alpha_name, path, name)
        self.claims.nominal.setdefault(parameter, 0.0)
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        if said is spelling.NOTHING and not self.named_nothing(spelled):
            self.constrain_by_default(parameter, path)
        else:
            self.constrain(parameter, said, 0.0, path)
        return parameter

    @staticmethod
    def named_nothing(spelled: Modifier) -> bool:
        """True when a constraint is given that could not be read (and was reported)."""
        return spelled.constraint is not None or spelled.constraint_type is not None

    def constrain_by_default(self, parameter: str, path: str) -> None:
        if parameter not in self.claims.defaults:
            made = spelling.sys_default()
            constraint = unit_constraint(parameter, made, 0.0, path)
            assert constraint is not None
            self.claims.defaults[parameter] = constraint

    def constrain(self, parameter: str, said: spelling.Spelled, nominal: float, path: str) -> None:
        if said.name is not None:
            self.claims.name(said.name, parameter, path)
        elif said.names is not None:
            for name in said.names:
                if name is not None:
                    self.claims.name(name, parameter, path)
        elif said.kind is not None:
            self.claims.sys(parameter, said.kind, nominal, path, self.log)

    def interpolation(
        self, spelled: Modifier, inside: str | int | None, kind: interpolation.Kind, path: str
    ) -> meaning.Interpolation | None:
        own = spelled.interpolation
        if own is None and inside is not None:
            own = self.log.apply(interpolation.in_data, path, inside)
        elif inside is not None and inside != own:
            self.log.add(
                "histfactory.two_interpolations",
                path,
                f"interpolation is {own!r} on the modifier and {inside!r} in its data; "
                "the first counts",
            )
        if own is None and self.default is not None:
            own = self.log.apply(interpolation.channel_default, self.path, self.default)
        if own is not None:
            return interpolation.read(own, kind, path, self.log)
        default = (
            interpolation.normsys_default if kind == "normsys" else interpolation.histosys_default
        )
        return self.log.apply(default, path)

    def shapefactor(
        self, spelled: ShapeFactorModifier, name: str, path: str
    ) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.shapefactor(spelled, said, name, path)

    def shapesys(self, spelled: ShapeSysModifier, name: str, path: str) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.shapesys(spelled, said, name, self.nominal, path)

    def staterror(
        self, spelled: StatErrorModifier, name: str, path: str
    ) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.staterror(spelled, said, name, self.nominal, self.errors, path)


_READERS: dict[type, Callable[..., meaning.Modifier | None]] = {
    NormFactorModifier: _ChannelReader.normfactor,
    NormSysModifier: _ChannelReader.normsys,
    HistoSysModifier: _ChannelReader.histosys,
    ShapeFactorModifier: _ChannelReader.shapefactor,
    ShapeSysModifier: _ChannelReader.shapesys,
    StatErrorModifier: _ChannelReader.staterror,
    CustomModifier: _ChannelReader.custom,
}
