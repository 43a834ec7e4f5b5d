"""What an expression refers to, and where it goes beyond the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .nodes import Call, Constant, Expression, Node, Number, Operator, Ordinal, Variable
from .vocabulary import FUNCTIONS, STANDARD_FUNCTIONS

RELATIONS = ("<", "<=", ">", ">=")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Extension:
    """A place where an expression goes beyond, or is read by others differently from, chapter 3.1.

    ==================== ======================================================================
    name                 what it is
    ==================== ======================================================================
    function             a function that the standard does not list, or a spelling of ROOT or C++
    ordinal              ``@0`` or ``x[0]``
    double_star          ``**`` for ``^``
    number_format        ``1.`` or ``.5``
    unary_plus           ``+x``
    name                 a name with dots or with letters outside ASCII
    chained_comparison   ``a < b < c``, which compares the truth value of ``a < b`` with c
    integer_division     ``1/2``: 0.5 by the standard, 0 to ROOT, which compiles it as C++
    ==================== ======================================================================

    Attributes:
        name: as in the table.
        text: the function, name, literal or operator concerned.
        offset: its position in the text, in characters from the start.
    """

    name: str
    text: str
    offset: int


def names(expression: Expression) -> tuple[str, ...]:
    """The names that the expression refers to, in order of first use."""
    found = (node.name for node in expression.nodes if isinstance(node, Variable))
    return tuple(dict.fromkeys(found))


def ordinals(expression: Expression) -> tuple[int, ...]:
    """The positions of an argument list that ``@i`` and ``x[i]`` refer to, by first use."""
    found = (node.index for node in expression.nodes if isinstance(node, Ordinal))
    return tuple(dict.fromkeys(found))


def bind_ordinals(expression: Expression, arguments: Sequence[str]) -> Expression:
    """The expression with ``@i`` and ``x[i]`` replaced by the names of ROOT's argument list.

    Raises:
        IndexError: an ordinal is beyond the end of `arguments`.
    """
    return Expression(
        tuple(
            Variable(arguments[n.index], n.offset) if isinstance(n, Ordinal) else n
            for n in expression.nodes
        )
    )


def extensions(expression: Expression) -> tuple[Extension, ...]:
    """Where the expression leaves the standard, each thing once, in order of position."""
    found: dict[tuple[str, str], Extension] = {}
    for extension in sorted(_all_extensions(expression), key=lambda e: e.offset):
        found.setdefault((extension.name, extension.text), extension)
    return tuple(found.values())


def _all_extensions(expression: Expression) -> Iterator[Extension]:
    for node in expression.nodes:
        if (name := _own_extension(node)) is not None:
            yield Extension(name, text_of(node), node.offset)
    yield from integer_divisions(expression)
    yield from _chained_comparisons(expression)


def text_of(node: Node) -> str:
    """The word or symbol that the node stands for."""
    match node:
        case Number() | Ordinal():
            return node.text
        case Constant() | Variable():
            return node.name
        case Operator():
            return node.symbol
        case Call():
            return node.function


def _own_extension(node: Node) -> str | None:
    match node:
        case Call() if node.function not in STANDARD_FUNCTIONS:
            return "function"
        case Ordinal():
            return "ordinal"
        case Operator(symbol="**"):
            return "double_star"
        case Operator(symbol="+", arity=1):
            return "unary_plus"
        case Number() if not _PLAIN_NUMBER.fullmatch(node.text):
            return "number_format"
        case Variable() if not _PLAIN_NAME.fullmatch(node.name):
            return "name"
    return None


def _chained_comparisons(expression: Expression) -> Iterator[Extension]:
    found = []

    def is_relation(node: Node, inner: Sequence[bool]) -> bool:
        relation = isinstance(node, Operator) and node.symbol in RELATIONS
        if relation and inner[0]:
            found.append(Extension("chained_comparison", text_of(node), node.offset))
        return relation

    expression.fold(is_relation)
    yield from found


def integer_divisions(expression: Expression) -> Iterator[Extension]:
    """Divisions whose operands are both integers to C++, every one of them."""
    found = []

    def is_integer(node: Node, inner: Sequence[bool]) -> bool:
        match node:
            case Number():
                return node.is_integer
            case Constant():
                return node.name in ("TRUE", "FALSE")
            case Call():
                return FUNCTIONS[node.function].meaning in ("abs", "min", "max") and all(inner)
            case Operator(symbol="^" | "**"):
                return False  # ROOT rewrites it as pow, which gives a double
            case Operator(symbol="+" | "-" | "*" | "/"):
                if node.symbol == "/" and all(inner):
                    found.append(Extension("integer_division", "/", node.offset))
                return all(inner)
            case Operator(symbol="?:"):
                return all(inner[1:])
        return isinstance(node, Operator)

    expression.fold(is_integer)
    yield from found
