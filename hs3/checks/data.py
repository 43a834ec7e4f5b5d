"""Checks of data objects, and of data against the channel that they are for."""

from __future__ import annotations

import math

import numpy as np

from hs3.axes import Axis
from hs3.checks.axes import bin_counts
from hs3.data import Data
from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects import histfactory as rules
from hs3.dialects.base import Log
from hs3.histfactory.interpret import Observation
from hs3.histfactory.meaning import Channel, FloatArray

EDGE_TOLERANCE = 1e-6
"""Relative to the width of a bin: edges are written with few digits in published files."""


def check_binned(data: BinnedData, path: str, log: Log) -> bool:
    """True when the number of contents fits the axes; False, reported, when not."""
    counts = bin_counts(data.axes)
    if counts is None:
        log.add(
            "axes.no_binning", f"{path}/axes", f"data {data.name!r} do not say what their bins are"
        )
        return False
    expected = math.prod(counts)
    if len(data.contents) != expected:
        message = f"{len(data.contents)} contents for {expected} bins"
        log.add("data.length", f"{path}/contents", message, len(data.contents))
        return False
    return True


def check_unbinned(data: UnbinnedData, path: str, log: Log) -> bool:
    """True when every entry has one coordinate per axis and there are as many weights."""
    width = len(data.axes)
    wrong = next((i for i, row in enumerate(data.entries) if len(row) != width), None)
    if wrong is not None:
        message = f"{len(data.entries[wrong])} coordinates for {width} axes"
        log.add("data.length", f"{path}/entries/{wrong}", message, len(data.entries[wrong]))
        return False
    if data.weights is not None and len(data.weights) != len(data.entries):
        message = f"{len(data.weights)} weights for {len(data.entries)} entries"
        log.add("data.length", f"{path}/weights", message, len(data.weights))
        return False
    return True


def observation(
    data: Data, axes: tuple[Axis, ...], path: str, where: str, log: Log
) -> Observation | None:
    """The observed counts of a channel with these `axes`, or None (reported) where data do not fit.

    `path` is the place of the data object, `where` that of the channel.
    """
    if isinstance(data, UnbinnedData):
        return _counted(data, axes, path, where, log)
    if not isinstance(data, BinnedData):
        message = (
            f"data {data.name!r} are {data.type!r}; a HistFactory distribution needs binned data"
        )
        log.add("data.wrong_type", path, message, data.type)
        return None
    if not check_binned(data, path, log):
        return None
    contents = np.array(data.contents, dtype=np.float64)
    names, given = [a.name for a in axes], [a.name for a in data.axes]
    if not axes or names == given:
        return Observation(data.name, data.axes, contents)
    if sorted(names) != sorted(given):
        message = f"the axes are {given}, those of the channel at {where} are {names}"
        log.add("data.axes_mismatch", f"{path}/axes", message)
        return None
    counts = bin_counts(data.axes)
    assert counts is not None
    order = [given.index(name) for name in names]
    turned = contents.reshape(counts).transpose(order).ravel()
    return Observation(data.name, tuple(data.axes[i] for i in order), turned)


def _counted(
    data: UnbinnedData, axes: tuple[Axis, ...], path: str, where: str, log: Log
) -> Observation | None:
    """Events counted into the bins of a channel."""
    names, given = [a.name for a in axes], [a.name for a in data.axes]
    missing = [name for name in names if name not in given]
    if missing or not axes or bin_counts(axes) is None:
        message = f"the axes are {given}, those of the channel are {names}"
        log.add("data.axes_mismatch", f"{path}/axes", message)
        return None
    if not check_unbinned(data, path, log) or not _increase(axes, where, log):
        return None
    columns = [given.index(name) for name in names]
    events = data.array()[:, columns]
    weights = None if data.weights is None else np.array(data.weights, dtype=np.float64)
    found = tuple(e for axis in axes if (e := axis.bin_edges()) is not None)
    counts = log.apply(rules.events_counted, path, events, weights, found)
    check_events(data, path, log)
    return Observation(data.name, axes, counts)


