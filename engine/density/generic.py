"""Densities given by an expression."""

from __future__ import annotations

from collections.abc import Sequence

from jax import Array

from hs3.distributions.generic import GenericDist

from .density import Box, breakpoints, log_integral, log_shape
from .kinks import kinks
from .quadrature import integrate_signed
from .scope import DensityScope
from .special import log_signed
from .values import name_cuts


@log_shape.register
def _shape(dist: GenericDist, scope: DensityScope) -> Array:
    return log_signed(scope.expression(dist.expression))


@breakpoints.register
def _kinks(dist: GenericDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    return kinks(dist.expression, scope, observable)


@log_integral.register
def _integral(dist: GenericDist, scope: DensityScope, box: Box) -> Array:
    """Numerical, and of the signed expression: where it is negative does not matter here."""
    cuts = name_cuts([dist.name], scope, box)
    return log_signed(
        integrate_signed(lambda inner: inner.expression(dist.expression), scope, box, cuts)
    )
