"""The gamma distribution."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from hs3.distributions.gamma import GammaDist

from .density import Box, breakpoints, log_integral, log_shape
from .incomplete_gamma import log_power_exponential_interval
from .limits import is_only, limits
from .scope import DensityScope


@log_shape.register
def _shape(dist: GammaDist, scope: DensityScope) -> Array:
    """At the origin, infinite for gamma below 1 (where ROOT has zero); nan for beta <= 0."""
    distance, power = scope(dist.x) - scope(dist.mu), scope(dist.gamma) - 1.0
    beta = scope(dist.beta)
    inside = distance > 0.0
    d = jnp.where(inside, distance, 1.0)
    value = power * jnp.log(d) - d / jnp.where(beta > 0.0, beta, jnp.nan)
    origin = jnp.where(power == 0.0, 0.0, jnp.where(power < 0.0, jnp.inf, -jnp.inf))
    return jnp.where(inside, value, jnp.where(distance == 0.0, origin, -jnp.inf))


@log_integral.register
def _integral(dist: GammaDist, scope: DensityScope, box: Box) -> Array | None:
    """An incomplete gamma function."""
    span = limits(dist, scope, box)
    if span is None:
        return None
    low, high = (jnp.maximum(limit - scope(dist.mu), 0.0) for limit in span)
    return log_power_exponential_interval(scope(dist.gamma), -1.0 / scope(dist.beta), low, high)


@breakpoints.register
def _cuts(dist: GammaDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """The origin, steps away from it, and around the mode."""
    if not is_only(dist, scope, observable):
        return ()
    mu, gamma, beta = scope(dist.mu), scope(dist.gamma), scope(dist.beta)
    mode, width = mu + beta * jnp.maximum(gamma - 1.0, 0.0), beta * jnp.sqrt(gamma)
    steps = (mode + width * s for s in (-7.0, 0.0, 7.0, 30.0))
    return [mu, *(mu + width * 10.0**-k for k in (9, 6, 4, 2)), *steps]
