r"""Impacts of nuisance parameters on a parameter of interest, and their ranking.

Two definitions are in use, and both are given:

- by refits: the shift of the fitted :math:`\hat\mu` when the parameter is held at
  :math:`\hat\theta \pm \Delta\hat\theta` (post-fit), or :math:`\hat\theta \pm \Delta\theta_0` with
  the width of its auxiliary measurement (pre-fit), and everything else is fitted again;
- by the covariance, `linear`: :math:`\mathrm{cov}(\mu, \theta)/\Delta\hat\theta`, what the post-fit
  refits give for a parabolic likelihood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Columns, Result, columns_of
from ..model import Model
from ..poi import poi_of
from ..prefit import Prefit, prefits
from ..profile import Profile, converged
from .groups import Groups, members


@dataclass(frozen=True)
class Impact:
    """Impact of one parameter.

    Attributes:
        name: of the parameter.
        value, error: after the fit.
        pull, constraint: as in `hs3.engine.diagnostics.pulls`; None without auxiliary measurement.
        up, down: shift of the parameter of interest with the parameter one post-fit error above,
            below its best fit; NaN where that fit failed.
        prefit_up, prefit_down: the same for the width of the auxiliary measurement; None without.
        linear: the shift that the covariance gives for `up`.
        cut: True where a step was shortened to stay inside the parameter's bounds.
    """

    name: str
    value: float
    error: float
    pull: float | None
    constraint: float | None
    up: float
    down: float
    prefit_up: float | None
    prefit_down: float | None
    linear: float
    cut: bool

    @property
    def size(self) -> float:
        """The larger of the post-fit shifts, by which parameters are ranked."""
        found = [abs(v) for v in (self.up, self.down) if np.isfinite(v)]
        return max(found, default=0.0)


@dataclass(frozen=True, eq=False)
class Impacts(Result):
    """Impacts on one parameter of interest, largest first.

    Attributes:
        poi: the parameter of interest.
        parameters: by falling `Impact.size`.
        groups: by name, :math:`\\sqrt{\\sigma^2 - \\sigma_{frozen}^2}` with the group's parameters
            held at their best fit.
        failed: parameters of which a refit failed.
        fit: the fit that all of this stands on.
    """

    poi: str
    parameters: tuple[Impact, ...]
    groups: dict[str, float]
    failed: tuple[str, ...]
    fit: FitResult

    @property
    def converged(self) -> bool:
        """True when the fit and all refits converged."""
        return self.fit.converged and not self.failed

    def columns(self) -> Columns:
        """A row per parameter, with all that `Impact` has: for ``pandas.DataFrame``."""
        return columns_of(self.parameters, [*(field.name for field in fields(Impact)), "size"])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        own = self.fit.parameters[self.poi]
        return {
            "poi": self.poi,
            "value": own.value,
            "error": own.error,
            "converged": self.converged,
            "failed": list(self.failed),
            "parameters": [vars(p) | {"size": p.size} for p in self.parameters],
            "groups": self.groups,
        }


Progress = Callable[[int, int], None]


def impacts(
    model: Model,
    poi: str | None = None,
    *,
    groups: Groups | None = None,
    best: FitResult | None = None,
    progress: Progress = lambda done, total: None,
) -> Impacts:
    """Impacts of all other floating parameters on one parameter of interest, ranked.

    Args:
        poi: its name; without, the only one of the model.
        groups: patterns of names, for impacts of groups.
        best: a fit that says what floats; without, the model is fitted.
        progress: called with the number of parameters that are done and their total.

    Raises:
        FitError: no such parameter, or the fit did not converge.
    """
    best = converged(best if best is not None else fit(model))
    poi = poi_of(model, poi, best.free)
    others = [name for name in best.free if name != poi]
    before = prefits(model)
    found = []
    for number, name in enumerate(others):
        found.append(_impact(model, poi, name, best, before.get(name)))
        progress(number + 1, len(others))
    failed = tuple(p.name for p in found if not _complete(p))
    chosen = members(groups or {}, others)
    sizes = {group: frozen_impact(best, poi, names) for group, names in chosen.items()}
    ranked = sorted(found, key=lambda p: -p.size)
    return Impacts(poi, tuple(ranked), sizes, failed, best)


def _impact(model: Model, poi: str, name: str, best: FitResult, before: Prefit | None) -> Impact:
    profile = Profile.of(model, (name,), best)
    after = best.parameters[name]
    place = model.position(poi)
    low, high = profile.box[:, 0]
    cut = False

    def shift(offset: float) -> float:
        nonlocal cut
        target = after.value + offset
        inside = float(np.clip(target, low, high))
        cut |= inside != target
        found = profile.at(np.array([inside]))
        return float(found.theta[place] - best.values[poi]) if found.ok else np.nan

    up, down = shift(after.error), shift(-after.error)
    early = (shift(before.width), shift(-before.width)) if before else None
    row, column = best.free.index(poi), best.free.index(name)
    return Impact(
        name,
        after.value,
        after.error,
        (after.value - before.value) / before.width if before else None,
        after.error / before.width if before else None,
        up,
        down,
        early[0] if early else None,
        early[1] if early else None,
        float(best.covariance[row, column]) / after.error,
        cut,
    )


def _complete(impact: Impact) -> bool:
    shifts = (impact.up, impact.down, impact.prefit_up, impact.prefit_down)
    return all(v is None or np.isfinite(v) for v in shifts)


def frozen_impact(best: FitResult, poi: str, names: tuple[str, ...]) -> float:
    r""":math:`\sqrt{\sigma^2 - \sigma_{frozen}^2}` of `poi` with `names` held at their best fit.

    Holding them there does not move the minimum, so the frozen error is that of the Hessian
    without their rows and columns: no refit is needed.
    """
    full = best.parameters[poi].error ** 2
    return float(np.sqrt(max(full - frozen_error(best, poi, names) ** 2, 0.0)))


def frozen_error(best: FitResult, poi: str, names: tuple[str, ...]) -> float:
    """Error of `poi` with `names` held at their best fit.

    The covariance given that some parameters are known: V_aa - V_ab V_bb^-1 V_ba.
    """
    held = [best.free.index(name) for name in names]
    own = best.free.index(poi)
    covariance = best.covariance
    cross = covariance[np.ix_([own], held)]
    known = cross @ np.linalg.solve(covariance[np.ix_(held, held)], cross.T) if held else 0.0
    return float(np.sqrt(max(float(np.squeeze(covariance[own, own] - known)), 0.0)))
