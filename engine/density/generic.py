"""Distributions given by an expression."""

from __future__ import annotations

from jax import Array

from hs3.distributions.generic import GenericDist
from hs3.expressions import names, parse

from ..expressions import compile_expression
from .density import log_shape
from .scope import DensityScope
from .special import log_signed


@log_shape.register
def _shape(dist: GenericDist, scope: DensityScope) -> Array:
    """The logarithm of the expression; normalised numerically."""
    known = {name: scope(name) for name in names(parse(dist.expression))}
    return log_signed(compile_expression(dist.expression)(known))
