r"""Bias and pulls of a fit, from toys with an injected signal.

For toys drawn at :math:`\mu_{inj}` a sound fit has :math:`\hat\mu` around it, and pulls
:math:`(\hat\mu - \mu_{inj})/\Delta\hat\mu` with mean 0 and width 1 for large samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Columns, Result, columns_of
from ..inference.batch import Bounds
from ..inference.chunks import Progress, Split
from ..inference.results import FitBatch
from ..inference.toys import fit_toys
from ..model import Model
from ..poi import poi_of
from ..profile import converged


@dataclass(frozen=True, eq=False)
class Injection(Result):
    """Toys with one injected value.

    Attributes:
        injected: the value.
        values, errors: fitted, of the toys whose fit converged (n,).
        failed: number of toys whose fit did not converge.
        at_bound: number of the others whose fit ended at a bound, which makes a bias.
    """

    injected: float
    values: FloatArray
    errors: FloatArray
    failed: int
    at_bound: int = 0

    @property
    def pulls(self) -> FloatArray:
        """Pulls (n,)."""
        return (self.values - self.injected) / self.errors

    @property
    def bias(self) -> tuple[float, float]:
        """Mean of value minus injected, and its statistical error."""
        return _mean(self.values - self.injected)

    @property
    def mean(self) -> tuple[float, float]:
        """Mean of the pulls, and its statistical error."""
        return _mean(self.pulls)

    @property
    def width(self) -> tuple[float, float]:
        """Standard deviation of the pulls, and its statistical error for normal pulls."""
        width = float(self.pulls.std(ddof=1))
        return width, width / float(np.sqrt(2.0 * (len(self.values) - 1)))

    @property
    def coverage(self) -> tuple[float, float]:
        """Fraction of intervals value ± error that hold the truth, and its binomial error."""
        inside = float((np.abs(self.pulls) <= 1.0).mean())
        return inside, float(np.sqrt(inside * (1.0 - inside) / len(self.values)))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        names = ("injected", "bias", "mean", "width", "coverage", "failed", "at_bound")
        return {name: getattr(self, name) for name in names} | {"toys": len(self.values)}


@dataclass(frozen=True, eq=False)
class BiasStudy(Result):
    """Injections of several values of one parameter."""

    poi: str
    injections: tuple[Injection, ...]

    def columns(self) -> Columns:
        """A row per injected value, for ``pandas.DataFrame``; ``bias_error`` and so on beside."""
        out = columns_of(self.injections, ["injected", "failed", "at_bound"])
        for name in ("bias", "mean", "width", "coverage"):
            pairs = np.array([getattr(one, name) for one in self.injections]).reshape(-1, 2)
            out |= {name: pairs[:, 0], f"{name}_error": pairs[:, 1]}
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"poi": self.poi, "injections": [i.to_dict() for i in self.injections]}


def bias_study(
    model: Model,
    poi: str | None = None,
    injected: Sequence[float] = (0.0, 1.0),
    *,
    toys: int = 200,
    seed: int = 0,
    values: Mapping[str, float] | None = None,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    bounds: Bounds | None = None,
    **split: Unpack[Split],
) -> BiasStudy:
    """Fit toys with injected values of one parameter.

    Args:
        toys: number of toys for each value; no two have toys in common.
        values: of the other parameters in the toys; the best fit where left out.
        fixed: parameters to hold, names or name → value.
        bounds: other bounds for the fits, as bounds close to the injected value make a bias.
        split: how to split, keep and show the work, see `hs3.engine.inference.chunks.in_chunks`.

    Raises:
        FitError: no such parameter, fewer than 2 toys, or hardly any fit converged.
    """
    if toys < 2:
        raise FitError("a study needs two toys at least", code="fit.invalid", value=toys)
    best: FitResult = converged(fit(model, fixed=fixed))
    poi = poi_of(model, poi, best.free)
    truth = {**best.values, **(values or {})}
    told = split.get("progress")
    found = []
    for number, value in enumerate(injected):
        before, total = number * toys, len(injected) * toys
        own: Split = {**split, "progress": _after(told, before, total)}
        fits = fit_toys(
            model, toys, seed=seed, values={**truth, poi: float(value)}, fixed=fixed, bounds=bounds,
            covariance=True, first=before, **own,
        )  # fmt: skip
        found.append(_injection(model, poi, float(value), fits, bounds or {}))
    return BiasStudy(poi, tuple(found))


def _after(told: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of the whole study from that of one value."""
    return None if told is None else lambda done, _: told(before + done, total)


def _injection(
    model: Model, poi: str, value: float, fits: FitBatch, bounds: Bounds
) -> Injection:  # fmt: skip
    good = fits.converged
    failed = int((~good).sum())
    if good.sum() < 2:
        message = f"{failed} of {len(good)} fits with {poi} = {value:g} failed"
        raise FitError(message, code="fit.not_converged")
    own = model.graph.parameters[model.position(poi)]
    low, high = bounds.get(poi, (own.min, own.max))
    values = fits.value(poi)[good]
    at_bound = int(((values <= low) | (values >= high)).sum())
    return Injection(value, values, fits.error(poi)[good], failed, at_bound)


def _mean(values: FloatArray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
