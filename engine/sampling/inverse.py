r"""One dimension: the inverse of the integrated density.

The range is cut into cells, at breakpoints first, then in halves, until in each the density is a
straight line to within a billionth of an event. The integral over each cell comes from the
15-point Kronrod rule; inside it the line has the same integral and the same mean as the density,
so that its integral is inverted by a square root. The distribution of the events and the true one
differ by less than :math:`10^{-5}` in total variation: a hundred times less than what a
million events can tell.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import EvaluationError
from hs3.histfactory.meaning import FloatArray

from ..density.quadrature import KRONROD, NODES
from .base import Draw
from .numerical import Density

STRAIGHT = 1e-9
"""Largest difference between density and straight line in a cell, integrated."""

AGREEMENT = 1e-6
"""Largest difference from one of the integral over all cells."""


def by_inversion(density: Density) -> Draw:
    """What draws events of a density in one dimension.

    Raises:
        EvaluationError: the density is negative somewhere, or its integral is not one.
    """
    (name,) = density.over
    edges, weight, slope = _cells(density)
    total = np.cumsum(weight)
    if abs(total[-1] - 1.0) > AGREEMENT:
        raise EvaluationError(
            f"the density of {density.name!r} integrates to {total[-1]:.8g} over {name!r}",
            code="evaluate.inaccurate",
            value=total[-1],
        )
    steps = np.concatenate([[0.0], total / total[-1]])

    def draw(key: Array, count: int) -> dict[str, Array]:
        u = jax.random.uniform(key, (count,), jnp.float64)
        cell = jnp.searchsorted(jnp.asarray(steps), u, side="right") - 1
        cell = jnp.clip(cell, 0, len(weight) - 1)
        below, above = jnp.asarray(steps)[cell], jnp.asarray(steps)[cell + 1]
        part = (u - below) / jnp.where(above > below, above - below, 1.0)
        s = jnp.asarray(slope)[cell]
        t = 2.0 * part / (1.0 - s + jnp.sqrt((1.0 - s) ** 2 + 4.0 * s * part))
        low, high = jnp.asarray(edges)[cell], jnp.asarray(edges)[cell + 1]
        return {name: low + (high - low) * jnp.where(part > 0.0, t, 0.0)}

    return draw


def _cells(density: Density) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Edges of the cells, the probability of each, and the slope of the line in it."""
    ((name, (low, high)),) = density.box.items()
    pieces = np.array([low, *density.cuts(name), high])
    each = max(4, -(-256 // (len(pieces) - 1)))
    start = (pieces[:-1, None] + np.diff(pieces)[:, None] * np.arange(each) / each).ravel()
    todo = start, np.append(start[1:], high)
    done: list[tuple[FloatArray, ...]] = []
    while todo[0].size:
        left, right = todo
        weight, slope, bend = _fit(density, left, right)
        middle = 0.5 * (left + right)
        split = (bend > STRAIGHT) & (left < middle) & (middle < right)
        kept = ~split
        done.append((left[kept], weight[kept], slope[kept]))
        todo = (
            np.concatenate([left[split], middle[split]]),
            np.concatenate([middle[split], right[split]]),
        )
    edges, weights, slopes = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.argsort(edges)
    return np.append(edges[order], high), weights[order], slopes[order]


def _fit(
    density: Density, left: FloatArray, right: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Integral over each cell, slope of the line, and how far the density is from it."""
    half = 0.5 * (right - left)
    x = (left + half)[:, None] + half[:, None] * NODES
    values = density(x.reshape(1, -1)).reshape(x.shape)
    area = values @ KRONROD  # over [-1, 1]
    safe = np.where(area > 0.0, area, 1.0)
    slope = np.clip(3.0 * (values * NODES) @ KRONROD / safe, -1.0, 1.0)
    line = 0.5 * area[:, None] * (1.0 + slope[:, None] * NODES)
    bend = np.abs(values - line) @ KRONROD
    return half * area, slope, half * bend
