"""Covariance of fitted parameters from the exact Hessian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from hs3.histfactory.meaning import FloatArray

from . import kernels
from .problem import Minimum, Problem
from .threads import one_thread

FLAT = 1e-10
"""Eigenvalues of the scaled Hessian below this are directions the data say nothing about."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """Inverse of the Hessian over the floating parameters; infinite along flat directions."""

    matrix: FloatArray
    ok: bool
    messages: tuple[str, ...] = ()


@one_thread()
def covariance_of(problem: Problem, minimum: Minimum) -> Covariance:
    r""":math:`V = H^{-1}` with :math:`H_{ij} = \partial_i\partial_j(-\ln L)` at the minimum.

    Parameters at a bound are included as if there were no bound. H is scaled to unit diagonal
    first, so that units do not matter; what it cannot tell apart gets an infinite error.
    """
    full = minimum.hessian if minimum.hessian is not None else _hessian(problem, minimum.theta)
    hessian = full[np.ix_(~problem.held, ~problem.held)] if problem.held.any() else full
    if not np.isfinite(hessian).all():
        return Covariance(
            np.full_like(hessian, np.inf), False, ("the Hessian is not finite at the minimum",)
        )
    diagonal = np.diag(hessian)
    scale = np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
    scaled = hessian / np.outer(scale, scale)
    try:
        factor = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        return _degenerate(scaled, scale, problem)
    if (np.diag(factor) ** 2 < FLAT).any():
        return _degenerate(scaled, scale, problem)
    lower, _ = lapack.dpotri(factor, lower=True)  # zero above the diagonal, as the factor is
    inverse = lower + lower.T
    np.fill_diagonal(inverse, lower.diagonal())
    return Covariance(inverse / np.outer(scale, scale), True)


def _hessian(problem: Problem, theta: FloatArray) -> FloatArray:
    model, exact = problem.model, np.float64(1.0)
    at = kernels.expand(theta, problem.index, exact, model.program, model.arrays, model.observed)
    return np.asarray(at.curvature)


def _degenerate(scaled: FloatArray, scale: FloatArray, problem: Problem) -> Covariance:
    """The covariance where some directions are flat, or lead downhill."""
    names = [problem.model.names[i] for i in problem.moving]
    values, vectors = np.linalg.eigh(scaled)
    flat = np.abs(values) <= FLAT
    downhill = values < -FLAT
    good = ~flat & ~downhill
    matrix = (vectors[:, good] / values[good]) @ vectors[:, good].T / np.outer(scale, scale)
    # A parameter that has a part in a bad direction has no finite error.
    part = np.sqrt((vectors[:, ~good] ** 2).sum(axis=1)) > 1e-6
    matrix[part, part] = np.inf
    messages = []
    if flat.any():
        touched = (vectors[:, flat] ** 2).sum(axis=1) > 1e-6
        messages.append("the data do not determine " + _listed(names, touched))
    if downhill.any():
        touched = (vectors[:, downhill] ** 2).sum(axis=1) > 1e-2
        messages.append("the Hessian is not positive definite in " + _listed(names, touched))
    return Covariance(matrix, not downhill.any() and not flat.any(), tuple(messages))


def _listed(names: list[str], chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> str:
    found = [name for name, c in zip(names, chosen, strict=True) if c]
    return ", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else "")
