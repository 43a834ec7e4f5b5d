"""Distributions made of other distributions or of functions (chapter 2.1.2 and ROOT's own)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod
from typing import Any

import mpmath as mp

from .oracle import CUTS, DENSITIES, Entry, Oracle, shape


def completed(coefficients: list[Any], count: int, o: Oracle) -> list[Any]:
    """One coefficient per summand; a missing last one is one minus the others."""
    given = [o(c) for c in coefficients]
    return given if len(given) == count else [*given, 1 - mp.fsum(given)]


def mixture(d: Entry, o: Oracle, over: tuple[str, ...]) -> Any:
    """Each summand is normalised by itself."""
    if d.get("coefficients"):
        weights = completed(d["coefficients"], len(d["summands"]), o)
    else:
        weights = [expected_events(name, o) for name in d["summands"]]
    parts = [o.density(name, over) for name in d["summands"]]
    reference = d.get("ref_coef_norm")
    names = reference.split(",") if isinstance(reference, str) else reference
    return mp.fdot(weights, parts) / mp.fsum(map(o, names) if names else weights)


def extended(name: str, o: Oracle) -> Any:
    """The expected number of events, or None for a distribution that is not extended."""
    d = o.parts[name]
    match d["type"]:
        case "rate_density_dist" | "rate_extended_dist" | "extend_pdf":
            return expected_events(name, o)
        case "weighted_sum_dist" if d.get("extended"):
            return expected_events(name, o)
        case "mixture_dist" | "mixture_model":
            enough = len(d.get("coefficients", d["summands"])) == len(d["summands"])
            return expected_events(name, o) if enough and d.get("extended", True) else None
        case "product_dist":
            found = [v for v in (extended(n, o) for n in d["factors"]) if v is not None]
            return found[0] if found else None
    return None


def expected_events(name: str, o: Oracle) -> Any:
    """The expected number of events of an extended distribution."""
    d = o.parts[name]
    match d["type"]:
        case "rate_extended_dist" | "extend_pdf":
            return o(d["rate"] if "rate" in d else d["norm"])
        case "rate_density_dist" | "weighted_sum_dist":
            return o.norm(name, {x: o.ranges[x] for x in o.observables(name)})
        case "mixture_dist" | "mixture_model" if d.get("coefficients"):
            return mp.fsum(o(c) for c in d["coefficients"])
        case "mixture_dist" | "mixture_model":
            return mp.fsum(expected_events(n, o) for n in d["summands"])
    raise KeyError(d["type"])


DENSITIES["mixture_dist"] = DENSITIES["mixture_model"] = mixture
DENSITIES["rate_extended_dist"] = DENSITIES["extend_pdf"] = lambda d, o, over: o.density(
    d.get("dist", d.get("pdf")), over
)


def product(d: Entry, o: Oracle, over: tuple[str, ...]) -> Any:
    """Factors that share no observable are independent; the others are normalised as a whole."""
    total = mp.mpf(1)
    for names in _groups(_opened(d, o), o):
        own = [x for x in over if any(x in o.observables(n) for n in names)]
        if len(names) == 1:
            total *= o.density(names[0], own)
        else:
            at = prod((o.shape(n) for n in names), start=mp.mpf(1))
            whole = _joined(names, o)
            total *= at / whole.norm("*".join(names), {x: o.ranges[x] for x in own})
    return total


def _opened(d: Entry, o: Oracle) -> list[str]:
    """The factors, and those of products inside."""
    parts = [(name, o.parts[name]) for name in d["factors"]]
    return [
        inner
        for name, part in parts
        for inner in (_opened(part, o) if part["type"] == "product_dist" else [name])
    ]


def _joined(names: list[str], o: Oracle) -> Oracle:
    """The oracle with the product of some distributions under their names."""
    part = {"name": "*".join(names), "type": "joined", "factors": names}
    return o._with(
        parts={**o.parts, part["name"]: part}, distributions={*o.distributions, part["name"]}
    )


@shape("joined")
def _joined_shape(d: Entry, o: Oracle) -> Any:
    return prod((o.shape(n) for n in d["factors"]), start=mp.mpf(1))


def _groups(names: list[str], o: Oracle) -> list[list[str]]:
    groups: list[list[str]] = []
    for name in names:
        mine = set(o.observables(name))
        touching = [g for g in groups if any(mine & set(o.observables(n)) for n in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([*(n for g in touching for n in g), name])
    return groups


DENSITIES["product_dist"] = product


@shape("efficiency_product_pdf_dist")
def efficiency(d: Entry, o: Oracle) -> Any:
    return o.shape(d["pdf"]) * o(d["eff"])


@shape("generic_dist")
def generic(d: Entry, o: Oracle) -> Any:
    return o.expression(d["expression"])


@shape("density_function_dist")
def density_function(d: Entry, o: Oracle) -> Any:
    return o(d["function"])


@shape("log_density_function_dist")
def log_density_function(d: Entry, o: Oracle) -> Any:
    return mp.exp(o(d["function"]))


@shape("rate_density_dist")
def rate_density(d: Entry, o: Oracle) -> Any:
    return o(d["density"])


@shape("weighted_sum_dist")
def weighted_sum(d: Entry, o: Oracle) -> Any:
    weights = completed(d["coefficients"], len(d["samples"]), o)
    return mp.fdot(weights, [o(name) for name in d["samples"]])


def projected(d: Entry, o: Oracle, over: tuple[str, ...]) -> Any:
    """The density of the rest, the joint one integrated over some of its variables."""
    away = tuple(d["observables"])
    box = {x: o.domains[x] for x in away}
    name = d["input_pdf"]
    both = (*over, *away)
    return o.within(box).integral(lambda at: at.density(name, both), box, name)


DENSITIES["projected_dist"] = projected


def bin_edges(d: Entry, o: Oracle) -> list[Any]:
    """The edges of the bins of a variable."""
    return edges(o.bins[d["observable"]])


@shape("binsampling_dist", "binsampling")
def bin_average(d: Entry, o: Oracle) -> Any:
    """The mean of a shape over the bin of the observable."""
    edges, x = bin_edges(d, o), o(d["observable"])
    at = next(i for i in reversed(range(len(edges) - 1)) if x >= edges[i])
    return o.norm(d["pdf"], {d["observable"]: (edges[at], edges[at + 1])}) / (
        edges[at + 1] - edges[at]
    )


CUTS["binsampling_dist"] = CUTS["binsampling"] = lambda d, o: {d["observable"]: bin_edges(d, o)}


@shape("fft_conv_pdf", "fft_convolution_dist")
def convolution(d: Entry, o: Oracle) -> Any:
    """Of two normal distributions: the normal one of the sums of means and of variances."""
    first, second = (o.parts[d[key]] for key in ("pdf1", "pdf2"))
    mean = o(first["mean"]) + o(second["mean"])
    variance = o(first["sigma"]) ** 2 + o(second["sigma"]) ** 2
    return mp.exp(-((o(d["conv_var"]) - mean) ** 2) / (2 * variance))


def _convolution_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    first, second = (o.parts[d[key]] for key in ("pdf1", "pdf2"))
    mean = o(first["mean"]) + o(second["mean"])
    width = mp.hypot(o(first["sigma"]), o(second["sigma"]))
    return {d["conv_var"]: [mean + s * width for s in range(-8, 9, 2)]}


CUTS |= dict.fromkeys(("fft_conv_pdf", "fft_convolution_dist"), _convolution_cuts)


@shape("histogram_dist")
def histogram(d: Entry, o: Oracle) -> Any:
    """Contents are counts: divided by the volume of the bin."""
    found = bin_of(d["data"]["axes"], o)
    if found is None:
        return mp.mpf(0)
    if d.get("interpolationOrder"):
        along = edges(d["data"]["axes"][0])
        heights = [
            c / (b - a) for c, (a, b) in zip(d["data"]["contents"], pairwise(along), strict=True)
        ]
        return between(d, heights, o)
    index, volume = found
    return mp.mpf(d["data"]["contents"][index]) / volume


def between(d: Entry, heights: list[Any], o: Oracle) -> Any:
    """The polynomial through the centres around x, mirrored at the ends, by Neville's scheme."""
    (axis,), order, n = d["data"]["axes"], d["interpolationOrder"], len(heights)
    along, x = edges(axis), o(axis["name"])
    centres = [(a + b) / 2 for a, b in pairwise(along)]
    own = bin_of([axis], o)
    assert own is not None
    first = own[0] - order // 2 - (x < centres[own[0]])
    points = []
    for i in range(first, first + order + 1):
        if i < 0:
            points.append((2 * along[0] - centres[-i - 1], heights[-i - 1]))
        elif i >= n:
            points.append((2 * along[-1] - centres[2 * n - i - 1], heights[2 * n - i - 1]))
        else:
            points.append((centres[i], heights[i]))
    xs, ys = [p[0] for p in points], [mp.mpf(p[1]) for p in points]
    for m in range(1, order + 1):
        for i in range(order + 1 - m):
            ys[i] = ((x - xs[i + m]) * ys[i] + (xs[i] - x) * ys[i + 1]) / (xs[i] - xs[i + m])
    return ys[0]


