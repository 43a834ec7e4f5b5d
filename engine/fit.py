"""Maximum-likelihood fits: point, covariance, verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from hs3.errors import FitError
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray

from . import kernels, minuit
from .accuracy import is_accurate, refined
from .covariance import Covariance, covariance_of
from .forms import Columns, Result, columns_of, strict
from .minimise import CONVERGED, INFINITE, STALLED, Box
from .model import Model
from .starts import Starts, check_inside, points_of
from .threads import one_thread

MAX_STEPS = 200
AT_BOUND = 1e-9
"""A parameter counts as being at a bound within this fraction of its range."""

WIDE = 1.1
"""An error of more than this many widths of the constraint is reported."""


@dataclass(frozen=True)
class FittedParameter:
    """One parameter after a fit.

    Attributes:
        name: its name.
        value: best-fit value.
        error: square root of its variance from the exact Hessian; 0 when it was fixed, infinite
            when the likelihood does not depend on it.
        fixed: True when it was held constant.
        at_bound: ``"lower"``, ``"upper"`` or None.
        minos: the interval in which the profiled nll rises by less than 1/2, as (minus, plus)
            offsets from the value, where it was asked for.
        pull: ``(value - measured) / width`` for a parameter with a Gaussian constraint.
        constraint: ``error / width`` for such a parameter; above 1 where the likelihood is not
            parabolic, so that the interval (`minos`) tells more than the error.
    """

    name: str
    value: float
    error: float
    fixed: bool
    at_bound: Literal["lower", "upper"] | None
    minos: tuple[float, float] | None = None
    pull: float | None = None
    constraint: float | None = None

    @property
    def parabolic(self) -> bool:
        """False where the error exceeds that of the constraint, so that only `minos` tells."""
        return self.constraint is None or not self.constraint > WIDE


@dataclass(frozen=True, eq=False)
class FitResult(Result):
    """Result of a fit, plain data.

    Attributes:
        parameters: by name, in the model's order.
        nll: the full negative log-likelihood at the minimum.
        converged: True when the estimated distance to the minimum is small, the covariance is
            positive definite and nothing is infinite.
        message: what happened, in a sentence.
        edm: estimated distance to the minimum, in units of nll.
        steps: number of steps (or of likelihood calls for MINUIT).
        minimizer: ``newton`` or ``minuit``.
        free: names of the floating parameters, the order of `covariance`.
        covariance: inverse of the exact Hessian, shape (free, free).
    """

    parameters: Mapping[str, FittedParameter]
    nll: float
    converged: bool
    message: str
    edm: float
    steps: int
    minimizer: str
    free: tuple[str, ...]
    covariance: FloatArray = field(repr=False)

    @property
    def twice_nll(self) -> float:
        """Twice `nll`."""
        return 2.0 * self.nll

    @property
    def values(self) -> dict[str, float]:
        """Best-fit value of every parameter."""
        return {name: p.value for name, p in self.parameters.items()}

    @property
    def errors(self) -> dict[str, float]:
        """Error of every parameter, 0 where it was fixed."""
        return {name: p.error for name, p in self.parameters.items()}

    @property
    def correlation(self) -> FloatArray:
        """Correlation matrix of the floating parameters, shape (free, free)."""
        width = np.sqrt(np.diag(self.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation: FloatArray = self.covariance / np.outer(width, width)
        return correlation

    @property
    def at_bound(self) -> tuple[str, ...]:
        """Names of the floating parameters that ended at a bound."""
        return tuple(name for name, p in self.parameters.items() if p.at_bound)

    def columns(self) -> Columns:
        """A row per parameter, for ``pandas.DataFrame``; NaN for what it does not have.

        ``name``, ``value``, ``error``, ``fixed``, ``pull``, ``constraint``, and the MINOS offsets
        ``minus`` and ``plus``.
        """
        found = self.parameters.values()
        names = ("name", "value", "error", "fixed", "pull", "constraint")
        ends = np.array([p.minos or (np.nan, np.nan) for p in found]).reshape(-1, 2)
        return columns_of(found, names) | {"minus": ends[:, 0], "plus": ends[:, 1]}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; infinite errors become null."""
        return {
            "twice_nll": self.twice_nll,
            "nll": self.nll,
            "converged": self.converged,
            "message": self.message,
            "edm": self.edm,
            "steps": self.steps,
            "minimizer": self.minimizer,
            "at_bound": list(self.at_bound),
            "parameters": {name: _parameter_dict(p) for name, p in self.parameters.items()},
            "covariance": {
                "parameters": list(self.free),
                "matrix": strict(self.covariance),
            },
        }


