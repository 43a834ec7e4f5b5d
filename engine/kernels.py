"""The compiled entry points. Jitted once per shape, they are shared by all models of that shape."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from . import constraints as aux
from . import likelihood
from .expansion import expand as _expand
from .histfactory import rates
from .inputs import Program
from .likelihood import Arrays
from .minimise import minimise as _minimise

evaluate = jax.jit(likelihood.evaluate, static_argnames="program")
value_and_gradient = jax.jit(jax.value_and_grad(likelihood.nll), static_argnames="program")
expand = jax.jit(_expand, static_argnames="program")
minimise = jax.jit(_minimise, static_argnames=("program", "max_steps"))


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
    key: Array, size: int, theta: Array, program: Program, arrays: Arrays
) -> tuple[Array, Array]:
    """Random counts (size, C, W) and auxiliary measurements (size, N)."""
    values = program.inputs(theta)
    mean = _rates(arrays, values)

    def one(number: Array) -> Array:
        counts_key, aux_key = jax.random.split(jax.random.fold_in(key, number))
        counts = jax.random.poisson(counts_key, mean, dtype=jnp.int64).astype(mean.dtype)
        measured = aux.sample(aux_key, arrays.constraints, values)
        return jnp.concatenate([counts.ravel(), measured, jnp.zeros(1)])

    # In one row with a zero, since JAX (0.10) cannot map in batches over arrays without entries.
    rows = jax.lax.map(one, jnp.arange(size), batch_size=256)
    return rows[:, : mean.size].reshape(size, *mean.shape), rows[:, mean.size : -1]


def _rates(arrays: Arrays, values: Array) -> Array:
    return jnp.zeros((0, 0)) if arrays.blocks is None else rates.expected(arrays.blocks, values)
