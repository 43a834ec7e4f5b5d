"""The oracle's formulas in float64, some fifty times faster: for many documents at once.

`double()` puts `Double` in the place of mpmath in all modules of the oracle. What loses digits
that way is to be computed once more without it, before anybody is called wrong.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
from scipy import special

from . import channel, composite, expression, functions, fundamental, likelihood, oracle

MODULES: tuple[ModuleType, ...] = (
    channel, composite, expression, functions, fundamental, likelihood, oracle,
)  # fmt: skip
TOLERANCE = 1e-13


def _bounded(f: Callable[..., Any]) -> Callable[..., Any]:
    """Infinity where Python raises, as IEEE 754 has it."""

    @wraps(f)
    def inner(*values: Any) -> Any:
        try:
            return f(*values)
        except OverflowError:
            return math.inf

    return inner


def _ln(x: float) -> Any:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


class Double:
    """What the oracle needs of mpmath, on Python's floats."""

    mpf = float
    mpc = complex
    pi, e, inf = math.pi, math.e, math.inf
    exp = staticmethod(_bounded(math.exp))
    ln = log = staticmethod(_ln)
    cosh, sinh = (staticmethod(_bounded(getattr(math, n))) for n in ("cosh", "sinh"))
    sqrt, sin, cos, tan, tanh = math.sqrt, math.sin, math.cos, math.tan, math.tanh
    asin, acos, atan, log10 = math.asin, math.acos, math.atan, math.log10
    erf, erfc, hypot, floor, ceil = math.erf, math.erfc, math.hypot, math.floor, math.ceil
    gamma, loggamma = staticmethod(_bounded(math.gamma)), math.lgamma
    isinf, isfinite, fsum = math.isinf, math.isfinite, math.fsum
    fprod = staticmethod(math.prod)
    power = staticmethod(_bounded(pow))
    factorial = math.factorial
    binomial = staticmethod(math.comb)
    re = staticmethod(lambda z: z.real)

    @staticmethod
    def fdot(a: Any, b: Any) -> float:
        """Sum of products."""
        return math.fsum(x * y for x, y in zip(a, b, strict=True))

    @staticmethod
    def ff(x: float, n: int) -> float:
        """Falling factorial."""
        return math.prod(x - i for i in range(n)) * 1.0

    @staticmethod
    def chebyt(n: int, z: float) -> float:
        """Chebychev polynomial of the first kind."""
        return math.cos(n * math.acos(z)) if abs(z) <= 1 else float(special.eval_chebyt(n, z))

    @staticmethod
    def npdf(x: float, mu: float = 0.0, sigma: float = 1.0) -> float:
        """Normal density."""
        return math.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))

    @staticmethod
    def ncdf(x: float) -> float:
        """Normal distribution function."""
        return float(special.ndtr(x))

    @staticmethod
    def matrix(rows: Any) -> Any:
        """A matrix; a list becomes a column."""
        array = np.array(rows, dtype=float)
        return array.reshape(-1, 1) if array.ndim == 1 else array

    @staticmethod
    def lu_solve(a: Any, b: Any) -> Any:
        """Solution of linear equations, as a flat array for a column."""
        found = np.linalg.solve(a, b)
        return found.ravel() if found.ndim == 2 and found.shape[1] == 1 else found

    @staticmethod
    def det(a: Any) -> float:
        """Determinant."""
        return float(np.linalg.det(a))


@cache
def _nodes(precision: int) -> list[tuple[float, float]]:
    found = mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).calc_nodes(4, 60)
    return [(float(x), float(w)) for x, w in found]


def _derivative(d: oracle.Entry, o: oracle.Oracle) -> float:
    """By mpmath: a difference has no digits left in float64."""
    with exact():
        return float(functions.derivative(d, o))


def _voigtian(d: oracle.Entry, o: oracle.Oracle) -> float:
    z = complex(o(d["x"]) - o(d["mean"]), o(d["width"]) / 2) / (o(d["sigma"]) * math.sqrt(2))
    return float(special.wofz(z).real)


def _square(d: oracle.Entry, o: oracle.Oracle) -> float:
    delta = np.array([o(x) - o(m) for x, m in zip(d["x"], d["mean"], strict=True)])
    matrix = fundamental._covariance(d, o)
    return math.exp(-float(delta @ np.linalg.solve(matrix, delta)) / 2)


class _Modulus:
    """Where the oracle asks for the precision."""

    prec = 53


Double.mp = _Modulus  # type: ignore[attr-defined]
Double.cmath = cmath  # type: ignore[attr-defined]
CHANGES: dict[Any, dict[str, Any]] = {
    **{module: {"mp": Double} for module in MODULES},
}
CHANGES[oracle] |= {"TOLERANCE": TOLERANCE, "_nodes": _nodes}
CHANGES[expression] |= {
    "NAMES": {
        name: getattr(Double, getattr(f, "__name__", name), f) if callable(f) else f
        for name, f in expression.NAMES.items()
    }
    | {"log": Double.ln, "Log": Double.ln, "pow": Double.power, "Power": Double.power}
    | {"lgamma": math.lgamma, "tgamma": Double.gamma, "abs": abs, "fabs": abs, "Abs": abs},
    "CONSTANTS": {
        "PI": lambda: math.pi,
        "EULER": lambda: math.e,
        "TRUE": lambda: 1.0,
        "FALSE": lambda: 0.0,
    },
}
TABLES: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (oracle.FUNCTIONS, {"derivative": _derivative}),
    (oracle.SHAPES, {"voigtian_dist": _voigtian, "multivariate_normal_dist": _square}),
)


@contextmanager
def double() -> Iterator[None]:
    """Compute in float64 inside of this."""
    old = {module: {k: getattr(module, k) for k in keys} for module, keys in CHANGES.items()}
    tables = [{k: table[k] for k in keys} for table, keys in TABLES]
    try:
        _put(CHANGES, [keys for _, keys in TABLES])
        yield
    finally:
        _put(old, tables)


@contextmanager
def exact() -> Iterator[None]:
    """Compute with mpmath again, inside of `double`."""
    now = {module: {k: getattr(module, k) for k in keys} for module, keys in CHANGES.items()}
    tables = [{k: table[k] for k in keys} for table, keys in TABLES]
    try:
        _put(_ORIGINAL, _ORIGINAL_TABLES)
        yield
    finally:
        _put(now, tables)


def _put(modules: dict[Any, dict[str, Any]], tables: list[dict[str, Any]]) -> None:
    for module, keys in modules.items():
        for key, value in keys.items():
            setattr(module, key, value)
    for (table, _), values in zip(TABLES, tables, strict=True):
        table.update(values)


_ORIGINAL = {module: {k: getattr(module, k) for k in keys} for module, keys in CHANGES.items()}
_ORIGINAL_TABLES = [{k: table[k] for k in keys} for table, keys in TABLES]
