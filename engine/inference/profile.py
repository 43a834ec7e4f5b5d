"""Profiles of one likelihood: free and conditional fits, each started where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from hs3.errors import FitError
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray

from ..fit import Minimum, Problem, newton, problem_of
from ..minuit import migrad
from ..model import Model
from .batch import Bounds

Point = Mapping[str, float]

LOWER = 1e-4
"""Minima that differ by less in nll are the same for a limit."""


@dataclass(eq=False)
class Profile:
    """Minima of the likelihood of one set of data.

    Attributes:
        model: likelihood and data.
        problem: what floats and how far; parameters of interest float in `best`.
        pois: names of the parameters of interest.
        fits: the conditional fits so far, by the values of the parameters of interest.
        count: number of fits, the free one among them.
    """

    model: Model
    problem: Problem
    pois: tuple[str, ...]
    fits: dict[tuple[float, ...], Minimum] = field(default_factory=dict)
    count: int = 0
    _best: Minimum | None = None

    @classmethod
    def of(
        cls,
        model: Model,
        pois: tuple[str, ...],
        fixed: Mapping[str, float] | tuple[str, ...] = (),
        bounds: Bounds | None = None,
    ) -> Profile:
        """The profile of `model` in the parameters of interest.

        Raises:
            FitError: an unknown name, or a start outside of the bounds.
        """
        if clash := set(pois) & set(fixed):
            message = f"the parameter of interest {min(clash)} cannot be fixed"
            raise FitError(message, code="fit.not_floating", value=min(clash))
        start = {
            name: float(np.clip(model.start[model.position(name)], *limits))
            for name, limits in (bounds or {}).items()
        }
        problem = problem_of(model, start, fixed, pois, bounds)
        return cls(model, problem, pois)

    def with_model(self, model: Model) -> Profile:
        """The same for other data."""
        return Profile(model, replace(self.problem, model=model), self.pois)

    @property
    def best(self) -> Minimum:
        """The unconditional minimum."""
        if self._best is None:
            self._best = self._fit(self.problem, "the free fit")
        return self._best

    @property
    def best_values(self) -> tuple[float, ...]:
        """Values of the parameters of interest at the minimum."""
        return tuple(float(self.best.theta[self.model.position(name)]) for name in self.pois)

    def at(self, *values: float) -> Minimum:
        """The minimum with the parameters of interest held at these values."""
        if values not in self.fits:
            what = ", ".join(f"{n} = {v:g}" for n, v in zip(self.pois, values, strict=True))
            problem = self._held(values, self._near(values))
            self.fits[values] = self._fit(problem, f"the fit at {what}")
        return self.fits[values]

    def _held(self, values: tuple[float, ...], start: FloatArray) -> Problem:
        places = [self.model.position(name) for name in self.pois]
        theta = start.copy()
        theta[places] = values
        held = self.problem.held | np.isin(self.problem.index, places)
        return replace(self.problem, start=theta, held=held)

    def look_lower(self, *values: float) -> bool:
        """Whether the document's values lead to a lower minimum; if so, it is the one from now on.

        The fits so far are forgotten then, as they followed another minimum.
        """
        known = self.at(*values)
        problem = self._held(values, self.problem.start)
        other = newton(problem) if len(problem.moving) else known
        self.count += 1
        if not other.ok or other.nll >= known.nll - LOWER:
            return False
        self.fits = {values: other}
        return True

    def rise(self, *values: float) -> float:
        """Twice the difference of nll to the unconditional minimum, never negative."""
        there = self.at(*values)
        if there.nll < self.best.nll - 1e-9 * max(1.0, abs(there.nll)):
            # The free fit had missed the minimum, or stopped at a worse one.
            again = self._fit(replace(self.problem, start=there.theta), "the free fit")
            self._best = again if again.nll < self.best.nll else self._best
        return max(0.0, 2.0 * (there.nll - self.best.nll))

    def error(self) -> float:
        """Error of the first parameter of interest at the minimum, from the exact Hessian."""
        from ..covariance import covariance_of

        covariance = covariance_of(self.problem, self.best).matrix
        place = self.problem.moving.tolist().index(self.model.position(self.pois[0]))
        return float(np.sqrt(covariance[place, place]))

    def _near(self, values: tuple[float, ...]) -> FloatArray:
        known = [*self.fits.items()]
        if self._best is not None:
            known.append((self.best_values, self._best))
        if not known:
            return self.problem.start
        return min(known, key=lambda k: float(np.sum(np.subtract(k[0], values) ** 2)))[1].theta

    def _fit(self, problem: Problem, what: str) -> Minimum:
        """Newton from the given start, then from the document's values, then MINUIT.

        Raises:
            FitError: none of them converged.
        """
        self.count += 1
        first = newton(problem)
        if first.ok:
            return first
        start = np.where(self._moves(problem), self.problem.start, problem.start)
        for attempt in (newton, migrad) if len(problem.moving) else ():
            again = attempt(replace(problem, start=start))
            if again.ok and np.isfinite(again.nll):
                return again
        message = f"{what} did not converge: {first.message}"
        raise FitError(message, code="inference.not_converged", value=what)

    @staticmethod
    def _moves(problem: Problem) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        moves = np.zeros(len(problem.start), dtype=bool)
        moves[problem.moving] = True
        return moves


def poi_of(model: Model, poi: str | None) -> str:
    """The parameter of interest: the one asked for, or the only one of the document.

    Raises:
        FitError: there is none, several, or no parameter of this name.
    """
    if poi is not None:
        model.position(poi)
        return poi
    floating = [name for name in model.pois if name in model.names]
    if len(floating) == 1:
        return floating[0]
    said = f"has {len(floating)}: {', '.join(floating)}" if floating else "has none"
    raise FitError(
        f"name the parameter of interest; the document {said}",
        code="inference.poi",
        value=list(floating),
        suggestions=nearest("mu", floating or model.names),
    )
