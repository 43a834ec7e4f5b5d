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
