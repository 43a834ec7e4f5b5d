"""Events for many keys at once, which can be stood by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import jax
import numpy as np
from jax import Array

from hs3.distributions import Distribution
from hs3.errors import EvaluationError
from hs3.histfactory.meaning import FloatArray

from ..accuracy import MOST_PANELS
from ..density import Definitions, DensityScope
from .base import Draw, sampler_over

AT_ONCE = 1 << 22
"""Events that are drawn together."""


class Source:
    """Draws events of one distribution at given values of its parameters.

    Args:
        scope: values of the parameters, and the range of each observable.
        over: the observables.

    Raises:
        CompileError: the distribution cannot be drawn from (see `hs3.engine.sampling.sampler`).
    """

    def __init__(self, dist: Distribution, scope: DensityScope, over: Sequence[str]) -> None:
        self.dist, self.over = dist, tuple(over)
        self._use(scope.definitions, scope)

    def _use(self, definitions: Definitions, scope: DensityScope) -> None:
        self.scope = DensityScope(scope.values, definitions, scope.ranges)
        one = sampler_over(self.dist, self.scope, self.over)
        self.run = jax.jit(partial(_drawn, one), static_argnames="count")

    def __call__(self, keys: Array, count: int) -> dict[str, FloatArray]:
        """`count` events for each of the keys, by observable, shape (keys, count).

        The events of a key depend on it and on `count`, not on the other keys.

        Raises:
            EvaluationError: the density is negative somewhere, or varies too much to be followed.
        """
        while True:
            drawn = self.run(keys, count=count)
            events = {name: np.asarray(drawn[name]) for name in self.over}
            options = self.scope.definitions.options
            error = max((float(e) for e in self.scope.errors), default=0.0)
            followed = all(np.isfinite(values).all() for values in events.values())
            if followed and error <= options.accuracy:
                return events
            if options.panels >= MOST_PANELS:
                raise self._refused(error, followed)
            finer = replace(options, panels=4 * options.panels)
            self._use(replace(self.scope.definitions, options=finer), self.scope)

    def _refused(self, error: float, followed: bool) -> EvaluationError:
        why = f"an integral has an error of {error:.1e}" if followed else "it varies too much"
        return EvaluationError(
            f"events of {self.dist.name!r} cannot be drawn: {why}",
            code="evaluate.inaccurate",
            value=self.dist.name,
        )


def draw(
    dist: Distribution, scope: DensityScope, over: Sequence[str], keys: Array, count: int
) -> dict[str, FloatArray]:
    """`count` events for each of the keys: a `Source` that is used once.

    Raises:
        CompileError: the distribution cannot be drawn from (see `hs3.engine.sampling.sampler`).
        EvaluationError: its density is negative somewhere, or varies too much to be followed.
    """
    return Source(dist, scope, over)(keys, count)


def _drawn(one: Draw, keys: Array, count: int) -> dict[str, Array]:
    batch = max(1, AT_ONCE // max(count, 1))
    drawn: dict[str, Array] = jax.lax.map(lambda key: one(key, count), keys, batch_size=batch)
    return drawn
