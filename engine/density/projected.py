"""Distributions integrated over some of their variables, or over bins."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from hs3.distributions.projected import BinSamplingDist, ProjectedDist
from hs3.errors import CompileError

from .density import (
    Box,
    breakpoints,
    log_integral,
    log_norm,
    log_partial,
    log_shape,
    log_uniform,
)
from .scope import DensityScope, Range
from .special import log_signed

# --- projections ---------------------------------------------------------------------------------


def _hidden(dist: ProjectedDist, scope: DensityScope) -> dict[str, Range]:
    """The variables that are integrated out, over their full ranges."""
    return {name: scope.range_of(name) for name in map(str, dist.observables)}


@log_partial.register
def _projection(dist: ProjectedDist, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """The input is normalised over all variables, and then integrated over the hidden ones."""
    hidden = _hidden(dist, scope)
    seen = [o for o in over if o not in hidden]
    inside = {o: box[o] for o in seen if o in box}
    inner = scope.distribution(dist.input_pdf)
    value = log_partial(inner, scope.within(hidden), (*seen, *hidden), {**inside, **hidden})
    return value + log_uniform(scope, set(over).difference(seen), box)


@log_shape.register
def _projection_shape(dist: ProjectedDist, scope: DensityScope) -> Array:
    return log_norm(scope.distribution(dist.input_pdf), scope, _hidden(dist, scope))


@log_integral.register
def _projection_integral(dist: ProjectedDist, scope: DensityScope, box: Box) -> Array:
    return log_norm(scope.distribution(dist.input_pdf), scope, {**box, **_hidden(dist, scope)})


# --- averages over bins --------------------------------------------------------------------------


def _edges(dist: BinSamplingDist, scope: DensityScope) -> Array:
    edges = scope.definitions.binnings.get(str(dist.observable))
    if edges is None:
        raise CompileError(
            f"{dist.name!r} averages over the bins of {dist.observable!r}, and neither data nor "
            "domains give it bins (or they give different ones)",
            value=dist.observable,
        )
    return jnp.asarray(edges)


@log_shape.register
def _average(dist: BinSamplingDist, scope: DensityScope) -> Array:
    return _sampled(dist, scope, {})


@log_integral.register
def _average_integral(dist: BinSamplingDist, scope: DensityScope, box: Box) -> Array:
    """Of the step function; parts of bins count by their share."""
    if dist.observable not in box:
        return _sampled(dist, scope, box)
    low, high = box[str(dist.observable)]
    others = {o: limits for o, limits in box.items() if o != dist.observable}
    arrays = [low, high, *(v for pair in others.values() for v in pair), *scope.values.values()]
    edges = _edges(dist, scope).reshape(-1, *(1,) * max(map(jnp.ndim, arrays)))
    start, end = edges[:-1], edges[1:]
    inner = scope.distribution(dist.pdf)
    logs = log_norm(inner, scope, {**others, str(dist.observable): (start, end)})
    covered = jnp.clip(jnp.minimum(end, high) - jnp.maximum(start, low), 0.0) / (end - start)
    return log_signed(jnp.sum(jnp.exp(logs) * covered, axis=0))


def _sampled(dist: BinSamplingDist, scope: DensityScope, box: Box) -> Array:
    """The average over the bin in which the observable is; nothing outside of all bins."""
    name, edges = str(dist.observable), _edges(dist, scope)
    x, inner = scope(name), scope.distribution(dist.pdf)
    index = jnp.clip(jnp.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    low, high = edges[index], edges[index + 1]
    given = [v for key, v in scope.values.items() if key != name]
    if max(map(jnp.ndim, (*given, *(v for pair in box.values() for v in pair))), default=0):
        value = log_norm(inner, scope, {**box, name: (low, high)})
    else:  # all events of a bin share its integral
        value = log_norm(inner, scope, {**box, name: (edges[:-1], edges[1:])})[index]
    return jnp.where((x >= edges[0]) & (x <= edges[-1]), value - jnp.log(high - low), -jnp.inf)


@breakpoints.register
def _bins(dist: BinSamplingDist, scope: DensityScope, observable: str) -> Sequence[float]:
    bins = scope.definitions.binnings.get(observable, ())
    return bins if observable == dist.observable else ()
