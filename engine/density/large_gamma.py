r"""Incomplete gamma functions of large order, by Temme's uniform expansion (DLMF 8.12).

.. math::
    Q(a, x) = \tfrac12\mathrm{erfc}(\eta\sqrt{a/2}) + R,\quad
    P(a, x) = \tfrac12\mathrm{erfc}(-\eta\sqrt{a/2}) - R,\quad
    R \sim \frac{e^{-a\eta^2/2}}{\sqrt{2\pi a}} \sum_k c_k(\eta) a^{-k}

with :math:`\tfrac12\eta^2 = x/a - 1 - \ln(x/a)`. Series of 300 and more terms are what the usual
algorithms need here, and the digits they lose are as many as a has.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..poisson import log_minus_log
from .special import log_erfcx

LARGE = 1e4
"""The order from which on two terms of the expansion are exact to twelve digits."""

_C0 = (
    -1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515,
    -571 / 261273600, -281 / 151559100, 8.29671134095308601e-7, -1.76659527368260793e-7,
)  # fmt: skip
_C1 = (
    -1 / 540, -1 / 288, 1 / 378, -77 / 77760, 1 / 4860, -4.01877572016460905e-7,
    -1.80985503344899778e-5, 7.64916091608111008e-6, -1.61209008945634460e-6,
)  # fmt: skip
_SERIES = 0.3
"""Below this eta the coefficients, whose closed forms cancel, are power series."""


def log_tails(a: Array, x: Array) -> tuple[Array, Array]:
    r""":math:`\ln P(a, x)` and :math:`\ln Q(a, x)` for large a and :math:`0 < x < \infty`."""
    excess = (x - a) / a
    half = log_minus_log(excess)
    near = jnp.abs(excess) < 1e-9
    # The root has no slope at zero; there eta is the excess, to as many digits.
    root = jnp.sqrt(2.0 * jnp.where(near, 1.0, half))
    eta = jnp.where(near, excess, jnp.sign(excess) * root)
    rest = _coefficients(eta, excess, a) / jnp.sqrt(2.0 * np.pi * a)
    above = eta > 0.0
    z = jnp.where(above, eta, -eta) * jnp.sqrt(0.5 * a)
    # In the smaller tail the two parts have a factor in common.
    inner = 0.5 * jnp.exp(log_erfcx(z)) + jnp.where(above, rest, -rest)
    smaller = -a * half + jnp.log(inner)
    larger = jnp.log1p(-jnp.exp(jnp.minimum(smaller, -1e-300)))
    return jnp.where(above, larger, smaller), jnp.where(above, smaller, larger)


def _coefficients(eta: Array, excess: Array, a: Array) -> Array:
    """The first two terms of the sum."""
    small = jnp.abs(eta) < _SERIES
    t = jnp.where(small, eta, 0.0)
    e, m = jnp.where(small, 1.0, eta), jnp.where(small, 1.0, excess)
    far0 = 1.0 / m - 1.0 / e
    far1 = 1.0 / e**3 - 1.0 / m**3 - 1.0 / m**2 - 1.0 / (12.0 * m)
    c0 = jnp.where(small, jnp.polyval(jnp.array(_C0[::-1]), t), far0)
    c1 = jnp.where(small, jnp.polyval(jnp.array(_C1[::-1]), t), far1)
    return c0 + c1 / a
