"""Accept-reject: proposals are drawn until there are as many accepted ones as asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax import Array

from .base import Draw

Propose = Callable[[Array, int], tuple[Array, Array]]
"""From a key and a number to proposals (dimensions, number), and which to keep (number,)."""


def accepted(names: Sequence[str], propose: Propose) -> Draw:
    """What draws until enough proposals are kept; their share must not be tiny."""

    def draw(key: Array, count: int) -> dict[str, Array]:
        def more(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            number, filled, events = state
            found, keep = propose(jax.random.fold_in(key, number), max(count, 64))
            place = filled + jnp.cumsum(keep) - 1
            place = jnp.where(keep & (place < count), place, count)
            return number + 1, filled + jnp.sum(keep), events.at[:, place].set(found, mode="drop")

        start = (jnp.zeros((), int), jnp.zeros((), int), jnp.zeros((len(names), count)))
        _, _, events = jax.lax.while_loop(lambda state: state[1] < count, more, start)
        return dict(zip(names, events, strict=True))

    return draw
