"""Densities and functions made of powers."""

from __future__ import annotations

from typing import Any

from ..file import RootObject
from .builder import Builder, Value
from .registry import converts


def _lowest(node: RootObject, builder: Builder, leading: float | None) -> list[Value]:
    """The coefficients from a_0 on: zeros (and RooFit's implied leading one) before the given."""
    order = int(node.members.get("_lowestOrder", 0))
    before: list[Value] = [0.0] * order
    if leading is not None and order > 0:
        before[0] = leading
    return [*before, *builder.values(node.proxies("_coefList"))]


@converts("RooPolynomial")
def _polynomial(node: RootObject, builder: Builder) -> None:
    """Orders below the lowest one count nothing, but the constant is 1 from order 1 on."""
    x = builder.value(node.proxy("_x"))
    coefficients = _lowest(node, builder, 1.0) or [1.0]
    builder.distribution(node.name, "polynomial_dist", x=x, coefficients=coefficients)


@converts("RooPolyVar")
def _poly_var(node: RootObject, builder: Builder) -> None:
    """Without the implied 1 of RooPolynomial."""
    x = builder.value(node.proxy("_x"))
    coefficients = _lowest(node, builder, None) or [0.0]
    builder.function(node.name, "polynomial", x=x, coefficients=coefficients)


@converts("RooLegacyExpPoly", "RooExpPoly")
def _exp_poly(node: RootObject, builder: Builder) -> None:
    x = builder.value(node.proxy("_x"))
    coefficients = _lowest(node, builder, None) or [0.0]
    builder.distribution(node.name, "legacy_exp_poly_dist", x=x, coefficients=coefficients)


@converts("RooChebychev", "RooBernstein")
def _in_range(node: RootObject, builder: Builder) -> None:
    """The range of the variable is part of the formula: the full one, unless one is named."""
    keys: dict[str, Any] = {
        "x": builder.value(node.proxy("_x")),
        "coefficients": builder.values(node.proxies("_coefList")),
    }
    name = node.members.get("_refRangeName")
    name = name.name if isinstance(name, RootObject) else name
    if name:
        why = f"its polynomials are those of the range {name!r}, which HS3 cannot say"
        return builder.keep(node, why)
    chebychev = node.class_name == "RooChebychev"
    builder.distribution(
        node.name, "chebychev_dist" if chebychev else "bernstein_poly_dist", **keys
    )


@converts("RooPowerSum", "RooPower")
def _power_sum(node: RootObject, builder: Builder) -> None:
    builder.distribution(
        node.name,
        "power_sum_dist",
        x=builder.value(node.proxy("_x")),
        coefficients=builder.values(node.proxies("_coefList")),
        exponents=builder.values(node.proxies("_expList")),
    )
