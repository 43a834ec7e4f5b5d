"""Expected data of a density: a grid of events whose weights are what is expected at them.

The grid is that of the Kronrod rule, so that sums over the events are integrals over the density:
fitting them gives the parameters back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import product

import numpy as np

from hs3.distributions import Distribution
from hs3.distributions.poisson import PoissonDist
from hs3.errors import CompileError, EvaluationError
from hs3.histfactory.meaning import FloatArray

from ..density import DensityScope
from ..density.quadrature import KRONROD, NODES
from .closed import count_table
from .numerical import Density, check_counts

MOST_POINTS = 500_000


def grid(
    dist: Distribution, scope: DensityScope, over: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Points (dimensions, points) and their probabilities, which add up to one.

    Raises:
        CompileError: more than three dimensions, an infinite range, or a count among others.
        EvaluationError: the density is negative somewhere, or varies too much for a grid.
    """
    if isinstance(dist, PoissonDist) and tuple(over) == (dist.x,):
        counts, shares = count_table(dist, scope, over[0])
        return counts[None], shares
    check_counts([dist], scope, over)
    if len(over) > 3:
        names = ", ".join(over)
        raise CompileError(f"{dist.name!r} has no expected data in as many dimensions: {names}")
    options = scope.definitions.options
    density = Density([dist], scope, over)
    panels = max(2, round(options.panels ** (1.0 / len(over))))
    while True:
        points, weights = _rule(density, panels)
        shares = weights * density(points)
        if abs(shares.sum() - 1.0) <= options.accuracy and density.error <= options.accuracy:
            break
        if len(weights) * 2 ** len(over) > MOST_POINTS:
            raise EvaluationError(
                f"the density of {dist.name!r} adds up to {shares.sum():.10g} on the finest grid",
                code="evaluate.inaccurate",
                value=dist.name,
            )
        panels *= 2
    kept = shares > 0.0
    return points[:, kept], shares[kept] / shares.sum()


def _rule(density: Density, panels: int) -> tuple[FloatArray, FloatArray]:
    """Points (dimensions, points) and weights of a product of Kronrod rules."""
    axes, parts = [], []
    for name, (low, high) in density.box.items():
        pieces = np.array([low, *density.cuts(name), high])
        each = -(-panels // (len(pieces) - 1))
        edges = np.append(
            (pieces[:-1, None] + np.diff(pieces)[:, None] * np.arange(each) / each).ravel(), high
        )
        half = 0.5 * np.diff(edges)[:, None]
        axes.append((edges[:-1, None] + half * (1.0 + NODES)).ravel())
        parts.append((half * KRONROD).ravel())
    points = np.array(list(product(*axes))).T
    return points, reduce(np.multiply.outer, parts).ravel()
