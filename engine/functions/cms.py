"""Functions of CMS Combine, as CombineMathFuncs.h has them (2026)."""

from __future__ import annotations

from functools import reduce

import jax.numpy as jnp
from jax import Array

from hs3.functions.cms import AsymPow, ProcessNormalization

from .base import Scope, formula


@formula.register
def _process_normalization(function: ProcessNormalization, scope: Scope) -> Array:
    symmetric = [
        scope(theta) * kappa
        for theta, kappa in zip(function.thetaList, function.logKappa, strict=False)
    ]
    asymmetric = [
        _log_shift(scope(theta), scope(low), scope(high))
        for theta, (low, high) in zip(function.asymmThetaList, function.logAsymmKappa, strict=True)
    ]
    shift = reduce(jnp.add, (*symmetric, *asymmetric), jnp.zeros(()))
    norm = scope(function.nominalValue) * jnp.exp(shift)
    return reduce(jnp.multiply, map(scope, function.otherFactorList), norm)


@formula.register
def _asym_pow(function: AsymPow, scope: Scope) -> Array:
    low, high = jnp.log(scope(function.kappaLow)), jnp.log(scope(function.kappaHigh))
    return jnp.exp(_log_shift(scope(function.theta), low, high))


def _log_shift(theta: Array, log_low: Array, log_high: Array) -> Array:
    r""":math:`\theta\ln\kappa^+` above 0.5, :math:`-\theta\ln\kappa^-` below -0.5, smooth between.

    With :math:`t = 2\theta`, the step is :math:`h(t) = t(15 - 10t^2 + 3t^4)/8` inside
    :math:`|t| < 1` and its sign outside.
    """
    t = jnp.clip(2.0 * theta, -1.0, 1.0)
    step = t * (15.0 + t * t * (3.0 * t * t - 10.0)) / 8.0
    return theta * 0.5 * ((log_high - log_low) + (log_high + log_low) * step)
