"""The normal distribution and its relatives in one variable."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammaln

from hs3.distributions.gaussian import (
    BifurkatedGaussianDist,
    GaussianDist,
    GeneralizedNormalDist,
)

from .density import Box, breakpoints, log_integral, log_shape
from .incomplete_gamma import log_gamma_interval
from .limits import is_only, limits, peak
from .scope import DensityScope
from .special import log_gaussian_integral


@log_shape.register
def _shape(dist: GaussianDist, scope: DensityScope) -> Array:
    pull = (scope(dist.x) - scope(dist.mean)) / scope(dist.sigma)
    return -0.5 * pull * pull


@log_integral.register
def _integral(dist: GaussianDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\ln[\sigma\sqrt{2\pi}\,(\Phi(u) - \Phi(l))]`; x and mean can be swapped."""
    for key, centre in (("x", dist.mean), ("mean", dist.x)):
        span = limits(dist, scope, box, key)
        if span is not None:
            return log_gaussian_integral(scope(centre), scope(dist.sigma), *span)
    return None


@breakpoints.register
def _cuts(dist: GaussianDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    for key, centre in (("x", dist.mean), ("mean", dist.x)):
        if is_only(dist, scope, observable, key):
            return peak(scope(centre), scope(dist.sigma))
    return ()


@log_shape.register
def _bifurcated(dist: BifurkatedGaussianDist, scope: DensityScope) -> Array:
    distance = scope(dist.x) - scope(dist.mean)
    pull = distance / jnp.where(distance < 0.0, scope(dist.sigmaL), scope(dist.sigmaR))
    return -0.5 * pull * pull


@log_integral.register
def _bifurcated_integral(
    dist: BifurkatedGaussianDist, scope: DensityScope, box: Box
) -> Array | None:
    """The two halves, each a normal one."""
    span = limits(dist, scope, box)
    if span is None:
        return None
    mean, (low, high) = scope(dist.mean), span
    left = log_gaussian_integral(mean, scope(dist.sigmaL), low, jnp.minimum(high, mean))
    right = log_gaussian_integral(mean, scope(dist.sigmaR), jnp.maximum(low, mean), high)
    return jnp.logaddexp(left, right)


@breakpoints.register
def _bifurcated_cuts(
    dist: BifurkatedGaussianDist, scope: DensityScope, observable: str
) -> Sequence[Array]:
    if not is_only(dist, scope, observable):
        return ()
    mean, left, right = scope(dist.mean), scope(dist.sigmaL), scope(dist.sigmaR)
    return mean - 7.0 * left, mean, mean + 7.0 * right


@log_shape.register
def _generalized(dist: GeneralizedNormalDist, scope: DensityScope) -> Array:
    return -_power(_distance(dist, scope, scope(dist.x)), scope(dist.beta))


@log_integral.register
def _generalized_integral(
    dist: GeneralizedNormalDist, scope: DensityScope, box: Box
) -> Array | None:
    r"""With :math:`t = (|x-\mu|/\alpha)^\beta`, both sides are incomplete gamma functions."""
    span = limits(dist, scope, box)
    if span is None:
        return None
    alpha, beta = scope(dist.alpha), scope(dist.beta)
    low, high = (_distance(dist, scope, limit) for limit in span)
    sides = [
        log_gamma_interval(
            1.0 / beta, _power(jnp.maximum(start, 0.0), beta), _power(jnp.maximum(end, 0.0), beta)
        )
        for start, end in ((low, high), (-high, -low))
    ]
    return jnp.logaddexp(*sides) + gammaln(1.0 / beta) + jnp.log(alpha / beta)


@breakpoints.register
def _generalized_cuts(
    dist: GeneralizedNormalDist, scope: DensityScope, observable: str
) -> Sequence[Array]:
    """Around the top, and at the kink on it."""
    if not is_only(dist, scope, observable):
        return ()
    mean, alpha, beta = scope(dist.mean), scope(dist.alpha), scope(dist.beta)
    reach = alpha * 27.0 ** (1.0 / beta)
    return mean - reach, mean, mean + reach


def _distance(dist: GeneralizedNormalDist, scope: DensityScope, x: Array) -> Array:
    """Distance from the mean in units of alpha, infinite for an infinite x."""
    finite = jnp.isfinite(x)
    mean, alpha = scope(dist.mean), scope(dist.alpha)
    return jnp.where(finite, (jnp.where(finite, x, mean) - mean) / alpha, x)


def _power(distance: Array, beta: Array) -> Array:
    r""":math:`|d|^\beta`, kept finite, of slope 0 at 0."""
    size = jnp.abs(distance)
    inside = (size > 0.0) & jnp.isfinite(size)
    exponent = beta * jnp.log(jnp.where(inside, size, 1.0))
    return jnp.where(inside, jnp.exp(jnp.minimum(exponent, 700.0)), size)
