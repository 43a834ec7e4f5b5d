"""The factors of one sample: its function and coefficient, multiplied out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...file import RootObject
from ..builder import Builder
from .bins import Grid, data_grid, function_bins
from .members import Floats
from .reasons import NotAChannel

FLEXIBLE = "RooStats::HistFactory::FlexibleInterpVar"
BIN_WIDTH = "binWidth_"
"""ROOT before 6.24 scales by a constant RooRealVar that only its name tells from a parameter."""

MOST_FACTORS = 10_000
"""Of a sample; products that contain themselves have no end."""


@dataclass
class Factors:
    """What one sample of a channel is made of.

    Attributes:
        grid: the bins.
        scale: product of the numbers.
        widths: power of the bin volume, that of the integral over the bin included.
        contents: product of the RooHistFuncs, shape (bins,).
        shapes: at most one PiecewiseInterpolation.
        norms: FlexibleInterpVars.
        bins: ParamHistFuncs.
        parameters: variables that scale the sample.
        functions: functions of parameters that scale it.
        inner: names of the nodes that all this replaces.
        by_name: variables taken for bin widths because of their names.
    """

    grid: Grid | None = None
    scale: float = 1.0
    widths: int = 1
    contents: Floats | None = None
    shapes: list[RootObject] = field(default_factory=list)
    norms: list[RootObject] = field(default_factory=list)
    bins: list[RootObject] = field(default_factory=list)
    parameters: list[RootObject] = field(default_factory=list)
    functions: list[RootObject] = field(default_factory=list)
    inner: set[str] = field(default_factory=set)
    by_name: list[RootObject] = field(default_factory=list)

    def on(self, grid: Grid, node: RootObject) -> None:
        """Note the binning of a node.

        Raises:
            NotAChannel: it is not that of the others.
        """
        if self.grid is None:
            self.grid = grid
        elif not self.grid.same(grid):
            raise NotAChannel(node, "its bins are not those of the other histograms")

    def multiply(self, contents: Floats) -> None:
        """One more factor of fixed numbers per bin."""
        self.contents = contents if self.contents is None else self.contents * contents


def multiplied_out(nodes: list[RootObject], builder: Builder, grid: Grid | None) -> Factors:
    """The factors of a product of nodes, nested products opened.

    Raises:
        NotAChannel: one of them is nothing that HistFactory makes.
    """
    out = Factors(grid)
    todo = list(reversed(nodes))
    for _ in range(MOST_FACTORS):
        if not todo:
            break
        node = todo.pop()
        if node.class_name == "RooProduct":
            if node.members.get("_compCSet") is not None and node.proxies("_compCSet"):
                raise NotAChannel(node, "a factor is a category")
            out.inner.add(node.name)
            todo += reversed(node.proxies("_compRSet"))
        else:
            _READERS.get(node.class_name, _function)(node, out, builder)
    if todo:
        raise NotAChannel(nodes[0], f"it has more than {MOST_FACTORS} factors")
    if out.contents is None and not out.shapes:
        raise NotAChannel(nodes[0], "it has no histogram")
    return out


def _number(node: RootObject, out: Factors, builder: Builder) -> None:
    out.scale *= float(builder.variable(node).value)


def _variable(node: RootObject, out: Factors, builder: Builder) -> None:
    if node.name in builder.observables:
        raise NotAChannel(node, "an observable is a factor")
    variable = builder.variable(node)
    if node.name.startswith(BIN_WIDTH) and variable.constant:
        out.scale *= float(variable.value)
        out.by_name.append(node)
    else:
        out.parameters.append(node)


def _histogram(node: RootObject, out: Factors, builder: Builder) -> None:
    grid, contents = function_bins(node)
    out.on(grid, node)
    out.multiply(contents)
    out.inner.add(node.name)


def _bin_width(node: RootObject, out: Factors, builder: Builder) -> None:
    histogram = node.proxy("_histFunc")
    if histogram is None:
        raise NotAChannel(node, "it has no histogram")
    out.on(function_bins(histogram)[0], node)
    out.widths += -1 if node.member("_divideByBinWidth") else 1
    out.inner |= {node.name, histogram.name}


def _shape(node: RootObject, out: Factors, builder: Builder) -> None:
    if out.shapes:
        raise NotAChannel(node, "a sample has two of them")
    central = node.proxy("_nominal")
    if central is None:
        raise NotAChannel(node, "it has no nominal histogram")
    out.on(function_bins(central)[0], node)
    out.shapes.append(node)
    out.inner.add(node.name)


def _norm(node: RootObject, out: Factors, builder: Builder) -> None:
    out.norms.append(node)


def _bins(node: RootObject, out: Factors, builder: Builder) -> None:
    names = {v.name: v.name for v in node.proxies("_dataVars")}
    data = node.member("_dataSet")
    if not isinstance(data, RootObject):
        raise NotAChannel(node, "it has no bins")
    out.on(data_grid(data, node, names), node)
    out.bins.append(node)
    out.inner.add(node.name)


def _function(node: RootObject, out: Factors, builder: Builder) -> None:
    shared = sorted(builder.leaves(node) & builder.observables)
    if shared:
        raise NotAChannel(node, f"it depends on {', '.join(shared)} as nothing of HistFactory does")
    out.functions.append(node)


_READERS: dict[str, Callable[[RootObject, Factors, Builder], None]] = {
    "RooConstVar": _number,
    "RooRealVar": _variable,
    "RooHistFunc": _histogram,
    "RooBinWidthFunction": _bin_width,
    "PiecewiseInterpolation": _shape,
    FLEXIBLE: _norm,
    "ParamHistFunc": _bins,
}


def counts(grid: Grid, factors: Factors) -> Floats | None:
    """What turns numbers per bin into counts: scale and bin volumes, shape (bins,).

    None where these undo one another but for rounding: the numbers are those of the file.
    """
    scale = factors.scale * grid.volumes() ** factors.widths
    return None if np.allclose(scale, 1.0, rtol=1e-13, atol=0.0) else scale
