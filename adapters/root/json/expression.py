"""Generic expressions as ROOT's TFormula reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NoReturn

from hs3.errors import ConversionError
from hs3.expressions import (
    CONSTANTS,
    Call,
    Constant,
    Expression,
    Node,
    Number,
    Operator,
    Variable,
    to_text,
)

_FUNCTIONS = frozenset(
    (
        *("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "asin", "acos", "atan"),
        *("pow", "min", "max", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "log10"),
        *("log2", "erf", "erfc", "tgamma", "lgamma", "floor", "ceil", "atan2", "fmod"),
    )
)
"""Functions that ROOT's importer and TFormula know without a prefix."""


def root_text(expression: Expression, name: Callable[[str], str]) -> str:
    """The expression as ROOT reads it.

    Literals get a decimal point, for ROOT compiles 1/2 as C++ does; constants become numbers.

    Raises:
        ConversionError: ROOT's importer cannot read a function, an operator or a name.
    """
    return to_text(Expression(tuple(_node(n, name) for n in expression.nodes)))


def _node(node: Node, name: Callable[[str], str]) -> Node:
    match node:
        case Number():
            return Number(_literal(float(node.text)))
        case Constant():
            return Number(_literal(CONSTANTS[node.name]))
        case Variable():
            return Variable(_readable(name(node.name)))
        case Call() if node.function not in _FUNCTIONS:
            _no(f"the function {node.function!r}")
        case Operator() if node.symbol in ("===", "!=="):
            return Operator(node.symbol[:-1], 2)
        case Operator() if node.symbol in ("==", "!=") and node.arity == 2:
            _no(f"{node.symbol!r}, which compares approximately")
        case Operator() if node.symbol == "**":
            return Operator("^", 2)
        case Call() | Operator():
            return node
    _no("an argument by its position")


def _literal(value: float) -> str:
    if not math.isfinite(value):
        _no("a number that is not finite")
    return repr(value)


def _readable(name: str) -> str:
    """ROOT's importer looks for names that begin with a letter and are not numbers."""
    if not name[0].isalpha() or re.fullmatch(r"[eE][0-9]*", name):
        _no(f"the name {name!r}")
    return name


def _no(what: str) -> NoReturn:
    raise ConversionError(f"ROOT cannot read {what}", code="root.not_expressible")
