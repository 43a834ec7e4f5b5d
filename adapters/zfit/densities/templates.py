"""Templates whose bins or shapes move with parameters, as step functions.

zfit counts the events of such a template bin by bin: where its yield is what its bins add up to
("automatic"), HS3 has the distribution of bin counts with a density of events; else a density that
is normalised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..builder import Builder, Value
from ..refuse import refuse
from ..traced import number
from .binned import axes_of, contents
from .registry import convert, converts, normalised

_AUTOMATIC = {
    "BinwiseScaleModifier": re.compile(r"AUTO_binwise_modifier_\d+"),
    "SplineMorphingPDF": re.compile(r"AUTOGEN_\d+_interpolated_yield"),
}
"""Names that zfit gives to the yields that it makes of bins."""

EPSILON = 1e-10
"""Of zfit's polyharmonic spline: squared distances below count as this in the logarithm."""


def is_automatic(pdf: Any) -> bool:
    """Whether the yield of a template, or of a part of a sum, is what its bins add up to."""
    if not getattr(pdf, "is_extended", False):
        return False
    if type(pdf).__name__ == "BinnedSumPDF":
        return any(is_automatic(part) for part in pdf.pdfs)
    pattern = _AUTOMATIC.get(type(pdf).__name__)
    return pattern is not None and pattern.fullmatch(str(pdf.get_yield().name)) is not None


def bin_counts(pdf: Any, builder: Builder) -> str:
    """Name of the distribution of the bin counts of an automatic template."""
    return builder.add(
        pdf,
        type="bincounts_density_dist",
        x=list(pdf.obs),
        density=events(pdf, builder),
        axes=axes_of(pdf.space),
    )


@converts("BinwiseScaleModifier", "SplineMorphingPDF")
def _moving(pdf: Any, builder: Builder) -> str:
    """A density that is normalised, from the function of its shape."""
    return builder.add(pdf, type="density_function_dist", function=shape(pdf, builder))


# --- step functions -------------------------------------------------------------------------------


def events(pdf: Any, builder: Builder) -> str:
    """Name of the function of the observables that is the expected events per unit of volume.

    Raises:
        ConversionError: the template counts no events.
    """
    kind = type(pdf).__name__
    if not pdf.is_extended:
        refuse(f"{pdf.name!r} is to be scaled bin by bin, which needs a yield", kind)
    if is_automatic(pdf) or kind == "BinnedSumPDF":
        if kind == "BinnedSumPDF" and all(part.is_extended for part in pdf.pdfs):
            parts = [events(part, builder) for part in pdf.pdfs]
            return builder.function(f"{pdf.name}_events", type="sum", summands=parts)
        if kind == "BinwiseScaleModifier":
            return _scaled(pdf, builder)
        if kind == "SplineMorphingPDF":
            return _morphed(pdf, builder, events)
    factors = [builder.value(pdf.get_yield()), shape(pdf, builder)]
    return builder.function(f"{pdf.name}_events", type="product", factors=factors)


def shape(pdf: Any, builder: Builder) -> str:
    """Name of the function of the observables that is the density; a scaled one up to a factor.

    Of an unbinned pdf in bins it is the pdf: the integral over a bin is what counts.

    Raises:
        ConversionError: it is none of the templates that are known here.
    """
    kind = type(pdf).__name__
    if kind == "HistogramPDF":
        density = _values(pdf) / _volumes(pdf)
        data = {"axes": axes_of(pdf.space), "contents": contents(density)}
        return builder.function(f"{pdf.name}_template", type="histogram", data=data)
    if kind == "BinnedFromUnbinnedPDF":
        return normalised(convert(pdf.pdfs[0], builder), pdf.obs, builder)
    if kind == "BinwiseScaleModifier":
        return _scaled(pdf, builder)
    if kind == "SplineMorphingPDF":
        for part in pdf.hists.values():
            if type(part).__name__ == "BinwiseScaleModifier":
                refuse(f"{pdf.name!r} morphs templates with scaled bins", kind)
        return _morphed(pdf, builder, shape)
    refuse(f"{pdf.name!r} is a {kind}, which is no template of steps", kind)


def _values(pdf: Any) -> NDArray[np.float64]:
    """The contents of a histogram over their sum.

    Raises:
        ConversionError: one is negative.
    """
    values = np.asarray(pdf.rel_counts(None), float)
    if values.min() < 0.0:
        refuse(f"the histogram {pdf.name!r} has a negative content", float(values.min()))
    return values


def _volumes(pdf: Any) -> NDArray[np.float64]:
    volumes: NDArray[np.float64] = np.ones(())
    for axis in axes_of(pdf.space):
        volumes = np.multiply.outer(volumes, np.diff(axis["edges"]))
    return volumes


def _steps(pdf: Any, builder: Builder, values: list[Value], name: str) -> str:
    """A step function of values, which are given with the last axis running fastest."""
    axes = axes_of(pdf.space)
    ordered = np.array(values, dtype=object).reshape([len(a["edges"]) - 1 for a in axes])
    return builder.function(
        name,
        type="step",
        variables=[axis["name"] for axis in axes],
        axes=axes,
        parameters=ordered.ravel(order="F").tolist(),  # here the first axis runs fastest
    )


def _scaled(pdf: Any, builder: Builder) -> str:
    """The template times one parameter per bin."""
    (inner,) = pdf.pdfs
    template = events(inner, builder)
    values = [builder.value(pdf.params[f"sysshape_{i}"]) for i in range(_volumes(pdf).size)]
    factors = _steps(pdf, builder, values, f"{pdf.name}_factors")
    return builder.function(f"{pdf.name}_scaled", type="product", factors=[template, factors])


def _morphed(pdf: Any, builder: Builder, part: Callable[[Any, Builder], str]) -> str:
    """The templates, weighted by functions of the morphing parameter."""
    alphas = np.array(list(pdf.hists), float)
    alpha = builder.text(pdf.params["alpha"])
    weights = [
        builder.function(f"{pdf.name}_weight_{i}", type="generic_function", expression=text)
        for i, text in enumerate(_weights(alphas, alpha))
    ]
    samples = [part(template, builder) for template in pdf.hists.values()]
    return builder.function(
        f"{pdf.name}_morphed", type="weighted_sum", samples=samples, coefficients=weights
    )


def _weights(points: NDArray[np.float64], alpha: str) -> list[str]:
    r"""The weight of each value of zfit's polyharmonic spline of order 2.

    .. math::
        f(\alpha) = \sum_j w_j\,\phi((\alpha - a_j)^2) + v_1 \alpha + v_0,\quad
        \phi(r) = \tfrac12 r \ln\max(r, \epsilon)

    is linear in the values at the points: w and v solve a linear system with them on the right.
    """
    n = len(points)
    squares = np.subtract.outer(points, points) ** 2
    system = np.zeros((n + 2, n + 2))
    system[:n, :n] = 0.5 * squares * np.log(np.maximum(squares, EPSILON))
    system[:n, n:] = np.stack([points, np.ones(n)], axis=1)
    system[n:, :n] = system[:n, n:].T
    solved = np.linalg.solve(system, np.eye(n + 2)[:, :n])
    squared = [f"({alpha} - {number(float(a))}) ^ 2" for a in points]
    radial = [f"0.5 * {r} * log(max({r}, {EPSILON!r}))" for r in squared]
    return [
        " + ".join(
            [f"{number(float(w))} * {phi}" for w, phi in zip(column[:n], radial, strict=True)]
            + [f"{number(float(column[n]))} * {alpha}", number(float(column[n + 1]))]
        )
        for column in solved.T
    ]
