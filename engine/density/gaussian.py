"""Gaussian distributions."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.distributions.gaussian import GaussianDist

from .density import Box, log_integral, log_shape
from .scope import DensityScope
from .special import log_normal_interval


@log_shape.register
def _shape(dist: GaussianDist, scope: DensityScope) -> Array:
    pull = (scope(dist.x) - scope(dist.mean)) / scope(dist.sigma)
    return -0.5 * pull * pull


@log_integral.register
def _integral(dist: GaussianDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\ln[\sigma\sqrt{2\pi}\,(\Phi(u) - \Phi(l))]`; x and mean can be swapped."""
    if len(box) != 1:
        return None
    ((name, (low, high)),) = box.items()
    if name not in (dist.x, dist.mean) or dist.x == dist.mean:
        return None
    centre, width = scope(dist.mean if name == dist.x else dist.x), scope(dist.sigma)
    interval = log_normal_interval((low - centre) / width, (high - centre) / width)
    return jnp.log(width) + 0.5 * jnp.log(2.0 * jnp.pi) + interval
