"""Starting points for likelihoods with several minima.

Nothing tells whether a minimum is the lowest one. Fits from many points, spread evenly over where
the parameters can be, make it likely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtri

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .prefit import prefits
from .problem import Problem, check_inside

Starts = int | Sequence[Mapping[str, float]]
"""How many points to spread, or the points, by name."""

SEED = 2026
"""Of the points, which are the same every time."""

WIDE = 1e4
"""A range of more than this many times the value is no range to spread points over."""


def points_of(problem: Problem, starts: Starts) -> list[FloatArray]:
    """Values of all parameters (T,) to start from, beside the start of the problem.

    A number of them is spread as a Latin hypercube: parameters with an auxiliary measurement over
    the normal distribution that it gives them, others evenly over their range, or where that is
    infinite, over a normal distribution around the start as wide as the value there, or one. What
    is held stays.

    Raises:
        FitError: an unknown name, a point outside of the bounds, or a negative number.
    """
    if isinstance(starts, int):
        if starts < 0:
            raise FitError(f"{starts} starting points", code="fit.invalid", value=starts)
        return _spread(problem, starts)
    out = []
    for given in starts:
        theta = problem.start.copy()
        for name, value in given.items():
            theta[problem.model.position(name)] = value
        held = problem.index[problem.held]
        theta[held] = problem.start[held]
        check_inside(problem, theta)
        out.append(theta)
    return out


def _spread(problem: Problem, count: int) -> list[FloatArray]:
    moving = problem.moving
    random = np.random.default_rng(SEED)
    cells = np.array([random.permutation(count) for _ in moving]).reshape(len(moving), count)
    shares = (cells + random.random(cells.shape)) / max(count, 1)
    before, names = prefits(problem.model), problem.model.names
    out = np.tile(problem.start, (count, 1))
    bounds = zip(problem.lower[~problem.held], problem.upper[~problem.held], strict=True)
    for place, share, (low, high) in zip(moving.tolist(), shares, bounds, strict=True):
        centre = problem.start[place]
        size = max(1.0, abs(centre))
        known = before.get(names[place])
        if known is None and high - low <= WIDE * size:
            out[:, place] = low + share * (high - low)
            continue
        value, width = (known.value, known.width) if known else (centre, size)
        out[:, place] = np.clip(value + width * ndtri(share), low, high)
    return list(out)
