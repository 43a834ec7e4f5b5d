r"""Goodness of fit by the saturated model.

.. math:: q = -2\ln\frac{L(\hat\theta)}{L_{sat}}

The saturated model (`hs3.engine.diagnostics.saturated`) has the expectation of every bin, and the
mean of every auxiliary measurement, at what was measured (S. Baker and R. Cousins, NIM 221 (1984)
437; R. Cousins, "Generalization of chisquare goodness-of-fit test for binned data using saturated
models", 2013). For large counts q follows a chi-square distribution with bins minus unconstrained
parameters as degrees of freedom; toys need no such limit.

Where unbinned data are counted in bins after an unbinned fit, the distribution lies between those
of chi-square with and without the fitted parameters subtracted (H. Chernoff and E. Lehmann, Ann.
Math. Stat. 25 (1954) 579): the p-value lies in a range, and toys tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

import numpy as np
from scipy.special import chdtrc

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import fit
from ..fit_result import FitResult
from ..forms import Result
from ..inference.batch import fit_batch
from ..inference.chunks import Arrays, Split, in_chunks, key_of
from ..model import Model
from ..profile import converged
from .saturated import binned, check, counted, degrees_of_freedom, saturated_nll


@dataclass(frozen=True, eq=False)
class Goodness(Result):
    """Goodness of fit.

    Attributes:
        statistic: q of the data.
        degrees: of freedom: bins and auxiliary measurements of what floats, minus floating
            parameters.
        p_value: from the chi-square distribution; None without degrees of freedom, and where it is
            in a range.
        p_range: where events of an unbinned fit are counted in bins, the range of the p-value.
        toys: q of each toy whose fit converged, where toys were asked for.
        failed: number of toys whose fit did not converge.
        p_toys, p_toys_error: fraction of toys with q above that of the data, and its binomial
            error.
    """

    statistic: float
    degrees: int
    p_value: float | None
    p_range: tuple[float, float] | None
    toys: FloatArray | None
    failed: int
    p_toys: float | None
    p_toys_error: float | None
    fit: FitResult

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        names = ("statistic", "degrees", "p_value", "p_range", "failed", "p_toys", "p_toys_error",
                 "toys")  # fmt: skip
        out = {name: getattr(self, name) for name in names}
        return out | {"converged": self.fit.converged}


def goodness_of_fit(
    model: Model,
    *,
    bins: int | None = None,
    toys: int = 0,
    seed: int = 0,
    best: FitResult | None = None,
    **split: Unpack[Split],
) -> Goodness:
    """Compare the fit with the saturated model.

    Args:
        bins: to count the events of unbinned data in, along each observable.
        toys: how many toys, drawn at the best fit with their auxiliary measurements, to fit.
        seed: of the toys.
        split: how to split, keep and show the toys, see `hs3.engine.inference.chunks.in_chunks`.

    Raises:
        FitError: the fit did not converge, or a factor has no saturated model, as unbinned data
            without `bins`.
    """
    if bins is not None and bins < 2:
        raise FitError(f"{bins} bins tell nothing", code="fit.invalid", value=bins)
    compared = model if bins is None else binned(model, bins)
    check(compared)
    best = converged(best if best is not None else fit(model))
    unbinned = compared.program != model.program
    nll = compared.nll(best.values) if unbinned else best.nll
    statistic = 2.0 * (nll - float(saturated_nll(compared, best, compared.data)))
    degrees = degrees_of_freedom(compared, best)
    p_value = float(chdtrc(degrees, statistic)) if degrees > 0 else None
    most = float(chdtrc(degrees + len(best.free), statistic))
    found, failed = _toys(model, compared, bins, best, toys, seed, split) if toys else (None, 0)
    fraction, error = None, None
    if found is not None and len(found):
        fraction = float((found >= statistic).mean())
        error = float(np.sqrt(fraction * (1.0 - fraction) / len(found)))
    return Goodness(
        statistic,
        degrees,
        None if unbinned else p_value,
        (p_value or 0.0, most) if unbinned else None,
        found,
        failed,
        fraction,
        error,
        best,
    )


def _toys(
    model: Model,
    compared: Model,
    bins: int | None,
    best: FitResult,
    size: int,
    seed: int,
    split: Split,
) -> tuple[FloatArray, int]:
    """Q of toys drawn at the best fit; those whose fit failed are counted and left out."""
    at = sorted(best.values.items())
    found = in_chunks(
        partial(partial, _part, model, compared, bins, best, seed),
        size,
        key=key_of(model, what="goodness", bins=bins, at=at, free=best.free, seed=seed),
        **split,
    )
    good = found["converged"]
    return found["q"][good], int((~good).sum())


def _part(
    model: Model,
    compared: Model,
    bins: int | None,
    best: FitResult,
    seed: int,
    first: int,
    count: int,
) -> Arrays:
    data = model.sample(seed, count, best.values, first)
    fixed = {p.name: p.value for p in best.parameters.values() if p.fixed}
    fits = fit_batch(model, data=data, start=best.values, fixed=fixed, free=best.free)
    nll = fits.nll
    if bins is not None:
        data = counted(model, data, bins)
        toys = zip(compared.toys(data), fits.values, strict=True)
        nll = np.array([toy.nll(theta) for toy, theta in toys])
    q = 2.0 * (nll - saturated_nll(compared, best, data))
    return {"q": q, "converged": fits.converged}
