"""Weighted sums of distributions."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import logsumexp

from hs3.distributions.mixture import MixtureDist

from .density import expected_events, log_density, log_shape
from .scope import DensityScope


def is_extended(dist: MixtureDist) -> bool:
    """Whether the coefficients are yields: said so, or one per summand where nothing is said."""
    coefficients = dist.coefficients or ()
    enough = not coefficients or len(coefficients) == len(dist.summands)
    return enough and dist.extended is not False


def weights(dist: MixtureDist, scope: DensityScope) -> Array:
    """The coefficients, one per summand, on a new first axis; not normalised."""
    if not dist.coefficients:
        yields = [expected_events(scope.distribution(n), scope) for n in dist.summands]
        return jnp.stack([y for y in yields if y is not None])
    given = scope.stack(dist.coefficients)
    if len(dist.coefficients) == len(dist.summands):
        return given
    return jnp.concatenate([given, 1.0 - given.sum(axis=0, keepdims=True)])


@log_density.register
def _density(dist: MixtureDist, scope: DensityScope, over: tuple[str, ...]) -> Array:
    """Each summand is normalised by itself."""
    parts = [log_density(scope.distribution(name), scope, over) for name in dist.summands]
    return mix(weights(dist, scope), parts)


@log_shape.register
def _shape(dist: MixtureDist, scope: DensityScope) -> Array:
    return _density(dist, scope, scope.observables(dist.name))


def mix(weight: Array, logs: list[Array]) -> Array:
    r""":math:`\ln(\sum_i w_i e^{l_i} / \sum_i w_i)`; weights may be negative, the sum may not."""
    stacked = jnp.stack(jnp.broadcast_arrays(*logs))
    share = weight / weight.sum(axis=0)
    share = share.reshape(share.shape + (1,) * (stacked.ndim - share.ndim))
    total: Array = logsumexp(stacked, axis=0, b=jnp.broadcast_to(share, stacked.shape))
    return total


@expected_events.register
def _events(dist: MixtureDist, scope: DensityScope) -> Array | None:
    return weights(dist, scope).sum(axis=0) if is_extended(dist) else None
