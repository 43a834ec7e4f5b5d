"""Pulls and constraints: what the fit did to what was known before."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Columns, Result, columns_of
from ..model import Model
from ..prefit import prefits
from ..profile import converged


@dataclass(frozen=True)
class Pull:
    r"""One constrained parameter after the fit.

    Attributes:
        name: of the parameter.
        value, error: after the fit.
        prefit_value, prefit_error: of the auxiliary measurement.
        pull: :math:`(\hat\theta - \theta_0)/\Delta\theta_0`.
        constraint: :math:`\Delta\hat\theta/\Delta\theta_0`, 1 where the data add nothing.
        significance: :math:`(\hat\theta - \theta_0)/\sqrt{\Delta\theta_0^2 - \Delta\hat\theta^2}`,
            standard normal for a correct model; None where the data add nothing.
    """

    name: str
    value: float
    error: float
    prefit_value: float
    prefit_error: float
    pull: float
    constraint: float
    significance: float | None


@dataclass(frozen=True, eq=False)
class Pulls(Result):
    """Pulls of all constrained parameters that float, in the model's order."""

    parameters: tuple[Pull, ...]
    fit: FitResult

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "converged": self.fit.converged,
            "parameters": {p.name: _without_name(p) for p in self.parameters},
        }

    def columns(self) -> Columns:
        """A row per parameter, with all that `Pull` has: for ``pandas.DataFrame``."""
        return columns_of(self.parameters, [field.name for field in fields(Pull)])


def _without_name(pull: Pull) -> dict[str, Any]:
    return {key: value for key, value in vars(pull).items() if key != "name"}


def pulls(model: Model, *, best: FitResult | None = None) -> Pulls:
    """Pulls and constraints of the parameters with auxiliary measurements.

    Raises:
        FitError: the fit did not converge.
    """
    best = converged(best if best is not None else fit(model))
    out = []
    for name, before in prefits(model).items():
        after = best.parameters[name]
        if after.fixed:
            continue
        shift = after.value - before.value
        gained = before.width**2 - after.error**2
        known = gained > 1e-6 * before.width**2
        out.append(
            Pull(
                name,
                after.value,
                after.error,
                before.value,
                before.width,
                shift / before.width,
                after.error / before.width,
                shift / float(np.sqrt(gained)) if known else None,
            )
        )
    order = {name: i for i, name in enumerate(model.names)}
    return Pulls(tuple(sorted(out, key=lambda p: order[p.name])), best)
