"""Data: events and histograms, divided into channels where a category does so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.errors import ReadError

from ..file import Dataset, Histogram, RootObject
from ..file.variables import variable
from .builder import Builder, Entry
from .histograms import axis
from .simultaneous import Simultaneous
from .variables import range_of

Floats = np.ndarray[Any, np.dtype[np.float64]]

BINNED = "BinnedLikelihood"
"""Attribute of densities whose data are counts per bin, given as weighted events at the centres."""


@dataclass(frozen=True)
class Wanted:
    """What the data of one channel are to be: columns, whether they are bins, of which edges."""

    columns: tuple[str, ...]
    binned: bool
    edges: tuple[Floats, ...] | None = None


def wanted(density: RootObject, data: Dataset, builder: Builder) -> Wanted:
    """What a density needs of data."""
    leaves = builder.leaves(density)
    columns = tuple(c for c in data.columns if c in leaves and c not in data.categories)
    channel = builder.channels.grids.get(density.name)
    if channel is not None and set(channel.axes) == set(columns):
        return Wanted(channel.axes, True, channel.edges)
    return Wanted(columns, is_binned(density))


def is_binned(density: RootObject) -> bool:
    """Whether a density, or a factor of it, is a binned likelihood."""
    parts = [density]
    if density.class_name == "RooProdPdf":
        parts += density.proxies("_pdfList")
    return any(BINNED in part.attributes for part in parts)


def entries_of(data: Dataset, models: list[Simultaneous], builder: Builder) -> list[Entry]:
    """The data entries of a dataset: one per channel, or one."""
    index = next((m.index for m in models if m.index in data.categories), None)
    if index is None:
        return [_whole(data, builder)]
    labels = data.categories[index]
    own = [m for m in models if m.index == index]
    return [
        _channel(data, index, number, label, own, builder)
        for number, label in labels.items()
        if any(label in m.densities for m in own)
    ]


def _channel(
    data: Dataset, index: str, number: int, label: str, own: list[Simultaneous], builder: Builder
) -> Entry:
    needs = [wanted(m.densities[label], data, builder) for m in own if label in m.densities]
    columns = tuple(dict.fromkeys(c for need in needs for c in need.columns))
    name = f"{data.name}_{label}"
    if data.histogram is not None:
        inner = _slice(data.histogram, index, number)
        return _histogram(name, _projected(inner, columns), data, builder)
    rows = data.columns[index] == number
    table = {c: data.columns[c][rows] for c in columns}
    weights = None if data.weights is None else data.weights[rows]
    if any(need.binned for need in needs):
        return _counted(name, table, weights, needs, builder)
    return _events(name, table, weights, data, builder)


def _whole(data: Dataset, builder: Builder) -> Entry:
    """All of a dataset; columns that no density depends on are left out, and named."""
    used = _used(builder)
    if data.histogram is not None:
        reals = tuple(n for n in data.histogram.order if n not in data.categories)
        _tell_dropped([n for n in data.histogram.order if n in data.categories], data, builder)
        return _histogram(data.name, _projected(data.histogram, reals), data, builder)
    reals = tuple(c for c in data.columns if c not in data.categories)
    columns = tuple(c for c in reals if c in used) or reals
    _tell_dropped([c for c in data.columns if c not in columns], data, builder)
    table = {c: data.columns[c] for c in columns}
    channels = builder.channels.grids
    nodes = builder.graph.nodes.values()
    densities = [n for n in nodes if BINNED in n.attributes or n.name in channels]
    needs = [w for d in densities if set((w := wanted(d, data, builder)).columns) == set(columns)]
    if needs:
        return _counted(data.name, table, data.weights, needs, builder)
    return _events(data.name, table, data.weights, data, builder)


def _used(builder: Builder) -> frozenset[str]:
    """What any density depends on."""
    from .builder import is_density

    nodes = builder.graph.nodes.values()
    return frozenset().union(*(builder.leaves(n) for n in nodes if is_density(n)))


def _tell_dropped(columns: list[str], data: Dataset, builder: Builder) -> None:
    for name in columns:
        kind = "category" if name in data.categories else "column"
        message = f"the {kind} {name!r} of the data {data.name!r}, on which no density depends"
        message = f"{message}, is left out"
        builder.add("root.column_left_out", data.name, message, name)


def _slice(histogram: Histogram, index: str, number: int) -> Histogram:
    """The bins of one state of a category."""
    place = histogram.order.index(index)
    state = int(np.flatnonzero(np.asarray(histogram.edges[index]) == number)[0])
    order = tuple(n for n in histogram.order if n != index)
    return Histogram(order, histogram.edges, np.take(histogram.contents, state, axis=place))


def _projected(histogram: Histogram, columns: tuple[str, ...]) -> Histogram:
    """The bins of some axes, summed over the others."""
    drop = tuple(i for i, n in enumerate(histogram.order) if n not in columns)
    order = tuple(n for n in histogram.order if n in columns)
    return Histogram(order, histogram.edges, histogram.contents.sum(axis=drop))


def _histogram(name: str, histogram: Histogram, data: Dataset, builder: Builder) -> Entry:
    sumw2 = data.histogram.sumw2 if data.histogram is not None else None
    if sumw2 is not None and not np.allclose(sumw2, data.histogram.contents):  # type: ignore[union-attr]
        message = f"the bins of {data.name!r} have errors of weighted events, which are left out"
        builder.add("root.weight_errors", data.name, message)
    axes = [axis(n, histogram.edges[n]) for n in histogram.order]
    contents = np.asarray(histogram.contents, dtype=np.float64).ravel().tolist()
    return {"name": name, "type": "binned", "axes": axes, "contents": contents}


def _counted(
    name: str,
    table: dict[str, Floats],
    weights: Floats | None,
    needs: list[Wanted],
    builder: Builder,
) -> Entry:
    """Weighted events at the centres of bins, as counts in the bins of the density."""
    need = next((n for n in needs if n.edges is not None and set(n.columns) == set(table)), None)
    if need is not None and need.edges is not None:
        table, edges = {c: table[c] for c in need.columns}, list(need.edges)
    else:
        edges = [_bins_of(c, name, builder) for c in table]
    rows = np.stack(list(table.values()), axis=1)
    contents, _ = np.histogramdd(rows, bins=edges, weights=weights)
    inside = [(v >= e[0]) & (v <= e[-1]) for v, e in zip(table.values(), edges, strict=True)]
    lost = int(np.count_nonzero(~np.logical_and.reduce(inside)))
    if lost:
        message = f"{lost} of {len(rows)} entries of {name!r} are in no bin, and are left out"
        builder.add("root.outside_bins", name, message, lost)
    axes = [axis(c, e) for c, e in zip(table, edges, strict=True)]
    return {"name": name, "type": "binned", "axes": axes, "contents": contents.ravel().tolist()}


def _bins_of(column: str, name: str, builder: Builder) -> Floats:
    edges = builder.variables[column].binning.edges
    if len(edges) < 2:
        message = f"the data {name!r} are counts in bins, and {column!r} has none"
        raise ReadError(message, code="root.corrupt", path=builder.path(column), value=column)
    return edges


def _events(
    name: str, table: dict[str, Floats], weights: Floats | None, data: Dataset, builder: Builder
) -> Entry:
    """Events; the range of each axis is that of the variable in the workspace."""
    axes = []
    for column in table:
        known = builder.variables.get(column) or variable(data.variables[column])
        entry = range_of(column, known.binning)
        if known.binning.bins > 1 and known.binning.uniform:
            entry["nbins"] = known.binning.bins
        axes.append(entry)
    rows = np.stack(list(table.values()), axis=1).tolist() if table else []
    made: Entry = {"name": name, "type": "unbinned", "axes": axes, "entries": rows}
    if weights is not None:
        made["weights"] = np.asarray(weights, dtype=np.float64).tolist()
    return made
