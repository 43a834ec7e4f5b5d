"""The uniform distribution."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.distributions.uniform import UniformDist

from .density import Box, log_integral, log_shape, log_volume
from .scope import DensityScope


@log_shape.register
def _shape(dist: UniformDist, scope: DensityScope) -> Array:
    """Zero, in the shape of the observables."""
    variables = dist.x if isinstance(dist.x, tuple) else (dist.x,)
    return jnp.zeros(jnp.broadcast_shapes(*(scope(x).shape for x in variables)))


@log_integral.register
def _integral(dist: UniformDist, scope: DensityScope, box: Box) -> Array | None:
    """The volume, whatever the box is over."""
    return log_volume(box)
