"""Crystal ball: a Gaussian core with power-law tails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import logsumexp

from hs3.base import Value
from hs3.distributions.crystalball import CrystalBallDist
from hs3.errors import CompileError

from .density import Box, breakpoints, log_integral, log_shape
from .limits import is_only, limits
from .scope import DensityScope
from .special import expm1_ratio, log1p_ratio, log_gaussian_integral

ENDLESS = 1e150
"""An alpha this large: the side has no tail."""


class Side(NamedTuple):
    """One side of the peak: the tail begins at `alpha` and falls with the power `n`."""

    sigma: Array
    alpha: Array
    n: Array


@log_shape.register
def _shape(dist: CrystalBallDist, scope: DensityScope) -> Array:
    left, right = sides(dist, scope)
    distance = scope(dist.m) - scope(dist.m0)
    at_left = distance < 0.0
    sigma, alpha, n = (jnp.where(at_left, *pair) for pair in zip(left, right, strict=True))
    pull = jnp.abs(distance) / sigma
    in_tail = pull > alpha
    core = -0.5 * jnp.where(in_tail, 0.0, pull) ** 2
    value = jnp.where(in_tail, _tail(jnp.maximum(pull, alpha), alpha, n), core)
    return jnp.where((alpha >= 0.0) & (n > 0.0), value, jnp.nan)


@log_integral.register
def _integral(dist: CrystalBallDist, scope: DensityScope, box: Box) -> Array | None:
    """The sum over the sides, and over core and tail of each."""
    span = limits(dist, scope, box, "m")
    if span is None:
        return None
    m0 = scope(dist.m0)
    low, high = (jnp.where(jnp.isfinite(v), v - m0, v) for v in span)
    left, right = sides(dist, scope)
    parts = _side_integrals(left, -high, -low) + _side_integrals(right, low, high)
    return logsumexp(jnp.stack(jnp.broadcast_arrays(*parts)), axis=0)


@breakpoints.register
def _cuts(dist: CrystalBallDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """Where the tails begin, and steps out into them."""
    if not is_only(dist, scope, observable, "m"):
        return ()
    m0, (left, right) = scope(dist.m0), sides(dist, scope)
    starts = [side.sigma * jnp.minimum(side.alpha, 7.0) for side in (left, right)]
    return m0 - 7.0 * left.sigma, m0 - starts[0], m0, m0 + starts[1], m0 + 7.0 * right.sigma


def sides(dist: CrystalBallDist, scope: DensityScope) -> tuple[Side, Side]:
    """The left and the right side of the peak.

    Raises:
        CompileError: a parameter of one side is missing.
    """
    sigma = _pair(dist, "sigma")
    if is_one_tailed(dist, scope):
        alpha, n = scope(_pair(dist, "alpha")[0] or 0.0), scope(_pair(dist, "n")[0] or 0.0)
        return (
            Side(scope(sigma[0]), jnp.where(alpha > 0.0, alpha, ENDLESS), n),
            Side(scope(sigma[1]), jnp.where(alpha > 0.0, ENDLESS, -alpha), n),
        )
    pairs = (sigma, _pair(dist, "alpha"), _pair(dist, "n"))
    left, right = (Side(*(scope(pair[side]) for pair in pairs)) for side in (0, 1))
    return left, right


def is_one_tailed(dist: CrystalBallDist, scope: DensityScope) -> bool:
    """Whether this is ROOT's form with one tail, on the right for a negative alpha.

    ROOT writes RooCBShape as ``crystalball_dist`` with one number each; by the text the same keys
    mean two equal tails, which the option `two_tails` selects. RooCrystalBall with one tail comes
    with `alpha_L` and `n_L` alone.
    """
    if dist.alpha is None or dist.n is None:
        return dist.alpha_R is None and dist.n_R is None
    return dist.is_cb_shape and not scope.definitions.options.two_tails


def _pair(dist: CrystalBallDist, key: str) -> tuple[Value, Value]:
    """The values of the left and of the right side."""
    common = getattr(dist, key)
    if isinstance(common, tuple):
        return common[0], common[1]
    if common is not None:
        return common, common
    left, right = getattr(dist, f"{key}_L"), getattr(dist, f"{key}_R")
    if key != "sigma" and dist.alpha_R is None and dist.n_R is None:
        right = left
    if left is None or right is None:
        missing = f"{key}_{'L' if left is None else 'R'}"
        raise CompileError(f"{dist.name!r} needs `{missing}` as well", value=dist.name)
    return left, right


def _tail(pull: Array, alpha: Array, n: Array) -> Array:
    r""":math:`-\alpha^2/2 - n\ln(1 + \alpha(t-\alpha)/n)`: the text's form without large powers."""
    return -0.5 * alpha * alpha - n * jnp.log1p(alpha * (pull - alpha) / n)


def _side_integrals(side: Side, low: Array, high: Array) -> list[Array]:
    """Logarithms of the integrals of core and tail between two distances from the peak."""
    sigma, alpha, n = side
    core = log_gaussian_integral(
        0.0, sigma, jnp.maximum(low, 0.0), jnp.minimum(high, sigma * alpha)
    )
    start = jnp.maximum(low / sigma, alpha)
    return [core, jnp.log(sigma) + _log_tail_integral(start, high / sigma, alpha, n)]


def _log_tail_integral(start: Array, end: Array, alpha: Array, n: Array) -> Array:
    r"""From the value at the start, :math:`\int_0^d (1+\kappa s)^{-n}ds` is stable at all n."""
    empty, endless = end <= start, jnp.isinf(end)
    begin = jnp.where(empty, alpha, start)
    kappa = alpha / (n + alpha * (begin - alpha))
    length = jnp.where(empty | endless, 1.0, end - begin)
    fall = kappa * length * log1p_ratio(kappa * length)
    closed = jnp.log(length * log1p_ratio(kappa * length) * expm1_ratio((n - 1.0) * fall))
    converges = (n > 1.0) & (kappa > 0.0)
    whole = -jnp.log(jnp.where(converges, kappa * (n - 1.0), 1.0))
    value = jnp.where(endless, jnp.where(converges, whole, jnp.inf), closed)
    return jnp.where(empty, -jnp.inf, _tail(begin, alpha, n) + value)
