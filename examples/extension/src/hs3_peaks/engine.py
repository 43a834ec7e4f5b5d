"""What the types mean: their formulas in JAX."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import erf

from hs3.engine.density import Box, DensityScope, log_integral, log_shape
from hs3.engine.density.limits import is_only
from hs3.engine.density.special import log_normal_interval
from hs3.engine.functions import Scope, formula
from hs3.engine.histfactory.effects import effect

from .types import EftModifier, NovosibirskDist, TurnOnFunction

XI = 2.0 * jnp.sqrt(jnp.log(4.0))
SMALL = 1e-5
"""Tails below this are taken to first order."""


@log_shape.register
def _novosibirsk(dist: NovosibirskDist, scope: DensityScope) -> Array:
    tail = scope(dist.tail)
    z = (scope(dist.x) - scope(dist.peak)) / scope(dist.width)
    pull, width = _pull(tail, z), _log_width(tail)
    inside = jnp.isfinite(pull)
    safe = jnp.where(inside, pull, 0.0)
    return jnp.where(inside, -0.5 * (safe * safe + width * width), -jnp.inf)


@log_integral.register
def _novosibirsk_integral(dist: NovosibirskDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\ln[w\,(\sigma_0/\tau)\sqrt{2\pi}\,(\Phi(u) - \Phi(l))]`, for integrals over x alone.

    Where a parameter is a function of x, there is no closed form: None lets the engine integrate.
    """
    if not isinstance(dist.x, str) or tuple(box) != (dist.x,) or not is_only(dist, scope, dist.x):
        return None
    tail, scale = scope(dist.tail), scope(dist.width)
    width = _log_width(tail)
    low, high = (_pull(tail, (limit - scope(dist.peak)) / scale) + width for limit in box[dist.x])
    ratio = jnp.where(tail == 0.0, 1.0, width / jnp.where(tail == 0.0, 1.0, tail))
    return jnp.log(scale * ratio) + 0.5 * jnp.log(2.0 * jnp.pi) + log_normal_interval(low, high)


def _pull(tail: Array, z: Array) -> Array:
    r""":math:`-\ln(1 - \tau z)/\sigma_0`, which rises with z; infinite beyond the end."""
    flat, inside = jnp.abs(tail) < SMALL, tail * z < 1.0
    # A branch that is not taken has to stay finite, or its gradient is nan.
    bent = -jnp.log1p(jnp.where(inside & ~flat, -tail * z, 0.0))
    bent = bent / jnp.where(flat, 1.0, _log_width(tail))
    pull = jnp.where(flat, z * (1.0 + 0.5 * tail * z), bent)
    return jnp.where(inside, pull, jnp.sign(tail) * jnp.inf)


def _log_width(tail: Array) -> Array:
    return 2.0 / XI * jnp.arcsinh(0.5 * tail * XI)


@formula.register
def _turn_on(function: TurnOnFunction, scope: Scope) -> Array:
    pull = (scope(function.x) - scope(function.threshold)) / scope(function.resolution)
    return 0.5 * (1.0 + erf(pull / jnp.sqrt(2.0)))


@effect.register
def _eft(modifier: EftModifier, scope: Scope, nominal: Array) -> Array:
    c = scope(modifier.parameter)
    interference = jnp.array(modifier.data.interference.contents, dtype=float)
    quadratic = jnp.array(modifier.data.quadratic.contents, dtype=float)
    return c * interference + c * c * quadratic
