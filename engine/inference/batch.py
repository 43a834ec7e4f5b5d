"""Many fits of one compiled program in one call: toys, scan points, signal hypotheses.

Fits that need many more steps than others would hold up those computed beside them. So all of them
take a few steps together, and those that are not done go on together from where they are: one
program does it all, and what becomes of a fit does not depend on the others.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from hs3.errors import FitError
from hs3.histfactory.meaning import FloatArray

from .. import constraints as aux
from .. import kernels, likelihood
from ..accuracy import INACCURATE, is_accurate, refined
from ..covariance import covariance_of
from ..data import Dataset
from ..fit import MAX_STEPS, Minimum, Problem, problem_of
from ..inputs import Program
from ..likelihood import Observed
from ..minimise import CONVERGED, INFINITE, STALLED, Box
from ..model import Model
from ..poisson import saturated_data
from ..threads import one_thread

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Bounds = Mapping[str, tuple[float, float]]

STEPS = 8
"""Steps that all fits take together before those that are done are put aside."""

IN_STEP = {"cpu": 16}
"""Fits per call of the compiled program, fewer are filled up; elsewhere `IN_STEP_ELSEWHERE`."""

IN_STEP_ELSEWHERE = 512

MOST_NUMBERS = 1 << 22
"""Numbers in the templates of all fits that are in step, which bounds the memory."""

MESSAGES = {
    CONVERGED: "converged",
    STALLED: "no step lowers the likelihood any more, yet its gradient does not vanish",
    INFINITE: "the likelihood is infinite or undefined at the starting values",
    INACCURATE: "a numerical integral in the likelihood is not accurate enough at the minimum",
}


@dataclass(frozen=True, eq=False)
class FitBatch:
    """Results of n fits, as arrays.

    Attributes:
        names: of all T parameters.
        free: names of the floating ones, the order of `covariance`.
        values: best-fit values (n, T).
        nll: full negative log-likelihood at the minima (n,).
        converged: True where the estimated distance to the minimum is below the goal of
            `hs3.engine.minimise`, the likelihood is finite, and, where it was asked for, the
            covariance is positive definite (n,).
        status: verdict of the minimiser, a key of `MESSAGES` or, for too many steps, another (n,).
        edm: estimated distance to the minimum in units of nll (n,).
        steps: number of steps (n,).
        covariance: inverse of the exact Hessian (n, free, free), where it was asked for.
    """

    names: tuple[str, ...]
    free: tuple[str, ...]
    values: FloatArray
    nll: FloatArray
    converged: BoolArray
    status: IntArray
    edm: FloatArray
    steps: IntArray
    covariance: FloatArray | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.nll)

    def value(self, name: str) -> FloatArray:
        """Best-fit values of one parameter, shape (n,)."""
        return self.values[:, self.names.index(name)]

    def error(self, name: str) -> FloatArray:
        """Errors of one parameter from the covariance, shape (n,); zero where it was fixed.

        Raises:
            FitError: the covariance was not asked for.
        """
        if self.covariance is None:
            raise FitError("errors need `covariance=True`", code="fit.invalid")
        if name not in self.free:
            return np.zeros(len(self))
        place = self.free.index(name)
        return np.sqrt(self.covariance[:, place, place])

    def message(self, number: int) -> str:
        """What became of one fit, in a sentence."""
        status = int(self.status[number])
        if status == CONVERGED and not self.converged[number]:
            return "the covariance is not positive definite"
        return MESSAGES.get(status, f"not converged after {self.steps[number]} steps")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data: a column for each parameter, and what became of each fit."""
        return {
            "parameters": {name: self.value(name).tolist() for name in self.names},
            "nll": [v if np.isfinite(v) else None for v in self.nll.tolist()],
            "converged": self.converged.tolist(),
            "steps": self.steps.tolist(),
        }

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays by name, as they are kept in files."""
        names = ("values", "nll", "converged", "status", "edm", "steps", "covariance")
        arrays = {name: getattr(self, name) for name in names}
        return {name: array for name, array in arrays.items() if array is not None}


@dataclass(frozen=True, eq=False)
class Batch:
    """n fits to be done: which, from where, and to which data.

    Attributes:
        problem: the model, bounds and what may float.
        theta: starting values (n, T), which those that are held keep.
        held: which of the P parameters of `problem.index` each fit keeps fixed (n, P).
        observed: data of all fits, or with a leading axis of n.
        arrays: the same for the model's numbers.
        varies: whether `arrays` and `observed` have the leading axis.
    """

    problem: Problem
    theta: FloatArray
    held: BoolArray
    arrays: Any
    observed: Any
    varies: tuple[bool, bool]

    def part(self, rows: IntArray) -> Batch:
        """The fits of some rows."""

        def taken(tree: Any, varies: bool) -> Any:
            return jax.tree.map(lambda leaf: np.asarray(leaf)[rows], tree) if varies else tree

        return replace(
            self,
            theta=self.theta[rows],
            held=self.held[rows],
            arrays=taken(self.arrays, self.varies[0]),
            observed=taken(self.observed, self.varies[1]),
        )


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


def observations(model: Model, data: Dataset) -> Observed:
    """The toys in `data` as arrays with a leading axis over them.

    Raises:
        FitError: `data` holds no toys, or not those of this model.
    """
    size = data.size
    if not size:
        raise FitError("a batch of fits needs toys", code="fit.wrong_data")
    checked = model.with_data(data.toy(0)).observed
    counts = model.layout.stacked([data.channels[name] for name in model.channel_names])
    counts = np.broadcast_to(counts, (size, *checked.counts.shape))
    values = [data.auxiliary[c.name] for c in aux.ordered(model.graph.constraints)]
    measured = np.stack(values, axis=-1) if values else np.zeros((size, 0))
    slots = np.broadcast_to(np.asarray(checked.measured.slot), measured.shape)
    constants = saturated_data(counts).sum(axis=(1, 2))
    terms = model.terms_with(data, (size,))
    return Observed(counts, aux.Measured(measured, slots), constants, terms)  # type: ignore[arg-type]


def stacked(models: Sequence[Model]) -> tuple[Any, Any]:
    """Arrays and data of models of one kind (see `alike`), with a leading axis over them.

    Raises:
        FitError: the models differ in more than numbers.
    """
    first = models[0]
    for number, model in enumerate(models):
        if kind_of(model) != kind_of(first):
            message = f"model {number} has other parameters, functions or shapes than model 0"
            raise FitError(message, code="fit.wrong_shape", value=number)
    stack = [(m.arrays, m.observed) for m in alike(models)]
    return jax.tree.map(lambda *leaves: np.stack(leaves), *stack)  # type: ignore[no-any-return]


def kind_of(model: Model) -> Hashable:
    """Equal for models that one compiled program can fit together: all but their numbers."""
    measured = jax.tree.leaves((model.observed, model.arrays.constraints))
    return model.names, model.program, model.layout, tuple(np.shape(leaf) for leaf in measured)


def alike(models: Sequence[Model]) -> list[Model]:
    """Models of one kind with arrays of one shape: each is padded to the largest.

    In a patch with fewer systematics or samples than another the arrays are smaller. What is added
    changes nothing (`hs3.engine.histfactory.pack`).
    """
    leaves = [jax.tree.leaves(model.arrays) for model in models]
    columns = zip(*leaves, strict=True)
    shapes = [np.max([leaf.shape for leaf in column], axis=0) for column in columns]
    tree = jax.tree.structure(models[0].arrays)
    out = []
    for model, own in zip(models, leaves, strict=True):
        padded = [
            np.pad(leaf, [(0, int(n) - m) for n, m in zip(shape, leaf.shape, strict=True)])
            for leaf, shape in zip(map(np.asarray, own), shapes, strict=True)
        ]
        out.append(replace(model, arrays=jax.tree.unflatten(tree, padded)))
    return out


def run(batch: Batch, curvature: bool = False) -> tuple[FloatArray, kernels.Minima]:
    """Minimise all, in chunks; all values (n, T), and what the minimiser says.

    Fits that did not converge try once more from the document's values, and those at whose minimum
    an integral is not accurate enough go on with finer integrals.
    """
    theta, minima = _run(batch, curvature)
    failed = np.flatnonzero(np.asarray(minima.status) != CONVERGED)
    if len(failed):
        index = batch.problem.index
        again = batch.theta[failed]
        again[:, index] = np.where(
            batch.held[failed], again[:, index], batch.problem.model.start[index]
        )
        second, better = _run(
            replace(batch, theta=_put(batch, failed, again)).part(failed), curvature
        )
        good = np.asarray(better.status) == CONVERGED
        theta[failed[good]] = second[good]
        for old, new in zip(minima, better, strict=True):
            old[failed[good]] = new[good]
    if batch.problem.model.program.terms is not None:
        _refine(batch, theta, minima, curvature)
    return theta, minima


def _refine(batch: Batch, theta: FloatArray, minima: kernels.Minima, curvature: bool) -> None:
    """Repeat, in place, the fits that stopped where an integral is not accurate enough."""
    model = batch.problem.model
    errors = _integral_errors(replace(batch, theta=theta)).tolist()
    rough = np.flatnonzero([not is_accurate(model, error) for error in errors])
    if not len(rough):
        return
    found = np.asarray(minima.status)[rough] == CONVERGED
    np.asarray(minima.status)[rough] = INACCURATE
    if (finer := refined(model)) is None:
        return
    start = np.where(found[:, None], theta[rough], batch.theta[rough])
    part = replace(batch.part(rough), theta=start)
    again, better = run(replace(part, problem=replace(part.problem, model=finer)), curvature)
    theta[rough] = again
    for old, new in zip(minima, better, strict=True):
        old[rough] = new


def _integral_errors(batch: Batch) -> FloatArray:
    """Largest relative error of an integral in the likelihood of each fit, shape (n,)."""
    model, together = batch.problem.model, in_step(batch.problem.model)
    out = [np.zeros(0)]
    for first in range(0, len(batch.theta), together):
        rows = np.arange(first, min(first + together, len(batch.theta)))
        part = batch.part(np.pad(rows, (0, together - len(rows)), mode="edge"))
        theta = jnp.asarray(part.theta)
        errors = _errors(theta, model.program, part.arrays, part.observed, batch.varies)
        out.append(np.asarray(errors)[: len(rows)])
    return np.concatenate(out)


@partial(jax.jit, static_argnames=("program", "varies"))
def _errors(
    theta: jax.Array, program: Program, arrays: Any, observed: Any, varies: tuple[bool, bool]
) -> jax.Array:
    def one(at: jax.Array, own: Any, data: Any) -> jax.Array:
        return likelihood.evaluate(at, program, own, data)[1]

    axes = (0, *(0 if leading else None for leading in varies))
    found: jax.Array = jax.vmap(one, in_axes=axes)(theta, arrays, observed)
    return found


def _put(batch: Batch, rows: IntArray, values: FloatArray) -> FloatArray:
    theta = batch.theta.copy()
    theta[rows] = values
    return theta


def _run(batch: Batch, curvature: bool) -> tuple[FloatArray, kernels.Minima]:
    size, index = len(batch.theta), batch.problem.index
    theta = batch.theta.copy()
    found: kernels.Minima | None = None
    rows = np.arange(size)
    while len(rows):
        part = replace(batch, theta=theta).part(rows)
        pieces = _calls(part, curvature, STEPS if found is None else MAX_STEPS)
        leaves = zip(*pieces, strict=True)
        new = kernels.Minima._make(np.concatenate(parts) for parts in leaves)
        if found is None:
            found = new
        else:
            steps = np.asarray(found.steps)[rows]
            new = new._replace(steps=new.steps + steps)
            for all_, some in zip(found, new, strict=True):
                all_[rows] = some
        theta[np.ix_(rows, index)] = new.x
        unfinished = ~np.isin(new.status, list(MESSAGES)) & (np.asarray(new.steps) < MAX_STEPS)
        rows = rows[np.asarray(unfinished)]
    assert found is not None
    return theta, found


def _calls(batch: Batch, curvature: bool, steps: int) -> list[kernels.Minima]:
    """All fits, a few in step at a time."""
    together = in_step(batch.problem.model)
    starts = range(0, len(batch.theta), together)
    parts = [np.arange(first, min(first + together, len(batch.theta))) for first in starts]

    def call(rows: IntArray) -> kernels.Minima:
        filled = np.pad(rows, (0, together - len(rows)), mode="edge")
        return _call(batch.part(filled), len(rows), curvature, steps)

    return [call(rows) for rows in parts]


@one_thread()
def _call(batch: Batch, size: int, curvature: bool, steps: int) -> kernels.Minima:
    """One call of the compiled program; the first `size` results as numpy arrays."""
    problem = batch.problem
    kinked = problem.model.kinked[problem.index]
    found = kernels.minimise_many(
        batch.theta,
        problem.index,
        Box(problem.lower, problem.upper, batch.held, kinked),  # type: ignore[arg-type]
        problem.model.program,
        batch.arrays,
        batch.observed,
        varies=batch.varies,
        curvature=curvature,
        max_steps=np.asarray(steps),
    )
    return kernels.Minima._make(np.array(leaf)[:size] for leaf in found)


def in_step(model: Model) -> int:
    """How many fits are in step: more wait for the slowest, fewer use the machine badly."""
    numbers = max(sum(leaf.size for leaf in jax.tree.leaves(model.arrays)), 1)
    most = IN_STEP.get(jax.default_backend(), IN_STEP_ELSEWHERE)
    count = min(MOST_NUMBERS // numbers, most)
    return int(1 << max(0, count.bit_length() - 1))


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
