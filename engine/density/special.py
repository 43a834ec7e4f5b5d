"""Functions that several densities need, stable in the tails."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import log_ndtr
from jax.typing import ArrayLike


def log_difference(upper: ArrayLike, lower: ArrayLike) -> Array:
    r""":math:`\ln(e^u - e^l)` for :math:`u \ge l`, -inf where they are equal."""
    u, low = jnp.broadcast_arrays(jnp.asarray(upper), jnp.asarray(lower))
    equal = u <= low
    gap = jnp.where(equal, -1.0, low - jnp.where(jnp.isfinite(u), u, 0.0))
    return jnp.where(equal, -jnp.inf, u + jnp.log(-jnp.expm1(jnp.minimum(gap, -1e-300))))


def log_normal_interval(low: ArrayLike, high: ArrayLike) -> Array:
    r""":math:`\ln(\Phi(h) - \Phi(l))`, taken in the tail where both are small."""
    low, high = jnp.broadcast_arrays(jnp.asarray(low), jnp.asarray(high))
    flip = low + high > 0.0
    upper, lower = jnp.where(flip, -low, high), jnp.where(flip, -high, low)
    return log_difference(log_ndtr(upper), log_ndtr(lower))