def _parameter_dict(p: FittedParameter) -> dict[str, Any]:
    out: dict[str, Any] = {"value": p.value, "error": strict(p.error), "fixed": p.fixed}
    if p.at_bound:
        out["at_bound"] = p.at_bound
    if p.minos is not None:
        out["minos"] = strict(p.minos)
    if p.pull is not None:
        out["pull"] = p.pull
    if p.constraint is not None:
        out["constraint"] = strict(p.constraint)
    return out


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


@one_thread()
def fit(
    model: Model,
    *,
    start: Mapping[str, float] | None = None,
    fixed: Mapping[str, float] | Sequence[str] = (),
    free: Sequence[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
    minimizer: Literal["newton", "minuit"] = "newton",
    minos: Sequence[str] = (),
    starts: Starts = (),
) -> FitResult:
    """Maximise the likelihood.

    Args:
        start: starting values by name; the document's where left out.
        starts: more starting points, for likelihoods with several minima, or how many to spread
            (see `hs3.engine.starts`); the lowest minimum wins, and `message` tells of the others.
        fixed: names to hold at their starting value, or name → value.
        free: constant parameters of the document to let float.
        bounds: other bounds than the document's, by name; its starting values are moved into them.
        minimizer: ``newton`` (exact gradient and Hessian, see `hs3.engine.minimise`) or
            ``minuit`` (MIGRAD of iminuit with the exact gradient).
        minos: names whose asymmetric interval MINOS is to find.

    Returns:
        the result; when the fit fails, `converged` is False and `message` says why.

    Raises:
        FitError: an unknown parameter name, a start outside the bounds, or an unknown minimizer.
    """
    moved = {name: limits for name, limits in (bounds or {}).items() if name not in fixed}
    inside = {n: float(np.clip(model.start[model.position(n)], *b)) for n, b in moved.items()}
    first = inside | dict(start or {})
    problem = problem_of(model, first, fixed, free, bounds)
    minimisers = {"newton": newton, "minuit": minuit.migrad}
    if minimizer not in minimisers:
        raise FitError(
            f"unknown minimizer {minimizer!r}; known are newton and minuit",
            code="fit.unknown_minimizer",
            value=minimizer,
            suggestions=nearest(str(minimizer), ["newton", "minuit"]),
        )
    minimise = minimisers[minimizer]
    others = [minimise(replace(problem, start=point)) for point in points_of(problem, starts)]
    minimum = lowest([minimise(problem), *others])
    covariance = covariance_of(problem, minimum)
    intervals = minuit.minos(problem, minimum.theta, covariance, minos) if minos else {}
    return result_of(problem, minimum, covariance, intervals, minimizer)


SAME = 1e-6
"""Minima whose nll differ by less are the same one."""


def lowest(minima: Sequence[Minimum]) -> Minimum:
    """The lowest of several minima, those that did not converge last; its message counts them."""
    first, best = minima[0], min(minima, key=_order)
    if len(minima) == 1:
        return best
    good = [m.nll for m in minima if m.ok]
    distinct = 1 + int((np.diff(np.sort(good)) > SAME).sum()) if good else 0
    count = f"{distinct} minima" if distinct > 1 else "the same minimum"
    message = f"{best.message}; {len(good)} of {len(minima)} starts led to {count}"
    if first.ok and first.nll - best.nll > SAME:
        message += f", the lowest {first.nll - best.nll:.3g} in nll below that of the first"
    return replace(best, message=message)


def _order(minimum: Minimum) -> tuple[bool, float]:
    return not minimum.ok, minimum.nll if np.isfinite(minimum.nll) else np.inf


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


@one_thread()
def newton(problem: Problem) -> Minimum:
    """Minimise by Newton steps (see `hs3.engine.minimise`)."""
    model = problem.model
    found = kernels.minimise(
        problem.start,
        problem.index,
        Box(problem.lower, problem.upper, problem.held, model.kinked[problem.index]),  # type: ignore[arg-type]
        model.program,
        model.arrays,
        model.observed,
        max_steps=MAX_STEPS,
    )
    theta = problem.start.copy()
    theta[problem.index] = np.asarray(found.x)
    nll, edm, tau, steps, status = np.asarray(found.verdict).tolist()
    message = {
        CONVERGED: f"converged in {steps:.0f} steps",
        STALLED: "no step lowers the likelihood any more, yet its gradient does not vanish",
        INFINITE: "the likelihood is infinite or undefined at the starting values",
    }.get(int(status), f"not converged after {steps:.0f} steps")
    # At a kink the loop stood on one side; the covariance wants the mean of both.
    kinked = bool((model.kinked & (theta == 0.0))[problem.moving].any())
    hessian = np.asarray(found.curvature) if tau == 1.0 and not kinked else None
    gradient = np.asarray(found.gradient)
    good = status == CONVERGED
    minimum = Minimum(theta, nll, edm, int(steps), good, message, hessian, gradient)
    return minimum if model.program.terms is None else _accurate(problem, minimum)


def _accurate(problem: Problem, found: Minimum) -> Minimum:
    """The minimum, looked for again with finer integrals where they are not accurate there."""
    model = problem.model
    error = float(kernels.evaluate(found.theta, model.program, model.arrays, model.observed)[1])
    if is_accurate(model, error):
        return found
    if (finer := refined(model)) is not None:
        start = found.theta if found.ok else problem.start
        return newton(replace(problem, model=finer, start=start))
    message = f"a numerical integral has a relative error of {error:.1e} at the minimum"
    return replace(found, ok=False, message=message)


def result_of(
    problem: Problem,
    minimum: Minimum,
    covariance: Covariance,
    intervals: Mapping[str, tuple[float, float]] | None = None,
    minimizer: str = "newton",
) -> FitResult:
    """What is told about a minimum, and its covariance over the moving parameters."""
    model, theta = problem.model, minimum.theta
    errors = np.zeros(len(theta))
    errors[problem.moving] = np.sqrt(np.diag(covariance.matrix))
    bounds = _bounds_hit(problem, theta)
    measured = _measured(model, theta)
    moving = set(problem.moving.tolist())
    parameters = {
        name: FittedParameter(
            name,
            float(theta[i]),
            float(errors[i]),
            i not in moving,
            bounds.get(i),
            (intervals or {}).get(name),
            *_compared(measured.get(name), float(theta[i]), float(errors[i]), i in moving),
        )
        for i, name in enumerate(model.names)
    }
    notes = [minimum.message]
    if hit := [model.names[i] for i in bounds]:
        notes.append("at a bound: " + ", ".join(hit))
    if kinks := [model.names[i] for i in problem.moving if model.kinked[i] and theta[i] == 0.0]:
        notes.append("at the kink of a piecewise interpolation: " + ", ".join(kinks))
    if wide := [p.name for p in parameters.values() if not p.parabolic]:
        said = ", ".join(wide[:5]) + (f" and {len(wide) - 5} more" if len(wide) > 5 else "")
        notes.append(f"not parabolic, with errors above those of their constraints: {said}")
    notes.extend(covariance.messages)
    return FitResult(
        parameters=parameters,
        nll=minimum.nll,
        converged=minimum.ok and covariance.ok and bool(np.isfinite(minimum.nll)),
        message="; ".join(notes),
        edm=minimum.edm,
        steps=minimum.steps,
        minimizer=minimizer,
        free=tuple(model.names[i] for i in problem.moving),
        covariance=covariance.matrix,
    )


def _bounds_hit(problem: Problem, theta: FloatArray) -> dict[int, Literal["lower", "upper"]]:
    out: dict[int, Literal["lower", "upper"]] = {}
    for i, low, high, held in zip(
        problem.index.tolist(), problem.lower, problem.upper, problem.held, strict=True
    ):
        span = high - low if np.isfinite(high - low) else max(1.0, abs(theta[i]))
        if held:
            continue
        if theta[i] - low <= AT_BOUND * span:
            out[i] = "lower"
        elif high - theta[i] <= AT_BOUND * span:
            out[i] = "upper"
    return out


def _measured(model: Model, theta: FloatArray) -> dict[str, tuple[float, float]]:
    """Measured value and width of the parameters with Gaussian constraints."""
    by_name = dict(zip(model.names, theta.tolist(), strict=True))

    def number(value: float | str) -> float | None:
        return by_name.get(value) if isinstance(value, str) else value

    out = {}
    for constraint in model.graph.constraints:
        measured, width = number(constraint.observed), number(constraint.scale)
        known = measured is not None and width is not None
        if constraint.kind == "gauss" and constraint.parameter in by_name and known:
            out[constraint.parameter] = measured, width
    return out  # type: ignore[return-value]


def _compared(
    measured: tuple[float, float] | None, value: float, error: float, moving: bool
) -> tuple[float | None, float | None]:
    """Pull and constraint of a parameter against its measurement."""
    if measured is None:
        return None, None
    center, width = measured
    return (value - center) / width, error / width if moving else None
