"""When a closed integral applies: one variable, which nothing else in the formula depends on."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from hs3.base import references
from hs3.distributions import Distribution

from .density import Box
from .scope import DensityScope


def limits(
    dist: Distribution, scope: DensityScope, box: Box, key: str = "x"
) -> tuple[Array, Array] | None:
    """The limits of a box over the variable `key` of `dist` alone.

    None when the box is over something else, or when a parameter is a function of the variable:
    the closed form, in which the parameters are constants, does not hold then.
    """
    if len(box) != 1:
        return None
    ((name, (low, high)),) = box.items()
    if not is_only(dist, scope, name, key):
        return None
    return jnp.asarray(low, jnp.float64), jnp.asarray(high, jnp.float64)


def is_only(dist: Distribution, scope: DensityScope, observable: str, key: str = "x") -> bool:
    """Whether `dist` depends on `observable` as its variable `key`, and in no other way."""
    others = (r.name for r in references(dist) if r.path[0] != key)
    return getattr(dist, key) == observable and not any(
        observable in scope.definitions.leaves(other) for other in others
    )


def peak(centre: Array, width: Array) -> Sequence[Array]:
    """Where to cut an integral over a peak: a normal one has 3e-12 of its area outside."""
    return centre - 7.0 * width, centre + 7.0 * width
