"""Declares the parameters of a card: ranges and constraints as in Combine's ModelTools."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence

from hs3.expressions import Call, Node, Number, Operator, Ordinal, Variable, parse

from .card import Card, RateParam, Systematic, refuse
from .pool import Pool, formula, poisson_range
from .systematics import SHAPES, interval
from .words import number

POI = "r"


def declare(card: Card, pool: Pool, *, signal: bool) -> None:
    """All parameters and formulas.

    Raises:
        ConversionError: a formula or a range cannot be read, or a name stands for two things.
    """
    if signal:
        pool.add(POI, 1.0, (0.0, 20.0))
    for systematic in card.systematics:
        _systematic(systematic, pool)
    for name, (value, bounds, fixed) in card.extra.items():
        pool.add(name, value, bounds, fixed=fixed)
    for rate in card.rates:
        if rate.arguments is None:
            value = number(rate.value, rate.path)
            if rate.bounds and not rate.bounds[0] <= value <= rate.bounds[1]:
                refuse(f"{rate.name!r} starts outside of its range", rate.path, value)
            pool.add(rate.name, value, rate.bounds)
    _formulas(card, pool)


def _systematic(systematic: Systematic, pool: Pool) -> None:
    name, kind = systematic.name, systematic.kind
    if name == POI:
        refuse(f"{POI!r} is the signal strength", systematic.path, name)
    if kind in ("lnU", "shapeU"):
        pool.add(name, 0.0, (-1.0, 1.0))
    elif kind == "lnN" or kind in SHAPES:
        pool.normal(name, 4.0 if kind == "shape" else 7.0)
    elif kind == "gmN":
        events = float(systematic.arguments[0])
        # The start value is that of Combine: the mean of the posterior for a flat prior.
        pool.add(name, events + 1.0, poisson_range(events))
        pool.measure(name, "poisson_dist", x=events, mean=name)
    else:
        _param(systematic, pool)


def _param(systematic: Systematic, pool: Pool) -> None:
    name, path = systematic.name, systematic.path
    mean, width, *rest = systematic.arguments
    centre = number(mean, path)
    parts = width.split("/")
    if len(parts) == 2 and not (parts[0].startswith("-") and parts[1].startswith("+")):
        refuse("asymmetric widths are written -x/+y", path, width)
    widths = [abs(number(part, path)) if len(parts) == 2 else number(part, path) for part in parts]
    if len(widths) > 2 or min(widths) <= 0:
        refuse(f"{width!r} is not a width", path, width)
    # With two widths, text2workspace.py takes the lower one for both ends of the range.
    bounds = interval(rest[0], path) if rest else (centre - 4 * widths[0], centre + 4 * widths[0])
    pool.add(name, centre, bounds)
    if len(widths) == 1:
        pool.measure(name, "gaussian_dist", x=name, mean=centre, sigma=widths[0])
    else:
        sides = {"sigmaL": widths[0], "sigmaR": widths[1]}
        pool.measure(name, "bifurkated_gaussian_dist", x=name, mean=centre, **sides)


def _formulas(card: Card, pool: Pool) -> None:
    formulas = [rate for rate in card.rates if rate.arguments is not None]
    known = [*pool.parameters, *(rate.name for rate in formulas)]
    for rate in formulas:
        for name in rate.arguments or ():
            if name not in known:
                refuse(f"there is no parameter {name!r}", rate.path, name, near=known)
        if rate.name not in pool.parameters:
            text = formula(rate.value, rate.arguments or (), pool, rate.path)
            pool.define(rate.name, text, rate.path)


def start_values(card: Card, pool: Pool) -> dict[str, float]:
    """Values of all parameters and formulas at the start.

    Raises:
        ConversionError: formulas depend on one another in a circle, or cannot be computed.
    """
    values = {name: p.value for name, p in pool.parameters.items()}
    waiting = {r.name: r for r in card.rates if r.name in pool.functions}
    while waiting:
        ready = [r for r in waiting.values() if set(r.arguments or ()) <= values.keys()]
        if not ready:
            first = next(iter(waiting.values()))
            refuse(f"{first.name!r} depends on itself", first.path, first.name)
        for rate in ready:
            values[rate.name] = _value(rate, values)
            del waiting[rate.name]
    return values


def _value(rate: RateParam, values: Mapping[str, float]) -> float:
    arguments = [values[name] for name in rate.arguments or ()]

    def combine(node: Node, inner: Sequence[float]) -> float:
        match node:
            case Number():
                return node.value
            case Ordinal():
                return arguments[node.index]
            case Variable():
                return values[node.name]
            case Operator() if (node.symbol, node.arity) in _OPERATORS:
                return float(_OPERATORS[node.symbol, node.arity](*inner))
            case Call() if node.function in _FUNCTIONS:
                return float(_FUNCTIONS[node.function](*inner))
        raise ValueError(f"{node} has no value")

    try:
        return parse(rate.value).fold(combine)
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        message = f"the formula of {rate.name!r} cannot be computed for `autoMCStats`: {error}"
        refuse(message, rate.path, rate.value, code="datacard.unsupported")


_OPERATORS: dict[tuple[str, int], Callable[..., float]] = {
    ("+", 2): operator.add,
    ("-", 2): operator.sub,
    ("*", 2): operator.mul,
    ("/", 2): operator.truediv,
    ("^", 2): math.pow,
    ("-", 1): operator.neg,
    ("+", 1): operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "pow": math.pow,
    "min": min,
    "max": max,
}
