"""Where parameters are, and how uncertain: before and after the fit."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..fit import fit
from ..fit_result import FitResult
from ..model import Model
from ..prefit import prefits
from ..profile import converged


def around(
    model: Model, when: Literal["prefit", "postfit"], best: FitResult | None
) -> tuple[FitResult | None, FloatArray, FloatArray]:
    """The fit (after it only), all values (T,), and a factor L (T, P) of their covariance.

    Args:
        best: the fit, where there is one already.

    Raises:
        FitError: the model has no channels, or the fit did not converge.
    """
    if not model.graph.channels:
        raise FitError("the likelihood has no channels", code="fit.invalid")
    if when == "prefit":
        return None, *before_fit(model)
    best = converged(best if best is not None else fit(model))
    return best, *after_fit(model, best)


def after_fit(model: Model, best: FitResult) -> tuple[FloatArray, FloatArray]:
    """All values (T,), and a factor L (T, P) of their covariance."""
    factor = np.zeros((len(model.names), len(best.free)))
    free = [model.position(name) for name in best.free]
    size, vectors = np.linalg.eigh(best.covariance)
    factor[free] = vectors * np.sqrt(np.maximum(size, 0.0))
    return model.theta(best.values), factor


def before_fit(model: Model) -> tuple[FloatArray, FloatArray]:
    """The same from the auxiliary measurements of the parameters that are not constant."""
    theta = model.start.copy()
    own = {p.name for p in model.graph.parameters if not p.const}
    before = {name: p for name, p in prefits(model).items() if name in own}
    factor = np.zeros((len(theta), len(before)))
    for column, (name, prefit) in enumerate(before.items()):
        theta[model.position(name)] = prefit.value
        factor[model.position(name), column] = prefit.width
    return theta, factor
