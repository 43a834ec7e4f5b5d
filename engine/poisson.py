r"""Poisson probabilities that keep their digits at any count.

In :math:`-\ln\mathrm{Pois}(n|\nu) = \nu - n\ln\nu + \ln\Gamma(n + 1)` the terms are huge for large
counts and nearly cancel: at :math:`n = 2\cdot 10^9` a difference of two of them is wrong by
:math:`10^{-5}`. So it is written as the deviance and what is left at :math:`\nu = n`
(C. Loader, "Fast and accurate computation of binomial probabilities", 2000):

.. math::
    D(n, \nu) = \nu - n - n \ln\frac{\nu}{n}, \qquad
    s(n) = n - n\ln n + \ln\Gamma(n + 1) = \tfrac12\ln 2\pi n + \frac{1}{12 n} - …

Both are small, and the error of D is that of :math:`\nu - n`.
"""

from __future__ import annotations

import math
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import gammaln

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

LARGE = 50.0
"""From here on the terms of `_stirling` give all digits."""

LOG_2PI = math.log(2.0 * math.pi)
Numbers = TypeVar("Numbers", Array, FloatArray)


@jax.custom_jvp
def deviance(counts: Array, expected: Array) -> Array:
    r""":math:`D(n, \nu)`: zero at :math:`\nu = n`, infinite at :math:`\nu = 0`, nan below.

    Nothing observed where nothing is expected is no surprise: :math:`D(0, 0) = 0`. For
    :math:`n \le 0`, as sums of weights may be, it is :math:`\nu - n\ln\nu`.
    """
    positive = expected > 0.0
    rate = jnp.where(positive, expected, 1.0)
    inside = (rate - jnp.maximum(counts, 0.0)) - counts * _log_ratio(counts, rate)
    empty = jnp.where(counts == 0.0, 0.0, jnp.inf)
    outside = jnp.where(expected == 0.0, empty, jnp.nan)
    return jnp.where(positive, inside, outside)


@deviance.defjvp
def _deviance_jvp(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[Array, Array]:
    """The slopes in closed form: exact, and cheaper than those of the formula."""
    counts, expected = primals
    rate = jnp.where(expected > 0.0, expected, 1.0)
    change = slope(counts, expected) * tangents[1] - _log_ratio(counts, rate) * tangents[0]
    return deviance(counts, expected), change


def slope(counts: Array, expected: Array) -> Array:
    r""":math:`\partial D/\partial\nu = (\nu - n)/\nu`; 1 where no count is expected."""
    positive = expected > 0.0
    rate = jnp.where(positive, expected, 1.0)
    return jnp.where(positive, (rate - counts) / rate, 1.0)


def _log_ratio(counts: Array, rate: Array) -> Array:
    r""":math:`\ln(\nu/n)`, or :math:`\ln\nu` without counts."""
    base = jnp.where(counts > 0.0, counts, 1.0)
    far = rate < 0.5 * base
    near = jnp.where(far, 0.0, (rate - base) / base)
    return jnp.where(far, jnp.log(jnp.where(far, rate / base, 1.0)), jnp.log1p(near))


def log_minus_log(excess: Array) -> Array:
    r""":math:`e - \ln(1 + e)`, by its series where the two cancel."""
    small = jnp.abs(excess) < 0.05
    e, away = jnp.where(small, excess, 0.0), jnp.where(small, 1.0, excess)
    series = jnp.zeros_like(e)
    for k in range(14, 1, -1):
        series = (-1.0) ** k / k + e * series
    return jnp.where(small, e * e * series, away - jnp.log1p(away))


def saturated(counts: Array) -> Array:
    r""":math:`s(n)`, for :math:`n \le 0` :math:`\ln\Gamma(n + 1)`."""
    large = counts > LARGE
    safe, few = jnp.where(large, counts, LARGE), jnp.where(large, 1.0, counts)
    some = jnp.where(few > 0.0, few, 1.0)
    plain: Array = jnp.where(few > 0.0, few - few * jnp.log(some), 0.0) + gammaln(few + 1.0)
    return jnp.where(large, 0.5 * jnp.log(safe) + _stirling(safe), plain)


def saturated_data(counts: FloatArray) -> FloatArray:
    r""":math:`s(n)` of data, outside of compiled programs, in the shape of `counts`.

    Without scipy, whose import takes time.

    Raises:
        FitError: a count is negative.
    """
    counts = np.asarray(counts)
    if (counts < 0.0).any():
        worst = float(counts.min())
        raise FitError(f"a count is {worst:g}", code="fit.wrong_data", value=worst)
    large = counts > LARGE
    safe, few = counts[large], counts[~large]
    out = np.empty(counts.shape)
    out[large] = 0.5 * np.log(safe) + _stirling(safe)
    factorials = np.array([math.lgamma(n + 1.0) for n in few.tolist()])
    out[~large] = few - few * np.log(np.where(few > 0.0, few, 1.0)) + factorials
    return out


def _stirling(n: Numbers) -> Numbers:
    """What s(n) is above half the logarithm of n: Stirling's series."""
    inverse = 1.0 / n
    square = inverse * inverse  # n * n can be too large for a float64
    series = (1.0 / 12.0 - (1.0 / 360.0 - square / 1260.0) * square) * inverse
    return 0.5 * LOG_2PI + series


def nll(counts: Array, expected: Array) -> Array:
    r""":math:`-\ln\mathrm{Pois}(n|\nu)`, continued in n with the Gamma function; nan for ν < 0."""
    return deviance(counts, expected) + saturated(counts)
