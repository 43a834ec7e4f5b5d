"""Polynomials, which zfit takes in the variable scaled to [-1, 1] (Bernstein: [0, 1])."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, hermite, laguerre, legendre, polynomial

from ..builder import Builder, limits_of
from ..refuse import refuse
from ..traced import number
from .registry import converts, observable


def _second_kind(coefficients: Any) -> Any:
    """Power series of a sum of Chebyshev polynomials of the second kind."""
    series: list[Any] = [np.array([1.0]), np.array([0.0, 2.0])]
    for _ in range(2, len(coefficients)):
        series.append(polynomial.polysub(polynomial.polymulx(2.0 * series[-1]), series[-2]))
    total = np.zeros(1)
    for c, one in zip(coefficients, series, strict=False):
        total = polynomial.polyadd(total, c * one)
    return total


POWERS: dict[str, Callable[[Any], Any]] = {
    "Chebyshev": chebyshev.cheb2poly,
    "Chebyshev2": _second_kind,
    "Legendre": legendre.leg2poly,
    "Hermite": hermite.herm2poly,
    "Laguerre": laguerre.lag2poly,
}
"""From the coefficients of the orthogonal polynomials to those of the powers."""


def _coefficients(pdf: Any) -> list[Any]:
    return [pdf.params[f"c_{i}"] for i in range(len(pdf.params))]


def _polynomial(powers: Callable[[Any], Any], pdf: Any, builder: Builder) -> str:
    """The sum as an expression of the scaled variable, each polynomial in Horner's form."""
    x = builder.word(observable(pdf))
    if pdf.apply_scaling:
        ((low, high),) = limits_of(pdf.space, f"the space of {pdf.name!r}").values()
        x = f"((2 * {x} - {number(low + high)}) / {number(high - low)})"
    terms = []
    for i, c in enumerate(_coefficients(pdf)):
        series = [float(v) for v in powers(np.eye(i + 1)[i])]
        terms.append(f"{builder.text(c)} * {_horner(series, x)}")
    return builder.generic(pdf, " + ".join(terms))


def _horner(series: list[float], x: str) -> str:
    text = number(series[-1])
    for value in reversed(series[:-1]):
        text = f"({number(value)} + {x} * {text})"
    return text


for _name, _powers in POWERS.items():
    converts(_name)(partial(_polynomial, _powers))


@converts("Chebyshev")
def _chebyshev(pdf: Any, builder: Builder) -> str:
    """HS3's own type where the scale is the range and the leading coefficient is one."""
    first, *others = (builder.value(c) for c in _coefficients(pdf))
    own = limits_of(pdf.space, f"the space of {pdf.name!r}")
    name = observable(pdf)
    if first != 1.0 or not others or not pdf.apply_scaling or own[name] != builder.ranges[name]:
        return _polynomial(POWERS["Chebyshev"], pdf, builder)
    return builder.add(pdf, type="chebychev_dist", x=name, coefficients=others)


@converts("Bernstein")
def _bernstein(pdf: Any, builder: Builder) -> str:
    """HS3's own type where the scale is the range.

    Raises:
        ConversionError: without scaling zfit 0.28 normalises another function than it evaluates.
    """
    own = limits_of(pdf.space, f"the space of {pdf.name!r}")
    name = observable(pdf)
    low, high = own[name]
    if not pdf.apply_scaling and (low, high) != (0.0, 1.0):
        refuse(f"{pdf.name!r} has apply_scaling=False, which zfit normalises as if it were scaled")
    coefficients = [builder.value(c) for c in _coefficients(pdf)]
    if (low, high) == builder.ranges[name]:
        return builder.add(pdf, type="bernstein_poly_dist", x=name, coefficients=coefficients)
    t = f"(({builder.word(name)} - {number(low)}) / {number(high - low)})"
    n = len(coefficients) - 1
    terms = [
        f"{builder.text(c)} * {comb(n, i)} * {t} ^ {i} * (1 - {t}) ^ {n - i}"
        for i, c in enumerate(_coefficients(pdf))
    ]
    return builder.generic(pdf, " + ".join(terms))
