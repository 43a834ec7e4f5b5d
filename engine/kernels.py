"""The compiled entry points. Jitted once per shape, they are shared by all models of that shape.

Those for one set of values take the arrays packed (`hs3.engine.packed`), since each costs time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from . import constraints as aux
from . import expansion, likelihood
from .histfactory import rates
from .inputs import Program
from .likelihood import Arrays, Observed
from .minimise import Box
from .minimise import minimise as _minimise
from .packed import Packed
from .second_order import Expansion


def evaluate(
    theta: ArrayLike, program: Program, arrays: Arrays, observed: Observed
) -> tuple[Array, Array]:
    """See `hs3.engine.likelihood.evaluate`."""
    run = _in_order(_evaluate)
    found: tuple[Array, Array] = run(theta, program, arrays.packed, observed.packed)
    return found


def value_and_gradient(
    theta: ArrayLike, program: Program, arrays: Arrays, observed: Observed
) -> tuple[Array, Array]:
    """The negative log-likelihood and its gradient in all parameters, shape (T,)."""
    run = _in_order(_value_and_gradient)
    found: tuple[Array, Array] = run(theta, program, arrays.packed, observed.packed)
    return found


def expand(
    theta: ArrayLike,
    index: ArrayLike,
    tau: ArrayLike,
    program: Program,
    arrays: Arrays,
    observed: Observed,
) -> Expansion:
    """See `hs3.engine.expansion.expand`."""
    found: Expansion = _expand(theta, index, tau, program, arrays.packed, observed.packed)
    return found


@cache
def _in_order(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled so that a CPU does one operation after the other.

    By default (JAX 0.10) threads hand small operations to each other, which takes longer than the
    operations: twice the time of the gradient of a few hundred parameters.
    """
    return jax.jit(function, static_argnames="program", compiler_options=_order())


@cache
def _order() -> dict[str, str] | None:
    """The compiler's options for it, where it has them (jaxlib 0.9.1 and newer)."""
    options = {"xla_cpu_scheduler_type": "CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"}
    try:
        jax.jit(lambda x: x, compiler_options=options).lower(0.0).compile()
    except jax.errors.JaxRuntimeError:
        return None
    return options


def _evaluate(
    theta: Array, program: Program, arrays: Packed, observed: Packed
) -> tuple[Array, Array]:
    return likelihood.evaluate(theta, program, arrays.unpacked(), observed.unpacked())


def _value_and_gradient(
    theta: Array, program: Program, arrays: Packed, observed: Packed
) -> tuple[Array, Array]:
    return jax.value_and_grad(likelihood.nll)(
        theta, program, arrays.unpacked(), observed.unpacked()
    )


@partial(jax.jit, static_argnames="program")
def _expand(
    theta: Array, index: Array, tau: Array, program: Program, arrays: Packed, observed: Packed
) -> Expansion:
    return expansion.expand(theta, index, tau, program, arrays.unpacked(), observed.unpacked())


class Found(NamedTuple):
    """Where a fit stopped (see `hs3.engine.minimise.State`), in few arrays: each costs a transfer.

    Attributes:
        verdict: nll, edm, tau, steps and status (5,).
        x, gradient: free parameters and the gradient in them (P,).
        curvature: second derivatives (P, P); the exact Hessian where tau is 1.
    """

    verdict: Array
    x: Array
    gradient: Array
    curvature: Array


def minimise(
    theta: ArrayLike,
    index: ArrayLike,
    box: Box,
    program: Program,
    arrays: Arrays,
    observed: Observed,
    max_steps: int,
) -> Found:
    """One fit."""
    found: Found = _one_fit(theta, index, box, program, arrays.packed, observed.packed, max_steps)
    return found


@partial(jax.jit, static_argnames=("program", "max_steps"))
def _one_fit(
    theta: Array,
    index: Array,
    box: Box,
    program: Program,
    arrays: Packed,
    observed: Packed,
    max_steps: int,
) -> Found:
    own, data = arrays.unpacked(), observed.unpacked()
    state = _minimise(theta, index, box, program, own, data, max_steps)
    verdict = jnp.stack([state.at.value, state.edm, state.tau, state.steps, state.status])
    return Found(verdict, state.x, state.at.gradient, state.at.curvature)


