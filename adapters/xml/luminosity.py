"""The one factor with a constraint that HistFactory XML has."""

from __future__ import annotations

from hs3.histfactory.meaning import Constraint, Modifier, NormFactor, Sample

from .facts import Facts, refuse

NAMES = ("Lumi", "lumi")


class Luminosity:
    """The luminosity of a likelihood: `value` ± `relative`·`value`, 1 without an uncertainty."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.parameter: str | None = None
        self.value, self.relative = 1.0, 0.0
        constraint = self._find()
        if constraint is not None:
            self._settle(constraint)

    def _find(self) -> Constraint | None:
        facts = self._facts
        factors = {
            m.parameter: m
            for c in facts.graph.channels
            for s in c.samples
            for m in s.modifiers
            if isinstance(m, NormFactor)
        }
        # By its name where no sample scales with it: ROOT has the constraint all the same.
        found = [p for p in facts.constraints if p in factors or p in NAMES]
        found = [p for p in found if p in facts.parameters]
        if len(found) > 1:
            constraint = facts.constraints[found[1]]
            message = (
                f"the factors {found[0]!r} and {found[1]!r} have constraints; XML has one such "
                "factor, the luminosity"
            )
            refuse(message, constraint.path, found[1])
        return facts.constraints[found[0]] if found else None

    def _settle(self, constraint: Constraint) -> None:
        facts, name = self._facts, constraint.parameter
        observed = facts.number(constraint.observed, constraint)
        if constraint.kind != "gauss" or observed <= 0.0:
            message = (
                f"the factor {name!r} has a {constraint.kind} constraint at {observed:g}; XML has "
                "a Gaussian one above zero"
            )
            refuse(message, constraint.path, name)
        self.parameter, self.value = name, observed
        self.relative = facts.number(constraint.scale, constraint) / observed
        facts.become(name, "Lumi", constraint.path)
        facts.defaults[name] = (observed, 0.0, 10.0 * observed)
        facts.settled.add(name)

    def split(self, sample: Sample) -> tuple[bool, list[Modifier]]:
        """Whether a sample scales with the luminosity, and its other modifiers."""
        rest = list(sample.modifiers)
        if self.parameter is None:
            return False, rest
        mine = [m for m in rest if isinstance(m, NormFactor) and m.parameter == self.parameter]
        if len(mine) > 1:
            message = f"the sample {sample.name!r} scales with the luminosity more than once"
            refuse(message, sample.path, sample.name)
        if mine:
            rest.remove(mine[0])
            return True, rest
        self._tell_floating(sample)
        return False, self._without_nominal(sample, rest)

    def _tell_floating(self, sample: Sample) -> None:
        assert self.parameter is not None
        if not self._facts.parameters[self.parameter].const:
            message = (
                f"{sample.name!r} does not scale with the luminosity; ROOT 6.40 scales it all the "
                "same when it reads the XML"
            )
            self._facts.report("xml.normalize_by_theory", sample.path, message, sample.name)

    def _without_nominal(self, sample: Sample, rest: list[Modifier]) -> list[Modifier]:
        """Such a sample is scaled by the nominal luminosity in ROOT: a constant that has to be."""
        if self.value == 1.0:
            return rest
        for m in rest:
            if isinstance(m, NormFactor) and m.parameter in self._facts.parameters:
                found = self._facts.parameters[m.parameter]
                if found.const and found.value == self.value:
                    return [other for other in rest if other is not m]
        message = (
            f"the sample {sample.name!r} does not scale with the luminosity, which is "
            f"{self.value:g}; in XML it would be scaled by that number"
        )
        refuse(message, sample.path, sample.name)
