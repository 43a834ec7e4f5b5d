"""Exponentials of polynomials."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.distributions.polynomial import LegacyExpPolyDist

from .density import Box, log_integral, log_shape
from .limits import limits
from .scope import DensityScope
from .special import log_exponential_integral


@log_shape.register
def _shape(dist: LegacyExpPolyDist, scope: DensityScope) -> Array:
    x, value = scope(dist.x), scope(0.0)
    for coefficient in reversed(dist.coefficients):
        value = value * x + scope(coefficient)
    return jnp.broadcast_to(value, jnp.broadcast_shapes(value.shape, x.shape))


@log_integral.register
def _integral(dist: LegacyExpPolyDist, scope: DensityScope, box: Box) -> Array | None:
    """Closed up to the first power."""
    span = limits(dist, scope, box)
    if span is None or len(dist.coefficients) > 2:
        return None
    constant, rate = [*map(scope, dist.coefficients), scope(0.0), scope(0.0)][:2]
    return constant + log_exponential_integral(-rate, *span)
