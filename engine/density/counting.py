"""Poisson point processes: distributions with a number of events, and what they count in bins."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import jax.numpy as jnp
from jax import Array

from hs3.axes import Axis
from hs3.checks import axes as axes_checks
from hs3.distributions import Distribution
from hs3.distributions.bincounts import BinCountsDensityDist, BinCountsExtendedDist
from hs3.distributions.rate import RateExtendedDist
from hs3.errors import CompileError

from .counts import bin_counts
from .density import Box, expected_events, log_integral, log_partial, log_shape
from .scope import DensityScope
from .values import function_integral

# --- a distribution with a rate ------------------------------------------------------------------


@log_shape.register
def _shape(dist: RateExtendedDist, scope: DensityScope) -> Array:
    return log_shape(scope.distribution(dist.underlying), scope)


@log_integral.register
def _integral(dist: RateExtendedDist, scope: DensityScope, box: Box) -> Array | None:
    return log_integral(scope.distribution(dist.underlying), scope, box)


@log_partial.register
def _partial(dist: RateExtendedDist, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """The density of one event: that of the underlying distribution."""
    return log_partial(scope.distribution(dist.underlying), scope, over, box)


@expected_events.register
def _events(dist: RateExtendedDist, scope: DensityScope) -> Array:
    """The rate, or with a `range`, the rate over the fraction of events in that range (ROOT).

    Raises:
        CompileError: the range is not a domain of the document.
    """
    rate = scope(dist.expected)
    if dist.range is None:
        return rate
    over = scope.observables(dist.underlying)
    axes = scope.definitions.regions.get(dist.range, {})
    part = {o: scope.definitions.region(dist.range, o) for o in over if o in axes}
    if not part:
        scope.definitions.region(dist.range, over[0] if over else dist.underlying)  # raises
    inner = scope.distribution(dist.underlying)
    return rate / jnp.exp(log_partial(inner, scope.averaged(), over, part))


# --- bin counts ----------------------------------------------------------------------------------


@bin_counts.register
def _extended_counts(dist: BinCountsExtendedDist, scope: DensityScope, box: Box) -> Array:
    r""":math:`\lambda \int_b m`."""
    _check_bins(dist, dist.axes, box)
    inner = scope.distribution(dist.dist)
    return scope(dist.rate) * jnp.exp(log_partial(inner, scope, tuple(box), box))


@bin_counts.register
def _density_counts(dist: BinCountsDensityDist, scope: DensityScope, box: Box) -> Array:
    r""":math:`\int_b g`."""
    _check_bins(dist, dist.axes, box)
    return function_integral(dist.density, scope, box)


def _check_bins(dist: Distribution, axes: Sequence[Axis] | None, box: Box) -> None:
    """Raise CompileError where the data have another number of bins than the distribution."""
    counts = axes_checks.bin_counts(axes or ())
    if not counts:
        return
    own = prod(counts)
    given = max(jnp.size(low) for low, _ in box.values())
    if own != given:
        message = f"{dist.name!r} has {own} bins, and its data have {given}"
        raise CompileError(message, code="compile.data_shape", value=given)


@log_shape.register
def _no_density(dist: BinCountsExtendedDist, scope: DensityScope) -> Array:
    raise _needs_bins(dist)


@log_shape.register
def _no_density_either(dist: BinCountsDensityDist, scope: DensityScope) -> Array:
    raise _needs_bins(dist)


def _needs_bins(dist: Distribution) -> CompileError:
    return CompileError(
        f"{dist.name!r} is a distribution of bin counts: it has no density of single events, and "
        "needs binned data",
        value=dist.type,
    )
