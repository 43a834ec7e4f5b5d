"""Checks of axes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from hs3.axes import Axis
from hs3.dialects.base import Log


def axes_of(part: Any) -> tuple[Axis, ...]:
    """The axes of a part; none where it has none, or is of an unknown type and was not read."""
    axes = getattr(part, "axes", None)
    return tuple(a for a in axes if isinstance(a, Axis)) if isinstance(axes, tuple) else ()


def bin_counts(axes: Sequence[Axis]) -> tuple[int, ...] | None:
    """Number of bins along each axis, or None where an axis has no binning. Allocates nothing."""
    counts = []
    for axis in axes:
        if axis.edges is not None:
            count = len(axis.edges) - 1
        elif axis.nbins is not None and axis.min is not None and axis.max is not None:
            count = axis.nbins
        else:
            return None
        if count < 1:
            return None
        counts.append(count)
    return tuple(counts)


def check_axis(axis: Axis, path: str, log: Log) -> None:
    """Report a range or edges that make no sense."""
    if axis.min is not None and axis.max is not None and axis.min > axis.max:
        message = f"axis {axis.name!r} runs from {axis.min} to {axis.max}"
        log.add("domain.empty_range", path, message, axis.name)
    edges = axis.edges
    if edges is None:
        if axis.nbins is not None and axis.min is not None and axis.min == axis.max:
            log.add("axes.zero_width", path, f"axis {axis.name!r} has no width", axis.name)
        return
    if axis.nbins is not None and axis.nbins != len(edges) - 1:
        message = (
            f"axis {axis.name!r} has {len(edges) - 1} bins by `edges` and {axis.nbins} by `nbins`"
        )
        log.add("axes.edges_and_nbins", path, message, axis.name)
    if any(b < a for a, b in itertools.pairwise(edges)):
        message = f"the edges of axis {axis.name!r} do not increase"
        log.add("axes.not_increasing", f"{path}/edges", message, axis.name)
    elif any(a == b for a, b in itertools.pairwise(edges)):
        log.add("axes.zero_width", f"{path}/edges", f"axis {axis.name!r} has a bin without width")
    elif edges:
        _check_ends(axis, edges, path, log)


def _check_ends(axis: Axis, edges: Sequence[float], path: str, log: Log) -> None:
    for key, edge in (("min", edges[0]), ("max", edges[-1])):
        bound = getattr(axis, key)
        if bound is not None and not math.isclose(bound, edge, rel_tol=1e-9, abs_tol=1e-12):
            message = f"axis {axis.name!r} has {key} {bound} but its edges end at {edge}"
            log.add("axes.range_mismatch", f"{path}/{key}", message, bound)
