"""The exponential distribution."""

from __future__ import annotations

from jax import Array

from hs3.distributions.exponential import ExponentialDist

from .density import Box, log_integral, log_shape
from .limits import limits
from .scope import DensityScope
from .special import log_exponential_integral


@log_shape.register
def _shape(dist: ExponentialDist, scope: DensityScope) -> Array:
    return -scope(dist.c) * scope(dist.x)


@log_integral.register
def _integral(dist: ExponentialDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\ln[(e^{-cl} - e^{-ch})/c]`, whose limit at c = 0 is the width."""
    span = limits(dist, scope, box)
    return None if span is None else log_exponential_integral(scope(dist.c), *span)
