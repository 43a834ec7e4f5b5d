"""Parameters per bin: the names that ROOT gives them, and the uncertainties they get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hs3.findings import Finding

from . import document as d
from .folder import FloatArray, Folder, Histogram
from .pool import Json, Parameters
from .reader import refuse


def bin_names(prefix: str, shape: Sequence[int]) -> list[str]:
    """``<prefix>_bin_<i>[_<j>…]``, with the first axis running fastest, as ROOT lists them."""
    indices = np.ndindex(*reversed(shape))
    return [f"{prefix}_bin_" + "_".join(str(i) for i in reversed(index)) for index in indices]


def first_fastest(array: FloatArray, shape: Sequence[int]) -> list[float]:
    """Row-major numbers in the order of `bin_names`."""
    numbers: list[float] = array.reshape(shape).T.ravel().tolist()
    return numbers


def total_relative(samples: Sequence[tuple[FloatArray, FloatArray]]) -> FloatArray:
    r"""Relative statistical uncertainty per bin of samples given as (contents, errors).

    .. math:: \sigma_b = \sqrt{\sum_s e_{sb}^2} / \sum_s n_{sb}

    and zero where the sum in the denominator is not above zero (MakeScaledUncertaintyHist).
    """
    total = np.sum([contents for contents, _ in samples], axis=0)
    sigma = np.sqrt(np.sum([errors**2 for _, errors in samples], axis=0))
    relative: FloatArray = np.divide(sigma, total, out=np.zeros_like(total), where=total > 0.0)
    return relative


def add_constrained(
    names: Sequence[str],
    sigmas: Sequence[float],
    parameters: Parameters,
    place: str,
    threshold: float = 0.0,
) -> None:
    """Make factors around 1; constant without uncertainty or below the threshold."""
    for name, sigma in zip(names, sigmas, strict=True):
        high = 1.0 + 5.0 * sigma if sigma > 0.0 else 10.0
        const = sigma <= 0.0 or sigma < threshold
        found = parameters.add(name, place, 1.0, 0.0, high, const)
        found.const |= const


class ShapeSystematics:
    """The uncertainties of all ShapeSys by their parameters.

    ROOT shares the parameters of elements with one name, in a channel and between channels, and
    keeps the first constraint that it makes for each.
    """

    def __init__(self, channels: Sequence[d.Channel], folder: Folder) -> None:
        self._kinds: dict[str, d.Kind] = {}
        self._sigmas: dict[str, float] = {}
        self.findings: list[Finding] = []
        for channel in channels:
            for sample in channel.samples:
                nominal = read(folder, sample.source)
                for m in sample.modifiers:
                    if isinstance(m, d.ShapeSys):
                        self._add(m, read(folder, m.errors, nominal), shape_of(nominal))

    def _add(self, m: d.ShapeSys, errors: Histogram, shape: tuple[int, ...]) -> None:
        names = bin_names(f"gamma_{m.name}", shape)
        sigmas = first_fastest(errors.contents, shape)
        kind = self._kinds.setdefault(m.name, m.kind)
        differs = kind != m.kind
        for name, sigma in zip(names, sigmas, strict=True):
            known = self._sigmas.get(name)
            differs |= known is not None and known != sigma
            if known is None or (known <= 0.0 and sigma > 0.0):
                self._sigmas[name] = sigma
        if differs:
            message = (
                f"the ShapeSys {m.name!r} has other uncertainties elsewhere, where it stands "
                "first; its parameters are the same, and the first ones count, as in ROOT"
            )
            self.findings.append(Finding("xml.conflict", m.place, message, m.name))

    def modifier(self, m: d.ShapeSys, shape: Sequence[int], parameters: Parameters) -> Json:
        """The HS3 modifier."""
        names = bin_names(f"gamma_{m.name}", shape)
        sigmas = [max(0.0, self._sigmas[n]) for n in names]
        add_constrained(names, sigmas, parameters, m.place)
        return {
            "name": m.name,
            "type": "shapesys",
            "parameters": names,
            "constraint": self._kinds[m.name],
            "data": {"vals": sigmas},
        }


def read(folder: Folder, source: d.Source, like: Histogram | None = None) -> Histogram:
    """The histogram of a source, which has to have the bins of `like`."""
    found = folder.histogram(source.file, source.folder, source.name, source.place)
    if like is not None and shape_of(found) != shape_of(like):
        message = f"{found.place} has {_bins(found)} bins, and {like.place} {_bins(like)}"
        refuse("xml.binning", message, source.place, source.name)
    return found


def shape_of(histogram: Histogram) -> tuple[int, ...]:
    """Number of bins per axis."""
    return tuple(len(e) - 1 for e in histogram.edges)


def _bins(histogram: Histogram) -> str:
    return " x ".join(str(n) for n in shape_of(histogram))


def axes(histogram: Histogram, channel: str) -> Iterator[Json]:
    """The observables ``obs_x_<channel>`` …, as ROOT calls them."""
    for letter, edges, uniform in zip("xyz", histogram.edges, histogram.uniform, strict=False):
        name = f"obs_{letter}_{channel}"
        if uniform:
            limits = {"min": float(edges[0]), "max": float(edges[-1])}
            yield {"name": name, **limits, "nbins": len(edges) - 1}
        else:
            yield {"name": name, "edges": edges.tolist()}
