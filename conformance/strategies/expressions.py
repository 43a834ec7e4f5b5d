"""Random generic expressions: of every operator and most functions, finite at all values."""

from __future__ import annotations

from collections.abc import Sequence

from .draft import Draft

UNARY = (
    "sin({a})", "cos({a})", "tanh({a})", "erf({a})", "atan({a})", "abs({a})", "exp(-abs({a}))",
    "sqrt(1 + ({a})^2)", "log(1.5 + abs({a}))", "-({a})", "({a})^2", "1/(1.2 + abs({a}))",
    "log10(2 + ({a})^2)", "sinh(0.5*tanh({a}))", "acos(0.9*sin({a}))", "asin(0.8*cos({a}))",
    "tan(0.7*sin({a}))", "cosh(sin({a}))", "erfc({a})",
)  # fmt: skip
BINARY = (
    "({a}) + ({b})", "({a}) - ({b})", "({a})*({b})", "({a})/(2 + ({b})^2)", "max({a}, {b})",
    "min({a}, {b})", "pow(1.1 + abs({a}), 0.7)*({b})", "(1.3 + abs({a}))^(0.1 + sin({b}))",
    "({a}) > 0.1234567 ? ({a}) : ({b})", "({a}) < ({b}) || ({b}) < 0.2 ? 0.3 : ({b})",
    "{a} - {b}*{a}", "0.5*({a}) - PI*({b})/4",
)  # fmt: skip


def expression(d: Draft, names: Sequence[str], depth: int = 2) -> str:
    """An expression of some names, each of which stands for something of order one."""
    if depth == 0 or d.chance(15):
        return d.pick(names) if names and d.chance(75) else _number(d)
    a = expression(d, names, depth - 1)
    if d.chance(50):
        return d.pick(UNARY).format(a=a)
    return d.pick(BINARY).format(a=a, b=expression(d, names, depth - 1))


def _number(d: Draft) -> str:
    return d.pick(("0.5", "2", "1.25e-1", "PI/3", "EULER/2", "3", ".75", "1/3"))
