"""Integrals as ROOT takes them: the trapezoidal rule, halved and extrapolated until it is stable.

RooFit integrates by `RooRombergIntegrator` with a relative and absolute precision of 1e-7, and its
numbers carry the error of that: 1e-7 of a normalisation, times twice the number of events, in twice
the logarithm of a likelihood. Numbers frozen from ROOT can only be reproduced with the same rule.
The option `romberg` turns it on, for one-dimensional integrals over finite ranges.
"""

from __future__ import annotations

from itertools import pairwise

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

STEPS = 15
"""Most halvings (ROOT: 20), which bounds the number of nodes by 16385."""

POINTS = 5
"""Number of results that are extrapolated."""

PRECISION = 1e-7
"""Change from one extrapolation to the next, relative or absolute, at which ROOT stops."""


def nodes(low: ArrayLike, high: ArrayLike, ndim: int) -> Array:
    """The nodes of the finest rule, shape (nodes, *limits), with at least `ndim` more axes."""
    low, high = jnp.broadcast_arrays(jnp.asarray(low, float), jnp.asarray(high, float))
    steps = jnp.linspace(0.0, 1.0, 2 ** (STEPS - 1) + 1).reshape(-1, *(1,) * max(ndim, low.ndim))
    return low + (high - low) * steps


def romberg(values: Array, width: Array, unit: ArrayLike = 1.0) -> Array:
    """The integral, from values at `nodes`.

    Args:
        values: of the integrand in units of `unit`, shape (nodes, ...).
        width: of the range.
        unit: factor that the absolute precision is compared without.
    """
    sums = [_trapezoid(values, width, step) for step in range(1, STEPS + 1)]
    found = jnp.zeros_like(sums[0])
    open_ = jnp.ones_like(found, dtype=bool)
    for step in range(POINTS, STEPS + 1):
        value, change = _extrapolated(sums[step - POINTS : step])
        error = jnp.abs(change)
        done = (error <= PRECISION * jnp.abs(value)) | (error * unit <= PRECISION)
        last = step == STEPS
        found = jnp.where(open_ & (done | last), value, found)
        open_ = open_ & ~done
    return found


def _trapezoid(values: Array, width: Array, step: int) -> Array:
    """The rule with ``2**(step - 1)`` intervals."""
    chosen = values[:: 2 ** (STEPS - step)]
    ends = 0.5 * (chosen[0] + chosen[-1])
    total: Array = width * (chosen[1:-1].sum(axis=0) + ends) / 2 ** (step - 1)
    return total


def _extrapolated(sums: list[Array]) -> tuple[Array, Array]:
    """Neville's polynomial in the squared step at zero, and its last correction."""
    row, before = sums, sums[-1]
    for level in range(1, len(sums)):
        factor, before = 4.0**level, row[-1]
        row = [(factor * fine - rough) / (factor - 1.0) for rough, fine in pairwise(row)]
    return row[0], row[0] - before
