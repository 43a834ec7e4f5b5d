"""Fits of one model to many data sets or at many points, or of many models of the same shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import jax
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .. import kernels
from ..covariance import covariance_of
from ..data import Dataset
from ..minimise import CONVERGED
from ..model import Model
from ..problem import Minimum, problem_of
from .results import FitBatch
from .running import Batch, run
from .stacking import observations, stacked

Bounds = Mapping[str, tuple[float, float]]


def fit_batch(
    models: Model | Sequence[Model],
    *,
    data: Dataset | None = None,
    points: Mapping[str, FloatArray] | None = None,
    start: Mapping[str, float] | FloatArray | None = None,
    fixed: Mapping[str, float] | Sequence[str] = (),
    free: Sequence[str] = (),
    bounds: Bounds | None = None,
    covariance: bool = False,
) -> FitBatch:
    """Fit one model to many data sets or at many points, or many models of the same shapes.

    Args:
        models: one model, or n models whose arrays have the same shapes and whose parameters have
            the same names: signal hypotheses, patches of one background.
        data: n toys (`Model.sample`) to fit instead of the data of the model.
        points: values (n,) at which parameters are held, by name: a scan.
        start: starting values by name, or arrays (T,) or (n, T).
        fixed: names to hold at their starting value, or name → value.
        free: constant parameters of the document to let float.
        bounds: other bounds than the document's, by name.
        covariance: also give the covariance of each fit.

    Raises:
        FitError: unknown names, shapes that do not fit, or more than one axis of fits.
    """
    several = not isinstance(models, Model)
    together: Sequence[Model] = [models] if isinstance(models, Model) else models
    first = together[0]
    by_name = start if isinstance(start, Mapping) else None
    held = tuple(fixed) + tuple(points or ())
    if points and (clash := set(points) & set(fixed)):
        raise FitError(f"{clash.pop()!r} is both fixed and scanned", code="fit.invalid")
    problem = problem_of(first, dict(by_name or {}), fixed, free, bounds)
    problem = replace(problem, held=np.isin(problem.index, [first.position(n) for n in held]))
    sizes = {len(v) for v in (points or {}).values()}
    sizes |= {len(together)} if several else set()
    sizes |= {data.size or 1} if data is not None else set()
    if len(sizes) != 1:
        message = f"one number of fits is needed, from data, points or models; here is {sizes}"
        raise FitError(message, code="fit.wrong_shape")
    size = sizes.pop()
    base = problem.start if start is None or by_name is not None else np.asarray(start)
    theta = np.array(np.broadcast_to(base, (size, len(first.names))), dtype=np.float64)
    if isinstance(fixed, Mapping):
        for name, value in fixed.items():
            theta[:, first.position(name)] = value
    for name, values in (points or {}).items():
        theta[:, first.position(name)] = values
    arrays, observed = first.arrays, first.observed
    if several:
        arrays, observed = stacked(together)
    if data is not None:
        observed = observations(first, data)
    batch = Batch(
        problem,
        theta,
        np.tile(problem.held, (size, 1)),
        arrays,
        observed,
        (several, several or data is not None),
    )
    return result(batch, *run(batch, covariance))


def result(batch: Batch, theta: FloatArray, minima: kernels.Minima) -> FitBatch:
    """The result of a batch in which all fits float the same parameters."""
    problem, model = batch.problem, batch.problem.model
    status = np.asarray(minima.status)
    converged = (status == CONVERGED) & np.isfinite(minima.value)
    covariance = None
    if minima.curvature.shape[1] or not len(problem.index):
        covariance = np.empty((len(theta), len(problem.moving), len(problem.moving)))
        for row in range(len(theta)):
            covariance[row], ok = _covariance(batch, theta, minima, row)
            converged[row] &= ok
    return FitBatch(
        names=model.names,
        free=tuple(model.names[i] for i in problem.moving),
        values=theta,
        nll=np.asarray(minima.value),
        converged=converged,
        status=status,
        edm=np.asarray(minima.edm),
        steps=np.asarray(minima.steps),
        covariance=covariance,
    )


def _covariance(
    batch: Batch, theta: FloatArray, minima: kernels.Minima, row: int
) -> tuple[FloatArray, bool]:
    """Covariance of one fit, and whether it is positive definite."""
    problem, model = batch.problem, batch.problem.model
    kinked = bool((model.kinked & (theta[row] == 0.0))[problem.moving].any())
    known = float(minima.tau[row]) == 1.0 and not kinked
    if not known:
        one = batch.part(np.array([row]))
        pick = [
            jax.tree.map(lambda leaf: leaf[0], t) if v else t
            for t, v in zip((one.arrays, one.observed), batch.varies, strict=True)
        ]
        problem = replace(problem, model=replace(model, arrays=pick[0], observed=pick[1]))
    hessian = np.asarray(minima.curvature[row]) if known else None
    minimum = Minimum(theta[row], float(minima.value[row]), 0.0, 0, True, "", hessian)
    found = covariance_of(problem, minimum)
    return found.matrix, found.ok
