"""Events for many keys at once, which can be stood by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import jax
import numpy as np
from jax import Array

from hs3.distributions import Distribution
from hs3.errors import EvaluationError
from hs3.histfactory.meaning import FloatArray

from ..accuracy import MOST_PANELS
from ..density import DensityScope
from .base import Draw, sampler_over

AT_ONCE = 1 << 22
"""Events that are drawn together."""


def draw(
    dist: Distribution, scope: DensityScope, over: Sequence[str], keys: Array, count: int
) -> dict[str, FloatArray]:
    """`count` events for each of the keys, by observable, shape (keys, count).

    The events of a key depend on it and on `count`, not on the other keys.

    Raises:
        CompileError: the distribution cannot be drawn from (see `hs3.engine.sampling.sampler`).
        EvaluationError: its density is negative somewhere, or varies too much to be followed.
    """
    while True:
        scope = DensityScope(scope.values, scope.definitions, scope.ranges)
        events = _drawn(sampler_over(dist, scope, over), keys, count)
        options = scope.definitions.options
        error = max((float(e) for e in scope.errors), default=0.0)
        followed = all(np.isfinite(values).all() for values in events.values())
        if followed and error <= options.accuracy:
            return {name: events[name] for name in over}
        if options.panels >= MOST_PANELS:
            raise EvaluationError(
                f"events of {dist.name!r} cannot be drawn: "
                + (
                    f"an integral has an error of {error:.1e}" if followed else "it varies too much"
                ),
                code="evaluate.inaccurate",
                value=dist.name,
            )
        finer = replace(options, panels=4 * options.panels)
        definitions = replace(scope.definitions, options=finer)
        scope = DensityScope(scope.values, definitions, scope.ranges)


def _drawn(one: Draw, keys: Array, count: int) -> dict[str, FloatArray]:
    batch = max(1, AT_ONCE // max(count, 1))
    run = jax.jit(lambda keys: jax.lax.map(lambda key: one(key, count), keys, batch_size=batch))
    return {name: np.asarray(values) for name, values in run(keys).items()}
