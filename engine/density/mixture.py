"""Weighted sums of distributions."""

from __future__ import annotations

from functools import reduce

import jax
import jax.numpy as jnp
from jax import Array

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
    r""":math:`\ln(\sum_i w_i e^{l_i} / \sum_i w_i)`; weights may be negative, the sum may not.

    Summand by summand, so that the compiler makes one loop over the events of it all.
    """
    top = reduce(jnp.maximum, logs)
    top = jax.lax.stop_gradient(jnp.where(jnp.isfinite(top), top, 0.0))
    total = sum((w * jnp.exp(part - top) for w, part in zip(weight, logs, strict=True)), 0.0)
    nothing = total == 0.0  # outside of the support of every summand
    value = jnp.where(nothing, -jnp.inf, jnp.log(jnp.where(nothing, 1.0, total)))
    return top + value - jnp.log(weight.sum(axis=0))


@expected_events.register
def _events(dist: MixtureDist, scope: DensityScope) -> Array | None:
    return weights(dist, scope).sum(axis=0) if is_extended(dist) else None
