"""Histograms as densities: contents divided by the volumes of the bins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

from hs3.distributions.histogram import HistogramDist
from hs3.errors import CompileError

from ..interpolated import Interpolated
from .density import Box, breakpoints, log_integral, log_shape
from .scope import DensityScope, Range
from .special import log_signed

FloatArray = npt.NDArray[np.float64]


def _edges(dist: HistogramDist) -> list[FloatArray]:
    """The edges of each axis.

    Raises:
        CompileError: an axis has no ascending bins.
    """
    out = []
    for axis in dist.data.axes:
        edges = axis.bin_edges()
        if edges is None or len(edges) < 2 or np.any(np.diff(edges) <= 0.0):
            message = f"{dist.name!r} needs ascending bins of {axis.name!r}"
            raise CompileError(message, value=axis.name)
        out.append(edges)
    return out


def _heights(dist: HistogramDist, edges: Sequence[FloatArray]) -> FloatArray:
    """Density in each bin, not normalised, one axis per variable."""
    volumes = reduce(np.multiply.outer, [np.diff(e) for e in edges])
    contents = np.asarray(dist.data.contents, dtype=np.float64)
    heights: FloatArray = contents.reshape(volumes.shape) / volumes
    return heights


@log_shape.register
def _shape(dist: HistogramDist, scope: DensityScope) -> Array:
    """The height of the bin; a lower edge belongs to its bin, the last upper edge to the last."""
    edges = _edges(dist)
    if dist.interpolationOrder:
        return log_signed(_smooth(dist, edges).value(scope(dist.data.axes[0].name)))
    inside, index = jnp.ones((), bool), []
    for axis, own in zip(dist.data.axes, edges, strict=True):
        x = scope(axis.name)
        inside = inside & (x >= own[0]) & (x <= own[-1])
        found = jnp.searchsorted(jnp.asarray(own), x, side="right") - 1
        index.append(jnp.clip(found, 0, len(own) - 2))
    return jnp.where(inside, log_signed(jnp.asarray(_heights(dist, edges))[tuple(index)]), -jnp.inf)


@log_integral.register
def _integral(dist: HistogramDist, scope: DensityScope, box: Box) -> Array | None:
    """Sum over the bins of height times the part of the bin that is inside of the box.

    Axes outside of the box are taken at their values.
    """
    if not box.keys() <= {axis.name for axis in dist.data.axes}:
        return None
    edges = _edges(dist)
    if dist.interpolationOrder and box:
        smooth = _smooth(dist, edges)
        low, high = box[dist.data.axes[0].name]
        return log_signed(smooth.integral(high) - smooth.integral(low))
    limits = [box.get(axis.name) for axis in dist.data.axes]
    points = [scope(a.name) for a, given in zip(dist.data.axes, limits, strict=True) if not given]
    ndim = max(jnp.ndim(v) for v in (*points, *(x for pair in limits for x in pair or ())))
    total = jnp.asarray(_heights(dist, edges))
    total = total.reshape(*total.shape, *(1,) * ndim)
    for axis, own, given in zip(dist.data.axes, edges, limits, strict=True):
        inside = _overlap(own, given, ndim) if given else _indicator(own, scope(axis.name), ndim)
        shape = (inside.shape[0], *(1,) * (total.ndim - 1 - ndim), *inside.shape[1:])
        total = jnp.sum(total * inside.reshape(shape), axis=0)
    return log_signed(total)


def _smooth(dist: HistogramDist, edges: Sequence[FloatArray]) -> Interpolated:
    """The density between the centres of bins.

    Raises:
        CompileError: there are several variables.
    """
    if len(edges) > 1:
        message = f"{dist.name!r} interpolates in {len(edges)} variables; one can be evaluated"
        raise CompileError(message, value=dist.interpolationOrder)
    return Interpolated.of(edges[0], _heights(dist, edges), dist.interpolationOrder or 0)


def _bins(edges: FloatArray, ndim: int) -> tuple[Array, Array]:
    """Lower and upper edges, followed by `ndim` axes for limits or events."""
    column = jnp.asarray(edges).reshape(-1, *(1,) * ndim)
    return column[:-1], column[1:]


def _overlap(edges: FloatArray, limits: Range, ndim: int) -> Array:
    start, end = _bins(edges, ndim)
    low, high = limits
    return jnp.clip(jnp.minimum(end, high) - jnp.maximum(start, low), 0.0)


def _indicator(edges: FloatArray, x: Array, ndim: int) -> Array:
    start, end = _bins(edges, ndim)
    last = (end == edges[-1]) & (x == edges[-1])
    return jnp.where((x >= start) & (x < end) | last, 1.0, 0.0)


@breakpoints.register
def _steps(dist: HistogramDist, scope: DensityScope, observable: str) -> Sequence[float]:
    edges = _edges(dist)
    own = [e for a, e in zip(dist.data.axes, edges, strict=True) if a.name == observable]
    if dist.interpolationOrder:
        own = [_smooth(dist, edges).limits for _ in own]
    return [float(edge) for limits in own for edge in limits]
