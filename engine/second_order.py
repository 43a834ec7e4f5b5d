r"""Value, gradient and Hessian of functions of few numbers that are sums over many events.

Time goes into passes over the events, memory into what is kept of each. So the Hessian is never
made of tangents side by side, which would be arrays of (numbers, events):

- `by_pairs` differentiates forwards twice, one pair of numbers at a time. What does not depend on
  a number costs nothing, and all passes are one program; which grows with the square of the count.
- `by_rows` differentiates the gradient along one number after the other, in a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class Expansion(NamedTuple):
    """A function around a point: `value` (), `gradient` (P,), `curvature` (P, P)."""

    value: Array
    gradient: Array
    curvature: Array


Function = Callable[[Sequence[Array]], Array]
"""Of P scalars, with a scalar as value."""


def by_pairs(function: Function, at: Sequence[Array]) -> Expansion:
    """For a handful of numbers."""
    firsts = [_along(function, i) for i in range(len(at))]
    rows: list[list[Array]] = []
    for i, first in enumerate(firsts):
        lower = [_along(first, j)(at) for j in range(i + 1)]
        rows.append(lower)
    size = range(len(at))
    full = [jnp.stack([rows[max(i, j)][min(i, j)] for j in size]) for i in size]
    return Expansion(function(at), jnp.stack([first(at) for first in firsts]), jnp.stack(full))


def _along(function: Function, number: int) -> Function:
    """The derivative with respect to one of the numbers."""

    def slope(at: Sequence[Array]) -> Array:
        def of(one: Array) -> Array:
            return function([*at[:number], one, *at[number + 1 :]])

        along: Array = jax.jvp(of, (at[number],), (jnp.ones(()),))[1]
        return along

    return slope


def by_rows(function: Callable[[Array], Array], at: Array) -> Expansion:
    """For any count P of numbers, which come as one array (P,)."""
    both = jax.value_and_grad(function)

    def row(direction: Array) -> tuple[Array, Array, Array]:
        (value, gradient), (_, second) = jax.jvp(both, (at,), (direction,))
        return value, gradient, second

    values, gradients, curvature = jax.lax.map(row, jnp.eye(at.shape[0]))
    return Expansion(values[0], gradients[0], curvature)
