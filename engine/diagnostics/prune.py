"""Which systematics could be left out: their effect on the rates and on the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Result
from ..model import Model
from ..poi import poi_of
from ..prefit import Prefit, prefits
from ..profile import converged
from .impact_ranking import frozen_error


@dataclass(frozen=True)
class Effect:
    """Effect of one constrained parameter.

    Attributes:
        name: of the parameter.
        norm: largest relative change of the total of a sample in a channel, at one width of the
            auxiliary measurement to either side, before the fit.
        norm_at: channel and sample where that is.
        shape: largest relative change of a bin of a sample beyond the change of its total.
        shape_at: channel and sample where that is.
        on_error: relative growth of the error of the parameter of interest through it:
            :math:`1 - \\sigma_{frozen}/\\sigma`.
        prune: True where all three are below the thresholds.
    """

    name: str
    norm: float
    norm_at: tuple[str, str] | None
    shape: float
    shape_at: tuple[str, str] | None
    on_error: float
    prune: bool


@dataclass(frozen=True, eq=False)
class Pruning(Result):
    """Effects of all constrained parameters that float, smallest effect on the error first."""

    poi: str
    effects: tuple[Effect, ...]
    thresholds: dict[str, float]
    fit: FitResult

    @property
    def suggested(self) -> tuple[str, ...]:
        """Names of the parameters that could be left out."""
        return tuple(e.name for e in self.effects if e.prune)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "poi": self.poi,
            "thresholds": self.thresholds,
            "suggested": list(self.suggested),
            "parameters": [vars(e) for e in self.effects],
        }


def pruning(
    model: Model,
    poi: str | None = None,
    *,
    norm: float = 0.005,
    shape: float = 0.005,
    on_error: float = 0.005,
    best: FitResult | None = None,
) -> Pruning:
    """Suggest systematics whose effects are all below the given thresholds.

    Args:
        norm, shape, on_error: thresholds, see `Effect`.

    Raises:
        FitError: no such parameter, a negative threshold, or the fit did not converge.
    """
    thresholds = {"norm": norm, "shape": shape, "on_error": on_error}
    if min(thresholds.values()) < 0.0:
        raise FitError("thresholds are not negative", code="fit.invalid", value=thresholds)
    best = converged(best if best is not None else fit(model))
    poi = poi_of(model, poi, best.free)
    before = {n: p for n, p in prefits(model).items() if n in best.free and n != poi}
    theta = model.start.copy()
    for name, prefit in before.items():
        theta[model.position(name)] = prefit.value
    nominal = model.sample_yields(theta)
    error = best.parameters[poi].error
    found = []
    for name, prefit in before.items():
        sizes = _largest(model, theta, name, prefit, nominal)
        growth = 1.0 - frozen_error(best, poi, (name,)) / error
        small = sizes[0][0] < norm and sizes[1][0] < shape and growth < on_error
        found.append(Effect(name, *sizes[0], *sizes[1], growth, small))
    return Pruning(poi, tuple(sorted(found, key=lambda e: e.on_error)), thresholds, best)


_Found = tuple[float, tuple[str, str] | None]


def _largest(
    model: Model,
    theta: FloatArray,
    name: str,
    prefit: Prefit,
    nominal: dict[str, dict[str, FloatArray]],
) -> Sequence[_Found]:
    norm: _Found = (0.0, None)
    shape: _Found = (0.0, None)
    for side in (1.0, -1.0):
        shifted = theta.copy()
        shifted[model.position(name)] += side * prefit.width
        for channel, samples in model.sample_yields(shifted).items():
            for sample, counts in samples.items():
                old = nominal[channel][sample]
                if not (total := float(old.sum())):
                    continue
                ratio = float(counts.sum()) / total
                norm = max(norm, (abs(ratio - 1.0), (channel, sample)), key=lambda f: f[0])
                filled = old != 0.0
                off = np.abs(counts[filled] / old[filled] - ratio).max(initial=0.0)
                shape = max(shape, (float(off), (channel, sample)), key=lambda f: f[0])
    return norm, shape
