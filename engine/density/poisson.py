"""Poisson distributions."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array, lax
from jax.typing import ArrayLike

from hs3.distributions.poisson import BarlowBeestonLiteDist, PoissonDist

from ..poisson import nll
from .density import Box, breakpoints, log_integral, log_shape
from .incomplete_gamma import log_gamma_interval, log_lower, log_upper
from .limits import limits, peak
from .quadrature import integrate
from .scope import DensityScope
from .special import log_difference


def log_poisson(count: Array, mean: Array) -> Array:
    r""":math:`x\ln\lambda - \lambda - \ln\Gamma(x+1)`; -inf for x < 0, nan for λ < 0."""
    inside = count >= 0.0
    value = -nll(jnp.where(inside, count, 0.0), mean)
    return jnp.where(inside | (mean < 0.0), value, -jnp.inf)


@log_shape.register
def _shape(dist: PoissonDist, scope: DensityScope) -> Array:
    return log_poisson(_count(dist, scope), scope(dist.mean))


def _count(dist: PoissonDist, scope: DensityScope) -> Array:
    x = scope(dist.x)
    return jnp.floor(x) if dist.integer else x


@log_integral.register
def _integral(dist: PoissonDist, scope: DensityScope, box: Box) -> Array | None:
    """The sum over the integers in the box; over the mean, a gamma distribution.

    A bin holds its lower limit. The upper one belongs to the next, except at the end of the range,
    so that bins share out all counts. Counts that are not integers are normalised by the same sum,
    as in ROOT.
    """
    span = limits(dist, scope, box, "mean")
    if span is not None:
        return log_gamma_interval(_count(dist, scope) + 1.0, *span)
    span = limits(dist, scope, box)
    if span is None:
        return None
    low, high = span
    last = scope.range_of(str(dist.x))[1]
    first = jnp.maximum(jnp.ceil(low), 0.0)
    beyond = jnp.where(high >= last, jnp.floor(high) + 1.0, jnp.ceil(high))
    return _log_sum(first, beyond, scope(dist.mean))


def _log_sum(first: Array, beyond: Array, mean: Array) -> Array:
    r""":math:`\ln\sum_{k=first}^{beyond-1} \mathrm{Pois}(k|\lambda)`, by regularised gammas."""
    first, beyond, mean = jnp.broadcast_arrays(first, beyond, mean)
    endless = jnp.isinf(beyond)
    a = lax.stop_gradient(jnp.maximum(first, 1.0))
    b = lax.stop_gradient(jnp.where(endless | (beyond <= first), a, beyond))
    from_start, no_end = first <= 0.0, endless
    upper_tail = log_difference(
        jnp.where(from_start, 0.0, log_lower(a, mean)),
        jnp.where(no_end, -jnp.inf, log_lower(b, mean)),
    )
    bulk = log_difference(
        jnp.where(no_end, 0.0, log_upper(b, mean)),
        jnp.where(from_start, -jnp.inf, log_upper(a, mean)),
    )
    total = jnp.where(first > mean, upper_tail, bulk)
    return jnp.where(beyond <= first, -jnp.inf, total)


@log_shape.register
def _barlow_beeston(dist: BarlowBeestonLiteDist, scope: DensityScope) -> Array:
    expected = [scope(tau) for tau in dist.expected]
    terms = [log_poisson(scope(x) * tau, tau) for x, tau in zip(dist.x, expected, strict=True)]
    return sum(terms, jnp.zeros(()))


@log_integral.register
def _barlow_beeston_integral(
    dist: BarlowBeestonLiteDist, scope: DensityScope, box: Box
) -> Array | None:
    """The factors are independent: one integral each."""
    names = [x for x in dist.x if x in box]
    if len(dist.x) == 1 or len(set(names)) < len(names):
        return None
    total = jnp.zeros(())
    for x, tau in zip(dist.x, dist.expected, strict=True):
        single = BarlowBeestonLiteDist(name=dist.name, type=dist.type, x=(x,), expected=(tau,))
        own = {name: span for name, span in box.items() if name in _leaves(single, scope)}
        if any(name != x for name in own):
            return None
        total = total + _factor(single, scope, own)
    return total


def _factor(single: BarlowBeestonLiteDist, scope: DensityScope, box: Box) -> Array:
    """Logarithm of the integral of one factor."""
    if not box:
        return log_shape(single, scope)
    cuts = {name: breakpoints(single, scope, name) for name in box}
    return integrate(lambda inner: log_shape(single, inner), scope, box, cuts)


def _leaves(dist: BarlowBeestonLiteDist, scope: DensityScope) -> frozenset[str]:
    names = [str(name) for name in (*dist.x, *dist.expected)]
    return frozenset[str]().union(*(scope.definitions.leaves(name) for name in names))


@breakpoints.register
def _barlow_beeston_cuts(
    dist: BarlowBeestonLiteDist, scope: DensityScope, observable: str
) -> Sequence[ArrayLike]:
    at = {str(x): tau for x, tau in zip(dist.x, dist.expected, strict=True)}
    if observable not in at:
        return ()
    return 0.0, *peak(jnp.ones(()), 1.0 / jnp.sqrt(scope(at[observable])))
