"""Formulas of RooFit: RooFormulaVar and RooGenericPdf."""

from __future__ import annotations

from collections.abc import Iterator

from hs3.errors import ExpressionError
from hs3.expressions import (
    Call,
    Expression,
    Node,
    Number,
    Operator,
    Ordinal,
    Variable,
    integer_divisions,
    parse,
    to_text,
)

from ..file import RootObject
from .builder import CATEGORIES, Builder, Value
from .registry import converts


@converts("RooFormulaVar", "RooGenericPdf")
def _formula(node: RootObject, builder: Builder) -> None:
    text, arguments = node.member("_formExpr"), node.proxies("_actualVars")
    categories = [a.name for a in arguments if a.class_name in CATEGORIES]
    if categories:
        why = f"its formula {text!r} contains the category {categories[0]!r}"
        return builder.keep(node, why)
    try:
        expression = translated(text, arguments, builder)
    except (ExpressionError, IndexError) as error:
        return builder.keep(node, f"its formula {text!r} cannot be read: {error}")
    builder.entry(node, "generic", expression=to_text(expression))


def translated(text: str, arguments: list[RootObject], builder: Builder) -> Expression:
    """A formula of ROOT with names for ordinals, numbers for constants, and C++'s divisions.

    Raises:
        ExpressionError: it cannot be read.
        IndexError: it has more ordinals than arguments.
    """
    parsed = parse(text)
    whole = {e.offset for e in integer_divisions(parsed)}
    values = builder.values(arguments)
    names = {node.name: value for node, value in zip(arguments, values, strict=True)}

    def nodes() -> Iterator[Node]:
        for node in parsed.nodes:
            if isinstance(node, Ordinal):
                yield from leaf(values[node.index], builder)
            elif isinstance(node, Variable) and node.name in names:
                yield from leaf(names[node.name], builder)
            else:
                yield node
            if isinstance(node, Operator) and node.symbol == "/" and node.offset in whole:
                yield Call("trunc", 1)  # C++ divides integers without remainder

    return Expression(tuple(nodes()))


def leaf(value: Value, builder: Builder) -> Iterator[Node]:
    """A name or a number as nodes of an expression."""
    if isinstance(value, str):
        yield Variable(builder.symbol(value))
        return
    yield Number(repr(abs(float(value))))
    if value < 0:
        yield Operator("-", 1)
