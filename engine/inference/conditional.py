"""Free and conditional fits of one likelihood, each started where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import newton
from ..minuit import migrad
from ..model import Model
from ..problem import Minimum, Problem, problem_of
from ..starts import Starts, points_of
from .batch import Bounds

Point = Mapping[str, float]

LOWER = 1e-4
"""Minima that differ by less in nll are the same for a limit."""

MOST_UNITS = 1e12
"""A parameter that changes nothing over this distance is one that the data say nothing about."""


def insensitive(poi: str) -> FitError:
    """The data say nothing about the parameter of interest."""
    message = f"the data do not depend on {poi}"
    return FitError(message, code="inference.insensitive", value=poi)


@dataclass(eq=False)
class ConditionalFits:
    """Minima of the likelihood of one set of data.

    Attributes:
        model: likelihood and data.
        problem: what floats and how far; parameters of interest float in `best`.
        pois: names of the parameters of interest.
        starts: more points to start from, where `look_lower` looks for lower minima.
        lowered: by how much these were below the minima found before, in -2 ln L.
        branches: all values at the lower minima: further fits start from there, too.
        fits: the conditional fits so far, by the values of the parameters of interest.
        count: number of fits, the free one among them.
    """

    model: Model
    problem: Problem
    pois: tuple[str, ...]
    starts: Starts = ()
    lowered: list[float] = field(default_factory=list)
    branches: list[FloatArray] = field(default_factory=list)
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
        starts: Starts = (),
    ) -> ConditionalFits:
        """The fits of `model` at values of the parameters of interest.

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
        points_of(problem, starts)
        return cls(model, problem, pois, starts)

    def with_model(self, model: Model) -> ConditionalFits:
        """The same for other data."""
        return ConditionalFits(model, replace(self.problem, model=model), self.pois, self.starts)

    @property
    def best(self) -> Minimum:
        """The unconditional minimum."""
        if self._best is None:
            first = self._fit(self.problem, "the free fit")
            self._best = self._lowest(first, self.problem)
        return self._best

    @property
    def best_values(self) -> tuple[float, ...]:
        """Values of the parameters of interest at the minimum."""
        return tuple(float(self.best.theta[self.model.position(name)]) for name in self.pois)

    def at(self, *values: float) -> Minimum:
        """The minimum with the parameters of interest held at these values."""
        if values not in self.fits:
            problem = self._held(values, self._near(values))
            found = [self._fit(problem, self._said(values))]
            found += [newton(self._held(values, branch)) for branch in self.branches]
            self.count += len(self.branches)
            self.fits[values] = min((m for m in found if m.ok), key=lambda m: m.nll)
        return self.fits[values]

    def _said(self, values: tuple[float, ...]) -> str:
        return "the fit at " + ", ".join(
            f"{n} = {v:g}" for n, v in zip(self.pois, values, strict=True)
        )

    def _held(self, values: tuple[float, ...], start: FloatArray) -> Problem:
        places = [self.model.position(name) for name in self.pois]
        return self.problem.holding(places, values, start)

    def look_lower(self, *values: float) -> bool:
        """Whether other starts lead to a lower minimum; if so, it is the one from now on.

        They are the document's values, and `starts`. The conditional fits so far are forgotten
        then, as they followed another minimum.
        """
        known = self.at(*values)
        problem = self._held(values, self.problem.start)
        found = self._lowest(known, problem, problem.start)
        if found is known:
            return False
        self.fits = {values: found}
        return True

    def _lowest(self, known: Minimum, problem: Problem, *others: FloatArray) -> Minimum:
        """The lowest minimum from the other starts, `known` where they lead to none below it."""
        if not len(problem.moving):
            return known
        points = [*others, *points_of(problem, self.starts)]
        found = [newton(replace(problem, start=point)) for point in points]
        self.count += len(found)
        best = min((m for m in found if m.ok), key=lambda m: m.nll, default=known)
        if not best.nll < known.nll - LOWER:
            return known
        self.lowered.append(2.0 * (known.nll - best.nll))
        self.branches.append(best.theta)
        return best

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found by starting elsewhere."""
        if not self.lowered:
            return ()
        times = f"{len(self.lowered)} times" if len(self.lowered) > 1 else "once"
        by = f"{max(self.lowered):.2g} in -2 ln L"
        return (f"other starting points led to a lower minimum {times}, by up to {by}",)

    def rise(self, *values: float) -> float:
        """Twice the difference of nll to the unconditional minimum, never negative."""
        there = self.at(*values)
        if there.nll < self.best.nll - 1e-9 * max(1.0, abs(there.nll)):
            # The free fit had missed the minimum, or stopped at a worse one.
            again = self._fit(replace(self.problem, start=there.theta), "the free fit")
            self._best = again if again.nll < self.best.nll else self._best
        return max(0.0, 2.0 * (there.nll - self.best.nll))

    def error(self) -> float:
        r"""Error of the first parameter of interest at the minimum.

        From the exact Hessian; where that has no inverse, as without a signal nothing depends on
        its place, :math:`\sigma = |\mu - \hat\mu| / \sqrt{t(\mu)}` at a point where t is about 1.

        Raises:
            FitError: the data say nothing about the parameter of interest.
        """
        from ..covariance import covariance_of

        covariance = covariance_of(self.problem, self.best).matrix
        row = self.problem.moving.tolist().index(self.model.position(self.pois[0]))
        variance = float(covariance[row, row])
        if np.isfinite(variance) and variance > 0.0:
            return float(np.sqrt(variance))
        return self._secant_error()

    def _secant_error(self) -> float:
        place = self.model.position(self.pois[0])
        row = self.problem.index.tolist().index(place)
        best, high = self.best_values[0], float(self.problem.upper[row])
        others = tuple(self.best_values[1:])
        step = 1e-3 * max(1.0, abs(best))
        while step < MOST_UNITS:
            value = min(best + step, high)
            rise = self.rise(value, *others)
            if rise > 0.5 or (value == high and rise > 0.0):
                return (value - best) / float(np.sqrt(rise))
            if value == high:
                break
            step *= 2.0
        raise insensitive(self.pois[0])

    def without_effect(self, *values: float) -> tuple[str, ...]:
        """Floating parameters that the likelihood does not depend on at the fit at these values.

        As that of the place of a peak where the signal is zero. The theorems of Wilks and Wald do
        not hold then: the statistic is the largest over all places (the look-elsewhere effect).
        """
        there = self.at(*values)
        if there.hessian is None:
            return ()
        own = [self.model.position(name) for name in self.pois]
        others = ~np.isin(self.problem.index, own)
        flat = (there.hessian[:, others] == 0.0).all(axis=1)
        lost = self.problem.index[flat & others & ~self.problem.held]
        return tuple(self.model.names[i] for i in lost)

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
