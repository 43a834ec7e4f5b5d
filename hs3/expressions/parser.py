"""From text to syntax tree: an LALR grammar, and errors that say where and what would be right."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from hs3.errors import ExpressionError
from hs3.findings import nearest

from .nodes import Call, Constant, Expression, Node, Number, Operator, Ordinal, Variable
from .vocabulary import CONSTANTS, FUNCTIONS, NOT_EXACT

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

MAX_LENGTH = 50_000
"""Characters that an expression may have."""

MAX_DEPTH = 500
"""Levels that brackets, calls, signs, powers and conditionals may nest."""

_BAD_NAME = re.compile(r"[^\W\d][\w.]*(::[\w.]*)*(\[[^\]]*\]?)?")
_BAD_NUMBER = re.compile(r"[0-9.][\w.]*")


def parse(text: str) -> Expression:
    """The syntax tree of a generic expression (chapter 3.1 and the reported extensions).

    Raises:
        ExpressionError: the text is not an expression, calls a function that is not known or with
            a wrong number of arguments, or is too long or too deep.
    """
    return _remembered(text) if len(text) <= 1000 else _long(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> Expression:
    return _parse(text)


@lru_cache(maxsize=8)  # the longest one takes some megabytes, and a second to be read
def _long(text: str) -> Expression:
    return _parse(text)


def _parse(text: str) -> Expression:
    if len(text) > MAX_LENGTH:
        raise _error(text, MAX_LENGTH, f"an expression may have {MAX_LENGTH} characters")
    from lark.exceptions import UnexpectedInput

    try:
        tree = _lark().parse(text)
    except UnexpectedInput as problem:
        raise _syntax_error(text, problem) from None
    expression = Expression(tuple(_node(text, part) for part in _postfix(tree)))
    if _depth(expression) > MAX_DEPTH:
        raise _error(text, 0, f"an expression may nest {MAX_DEPTH} levels")
    return expression


@cache
def _lark() -> Lark:
    from lark import Lark

    grammar = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False, propagate_positions=False)


def _postfix(tree: Tree[Token]) -> list[Tree[Token]]:
    """All parts of the tree, children before parents, without recursion."""
    waiting, parts = [tree], []
    while waiting:
        part = waiting.pop()
        parts.append(part)
        waiting.extend(child for child in part.children if not isinstance(child, str))
    return parts[::-1]


def _node(text: str, part: Tree[Token]) -> Node:
    tokens = [child for child in part.children if isinstance(child, str)]
    arity = len(part.children) - len(tokens)
    if part.data == "ternary":
        return Operator("?:", 3)
    if part.data in ("logical_or", "logical_and"):
        return Operator("||" if part.data == "logical_or" else "&&", 2)
    word, offset = str(tokens[0]), tokens[0].start_pos or 0
    if part.data == "number":
        return _number(text, word, offset)
    if part.data == "name":
        return Constant(word, offset) if word in CONSTANTS else Variable(word, offset)
    if part.data == "ordinal":
        return Ordinal(int(word.strip("@x[]")), word, offset)
    if part.data == "call":
        return _call(text, word, arity, offset)
    return Operator(word, arity, offset)


def _number(text: str, word: str, offset: int) -> Number:
    if not math.isfinite(float(word)):
        raise _error(text, offset, f"the number {word[:40]} is beyond the range of float64")
    return Number(word, offset)


def _call(text: str, word: str, arity: int, offset: int) -> Call:
    signature = FUNCTIONS.get(word)
    if signature is None:
        reason = " (its values are an approximation of ROOT's own)" if word in NOT_EXACT else ""
        raise _error(
            text,
            offset,
            f"no function {word[:80]!r} can be used in an expression{reason}",
            code="expression.unknown_function",
            suggestions=nearest(word[:80], FUNCTIONS),
        )
    if not signature.least <= arity <= signature.most:
        raise _error(text, offset, f"{word} takes {signature.arity}, not {arity}")
    return Call(word, arity, offset)


def _depth(expression: Expression) -> int:
    """Levels of nesting; a chain such as ``a + b + c``, which grows to the left, counts as one."""

    def levels(node: Node, inner: Sequence[int]) -> int:
        if isinstance(node, Operator) and node.arity == 2:
            return max(inner[0], inner[1] + 1)
        return 1 + max(inner, default=0)

    return expression.fold(levels)


# --- errors ------------------------------------------------------------------------------------


def _error(
    text: str,
    offset: int,
    message: str,
    code: str = "expression.invalid",
    suggestions: tuple[str, ...] = (),
) -> ExpressionError:
    return ExpressionError(message, text=text, offset=offset, code=code, suggestions=suggestions)


def _syntax_error(text: str, problem: UnexpectedInput) -> ExpressionError:
    from lark.exceptions import UnexpectedToken

    if not isinstance(problem, UnexpectedToken):
        return _lexical_error(text, getattr(problem, "pos_in_stream", 0))
    token = problem.token
    if token.type == "$END":
        end = "ends too early" if text.strip() else "is empty"
        return _error(text, len(text), f"the expression {end}")
    offset = token.start_pos or 0
    if token.type == "LPAR" and _word_before(text, offset) in FUNCTIONS:
        word = _word_before(text, offset)
        return _error(text, offset, f"no blank may stand between {word} and its bracket")
    return _error(text, offset, f"unexpected {str(token)[:40]!r}")


def _lexical_error(text: str, offset: int) -> ExpressionError:
    """The error for characters that begin no word of the language."""
    rest = text[offset : offset + 200]
    if found := _BAD_NAME.match(rest):
        if found[0] in FUNCTIONS:
            return _error(text, offset, f"no bracket follows {found[0]}")
        return _error(
            text,
            offset,
            f"the name {found[0]!r} cannot stand in an expression: names there consist of letters, "
            "digits, underscores and inner dots (brackets are for ROOT's x[0] only)",
        )
    if found := _BAD_NUMBER.match(rest):
        return _error(text, offset, f"{found[0]!r} is neither a number nor a name")
    return _error(text, offset, f"unexpected character {rest[:1]!r}")


def _word_before(text: str, offset: int) -> str:
    return re.split(r"[^\w:]", text[:offset].rstrip()[-80:])[-1]
