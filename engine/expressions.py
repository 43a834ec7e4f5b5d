"""Generic expressions (chapter 3.1) as JAX functions of named values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from hs3.errors import CompileError
from hs3.expressions import (
    CONSTANTS,
    FUNCTIONS,
    ROOT_CONSTANTS,
    Call,
    Constant,
    Expression,
    Node,
    Number,
    Operator,
    Ordinal,
    Variable,
    parse,
    to_text,
)
from hs3.findings import nearest

from .mathematics import FORMULAS, power

Values = Mapping[str, ArrayLike]
"""Numbers by name; an observable may be an array, and all broadcast."""

Evaluator = Callable[[Values], Array]

APPROXIMATELY = 4 * float(np.finfo(np.float64).eps)
"""Relative difference up to which ``==`` holds: a few units of least precision."""


@lru_cache(maxsize=1024)
def compile_expression(expression: Expression | str) -> Evaluator:
    """A function from values by name to the value of the expression, in float64.

    Truth values are 0 and 1, and everything but 0 is true. It can be traced, mapped and
    differentiated; the branch that ``?:`` does not take has no part in the derivative.

    Raises:
        ExpressionError: a text is not an expression.
        CompileError: the expression has ordinals (``@0``), for which there is no argument list;
            when called: a name has no value.
    """
    tree = parse(expression) if isinstance(expression, str) else expression
    for node in tree.nodes:
        if isinstance(node, Ordinal):
            raise CompileError(
                f"{node.text} in an expression needs an argument list, and there is none",
                value=to_text(tree),
            )
    turns = _turns(tree)
    return lambda values: _evaluate(tree, turns, values)


def _evaluate(tree: Expression, turns: Mapping[int, str], values: Values) -> Array:
    """Run through the nodes with a stack of values, so that depth costs no recursion."""
    stack: list[Array] = []
    taken: list[Array] = []  # where the branch that is being evaluated is the one that counts
    for position, node in enumerate(tree.nodes):
        if (turn := turns.get(position)) is not None:
            _turn(turn, taken, stack)
        first = len(stack) - node.arity
        result = _apply(node, stack[first:], values)
        if taken and isinstance(node, Variable):
            result = jnp.where(taken[-1], result, lax.stop_gradient(result))
        stack[first:] = [result]
    return stack[0]


def _apply(node: Node, inner: list[Array], values: Values) -> Array:
    match node:
        case Number():
            return jnp.asarray(node.value)
        case Constant():
            return jnp.asarray(CONSTANTS[node.name])
        case Variable():
            return _value(node.name, values)
        case Call():
            return FORMULAS[FUNCTIONS[node.function].meaning](*inner)
        case Operator():
            return OPERATORS[node.symbol, node.arity](*inner)
        case Ordinal():
            raise CompileError(f"{node.text} needs an argument list")


def _value(name: str, values: Values) -> Array:
    if name in values:
        return jnp.asarray(values[name], dtype=jnp.float64)
    if name in ROOT_CONSTANTS:
        return jnp.asarray(ROOT_CONSTANTS[name])
    raise CompileError(f"{name!r} has no value", value=name, suggestions=nearest(name, values))


# --- the branches of ?: --------------------------------------------------------------------------
#
# where(c, f(x), g(x)) is right in value, yet its derivative is nan where the branch that is not
# taken has an infinite one (zero times infinity). So each branch reads its names through
# where(taken, x, stop_gradient(x)), which cuts that derivative off for both modes.


def _turns(tree: Expression) -> dict[int, str]:
    """Where the branches of ``?:`` begin and end: position of a node → what happens before it."""
    turns: dict[int, str] = {}
    begins: list[int] = []
    for position, node in enumerate(tree.nodes):
        first = len(begins) - node.arity
        if node.arity == 3 and isinstance(node, Operator):
            turns |= {begins[-2]: "then", begins[-1]: "else", position: "end"}
        begins[first:] = begins[first : first + 1] or [position]
    return turns


def _turn(turn: str, taken: list[Array], stack: list[Array]) -> None:
    if turn == "then":
        taken.append(_truth(stack[-1]) & taken[-1] if taken else _truth(stack[-1]))
        return
    taken.pop()
    if turn == "else":
        other = ~_truth(stack[-2])
        taken.append(other & taken[-1] if taken else other)


# --- operators -----------------------------------------------------------------------------------


def _truth(x: Array) -> Array:
    return x != 0.0


def _as_number(test: Callable[..., Array]) -> Callable[..., Array]:
    return lambda *operands: test(*operands).astype(jnp.float64)


def _approximately_equal(x: Array, y: Array) -> Array:
    scale = jnp.maximum(jnp.abs(x), jnp.abs(y))
    near = jnp.abs(x - y) <= APPROXIMATELY * scale
    return (x == y) | (near & jnp.isfinite(scale))


OPERATORS: Mapping[tuple[str, int], Callable[..., Array]] = MappingProxyType(
    {
        ("+", 2): jnp.add,
        ("-", 2): jnp.subtract,
        ("*", 2): jnp.multiply,
        ("/", 2): jnp.divide,
        ("^", 2): power,
        ("**", 2): power,
        ("+", 1): jnp.asarray,
        ("-", 1): jnp.negative,
        ("!", 1): _as_number(lambda x: ~_truth(x)),
        ("&&", 2): _as_number(lambda x, y: _truth(x) & _truth(y)),
        ("||", 2): _as_number(lambda x, y: _truth(x) | _truth(y)),
        ("==", 2): _as_number(_approximately_equal),
        ("!=", 2): _as_number(lambda x, y: ~_approximately_equal(x, y)),
        ("===", 2): _as_number(jnp.equal),
        ("!==", 2): _as_number(jnp.not_equal),
        ("<", 2): _as_number(jnp.less),
        ("<=", 2): _as_number(jnp.less_equal),
        (">", 2): _as_number(jnp.greater),
        (">=", 2): _as_number(jnp.greater_equal),
        ("?:", 3): lambda test, then, other: jnp.where(_truth(test), then, other),
    }
)
"""What an operator with so many operands does."""