def edges(axis: Mapping[str, Any]) -> list[Any]:
    """The edges of the bins of an axis."""
    if axis.get("edges"):
        return [mp.mpf(e) for e in axis["edges"]]
    low, high, n = mp.mpf(axis["min"]), mp.mpf(axis["max"]), axis["nbins"]
    return [low + (high - low) * i / n for i in range(n + 1)]


def bin_of(axes: list[Mapping[str, Any]], o: Oracle) -> tuple[int, Any] | None:
    """Number of the bin (the last axis runs fastest) and its volume; None outside."""
    index, volume = 0, mp.mpf(1)
    for axis in axes:
        along, x = edges(axis), o(axis["name"])
        if not along[0] <= x <= along[-1]:
            return None
        i = min(sum(x >= e for e in along) - 1, len(along) - 2)
        index, volume = index * (len(along) - 1) + i, volume * (along[i + 1] - along[i])
    return index, volume


def _axes_cuts(d: Entry, o: Oracle) -> Mapping[str, list[Any]]:
    axes = d.get("axes") or d.get("data", {}).get("axes") or []
    cuts = {axis["name"]: edges(axis) for axis in axes}
    if d.get("interpolationOrder"):
        cuts = {k: [*e, *((a + b) / 2 for a, b in pairwise(e))] for k, e in cuts.items()}
    return cuts


CUTS |= dict.fromkeys(("histogram_dist", "histogram", "step", "generic_dist"), _axes_cuts)
