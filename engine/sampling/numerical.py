"""Samplers of any density, from its values alone."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.base import references
from hs3.distributions import Distribution
from hs3.distributions.poisson import PoissonDist
from hs3.errors import CompileError, EvaluationError
from hs3.histfactory.meaning import FloatArray

from ..density import DensityScope, log_density
from ..density.cuts import all_breakpoints
from ..density.density import log_joint
from .base import Draw, limits, numbers

PIECE = 2048
"""Points that are evaluated at once: one compiled program serves, and inner integrals have room."""


class Density:
    """A normalised density at any points; several distributions stand for their product.

    Attributes:
        error: largest relative error of an integral inside the density so far.
    """

    def __init__(
        self,
        dists: Sequence[Distribution],
        scope: DensityScope,
        over: Sequence[str],
    ) -> None:
        self.dists, self.scope, self.over = tuple(dists), scope, tuple(over)
        self.box = {name: limits(scope, name) for name in over}
        self.error = 0.0
        self._compiled = jax.jit(self.log_at)
        self._values = {k: jnp.asarray(v, float) for k, v in scope.values.items() if k not in over}

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return "*".join(d.name for d in self.dists)

    def log_at(self, points: Array, values: dict[str, Array]) -> tuple[Array, Array]:
        """Logarithm of the density at points (dimensions, number), and the error of integrals."""
        columns = dict(zip(self.over, points, strict=True))
        scope = self.scope
        inner = DensityScope({**values, **columns}, scope.definitions, scope.ranges)
        if len(self.dists) == 1:
            value = log_density(self.dists[0], inner, self.over)
        else:
            box = {name: scope.ranges[name] for name in self.over}
            value = log_joint(self.dists, inner, {}) - log_joint(self.dists, inner, box)
        error = jnp.max(jnp.stack([jnp.zeros(()), *inner.errors]))
        return jnp.broadcast_to(value, points.shape[1:]), error

    def traced(self, points: Array) -> Array:
        """The logarithm inside of a program; parameters stay arguments of it."""
        return self.log_at(points, jax.lax.optimization_barrier(self._values))[0]

    def __call__(self, points: FloatArray) -> FloatArray:
        """The density at points (dimensions, number).

        Raises:
            EvaluationError: it is negative or undefined at one of them.
        """
        count = points.shape[1]
        padded = np.pad(points, ((0, 0), (0, -count % PIECE)), mode="edge")
        out = np.empty(padded.shape[1])
        for start in range(0, count, PIECE):
            here = slice(start, start + PIECE)
            logs, error = self._compiled(jnp.asarray(padded[:, here]), self._values)
            out[here] = np.exp(np.asarray(logs))
            self.error = max(self.error, float(error))
        self._check(out[:count], points)
        return out[:count]

    def _check(self, values: FloatArray, points: FloatArray) -> None:
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            first = zip(self.over, points[:, bad[0]], strict=True)
            where = ", ".join(f"{name} = {x:g}" for name, x in first)
            raise EvaluationError(
                f"{self.name!r} is negative or undefined at {where}",
                code="evaluate.negative_density",
                value=self.name,
            )

    def cuts(self, observable: str) -> list[float]:
        """Where the density has steps, kinks and narrow peaks, inside the range."""
        low, high = self.box[observable]
        names = [d.name for d in self.dists]
        found = all_breakpoints(names, self._middle(names), observable)
        values = {float(v) for cut in found for v in np.ravel(np.asarray(cut))}
        return sorted(v for v in values if low < v < high)

    def _middle(self, names: Sequence[str]) -> DensityScope:
        """The scope in the middle of all ranges, also of variables that are integrated over."""
        leaves = frozenset[str]().union(*(self.scope.definitions.leaves(n) for n in names))
        free = leaves - self._values.keys()
        ranges = {name: self.scope.range_of(name) for name in free}
        middle = {name: 0.5 * sum(numbers(both)) for name, both in ranges.items()}
        return self.scope.at(**{n: m if np.isfinite(m) else 0.0 for n, m in middle.items()})


def numerical(
    dist: Distribution | Sequence[Distribution], scope: DensityScope, over: Sequence[str]
) -> Draw:
    """What draws events of any distribution, or of a product, in up to three dimensions.

    Raises:
        CompileError: more than three dimensions, an infinite range, or a count among others.
        EvaluationError: the density is negative somewhere.
    """
    from .envelope import by_rejection
    from .inverse import by_inversion

    dists = [dist] if isinstance(dist, Distribution) else list(dist)
    check_counts(dists, scope, over)
    density = Density(dists, scope, over)
    draw = by_inversion(density) if len(over) == 1 else by_rejection(density)
    scope.errors.append(jnp.asarray(density.error))
    return draw


def check_counts(dists: Sequence[Distribution], scope: DensityScope, over: Sequence[str]) -> None:
    """Counts are whole numbers: a density does not tell how to draw them.

    Raises:
        CompileError: an observable is one.
    """
    todo, seen = [d.name for d in dists], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name not in scope.definitions.distributions:
            continue
        seen.add(name)
        part = scope.definitions.distributions[name]
        todo.extend(r.name for r in references(part))
        if isinstance(part, PoissonDist) and part.x in over:
            others = ", ".join(o for o in over if o != part.x)
            raise CompileError(
                f"the count {part.x!r} of {name!r} cannot be drawn together with {others}",
                value=part.x,
            )
