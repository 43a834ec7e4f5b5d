"""Densities that HS3 has no type for, and an expression says exactly.

The formulas are those of the classes' `evaluate`.
"""

from __future__ import annotations

from ..file import RootObject
from .builder import Builder
from .registry import Converter, converts

_XI = "2.3548200450309493"  # 2 sqrt(log 4), of RooNovosibirsk
_ROOT2PI = "2.5066282746310002"

_EXPRESSIONS: dict[str, tuple[dict[str, str], str]] = {
    "RooBreitWigner": (
        {"x": "x", "m": "mean", "w": "width"},
        "1.0/(({x} - {m})^2 + 0.25*{w}^2)",
    ),
    "RooChiSquarePdf": (
        {"x": "_x", "n": "_ndof"},
        "{x} > 0 ? {x}^(0.5*{n} - 1.0)*exp(-0.5*{x}) : 0.0",
    ),
    "RooDstD0BG": (
        {"x": "dm", "m": "dm0", "c": "C", "a": "A", "b": "B"},
        "{x} <= {m} ? 0.0 : max((1.0 - exp(-({x} - {m})/{c}))*({x}/{m})^{a}"
        " + {b}*({x}/{m} - 1.0), 0.0)",
    ),
}
"""Class → members by placeholder, and the expression."""


def _expressed(members: dict[str, str], expression: str) -> Converter:
    def convert(node: RootObject, builder: Builder) -> None:
        values = {key: builder.value(node.proxy(member)) for key, member in members.items()}
        builder.expression(node, expression, **values)

    return convert


for _class, (_members, _expression) in _EXPRESSIONS.items():
    converts(_class)(_expressed(_members, _expression))


@converts("RooNovosibirsk")
def _novosibirsk(node: RootObject, builder: Builder) -> None:
    r"""exp(-ln²(1 - (x-p)t/w) / (2 s²) - s²/2), s = (2/ξ) asinh(t ξ/2); a Gaussian for t → 0."""
    x, peak, width, tail = (builder.value(node.proxy(m)) for m in ("x", "peak", "width", "tail"))
    names = {"x": x, "p": peak, "w": width, "t": tail}
    symbols = {key: builder.symbol(value) for key, value in names.items()}
    base = builder.fresh(f"{node.name}_width_zero")
    builder.function(
        base, "generic_function", expression=f"asinh({symbols['t']}*{_XI}/2.0)*2.0/{_XI}"
    )
    builder.expression(
        node,
        "abs({t}) < 1e-7 ? exp(-0.5*(({x} - {p})/{w})^2)"
        " : (1.0 - ({x} - {p})*{t}/{w} < 1e-7 ? 0.0"
        " : exp(-0.5*(log(1.0 - ({x} - {p})*{t}/{w})/{s})^2 - 0.5*{s}^2))",
        **names,
        s=base,
    )


@converts("RooJohnson")
def _johnson(node: RootObject, builder: Builder) -> None:
    """Zero below the threshold; RooFit normalises as if there were none (see spec/root.md)."""
    keys = ("_mass", "_mu", "_lambda", "_gamma", "_delta")
    x, mu, lambda_, gamma, delta = (builder.value(node.proxy(key)) for key in keys)
    threshold = float(node.members.get("_massThreshold", float("-inf")))
    shape = (
        f"{{d}}/({_ROOT2PI}*{{l}}*sqrt(1.0 + (({{x}} - {{m}})/{{l}})^2))"
        "*exp(-0.5*({g} + {d}*asinh(({x} - {m})/{l}))^2)"
    )
    variable = node.proxy("_mass")
    low = builder.variable(variable).binning.low if variable is not None else float("-inf")
    if threshold > low:
        shape = f"{{x}} < {threshold!r} ? 0.0 : {shape}"
        builder.add(
            "root.johnson_threshold",
            node,
            f"{node.name!r} is zero below {threshold:g}, and normalised accordingly; "
            "RooFit leaves the threshold out of the normalisation",
            threshold,
        )
    builder.expression(node, shape, x=x, m=mu, l=lambda_, g=gamma, d=delta)