def _increase(axes: tuple[Axis, ...], where: str, log: Log) -> bool:
    """Whether events can be counted into bins: whether all edges increase; reported where not."""
    for i, axis in enumerate(axes):
        edges = axis.bin_edges()
        if edges is not None and not np.all(np.diff(edges) > 0.0):
            message = f"the edges of axis {axis.name!r} do not increase"
            log.add("axes.not_increasing", f"{where}/axes/{i}", message, axis.name)
            return False
    return True


def check_channel(channel: Channel, data: Observation, path: str, log: Log) -> bool:
    """True when the bins of a channel and of its data agree; edges and counts only warn."""
    counts = bin_counts(data.axes)
    own = tuple(len(e) - 1 for e in channel.edges)
    if counts != own:
        message = f"{counts} bins, but channel {channel.name!r} has {own}"
        log.add("data.bins_mismatch", f"{path}/axes", message)
        return False
    for axis, edges in zip(data.axes, channel.edges, strict=True):
        other = axis.bin_edges()
        if other is not None and not _same_edges(edges, other):
            message = f"axis {axis.name!r} has other edges than channel {channel.name!r}"
            log.add("data.edges_mismatch", f"{path}/axes", message)
    check_counts(data.contents, path, log)
    return True


def _same_edges(a: FloatArray, b: FloatArray) -> bool:
    width = float(np.min(np.abs(np.diff(a)), initial=np.inf))
    tolerance = EDGE_TOLERANCE * (width if width > 0 else 1.0)
    return bool(np.all(np.abs(a - b) <= tolerance))


def check_counts(contents: FloatArray, path: str, log: Log) -> None:
    """Report observed counts that are negative or not whole."""
    negative = np.flatnonzero(contents < 0.0)
    if negative.size:
        i = int(negative[0])
        log.add(
            "data.negative",
            f"{path}/contents/{i}",
            f"{negative.size} counts are negative",
            float(contents[i]),
        )
    whole = np.round(contents)
    broken = np.flatnonzero(np.abs(contents - whole) > 1e-9 * np.maximum(1.0, np.abs(whole)))
    if broken.size:
        i = int(broken[0])
        message = f"{broken.size} of {contents.size} counts are not whole numbers"
        log.add("data.non_integer", f"{path}/contents/{i}", message, float(contents[i]))


def check_uncertainty(data: BinnedData, path: str, log: Log) -> bool:
    """True when uncertainties are one number per bin with a covariance matrix, else reported."""
    given, count = data.uncertainty, len(data.contents)
    if given is None:
        return True
    where = f"{path}/uncertainty"
    if len(given.sigma) != count:
        message = f"{len(given.sigma)} uncertainties for {count} bins"
        log.add("data.length", f"{where}/sigma", message, len(given.sigma))
        return False
    sigma = np.array(given.sigma, dtype=np.float64)
    if not (sigma > 0.0).all():
        worst = int(np.argmin(sigma))
        message = "an uncertainty is not above zero"
        log.add("data.uncertainty", f"{where}/sigma/{worst}", message, given.sigma[worst])
        return False
    rows = given.correlation or ()
    if rows and {len(rows), *map(len, rows)} != {count}:
        message = f"the correlation is not a matrix of {count} times {count} numbers"
        log.add("data.length", f"{where}/correlation", message, len(rows))
        return False
    fault = _fault(np.array(rows, dtype=np.float64)) if rows else ""
    if fault:
        log.add("data.uncertainty", f"{where}/correlation", f"the correlation {fault}")
    return not fault


def _fault(matrix: FloatArray) -> str:
    """What keeps a square matrix from being one of correlations; nothing where it is one."""
    if np.abs(np.diag(matrix) - 1.0).max() > 1e-9:
        return "of a bin with itself is not 1"
    if np.abs(matrix - matrix.T).max() > 1e-9:
        return "is not symmetric"
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return "is not positive definite"
    return ""


def check_events(data: UnbinnedData, path: str, log: Log) -> None:
    """Report events outside of the range of an axis."""
    if not data.entries:
        return
    table = data.array()
    for i, axis in enumerate(data.axes):
        span = axis.range()
        if span is None:
            continue
        outside = np.flatnonzero((table[:, i] < span[0]) | (table[:, i] > span[1]))
        if outside.size:
            first = int(outside[0])
            message = f"{outside.size} entries have {axis.name!r} outside of {list(span)}"
            log.add(
                "data.outside_range", f"{path}/entries/{first}", message, float(table[first, i])
            )
