r"""Functions of the parameters: their value and error after a fit, and fits that fix them.

.. math:: \sigma_f^2 = \nabla f^T\,V\,\nabla f
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import FitError
from hs3.expressions import ROOT_CONSTANTS, parse
from hs3.expressions import names as names_in
from hs3.findings import nearest
from hs3.histfactory.meaning import FloatArray

from .covariance import covariance_of
from .density import DensityScope, definitions_of
from .fit import fit
from .fit_result import FitResult, result_of
from .forms import Result
from .model import Model
from .problem import Minimum, Problem, problem_of
from .profile import converged

Values = Mapping[str, Array]
Derived = str | Callable[[Values], Any]
"""A name of the document, an expression, or a callable of all values by name, written in JAX."""


@dataclass(frozen=True, eq=False)
class DerivedValue(Result):
    """A function of the parameters after a fit.

    Attributes:
        value: at the best fit.
        error: by linear propagation of the covariance.
        gradient: with respect to the floating parameters, the order of `FitResult.free`.
    """

    value: float
    error: float
    gradient: FloatArray

    def to_dict(self) -> dict[str, float]:
        """Plain JSON data."""
        return {"value": self.value, "error": self.error}


def derived(model: Model, result: FitResult, function: Derived) -> DerivedValue:
    """Value and error of a function at the best fit, with its exact gradient.

    Args:
        function: as for `formula_of`: a name, an expression of names, or a callable.

    Raises:
        FitError: the document has no such function, or the callable gives no number.
        ExpressionError: a text is neither a name nor an expression.
    """
    formula = formula_of(model, function)
    theta = model.theta(result.values)
    value, gradient = jax.value_and_grad(formula)(jnp.asarray(theta))
    own = np.asarray(gradient)[[model.position(name) for name in result.free]]
    variance = float(own @ result.covariance @ own)
    return DerivedValue(float(value), float(np.sqrt(max(variance, 0.0))), own)


def formula_of(model: Model, function: Derived) -> Callable[[Array], Array]:
    """The function of the flat array of all parameters.

    Args:
        function: a parameter or function of the document by name, an expression of such names
            (``mu_1 - mu_2``), or a callable of all values by name.

    Raises:
        FitError: the document has no function or parameter of a name, or a callable gives no
            single number.
        ExpressionError: a text is neither a name nor an expression.
    """
    names = model.names
    if isinstance(function, str):
        if function in names:
            position = model.position(function)
            return lambda theta: theta[position]
        definitions = definitions_of(model.graph.workspace)
        known = [*definitions.functions, *names]
        own = function in definitions.functions
        for name in () if own else _names(function):
            if name not in known:
                raise FitError(
                    f"the document has no function or parameter {name!r}",
                    code="fit.unknown_parameter",
                    value=name,
                    suggestions=nearest(name, known),
                )

        def value_of(theta: Array) -> Array:
            values = {name: theta[i] for i, name in enumerate(names)}
            scope = DensityScope(values, definitions, {})
            return jnp.asarray(scope(function) if own else scope.expression(function)).reshape(())

        return value_of

    def of(theta: Array) -> Array:
        value = jnp.asarray(function({name: theta[i] for i, name in enumerate(names)}))
        if value.shape != ():
            message = f"the function gives an array of shape {value.shape}, not a number"
            raise FitError(message, code="fit.invalid")
        return value

    return of


def _names(text: str) -> list[str]:
    """The names in an expression."""
    return [name for name in names_in(parse(text)) if name not in ROOT_CONSTANTS]


# --- fits that fix a function ---------------------------------------------------------------------

EDM_GOAL = 1e-8
"""A constrained fit is accepted with an estimated distance to its minimum below this."""


def fit_with(
    model: Model,
    constraints: Mapping[str, float] | list[tuple[Derived, float]],
    **options: Any,
) -> FitResult:
    r"""The fit in which functions of the parameters have given values.

    Sequential quadratic programming (SLSQP of scipy) with exact gradients, inside the bounds, then
    Newton steps on the conditions of Lagrange, :math:`\nabla(-\ln L) + \lambda\,\nabla c = 0` and
    :math:`c = 0`. The covariance is that along the surface, :math:`Z(Z^TWZ)^{-1}Z^T`, with Z the
    directions in which no constraint changes and W the Hessian of the Lagrangian.

    Args:
        constraints: value of each function: names of the document or expressions of them, or
            pairs with callables.
        options: `start`, `fixed` and `free` of `fit`.

    Raises:
        FitError: unknown names, or constraints that cannot be met.
    """
    pairs = list(constraints.items() if isinstance(constraints, Mapping) else constraints)
    formulas = [formula_of(model, function) for function, _ in pairs]
    first = converged(fit(model, **options))
    fixed = {p.name: p.value for p in first.parameters.values() if p.fixed}
    problem = problem_of(model, first.values, fixed, first.free)
    targets = np.array([value for _, value in pairs], dtype=np.float64)

    def gap(theta: Array) -> Array:
        return jnp.stack([formula(theta) for formula in formulas]) - targets

    scale = np.array([first.errors[name] for name in first.free])
    return _constrained(problem, gap, np.where(scale > 0.0, scale, 1.0))


def _constrained(problem: Problem, gap: Callable[[Array], Array], scale: FloatArray) -> FitResult:
    from scipy.optimize import minimize

    model, moving = problem.model, problem.moving
    slopes = jax.jit(jax.jacrev(gap))
    values = jax.jit(gap)

    def full(x: FloatArray) -> FloatArray:
        theta = problem.start.copy()
        theta[moving] = x * scale
        return theta

    def cost(x: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = model.value_and_gradient(full(x))
        return value, gradient[moving] * scale

    bounds = np.stack([problem.lower, problem.upper], axis=1)[~problem.held] / scale[:, None]
    found = minimize(
        cost,
        problem.start[moving] / scale,
        jac=True,
        method="SLSQP",
        bounds=bounds,
        constraints={
            "type": "eq",
            "fun": lambda x: np.asarray(values(full(x))),
            "jac": lambda x: np.asarray(slopes(full(x)))[:, moving] * scale,
        },
        options={"maxiter": 500, "ftol": 1e-10},
    )
    theta = full(np.asarray(found.x))
    minimum, hessian = _polished(problem, theta, gap, int(found.nit))
    if not minimum.ok:
        raise FitError(
            f"no values of the parameters meet the constraints: {minimum.message}",
            code="fit.not_converged",
        )
    covariance = covariance_of(problem, replace(minimum, hessian=None))
    _, jacobian = np.asarray(values(minimum.theta)), np.asarray(slopes(minimum.theta))[:, moving]
    free = _inside(problem, minimum.theta)
    surface = np.zeros((len(moving), len(moving)))
    rows = np.flatnonzero(free)
    basis = _null(jacobian[:, rows] * scale[rows])
    if basis.shape[1]:
        local = hessian[np.ix_(rows, rows)] * np.outer(scale[rows], scale[rows])
        inner = np.linalg.inv(basis.T @ local @ basis)
        surface[np.ix_(rows, rows)] = basis @ inner @ basis.T * np.outer(scale[rows], scale[rows])
    good = bool((np.diag(surface) >= 0.0).all())
    return result_of(problem, minimum, replace(covariance, matrix=surface, ok=good, messages=()))


def _polished(
    problem: Problem, theta: FloatArray, gap: Callable[[Array], Array], steps: int
) -> tuple[Minimum, FloatArray]:
    """Newton steps on the Lagrangian over the parameters that are at no bound."""
    model, moving = problem.model, problem.moving
    slopes, bends = jax.jacrev(gap), jax.jacfwd(jax.jacrev(gap))
    edm, off = np.inf, np.inf
    hessian = np.zeros((len(moving), len(moving)))
    for _ in range(20):
        free = _inside(problem, theta)
        rows = moving[free]
        gradient = model.gradient(theta)[rows]
        jacobian = np.asarray(slopes(jnp.asarray(theta)))[:, rows]
        c = np.asarray(gap(jnp.asarray(theta)))
        factors = np.linalg.lstsq(jacobian.T, -gradient, rcond=None)[0]
        bend = np.einsum("c,cij->ij", factors, np.asarray(bends(jnp.asarray(theta))))
        hessian = (model.hessian(theta) + bend)[np.ix_(moving, moving)]
        local = hessian[np.ix_(free, free)]
        size = len(c)
        system = np.block([[local, jacobian.T], [jacobian, np.zeros((size, size))]])
        move = np.linalg.lstsq(system, -np.concatenate([gradient, c]), rcond=None)[0][: len(rows)]
        edm, off = 0.5 * abs(float(move @ local @ move)), float(np.abs(c).max(initial=0.0))
        if edm < EDM_GOAL * 1e-2 and off < 1e-10 * max(1.0, float(np.abs(jacobian).max(initial=0))):
            break
        low, high = problem.lower[~problem.held][free], problem.upper[~problem.held][free]
        theta[rows] = np.clip(theta[rows] + move, low, high)
        steps += 1
    ok = edm < EDM_GOAL and off < 1e-7 and bool(np.isfinite(theta).all())
    message = f"converged in {steps} steps" if ok else f"off by {off:.2g}, EDM {edm:.2g}"
    return Minimum(theta, model.nll(theta), edm, steps, ok, message), hessian


def _inside(problem: Problem, theta: FloatArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of the moving parameters are at no bound."""
    low, high, x = (
        problem.lower[~problem.held],
        problem.upper[~problem.held],
        theta[problem.moving],
    )
    inside: np.ndarray[Any, np.dtype[np.bool_]] = (x > low) & (x < high)
    return inside


def _null(jacobian: FloatArray) -> FloatArray:
    """Orthonormal directions in which no constraint changes."""
    _, size, right = np.linalg.svd(jacobian, full_matrices=True)
    rank = int((size > 1e-12 * max(size.max(initial=0.0), 1e-300)).sum())
    return np.asarray(right[rank:].T)
