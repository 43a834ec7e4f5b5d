"""Sums of powers."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.distributions.polynomial import PowerSumDist

from ..mathematics import power
from .density import Box, log_integral, log_shape
from .limits import limits
from .scope import DensityScope
from .special import log_signed


@log_shape.register
def _shape(dist: PowerSumDist, scope: DensityScope) -> Array:
    x = scope(dist.x)
    terms = zip(dist.coefficients, dist.exponents, strict=True)
    return log_signed(sum((scope(a) * power(x, scope(b)) for a, b in terms), scope(0.0)))


@log_integral.register
def _integral(dist: PowerSumDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\sum a_i (h^{b_i+1} - l^{b_i+1})/(b_i + 1)`, the logarithm of h/l for b = -1."""
    span = limits(dist, scope, box)
    if span is None:
        return None
    low, high = span
    total = scope(0.0)
    for a, b in zip(dist.coefficients, dist.exponents, strict=True):
        total = total + scope(a) * _power_integral(scope(b), low, high)
    return log_signed(total)


def _power_integral(b: Array, low: Array, high: Array) -> Array:
    r""":math:`\int_l^h x^b dx`; near b = -1 by :math:`(e^{(b+1)\ln h} - e^{(b+1)\ln l})/(b+1)`."""
    c = b + 1.0
    near = jnp.abs(c) < 0.25
    positive = (low > 0.0) & (high > 0.0)
    safe_low, safe_high = jnp.where(positive, low, 1.0), jnp.where(positive, high, 2.0)
    ratio = jnp.log(safe_high / safe_low)
    scaled = jnp.where(near, c, 0.0) * ratio
    tiny = jnp.abs(scaled) < 1e-8
    change = jnp.where(tiny, 1.0 + 0.5 * scaled, jnp.expm1(scaled) / jnp.where(tiny, 1.0, scaled))
    smooth = jnp.exp(jnp.where(near, c, 0.0) * jnp.log(safe_low)) * ratio * change
    away = jnp.where(near, 1.0, c)
    plain = (power(high, away) - power(low, away)) / away
    return jnp.where(near & positive, smooth, plain)
