"""A fit to be done, and where a minimiser stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .model import Model


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where a minimiser stopped: all values, and what it says about it.

    `hessian` is the exact one over `Problem.index`, where the minimiser knows it already,
    `gradient` that over the same parameters, those that are held included.
    """

    theta: FloatArray
    nll: float
    edm: float
    steps: int
    ok: bool
    message: str
    hessian: FloatArray | None = None
    gradient: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """A fit to be done: the model, the start, what may move and how far.

    Attributes:
        index: positions of the parameters that are not constant in the document, or were freed.
        held: True for those among them that this fit keeps fixed.
    """

    model: Model
    start: FloatArray
    index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    lower: FloatArray
    upper: FloatArray
    held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    @property
    def moving(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Positions of the parameters that float."""
        return self.index[~self.held]

    def holding(
        self, places: Sequence[int], values: Sequence[float] | FloatArray, start: FloatArray
    ) -> Problem:
        """The fit that holds the parameters at `places` at these values, from `start` (T,)."""
        theta = start.copy()
        theta[list(places)] = values
        held = self.held | np.isin(self.index, places)
        return replace(self, start=theta, held=held)


def problem_of(
    model: Model,
    start: Mapping[str, float],
    fixed: Mapping[str, float] | Sequence[str],
    free: Sequence[str],
    other_bounds: Mapping[str, tuple[float, float]] | None = None,
) -> Problem:
    """The fit that these arguments of `fit` ask for.

    Args:
        other_bounds: bounds to use instead of the document's.

    Raises:
        FitError: an unknown parameter name, a start outside of the bounds, bounds that are no
            range.
    """
    at = dict(start) | (dict(fixed) if isinstance(fixed, Mapping) else {})
    theta = model.theta(at)
    floating = np.array([not p.const for p in model.graph.parameters], dtype=bool)
    floating[[model.position(name) for name in free]] = True
    index = np.flatnonzero(floating)
    keep = np.zeros(len(theta), dtype=bool)
    keep[[model.position(name) for name in fixed]] = True
    bounds = np.array([(p.min, p.max) for p in model.graph.parameters]).reshape(-1, 2)
    for name, (low, high) in (other_bounds or {}).items():
        if not low < high:
            message = f"the bounds [{low:g}, {high:g}] of {name} are no range"
            raise FitError(message, code="fit.invalid", value=name)
        bounds[model.position(name)] = low, high
    problem = Problem(model, theta, index, bounds[index, 0], bounds[index, 1], keep[index])
    check_inside(problem, theta)
    return problem


def check_inside(problem: Problem, theta: FloatArray) -> None:
    """Refuse to start outside of the bounds.

    Raises:
        FitError: a parameter that floats is outside.
    """
    for place, low, high, held in zip(
        problem.index.tolist(), problem.lower, problem.upper, problem.held, strict=True
    ):
        if not held and not low <= theta[place] <= high:
            name = problem.model.names[place]
            raise FitError(
                f"{name} starts at {theta[place]:g}, outside of its bounds [{low:g}, {high:g}]",
                code="fit.start_outside",
                value=float(theta[place]),
            )
