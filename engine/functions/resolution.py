"""Resolution models as functions."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from hs3.functions.resolution import GaussModelFunction, TruthModelFunction

from .base import Scope, formula


@formula.register
def _gauss(function: GaussModelFunction, scope: Scope) -> Array:
    """Normalised on the real line."""
    sigma = scope(function.sigma)
    pull = (scope(function.x) - scope(function.mean)) / sigma
    return jnp.exp(-0.5 * pull * pull) / (sigma * jnp.sqrt(2.0 * jnp.pi))


@formula.register
def _truth(function: TruthModelFunction, scope: Scope) -> Array:
    """Infinite at zero, and zero elsewhere; a decay takes the type and not this value."""
    return jnp.where(scope(function.x) == 0.0, jnp.inf, 0.0)
