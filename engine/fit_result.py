"""What is told about a fit: values, errors, covariance, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hs3.histfactory.meaning import FloatArray

from .covariance import Covariance
from .forms import Columns, Result, columns_of, strict
from .model import Model
from .problem import Minimum, Problem

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
