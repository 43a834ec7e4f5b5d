r"""Logarithms of the incomplete gamma functions, also where the functions underflow.

:math:`P(a,x) = \frac{1}{\Gamma(a)} \int_0^x t^{a-1}e^{-t}dt`, and :math:`Q = 1 - P`.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array, lax
from jax.scipy.special import gammainc, gammaincc, gammaln
from jax.typing import ArrayLike

from .large_gamma import LARGE, log_tails
from .special import log_difference, polynomial_integral

_UNDERFLOW = 1e-280
_STEPS = 400


def log_lower(a: ArrayLike, x: ArrayLike) -> Array:
    r""":math:`\ln P(a, x)` for :math:`a > 0` and :math:`0 \le x \le \infty`."""
    a, x = jnp.broadcast_arrays(jnp.asarray(a, float), jnp.asarray(x, float))
    inside, large = (x > 0.0) & (x < jnp.inf), a > LARGE
    whole, at = a, jnp.where(inside, x, a)
    a, t = jnp.where(large, 1.0, a), jnp.where(large, 1.0, at)
    direct = gammainc(a, t)
    tail = direct < _UNDERFLOW
    in_tail = _log_lower_tail(jnp.where(tail, a, 1.0), jnp.where(tail, t, 1.0))
    value = jnp.where(tail, in_tail, jnp.log(jnp.where(tail, 1.0, direct)))
    value = jnp.where(large, _of_large_order(whole, at, large)[0], value)
    return jnp.where(inside, value, jnp.where(x > 0.0, 0.0, -jnp.inf))


def log_upper(a: ArrayLike, x: ArrayLike) -> Array:
    r""":math:`\ln Q(a, x)` for :math:`a > 0` and :math:`0 \le x \le \infty`."""
    a, x = jnp.broadcast_arrays(jnp.asarray(a, float), jnp.asarray(x, float))
    inside, large = (x > 0.0) & (x < jnp.inf), a > LARGE
    whole, at = a, jnp.where(inside, x, a)
    a, t = jnp.where(large, 1.0, a), jnp.where(large, 1.0, at)
    direct = gammaincc(a, t)
    tail = direct < _UNDERFLOW
    in_tail = _log_upper_tail(jnp.where(tail, a, 1.0), jnp.where(tail, t, 3.0))
    value = jnp.where(tail, in_tail, jnp.log(jnp.where(tail, 1.0, direct)))
    value = jnp.where(large, _of_large_order(whole, at, large)[1], value)
    return jnp.where(inside, value, jnp.where(x > 0.0, -jnp.inf, 0.0))


def _of_large_order(a: Array, x: Array, large: Array) -> tuple[Array, Array]:
    return log_tails(jnp.where(large, a, LARGE), jnp.where(large, x, LARGE))


@jax.jit  # or else every call outside of a program would compile the loop anew
def _log_lower_tail(a: Array, x: Array) -> Array:
    """The power series (DLMF 8.7.1), which converges fast for x well below a."""

    def step(i: Array, total: Array) -> Array:
        return 1.0 + total * x / (a + _STEPS - i)

    series = lax.fori_loop(0, _STEPS, step, jnp.ones_like(x))
    return a * jnp.log(x) - x - gammaln(a + 1.0) + jnp.log(series)


@jax.jit
def _log_upper_tail(a: Array, x: Array) -> Array:
    """Legendre's continued fraction (DLMF 8.9.2), which converges fast for x well above a."""

    def step(i: Array, below: Array) -> Array:
        k = _STEPS - i
        return x + 2.0 * k - 1.0 - a - k * (k - a) / below

    fraction = lax.fori_loop(0, _STEPS, step, x + 2.0 * _STEPS + 1.0 - a)
    return a * jnp.log(x) - x - gammaln(a) - jnp.log(fraction)


def log_gamma_interval(a: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    r""":math:`\ln[P(a,h) - P(a,l)]`, taken in the tail where both are small; -inf when empty."""
    a, low, high = jnp.broadcast_arrays(*(jnp.asarray(v, float) for v in (a, low, high)))
    low, high = jnp.maximum(low, 0.0), jnp.maximum(high, 0.0)
    return jnp.where(
        low > a,
        log_difference(log_upper(a, low), log_upper(a, high)),
        log_difference(log_lower(a, high), log_lower(a, low)),
    )


def log_power_exponential_interval(
    a: ArrayLike, rate: ArrayLike, low: ArrayLike, high: ArrayLike
) -> Array:
    r""":math:`\ln\int_l^h t^{a-1}e^{rt}dt` for a > 0, any r, and :math:`0 \le l < h`.

    An infinite upper limit needs a negative rate. Narrow intervals are integrated by a
    Gauss-Legendre rule, where a difference of incomplete gamma functions would lose digits.
    """
    parts = (jnp.asarray(v, float) for v in (a, rate, low, high))
    a, rate, low, high = jnp.broadcast_arrays(*parts)
    narrow = (high > low) & (high < 1.2 * low) & (jnp.abs(rate) * (high - low) < 2.0)
    start = jnp.where(narrow, low, 1.0)
    flat = _log_narrow(a, rate, start, jnp.where(narrow, high, 1.1))
    falling = ~narrow & (rate * high < -1.0)
    slope = jnp.where(falling, -rate, 1.0)
    gammas = log_gamma_interval(a, slope * low, slope * high) + gammaln(a) - a * jnp.log(slope)
    others = ~narrow & ~falling
    r, near, far = (jnp.where(others, v, 0.0) for v in (rate, low, high))
    series = log_difference(_log_from_zero(a, r, far), _log_from_zero(a, r, near))
    value = jnp.where(narrow, flat, jnp.where(falling, gammas, series))
    return jnp.where(high > low, value, -jnp.inf)


def _log_narrow(a: Array, rate: Array, low: Array, high: Array) -> Array:
    def relative(t: Array) -> Array:
        return jnp.exp((a - 1.0) * jnp.log(t / low) + rate * (t - low))

    integral = polynomial_integral(relative, 30, low, high)
    return (a - 1.0) * jnp.log(low) + rate * low + jnp.log(integral)


@jax.jit
def _log_from_zero(a: Array, rate: Array, end: Array) -> Array:
    r""":math:`\ln\int_0^h t^{a-1}e^{rt}dt` for :math:`rh \ge -1`, by the power series.

    Above :math:`rh = 100` by the asymptotic series (DLMF 13.7.1).
    """
    inside = end > 0.0
    h = jnp.where(inside, end, 1.0)
    z = rate * h
    large = z > 100.0
    s, big = jnp.where(large, 0.0, z), jnp.where(large, z, 100.0)

    def step(i: Array, total: Array) -> Array:
        n = _STEPS - i
        return 1.0 / (n + a) + s / (n + 1.0) * total

    series = jnp.log(lax.fori_loop(0, _STEPS + 1, step, 1.0 / (_STEPS + 1.0 + a)))
    tail = jnp.ones_like(big)
    for k in range(25, 0, -1):
        tail = 1.0 + (k - a) / big * tail
    value = jnp.where(large, big - jnp.log(big) + jnp.log(tail), series)
    return jnp.where(inside, a * jnp.log(h) + value, -jnp.inf)
