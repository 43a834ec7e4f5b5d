"""Many fits of one compiled program in one call.

Fits that need many more steps than others would hold up those computed beside them. So all of them
take a few steps together, and those that are not done go on together from where they are: one
program does it all, and what becomes of a fit does not depend on the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from hs3.histfactory.meaning import FloatArray

from .. import kernels, likelihood
from ..accuracy import INACCURATE, is_accurate, refined
from ..fit import MAX_STEPS
from ..inputs import Program
from ..minimise import CONVERGED, Box
from ..model import Model
from ..problem import Problem
from ..threads import one_thread
from .results import MESSAGES, BoolArray, IntArray

STEPS = 8
"""Steps that all fits take together before those that are done are put aside."""

IN_STEP = {"cpu": 16}
"""Fits per call of the compiled program, fewer are filled up; elsewhere `IN_STEP_ELSEWHERE`."""

IN_STEP_ELSEWHERE = 512

MOST_NUMBERS = 1 << 22
"""Numbers in the templates of all fits that are in step, which bounds the memory."""


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
