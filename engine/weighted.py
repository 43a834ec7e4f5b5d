r"""Covariance for weighted events: the sandwich correction.

The inverse Hessian of :math:`-\sum_i w_i \ln f(x_i)` is no covariance: it changes when all weights
are doubled. With the scores :math:`s_i = \nabla \ln f(x_i)` (and :math:`\nabla\ln\nu` added where
the likelihood is extended) the right one for large samples is

.. math:: C = H^{-1} D H^{-1},\quad D = \sum_i w_i^2\, s_i s_i^T + (H - H_w)

(C. Langenbruch, arXiv:1911.01303, eq. 18), where :math:`H_w` is the part of the weighted terms in
H. All other factors, counts and auxiliary measurements, have the variance of their score in H.
"""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .density import expected_events
from .fit_result import FitResult
from .model import Model
from .profile import converged
from .terms import TermData, TermProgram, TermSpec, log_densities, scope_of, terms_nll

Pair = tuple[TermSpec, TermData]


def sandwich(model: Model, result: FitResult) -> FitResult:
    """The fit with errors and covariance that hold for weighted events.

    For weights that were themselves fitted (as sWeights are) it leaves out the uncertainty of that
    fit (arXiv:1911.01303, section 3).

    Raises:
        FitError: no unbinned data, or the fit did not converge.
    """
    converged(result)
    program = model.program.terms
    pairs = zip(program.terms if program else (), model.observed.terms, strict=True)
    unbinned = [pair for pair in pairs if pair[0].kind == "unbinned"]
    if program is None or not unbinned:
        raise FitError("the likelihood has no unbinned data", code="fit.invalid")
    theta = model.theta(result.values)
    index = np.array([model.position(name) for name in result.free])
    part = TermProgram(tuple(spec for spec, _ in unbinned), program.definitions)
    data = [one for _, one in unbinned]

    def named(free: Array) -> dict[str, Array]:
        return model.program.named(jnp.asarray(theta).at[index].set(free))

    own = jax.hessian(lambda free: terms_nll(named(free), part, data)[0])(theta[index])
    spread: FloatArray = model.hessian(theta)[np.ix_(index, index)] - np.asarray(own)
    for pair in unbinned:
        scores = jax.jacfwd(lambda free, p=pair: _logs(p, part, named(free)))(theta[index])
        scores = np.where(np.asarray(pair[1].weights)[:, None] == 0.0, 0.0, np.asarray(scores))
        pulled = np.asarray(pair[1].weights)[:, None] * scores
        spread = spread + pulled.T @ pulled
    covariance = result.covariance @ spread @ result.covariance
    return _with(result, 0.5 * (covariance + covariance.T))


def is_weighted(model: Model) -> bool:
    """Whether some unbinned events have another weight than one (zero is that of no event)."""
    program = model.program.terms
    pairs = zip(program.terms if program else (), model.observed.terms, strict=True)
    weights = [np.asarray(data.weights) for spec, data in pairs if spec.kind == "unbinned"]
    return any(bool(((w != 0.0) & (w != 1.0)).any()) for w in weights)


def _logs(pair: Pair, program: TermProgram, values: dict[str, Array]) -> Array:
    """Ln f of each event, and ln ν where the term is extended, shape (N,)."""
    spec, data = pair
    scope = scope_of(values, program, spec, data)
    logs = jnp.broadcast_to(log_densities(spec, scope), data.weights.shape)
    nu = expected_events(scope.distribution(spec.distribution), scope)
    return logs if nu is None else logs + jnp.log(nu)


def _with(result: FitResult, covariance: FloatArray) -> FitResult:
    errors = dict(zip(result.free, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    parameters = {
        name: replace(p, error=errors.get(name, p.error)) for name, p in result.parameters.items()
    }
    message = result.message + "; covariance with the sandwich correction for weights"
    return replace(result, parameters=parameters, covariance=covariance, message=message)
