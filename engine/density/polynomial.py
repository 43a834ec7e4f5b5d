"""Distributions that are polynomials in one variable: plain, Chebychev, Bernstein.

Integrals are those of the signed polynomial, as in ROOT: where a shape is negative in part of the
range, its logarithm is nan there, and its normalisation is still defined.
"""

from __future__ import annotations

from functools import singledispatch
from math import comb

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from hs3.distributions.polynomial import BernsteinPolyDist, ChebychevDist, PolynomialDist

from .density import Box, log_integral, log_shape
from .limits import limits
from .scope import DensityScope
from .special import log_signed, polynomial_integral

AnyPolynomial = PolynomialDist | ChebychevDist | BernsteinPolyDist


@singledispatch
def value(dist: AnyPolynomial, scope: DensityScope, x: Array) -> Array:
    """The polynomial at `x`."""
    raise TypeError(type(dist))


@value.register
def _power_series(dist: PolynomialDist, scope: DensityScope, x: Array) -> Array:
    total = jnp.zeros_like(x)
    for coefficient in reversed(dist.coefficients):
        total = total * x + scope(coefficient)
    return total


@value.register
def _chebychev(dist: ChebychevDist, scope: DensityScope, x: Array) -> Array:
    """Clenshaw's recurrence; the constant term is 1."""
    z = 2.0 * _fraction(dist.x, scope, x) - 1.0
    ahead = after = jnp.zeros_like(x)
    for coefficient in reversed(dist.coefficients):
        ahead, after = scope(coefficient) + 2.0 * z * ahead - after, ahead
    return 1.0 + z * ahead - after


@value.register
def _bernstein(dist: BernsteinPolyDist, scope: DensityScope, x: Array) -> Array:
    t, n = _fraction(dist.x, scope, x), len(dist.coefficients) - 1
    terms = [
        scope(a) * comb(n, i) * _power(t, i) * _power(1.0 - t, n - i)
        for i, a in enumerate(dist.coefficients)
    ]
    return sum(terms, jnp.zeros_like(x))


def _fraction(name: str | int | float, scope: DensityScope, x: Array) -> Array:
    """Position of `x` in the full range of its variable, 0 to 1."""
    low, high = scope.domain(str(name))
    return (x - low) / (jnp.asarray(high) - low)


def _power(base: Array, exponent: int) -> ArrayLike:
    return 1.0 if exponent == 0 else base**exponent


@log_shape.register(PolynomialDist)
@log_shape.register(ChebychevDist)
@log_shape.register(BernsteinPolyDist)
def _shape(dist: AnyPolynomial, scope: DensityScope) -> Array:
    return log_signed(value(dist, scope, scope(dist.x)))


@log_integral.register(PolynomialDist)
@log_integral.register(ChebychevDist)
@log_integral.register(BernsteinPolyDist)
def _integral(dist: AnyPolynomial, scope: DensityScope, box: Box) -> Array | None:
    span = limits(dist, scope, box)
    if span is None:
        return None
    degree = len(dist.coefficients)
    ndim = max((scope(a).ndim for a in dist.coefficients), default=0)
    integral = polynomial_integral(lambda x: value(dist, scope, x), degree, *span, ndim=ndim)
    return log_signed(integral)
