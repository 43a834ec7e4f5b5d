r"""Goodness of fit by the saturated model.

.. math:: q = -2\ln\frac{L(\hat\theta)}{L_{sat}}

The saturated model has the expectation of every bin, and the mean of every auxiliary measurement,
at what was measured (S. Baker and R. Cousins, NIM 221 (1984) 437; R. Cousins, "Generalization of
chisquare goodness-of-fit test for binned data using saturated models", 2013). For large counts q
follows a chi-square distribution with bins minus unconstrained parameters as degrees of
freedom; toys need no such limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.special import gammaln, xlogy
from scipy.stats import chi2

from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, FloatArray

from .. import constraints as aux
from ..fit import FitResult, fit
from ..inference.batch import fit_batch
from ..model import Model
from ..profile import converged
from .results import Result


@dataclass(frozen=True, eq=False)
class Goodness(Result):
    """Goodness of fit.

    Attributes:
        statistic: q of the data.
        degrees: of freedom: bins and auxiliary measurements of what floats, minus floating
            parameters.
        p_value: from the chi-square distribution; None without degrees of freedom.
        toys: q of each toy whose fit converged, where toys were asked for.
        failed: number of toys whose fit did not converge.
        p_toys, p_toys_error: fraction of toys with q above that of the data, and its binomial
            error.
    """

    statistic: float
    degrees: int
    p_value: float | None
    toys: FloatArray | None
    failed: int
    p_toys: float | None
    p_toys_error: float | None
    fit: FitResult

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        names = ("statistic", "degrees", "p_value", "failed", "p_toys", "p_toys_error", "toys")
        out = {name: getattr(self, name) for name in names}
        return out | {"converged": self.fit.converged}


def goodness_of_fit(
    model: Model, *, toys: int = 0, seed: int = 0, best: FitResult | None = None
) -> Goodness:
    """Compare the fit with the saturated model.

    Args:
        toys: how many toys, drawn at the best fit with their auxiliary measurements, to fit.
        seed: of the toys.

    Raises:
        FitError: the fit did not converge, or a factor has no saturated model.
    """
    _checked(model)
    best = converged(best if best is not None else fit(model))
    counts = model.layout.stacked([model.data.channels[name] for name in model.channel_names])
    measured = np.array([float(model.data.auxiliary[c.name]) for c in _constraints(model)])
    statistic = 2.0 * (best.nll - float(saturated_nll(model, best, counts, measured)))
    degrees = sum(model.layout.bins) + len(_movable(model, best)) - len(best.free)
    p_value = float(chi2.sf(statistic, degrees)) if degrees > 0 else None
    found, failed = _toys(model, best, toys, seed) if toys else (None, 0)
    fraction, error = None, None
    if found is not None and len(found):
        fraction = float((found >= statistic).mean())
        error = float(np.sqrt(fraction * (1.0 - fraction) / len(found)))
    return Goodness(statistic, degrees, p_value, found, failed, fraction, error, best)


def saturated_nll(
    model: Model, best: FitResult, counts: FloatArray, measured: FloatArray
) -> FloatArray:
    """Full nll of the saturated model for stacked counts (…, C, W) and measurements (…, N).

    The constraint of a parameter that was held is that of the fit, as it could not follow.
    """
    total: FloatArray = (counts - xlogy(counts, counts) + gammaln(counts + 1.0)).sum(axis=(-2, -1))
    numbers = best.values
    movable = set(_movable(model, best))
    for place, constraint in enumerate(_constraints(model)):
        a = np.asarray(measured)[..., place]
        scale = constraint.scale
        s = numbers[scale] if isinstance(scale, str) else float(scale)
        if constraint.name in movable:
            p = a / s if constraint.kind in ("poisson", "gamma") else a
        else:
            p = np.full_like(a, numbers[constraint.parameter])
        support = np.broadcast_to(np.array(constraint.support), (*a.shape, 2)).T
        term = aux.FORMULAS[aux.kind_of(constraint)]
        total = total + np.asarray(term(jnp.asarray(a), jnp.asarray(p), jnp.asarray(s), support))  # type: ignore[arg-type]
    return total


def _toys(model: Model, best: FitResult, size: int, seed: int) -> tuple[FloatArray, int]:
    """Q of toys drawn at the best fit; those whose fit failed are counted and left out."""
    data = model.sample(seed, size, best.values)
    fixed = {p.name: p.value for p in best.parameters.values() if p.fixed}
    fits = fit_batch(model, data=data, start=best.values, fixed=fixed, free=best.free)
    counts = model.layout.stacked([data.channels[name] for name in model.channel_names])
    names = [c.name for c in _constraints(model)]
    measured = np.array([data.auxiliary[n] for n in names]).reshape(len(names), size).T
    q = 2.0 * (fits.nll - saturated_nll(model, best, counts, measured))
    return q[fits.converged], int((~fits.converged).sum())


def _constraints(model: Model) -> list[Constraint]:
    return aux.ordered(model.graph.constraints)


def _movable(model: Model, best: FitResult) -> list[str]:
    """Names of the auxiliary measurements that the fit can follow."""
    known = set(model.names) - set(best.free)
    return [c.name for c in _constraints(model) if c.parameter not in known]


def _checked(model: Model) -> None:
    """Refuse what is not binned.

    Raises:
        FitError: a factor of the likelihood is neither a channel nor a standard constraint.
    """
    if model.graph.terms:
        raise FitError(
            f"{model.graph.terms[0].distribution.name!r} is neither a HistFactory channel nor one "
            "of the usual constraints: it has no saturated model here",
            code="fit.no_saturated_model",
            path=model.graph.terms[0].path,
        )
    for constraint in _constraints(model):
        scale = constraint.scale
        if isinstance(scale, str) and scale not in model.names:
            raise FitError(
                f"the width of {constraint.name!r} is the function {scale!r}: it has no saturated "
                "model here",
                code="fit.no_saturated_model",
                value=scale,
            )
