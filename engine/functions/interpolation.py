r"""Interpolation functions with ROOT's integer codes.

======= ============================ ==================================== ====================
integer ``interpolation0d``          ``interpolation``                    combination
======= ============================ ==================================== ====================
0       linear                       linear                               adds
1       exponential                  exponential                          multiplies
2, 3    parabolic, linear outside    parabolic, linear outside            adds
4       6th order, exponential       6th order, linear outside            multiplies, adds
5       6th order, exponential       6th order, exponential outside       multiplies
6       (ROOT takes it as 0)         6th order of the ratio, linear       multiplies
======= ============================ ==================================== ====================

Checked with ROOT 6.40: the variations act in the order of the list, each on the total so far; 3 is
turned into 2; any other integer, and a missing list, is 0.
"""

from __future__ import annotations

from enum import Enum
from itertools import groupby

import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import CompileError
from hs3.functions.interpolation import Interpolation0D, InterpolationFunction

from ..histfactory.interpolation import LINEAR, PARABOLIC, POLY6, even_feature
from ..mathematics import power
from .base import Scope, formula


class Rule(Enum):
    """What one variation does to the total."""

    ADD_LINEAR = LINEAR
    ADD_PARABOLIC = PARABOLIC
    ADD_POLY6 = POLY6
    MULTIPLY_EXPONENTIAL = "exponential"
    MULTIPLY_POLY6_EXPONENTIAL = "poly6 exponential"
    MULTIPLY_POLY6_LINEAR = "poly6 linear"


RULES = {
    0: Rule.ADD_LINEAR,
    1: Rule.MULTIPLY_EXPONENTIAL,
    2: Rule.ADD_PARABOLIC,
    3: Rule.ADD_PARABOLIC,
    4: Rule.ADD_POLY6,
    5: Rule.MULTIPLY_POLY6_EXPONENTIAL,
    6: Rule.MULTIPLY_POLY6_LINEAR,
}
"""Codes of ``interpolation``, ROOT's PiecewiseInterpolation."""

RULES_0D = {
    **{code: RULES[code] for code in (0, 1, 2, 3, 5)},
    4: Rule.MULTIPLY_POLY6_EXPONENTIAL,
}
"""Codes of ``interpolation0d``, ROOT's FlexibleInterpVar."""

SMALLEST = float(np.finfo(np.float64).tiny)


@formula.register
def _interpolation0d(function: Interpolation0D, scope: Scope) -> Array:
    total = _interpolate(function, RULES_0D, scope)
    return jnp.where(total <= 0.0, SMALLEST, total)  # ROOT's cut-off, a yield must stay positive


@formula.register
def _interpolation(function: InterpolationFunction, scope: Scope) -> Array:
    total = _interpolate(function, RULES, scope)
    return jnp.where(total < 0.0, 0.0, total) if function.positiveDefinite else total


def _interpolate(
    function: Interpolation0D | InterpolationFunction, rules: dict[int, Rule], scope: Scope
) -> Array:
    """Nominal value and all variations; neighbours of one code are one array operation."""
    nominal = total = scope(function.nom)
    codes = function.interpolationCodes or (0,) * len(function.vars)
    for rule, positions in groupby(range(len(codes)), lambda i: _rule(function, codes[i], rules)):
        of = list(positions)
        alpha = scope.stack(function.vars[i] for i in of)
        low = scope.stack(function.low[i] for i in of)
        high = scope.stack(function.high[i] for i in of)
        ndim = max(alpha.ndim, low.ndim, high.ndim, nominal.ndim + 1)
        alpha, low, high = (_aligned(a, ndim) for a in (alpha, low, high))
        total = _vary(rule, alpha, low, nominal, high, total)
    return total


def _aligned(array: Array, ndim: int) -> Array:
    """The array with axes of length one after the first, so that the others broadcast."""
    return array.reshape(array.shape[0], *(1,) * (ndim - array.ndim), *array.shape[1:])


def _rule(
    function: Interpolation0D | InterpolationFunction, code: int, rules: dict[int, Rule]
) -> Rule:
    if code not in rules:
        raise CompileError(
            f"{function.name!r} has the interpolation code {code}; a {function.type} can have "
            f"{', '.join(map(str, rules))}",
            value=code,
        )
    return rules[code]


def _vary(rule: Rule, alpha: Array, low: Array, nominal: Array, high: Array, total: Array) -> Array:
    """`total` after the variations of one rule; `alpha`, `low` and `high` have shape (n, ...)."""
    match rule:
        case Rule.MULTIPLY_EXPONENTIAL:
            factors = _exponential(alpha, low / nominal, high / nominal)
        case Rule.MULTIPLY_POLY6_EXPONENTIAL:
            factors = _poly6_exponential(alpha, low / nominal, high / nominal)
        case Rule.MULTIPLY_POLY6_LINEAR:
            one = jnp.ones(())
            factors = 1.0 + _additive(POLY6, alpha, low / nominal, one, high / nominal)
        case _:
            return total + jnp.sum(_additive(rule.value, alpha, low, nominal, high), axis=0)
    return total * jnp.prod(factors, axis=0)


def _additive(code: int, alpha: Array, low: Array, nominal: Array, high: Array) -> Array:
    odd, even = 0.5 * (high - low), (high + low - 2.0 * nominal) / 16.0
    return odd * alpha + even * even_feature(alpha, jnp.asarray(code))


def _exponential(alpha: Array, low: Array, high: Array) -> Array:
    up = alpha >= 0.0
    return power(jnp.where(up, high, low), jnp.abs(jnp.where(up, alpha, -alpha)))


def _poly6_exponential(alpha: Array, low: Array, high: Array) -> Array:
    r"""Inside :math:`|\alpha| < 1` a polynomial that joins the exponentials smoothly."""
    inside = jnp.abs(alpha) < 1.0
    a = jnp.where(inside, alpha, 0.0)
    (v_hi, s_hi, c_hi), (v_lo, s_lo, c_lo) = _jet(high), _jet(low)
    v_odd, s_odd, c_odd = v_hi - v_lo, s_hi - s_lo, c_hi - c_lo
    v_even, s_even, c_even = v_hi + v_lo - 2.0, s_hi + s_lo, c_hi + c_lo
    square = a * a
    odd = (
        (15.0 * v_odd - 7.0 * s_odd + c_odd)
        + square * (-10.0 * v_odd + 10.0 * s_odd - 2.0 * c_odd)
        + square * square * (3.0 * v_odd - 3.0 * s_odd + c_odd)
    )
    even = (
        (24.0 * v_even - 9.0 * s_even + c_even)
        + square * (-24.0 * v_even + 14.0 * s_even - 2.0 * c_even)
        + square * square * (8.0 * v_even - 5.0 * s_even + c_even)
    )
    return jnp.where(inside, 1.0 + a * (odd + a * even) / 16.0, _exponential(alpha, low, high))


def _jet(ratio: Array) -> tuple[Array, Array, Array]:
    r"""Value, slope and curvature of :math:`r^a` at a = 1, all 0 for r = 0, nan below."""
    log = jnp.where(ratio == 0.0, 0.0, jnp.log(jnp.where(ratio == 0.0, 1.0, ratio)))
    return ratio, ratio * log, ratio * log * log
