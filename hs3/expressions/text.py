"""From syntax tree to text, with as few brackets as the grammar allows."""

from __future__ import annotations

from collections.abc import Sequence

from .analysis import text_of
from .nodes import Call, Expression, Node, Operator

_STRENGTH = {
    **{"?:": 0, "||": 1, "&&": 2},
    **dict.fromkeys(("==", "!=", "===", "!=="), 3),
    **dict.fromkeys(("<", "<=", ">", ">="), 4),
    **{"+": 5, "-": 5, "*": 6, "/": 6, "^": 8, "**": 8},
}
_SIGN, _POWER, _ATOM = 7, 8, 9

Piece = tuple[str, int]
"""A text, and how strongly its outermost operator binds."""


def to_text(expression: Expression) -> str:
    """The expression as text; parsing it gives the same tree."""
    return expression.fold(_piece)[0]


def _piece(node: Node, inner: Sequence[Piece]) -> Piece:
    if isinstance(node, Call):
        return f"{node.function}({', '.join(text for text, _ in inner)})", _ATOM
    if not isinstance(node, Operator):
        return text_of(node), _ATOM
    if node.arity == 1:
        return node.symbol + _at_least(inner[0], _SIGN), _SIGN
    strength = _STRENGTH[node.symbol]
    if node.symbol == "?:":
        return f"{_at_least(inner[0], 1)} ? {inner[1][0]} : {inner[2][0]}", strength
    if strength == _POWER:
        return f"{_at_least(inner[0], _ATOM)}{node.symbol}{_at_least(inner[1], _SIGN)}", strength
    left, right = _at_least(inner[0], strength), _at_least(inner[1], strength + 1)
    return f"{left} {node.symbol} {right}", strength


def _at_least(piece: Piece, strength: int) -> str:
    return piece[0] if piece[1] >= strength else f"({piece[0]})"
