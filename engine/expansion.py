r"""Value, gradient and second derivatives of the likelihood at one point, in one pass.

The curvature is :math:`B = F + \tau (H - F)`: the exact Hessian H for :math:`\tau = 1`, for
:math:`\tau = 0` the Fisher information F of the counts (never negative) beside the exact
curvature of the constraints.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

from . import constraints as aux
from .histfactory import curvature, rates
from .histfactory.arrays import Blocks, Values, values_of
from .histfactory.arrays import slots as slots_of
from .inputs import Program
from .likelihood import Arrays, Observed, poisson_terms
from .poisson import slope
from .second_order import Expansion, by_pairs, by_rows
from .terms import TermData, TermProgram, terms_nll

FEW = 4
"""Parameters of a term up to which its Hessian is made pair by pair (see `second_order`)."""


class _Block(NamedTuple):
    value: Array
    gradient: Array
    curvature: Array


def expand(
    theta: Array, index: Array, tau: Array, program: Program, arrays: Arrays, observed: Observed
) -> Expansion:
    """Expand in the parameters ``theta[index]``, the others held fixed.

    Args:
        theta: all parameters, shape (T,).
        index: the P parameters to differentiate with respect to.
        tau: 1 for the exact Hessian, 0 for the Fisher information of the counts.
    """
    if program.computes:
        at = _through_functions(theta, index, tau, program, arrays, observed)
    else:
        inputs = program.inputs(theta)
        # Where each input stands in the result; everything else goes to a row that is cut off.
        size = index.shape[0]
        place = jnp.full(inputs.shape[0], size).at[index + 1].set(jnp.arange(size))
        at = _expand_inputs(inputs, place, size, tau, arrays, observed)
    return at if program.terms is None else _with_terms(at, theta, index, program, observed)


def _with_terms(
    at: Expansion, theta: Array, index: Array, program: Program, observed: Observed
) -> Expansion:
    """Add the terms, whose curvature is always the exact one."""
    assert program.terms is not None
    size = index.shape[0]
    place = jnp.full(theta.shape[0], size).at[index].set(jnp.arange(size))
    for number, data in enumerate(observed.terms):
        part = program.terms.only(number)
        own = [i for i, name in enumerate(program.parameters) if name in part.leaves]
        slots = np.array(own, dtype=np.int64) if len(own) <= max(FEW, size) else index
        term = _expand_term(theta, slots, program, part, data)
        where = place[slots]
        at = Expansion(
            at.value + term.value,
            at.gradient.at[where].add(term.gradient, mode="drop"),
            at.curvature.at[where[:, None], where].add(term.curvature, mode="drop"),
        )
    return at


def _expand_term(
    theta: Array,
    slots: Array | npt.NDArray[np.int64],
    program: Program,
    part: TermProgram,
    data: TermData,
) -> Expansion:
    """Expand one term in the parameters ``theta[slots]``."""

    def of(values: Array) -> Array:
        return terms_nll(program.named(theta.at[slots].set(values)), part, (data,))[0]

    def of_named(values: Sequence[Array]) -> Array:
        given = {program.parameters[i]: v for i, v in zip(slots.tolist(), values, strict=True)}
        return terms_nll({**program.named(theta), **given}, part, (data,))[0]

    if not slots.shape[0]:
        return Expansion(of(theta[slots]), jnp.zeros(0), jnp.zeros((0, 0)))
    if isinstance(slots, np.ndarray) and len(slots) <= FEW:
        return by_pairs(of_named, [theta[i] for i in slots.tolist()])
    return by_rows(of, theta[slots])


def _expand_inputs(
    inputs: Array, place: Array, size: int, tau: Array, arrays: Arrays, observed: Observed
) -> Expansion:
    def sum_of_terms(values: Array) -> Array:
        return jnp.sum(aux.terms(arrays.constraints, observed.measured, values))

    value, pull = jax.value_and_grad(sum_of_terms)(inputs)
    gradient = jnp.zeros(size).at[place].add(pull, mode="drop")
    slots, second = aux.second(arrays.constraints, observed.measured, inputs)
    rows, columns = place[slots][:, None], place[slots][None, :]
    matrix = jnp.zeros((size, size)).at[rows, columns].add(second, mode="drop")
    value = value + observed.constant
    if arrays.blocks is None:
        return Expansion(value, gradient, matrix)
    one = jax.vmap(partial(_expand_block, tau=tau))
    part = one(arrays.blocks, values_of(arrays.blocks, inputs), observed.counts)
    where = place[slots_of(arrays.blocks)]
    gradient = gradient.at[where].add(part.gradient, mode="drop")
    matrix = matrix.at[where[:, :, None], where[:, None, :]].add(part.curvature, mode="drop")
    return Expansion(value + jnp.sum(part.value), gradient, matrix)


def _expand_block(block: Blocks, values: Values, counts: Array, tau: Array) -> _Block:
    s = rates.stages(block, values)
    good = block.bin_mask & (s.rates > 0.0)
    rate = jnp.where(good, s.rates, 1.0)
    h = jnp.where(block.bin_mask, slope(counts, s.rates), 0.0)
    d = curvature.derivatives(block, values, s, tau * h)
    weight = jnp.where(good, (1.0 - tau) / rate + tau * counts / (rate * rate), 0.0)
    matrix = (d.jacobian * weight[:, None]).T @ d.jacobian + d.weighted
    value = jnp.sum(poisson_terms(counts, s.rates, block.bin_mask))
    return _Block(value, d.jacobian.T @ h, matrix)


def _through_functions(
    theta: Array, index: Array, tau: Array, program: Program, arrays: Arrays, observed: Observed
) -> Expansion:
    """The chain rule for inputs that are functions of the parameters."""
    free = theta[index]

    def inputs_of(values: Array) -> Array:
        return program.inputs(theta.at[index].set(values))

    inputs = inputs_of(free)
    size = inputs.shape[0]
    inner = _expand_inputs(inputs, jnp.arange(size), size, tau, arrays, observed)
    jacobian = jax.jacfwd(inputs_of)(free)

    def along_gradient(values: Array) -> Array:
        return jnp.dot(jax.lax.stop_gradient(inner.gradient), inputs_of(values))

    bending = jax.hessian(along_gradient)(free)
    return Expansion(
        inner.value,
        inner.gradient @ jacobian,
        jacobian.T @ inner.curvature @ jacobian + tau * bending,
    )
