"""Histograms of Python (hist, boost-histogram, uproot, anything of the UHI protocol) ↔ HS3.

Needed of a histogram is what UHI's PlottableHistogram has: ``axes``, whose items are the edges of
the bins, ``values()`` and ``variances()``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hs3.axes import Axis
from hs3.data.binned import BinnedData
from hs3.distributions.histfactory import Sample, SampleData
from hs3.errors import ConversionError
from hs3.findings import Finding, Report, pointer
from hs3.uhi import Binning, FloatArray, made

if TYPE_CHECKING:
    from hist import Hist


def binned_data(
    histogram: Any, name: str, observables: Sequence[str] | None = None
) -> tuple[BinnedData, Report]:
    """The data object with the counts of a histogram.

    Variances become an uncertainty where they are not the counts themselves, as for weighted fills.

    Args:
        histogram: of one or more axes.
        name: of the data object.
        observables: names of the axes; by default their own, or ``x0``, ``x1`` …

    Raises:
        ConversionError: it holds means and not counts, an axis has no edges, a content is not
            finite, or there are not as many observables as axes.
    """
    axes, contents, variances, report = _read(histogram, name, observables)
    data: dict[str, Any] = {"name": name, "type": "binned", "axes": axes}
    data["contents"] = contents.ravel().tolist()
    if variances is not None and not np.array_equal(variances, contents):
        sigma = np.sqrt(variances).ravel().tolist()
        data["uncertainty"] = {"type": "gaussian_uncertainty", "sigma": sigma, "correlation": 0}
    return BinnedData.model_validate(data), report


def sample(
    histogram: Any, name: str, modifiers: Sequence[dict[str, Any]] = ()
) -> tuple[Sample, Report]:
    """The sample of a HistFactory channel with the template of a histogram.

    Its variances are the statistical errors of the template, which a staterror refers to.

    Args:
        histogram: with the bins of the channel.
        name: of the sample.
        modifiers: as JSON.

    Raises:
        ConversionError: as `binned_data`.
    """
    _, contents, variances, report = _read(histogram, name, None)
    data: dict[str, Any] = {"contents": contents.ravel().tolist()}
    if variances is not None:
        data["errors"] = np.sqrt(variances).ravel().tolist()
    made = {"name": name, "data": data, "modifiers": list(modifiers)}
    return Sample.model_validate(made), report


def axes_of(histogram: Any, observables: Sequence[str] | None = None) -> tuple[Axis, ...]:
    """The axes of a channel with the bins of a histogram; arguments as for `binned_data`."""
    found = _axes(histogram, "", observables)
    return tuple(Axis.model_validate(axis) for axis in found)


def to_hist(
    data: BinnedData | SampleData | Sample, axes: Sequence[Axis] | None = None
) -> Hist[Any]:
    """A `hist.Hist` with weights where there are uncertainties, else with plain counts.

    Args:
        data: binned data, or the sample of a channel.
        axes: those of the channel, for a sample.

    Raises:
        ConversionError: an axis has no bins, or their number is not that of the contents.
        MissingDependency: `hist` is not installed.
    """
    body = data.data if isinstance(data, Sample) else data
    given = body.axes if isinstance(body, BinnedData) else tuple(axes or ())
    bins = []
    for i, axis in enumerate(given):
        edges = axis.bin_edges()
        if edges is None:
            raise ConversionError(f"axis {axis.name!r} has no bins", path=pointer("axes", i))
        bins.append(Binning(axis.name, np.array(edges, dtype=np.float64), axis.edges is None))
    sigma = _sigma(body)
    contents = np.array(body.contents, dtype=np.float64)
    return made(bins, contents, None if sigma is None else sigma**2)


def _sigma(body: BinnedData | SampleData) -> FloatArray | None:
    if isinstance(body, SampleData):
        return None if body.errors is None else np.array(body.errors, dtype=np.float64)
    if body.uncertainty is None:
        return None
    return np.array(body.uncertainty.sigma, dtype=np.float64)


def _read(
    histogram: Any, name: str, observables: Sequence[str] | None
) -> tuple[list[dict[str, Any]], FloatArray, FloatArray | None, Report]:
    """Axes, contents and variances, and what is left out."""
    if str(getattr(getattr(histogram, "kind", "COUNT"), "value", "COUNT")) != "COUNT":
        message = f"the histogram for {name!r} holds means, not counts"
        raise ConversionError(message, code="histogram.form", value=name)
    axes = _axes(histogram, name, observables)
    contents = _numbers(histogram.values(), name)
    found = histogram.variances()
    variances = None if found is None else _numbers(found, name)
    if variances is not None and (variances < 0).any():
        message = f"a variance of the histogram for {name!r} is below zero"
        raise ConversionError(message, code="histogram.form", value=name)
    return axes, contents, variances, Report(tuple(_overflow(histogram, contents, name)))


def _numbers(values: Any, name: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        message = f"the histogram for {name!r} has contents that are not finite"
        raise ConversionError(message, code="histogram.form", value=name)
    return array


def _axes(histogram: Any, name: str, observables: Sequence[str] | None) -> list[dict[str, Any]]:
    axes = list(histogram.axes)
    own = [getattr(axis, "name", "") or f"x{i}" for i, axis in enumerate(axes)]
    names = list(own if observables is None else observables)
    if len(names) != len(axes) or len(set(names)) != len(names):
        message = f"{names} cannot name the {len(axes)} axes of the histogram for {name!r}"
        raise ConversionError(message, code="histogram.form", value=name)
    return [_axis(axis, own) for axis, own in zip(axes, names, strict=True)]


def _axis(axis: Any, name: str) -> dict[str, Any]:
    if getattr(getattr(axis, "traits", None), "discrete", False):
        message = f"the axis {name!r} counts categories; bins with edges are needed"
        raise ConversionError(message, code="histogram.form", value=name)
    bins = [axis[i] for i in range(len(axis))]
    edges = np.array([*(float(low) for low, _ in bins), float(bins[-1][1])])
    if not np.isfinite(edges).all():
        message = f"an edge of the axis {name!r} is not finite"
        raise ConversionError(message, code="histogram.form", value=name)
    low, high = float(edges[0]), float(edges[-1])
    # Libraries round the edges of equal bins differently.
    rounding = 8 * np.finfo(np.float64).eps * np.abs(edges).max()
    if np.abs(np.linspace(low, high, len(edges)) - edges).max() <= rounding:
        return {"name": name, "min": low, "max": high, "nbins": len(bins)}
    return {"name": name, "min": low, "max": high, "edges": edges.tolist()}


def _overflow(histogram: Any, contents: FloatArray, name: str) -> list[Finding]:
    """A finding for what lies outside of all bins, where the histogram tells."""
    try:
        everything = np.asarray(histogram.values(flow=True), dtype=np.float64)
    except TypeError:
        return []
    outside = float(everything.sum() - contents.sum())
    tolerance = 1e-9 * float(np.abs(everything).sum())
    if everything.size == contents.size or abs(outside) <= tolerance:
        return []
    message = f"{outside:g} entries of {name!r} lie in under- and overflow, and are left out"
    return [Finding("histogram.overflow", "", message, outside)]