class Minima(NamedTuple):
    """Where each of n fits stopped (see `hs3.engine.minimise.State`).

    Attributes:
        x: free parameters (n, P).
        value: nll (n,).
        edm, steps, status: verdicts (n,).
        tau: 1 where `curvature` is the exact Hessian (n,).
        curvature: matrices (n, P, P), or (n, 0, 0) when they were not asked for.
    """

    x: Array
    value: Array
    edm: Array
    steps: Array
    status: Array
    tau: Array
    curvature: Array


@partial(jax.jit, static_argnames=("program", "varies", "curvature"))
def minimise_many(
    theta: Array,
    index: Array,
    box: Box,
    program: Program,
    arrays: Arrays,
    observed: Observed,
    varies: tuple[bool, bool],
    curvature: bool,
    max_steps: int | Array,
) -> Minima:
    """Many fits in step: all wait for the slowest.

    Args:
        theta: starting values (n, T).
        box: bounds (P,), `held` (n, P).
        varies: whether `arrays` and `observed` have a leading axis of n.
        curvature: return the second derivatives, too.
    """

    def one(start: Array, held: Array, own: Arrays, data: Observed) -> Minima:
        state = _minimise(start, index, box._replace(held=held), program, own, data, max_steps)  # type: ignore[arg-type]
        at, tau = state.at, state.tau
        matrix = at.curvature if curvature else jnp.zeros((0, 0))
        return Minima(state.x, at.value, state.edm, state.steps, state.status, tau, matrix)

    axes = (0, 0, *(0 if leading else None for leading in varies))
    found: Minima = jax.vmap(one, in_axes=axes)(theta, box.held, arrays, observed)
    return found


@partial(jax.jit, static_argnames="program")
def inputs(theta: Array, program: Program) -> Array:
    """A one, the parameters and the functions."""
    return program.inputs(theta)


@partial(jax.jit, static_argnames="program")
def expectation(theta: Array, program: Program, arrays: Arrays) -> tuple[Array, Array]:
    """Expected counts (C, W) and expected auxiliary measurements (N,)."""
    values = program.inputs(theta)
    counts = _rates(arrays, values)
    return counts, aux.expectation(arrays.constraints, values)


@partial(jax.jit, static_argnames="program")
def sample_yields(theta: Array, program: Program, arrays: Arrays) -> Array:
    """Expected counts per sample (C, S, W)."""
    values = program.inputs(theta)
    return (
        jnp.zeros((0, 0, 0))
        if arrays.blocks is None
        else rates.sample_yields(arrays.blocks, values)
    )


@partial(jax.jit, static_argnames=("size", "program"))
def sample(
    key: Array, size: int, theta: Array, program: Program, arrays: Arrays, first: int | Array = 0
) -> tuple[Array, Array]:
    """Random counts (size, C, W) and auxiliary measurements (size, N) of toys `first` and on."""
    values = program.inputs(theta)
    mean = _rates(arrays, values)

    def one(number: Array) -> Array:
        counts_key, aux_key = jax.random.split(jax.random.fold_in(key, number))
        counts = jax.random.poisson(counts_key, mean, dtype=jnp.int64).astype(mean.dtype)
        measured = aux.sample(aux_key, arrays.constraints, values)
        return jnp.concatenate([counts.ravel(), measured, jnp.zeros(1)])

    # In one row with a zero, since JAX (0.10) cannot map in batches over arrays without entries.
    rows = jax.lax.map(one, first + jnp.arange(size), batch_size=256)
    return rows[:, : mean.size].reshape(size, *mean.shape), rows[:, mean.size : -1]


def _rates(arrays: Arrays, values: Array) -> Array:
    return jnp.zeros((0, 0)) if arrays.blocks is None else rates.expected(arrays.blocks, values)
