"""Functions that several densities need, stable in the tails."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import factorial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erfc
from jax.typing import ArrayLike

_LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)


def log_difference(upper: ArrayLike, lower: ArrayLike) -> Array:
    r""":math:`\ln(e^u - e^l)` for :math:`u \ge l`, -inf where they are equal."""
    u, low = jnp.broadcast_arrays(jnp.asarray(upper), jnp.asarray(lower))
    equal = u <= low
    gap = jnp.where(equal, -1.0, low - jnp.where(jnp.isfinite(u), u, 0.0))
    return jnp.where(equal, -jnp.inf, u + jnp.log(-jnp.expm1(jnp.minimum(gap, -1e-300))))


def log_normal_interval(low: ArrayLike, high: ArrayLike) -> Array:
    r""":math:`\ln(\Phi(h) - \Phi(l))`, taken in the tail where both are small."""
    low, high = jnp.broadcast_arrays(jnp.asarray(low, float), jnp.asarray(high, float))
    nearest = jnp.where(low > 0.0, low, jnp.where(high < 0.0, -high, 0.0))
    top = jax.lax.stop_gradient(jnp.where(jnp.isfinite(nearest), nearest, 0.0))
    return _scaled_interval(low, high, top) - 0.5 * top * top


@jax.custom_jvp
def _scaled_interval(low: Array, high: Array, top: Array) -> Array:
    r""":math:`\ln(\Phi(h) - \Phi(l)) + \tfrac12 t^2`, with t where the density is largest.

    Where the density hardly changes, it is integrated by the 10-point Gauss-Legendre rule, since
    the difference would lose digits.
    """
    finite = jnp.isfinite(low) & jnp.isfinite(high)
    width = jnp.where(finite, high, 1.0) - jnp.where(finite, low, 0.0)
    middle = 0.5 * (jnp.where(finite, high, 1.0) + jnp.where(finite, low, 0.0))
    narrow = finite & (width > 0.0) & (width < 1.0) & (width * jnp.abs(middle) < 1.0)
    w, m = jnp.where(narrow, width, 0.5), jnp.where(narrow, middle, 0.0)
    h = jnp.full_like(w, 0.5)
    change = polynomial_integral(lambda s: jnp.exp(-w * s * (m + 0.5 * w * s)), 18, -h, h)
    flat = jnp.log(w * change) - 0.5 * (m - top) * (m + top) - _LOG_ROOT_TWO_PI
    flip = low + high > 0.0
    ends = jnp.stack([jnp.where(flip, -low, high), jnp.where(flip, -high, low)])
    upper, lower = _scaled_log_ndtr(ends, top[None])
    return jnp.where(narrow, flat, log_difference(upper, lower))


@_scaled_interval.defjvp
def _scaled_interval_jvp(
    primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """The slopes are the densities at the ends over the integral: exact, and soon computed."""
    low, high, top = primals
    value = _scaled_interval(low, high, top)

    def slope(end: Array) -> Array:
        height = -0.5 * (jnp.abs(end) - top) * (jnp.abs(end) + top) - _LOG_ROOT_TWO_PI
        return jnp.where(jnp.isfinite(value), jnp.exp(height - value), 0.0)

    change = slope(high) * tangents[1] - slope(low) * tangents[0] + top * tangents[2]
    return value, change


def _scaled_log_ndtr(x: Array, top: Array) -> Array:
    r""":math:`\ln\Phi(x) + \tfrac12 t^2`."""
    finite, tail = jnp.isfinite(x), x < -_FAR * np.sqrt(2.0)
    t = jnp.where(finite & tail, x, -_FAR * np.sqrt(2.0))
    bulk = jnp.where(finite & ~tail, x, 0.0)
    far = jnp.log(_far_erfcx(-t / np.sqrt(2.0)) / 2.0) - 0.5 * (t - top) * (t + top)
    near = jnp.log(0.5 * erfc(-bulk / np.sqrt(2.0))) + 0.5 * top * top
    ends = jnp.where(x > 0.0, 0.5 * top * top, jnp.where(x < 0.0, -jnp.inf, x))
    return jnp.where(finite, jnp.where(tail, far, near), ends)


def log_erfcx(x: ArrayLike) -> Array:
    r""":math:`\ln(e^{x^2}\,\mathrm{erfc}(x))`."""
    x = jnp.asarray(x)
    far = x > _FAR
    near, t = jnp.where(far, 0.0, x), jnp.where(far, x, _FAR)
    return jnp.where(far, jnp.log(_far_erfcx(t)), jnp.log(erfc(near)) + near * near)


def _far_erfcx(x: Array) -> Array:
    r""":math:`e^{x^2}\,\mathrm{erfc}(x)` for :math:`x \ge 4`, to sixteen digits.

    :math:`x\,e^{x^2}\mathrm{erfc}(x) = \pi^{-1/2} - u P(u)/Q(u)` with :math:`u = x^{-2}`
    (W. J. Cody, "Rational Chebyshev approximations for the error function", 1969).
    """
    u = 1.0 / (x * x)
    p, q = jnp.full_like(u, _CODY_P[0]), u
    for a in _CODY_P[1:]:
        p = p * u + a
    for b in _CODY_Q[:-1]:
        q = (q + b) * u
    scaled: Array = (1.0 / np.sqrt(np.pi) - u * p / (q + _CODY_Q[-1])) / x
    return scaled


_FAR = 4.0


_CODY_P = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
    1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
_CODY_Q = (
    2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1,
    6.05183413124413191e-2, 2.33520497626869185e-3,
)  # fmt: skip


def log_gaussian_integral(
    centre: ArrayLike, width: ArrayLike, low: ArrayLike, high: ArrayLike
) -> Array:
    r""":math:`\ln\int_l^h e^{-(x-c)^2/2w^2}dx`, -inf where the interval is empty."""
    pulls = []
    for limit in (low, high):
        finite = jnp.isfinite(limit)
        pull = (jnp.where(finite, limit, centre) - centre) / width
        pulls.append(jnp.where(finite, pull, limit))
    return jnp.log(width) + _LOG_ROOT_TWO_PI + log_normal_interval(*pulls)


def log1p_ratio(x: ArrayLike) -> Array:
    r""":math:`\ln(1+x)/x` for x > -1, 1 at 0."""
    x = jnp.asarray(x)
    small = jnp.abs(x) < 0.01
    t, large = jnp.where(small, x, 0.0), jnp.where(small, 1.0, x)
    series = jnp.polyval(jnp.array([(-1.0) ** k / (k + 1) for k in range(8, -1, -1)]), t)
    return jnp.where(small, series, jnp.log1p(large) / large)


def expm1_ratio(x: ArrayLike) -> Array:
    r""":math:`(1-e^{-x})/x`, 1 at 0."""
    x = jnp.asarray(x)
    small = jnp.abs(x) < 0.01
    t, large = jnp.where(small, x, 0.0), jnp.where(small, 1.0, x)
    series = jnp.polyval(jnp.array([(-1.0) ** k / factorial(k + 1) for k in range(7, -1, -1)]), t)
    return jnp.where(small, series, -jnp.expm1(-large) / large)


def log_signed(value: ArrayLike) -> Array:
    """Logarithm with -inf (and slope 0) at 0, and nan below: a negative density has none."""
    value = jnp.asarray(value)
    zero = value == 0.0
    return jnp.where(zero, -jnp.inf, jnp.log(jnp.where(zero, 1.0, value)))


def polynomial_integral(
    polynomial: Callable[[Array], Array],
    degree: int,
    low: ArrayLike,
    high: ArrayLike,
    ndim: int = 0,
) -> Array:
    """Integral of a polynomial of at most the given degree, by the exact Gauss-Legendre rule.

    The difference of two antiderivatives would lose digits on narrow intervals. The polynomial
    gets its argument with the nodes along a new first axis, in front of `ndim` axes or as many as
    the limits have.
    """
    nodes, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    low, high = jnp.broadcast_arrays(jnp.asarray(low, float), jnp.asarray(high, float))
    half = 0.5 * (high - low)
    shape = (-1, *(1,) * max(ndim, low.ndim))
    x = 0.5 * (low + high) + half * nodes.reshape(shape)
    return half * jnp.sum(weights.reshape(shape) * polynomial(x), axis=0)


def log_exponential_integral(rate: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    r""":math:`\ln\int_l^h e^{-rx}dx` for any sign of the rate, also 0, and infinite limits."""
    rate, low, high = (jnp.asarray(v, float) for v in (rate, low, high))
    low, high = jnp.where(high > low, low, high), high
    finite = jnp.isfinite(low) & jnp.isfinite(high)
    start, end = jnp.where(finite, low, 0.0), jnp.where(finite, high, 0.0)
    half = 0.5 * rate * (end - start)
    small = finite & (jnp.abs(half) < 0.01)
    # ln(sinh(t)/t) around 0
    t2 = jnp.where(small, half, 0.0) ** 2
    series = t2 * (1.0 / 6.0 - t2 * (1.0 / 180.0 - t2 / 2835.0))
    width = jnp.log(jnp.where(end > start, end - start, 1.0))
    middle = jnp.where(end > start, width - 0.5 * rate * (start + end) + series, -jnp.inf)
    slope = jnp.abs(jnp.where(small | (rate == 0.0), 1.0, rate))
    # The end where the integrand is largest, and what is missing to an infinite integral.
    edge = jnp.where(rate > 0.0, low, high)
    open_end = jnp.isinf(edge) | (rate == 0.0)
    top = -jnp.where(open_end, 0.0, rate) * jnp.where(open_end, 0.0, edge)
    part = -jnp.expm1(-jnp.abs(jnp.where(small, 1.0, 2 * half)))
    rest = jnp.log(jnp.where(finite, part, 1.0) / slope)
    wide = jnp.where(open_end, jnp.inf, top + rest)
    return jnp.where(small, middle, wide)
