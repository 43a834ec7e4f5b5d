"""Histograms of a channel: arrays over one common binning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hs3.errors import ReadError

from ...file import RootObject
from ...file.variables import binning_of
from .members import Floats, floats, integer
from .reasons import NotAChannel


@dataclass(frozen=True)
class Grid:
    """The bins of a channel.

    Attributes:
        axes: names of the observables, the last one varies fastest in arrays of contents.
        edges: of each.
    """

    axes: tuple[str, ...]
    edges: tuple[Floats, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of bins of each axis."""
        return tuple(len(e) - 1 for e in self.edges)

    @property
    def count(self) -> int:
        """Number of bins."""
        return math.prod(self.shape)

    def volumes(self) -> Floats:
        """Volume of each bin, shape (bins,)."""
        out = np.ones(1)
        for edges in self.edges:
            out = np.multiply.outer(out, np.diff(edges))
        return out.ravel()

    def same(self, other: Grid) -> bool:
        """Whether two binnings agree to rounding."""
        return self.axes == other.axes and all(map(_close, self.edges, other.edges))


def _close(a: Floats, b: Floats) -> bool:
    if len(a) != len(b):
        return False
    return bool((np.abs(a - b) <= 1e-12 * (a[-1] - a[0])).all())


def function_bins(node: RootObject) -> tuple[Grid, Floats]:
    """Binning and contents, shape (bins,), of a RooHistFunc.

    Raises:
        NotAChannel: it is no RooHistFunc, or interpolates.
    """
    if node.class_name != "RooHistFunc":
        raise NotAChannel(node, f"a {node.class_name} stands where a RooHistFunc should")
    if node.members.get("_intOrder", 0) != 0 or node.members.get("_cdfBoundaries"):
        raise NotAChannel(node, "the histogram is interpolated between its bins")
    data = node.member("_dataHist")
    if not isinstance(data, RootObject):
        raise NotAChannel(node, "it has no histogram")
    variables = [v.name for v in node.proxies("_depList")]
    own = [v.name for v in node.proxies("_histObsList")] if "_histObsList" in node.members else []
    grid = data_grid(data, node, dict(zip(own or variables, variables, strict=False)))
    contents = floats(data, "_wgt")
    if len(contents) != grid.count:
        raise NotAChannel(node, f"{len(contents)} contents for {grid.count} bins")
    return grid, contents


def data_grid(data: RootObject, node: RootObject, names: dict[str, str]) -> Grid:
    """The binning of a RooDataHist, its axes called by the names of the observables."""
    own = data.proxies("_vars")
    if sorted(names) != sorted(v.name for v in own):
        raise NotAChannel(node, "its histogram has other variables than the function")
    most = len(floats(data, "_wgt"))
    return Grid(tuple(names[v.name] for v in own), tuple(_edges(v, most) for v in own))


def _edges(variable: RootObject, most: int) -> Floats:
    """Edges of an axis; a file may claim any number of bins, but has contents for `most`."""
    binning = variable.members.get("_binning")
    if not isinstance(binning, RootObject):
        raise NotAChannel(variable, "an axis of a histogram has no binning")
    if integer(binning.members.get("_nbins", 0)) > most:
        raise NotAChannel(variable, "an axis has more bins than the histogram has contents")
    try:
        edges = binning_of(binning).edges
    except ReadError as error:
        raise NotAChannel(variable, error.message) from error
    if len(edges) < 2:
        raise NotAChannel(variable, "an axis of a histogram has no bins")
    return edges
