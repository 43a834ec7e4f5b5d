r"""The negative log-likelihood of a resolved graph, as pure functions of arrays.

.. math::
    -\ln L(\theta) = \sum_{b} \big[\nu_b - n_b \ln\nu_b + \ln\Gamma(n_b + 1)\big]
                     + \sum_c -\ln p_c(a_c \mid \theta) + \text{terms}

with the constraints of `hs3.engine.constraints` and the terms of `hs3.engine.terms`. Sums over bins
have the form of `hs3.engine.poisson`, which keeps the digits of large counts.

The jitted functions below take everything as arguments, so that models of the same shapes share
one compiled program, and batches (toys, scans, signal points) are a `vmap` away.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.histfactory.meaning import FloatArray

from . import constraints as aux
from .constraints import Constraints, Measured
from .histfactory import rates
from .histfactory.arrays import Blocks
from .inputs import Program
from .packed import Packable
from .poisson import deviance, saturated_data
from .terms import TermData, terms_nll


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Observed(Packable):
    """What was measured.

    Attributes:
        counts: observed counts per block and bin, shape (C, W).
        measured: auxiliary measurements.
        constant: the sum of s(n) of `hs3.engine.poisson` over all bins: what the counts alone give.
        terms: data of the terms that are no channels.
    """

    counts: Array
    measured: Measured
    constant: Array
    terms: tuple[TermData, ...] = ()


def observed(counts: FloatArray, measured: Measured, terms: tuple[TermData, ...] = ()) -> Observed:
    """Bind counts (C, W) and auxiliary measurements, with the constant that follows from them.

    Raises:
        FitError: a count is negative.
    """
    constant = np.float64(saturated_data(counts).sum())
    return jax.device_put(Observed(counts, measured, constant, terms))  # type: ignore[arg-type, no-any-return]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Arrays(Packable):
    """What the likelihood is made of, apart from data and parameters."""

    blocks: Blocks | None
    constraints: Constraints


def poisson_terms(counts: Array, expected: Array, mask: Array) -> Array:
    """The deviance of each bin that exists; infinite where the expectation is negative.

    A bin that expects nothing contributes nothing when it is empty, and infinity otherwise.
    """
    possible = jnp.where(expected >= 0.0, deviance(counts, expected), jnp.inf)
    return jnp.where(mask, possible, 0.0)


def evaluate(
    theta: Array, program: Program, arrays: Arrays, observed: Observed
) -> tuple[Array, Array]:
    """The full negative log-likelihood, and the largest relative error of an integral in it."""
    inputs = program.inputs(theta)
    total = jnp.sum(aux.terms(arrays.constraints, observed.measured, inputs)) + observed.constant
    error = jnp.zeros(())
    if arrays.blocks is not None:
        expected = rates.expected(arrays.blocks, inputs)
        total += jnp.sum(poisson_terms(observed.counts, expected, arrays.blocks.bin_mask))
    if program.terms is not None:
        value, error = terms_nll(program.named(theta), program.terms, observed.terms)
        total += value
    return total, error


def nll(theta: Array, program: Program, arrays: Arrays, observed: Observed) -> Array:
    """The full negative log-likelihood, all constants included."""
    return evaluate(theta, program, arrays, observed)[0]
