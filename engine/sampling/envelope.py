"""Two and three dimensions: accept-reject below a step function that follows the density.

The box is cut at breakpoints and into cells, and cells are halved where the step function wastes
most, until most proposals are accepted. Every proposal checks that the density is not above the
step function: events where it is are NaN, and whoever draws starts again with finer cells. So what
could be missed is rarer than one proposal.
"""

from __future__ import annotations

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import CompileError, EvaluationError
from hs3.histfactory.meaning import FloatArray

from .base import Draw
from .numerical import Density
from .rejection import accepted

TARGET = 0.6
"""Share of proposals to be accepted."""

MOST_CELLS = 60_000

POINTS = np.array([1e-6, 1.0 / 3.0, 2.0 / 3.0, 1.0 - 1e-6])
"""Where a cell is looked at, along each axis."""

FLOOR = 1e-3
"""Height of the step function where nothing is found, in units of the mean density."""


def by_rejection(density: Density) -> Draw:
    """What draws events of a density in two or three dimensions.

    Raises:
        CompileError: more than three dimensions.
        EvaluationError: the density is negative somewhere, or found nowhere.
    """
    if len(density.over) > 3:
        names = ", ".join(density.over)
        raise CompileError(f"{density.name!r} cannot be drawn in as many dimensions: {names}")
    low, width, height = _steps(density)
    mass = height * np.prod(width, axis=1)
    steps = np.cumsum(mass) / mass.sum()

    def propose(key: Array, count: int) -> tuple[Array, Array]:
        u = jax.random.uniform(key, (2 + len(density.over), count), jnp.float64)
        cell = jnp.minimum(jnp.searchsorted(jnp.asarray(steps), u[0], side="right"), len(mass) - 1)
        points = jnp.asarray(low)[cell].T + jnp.asarray(width)[cell].T * u[2:]
        value = jnp.exp(density.traced(points))
        top = jnp.asarray(height)[cell]
        wrong = ~(value <= top)
        return jnp.where(wrong, jnp.nan, points), wrong | (u[1] * top < value)

    return accepted(density.over, propose)


def _steps(density: Density) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Lower corners and widths of the cells (cells, dimensions), and heights (cells,)."""
    low, width = _grid(density)
    values = _look(density, low, width)
    while True:
        height, volume = _heights(values), np.prod(width, axis=1)
        mass = values.mean(axis=tuple(range(1, values.ndim))) * volume
        waste = height * volume - mass
        if mass.sum() > TARGET * (height * volume).sum() or len(low) > MOST_CELLS:
            break
        split = waste >= waste.sum() / len(low)
        halves = _halves(low[split], width[split], values[split])
        low, width = (
            np.concatenate([a[~split], b]) for a, b in zip((low, width), halves, strict=True)
        )
        values = np.concatenate([values[~split], _look(density, *halves)])
    if not mass.sum() > 0.0:
        raise EvaluationError(
            f"the density of {density.name!r} is found nowhere in its range",
            code="evaluate.inaccurate",
            value=density.name,
        )
    return low, width, np.maximum(height, FLOOR * mass.sum() / volume.sum())


def _grid(density: Density) -> tuple[FloatArray, FloatArray]:
    """Cells to begin with; more where integrals were asked to be finer."""
    finer = max(1, density.scope.definitions.options.panels // 16)
    wanted = {2: 32, 3: 10}[len(density.over)] * finer**0.5
    edges = []
    for name, (start, end) in density.box.items():
        pieces = np.array([start, *density.cuts(name), end])
        each = max(1, round(wanted / (len(pieces) - 1)))
        inner = pieces[:-1, None] + np.diff(pieces)[:, None] * np.arange(each) / each
        edges.append(np.append(inner.ravel(), end))
    low = np.array(list(product(*(e[:-1] for e in edges))))
    high = np.array(list(product(*(e[1:] for e in edges))))
    return low, high - low


def _look(density: Density, low: FloatArray, width: FloatArray) -> FloatArray:
    """The density at the points of each cell, shape (cells, 4, 4 …)."""
    dims = low.shape[1]
    offsets = np.array(list(product(POINTS, repeat=dims)))
    points = low[:, None] + width[:, None] * offsets
    return density(points.reshape(-1, dims).T).reshape(-1, *(len(POINTS),) * dims)


def _heights(values: FloatArray) -> FloatArray:
    """Above everything that was seen, by half of the variation."""
    axes = tuple(range(1, values.ndim))
    top = values.max(axis=axes)
    height: FloatArray = top + 0.5 * (top - values.min(axis=axes)) + 1e-9 * top
    return height


def _halves(
    low: FloatArray, width: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Each cell in two, across the axis along which the density varies most."""
    axes = range(1, values.ndim)
    along = [np.ptp(values, axis=a).reshape(len(low), -1).mean(axis=1) for a in axes]
    across = np.argmax(np.stack(along), axis=0)
    half = width.copy()
    half[np.arange(len(low)), across] *= 0.5
    upper = low.copy()
    rows = np.arange(len(low))
    upper[rows, across] += half[rows, across]
    return np.concatenate([low, upper]), np.concatenate([half, half])
