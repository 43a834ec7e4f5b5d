"""Histograms as densities and functions, and the functions of their bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..file import Histogram, RootObject
from ..file.dataset import dataset_of
from .builder import Builder, Entry, Value
from .functions import is_uniform
from .registry import converts


def axis(name: Value, edges: np.ndarray[Any, Any]) -> Entry:
    """An axis by number of bins where they are equal, else by their edges."""
    if is_uniform(edges):
        low, high = float(edges[0]), float(edges[-1])
        return {"name": name, "min": low, "max": high, "nbins": len(edges) - 1}
    return {"name": name, "edges": edges.tolist()}


def histogram_of(data: RootObject) -> Histogram | None:
    """The bins of a RooDataHist."""
    return dataset_of(data, lambda store: {}).histogram


def _bins(node: RootObject, variables: list[RootObject], builder: Builder) -> Any:
    """The histogram of a node, its axes under the names of the variables, or None."""
    data = node.member("_dataHist")
    histogram = histogram_of(data) if isinstance(data, RootObject) else None
    if histogram is None or len(histogram.order) != len(variables):
        return None
    own = [v.name for v in node.proxies("_histObsList")] if "_histObsList" in node.members else []
    names = dict(zip(own or histogram.order, builder.names(variables), strict=True))
    if any(name not in names for name in histogram.order):
        return None
    axes = [axis(names[name], histogram.edges[name]) for name in histogram.order]
    return histogram, axes


@converts("RooHistPdf", "RooHistFunc")
def _histogram(node: RootObject, builder: Builder) -> None:
    density = node.class_name == "RooHistPdf"
    keys = ("_pdfObsList",) if density else ("_depList",)
    variables = [v for key in keys for v in node.proxies(key)]
    found = _bins(node, variables, builder)
    if found is None:
        return builder.keep(node, "its histogram does not fit its variables")
    histogram, axes = found
    contents = histogram.contents
    order = int(node.members.get("_intOrder", 0))
    if order > 0:
        from .interpolated import interpolated

        return interpolated(node, histogram, axes, order, builder)
    if density and node.members.get("_unitNorm"):
        contents = contents * volumes(histogram)
    data = {"axes": axes, "contents": contents.ravel().tolist()}
    if density:
        builder.distribution(node.name, "histogram_dist", data=data)
    else:
        builder.function(node.name, "histogram", data=data)


def volumes(histogram: Histogram) -> np.ndarray[Any, Any]:
    """The volume of each bin."""
    out: np.ndarray[Any, Any] = np.ones(())
    for name in histogram.order:
        out = np.multiply.outer(out, np.diff(histogram.edges[name]))
    return out


@converts("ParamHistFunc")
def _steps(node: RootObject, builder: Builder) -> None:
    """One parameter per bin, the first axis running fastest."""
    variables = node.proxies("_dataVars")
    histogram = histogram_of(node.member("_dataSet"))
    if histogram is None or len(histogram.order) != len(variables):
        return builder.keep(node, "its bins do not fit its variables")
    axes = [axis(v.name, histogram.edges[v.name]) for v in variables]
    builder.function(
        node.name,
        "step",
        variables=builder.names(variables),
        parameters=builder.values(node.proxies("_paramSet")),
        axes=axes,
    )


@converts("RooBinWidthFunction")
def _bin_width(node: RootObject, builder: Builder) -> None:
    builder.function(
        node.name,
        "binwidth",
        histogram=builder.pdf(node.proxy("_histFunc")),
        divideByBinWidth=bool(node.member("_divideByBinWidth")),
    )
