"""Maximum-likelihood fits: point, covariance, verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from hs3.errors import FitError
from hs3.findings import nearest

from . import kernels, minuit
from .accuracy import is_accurate, refined
from .covariance import covariance_of
from .fit_result import FitResult, result_of
from .minimise import CONVERGED, INFINITE, STALLED, Box
from .model import Model
from .problem import Minimum, Problem, problem_of
from .starts import Starts, points_of
from .threads import one_thread

MAX_STEPS = 200


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
