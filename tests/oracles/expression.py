"""Generic expressions (chapter 3.1) by way of Python's own parser. For trusted text only."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any

import mpmath as mp

NAMES: dict[str, Any] = {
    **{name: getattr(mp, name) for name in ("exp", "sqrt", "sin", "cos", "tan", "erf", "erfc")},
    **{name: getattr(mp, name) for name in ("sinh", "cosh", "tanh", "asin", "acos", "atan")},
    **{"log": mp.ln, "log10": mp.log10, "abs": abs, "fabs": abs, "pow": mp.power},
    **{"min": min, "max": max, "floor": mp.floor, "ceil": mp.ceil},
    **{"tgamma": mp.gamma, "lgamma": mp.loggamma, "sq": lambda x: x * x},
    **{"Exp": mp.exp, "Log": mp.ln, "Sqrt": mp.sqrt, "Abs": abs, "Power": mp.power},
    **{"Sin": mp.sin, "Cos": mp.cos, "Erf": mp.erf},
}
CONSTANTS: dict[str, Callable[[], Any]] = {
    "PI": lambda: +mp.pi,
    "EULER": lambda: mp.e**1,
    "TRUE": lambda: mp.mpf(1),
    "FALSE": lambda: mp.mpf(0),
}
OPERATORS = (
    (r"===", "=="),
    (r"\^", "**"),
    (r"&&", " and "),
    (r"\|\|", " or "),
    (r"!(?!=)", " not "),
)


@cache
def names(text: str) -> tuple[str, ...]:
    """The names in an expression that stand for values."""
    return tuple(
        node.id
        for node in ast.walk(ast.parse(_python(text), mode="eval"))
        if isinstance(node, ast.Name) and node.id not in NAMES and node.id not in CONSTANTS
    )


def value(text: str, see: Callable[[str], Any]) -> Any:
    """The expression where `see` tells the value of a name."""
    scope: Mapping[str, Any] = {name: see(name) for name in names(text)}
    constants = {name: make() for name, make in CONSTANTS.items()}
    known = {"__builtins__": {}, "mpf": mp.mpf, **NAMES, **constants, **scope}
    return mp.mpf(eval(_code(text), known))


@cache
def _code(text: str) -> CodeType:
    tree = _Exact().visit(ast.parse(_python(text), mode="eval"))
    return compile(ast.fix_missing_locations(tree), text, "eval")


class _Exact(ast.NodeTransformer):
    """Numbers become the float64 they are, as mpf, so that 1/3 is a third."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        number = ast.Constant(float(node.value))
        return ast.Call(ast.Name("mpf", ast.Load()), [number], [])


@cache
def _python(text: str) -> str:
    text = re.sub(r"\b(TMath|std)::", "", text)
    for pattern, replacement in OPERATORS:
        text = re.sub(pattern, replacement, text)
    return _conditional(text).strip()


def _conditional(text: str) -> str:
    """``a ? b : c`` as Python writes it, also inside of brackets."""
    at = _outside(text, "?")
    if at is not None:
        rest = text[at + 1 :]
        colon = _outside(rest, ":")
        assert colon is not None, text
        yes, no = _conditional(rest[:colon]), _conditional(rest[colon + 1 :])
        return f"(({yes}) if ({_conditional(text[:at])}) else ({no}))"
    opening = text.find("(")
    if opening < 0:
        return text
    closing = next(
        i
        for i in range(opening, len(text))
        if text[opening : i + 1].count("(") == text[opening : i + 1].count(")")
    )
    inner = ",".join(map(_conditional, _arguments(text[opening + 1 : closing])))
    return f"{text[:opening]}({inner}){_conditional(text[closing + 1 :])}"


def _outside(text: str, sign: str) -> int | None:
    """Position of a sign outside of brackets; that of the colon which ends the first branch."""
    depth = questions = 0
    for i, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and letter == sign and questions == 0:
            return i
        if depth == 0 and sign == ":":
            questions += {"?": 1, ":": -1}.get(letter, 0)
    return None


def _arguments(text: str) -> list[str]:
    """The text between commas outside of brackets."""
    at = _outside(text, ",")
    return [text] if at is None else [text[:at], *_arguments(text[at + 1 :])]
