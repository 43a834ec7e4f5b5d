"""The ARGUS background shape."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from hs3.distributions.argus import ArgusDist

from .density import Box, breakpoints, log_integral, log_shape
from .incomplete_gamma import log_power_exponential_interval
from .limits import is_only, limits
from .scope import DensityScope


@log_shape.register
def _shape(dist: ArgusDist, scope: DensityScope) -> Array:
    m, end = scope(dist.mass), scope(dist.resonance)
    inside = (m > 0.0) & (m < end)
    mass, edge = jnp.where(inside, m, 1.0), jnp.where(inside, end, 2.0)
    u = 1.0 - (mass / edge) ** 2
    value = jnp.log(mass) + scope(dist.power) * jnp.log(u) + scope(dist.slope) * u
    return jnp.where(inside, value, -jnp.inf)


@log_integral.register
def _integral(dist: ArgusDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\frac{m_0^2}{2} \int u^p e^{cu} du`, with :math:`u = 1 - (m/m_0)^2`."""
    span = limits(dist, scope, box, "mass")
    if span is None:
        return None
    end = scope(dist.resonance)
    low, high = (jnp.clip(limit, 0.0, end) / end for limit in span)
    u = ((1.0 - x) * (1.0 + x) for x in (high, low))
    integral = log_power_exponential_interval(scope(dist.power) + 1.0, scope(dist.slope), *u)
    return 2.0 * jnp.log(end) - jnp.log(2.0) + integral


@breakpoints.register
def _cuts(dist: ArgusDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """Ever closer to the end point, where the slope is infinite for a power below 1."""
    if not is_only(dist, scope, observable, "mass"):
        return ()
    end = scope(dist.resonance)
    return [jnp.zeros(()), end, *(end * (1.0 - 8.0**-k) for k in range(1, 9))]
