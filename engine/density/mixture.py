"""Weighted sums of distributions, of resolution models and of functions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import jax
import jax.numpy as jnp
from jax import Array

from hs3.distributions.mixture import MixtureDist
from hs3.distributions.resolution import MixtureModelDist
from hs3.errors import CompileError

from .density import Box, expected_events, log_integral, log_partial, log_shape
from .scope import DensityScope
from .values import log_value

Mixture = MixtureDist | MixtureModelDist


def is_extended(dist: Mixture) -> bool:
    """Whether the coefficients are yields: said so, or one per summand where nothing is said."""
    coefficients = dist.coefficients or ()
    enough = not coefficients or len(coefficients) == len(dist.summands)
    return enough and dist.extended is not False


def weights(dist: Mixture, scope: DensityScope) -> list[Array]:
    """The coefficients, one per summand, not normalised.

    Raises:
        CompileError: there are none, and a summand is not extended.
    """
    if not dist.coefficients:
        return [_yield(dist, name, scope) for name in dist.summands]
    given = [scope(value) for value in dist.coefficients]
    if len(given) == len(dist.summands):
        return given
    return [*given, reduce(jnp.subtract, given, jnp.ones(()))]


def _yield(dist: Mixture, summand: str, scope: DensityScope) -> Array:
    events = expected_events(scope.distribution(summand), scope)
    if events is None:
        raise CompileError(
            f"{dist.name!r} has no coefficients, and its summand {summand!r} is not extended",
            value=summand,
        )
    return events


def total_weight(dist: Mixture, scope: DensityScope, weight: Sequence[Array]) -> Array | None:
    """What the weights are divided by: their sum, or the sum of those in `ref_coef_norm`.

    None where they are fractions, of which the last is what the others leave of one.

    Where `ref_coef_norm` names observables, as ROOT means it, fractions are those in the range of
    the observables, which they are anyway.

    Raises:
        CompileError: it names something else.
    """
    given = getattr(dist, "ref_coef_norm", None) or ()
    names = [n.strip() for n in given.split(",")] if isinstance(given, str) else given
    own = set(dist.coefficients or ())
    if not names or set(names) <= scope.definitions.leaves(dist.name) - own:
        fractions = 0 < len(dist.coefficients or ()) < len(weight)
        return None if fractions else reduce(jnp.add, weight)
    unknown = [n for n in names if n not in own]
    if unknown:
        raise CompileError(
            f"`ref_coef_norm` of {dist.name!r} names {unknown[0]!r}, which is neither one of its "
            "coefficients nor an observable",
            value=unknown[0],
        )
    return reduce(jnp.add, [scope(name) for name in names])


def _partial(dist: Mixture, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """Each summand is normalised by itself."""
    weight = weights(dist, scope)
    parts = [log_value(name, scope, over, box) for name in dist.summands]
    return mix(weight, parts, total_weight(dist, scope, weight))


def _shape(dist: Mixture, scope: DensityScope) -> Array:
    """The density over the observables; where there are none, the sum of the bare formulas."""
    over = scope.observables(dist.name)
    if over:
        return _partial(dist, scope, over, {})
    weight = weights(dist, scope)
    bare = [jnp.log(scope(name)) for name in dist.summands]
    return mix(weight, bare, total_weight(dist, scope, weight))


def _integral(dist: Mixture, scope: DensityScope, box: Box) -> Array | None:
    """Probability of the box: each summand by its own closed form, or numerically."""
    over = scope.observables(dist.name)
    return _partial(dist, scope, over, box) if over and set(box) <= set(over) else None


def mix(weight: Sequence[Array], logs: Sequence[Array], total: Array | None = None) -> Array:
    r""":math:`\ln(\sum_i w_i e^{l_i} / t)`, t = 1 by default; weights may be negative, the sum not.

    Summand by summand, so that the compiler makes one loop over the events of it all. A weight of
    zero keeps its slope.
    """
    counted = (jnp.where(w == 0.0, -jnp.inf, part) for w, part in zip(weight, logs, strict=True))
    top = reduce(jnp.maximum, counted)
    top = jax.lax.stop_gradient(jnp.where(jnp.isfinite(top), top, 0.0))
    heights = (jnp.exp(jnp.minimum(part - top, _MOST)) for part in logs)
    shares = weight if total is None else [w / total for w in weight]
    value = sum((w * h for w, h in zip(shares, heights, strict=True)), jnp.zeros(()))
    nothing = value == 0.0  # outside of the support of every summand
    return jnp.where(nothing, -jnp.inf, top + jnp.log(jnp.where(nothing, 1.0, value)))


_MOST = 700.0
"""Exponent that is still a float64: a summand of weight zero can be larger than all others."""


def _events(dist: Mixture, scope: DensityScope) -> Array | None:
    return reduce(jnp.add, weights(dist, scope)) if is_extended(dist) else None


for _type in (MixtureDist, MixtureModelDist):
    log_partial.register(_type, _partial)
    log_shape.register(_type, _shape)
    log_integral.register(_type, _integral)
    expected_events.register(_type, _events)
