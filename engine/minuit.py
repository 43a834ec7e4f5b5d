"""MINUIT (iminuit) on the same likelihood and exact gradient: the second opinion, and MINOS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hs3.errors import FitError
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray

from .covariance import Covariance
from .problem import Minimum, Problem

if TYPE_CHECKING:
    from iminuit import Minuit

TOLERANCE = 1e-3
"""MINUIT's tolerance: MIGRAD stops at an EDM of 0.002 times this times the error definition."""


def migrad(problem: Problem) -> Minimum:
    """Run MIGRAD with the exact gradient."""
    minuit = _minuit(problem, problem.start)
    minuit.migrad(ncall=100_000)
    theta = problem.start.copy()
    theta[problem.moving] = np.array(minuit.values)
    fmin = minuit.fmin
    assert fmin is not None
    ok = bool(fmin.is_valid)
    message = f"MIGRAD converged in {fmin.nfcn} calls" if ok else f"MIGRAD failed: {_why(fmin)}"
    nll = problem.model.nll(theta)
    return Minimum(theta, nll, float(fmin.edm), int(fmin.nfcn), ok, message)


def minos(
    problem: Problem, theta: FloatArray, covariance: Covariance, names: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Offsets (minus, plus) at which the profiled nll is 1/2 above its minimum.

    A side on which no crossing exists inside the bounds is infinite.

    Raises:
        FitError: a name does not float in this fit.
    """
    model = problem.model
    floating = [model.names[i] for i in problem.moving]
    for name in names:
        if name not in floating:
            raise FitError(
                f"MINOS needs a floating parameter, {name!r} is not one",
                code="fit.not_floating",
                value=name,
                suggestions=nearest(name, floating),
            )
    minuit = _minuit(problem, theta)
    minuit.migrad(ncall=100_000)
    out = {}
    for name in names:
        minuit.minos(name)
        error = minuit.merrors[name]
        out[name] = (
            float(error.lower) if error.lower_valid and not error.at_lower_limit else -np.inf,
            float(error.upper) if error.upper_valid and not error.at_upper_limit else np.inf,
        )
    return out


def _minuit(problem: Problem, theta: FloatArray) -> Minuit:
    from iminuit import Minuit  # here, since most fits do without it and its import takes time

    model, moving = problem.model, problem.moving

    def full(values: FloatArray) -> FloatArray:
        out = theta.copy()
        out[moving] = values
        return out

    def cost(values: FloatArray) -> float:
        return model.nll(full(values))

    def gradient(values: FloatArray) -> FloatArray:
        return model.gradient(full(values))[moving]

    names = [model.names[i] for i in moving]
    minuit = Minuit(cost, theta[moving], grad=gradient, name=names)
    minuit.errordef = Minuit.LIKELIHOOD
    minuit.tol = TOLERANCE
    minuit.limits = list(
        zip(problem.lower[~problem.held], problem.upper[~problem.held], strict=True)
    )
    minuit.errors = _first_steps(problem, theta)
    return minuit


def _first_steps(problem: Problem, theta: FloatArray) -> FloatArray:
    """Initial step of each parameter: the error it would have alone."""
    information = np.diag(problem.model.fisher_information(theta))[problem.moving]
    span = problem.upper[~problem.held] - problem.lower[~problem.held]
    fallback = np.where(np.isfinite(span), 0.01 * span, 0.1)
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = 1.0 / np.sqrt(information)
    return np.where(np.isfinite(alone) & (alone > 0.0), alone, fallback)


def _why(fmin: object) -> str:
    reasons = {
        "has_reached_call_limit": "call limit reached",
        "is_above_max_edm": "estimated distance to the minimum too large",
        "has_parameters_at_limit": "parameters at their limits",
    }
    found = [text for name, text in reasons.items() if getattr(fmin, name, False)]
    return ", ".join(found) or "no valid minimum"
