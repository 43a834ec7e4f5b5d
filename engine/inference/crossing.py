"""Where a p-value crosses a level: root finding for limits."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from hs3.errors import FitError

TOLERANCE = 1e-6
"""Relative tolerance of a limit."""

MOST_WIDENINGS = 60


def outside(poi: str, high: float) -> FitError:
    """The limit is not inside the bounds."""
    message = f"the upper limit on {poi} lies above its upper bound {high:g}; give wider bounds"
    return FitError(message, code="inference.limit_outside", value=high)


def crossing(
    f: Callable[[float], float],
    level: float,
    guess: float,
    step: float,
    high: float,
    poi: str,
    tolerance: float = TOLERANCE,
) -> float:
    """Where the falling function `f` crosses `level`: Brent's method on its logarithm.

    Returns:
        the place, or zero where `f` is below the level everywhere above zero, which a p-value can
        be when the data fall far short of the background, but not CLs.

    Raises:
        FitError: there is no crossing below `high`, or `f` is not defined where it is needed.
    """

    def g(value: float) -> float:
        found = f(value)
        if math.isnan(found):
            message = f"there is no p-value at {poi} = {value:g}: the formulas are undefined there"
            raise FitError(message, code="inference.insensitive", value=value)
        return math.log(max(found, 1e-300) / level)

    least = 1e-3 * step
    a = min(max(guess, least), high)
    ga = g(a)
    b, gb = a, ga
    for _ in range(MOST_WIDENINGS):
        if (ga > 0.0) != (gb > 0.0) or gb == 0.0:
            break
        a, ga = b, gb
        b = min(b + 0.5 * step, high) if gb > 0.0 else max(b - 0.5 * step, 0.5 * b)
        if b == a:
            break
        if b < least:
            return 0.0
        gb = g(b)
        step *= 1.7
    if gb == 0.0:
        return b
    if (ga > 0.0) == (gb > 0.0):
        raise outside(poi, high)
    low, up = sorted((a, b))
    return float(
        brentq(g, low, up, xtol=tolerance * max(abs(up), 1e-12), rtol=4 * np.finfo(float).eps)
    )
