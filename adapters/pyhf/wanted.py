"""What a document says about the parameters of a group, as a parameter set of pyhf."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from hs3.findings import Finding
from hs3.graph import Graph, Parameter
from hs3.histfactory.meaning import Constraint

from .groups import Group, constraints_by_parameter, refuse
from .parameters import ParameterSet


class Wanted:
    """The parameter sets that one analysis of a document wants."""

    def __init__(self, graph: Graph) -> None:
        self._parameters = {p.name: p for p in graph.parameters}
        self._constraints = constraints_by_parameter(graph)
        self.findings: list[Finding] = []

    def width(self, parameter: str, kind: str) -> float | None:
        """Width of the constraint of a bin's parameter, None without one.

        That is sigma for a staterror (of a Poisson constraint the relative one), tau for a
        shapesys.
        """
        constraint = self._constraints.get(parameter)
        if constraint is None:
            return None
        scale = self._value(constraint.scale, constraint)
        if constraint.kind == "poisson" and kind == "staterror":
            return 1 / math.sqrt(scale)
        return scale

    def set(self, group: Group, default: ParameterSet) -> ParameterSet:
        """The set of one group; `default` is what pyhf would take from the modifiers alone."""
        parameters = [self._parameters[name] for name in group.parameters]
        wanted = replace(
            default,
            inits=tuple(p.value for p in parameters),
            bounds=tuple(self._bounds(p, i, default) for i, p in enumerate(parameters)),
            fixed=tuple(p.const for p in parameters),
        )
        if default.kind == "free":
            return wanted
        numbers = [self._numbers(p, i, group, default) for i, p in enumerate(parameters)]
        return replace(
            wanted, auxdata=tuple(a for a, _ in numbers), width=tuple(w for _, w in numbers)
        )

    def _bounds(self, parameter: Parameter, i: int, default: ParameterSet) -> tuple[float, float]:
        low, high = parameter.min, parameter.max
        if math.isfinite(low) and math.isfinite(high):
            return low, high
        if default.bounds:
            low, high = default.bounds[i]
        else:
            low, high = 0.0, max(10.0, 10.0 * parameter.value)
        message = f"pyhf needs finite bounds: {parameter.name!r} gets [{low}, {high}]"
        self._report("pyhf.bounds", parameter.path, message, parameter.name)
        return low, high

    def _numbers(
        self, parameter: Parameter, i: int, group: Group, default: ParameterSet
    ) -> tuple[float, float]:
        """Auxiliary datum, and sigma or rate factor."""
        constraint = self._constraints.get(parameter.name)
        if constraint is None:
            return self._without(parameter, i, group, default)
        observed = self._value(constraint.observed, constraint)
        scale = self._value(constraint.scale, constraint)
        self._check_support(constraint, parameter.value, scale)
        if constraint.kind == "poisson" and default.kind == "normal":
            return observed / scale, 1 / math.sqrt(scale)
        if group.type == "alpha" and scale != 1:
            message = (
                f"the constraint of {parameter.name!r} has the width {scale:g}; that of a normsys "
                "or histosys is always 1 in pyhf"
            )
            refuse(message, constraint.path, parameter.name)
        return observed, scale

    def _without(
        self, parameter: Parameter, i: int, group: Group, default: ParameterSet
    ) -> tuple[float, float]:
        if not parameter.const or not default.auxdata:
            message = (
                f"pyhf constrains every {group.type}, and {parameter.name!r} has no constraint"
            )
            refuse(message, group.places[0].modifier.path, parameter.name, "pyhf.unconstrained")
        if group.type == "shapesys" and parameter.value != 1.0:
            message = (
                f"{parameter.name!r} scales a bin by {parameter.value:g} and has no uncertainty; a "
                "shapesys of pyhf leaves bins without uncertainty as they are"
            )
            refuse(message, parameter.path, parameter.name)
        message = (
            f"{parameter.name!r} is constant and not constrained; pyhf adds a constraint, and so a "
            "constant to the likelihood"
        )
        self._report("pyhf.constant_term", parameter.path, message, parameter.name)
        return default.auxdata[i], default.width[i]

    def _value(self, value: float | str, constraint: Constraint) -> float:
        if not isinstance(value, str):
            return value
        parameter = self._parameters.get(value)
        if parameter is None or not parameter.const:
            message = f"{value!r} in the constraint of {constraint.parameter!r} is not constant"
            refuse(message, constraint.path, value)
        return parameter.value

    def _check_support(self, constraint: Constraint, mean: float, sigma: float) -> None:
        if constraint.kind != "gauss":
            return
        low, high = constraint.support
        width = sigma * math.sqrt(2.0)
        outside = (math.erfc((mean - low) / width) + math.erfc((high - mean) / width)) / 2.0
        if outside > 1e-12:
            message = (
                f"the constraint of {constraint.parameter!r} is normalised over [{low:g}, {high:g}]"
                f", which leaves {outside:.2g} out; pyhf's over the real line"
            )
            self._report("pyhf.support", constraint.path, message, constraint.parameter)

    def _report(self, code: str, path: str, message: str, value: str) -> None:
        finding = Finding(code, path, message, value)
        if finding not in self.findings:
            self.findings.append(finding)


def constant_parameters(graphs: Sequence[Graph], groups: Sequence[Group]) -> set[str]:
    """The parameters that are constant where only some of a group are, in one of the analyses.

    A measurement of pyhf can fix a group or free it, but not choose single bins of it; those are
    constant because they have no uncertainty.
    """
    out: set[str] = set()
    constants = [{p.name for p in graph.parameters if p.const} for graph in graphs]
    for group in groups:
        patterns = [found & set(group.parameters) for found in constants]
        mixed = [p for p in patterns if 0 < len(p) < len(group.parameters)]
        out |= (mixed or patterns)[0]
    return out


def same(a: ParameterSet, b: ParameterSet) -> bool:
    """True when two sets mean the same, constraints to rounding."""
    return (
        (a.inits, a.bounds, a.fixed) == (b.inits, b.bounds, b.fixed)
        and close(a.auxdata, b.auxdata)
        and close(a.width, b.width)
    )


def close(a: Sequence[float], b: Sequence[float]) -> bool:
    """True when two lists of numbers are the same to rounding."""
    return len(a) == len(b) and all(
        math.isclose(x, y, rel_tol=1e-12) for x, y in zip(a, b, strict=True)
    )
