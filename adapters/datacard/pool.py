r"""Parameters, functions and constraints that the channels of a card share, as HS3 JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hs3.errors import ExpressionError
from hs3.expressions import parse

from .card import refuse

Json = dict[str, Any]
Bounds = tuple[float, float] | None

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass
class Parameter:
    """A parameter of the model.

    Attributes:
        bounds: its range, None for all real numbers.
        normal: True for an auxiliary measurement N(0 | theta, 1).
        claimed: True when a modifier asks for that measurement.
    """

    value: float
    bounds: Bounds
    fixed: bool = False
    normal: bool = False
    claimed: bool = False


class Pool:
    """Everything in the document but channels and data."""

    def __init__(self) -> None:
        self.parameters: dict[str, Parameter] = {}
        self.functions: dict[str, Json] = {}
        self.auxiliaries: list[Json] = []
        self._made: dict[tuple[str, str], str] = {}

    # --- parameters -----------------------------------------------------------------------------

    def add(self, name: str, value: float, bounds: Bounds, *, fixed: bool = False) -> None:
        """A parameter, unless it is there."""
        if name not in self.functions:
            self.parameters.setdefault(name, Parameter(value, bounds, fixed))

    def normal(self, name: str, reach: float) -> None:
        """A nuisance parameter with N(0 | theta, 1), in a range of ± `reach`."""
        known = self.parameters.setdefault(name, Parameter(0.0, (-reach, reach)))
        known.normal = True

    def constraint(self, name: str) -> str:
        """What a normsys or histosys of this parameter says of its constraint."""
        parameter = self.parameters[name]
        parameter.claimed = parameter.claimed or parameter.normal
        return "Gauss" if parameter.normal else "Const"

    def measure(self, name: str, kind: str, **body: Any) -> None:
        """An auxiliary measurement in a distribution of its own, named as Combine does."""
        self.auxiliaries.append({"name": f"{name}_Pdf", "type": kind, **body})

    # --- functions ------------------------------------------------------------------------------

    def expression(self, wanted: str, text: str) -> str:
        """The name of a generic function; equal expressions are made once."""
        return self._function(wanted, {"type": "generic_function", "expression": text})

    def product(self, wanted: str, factors: Sequence[str | float]) -> str:
        """The name of a product; equal products are made once."""
        return self._function(wanted, {"type": "product", "factors": list(factors)})

    def _function(self, wanted: str, body: Json) -> str:
        key = (str(body["type"]), str(body.get("expression", body.get("factors"))))
        if key not in self._made:
            name, count = wanted, 1
            while name in self.functions or name in self.parameters:
                count += 1
                name = f"{wanted}_{count}"
            self.functions[name] = {"name": name, **body}
            self._made[key] = name
        return self._made[key]

    def define(self, name: str, text: str, path: str) -> None:
        """A function that the card names itself."""
        if name in self.parameters:
            refuse(f"{name!r} is a parameter already", path, name)
        known = self.functions.setdefault(
            name, {"name": name, "type": "generic_function", "expression": text}
        )
        if known.get("expression") != text:
            refuse(f"{name!r} has two different formulas", path, name)

    def variable(self, name: str) -> str:
        """`name` where it is an identifier, else a function of that value which has one."""
        if _IDENTIFIER.fullmatch(name):
            return name
        plain = re.sub(r"\W", "_", f"var_{name}", flags=re.ASCII)
        return self.product(plain, [name])

    def step(self, name: str, factor: float) -> str:
        r"""Combine's smooth step of a parameter: the sign of :math:`u` = `factor` times theta.

        For :math:`|u| < 1` it is :math:`h(u) = u(15 + u^2(3u^2 - 10))/8`.
        """
        theta = self.variable(name)
        u = theta if factor == 1 else f"{factor!r}*{theta}"
        clipped = self.expression(f"{theta}_clipped", f"max(-1, min(1, {u}))")
        square = f"{clipped}*{clipped}"
        return self.expression(f"{theta}_step", f"{clipped}*(15 + {square}*(3*{square} - 10))/8")

    def asymmetric(self, name: str, down: float, up: float) -> str:
        r"""Combine's asymmetric log-normal factor, as a function.

        With :math:`D = \ln\kappa_+ - \ln\kappa_-` and :math:`S = \ln\kappa_+ + \ln\kappa_-` it is
        :math:`\exp(\theta (D + S\,h(2\theta))/2)` with the step h (`logKappaForX` of
        CombineMathFuncs.h).
        """
        theta, step = self.variable(name), self.step(name, 2)
        low, high = math.log(down), math.log(up)
        half_difference, half_sum = (high - low) / 2, (high + low) / 2
        text = f"exp({theta}*({half_difference!r} + ({half_sum!r})*{step}))"
        return self.expression(f"{theta}_effect", text)

    # --- the document ---------------------------------------------------------------------------

    def finish(self) -> None:
        """Write out the constraints that no modifier asks for."""
        for name, parameter in self.parameters.items():
            if parameter.normal and not parameter.claimed:
                self.measure(name, "gaussian_dist", x=name, mean=0.0, sigma=1.0)

    def domain(self) -> list[Json]:
        """Axes of the domain; null bounds are none."""
        free: tuple[None, None] = (None, None)
        return [
            {"name": name, "min": (p.bounds or free)[0], "max": (p.bounds or free)[1]}
            for name, p in self.parameters.items()
            if not p.fixed
        ]

    def point(self) -> list[Json]:
        """Entries of the parameter point."""
        return [
            {"name": name, "value": p.value, **({"const": True} if p.fixed else {})}
            for name, p in self.parameters.items()
        ]


def formula(text: str, arguments: Sequence[str], pool: Pool, path: str) -> str:
    """A formula of Combine with names in place of ``@0``, ``@1`` …

    Raises:
        ConversionError: there is no such argument, or the formula cannot be read.
    """

    def named(found: re.Match[str]) -> str:
        index = int(found.group(1))
        if index >= len(arguments):
            refuse(f"{found.group(0)} has no argument", path, text)
        return pool.variable(arguments[index])

    out = re.sub(r"@([0-9]{1,4})", named, text)
    try:
        parse(out)
    except ExpressionError as error:
        refuse(f"the formula cannot be read: {error.message}", path, text)
    return out


def poisson_range(observed: float) -> tuple[float, float]:
    """Where Combine lets the mean of a sideband with `observed` events go (``gmN``)."""
    low, high = (observed + 1.0 if observed > 0 else 0.0), observed + 1.0
    while low > 0 and _poisson(observed, low) > 1e-12:
        low *= 0.8
    while _poisson(observed, high) > 1e-12:
        high *= 1.2
    return low, high


def _poisson(n: float, mean: float) -> float:
    return math.exp(n * math.log(mean) - mean - math.lgamma(n + 1.0))
