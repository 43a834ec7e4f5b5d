"""Random functions of every type, of parameters only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .draft import Draft
from .expressions import expression

Maker = Callable[[Draft, int], str]
EDGES = [-1.2345, -0.4567, 0.1357, 0.6789, 1.2345]
"""Of steps in parameters: no drawn number is one of them."""


def function_between(d: Draft, low: float, high: float, depth: int = 0) -> str:
    """A function whose values are all in a range, of any type, by way of a sine."""
    if d.chance(40):
        return _plain(d, low, high)
    name = any_function(d, depth)
    middle, half = (low + high) / 2, (high - low) / 2
    text = f"{middle!r} + {half * 0.999!r}*sin({name})"
    return d.function(d.pick(("generic_function", "generic")), expression=text)


def any_function(d: Draft, depth: int = 0) -> str:
    """A function of any type, finite at all values of the parameters."""
    return d.pick(PLAIN if d.in_channel else MAKERS)(d, depth)


def _plain(d: Draft, low: float, high: float) -> str:
    """A sum or a product that stays in the range by itself."""
    width = high - low
    if d.chance(50):
        shift = d.number(0.1, 2.0) * width
        a = d.parameter(low - shift, low - shift + width)
        return d.function("sum", summands=[a, shift * 0.999999])
    factor = d.number(0.5, 2.0)
    a = d.parameter(low / factor, high / factor)
    return d.function("product", factors=[factor, a])


def unit(d: Draft, depth: int) -> float | str:
    """A value in [-1, 1]."""
    return d.value(-1.0, 1.0, depth)


def _sum(d: Draft, depth: int) -> str:
    count = d.integer(1, 4)
    return d.function("sum", summands=[unit(d, depth) for _ in range(count)])


def _product(d: Draft, depth: int) -> str:
    count = d.integer(1, 4)
    return d.function("product", factors=[unit(d, depth) for _ in range(count)])


def _weighted_sum(d: Draft, depth: int) -> str:
    samples = [any_function(d, 0) for _ in range(d.integer(1, 3))]
    fewer = d.integer(0, 1) if len(samples) > 1 else 0
    coefficients = [unit(d, depth) for _ in samples[fewer:]]
    return d.function("weighted_sum", samples=samples, coefficients=coefficients)


def _polynomial(d: Draft, depth: int) -> str:
    coefficients = [unit(d, 0) for _ in range(d.integer(1, 5))]
    return d.function("polynomial", x=unit(d, depth), coefficients=coefficients)


def _generic(d: Draft, depth: int) -> str:
    names = [d.parameter(-1.0, 1.0) for _ in range(d.integer(1, 3))]
    if depth > 0:
        names.append(any_function(d, depth - 1))
    return d.function("generic_function", expression=expression(d, names))


def _fraction(d: Draft, depth: int) -> str:
    values = [d.value(0.05, 0.95, depth) for _ in range(d.integer(1, 3))]
    more: dict[str, Any] = {"recursive": False} if d.chance(30) else {}
    return d.function("roorecursivefraction_dist", list=values, **more)


def _interpolation0d(d: Draft, depth: int) -> str:
    return d.function("interpolation0d", **_variations(d, depth, d.number, 5))


def _interpolation(d: Draft, depth: int) -> str:
    def number_or_function(low: float, high: float) -> float | str:
        if not d.chance(30):
            return d.number(low, high)
        factors = [d.constant(low), d.parameter(1.0, high / low)]
        return d.function("product", factors=factors)

    keys = _variations(d, depth, number_or_function, 6)
    more = {"positiveDefinite": True} if d.chance(30) else {}
    return d.function("interpolation", **keys, **more)


def _variations(d: Draft, depth: int, some: Callable[..., Any], last: int) -> dict[str, Any]:
    count = d.integer(1, 3)
    return {
        "vars": [d.value(-2.5, 2.5, depth) for _ in range(count)],
        "nom": some(0.8, 1.3),
        "low": [some(0.6, 1.2) for _ in range(count)],
        "high": [some(0.7, 1.5) for _ in range(count)],
        "interpolationCodes": [d.integer(0, last) for _ in range(count)],
    }


def _axis(d: Draft) -> dict[str, Any]:
    return {"name": d.parameter(-1.0, 1.0), "edges": EDGES[: d.integer(2, len(EDGES))]}


def _histogram(d: Draft, depth: int) -> str:
    axis = _axis(d)
    contents = [d.number(-2.0, 3.0) for _ in axis["edges"][1:]]
    more: dict[str, Any] = {}
    if d.chance(40):
        more["interpolationOrder"] = d.integer(0, min(3, len(contents)))
    return d.function("histogram", data={"axes": [axis], "contents": contents}, **more)


def _step(d: Draft, depth: int) -> str:
    axis = _axis(d)
    if d.chance(30):
        contents = [d.number(-2.0, 3.0) for _ in axis["edges"][1:]]
        return d.function("step", data={"axes": [axis], "contents": contents})
    parameters = [unit(d, depth) for _ in axis["edges"][1:]]
    return d.function("step", variables=[axis["name"]], parameters=parameters, axes=[axis])


def _bin_volume(d: Draft, depth: int) -> str:
    inner = _histogram(d, 0)
    kind = d.pick(("binvolume", "inverse_binvolume", "binwidth"))
    more = {"divideByBinWidth": d.chance(50)} if kind == "binwidth" else {}
    return d.function(kind, histogram=inner, **more)


def _spline(d: Draft, depth: int) -> str:
    knots = [-1.5, -0.8, -0.1, 0.45, 1.1, 1.6][: d.integer(3, 6)]
    order = d.pick(("poly3", "poly5", None))
    more: dict[str, Any] = {} if order is None else {"interpolation": order}
    log = d.chance(30)
    heights = [d.number(0.5, 2.0) for _ in knots]
    return d.function(
        "spline", x=unit(d, depth), x0=knots, y0=heights, **more, **({"logy": True} if log else {})
    )


def _derivative(d: Draft, depth: int) -> str:
    x = d.parameter(-1.0, 1.0)
    other = d.parameter(-1.0, 1.0)
    text = d.pick((f"sin(1.3*{x} + {other})", f"exp({x}*{other})", f"{x}^3 - 2*{x}*{other}"))
    inner = d.function("generic_function", expression=text)
    return d.function("derivative", function=inner, x=x, order=d.integer(1, 3), eps=0.001)


def _integral(d: Draft, depth: int) -> str:
    t = d.name("z")
    d.domains[t] = (-1.0, 2.0)
    a, b = d.parameter(-1.0, 1.0), d.parameter(-1.0, 1.0)
    text = d.pick((f"{a}*sin(2*{t}) + {b}*{t}^2", f"exp({a}*{t}) + {b}", f"cos({t} + {a})*{b}"))
    inner = d.function("generic_function", expression=text)
    return d.function("integral", integrand=inner, variables=[t])


def _asympow(d: Draft, depth: int) -> str:
    return d.function(
        "CMS::asympow",
        kappaLow=d.value(0.6, 1.2, 0),
        kappaHigh=d.value(0.7, 1.5, 0),
        theta=d.value(-2.0, 2.0, depth),
    )


def _process_normalization(d: Draft, depth: int) -> str:
    symmetric, asymmetric = d.integer(0, 2), d.integer(0, 2)
    return d.function(
        "CMS::process_normalization",
        nominalValue=d.number(0.5, 3.0),
        thetaList=[unit(d, depth) for _ in range(symmetric)],
        logKappa=[d.number(-0.3, 0.3) for _ in range(symmetric)],
        asymmThetaList=[d.value(-2.0, 2.0, 0) for _ in range(asymmetric)],
        logAsymmKappa=[[d.number(-0.3, 0.1), d.number(-0.1, 0.3)] for _ in range(asymmetric)],
        otherFactorList=[d.value(0.5, 1.5, 0) for _ in range(d.integer(0, 2))],
    )


def _gauss_model(d: Draft, depth: int) -> str:
    return d.function(
        "gauss_model_function",
        x=d.parameter(-1.0, 1.0),
        mean=unit(d, depth),
        sigma=d.value(0.4, 2.0, 0),
    )


MAKERS: tuple[Maker, ...] = (
    _generic, _generic, _sum, _product, _weighted_sum, _polynomial, _fraction, _interpolation0d,
    _interpolation, _histogram, _step, _bin_volume, _spline, _derivative, _integral, _asympow,
    _process_normalization, _gauss_model,
)  # fmt: skip
PLAIN = tuple(maker for maker in MAKERS if maker not in (_derivative, _integral))
"""Those that modifiers of channels may depend on."""
