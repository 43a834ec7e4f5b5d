r"""Bias and pulls of a fit, from toys with an injected signal.

For toys drawn at :math:`\mu_{inj}` a sound fit has :math:`\hat\mu` around it, and pulls
:math:`(\hat\mu - \mu_{inj})/\Delta\hat\mu` with mean 0 and width 1 for large samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import FitResult, fit
from ..inference.batch import fit_batch
from ..model import Model
from ..profile import converged
from .impact_ranking import poi_of
from .results import Result


@dataclass(frozen=True, eq=False)
class Injection(Result):
    """Toys with one injected value.

    Attributes:
        injected: the value.
        values, errors: fitted, of the toys whose fit converged (n,).
        failed: number of toys whose fit did not converge.
    """

    injected: float
    values: FloatArray
    errors: FloatArray
    failed: int

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
        names = ("injected", "bias", "mean", "width", "coverage", "failed")
        return {name: getattr(self, name) for name in names} | {"toys": len(self.values)}


@dataclass(frozen=True, eq=False)
class BiasStudy(Result):
    """Injections of several values of one parameter."""

    poi: str
    injections: tuple[Injection, ...]

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
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> BiasStudy:
    """Fit toys with injected values of one parameter.

    Args:
        values: of the other parameters in the toys; the best fit where left out.
        bounds: other bounds for the fits, as bounds close to the injected value make a bias.

    Raises:
        FitError: no such parameter, fewer than 2 toys, or hardly any fit converged.
    """
    if toys < 2:
        raise FitError("a study needs two toys at least", code="fit.invalid", value=toys)
    best: FitResult = converged(fit(model))
    poi = poi_of(model, poi, best)
    truth = {**best.values, **(values or {})}
    found = []
    for number, value in enumerate(injected):
        at = {**truth, poi: float(value)}
        data = model.sample(seed, toys, at, first=number * toys)
        fits = fit_batch(model, data=data, start=_within(model, at, bounds or {}),
                         bounds=bounds, covariance=True)  # fmt: skip
        good = fits.converged
        if good.sum() < 2:
            message = f"{int((~good).sum())} of {toys} fits with {poi} = {value:g} failed"
            raise FitError(message, code="fit.not_converged")
        found.append(
            Injection(
                float(value), fits.value(poi)[good], fits.error(poi)[good], int((~good).sum())
            )
        )
    return BiasStudy(poi, tuple(found))


def _within(
    model: Model, values: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Starting values inside the bounds."""
    own = {p.name: (p.min, p.max) for p in model.graph.parameters} | dict(bounds)
    return {name: float(np.clip(value, *own[name])) for name, value in values.items()}


def _mean(values: FloatArray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
