"""Densities given by functions that are not normalised."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import jax.numpy as jnp
from jax import Array

from hs3.distributions.generic import DensityFunctionDist, LogDensityFunctionDist
from hs3.distributions.mixture import WeightedSumDist
from hs3.distributions.rate import RateDensityDist

from .density import Box, expected_events, log_integral, log_partial, log_shape, log_uniform
from .scope import DensityScope
from .special import log_signed
from .values import function_integral

# --- one function --------------------------------------------------------------------------------


@log_shape.register
def _density_shape(dist: DensityFunctionDist, scope: DensityScope) -> Array:
    return log_signed(scope(dist.function))


@log_integral.register
def _density_integral(dist: DensityFunctionDist, scope: DensityScope, box: Box) -> Array:
    """Numerical, and of the signed function: where it is negative does not matter here."""
    return log_signed(function_integral(dist.function, scope, box))


@log_partial.register
def _density_partial(
    dist: DensityFunctionDist, scope: DensityScope, over: Sequence[str], box: Box
) -> Array:
    """A function that is normalised by itself is taken as it is."""
    if not (dist.selfNormalized or dist.selfnormalized):
        return log_partial.dispatch(object)(dist, scope, over, box)
    own = scope.observables(dist.name)
    inside = {o: limits for o, limits in box.items() if o in own}
    value = _density_integral(dist, scope, inside) if inside else _density_shape(dist, scope)
    return value + log_uniform(scope, set(over).difference(own), box)


@log_shape.register
def _log_shape(dist: LogDensityFunctionDist, scope: DensityScope) -> Array:
    return scope(dist.function)


@log_shape.register
def _rate_shape(dist: RateDensityDist, scope: DensityScope) -> Array:
    return log_signed(scope(dist.density))


@log_integral.register
def _rate_integral(dist: RateDensityDist, scope: DensityScope, box: Box) -> Array:
    return log_signed(function_integral(dist.density, scope, box))


@expected_events.register
def _rate_events(dist: RateDensityDist, scope: DensityScope) -> Array:
    r""":math:`\lambda = \int g` over the ranges of the observables."""
    return function_integral(dist.density, scope.averaged(), _ranges(dist.name, scope))


# --- a sum of functions --------------------------------------------------------------------------


def coefficients(dist: WeightedSumDist, scope: DensityScope) -> list[Array]:
    """The coefficients, one per sample."""
    given = [scope(value) for value in dist.coefficients]
    if len(given) == len(dist.samples):
        return given
    return [*given, reduce(jnp.subtract, given, jnp.ones(()))]


@log_shape.register
def _sum_shape(dist: WeightedSumDist, scope: DensityScope) -> Array:
    terms = [c * scope(g) for c, g in zip(coefficients(dist, scope), dist.samples, strict=True)]
    return log_signed(reduce(jnp.add, terms))


def _sum(dist: WeightedSumDist, scope: DensityScope, box: Box) -> Array:
    """The signed integrals of the samples, summed with their coefficients."""
    parts = [function_integral(name, scope, box) for name in dist.samples]
    terms = (c * part for c, part in zip(coefficients(dist, scope), parts, strict=True))
    return reduce(jnp.add, terms)


@log_integral.register
def _sum_integral(dist: WeightedSumDist, scope: DensityScope, box: Box) -> Array | None:
    """None where a coefficient depends on a variable of the box."""
    leaves = (scope.definitions.leaves(c) for c in dist.coefficients if isinstance(c, str))
    return (
        None if any(found & box.keys() for found in leaves) else log_signed(_sum(dist, scope, box))
    )


@expected_events.register
def _sum_events(dist: WeightedSumDist, scope: DensityScope) -> Array | None:
    """The integral, where the sum is extended."""
    return _sum(dist, scope.averaged(), _ranges(dist.name, scope)) if dist.extended else None


def _ranges(name: str, scope: DensityScope) -> Box:
    return {o: scope.ranges[o] for o in scope.observables(name)}
