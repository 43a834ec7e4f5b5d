"""Templates: histograms, and unbinned pdfs seen in bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..builder import Builder
from ..refuse import refuse
from .registry import convert, converts


def axes_of(space: Any) -> list[dict[str, Any]]:
    """The binned axes of a space, as edges."""
    edges = [np.ravel(np.asarray(e, float)).tolist() for e in space.binning.edges]
    return [
        {"name": name, "min": one[0], "max": one[-1], "edges": one}
        for name, one in zip(space.obs, edges, strict=True)
    ]


def contents(values: Any) -> list[float]:
    """Bin contents, the last axis running fastest."""
    flat: list[float] = np.ravel(np.asarray(values, float)).tolist()
    return flat


@converts("BinnedFromUnbinnedPDF")
def _binned(pdf: Any, builder: Builder) -> str:
    """The unbinned pdf: binned data make HS3 integrate it over the bins, as zfit does."""
    return convert(pdf.pdfs[0], builder)


@converts("HistogramPDF")
def _histogram(pdf: Any, builder: Builder) -> str:
    """Fixed contents.

    Raises:
        ConversionError: a content is negative.
    """
    values = contents(pdf.rel_counts(None))
    if min(values) < 0.0:
        refuse(f"the histogram {pdf.name!r} has a negative content", min(values))
    data = {"axes": axes_of(pdf.space), "contents": values}
    return builder.add(pdf, type="histogram_dist", data=data)


@converts("UnbinnedFromBinnedPDF")
def _unbinned(pdf: Any, builder: Builder) -> str:
    """The density of a template, flat within each bin."""
    return convert(pdf.pdfs[0], builder)


def scaled_counts(pdf: Any, builder: Builder) -> str:
    """Name of the distribution of the bin counts of a scaled template that counts its events."""
    template, factors = step_functions(pdf, builder)
    density = builder.function(f"{pdf.name}_scaled", type="product", factors=[template, factors])
    return builder.add(
        pdf,
        type="bincounts_density_dist",
        x=list(pdf.obs),
        density=density,
        axes=axes_of(pdf.space),
    )


@converts("BinwiseScaleModifier")
def _scaled(pdf: Any, builder: Builder) -> str:
    """A template times one parameter per bin: a product of two step functions."""
    template, factors = step_functions(pdf, builder)
    function = builder.function(f"{pdf.name}_scaled", type="product", factors=[template, factors])
    return builder.add(pdf, type="density_function_dist", function=function)


def step_functions(pdf: Any, builder: Builder) -> tuple[str, str]:
    """Names of the density of a template and of the factors of its bins, as step functions.

    Raises:
        ConversionError: what is scaled is not a histogram with fixed contents.
    """
    (inner,) = pdf.pdfs
    if type(inner).__name__ != "HistogramPDF":
        refuse(f"{pdf.name!r} scales a {type(inner).__name__}; only histograms can be scaled")
    axes = axes_of(pdf.space)
    values = contents(inner.counts(None) if inner.is_extended else inner.rel_counts(None))
    volumes = np.ones(())
    for axis in axes:
        volumes = np.multiply.outer(volumes, np.diff(axis["edges"]))
    density = (np.array(values) / volumes.ravel()).tolist()
    template = builder.function(
        f"{pdf.name}_template", type="histogram", data={"axes": axes, "contents": density}
    )
    ordered = [builder.value(pdf.params[f"sysshape_{i}"]) for i in range(len(values))]
    factors = builder.function(
        f"{pdf.name}_factors",
        type="step",
        variables=[axis["name"] for axis in axes],
        axes=axes,
        parameters=ordered,
    )
    return template, factors
