"""The profile likelihood: conditional fits and intervals (for scans, `hs3.engine.scans`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import chdtr, chdtri

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .fit import fit, newton
from .fit_result import FitResult
from .forms import Result
from .model import Model
from .poi import not_floating
from .problem import Minimum, Problem, problem_of
from .starts import Starts, points_of

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

LOWER = 1e-6
"""A conditional minimum this far below the best fit, in nll, means that the best fit was none."""


@dataclass(frozen=True, eq=False)
class Profile:
    r"""The profile likelihood around one fit.

    .. math:: t(x) = -2\ln\frac{L(x, \hat{\hat\theta}(x))}{L(\hat x, \hat\theta)}

    (Cowan, Cranmer, Gross, Vitells, arXiv:1007.1727, eq. 7.)

    Attributes:
        names: what is profiled, D parameters that float in `best`.
        best: the unconditional fit.
        problem: that fit with these parameters held.
        starts: more starting points of each conditional fit (see `hs3.engine.starts`).
    """

    names: tuple[str, ...]
    best: FitResult
    problem: Problem
    starts: Starts = ()

    @classmethod
    def of(
        cls,
        model: Model,
        names: Sequence[str],
        best: FitResult | None = None,
        starts: Starts = (),
    ) -> Profile:
        """The profile of these parameters; `best` says what floats, without it all that may.

        Raises:
            FitError: a name does not float, or the fit did not converge.
        """
        best = converged(best if best is not None else fit(model, starts=starts))
        for name in names:
            if name not in best.free:
                model.position(name)
                raise not_floating(name, best.free)
        fixed = [p.name for p in best.parameters.values() if p.fixed]
        problem = problem_of(model, best.values, (*fixed, *names), best.free)
        return cls(tuple(names), best, problem, starts)

    @cached_property
    def positions(self) -> list[int]:
        """Where the profiled parameters stand among all."""
        return [self.problem.model.position(name) for name in self.names]

    @cached_property
    def _rows(self) -> list[int]:
        return [self.problem.index.tolist().index(i) for i in self.positions]

    @cached_property
    def centre(self) -> FloatArray:
        """Best-fit values (D,)."""
        return np.array([self.best.values[name] for name in self.names])

    @cached_property
    def covariance(self) -> FloatArray:
        """Their covariance (D, D)."""
        own = [self.best.free.index(name) for name in self.names]
        return self.best.covariance[np.ix_(own, own)]

    @cached_property
    def box(self) -> FloatArray:
        """Their bounds (2, D)."""
        return np.array([self.problem.lower[self._rows], self.problem.upper[self._rows]])

    @cached_property
    def _tangent(self) -> FloatArray:
        """How the other parameters follow at first order: C_θx / C_xx, shape (T, D)."""
        own = [self.best.free.index(name) for name in self.names]
        follow = np.zeros((len(self.problem.start), len(self.names)))
        free = [self.problem.model.position(name) for name in self.best.free]
        with np.errstate(all="ignore"):
            follow[free] = self.best.covariance[:, own] @ np.linalg.pinv(self.covariance)
        return np.where(np.isfinite(follow), follow, 0.0)

    def at(self, values: FloatArray, near: FloatArray | None = None) -> Minimum:
        """The fit with the parameters held at `values` (D,), the lowest from here and `starts`."""
        return self.lowest(values, self.follow(values, near))

    def follow(self, values: FloatArray, near: FloatArray | None = None) -> Minimum:
        """The fit with the parameters held at `values`, started beside all values `near` (T,).

        A fit that fails is tried once more from the document's values.
        """
        found = newton(self.held(values, self.towards(values, near)))
        if not found.ok:
            again = newton(self.held(values, self.problem.model.start))
            found = again if again.ok else found
        return found

    def lowest(self, values: FloatArray, known: Minimum) -> Minimum:
        """The lowest minimum there from `starts`, `known` where they lead to none below it."""
        problem = self.held(values, self.problem.start)
        others = [newton(replace(problem, start=p)) for p in points_of(problem, self.starts)]
        best = min((m for m in others if m.ok), key=lambda m: m.nll, default=known)
        return best if not known.ok or best.nll < known.nll - LOWER else known

    def towards(self, values: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """All values (T,) at first order for the parameters at `values`, from those of `near`."""
        near = self.problem.start if near is None else near
        return near + self._tangent @ (values - near[self.positions])

    def held(self, values: FloatArray, start: FloatArray) -> Problem:
        """The fit with the parameters held at `values`, from `start` for the others."""
        problem = self.problem
        theta = problem.start.copy()  # what the fit held stays where it was
        moving = problem.moving
        theta[moving] = np.clip(
            start[moving], problem.lower[~problem.held], problem.upper[~problem.held]
        )
        theta[self.positions] = values
        return replace(problem, start=theta)

    def rise(self, minimum: Minimum) -> float:
        """Twice the rise of the nll above the best fit.

        Raises:
            FitError: the conditional fit failed, or lies below the best fit.
        """
        if not minimum.ok:
            raise FitError(
                f"the fit at {self._said(minimum)} failed: {minimum.message}",
                code="fit.not_converged",
            )
        if minimum.nll < self.best.nll - LOWER:
            raise FitError(
                f"the fit at {self._said(minimum)} lies {self.best.nll - minimum.nll:.3g} in nll "
                "below the best fit, which was a local minimum; start there",
                code="fit.not_converged",
            )
        return 2.0 * max(minimum.nll - self.best.nll, 0.0)

    def slope(self, minimum: Minimum) -> FloatArray:
        """Gradient (D,) of twice the profiled nll: that of the likelihood at the conditional fit.

        The other parameters do not contribute, as the likelihood is stationary in them.
        """
        assert minimum.gradient is not None
        return 2.0 * minimum.gradient[self._rows]

    def _said(self, minimum: Minimum) -> str:
        values = minimum.theta[self.positions]
        return ", ".join(f"{n} = {v:g}" for n, v in zip(self.names, values, strict=True))


def converged(result: FitResult) -> FitResult:
    """The result itself.

    Raises:
        FitError: the fit did not converge.
    """
    if not result.converged:
        raise FitError(f"the fit did not converge: {result.message}", code="fit.not_converged")
    return result


# --- intervals ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval(Result):
    """Profile-likelihood interval of one parameter.

    Attributes:
        name: of the parameter.
        value: its best fit.
        lower, upper: ends of the interval; infinite where the likelihood does not fall enough
            inside the bounds.
        level: twice the rise of the nll at the ends.
    """

    name: str
    value: float
    lower: float
    upper: float
    level: float

    @property
    def probability(self) -> float:
        """Confidence level of the interval for large samples."""
        return float(chdtr(1, self.level))

    @property
    def errors(self) -> tuple[float, float]:
        """Offsets (minus, plus) of the ends from the value, as MINOS gives them."""
        return self.lower - self.value, self.upper - self.value

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; null for an infinite end."""
        ends = [v if np.isfinite(v) else None for v in (self.lower, self.upper)]
        return {"name": self.name, "value": self.value, "lower": ends[0], "upper": ends[1],
                "level": self.level}  # fmt: skip


