"""Toys: fits of simulated data, and the distributions of test statistics.

A toy is told by a seed and its number. Its auxiliary measurements are drawn like its counts
(unconditional), or stay as they were measured (conditional).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from os import PathLike
from typing import Any

import jax
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from ..data import Dataset
from ..minimise import CONVERGED, INFINITE
from ..model import Model
from ..problem import Problem, problem_of
from ..sampling.terms import names_of
from .batch import Bounds, fit_batch
from .chunks import CHUNK, Arrays, Progress, in_chunks, key_of
from .results import FitBatch
from .running import Batch, run
from .stacking import observations
from .statistics import Statistic

TIE = 1e-7
"""Test statistics that differ by less are equal: counts are whole, and equal toys are common."""


def sample_toys(
    model: Model,
    seed: int | jax.Array,
    size: int,
    values: Mapping[str, float] | FloatArray | None = None,
    first: int = 0,
    conditional: bool = False,
) -> Dataset:
    """Toys as `Model.sample` makes them; `conditional` ones keep all auxiliary measurements."""
    data = model.sample(seed, size, values, first)
    if not conditional:
        return data
    own = model.data
    auxiliary = {k: np.full(size, float(v)) for k, v in own.auxiliary.items()}
    contents = dict(data.contents)
    specs = model.program.terms.terms if model.program.terms else ()
    for name, spec in zip(names_of(model.graph.terms), specs, strict=True):
        if spec.kind == "auxiliary" and name in contents:
            contents[name] = np.broadcast_to(own.contents[name], contents[name].shape)
    return replace(data, auxiliary=auxiliary, contents=contents)


def fit_toys(
    model: Model,
    size: int,
    *,
    seed: int = 0,
    values: Mapping[str, float] | None = None,
    conditional: bool = False,
    fixed: Mapping[str, float] | tuple[str, ...] = (),
    free: tuple[str, ...] = (),
    bounds: Bounds | None = None,
    covariance: bool = False,
    first: int = 0,
    chunk: int = CHUNK,
    folder: str | PathLike[str] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> FitBatch:
    """Draw toys and fit each of them.

    Args:
        size: number of toys.
        seed: of the random numbers; toy n of a seed is always the same.
        values: true values by name, the document's where left out; fits start there, or at the
            nearest bound.
        conditional: keep the auxiliary measurements instead of drawing them.
        fixed, free, bounds, covariance: as for `fit_batch`.
        first: number of the first toy.
        chunk, folder, executor, progress: as for `hs3.engine.inference.chunks.in_chunks`.

    Raises:
        FitError: unknown names.
        CompileError: toys of this likelihood are not defined.
    """
    if size < 1:
        raise FitError(f"{size} toys cannot be fitted", code="fit.invalid", value=size)
    options: dict[str, Any] = {"fixed": fixed, "free": free, "bounds": bounds}
    truth = model.theta(values)
    settings = {
        "seed": seed, "truth": truth, "conditional": conditional, "covariance": covariance,
        **({"first": first} if first else {}),
    }  # fmt: skip
    found = in_chunks(
        partial(partial, _fits, model, seed, truth, conditional, covariance, options, first),
        size,
        key=key_of(model, what="fits", **settings, **_listed(options)),
        chunk=chunk,
        folder=folder,
        executor=executor,
        progress=progress,
    )
    start = within(model, truth, bounds or {}, fixed)
    moving = problem_of(model, start, fixed, free, bounds).moving
    return FitBatch(model.names, tuple(model.names[i] for i in moving), **found)


def within(
    model: Model, truth: FloatArray, bounds: Bounds, fixed: Mapping[str, float] | tuple[str, ...]
) -> dict[str, float]:
    """Starting values at the true ones, inside the bounds where they float."""
    own = {p.name: (p.min, p.max) for p in model.graph.parameters} | dict(bounds)
    return {
        name: value if name in fixed else float(np.clip(value, *own[name]))
        for name, value in zip(model.names, truth.tolist(), strict=True)
    }


def _listed(options: dict[str, Any]) -> dict[str, Any]:
    """Options in a form in which equal ones give equal JSON."""
    return {k: sorted(v.items()) if isinstance(v, Mapping) else v for k, v in options.items()}


def _fits(
    model: Model,
    seed: int,
    truth: FloatArray,
    conditional: bool,
    covariance: bool,
    options: dict[str, Any],
    before: int,
    first: int,
    count: int,
) -> Arrays:
    data = sample_toys(model, seed, count, truth, before + first, conditional)
    start = within(model, truth, options["bounds"] or {}, options["fixed"])
    return fit_batch(model, data=data, start=start, covariance=covariance, **options).to_arrays()


# --- test statistics ------------------------------------------------------------------------------


def toy_statistics(
    problem: Problem,
    tested: Mapping[str, float],
    statistic: Statistic,
    truth: FloatArray,
    size: int,
    *,
    seed: int,
    stream: int,
    conditional: bool = False,
    chunk: int = CHUNK,
    folder: str | PathLike[str] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Arrays:
    """Test statistics of toys.

    Args:
        problem: the fit in which the parameters of interest float.
        tested: the values that are tested, by name; of several, the statistic is t.
        truth: true values (T,).
        stream: keeps apart the toys of different hypotheses with one seed.

    Returns:
        ``q`` (size,), infinite where the tested hypothesis excludes the toy, ``best`` (the best-fit
        values; (size, D) for D parameters of interest), ``converged`` (size,).
    """
    keyed = {
        "statistic": statistic.name, "tested": list(tested.items()), "truth": truth, "seed": seed,
        "stream": stream, "conditional": conditional, "lower": problem.lower,
        "upper": problem.upper, "held": problem.held, "start": problem.start,
    }  # fmt: skip
    return in_chunks(
        partial(
            partial, _statistics, problem, dict(tested), statistic, truth, seed, stream, conditional
        ),
        size,
        key=key_of(problem.model, what="statistics", **keyed),
        chunk=chunk,
        folder=folder,
        executor=executor,
        progress=progress,
    )


def _statistics(
    problem: Problem,
    tested: Mapping[str, float],
    statistic: Statistic,
    truth: FloatArray,
    seed: int,
    stream: int,
    conditional: bool,
    first: int,
    count: int,
) -> Arrays:
    model = problem.model
    places, values = [model.position(name) for name in tested], np.array(list(tested.values()))
    key = jax.random.fold_in(jax.random.key(seed), stream)
    data = sample_toys(model, key, count, truth, first, conditional)
    batch = Batch(
        problem,
        np.tile(truth, (count, 1)),
        np.tile(problem.held, (count, 1)),
        model.arrays,
        observations(model, data),
        (False, True),
    )
    theta, free = run(batch)
    start = theta.copy()
    start[:, places] = values
    held = batch.held | np.isin(problem.index, places)
    at, conditional_fit = run(replace(batch, theta=start, held=held))
    there = np.where(conditional_fit.status == INFINITE, np.inf, conditional_fit.value)
    # Where the conditional minimum is lower, the free fit stopped at a worse one.
    missed = there < np.asarray(free.value) - 1e-6
    if missed.any():
        again, better = run(replace(batch, theta=np.where(missed[:, None], at, theta)))
        theta, free = again, better
    rise = np.maximum(2.0 * (there - np.asarray(free.value)), 0.0)
    best = theta[:, places]
    q = rise
    if len(tested) == 1:
        pairs = zip(rise, best[:, 0], strict=True)
        q = np.array([statistic.of(r, b, values[0]) for r, b in pairs])
    decided = np.isin(np.asarray(conditional_fit.status), (CONVERGED, INFINITE))
    return {"q": q, "best": best, "converged": (np.asarray(free.status) == CONVERGED) & decided}


def tail(q: FloatArray, observed: float) -> tuple[float, float]:
    """Fraction of toys with a statistic at least as large as the observed one, and its error.

    The error is binomial; where no toy, or each, is that large, that of one toy more or less.
    """
    n = len(q)
    k = int((q >= observed - TIE * max(1.0, abs(observed))).sum())
    p = k / n
    guarded = min(max(p, 1.0 / n), 1.0 - 1.0 / n)
    return p, float(np.sqrt(guarded * (1.0 - guarded) / n))


def usable(found: Arrays, most: float = 0.01) -> FloatArray:
    """The statistics of toys whose fits converged.

    Raises:
        FitError: more than `most` of them did not.
    """
    failed = 1.0 - found["converged"].mean()
    if failed > most:
        message = f"the fits of {100.0 * failed:.1f}% of the toys did not converge"
        raise FitError(message, code="inference.not_converged", value=float(failed))
    return np.asarray(found["q"][found["converged"]])
