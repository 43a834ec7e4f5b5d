"""What a resolved likelihood says about each of its parameters, in the words of HistFactory."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from hs3.errors import ConversionError
from hs3.findings import Finding
from hs3.functions import Function
from hs3.functions.arithmetic import GenericFunction
from hs3.functions.polynomial import PolynomialFunction
from hs3.graph import Graph, Parameter
from hs3.histfactory.meaning import BinFactors, Constraint

from . import document as d
from .bins import bin_names
from .systematics import UNIFORM_WIDTH

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LOGNORMAL = re.compile(rf"({_NUMBER})\*\(({_NUMBER})\^(\w+)-1\)")


def refuse(message: str, path: str, value: str) -> NoReturn:
    """Raise the error for something that HistFactory XML cannot say."""
    raise ConversionError(message, code="xml.not_expressible", path=path, value=value)


class Facts:
    """Parameters, constraints and functions of a graph by name.

    Attributes:
        terms: the ConstraintTerms that systematics need.
        defaults: name in ROOT → value, low, high of the parameters that HistFactory makes.
        settled: constraints that an element of the XML brings along.
        constant: parameters that are constant by themselves, for want of an uncertainty.
        findings: what reads differently in the XML.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parameters: Mapping[str, Parameter] = {p.name: p for p in graph.parameters}
        self.functions: Mapping[str, Function] = {f.name: f for f in graph.functions}
        self.constraints: dict[str, Constraint] = {}
        for constraint in graph.constraints:
            if constraint.parameter in self.constraints:
                name = constraint.parameter
                refuse(f"{name!r} has two constraints; XML allows one", constraint.path, name)
            self.constraints[constraint.parameter] = constraint
        self.terms: dict[str, d.ConstraintTerm] = {}
        self.renamed: dict[str, str] = {}
        self.defaults: dict[str, tuple[float, float, float]] = {}
        self.settled: set[str] = set()
        self.constant: set[str] = set()
        self.findings: list[Finding] = []

    def number(self, value: float | str, constraint: Constraint) -> float:
        """A number of a constraint, which may stand in a constant parameter."""
        if not isinstance(value, str):
            return float(value)
        found = self.parameters.get(value)
        if found is None or not found.const:
            name = constraint.parameter
            refuse(
                f"{value!r} in the constraint of {name!r} is not constant", constraint.path, name
            )
        return found.value

    def report(self, code: str, path: str, message: str, value: str) -> None:
        """Add a finding, once."""
        finding = Finding(code, path, message, value)
        if finding not in self.findings:
            self.findings.append(finding)

    def become(self, parameter: str, name: str, path: str) -> None:
        """The parameter is called `name` in ROOT."""
        known = self.renamed.setdefault(parameter, name)
        if known != name or list(self.renamed.values()).count(name) > 1:
            refuse(f"{parameter!r} cannot become {name!r} in XML: something else is", path, name)
        if parameter != name:
            message = f"{parameter!r} becomes {name!r}, as HistFactory makes its names"
            self.report("xml.parameter_name", path, message, parameter)

    # --- systematics ----------------------------------------------------------------------------

    def systematic(self, parameter: str, path: str) -> str:
        """The name of the OverallSys or HistoSys with this parameter or function."""
        if parameter in self.functions:
            return self._transformed(parameter, path)
        name = parameter.removeprefix("alpha_")
        self.become(parameter, f"alpha_{name}", path)
        self.defaults[parameter] = (0.0, -5.0, 5.0)
        constraint = self.constraints.get(parameter)
        if constraint is None:
            if not self.parameters[parameter].const:
                message = (
                    f"{parameter!r} has no constraint; HistFactory constrains every systematic"
                )
                refuse(message, path, parameter)
            self.constant_term(parameter, path)
            return name
        numbers = self._gauss(constraint)
        if numbers == (0.0, UNIFORM_WIDTH):
            self.terms[name] = d.ConstraintTerm(name, "Uniform", 1.0, path)
        elif numbers != (0.0, 1.0):
            message = (
                f"{parameter!r} has not the constraint N(0 | alpha, 1) of a systematic in "
                f"HistFactory, but the {constraint.kind} {constraint.name!r}"
            )
            refuse(message, constraint.path, parameter)
        self.settled.add(parameter)
        return name

    def _gauss(self, constraint: Constraint) -> tuple[float, float] | None:
        """Observed value and width of a Gaussian constraint."""
        if constraint.kind != "gauss":
            return None
        numbers = (self.number(v, constraint) for v in (constraint.observed, constraint.scale))
        observed, scale = numbers
        return observed, scale

    def _transformed(self, function: str, path: str) -> str:
        """A systematic whose alpha is a function: a log-normal or gamma ConstraintTerm."""
        term = self._lognormal(function, path) or self._gamma(function, path)
        if term is None:
            message = f"XML cannot steer a systematic by the function {function!r}"
            refuse(message, path, function)
        self.terms[term.name] = term
        return term.name

    def _lognormal(self, function: str, path: str) -> d.ConstraintTerm | None:
        found = self.functions[function]
        if not isinstance(found, GenericFunction):
            return None
        match = _LOGNORMAL.fullmatch(found.expression.replace(" ", ""))
        if match is None or match[3] not in self.constraints:
            return None
        relative = 1.0 / float(match[1])
        alpha, constraint = match[3], self.constraints[match[3]]
        same = math.isclose(float(match[2]), 1.0 + relative, rel_tol=1e-12)
        if not same or self._gauss(constraint) != (0.0, 1.0):
            return None
        name = alpha.removeprefix("alpha_")
        self._transform(alpha, f"alpha_{name}", (0.0, -5.0, 5.0), path)
        return d.ConstraintTerm(name, "LogNormal", relative, path)

    def _gamma(self, function: str, path: str) -> d.ConstraintTerm | None:
        found = self.functions[function]
        if not isinstance(found, PolynomialFunction) or not isinstance(found.x, str):
            return None
        beta, coefficients = found.x, found.coefficients
        constraint = self.constraints.get(beta)
        if constraint is None or constraint.kind != "gamma" or len(coefficients) != 2:
            return None
        low, high = coefficients
        if isinstance(low, str) or isinstance(high, str) or low != -high or high <= 0.0:
            return None
        tau = float(high) ** 2
        numbers = (self.number(v, constraint) for v in (constraint.observed, constraint.scale))
        if not all(math.isclose(n, tau, rel_tol=1e-9) for n in numbers):
            return None
        name = beta.removeprefix("beta_")
        self._transform(beta, f"beta_{name}", (1.0, 0.0, 10.0), path)
        return d.ConstraintTerm(name, "Gamma", 1.0 / float(high), path)

    def _transform(
        self, parameter: str, name: str, default: tuple[float, float, float], path: str
    ) -> None:
        self.become(parameter, name, path)
        self.defaults[parameter] = default
        self.settled.add(parameter)

    # --- factors per bin ------------------------------------------------------------------------

    def bin_kind(self, modifier: BinFactors) -> d.Kind | None:
        """The kind of the constraints of the bins, None where no bin has one."""
        kinds = {self.constraints[p].kind for p in modifier.parameters if p in self.constraints}
        if not kinds:
            return None
        if kinds == {"gauss"}:
            return "Gauss"
        if kinds == {"poisson"}:
            return "Poisson"
        message = f"the bins of {modifier.name!r} have {' and '.join(sorted(kinds))} constraints"
        refuse(f"{message}; XML has Gaussian or Poisson ones", modifier.path, modifier.name)

    def sigma(self, parameter: str, path: str) -> float:
        """Relative uncertainty of a bin's factor, 0 where it is constant without a constraint."""
        constraint = self.constraints.get(parameter)
        if constraint is None:
            if not self.parameters[parameter].const:
                message = f"{parameter!r} is free, and other bins of its modifier are constrained"
                refuse(message, path, parameter)
            return 0.0
        observed = self.number(constraint.observed, constraint)
        scale = self.number(constraint.scale, constraint)
        nominal, sigma = observed, scale
        if constraint.kind == "poisson":
            nominal, sigma = observed / scale, 1.0 / math.sqrt(scale)
        if not math.isclose(nominal, 1.0, rel_tol=1e-9):
            message = f"the constraint of {parameter!r} is centred at {nominal:g}, and in XML at 1"
            refuse(message, constraint.path, parameter)
        self.settled.add(parameter)
        return sigma

    def constant_term(self, parameter: str, path: str) -> None:
        """Report that a constant parameter has a constraint on one side only."""
        message = (
            f"{parameter!r} is constant; its constraint, a constant of the likelihood, is not the "
            "same in the XML"
        )
        self.report("xml.constant_term", path, message, parameter)


def prefix_of(parameters: Sequence[str], shape: Sequence[int]) -> str | None:
    """The name from which ROOT makes these names of bins, None where it would make others.

    `parameters` are in row-major order.
    """
    names = in_order(parameters, shape)
    stem = re.sub(r"_bin_[\d_]+$", "", names[0])
    if not stem.startswith("gamma_") or names != bin_names(stem, shape):
        return None
    return stem.removeprefix("gamma_")


def in_order(parameters: Sequence[str], shape: Sequence[int]) -> list[str]:
    """Row-major names in ROOT's order, the first axis running fastest."""
    order = sorted(range(len(parameters)), key=lambda i: _index(i, shape))
    return [parameters[i] for i in order]


def _index(i: int, shape: Sequence[int]) -> tuple[int, ...]:
    index = []
    for n in reversed(shape):
        i, rest = divmod(i, n)
        index.append(rest)
    return tuple(index)
