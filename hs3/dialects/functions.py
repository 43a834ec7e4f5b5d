"""How functions are read where ROOT leaves out or means what their keys do not say."""

from __future__ import annotations

from .base import rule


@rule(
    "dialect.interpolation_codes_missing",
    writers="whoever leaves out `interpolationCodes` of an interpolation",
    cure="Write `interpolationCodes`, one for each of `vars`.",
)
def codes_missing(name: str) -> str:
    """Without `interpolationCodes` every parameter of an interpolation has code 0, which is
    straight lines.
    """
    return name


@rule(
    "dialect.spline_logx",
    writers="ROOT, for a RooSpline in the logarithm of x",
    cure="Where the spline in ln x is meant, write a spline of a function that is ln x.",
)
def spline_logx(name: str) -> str:
    """A spline with `logx` is taken at the exponential of its argument, with the logarithms of its
    knots, as ROOT 6.40 evaluates it; the key says a spline in ln x.
    """
    return name
