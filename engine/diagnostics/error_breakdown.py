r"""Where the uncertainty of a parameter comes from.

Two decompositions, which differ by what is kept apart:

- **measurements** (A. Pinto et al., arXiv:2307.04007): to first order :math:`\hat\mu` is linear in
  all that was measured, counts and auxiliary measurements. With the covariance V and the curvature
  K of the constraints, :math:`V = V (H - K) V + V K V` exactly, and the auxiliary measurement of
  parameter k contributes the variance :math:`V_{\mu k}\,(K V)_{k\mu}`. The parts add up exactly.
- **freezing**: :math:`\sqrt{\sigma^2 - \sigma_{frozen}^2}` with the parameters of a group held at
  their best fit. These do not add up in quadrature when the fit correlates groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Result
from ..model import Model
from ..poi import poi_of
from ..prefit import constraint_curvature
from ..profile import converged
from .groups import Groups, members
from .impact_ranking import frozen_error, frozen_impact


@dataclass(frozen=True, eq=False)
class Breakdown(Result):
    """Parts of the error of one parameter.

    Attributes:
        poi: its name.
        error: its total error.
        data: the part of the counts (and of factors without an auxiliary measurement by the
            standard's constraints), from the exact decomposition.
        measurements: for each auxiliary measurement, by parameter, its part; data and these add up
            to the total in quadrature. A negative variance, possible only where the width of a
            constraint is itself a parameter, gives NaN.
        groups: the same, added up by group.
        statistical: error with all constrained parameters frozen.
        frozen: by group, what freezing it takes away.
    """

    poi: str
    error: float
    data: float
    measurements: dict[str, float]
    groups: dict[str, float]
    statistical: float
    frozen: dict[str, float]
    fit: FitResult

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        names = ("poi", "error", "data", "measurements", "groups", "statistical", "frozen")
        return {name: getattr(self, name) for name in names} | {"converged": self.fit.converged}


def breakdown(
    model: Model,
    poi: str | None = None,
    *,
    groups: Groups | None = None,
    best: FitResult | None = None,
) -> Breakdown:
    """Parts of the error of a parameter, by auxiliary measurement and by group.

    Raises:
        FitError: no such parameter, a pattern that matches nothing, or the fit did not converge.
    """
    best = converged(best if best is not None else fit(model))
    poi = poi_of(model, poi, best.free)
    free = [model.position(name) for name in best.free]
    curvature = constraint_curvature(model, model.theta(best.values))[np.ix_(free, free)]
    row = best.covariance[best.free.index(poi)]
    parts = row * (curvature @ row)
    variance = dict(zip(best.free, parts.tolist(), strict=True))
    constrained = tuple(n for n, k in zip(best.free, np.diag(curvature), strict=True) if k != 0.0)
    total = best.parameters[poi].error ** 2
    chosen = members(groups or {}, best.free)
    with np.errstate(invalid="ignore"):
        return Breakdown(
            poi,
            best.parameters[poi].error,
            float(np.sqrt(max(total - float(parts.sum()), 0.0))),
            {name: float(np.sqrt(variance[name])) for name in constrained},
            {g: float(np.sqrt(sum(variance[n] for n in names))) for g, names in chosen.items()},
            frozen_error(best, poi, tuple(n for n in constrained if n != poi)),
            {
                group: frozen_impact(best, poi, tuple(n for n in names if n != poi))
                for group, names in chosen.items()
            },
            best,
        )
