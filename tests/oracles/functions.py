"""Functions (chapter 2.2, and those of ROOT and CMS Combine)."""

from __future__ import annotations

from typing import Any

import mpmath as mp

from .composite import between, bin_of, completed, edges
from .fundamental import GAUSS_MODELS, gauss_model
from .oracle import Entry, Oracle, function

function(*GAUSS_MODELS)(gauss_model)


@function("sum")
def total(d: Entry, o: Oracle) -> Any:
    return mp.fsum(map(o, d["summands"]))


@function("product")
def product(d: Entry, o: Oracle) -> Any:
    return mp.fprod(map(o, d["factors"]))


@function("weighted_sum")
def weighted_sum(d: Entry, o: Oracle) -> Any:
    weights = completed(d["coefficients"], len(d["samples"]), o)
    return mp.fdot(weights, [o(name) for name in d["samples"]])


@function("polynomial")
def polynomial(d: Entry, o: Oracle) -> Any:
    x = o(d["x"])
    return mp.fsum(o(a) * x**i for i, a in enumerate(d["coefficients"]))


@function("generic_function", "generic")
def generic(d: Entry, o: Oracle) -> Any:
    return o.expression(d["expression"])


@function("roorecursivefraction_dist")
def recursive_fraction(d: Entry, o: Oracle) -> Any:
    first, *others = map(o, d["list"])
    if d.get("recursive", True):
        return first * mp.fprod(1 - a for a in others)
    return first / mp.fsum((first, *others))


@function("derivative")
def derivative(d: Entry, o: Oracle) -> Any:
    """The exact derivative; `eps` is the step of an approximation."""
    over = d.get("normalization")
    name = d["function"]

    def f(x: Any) -> Any:
        at = o.at({d["x"]: x})
        return at.density(name, over) if over else at(name)

    with mp.workdps(45):
        return +mp.diff(f, o(d["x"]), d["order"])


@function("integral")
def integral(d: Entry, o: Oracle) -> Any:
    over = d.get("normalization")
    name = d["integrand"]
    box = {x: o.domains[x] for x in d["variables"]}
    return o.integral(lambda at: at.density(name, over) if over else at(name), box, name)


@function("histogram")
def histogram(d: Entry, o: Oracle) -> Any:
    found = bin_of(d["data"]["axes"], o)
    if found is not None and d.get("interpolationOrder"):
        return between(d, d["data"]["contents"], o)
    return mp.mpf(0) if found is None else mp.mpf(d["data"]["contents"][found[0]])


@function("step")
def step(d: Entry, o: Oracle) -> Any:
    """With parameters the first variable runs fastest, and outside counts the nearest bin."""
    if d.get("data"):
        return histogram(d, o)
    axes = {axis["name"]: axis for axis in d["axes"]}
    index, stride = 0, 1
    for name in d.get("variables", list(axes)):
        along = edges(axes[name])
        index += stride * min(max(sum(o(name) >= e for e in along) - 1, 0), len(along) - 2)
        stride *= len(along) - 1
    return o(d["parameters"][index])


@function("binvolume", "inverse_binvolume", "binwidth")
def bin_volume(d: Entry, o: Oracle) -> Any:
    of = o.parts[d["histogram"]]
    found = bin_of(of.get("axes") or of["data"]["axes"], o)
    volume = mp.mpf(1) if found is None else found[1]
    inverse = d["type"] == "inverse_binvolume" or d.get("divideByBinWidth")
    return 1 / volume if inverse else volume


# --- interpolation --------------------------------------------------------------------------------


@function("interpolation0d")
def interpolation0d(d: Entry, o: Oracle) -> Any:
    codes = d.get("interpolationCodes") or [0] * len(d["vars"])
    value = _vary(d, [5 if code == 4 else code for code in codes], o)
    return value if value > 0 else mp.mpf(2) ** -1022


@function("interpolation")
def interpolation(d: Entry, o: Oracle) -> Any:
    value = _vary(d, d.get("interpolationCodes") or [0] * len(d["vars"]), o)
    return max(value, mp.mpf(0)) if d.get("positiveDefinite") else value


def _vary(d: Entry, codes: list[int], o: Oracle) -> Any:
    nominal = value = o(d["nom"])
    for code, *names in zip(codes, d["vars"], d["low"], d["high"], strict=True):
        a, low, high = map(o, names)
        if code in (0, 2, 3, 4):
            value += shift(code, a, low - nominal, high - nominal)
        else:
            value *= factor(code, a, low / nominal, high / nominal)
    return value


def shift(code: int, a: Any, low: Any, high: Any) -> Any:
    """What is added: `low` at a = -1, `high` at a = 1."""
    if code == 0:
        return a * high if a >= 0 else -a * low
    odd, even = (high - low) / 2, (high + low) / 2
    if code in (2, 3):
        parabola = odd * a + even * a * a
        return parabola if abs(a) <= 1 else parabola - even * (abs(a) - 1) ** 2
    if abs(a) >= 1:
        return a * high if a >= 0 else -a * low
    return odd * a + even * a * a * (15 + a * a * (3 * a * a - 10)) / 8


