"""Where expressions bend or jump: where the argument of ``abs``, ``<``, ``min`` … changes sign.

Numerical integrals are to be cut there. The places move with the parameters, so that they are
looked for when the integral is taken: on a grid, then by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import jax
import jax.numpy as jnp
from jax import Array

from hs3.expressions import FUNCTIONS, Call, Expression, Node, Operator, names, parse

from ..expressions import compile_expression
from .scope import DensityScope

GRID = 129
"""Points at which signs are compared, over the range of the observable."""

MOST = 2
"""Sign changes of one argument that are followed."""

BENDING = {"abs", "min", "max", "floor", "ceil"}
COMPARISONS = {"<", "<=", ">", ">=", "==", "!=", "===", "!=="}


@lru_cache(maxsize=256)
def bending_arguments(text: str) -> tuple[Expression, ...]:
    """Expressions whose changes of sign are kinks or steps of the expression `text`."""
    found: dict[Expression, None] = {}
    nodes = parse(text).nodes
    starts: list[int] = []  # where in `nodes` each value begins that no operator has taken yet
    for end, node in enumerate(nodes):
        first = len(starts) - node.arity
        if _bends(node):
            bounds = [*starts[first:], end]
            inner = [Expression(nodes[a:b]) for a, b in pairwise(bounds)]
            found |= dict.fromkeys([_difference(*inner) if len(inner) == 2 else inner[0]])
        starts[first:] = [starts[first] if node.arity else end]
    return tuple(found)


def _bends(node: Node) -> bool:
    if isinstance(node, Call):
        return FUNCTIONS[node.function].meaning in BENDING
    return isinstance(node, Operator) and node.symbol in COMPARISONS


def _difference(left: Expression, right: Expression) -> Expression:
    return Expression((*left.nodes, *right.nodes, Operator("-", 2)))


def kinks(text: str, scope: DensityScope, observable: str) -> list[Array]:
    """Values of `observable` at which the expression bends; where there are fewer, its lower limit.

    Only expressions that depend on the observable, with a finite range, are looked at.
    """
    low, high = scope.ranges.get(observable, (-math.inf, math.inf))
    out: list[Array] = []
    for argument in bending_arguments(text):
        used = names(argument)
        touches = any(n == observable or observable in scope.definitions.leaves(n) for n in used)
        if touches and not any(isinstance(v, float) and math.isinf(v) for v in (low, high)):
            out.extend(_zeros(_along(argument, scope, observable), low, high))
    return out


def _along(argument: Expression, scope: DensityScope, observable: str) -> Callable[[Array], Array]:
    evaluate = compile_expression(argument)
    bare = scope.averaged()

    def value(x: Array) -> Array:
        inner = bare.at(**{observable: x})
        used = (name for name in names(argument) if inner.knows(name))
        return jnp.broadcast_to(evaluate({name: inner(name) for name in used}), x.shape)

    return value


def _zeros(f: Callable[[Array], Array], low: object, high: object) -> list[Array]:
    """The first `MOST` sign changes of f between low and high, by bisection from a grid."""
    grid = jnp.linspace(jnp.asarray(low, float), jnp.asarray(high, float), GRID)
    sign = f(grid) > 0.0
    change = sign[1:] != sign[:-1]
    where = jnp.argsort(~change, stable=True)[:MOST]
    a, b, left = grid[where], grid[where + 1], sign[where]

    def halve(_: int, pair: tuple[Array, Array]) -> tuple[Array, Array]:
        middle = 0.5 * (pair[0] + pair[1])
        same = (f(middle) > 0.0) == left
        return jnp.where(same, middle, pair[0]), jnp.where(same, pair[1], middle)

    a, b = jax.lax.fori_loop(0, 52, halve, (a, b))
    found = jnp.where(change[where], 0.5 * (a + b), grid[0])
    return list(jax.lax.stop_gradient(found))
