"""Reads the samples of one channel and their modifiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hs3.dialects import constraints as spelling
from hs3.dialects import histfactory as rules
from hs3.dialects import interpolation
from hs3.dialects.base import Log
from hs3.distributions.histfactory import HistFactoryDist
from hs3.distributions.histfactory import Sample as SampleSpelling
from hs3.findings import pointer

from . import bins, meaning
from .claims import unit_constraint
from .context import Context
from .modifiers import (
    CustomModifier,
    EffectModifier,
    HistoSysModifier,
    Modifier,
    NormFactorModifier,
    NormSysModifier,
    ShapeFactorModifier,
    ShapeSysModifier,
    StatErrorModifier,
    templates,
)

_EXPONENTIAL = (meaning.Interpolation.EXPONENTIAL, meaning.Interpolation.POLY6_EXPONENTIAL)
_ADDITIVE = tuple(code for code in meaning.Interpolation if code not in _EXPONENTIAL)


class ChannelReader:
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
        """One sample; None, reported, where its contents do not fit the bins."""
        nominal = self._array(sample.data.contents, f"{path}/data/contents")
        if nominal is None:
            return None
        errors = None
        if sample.data.errors is not None:
            errors = self._array(sample.data.errors, f"{path}/data/errors")
        self.nominal, self.errors = nominal, errors
        spelled = sample.modifiers or ()
        modifiers = [
            m for i, s in enumerate(spelled) if (m := self._modifier(s, i, path)) is not None
        ]
        self._check_composition(modifiers, path)
        name = sample.name
        if name is None:
            name = self.log.apply(rules.sample_name, path, index)
        return meaning.Sample(
            name, nominal, errors, tuple(modifiers), self._clip(spelled, modifiers, path), path
        )

    def _array(self, numbers: tuple[int | float, ...], path: str) -> meaning.FloatArray | None:
        if len(numbers) != self.count:
            self.log.add(
                "histfactory.length",
                path,
                f"{len(numbers)} numbers for {self.count} bins",
                len(numbers),
            )
            return None
        return np.array(numbers, dtype=np.float64)

    def _clip(
        self, spelled: Sequence[Modifier], modifiers: list[meaning.Modifier], path: str
    ) -> bool:
        given = [m.positiveDefinite for m in spelled if isinstance(m, HistoSysModifier)]
        if len(set(given)) > 1:
            message = "the histosys of a sample do not agree on whether it is cut at zero"
            self.log.add("histfactory.positive_definite", path, message)
        if given and given[0] is not None:
            return given[0]
        if not self.context.writer.root:
            return False
        if not any(isinstance(m, meaning.HistoSys) for m in modifiers):
            return False
        return self.log.apply(rules.clip_at_zero, path)

    def _check_composition(self, modifiers: list[meaning.Modifier], path: str) -> None:
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

    def _modifier(self, spelled: Modifier, index: int, path: str) -> meaning.Modifier | None:
        where = f"{path}/modifiers/{index}"
        known = EffectModifier if isinstance(spelled, EffectModifier) else type(spelled)
        read = _READERS.get(known)
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

    def _normfactor(self, spelled: NormFactorModifier, name: str, path: str) -> meaning.Modifier:
        parameter = spelled.parameter
        if parameter is None:
            parameter = self.log.apply(rules.factor_name, path, name)
        self.claims.nominal.setdefault(parameter, 1.0)
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        self._constrain(parameter, said, 1.0, path)
        return meaning.NormFactor(name, parameter, path)

    def _custom(self, spelled: CustomModifier, name: str, path: str) -> meaning.Modifier:
        return meaning.NormFactor(name, spelled.parameter or name, path)

    def _normsys(self, spelled: NormSysModifier, name: str, path: str) -> meaning.Modifier | None:
        parameter = self._alpha(spelled, name, path)
        data = spelled.data
        code = self._interpolation(spelled, data.interpolation, "normsys", path)
        if code is None:
            return None
        hi, lo = float(data.hi), float(data.lo)
        if (hi <= 0.0 or lo <= 0.0) and code in _EXPONENTIAL:
            hi = self.log.apply(rules.nonpositive_factor, path, hi)
            lo = rules.nonpositive_factor(lo)
        return meaning.NormSys(name, parameter, hi, lo, code, path)

    def _histosys(self, spelled: HistoSysModifier, name: str, path: str) -> meaning.Modifier | None:
        parameter = self._alpha(spelled, name, path)
        data = spelled.data
        code = self._interpolation(spelled, data.interpolation, "histosys", path)
        hi = self._array(data.hi.contents, f"{path}/data/hi/contents")
        lo = self._array(data.lo.contents, f"{path}/data/lo/contents")
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

    def _alpha(self, spelled: Modifier, name: str, path: str) -> str:
        """The parameter of a normsys or histosys, after its constraint is settled."""
        parameter = spelled.parameter
        if parameter is None:
            parameter = self.log.apply(rules.alpha_name, path, name)
        self.claims.nominal.setdefault(parameter, 0.0)
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        if said is spelling.NOTHING and not self._named_nothing(spelled):
            self._constrain_by_default(parameter, path)
        else:
            self._constrain(parameter, said, 0.0, path)
        return parameter

    @staticmethod
    def _named_nothing(spelled: Modifier) -> bool:
        """True when a constraint is given that could not be read (and was reported)."""
        return spelled.constraint is not None or spelled.constraint_type is not None

    def _constrain_by_default(self, parameter: str, path: str) -> None:
        if parameter not in self.claims.defaults:
            made = spelling.sys_default()
            constraint = unit_constraint(parameter, made, 0.0, path)
            assert constraint is not None
            self.claims.defaults[parameter] = constraint

    def _constrain(self, parameter: str, said: spelling.Spelled, nominal: float, path: str) -> None:
        if said.name is not None:
            self.claims.name(said.name, parameter, path)
        elif said.names is not None:
            for name in said.names:
                if name is not None:
                    self.claims.name(name, parameter, path)
        elif said.kind is not None:
            self.claims.sys(parameter, said.kind, nominal, path, self.log)

    def _interpolation(
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

    def _shapefactor(
        self, spelled: ShapeFactorModifier, name: str, path: str
    ) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.shapefactor(spelled, said, name, path)

    def _shapesys(self, spelled: ShapeSysModifier, name: str, path: str) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.shapesys(spelled, said, name, self.nominal, path)

    def _staterror(
        self, spelled: StatErrorModifier, name: str, path: str
    ) -> meaning.Modifier | None:
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        return self.bins.staterror(spelled, said, name, self.nominal, self.errors, path)

    def _effect(self, spelled: EffectModifier, name: str, path: str) -> meaning.Modifier | None:
        arrays = [
            self._array(template.contents, path + pointer(*where, "contents"))
            for where, template in templates(spelled)
        ]
        said = spelling.read(spelled, path, self.context.is_distribution, self.log)
        if spelled.parameter is not None:
            self.claims.nominal.setdefault(spelled.parameter, spelled.nominal)
            self._constrain(spelled.parameter, said, spelled.nominal, path)
        elif said is not spelling.NOTHING:
            message = f"a constraint is given, and the {spelled.type} has no `parameter`"
            self.log.add("constraint.not_applicable", path, message, said.key)
        if any(array is None for array in arrays):
            return None
        return meaning.Effect(name, spelled.names, spelled, path)


_READERS: dict[type, Callable[..., meaning.Modifier | None]] = {
    NormFactorModifier: ChannelReader._normfactor,
    NormSysModifier: ChannelReader._normsys,
    HistoSysModifier: ChannelReader._histosys,
    ShapeFactorModifier: ChannelReader._shapefactor,
    ShapeSysModifier: ChannelReader._shapesys,
    StatErrorModifier: ChannelReader._staterror,
    CustomModifier: ChannelReader._custom,
    EffectModifier: ChannelReader._effect,
}