def factor(code: int, a: Any, low: Any, high: Any) -> Any:
    """What is multiplied: `low` at a = -1, `high` at a = 1."""
    if code == 6:
        return 1 + shift(4, a, low - 1, high - 1)
    if code == 1 or abs(a) >= 1:
        return high**a if a >= 0 else low**-a
    return mp.fsum(c * a**k for k, c in enumerate(_joining_polynomial(low, high)))


def _joining_polynomial(low: Any, high: Any) -> list[Any]:
    """Of order 6: 1 at 0; value, slope and curvature of the exponentials at -1 and 1."""
    rows, targets = [[mp.mpf(k == 0) for k in range(7)]], [mp.mpf(1)]
    for a, value, log in ((1, high, mp.ln(high)), (-1, low, -mp.ln(low))):
        for order in range(3):
            rows.append([mp.ff(k, order) * mp.mpf(a) ** max(k - order, 0) for k in range(7)])
            targets.append(value * log**order)
    return list(mp.lu_solve(mp.matrix(rows), mp.matrix(targets)))


@function("spline")
def spline(d: Entry, o: Oracle) -> Any:
    """ROOT's: logarithms of knots with `logx`, and then x goes in as exp(x)."""
    x = mp.exp(o(d["x"])) if d.get("logx") else o(d["x"])
    knots = [mp.ln(v) if d.get("logx") else mp.mpf(v) for v in d["x0"]]
    heights = [mp.ln(v) if d.get("logy") else mp.mpf(v) for v in d["y0"]]
    order = 5 if d.get("interpolation") == "poly5" else 3
    value = _spline(x, knots, heights, order)
    return mp.exp(value) if d.get("logy") else value


def _spline(x: Any, knots: list[Any], heights: list[Any], order: int) -> Any:
    """Truncated powers: one polynomial and a jump in the highest derivative at inner knots.

    Order 3 has no jump at the knots next to the ends; order 5 has no third and fourth derivative
    at the ends, and goes on beyond the last knot without its fifth power.
    """
    n = len(knots)
    inner = knots[2:-2] if order == 3 else knots[1:-1]
    low = min(order, n - 1) if order == 3 else order

    def row(t: Any, nu: int = 0) -> list[Any]:
        plain = [
            mp.ff(k, nu) * t ** max(k - nu, 0) if k >= nu else mp.mpf(0) for k in range(low + 1)
        ]
        return plain + [mp.ff(order, nu) * max(t - c, mp.mpf(0)) ** (order - nu) for c in inner]

    rows, targets = [row(k) for k in knots], list(heights)
    if order == 5:
        rows += [row(knots[i], nu) for i in (0, -1) for nu in (3, 4)]
        targets += [mp.mpf(0)] * 4
    solution = mp.lu_solve(mp.matrix(rows), mp.matrix(targets))
    if order == 5 and x > knots[-1]:
        step = x - knots[-1]
        jet = [mp.fdot(row(knots[-1], nu), solution) / mp.factorial(nu) for nu in range(5)]
        return mp.fsum(c * step**i for i, c in enumerate(jet))
    return mp.fdot(row(x), solution)


# --- CMS Combine ----------------------------------------------------------------------------------


@function("CMS::asympow")
def asym_pow(d: Entry, o: Oracle) -> Any:
    return mp.exp(_log_shift(o(d["theta"]), mp.ln(o(d["kappaLow"])), mp.ln(o(d["kappaHigh"]))))


@function("CMS::process_normalization")
def process_normalization(d: Entry, o: Oracle) -> Any:
    symmetric = mp.fsum(
        o(t) * mp.mpf(k)
        for t, k in zip(d.get("thetaList", ()), d.get("logKappa", ()), strict=False)
    )
    asymmetric = mp.fsum(
        _log_shift(o(t), *map(mp.mpf, pair))
        for t, pair in zip(d.get("asymmThetaList", ()), d.get("logAsymmKappa", ()), strict=True)
    )
    others = mp.fprod(map(o, d.get("otherFactorList", ())))
    return o(d.get("nominalValue", 1.0)) * mp.exp(symmetric + asymmetric) * others


def _log_shift(theta: Any, log_low: Any, log_high: Any) -> Any:
    """CombineMathFuncs.h: linear in its step function within half a unit."""
    if abs(theta) >= 0.5:
        return theta * (log_high if theta > 0 else -log_low)
    average, half = (log_high - log_low) / 2, (log_high + log_low) / 2
    t = 2 * theta
    return theta * (average + half * t * (15 + t * t * (3 * t * t - 10)) / 8)
