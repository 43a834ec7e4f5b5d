"""Shapes given at points: histograms with interpolation, and kernel estimates."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..file import Histogram, RootObject
from .builder import Builder, Entry, Value, is_density
from .registry import converts

Floats = np.ndarray[Any, np.dtype[np.float64]]

MOST_PIECES = 200
"""Bins of a histogram with interpolation of order two and more."""


def interpolated(
    node: RootObject, histogram: Histogram, axes: list[Entry], order: int, builder: Builder
) -> None:
    """A RooHistPdf or RooHistFunc with interpolation, of one variable.

    Between two centres of bins it is the polynomial through `order` + 1 centres around; beyond the
    ends the histogram goes on mirrored.
    """
    if len(axes) != 1 or node.members.get("_cdfBoundaries"):
        return builder.keep(node, f"it interpolates with order {order} in {len(axes)} variables")
    x, edges = axes[0]["name"], histogram.edges[histogram.order[0]]
    heights = np.asarray(histogram.contents, dtype=np.float64).ravel()
    if is_density(node):
        heights = heights / np.diff(edges)
    if order == 1:
        knots, values = _mirrored(edges, heights, 1)
        return _linear(node, x, knots, values, builder)
    if len(heights) > MOST_PIECES:
        return builder.keep(node, f"it interpolates {len(heights)} bins with order {order}")
    _polynomials(node, x, edges, heights, order, builder)


def _mirrored(edges: Floats, heights: Floats, count: int) -> tuple[Floats, Floats]:
    """Centres and heights, with `count` mirrored ones beyond either end."""
    centres = 0.5 * (edges[:-1] + edges[1:])
    below = (2 * edges[0] - centres[:count])[::-1]
    above = (2 * edges[-1] - centres[-count:])[::-1]
    return (
        np.concatenate([below, centres, above]),
        np.concatenate([heights[:count][::-1], heights, heights[-count:][::-1]]),
    )


def _linear(node: RootObject, x: Value, knots: Floats, values: Floats, builder: Builder) -> None:
    """Straight lines between points."""
    density = is_density(node)
    name = builder.fresh(f"{node.name}_values") if density else node.name
    builder.function(
        name, "spline", x=x, x0=knots.tolist(), y0=values.tolist(), interpolation="poly1"
    )
    if density:
        builder.distribution(node.name, "density_function_dist", function=name)


def _polynomials(
    node: RootObject, x: Value, edges: Floats, heights: Floats, order: int, builder: Builder
) -> None:
    """RooFit normalises the density by the sum of its bins, which is not its integral."""
    knots, values = _mirrored(edges, heights, min(order, len(heights)))
    bins, symbol = len(heights), builder.symbol(x)
    first = min(order, bins)
    pieces = []
    for k in range(-1, bins):
        start = max(first + k - order // 2, 0)
        points = slice(start, start + order + 1)
        powers = np.polynomial.polynomial.polyfit(knots[points] - edges[0], values[points], order)
        pieces.append(_horner(powers, f"({symbol} - {builder.symbol(float(edges[0]))})"))
    text = _choice(pieces, knots[first : first + bins], symbol)
    if not is_density(node):
        builder.function(node.name, "generic_function", expression=text)
        return
    name = builder.fresh(f"{node.name}_values")
    total = float(np.sum(heights * np.diff(edges)))
    builder.function(name, "generic_function", expression=f"({text})/{total!r}")
    builder.distribution(node.name, "density_function_dist", function=name, selfNormalized=True)
    builder.add(
        "root.histogram_normalisation",
        node,
        f"{node.name!r}, interpolated with order {order}, is normalised by the sum of its bins as "
        "in RooFit, which is not its integral",
        order,
    )


def _horner(powers: Floats, x: str) -> str:
    text = repr(float(powers[-1]))
    for power in powers[-2::-1]:
        text = f"({float(power)!r} + {x}*({text}))"
    return text


def _choice(pieces: list[str], limits: Floats, x: str) -> str:
    """The piece between two limits, found by halving."""
    if len(pieces) == 1:
        return pieces[0]
    middle = len(pieces) // 2
    low, high = (
        _choice(pieces[:middle], limits[: middle - 1], x),
        _choice(pieces[middle:], limits[middle:], x),
    )
    return f"({x} < {float(limits[middle - 1])!r} ? {low} : {high})"


@converts("RooKeysPdf")
def _keys(node: RootObject, builder: Builder) -> None:
    """Straight lines between the points of the table that RooKeysPdf looks its values up in."""
    table = np.asarray(node.member("_lookupTable"), dtype=np.float64)
    low, width = float(node.member("_lo")), float(node.member("_binWidth"))
    count = round((float(node.member("_hi")) - low) / width) + 1
    if not 2 <= count <= len(table):
        return builder.keep(node, "its table does not fit its range")
    knots = np.asarray(low + width * np.arange(count), dtype=np.float64)
    values = np.maximum(table[:count], 0.0)
    _linear(node, builder.value(node.proxy("_x")), knots, values, builder)
