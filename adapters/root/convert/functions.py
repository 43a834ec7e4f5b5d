"""Functions of parameters and observables."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..file import RootObject
from .builder import Builder, is_density
from .registry import converts


@converts("RooProduct")
def _product(node: RootObject, builder: Builder) -> None:
    categories = node.proxies("_compCSet") if "_compCSet" in node.members else []
    if categories:
        return builder.keep(node, f"a factor is the category {categories[0].name!r}")
    builder.function(node.name, "product", factors=builder.values(node.proxies("_compRSet")))


@converts("RooAddition")
def _sum(node: RootObject, builder: Builder) -> None:
    builder.function(node.name, "sum", summands=builder.values(node.proxies("_set")))


@converts("RooRatio")
def _ratio(node: RootObject, builder: Builder) -> None:
    top, bottom = (builder.value(node.proxy(key)) for key in ("_numerator", "_denominator"))
    builder.expression(node, "{a}/{b}", a=top, b=bottom)


@converts("RooLinearVar")
def _linear(node: RootObject, builder: Builder) -> None:
    x, slope, offset = (builder.value(node.proxy(key)) for key in ("_var", "_slope", "_offset"))
    builder.expression(node, "{a}*{x} + {b}", a=slope, x=x, b=offset)


@converts("RooRecursiveFraction")
def _recursive_fraction(node: RootObject, builder: Builder) -> None:
    """RooFit keeps the list as it is used: its own fraction first."""
    builder.function(
        node.name, "roorecursivefraction_dist", list=builder.values(node.proxies("_list"))
    )


@converts("RooRealSumFunc")
def _weighted_sum(node: RootObject, builder: Builder) -> None:
    builder.function(
        node.name,
        "weighted_sum",
        samples=builder.names(node.proxies("_funcList")),
        coefficients=builder.values(node.proxies("_coefList")),
    )


@converts("RooStats::HistFactory::FlexibleInterpVar")
def _flexible(node: RootObject, builder: Builder) -> None:
    builder.function(
        node.name,
        "interpolation0d",
        vars=builder.values(node.proxies("_paramList")),
        nom=float(node.member("_nominal")),
        low=numbers(node.member("_low")),
        high=numbers(node.member("_high")),
        interpolationCodes=[int(c) for c in node.members.get("_interpCode", ())] or None,
    )


@converts("PiecewiseInterpolation")
def _piecewise(node: RootObject, builder: Builder) -> None:
    builder.function(
        node.name,
        "interpolation",
        vars=builder.values(node.proxies("_paramSet")),
        nom=builder.value(node.proxy("_nominal")),
        low=builder.values(node.proxies("_lowSet")),
        high=builder.values(node.proxies("_highSet")),
        interpolationCodes=[int(c) for c in node.member("_interpCode")],
        positiveDefinite=bool(node.member("_positiveDefinite")),
    )


def numbers(values: Any) -> list[float]:
    """A vector of numbers as plain floats."""
    return [float(v) for v in values]


# --- calculus ------------------------------------------------------------------------------------


def label(value: Any) -> str | None:
    """The text of a TNamed pointer that RooFit uses for names of ranges; None for no name."""
    text = value.name if isinstance(value, RootObject) else value
    return text or None


@converts("RooRealIntegral")
def _integral(node: RootObject, builder: Builder) -> None:
    lists = ("_intList", "_anaList", "_facList")
    variables = [v for key in lists for v in node.proxies(key)]
    over = node.member("_funcNormSet")
    function = node.proxy("_function")
    if node.proxies("_sumList") or function is None:
        return builder.keep(node, "it sums over categories")
    normalised = is_density(function) and over is not None
    builder.function(
        node.name,
        "integral",
        integrand=builder.name(function),
        variables=builder.names(variables),
        domain=label(node.members.get("_rangeName")),
        normalization=builder.names(node.proxies("_funcNormSet")) if normalised else None,
    )


@converts("RooDerivative")
def _derivative(node: RootObject, builder: Builder) -> None:
    function, x = node.proxy("_func"), node.proxy("_x")
    assert function is not None
    over = builder.names(node.proxies("_nset"))
    builder.function(
        node.name,
        "derivative",
        function=builder.name(function),
        x=builder.value(x),
        order=int(node.member("_order")),
        eps=float(node.member("_eps")),
        normalization=over or None,
    )


@converts("RooSpline")
def _spline(node: RootObject, builder: Builder) -> None:
    """The knots of the TSpline3 or TSpline5 that RooSpline holds."""
    spline = node.member("_spline")
    knots = spline.members.get("fPoly")
    if not isinstance(knots, list) or not all(isinstance(k, RootObject) for k in knots):
        return builder.keep(node, "the knots of its spline are not readable")
    builder.function(
        node.name,
        "spline",
        x=builder.value(node.proxy("_x")),
        x0=[float(k.member("fX")) for k in knots],
        y0=[float(k.member("fY")) for k in knots],
        interpolation="poly5" if spline.class_name == "TSpline5" else "poly3",
        logx=bool(node.members.get("_logx")) or None,
        logy=bool(node.members.get("_logy")) or None,
    )


def is_uniform(edges: np.ndarray[Any, Any]) -> bool:
    """Whether edges are, to the last bit, those of equal bins."""
    return bool(np.array_equal(edges, np.linspace(edges[0], edges[-1], len(edges))))
