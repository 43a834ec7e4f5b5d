r"""Channels packed into stacked arrays, the arguments of one compiled function.

All arrays have a leading axis over *blocks*: a block is a channel, or a piece of a channel with
many bins. What varies in length is padded, so that the program does not depend on the number of
channels, samples or systematics, only on a handful of array shapes.

A block sees the inputs of the model (parameters, functions, and a one) through slots. Every slot
belongs to one role, so that derivatives come out per role and are added up over blocks only once,
at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Blocks:
    """The stacked arrays; C is the number of blocks, S of samples, W of bins, all padded.

    Slots are indices into the inputs; padding points at the input that is one.

    Attributes:
        nominal: nominal counts (C, S, W).
        clip: where the additive part is cut at zero (C, S).
        bin_mask: True for bins that exist (C, W).
        additive: slots of histosys with additive codes (C, K).
        straight: coefficient of alpha of each of them (C, K, S, W).
        bent: coefficient of g(alpha) of the first E of them (C, E, S, W).
        bent_code: which g these use (C, E).
        ratio: slots of histosys with exponential codes (C, X).
        ratio_hi, ratio_lo: logarithms of hi/nominal and lo/nominal (C, S, W, X).
        ratio_poly: their polynomial inside abs(alpha) < 1 (C, 6, S, W, X).
        ratio_smooth: True where that polynomial is used (C, X).
        factor: slots of normsys with exponential codes (C, N).
        factor_hi, factor_lo: logarithms of the factors (C, S, N).
        factor_poly: their polynomial inside abs(alpha) < 1 (C, 6, S, N).
        factor_smooth: True where that polynomial is used (C, N).
        slide: slots of normsys with additive codes (C, M).
        slope, bend: their coefficients of alpha and g(alpha) (C, S, M).
        slide_code: which g these use (C, M).
        norm: slots of normfactors (C, V).
        norm_index: normfactors of each sample, into 1 + V, the first being one (C, S, J).
        gamma: slots of per-bin factors (C, B).
        gamma_index: factors of each group and bin, into 1 + B, the first being one (C, Q, W, T).
        groups: 1 where a sample belongs to a group of common per-bin factors (C, Q, S).
    """

    nominal: jax.Array
    clip: jax.Array
    bin_mask: jax.Array
    additive: jax.Array
    straight: jax.Array
    bent: jax.Array
    bent_code: jax.Array
    ratio: jax.Array
    ratio_hi: jax.Array
    ratio_lo: jax.Array
    ratio_poly: jax.Array
    ratio_smooth: jax.Array
    factor: jax.Array
    factor_hi: jax.Array
    factor_lo: jax.Array
    factor_poly: jax.Array
    factor_smooth: jax.Array
    slide: jax.Array
    slope: jax.Array
    bend: jax.Array
    slide_code: jax.Array
    norm: jax.Array
    norm_index: jax.Array
    gamma: jax.Array
    gamma_index: jax.Array
    groups: jax.Array


class Values(NamedTuple):
    """What the slots of a block hold, by role: shapes (…, K), X, N, M, V and B, see `Blocks`."""

    additive: Array
    ratio: Array
    factor: Array
    slide: Array
    norm: Array
    gamma: Array


def _roles(blocks: Blocks) -> Values:
    b = blocks
    return Values(b.additive, b.ratio, b.factor, b.slide, b.norm, b.gamma)


def slots(blocks: Blocks) -> Array:
    """Indices into the inputs for the L slots of each block: K, X, N, M, V, B; shape (…, L)."""
    return jnp.concatenate(_roles(blocks), axis=-1)


def values_of(blocks: Blocks, inputs: Array) -> Values:
    """What all slots hold, looked up at once: every look-up costs time, and so do its slopes."""
    ends = np.cumsum([role.shape[-1] for role in _roles(blocks)])[:-1]
    return Values(*jnp.split(inputs[slots(blocks)], ends.tolist(), axis=-1))