def rise_of(probability: float) -> float:
    """Rise of twice the nll at the ends of an interval of one parameter (Wilks' theorem)."""
    return float(chdtri(1, 1.0 - probability))


def interval(
    model: Model, name: str, *, level: float = 1.0, best: FitResult | None = None
) -> Interval:
    """Where twice the profiled nll has risen by `level`: 1 for 68.3 %, 3.84 for 95 %.

    Newton steps on the square root of the rise, which is nearly straight, with its exact
    derivative, inside a bracket.

    Raises:
        FitError: the parameter does not float, a fit fails, or finds a lower minimum.
    """
    profile = Profile.of(model, (name,), best)
    ends = [_crossing(profile, side, level) for side in (-1.0, 1.0)]
    return Interval(name, float(profile.centre[0]), ends[0], ends[1], level)


def intervals(
    model: Model, names: Sequence[str], *, level: float = 1.0, best: FitResult | None = None
) -> Iterator[Interval]:
    """`interval` of several parameters around one fit."""
    best = converged(best if best is not None else fit(model))
    for name in names:
        yield interval(model, name, level=level, best=best)


TOLERANCE = 1e-6
"""Relative accuracy of the square root of the rise at the end of an interval."""


def _crossing(profile: Profile, side: float, level: float) -> float:
    centre, bound = float(profile.centre[0]), float(profile.box[0 if side < 0.0 else 1, 0])
    root = float(np.sqrt(level))
    inside, outside = centre, np.nan
    x = centre + side * root * float(np.sqrt(profile.covariance[0, 0]))
    near = None
    for _ in range(60):
        x = side * min(side * x, side * bound)
        here = profile.at(np.array([x]), near)
        near = here.theta
        rise = float(np.sqrt(profile.rise(here)))
        if abs(rise - root) <= TOLERANCE * root:
            return x
        if rise < root and x == bound:
            return float(side * np.inf)
        inside, outside = (x, outside) if rise < root else (inside, x)
        # d sqrt(t) = t' / (2 sqrt(t)); a rise of zero has no slope
        slope = side * float(profile.slope(here)[0]) / (2.0 * rise) if rise > 0.0 else 0.0
        step = (root - rise) / slope if slope > 0.0 else np.inf
        x = _next(x, side * step, centre, inside, outside)
    raise FitError(
        f"no end of the interval of {profile.names[0]} was found near {x:g}",
        code="fit.not_converged",
    )


def _next(x: float, step: float, centre: float, inside: float, outside: float) -> float:
    """The Newton step where it stays in the bracket, else its middle; outwards at most thrice."""
    if np.isnan(outside):
        return float(x + np.sign(step) * min(abs(step), 2.0 * abs(x - centre)))
    low, high = sorted((inside, outside))
    return x + step if low < x + step < high else 0.5 * (low + high)
