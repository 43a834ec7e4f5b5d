"""Sums, products, truncations and convolutions of pdfs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import zfit

from ..builder import Builder, Value, limits_of
from ..refuse import refuse
from ..traced import number
from .formulas import window
from .registry import check_norm, convert, converts, normalised, observable


def fractions(pdf: Any, builder: Builder) -> tuple[list[Value], bool]:
    """Coefficients of a sum, and whether they are the yields of its parts.

    zfit makes fractions of the yields where none are given, and the last fraction of the others
    where one is missing; HS3 does the same.
    """
    given = [pdf.params[f"frac_{i}"] for i in range(len(pdf.pdfs))]
    if all(part.is_extended for part in pdf.pdfs) and _are_of_yields(pdf.pdfs, given):
        return [builder.value(part.get_yield()) for part in pdf.pdfs], True
    *first, last = given
    if isinstance(last, zfit.ComposedParameter) and _is_rest(first, last):
        return [builder.value(f) for f in first], False
    total = sum(float(f.value()) for f in given)
    if not np.isclose(total, 1.0, rtol=1e-12) or any(_floats(f) for f in given):
        refuse(
            f"the fractions of {pdf.name!r} are as many as its parts, and zfit does not divide "
            "by their sum; leave the last one out",
            total,
        )
    return [builder.value(f) for f in given], False


def _floats(parameter: Any) -> bool:
    return bool(parameter.get_params(floating=True))


def _leaves(parameters: Sequence[Any]) -> set[str]:
    return {
        p.name
        for parameter in parameters
        for p in parameter.get_params(floating=None, extract_independent=True)
    }


def _are_of_yields(parts: Sequence[Any], given: Sequence[Any]) -> bool:
    """Whether the fractions are those that zfit makes of the yields of the parts."""
    yields = [part.get_yield() for part in parts]
    if not all(isinstance(f, zfit.ComposedParameter) and "sum_yields" in f.params for f in given):
        return False
    return all(f.params.get("yield_") is y for f, y in zip(given, yields, strict=True))


def _is_rest(first: Sequence[Any], last: Any) -> bool:
    """Whether the last fraction is the one that zfit makes of all others: what is left of one."""
    rest = 1.0 - sum(float(f.value()) for f in first)
    others = {id(p) for p in last.params.values()}
    return others == {id(f) for f in first} and bool(
        np.isclose(float(last.value()), rest, rtol=0.0, atol=1e-14)
    )


@converts("SumPDF", "BinnedSumPDF")
def _sum(pdf: Any, builder: Builder) -> str:
    """Each part is normalised by itself over the range of the whole."""
    for part in pdf.pdfs:
        check_norm(part, builder)
    coefficients, are_yields = fractions(pdf, builder)
    summands = [convert(part, builder) for part in pdf.pdfs]
    more = {"extended": False} if len(coefficients) == len(summands) and not are_yields else {}
    return builder.add(
        pdf, type="mixture_dist", summands=summands, coefficients=coefficients, **more
    )


@converts("ProductPDF")
def _product(pdf: Any, builder: Builder) -> str:
    """Factors on different observables, or on the same one, normalised as a whole."""
    return builder.add(
        pdf, type="product_dist", factors=[convert(part, builder) for part in pdf.pdfs]
    )


@converts("TruncatedPDF")
def _truncated(pdf: Any, builder: Builder) -> str:
    """The pdf itself where it is cut nowhere; else the product with a window."""
    inner = convert(pdf.pdfs[0], builder)
    name = observable(pdf)
    pieces = [limits_of(space, f"a limit of {pdf.name!r}")[name] for space in pdf.limits]
    start, end = builder.ranges[name]
    if any(low <= start and high >= end for low, high in pieces):
        return inner
    x = builder.word(name)
    inside = window(x, [(number(low), number(high)) for low, high in pieces])
    eff = builder.function(f"{pdf.name}_window", type="generic_function", expression=inside)
    return builder.add(pdf, type="efficiency_product_pdf_dist", pdf=inner, eff=eff)


@converts("FFTConvPDFV1")
def _convolution(pdf: Any, builder: Builder) -> str:
    """The exact convolution of what zfit samples on a grid, with both factors in full."""
    function, kernel = (convert(part, builder) for part in pdf.pdfs)
    builder.note(
        "zfit.convolution",
        f"{pdf.name!r} is written as the exact convolution; zfit interpolates between points of "
        "a grid, over the limits of the kernel",
        pdf.name,
        f"/distributions/{pdf.name}",
    )
    return builder.add(
        pdf, type="fft_conv_pdf", conv_var=observable(pdf), pdf1=function, pdf2=kernel
    )


@converts("ConditionalPDFV1")
def _conditional(pdf: Any, builder: Builder) -> str:
    """The density of some observables given others: divided by its integral over its own.

    Parameters that are given by data become observables.
    """
    (inner,) = pdf.pdfs
    given = {id(parameter): str(space.obs[0]) for parameter, space in pdf.cond.items()}
    with builder.binding(given):
        name = convert(inner, builder)
    ratio = normalised(name, inner.obs, builder)
    return builder.add(pdf, type="density_function_dist", function=ratio, selfNormalized=True)


@converts("CachedPDF")
def _cached(pdf: Any, builder: Builder) -> str:
    """The pdf itself: what zfit remembers of it changes no number."""
    return convert(pdf.pdfs[0], builder)
