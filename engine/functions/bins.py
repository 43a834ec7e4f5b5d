"""Step functions and the volume of their bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.axes import Axis
from hs3.data.binned import Histogram
from hs3.errors import CompileError
from hs3.functions.base import Function
from hs3.functions.histogram import BinVolumeFunction, HistogramFunction, StepFunction

from ..interpolated import Interpolated
from .base import Scope, formula


@formula.register
def _histogram(function: HistogramFunction, scope: Scope) -> Array:
    if function.interpolationOrder:
        return _between(function, scope)
    return _content(function, function.data, scope)


@formula.register
def _step(function: StepFunction, scope: Scope) -> Array:
    """As a histogram, or the parameter of the (nearest) bin, the first axis running fastest."""
    if function.data is not None:
        return _content(function, function.data, scope)
    parameters = function.parameters or ()
    axes = _axes_of(function)[::-1]
    _check_bins(function, axes, len(parameters))
    index, _ = _bin(function, axes, scope)
    values = scope.stack(parameters)
    if values.ndim == 1:
        return values[index]
    # Functions of observables, or of integrals, have a value for each event.
    shape = jnp.broadcast_shapes(values.shape[1:], index.shape)
    each = jnp.broadcast_to(values, (len(parameters), *shape))
    return jnp.take_along_axis(each, jnp.broadcast_to(index, shape)[None], axis=0)[0]


def _between(function: HistogramFunction, scope: Scope) -> Array:
    axes, contents = function.data.axes, np.asarray(function.data.contents, dtype=np.float64)
    if len(axes) > 1:
        message = f"{function.name!r} interpolates in {len(axes)} variables; one can be evaluated"
        raise CompileError(message, value=function.interpolationOrder)
    order = function.interpolationOrder or 0
    return Interpolated.of(_edges(function, axes[0]), contents, order).value(scope(axes[0].name))


def _content(function: Function, data: Histogram, scope: Scope) -> Array:
    """The content of the bin, the last axis running fastest; 0 outside, as ROOT's RooHistFunc."""
    contents = jnp.asarray(np.asarray(data.contents, dtype=np.float64))
    index, inside = _bin(function, data.axes, scope)
    return jnp.where(inside, contents[index], 0.0)


def _axes_of(function: StepFunction) -> list[Axis]:
    """The binning of each variable, in the order of `variables`."""
    axes = {axis.name: axis for axis in function.axes or ()}
    names = list(axes) if function.variables is None else [str(v) for v in function.variables]
    for name in names:
        if name not in axes:
            raise CompileError(
                f"the step function {function.name!r} gives no binning of {name!r} in `axes`",
                value=name,
            )
    return [axes[name] for name in names]


@formula.register
def _bin_volume(function: BinVolumeFunction, scope: Scope) -> Array:
    """The volume, or one over it; 1 outside the bins, as ROOT's RooBinWidthFunction."""
    histogram = scope.functions.get(function.histogram)
    if isinstance(histogram, HistogramFunction):
        axes = list(histogram.data.axes)
    elif isinstance(histogram, StepFunction):
        axes = list(histogram.data.axes) if histogram.data else _axes_of(histogram)
    else:
        raise CompileError(
            f"{function.name!r} asks for the bins of {function.histogram!r}, which is no step "
            "function",
            value=function.histogram,
        )
    widths = [np.diff(_edges(function, axis)) for axis in axes]
    volumes = jnp.asarray(reduce(np.multiply.outer, widths).ravel())
    index, inside = _bin(function, axes, scope)
    volume = jnp.where(inside, volumes[index], 1.0)
    return 1.0 / volume if function.inverse else volume


def _edges(function: Function, axis: Axis) -> np.ndarray:
    edges = axis.bin_edges()
    if edges is None or len(edges) < 2 or np.any(np.diff(edges) <= 0.0):
        raise CompileError(
            f"{function.name!r} needs ascending bins of {axis.name!r}", value=axis.name
        )
    return edges


def _check_bins(function: Function, axes: Sequence[Axis], entries: int) -> None:
    """Refuse another number of bins than there are entries."""
    bins = math.prod(len(_edges(function, axis)) - 1 for axis in axes)
    if bins != entries:
        raise CompileError(
            f"{function.name!r} has {bins} bins and {entries} values for them", value=function.name
        )


def _bin(function: Function, axes: Sequence[Axis], scope: Scope) -> tuple[Array, Array]:
    """Index of the bin (the last axis fastest), and whether the point is inside.

    The lower edge belongs to a bin, the upper one to the next, except for the last. Outside, the
    index is that of the nearest bin.
    """
    index, inside = jnp.zeros((), dtype=jnp.int64), jnp.ones((), dtype=bool)
    for axis in axes:
        x, edges = scope(axis.name), jnp.asarray(_edges(function, axis))
        bins = len(edges) - 1
        along = jnp.clip(jnp.searchsorted(edges, x, side="right") - 1, 0, bins - 1)
        index = index * bins + along
        inside = inside & (x >= edges[0]) & (x <= edges[-1])
    return index, inside
