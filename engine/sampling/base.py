"""What samples a distribution: attached to its class where a formula exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.distributions import Distribution
from hs3.errors import CompileError

from ..density import DensityScope
from ..density.scope import Range

Draw = Callable[[Array, int], dict[str, Array]]
"""From a random key and a number of events to the values of each observable, shape (events,).

It can be compiled and mapped over keys. An event that cannot be stood by is NaN.
"""


@singledispatch
def sampler(dist: Distribution, scope: DensityScope, over: Sequence[str]) -> Draw:
    """What draws events of `dist` in the ranges of the observables `over`, all of which it has.

    Without a formula: the inverse of the integrated density in one dimension, accept-reject in two
    and three.

    Raises:
        CompileError: more than three dimensions, an infinite range, or counts among continuous
            observables.
        EvaluationError: the density is negative somewhere.
    """
    from .numerical import numerical

    return numerical(dist, scope, over)


def sampler_over(dist: Distribution, scope: DensityScope, over: Sequence[str]) -> Draw:
    """As `sampler`; in an observable that the distribution does not depend on it is uniform.

    Raises:
        CompileError: such an observable has no finite range.
    """
    own = tuple(o for o in over if o in scope.observables(dist.name))
    parts = [sampler(dist, scope, own)] if own else []
    parts += [uniform(name, *limits(scope, name)) for name in over if name not in own]
    return together(parts)


def together(parts: Sequence[Draw]) -> Draw:
    """Independent parts of one event."""
    if len(parts) == 1:
        return parts[0]

    def draw(key: Array, count: int) -> dict[str, Array]:
        out: dict[str, Array] = {}
        for number, part in enumerate(parts):
            out |= part(jax.random.fold_in(key, number), count)
        return out

    return draw


def uniform(name: str, low: float, high: float) -> Draw:
    """Uniform events of one observable."""

    def draw(key: Array, count: int) -> dict[str, Array]:
        return {name: low + (high - low) * jax.random.uniform(key, (count,), jnp.float64)}

    return draw


def limits(scope: DensityScope, name: str) -> tuple[float, float]:
    """The range of an observable.

    Raises:
        CompileError: it is infinite.
    """
    low, high = numbers(scope.ranges[name])
    if not (np.isfinite(low) and np.isfinite(high)):
        raise CompileError(f"events cannot be drawn in the infinite range of {name!r}", value=name)
    return low, high


def numbers(range_: Range) -> tuple[float, float]:
    """The limits of a range as numbers."""
    low, high = (float(np.asarray(limit)) for limit in range_)
    return low, high
