r"""The convolution of a one-sided exponential with a Gaussian, and its integrals.

.. math::
    H(u) = \int_0^\infty e^{-s/\tau} N(u-s; 0, \sigma)\,ds
         = \tfrac12 e^{d^2 + 2ad}\,\mathrm{erfc}(a+d)
         = \tfrac12 e^{-a^2}\,\mathrm{erfcx}(a+d),\quad
    a = -\frac{u}{\sqrt2\sigma},\; d = \frac{\sigma}{\sqrt2\tau}

Since :math:`H' = N - H/\tau`, the integrals up to u and from u are
:math:`L = \tau(\Phi(u/\sigma) - H(u))` and :math:`R = \tau(\Phi(-u/\sigma) + H(u))`.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erfc
from jax.typing import ArrayLike

from .special import log_difference, log_erfcx, polynomial_integral

_ROOT2 = float(np.sqrt(2.0))
_ROOT_PI = float(np.sqrt(np.pi))
_LN2 = float(np.log(2.0))


def log_decay(u: ArrayLike, tau: ArrayLike, sigma: ArrayLike) -> Array:
    r""":math:`\ln H(u)`, also where H underflows."""
    a, d = -jnp.asarray(u) / (_ROOT2 * sigma), sigma / (_ROOT2 * jnp.asarray(tau))
    tail = a + d > 0.0
    z, slope = jnp.where(tail, a + d, 0.0), jnp.where(tail, 0.0, d * (d + 2.0 * a))
    at_left = log_erfcx(z) - jnp.where(tail, a, 0.0) ** 2
    at_right = jnp.log(erfc(jnp.where(tail, 0.0, a + d))) + slope
    return jnp.where(tail, at_left, at_right) - _LN2


def log_decay_interval(low: ArrayLike, high: ArrayLike, tau: ArrayLike, sigma: ArrayLike) -> Array:
    r""":math:`\ln\int_l^h H`, -inf where the interval is empty; limits may be infinite.

    The difference of the smaller two of the integrals on the left and on the right. Where even that
    loses digits because H hardly changes, by Gauss-Legendre.
    """
    low, high, tau, sigma = jnp.broadcast_arrays(
        *(jnp.asarray(v, float) for v in (low, high, tau, sigma))
    )
    left, right = _log_left(high, tau, sigma), _log_right(low, tau, sigma)
    from_left = log_difference(left, _log_left(low, tau, sigma))
    from_right = log_difference(right, _log_right(high, tau, sigma))
    wide = jnp.where(left < right, from_left, from_right)
    finite = jnp.isfinite(low) & jnp.isfinite(high)
    start, end = jnp.where(finite, low, 0.0), jnp.where(finite, high, sigma)
    # The slope of ln H follows the Gaussian or the exponential, whichever falls less.
    gaussian = 1.0 / sigma + jnp.maximum(jnp.abs(start), jnp.abs(end)) / sigma**2
    steepest = jnp.where(start > 0.0, jnp.minimum(gaussian, 1.0 / tau), gaussian)
    width = end - start
    narrow = finite & (width > 0.0) & (width < 0.5 * sigma) & (width * steepest < 1.0)
    middle, half = (
        jnp.where(narrow, start + 0.5 * width, 0.0),
        jnp.where(narrow, 0.5 * width, sigma),
    )
    top = log_decay(middle, tau, sigma)
    change = polynomial_integral(
        lambda t: jnp.exp(log_decay(middle + t, tau, sigma) - top), 22, -half, half
    )
    flat = top + jnp.log(change)
    return jnp.where(narrow, flat, jnp.where(high > low, wide, -jnp.inf))


def _log_right(u: Array, tau: Array, sigma: Array) -> Array:
    r""":math:`\ln R(u)`."""
    finite = jnp.isfinite(u)
    t = jnp.where(finite, u, 0.0)
    value = jnp.logaddexp(_log_normal_above(t / sigma), log_decay(t, tau, sigma))
    return jnp.log(tau) + jnp.where(finite, value, jnp.where(u > 0.0, -jnp.inf, 0.0))


def _log_normal_above(pull: Array) -> Array:
    r""":math:`\ln\Phi(-x)`."""
    tail = pull > 0.0
    x, below = jnp.where(tail, pull, 0.0), jnp.where(tail, 0.0, pull)
    far = log_erfcx(x / _ROOT2) - 0.5 * x * x
    return jnp.where(tail, far, jnp.log(erfc(below / _ROOT2))) - _LN2


def _log_left(u: Array, tau: Array, sigma: Array) -> Array:
    r""":math:`\ln L(u)`, without the cancellation between its terms where they are close.

    :math:`2e^{a^2}L/\tau = \mathrm{erfcx}(a) - \mathrm{erfcx}(a+d)`, by an integral over the slope
    where d is small. Far on the right, :math:`\mathrm{erfc}(z) = 2 - \mathrm{erfc}(-z)`.
    """
    finite = jnp.isfinite(u)
    a = -jnp.where(finite, u, 0.0) / (_ROOT2 * sigma)
    d = sigma / (_ROOT2 * tau)
    right, close = a < -4.0, d < 0.5
    b = jnp.where(right, 0.0, a)
    near = jnp.where(close, d, 0.25)
    slopes = jnp.log(polynomial_integral(lambda s: _erfcx_slope(b + s), 30, 0.0 * near, near))
    apart = log_difference(log_erfcx(b), log_erfcx(b + jnp.where(close, 0.5, d)))
    at_left = jnp.where(close, slopes, apart) - b * b - _LN2
    far = jnp.where(right, a, -4.0)
    fall = near * (near + 2.0 * far)
    rest = 0.5 * (jnp.exp(fall) * erfc(-far - near) - erfc(-far))
    at_right = jnp.log(rest - jnp.expm1(fall))
    bulk = jnp.where(close & right, 0.0, -_ROOT2 * sigma * far)
    both = jnp.log1p(
        -0.5 * erfc(-far) - jnp.exp(log_decay(bulk, tau, jnp.where(close, tau, sigma)))
    )
    value = jnp.where(right, jnp.where(close, at_right, both), at_left)
    return jnp.log(tau) + jnp.where(finite, value, jnp.where(u > 0.0, 0.0, -jnp.inf))


def _erfcx_slope(x: Array) -> Array:
    r""":math:`-\mathrm{erfcx}'(x) = 2/\sqrt\pi - 2x\,\mathrm{erfcx}(x)`.

    Above 2 by the continued fraction of the repeated integral of erfc (DLMF 7.18.13).
    """
    far = x > 2.0
    near, t = jnp.where(far, 0.0, x), jnp.where(far, x, 2.0)
    direct = 2.0 / _ROOT_PI - 2.0 * near * jnp.exp(near * near) * erfc(near)
    fraction = t
    for k in range(90, 1, -1):
        fraction = t + 0.5 * k / fraction
    # ierfc(t)/erfc(t) is half of 1/fraction, and -erfcx' = 2 exp(t²) ierfc(t)
    return jnp.where(far, jnp.exp(log_erfcx(t)) / fraction, direct)
