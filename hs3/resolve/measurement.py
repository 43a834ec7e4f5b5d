"""Recognises auxiliary measurements: distributions that have the form of a `Constraint`.

Only the structure counts, never a name. What has another form stays a distribution of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hs3 import expressions
from hs3.base import expression_of, is_number
from hs3.dialects import constraints as rules
from hs3.dialects.base import Log
from hs3.distributions import Distribution
from hs3.errors import HS3Error
from hs3.functions.calculus import DerivativeFunction, IntegralFunction
from hs3.histfactory.meaning import Constraint
from hs3.workspace import Workspace

from .constants import Constants
from .uses import Node, Uses
from .values import INFINITE, Values

Value = float | str


@dataclass(frozen=True)
class Hints:
    """What is known about the distribution from the place that uses it.

    Attributes:
        parameter: the parameter that it is said to constrain, or None.
        used: names that the rest of the likelihood depends on.
        observed: the number measured for its variate `x`, where data give one.
        ranges: range of that variate, where the data give one.
    """

    parameter: str | None = None
    used: Collection[str] = ()
    observed: float | None = None
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Recogniser:
    """Tells constraints from other auxiliary distributions.

    Attributes:
        through: constraint → constants of the document that it has as numbers.
    """

    def __init__(self, ws: Workspace, values: Values, uses: Uses, log: Log) -> None:
        self.ws, self.values, self.uses, self.log = ws, values, uses, log
        self.functions = ws.tables["functions"]
        self.through: dict[str, frozenset[str]] = {}

    def constraint(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        """The constraint that `dist` is, or None where it has another form."""
        read = _FORMS.get(dist.type)
        made = read(self, dist, path, hints) if read is not None else None
        return None if made is None or self._needs_densities(made) else made

    def silently(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        """As `constraint`, without reporting anything."""
        other = Recogniser(self.ws, self.values, Uses(self.ws, Log()), Log())
        return other.constraint(dist, path, hints)

    def _needs_densities(self, made: Constraint) -> bool:
        """True where a function integrates or differentiates; only densities can have such."""
        names = (made.parameter, made.observed, made.scale)
        starts = (Node("functions", n) for n in names if isinstance(n, str) and n in self.functions)
        calculus = IntegralFunction | DerivativeFunction
        return any(
            node.section == "distributions" or isinstance(self.uses.part(node), calculus)
            for node in self.uses.reached(starts)
        )

    def _gauss(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        x, mean, sigma = (_value(dist, key) for key in ("x", "mean", "sigma"))
        if x is None or mean is None or sigma is None:
            return None
        roles = self._roles(x, mean, path, hints)
        if roles is None:
            return None
        observed, parameter, support = roles
        if sigma == 100.0:
            self.log.fired(rules.wide_gauss, path)
        return Constraint(dist.name, "gauss", parameter, observed, sigma, path, support)

    def _roles(
        self, x: Value, mean: Value, path: str, hints: Hints
    ) -> tuple[Value, str, tuple[float, float]] | None:
        """Observed value, parameter and support; x and mean of a Gaussian can swap their roles."""
        if hints.observed is not None:
            support = self._support(x, hints)
            return (hints.observed, mean, support) if isinstance(mean, str) else None
        if isinstance(x, float) or isinstance(mean, float):
            observed, parameter = (x, mean) if isinstance(x, float) else (mean, x)
            return (observed, parameter, INFINITE) if isinstance(parameter, str) else None
        if x in hints.used and mean in hints.used and not self._any_const(x, mean):
            return None  # a tie between two free parameters, not a measurement of one
        observed = x if self._is_observed(x, mean, path, hints) else mean
        parameter = mean if observed == x else x
        if observed in self.functions or observed == parameter:
            return None
        return observed, parameter, self.values.range(observed)

    def _support(self, x: Value | None, hints: Hints) -> tuple[float, float]:
        """Range of a variate whose value data give."""
        if not isinstance(x, str):
            return INFINITE
        return hints.ranges.get(x) or self.values.range(x)

    def _is_cut(self, x: Value | None, hints: Hints) -> bool:
        """True where data give the value of a positive variate whose range is not all of it."""
        low, high = self._support(x, hints)
        return hints.observed is not None and (low > 0.0 or math.isfinite(high))

    def _any_const(self, *names: str) -> bool:
        """True when the document keeps one of the names constant."""
        return any(self.values.is_const(name) for name in names)

    def _is_observed(self, x: str, mean: str, path: str, hints: Hints) -> bool:
        """True when `x` is the observed value and `mean` the parameter."""
        if hints.parameter in (x, mean):
            return hints.parameter == mean
        tests: tuple[Callable[[str], bool], ...] = (
            lambda name: name in self.functions,
            lambda name: not self.values.is_const(name),
            lambda name: name in hints.used,
        )
        for is_parameter in tests:
            if is_parameter(x) != is_parameter(mean):
                return is_parameter(mean)
        self.log.add(
            "constraint.roles_assumed",
            path,
            f"{x!r} is taken as the observed value, {mean!r} as the parameter",
        )
        return True

    def _poisson(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        x, mean = _value(dist, "x"), _value(dist, "mean")
        observed = x if hints.observed is None else hints.observed
        if observed is None or not isinstance(mean, str) or self._is_cut(x, hints):
            return None
        if isinstance(observed, str) and not self._observable(observed, hints):
            return None
        if getattr(dist, "integer", None) and not self._is_whole(observed):
            return None
        factors = self._factors(mean)
        if factors is None:
            return None
        parameter, tau = factors
        return Constraint(dist.name, "poisson", parameter, observed, tau, path)

    def _observable(self, name: str, hints: Hints) -> bool:
        """True when `name` can be the observed value of a measurement."""
        return name not in self.functions and name != hints.parameter and name not in hints.used

    def _is_whole(self, observed: Value) -> bool:
        """True when the observed value is a whole number, so that rounding it changes nothing."""
        if isinstance(observed, float):
            return observed.is_integer()
        entry = self.values.entry(observed)
        return (
            entry is not None and entry[1].value is not None and float(entry[1].value).is_integer()
        )

    def _factors(self, mean: str) -> tuple[str, Value] | None:
        """`mean` as a parameter times a constant: the parameter itself, or a product of the two."""
        found = self.functions.get(mean)
        if found is None or found[1].type != "product":
            return mean, 1.0
        given = getattr(found[1], "factors", None)
        if not isinstance(given, tuple | list) or len(given) != 2:
            return mean, 1.0
        items = [_number_or_name(v) for v in given]
        # A literal is the constant also where the parameter itself is kept constant.
        constant = [isinstance(v, float) for v in items]
        if not any(constant):
            constant = [isinstance(v, str) and self._is_constant(v) for v in items]
        if None in items or sum(constant) != 1:
            return mean, 1.0
        parameter, tau = (items[1], items[0]) if constant[0] else (items[0], items[1])
        return (parameter, tau) if isinstance(parameter, str) and tau is not None else None

    def _is_constant(self, name: str) -> bool:
        return name not in self.functions and self.values.is_const(name)

    def _lognormal(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        """Only where the logarithmic mean is the logarithm of a parameter, as ROOT writes it.

        With `k`, `mu` is the median itself.
        """
        x, mu, sigma, k = (_value(dist, key) for key in ("x", "mu", "sigma", "k"))
        observed = x if hints.observed is None else hints.observed
        if isinstance(k, float) and k > 0.0:
            sigma, parameter = abs(math.log(k)), mu
        else:
            parameter = self._under_logarithm(mu) if isinstance(mu, str) else None
        if observed is None or sigma is None or not isinstance(parameter, str):
            return None
        if self._is_cut(x, hints):
            return None
        if isinstance(observed, str) and not self._observable(observed, hints):
            return None
        return Constraint(dist.name, "lognormal", parameter, observed, sigma, path)

    def _under_logarithm(self, name: str) -> str | None:
        """``p`` where the function called `name` is ``log(p)``."""
        found = self.functions.get(name)
        text = expression_of(found[1]) if found is not None else None
        if text is None or len(text) > 200:
            return None
        try:
            inner = expressions.names(expressions.parse(text))
        except HS3Error:
            return None
        plain = text.replace(" ", "").removeprefix("TMath::").lower()
        return inner[0] if len(inner) == 1 and plain == f"log({inner[0].lower()})" else None

    def _gamma(self, dist: Distribution, path: str, hints: Hints) -> Constraint | None:
        r"""Gamma(p; gamma, beta, mu=0) with numbers: a = gamma - 1, s = 1/beta.

        ROOT keeps all digits of a number only where it has a name, of a constant.
        """
        x = _value(dist, "x")
        if not isinstance(x, str) or hints.observed is not None:
            return None
        constants = Constants(self.functions, self.values)
        given = (getattr(dist, key, None) for key in ("gamma", "beta", "mu"))
        found = [constants.number(v or 0.0, hints.used) for v in given]
        shape, beta, shift = found
        if shape is None or beta is None or shift is None or shift.value != 0.0:
            return None
        if beta.value <= 0.0 or shape.value < 1.0:
            return None
        self.through[dist.name] = shape.names | beta.names | shift.names
        return Constraint(dist.name, "gamma", x, shape.value - 1.0, 1.0 / beta.value, path)


_FORMS: dict[str, Callable[[Recogniser, Any, str, Hints], Constraint | None]] = {
    "gaussian_dist": Recogniser._gauss,
    "normal_dist": Recogniser._gauss,
    "poisson_dist": Recogniser._poisson,
    "lognormal_dist": Recogniser._lognormal,
    "gamma_dist": Recogniser._gamma,
}


def _value(dist: Distribution, key: str) -> Value | None:
    return _number_or_name(getattr(dist, key, None))


def _number_or_name(value: Any) -> Value | None:
    if is_number(value):
        number = float(value)
        return number if math.isfinite(number) else None
    return value if isinstance(value, str) else None


def numbers_of(constraint: Constraint, values: Values) -> Constraint:
    """The constraint with the numbers that its names stand for, for comparison."""

    def number(value: Value) -> Value:
        entry = values.entry(value) if isinstance(value, str) else None
        return value if entry is None or entry[1].value is None else float(entry[1].value)

    return Constraint(
        constraint.name,
        constraint.kind,
        constraint.parameter,
        number(constraint.observed),
        number(constraint.scale),
        constraint.path,
        constraint.support,
    )
