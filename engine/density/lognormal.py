"""The log-normal distribution."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from hs3.distributions.lognormal import LogNormalDist

from .density import Box, breakpoints, log_integral, log_shape
from .limits import is_only, limits, peak
from .scope import DensityScope
from .special import log_gaussian_integral


@log_shape.register
def _shape(dist: LogNormalDist, scope: DensityScope) -> Array:
    mu, sigma = _parameters(dist, scope)
    x = scope(dist.x)
    inside = x > 0.0
    log_x = jnp.log(jnp.where(inside, x, 1.0))
    return jnp.where(inside, -0.5 * ((log_x - mu) / sigma) ** 2 - log_x, -jnp.inf)


@log_integral.register
def _integral(dist: LogNormalDist, scope: DensityScope, box: Box) -> Array | None:
    """A normal integral in the logarithm."""
    span = limits(dist, scope, box)
    if span is None:
        return None
    logs = (jnp.log(jnp.maximum(limit, 0.0)) for limit in span)
    return log_gaussian_integral(*_parameters(dist, scope), *logs)


@breakpoints.register
def _cuts(dist: LogNormalDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """The mode, and where the logarithm is far out."""
    if not is_only(dist, scope, observable):
        return ()
    mu, sigma = _parameters(dist, scope)
    steps = (mu - 3.0 * sigma, mu - sigma * sigma, mu + 3.0 * sigma)
    return [jnp.exp(jnp.clip(s, -700.0, 700.0)) for s in (*peak(mu, sigma), *steps)]


def _parameters(dist: LogNormalDist, scope: DensityScope) -> tuple[Array, Array]:
    r""":math:`\mu` and :math:`\sigma` of the logarithm."""
    if dist.k is not None:
        return jnp.log(scope(dist.mu)), jnp.abs(jnp.log(scope(dist.k)))
    assert dist.sigma is not None  # the class asks for one of the two
    return scope(dist.mu), scope(dist.sigma)
