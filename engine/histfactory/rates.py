r"""Expected counts of one block, and of all of them.

.. math::
    \nu_b = \sum_q \Gamma_{qb} \sum_{s \in q} a_{sb}\, E_s\, N_s

with the additive part :math:`a_{sb} = n_{sb} + \sum_k (S_{sbk}\alpha_k + A_{sbk}\,g(\alpha_k))`,
the normalisation systematics :math:`E_s`, the normfactors :math:`N_s` and, for each group q of
samples that share them, the per-bin factors :math:`\Gamma_{qb}`.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from .arrays import Blocks, Values, values_of
from .interpolation import even_feature, exponential_product, log_exponential

TINY = 1e-300


class Stages(NamedTuple):
    """What a block computes on the way, kept for the derivatives.

    Attributes:
        additive: a after clipping, shape (S, W).
        open: 1 where a is not clipped away, shape (S, W).
        scale: E, shape (S,).
        norm: N, shape (S,).
        gamma: per-bin factors of each group, shape (Q, W).
        rates: expected counts, shape (W,).
    """

    additive: Array
    open: Array
    scale: Array
    norm: Array
    gamma: Array
    rates: Array


def additive_part(block: Blocks, values: Values) -> Array:
    """Nominal counts plus all histosys variations, before clipping, shape (S, W)."""
    alpha = values.additive
    total = block.nominal + _per_bin(block.straight, alpha)
    if bent := block.bent.shape[0]:
        total = total + _per_bin(block.bent, even_feature(alpha[:bent], block.bent_code))
    if block.ratio.shape[-1]:
        total = total + jnp.sum(ratio_shift(block, values.ratio), axis=-1)
    return total


def _per_bin(templates: Array, features: Array) -> Array:
    """Features (K,) times templates (K, S, W), as one matrix: row by row, which is fastest."""
    count, samples, bins = templates.shape
    return (features @ templates.reshape(count, samples * bins)).reshape(samples, bins)


def ratio_shift(block: Blocks, alpha: Array) -> Array:
    """``nominal (f(alpha) - 1)`` for histosys with exponential codes, shape (S, W, X)."""
    log_f = log_exponential(
        alpha, block.ratio_hi, block.ratio_lo, block.ratio_poly, block.ratio_smooth
    )
    return block.nominal[..., None] * jnp.expm1(log_f)


def log_factors(block: Blocks, alpha: Array) -> Array:
    """Logarithms of the normsys factors with exponential codes, shape (S, N)."""
    return log_exponential(alpha, *_factors(block))


def _factors(block: Blocks) -> tuple[Array, Array, Array, Array]:
    return block.factor_hi, block.factor_lo, block.factor_poly, block.factor_smooth


def slide_factors(block: Blocks, alpha: Array) -> Array:
    """Normsys factors with additive codes, shape (S, M); kept off exact zero."""
    factor = 1.0 + block.slope * alpha + block.bend * even_feature(alpha, block.slide_code)
    return jnp.where(factor == 0.0, TINY, factor)


def scale_of(block: Blocks, values: Values) -> Array:
    """Product of all normsys factors of each sample, shape (S,)."""
    scale = exponential_product(values.factor, *_factors(block))
    if block.slide.shape[-1]:
        scale = scale * jnp.prod(slide_factors(block, values.slide), axis=-1)
    return scale


def norm_of(block: Blocks, values: Array) -> Array:
    """Product of the normfactors of each sample, shape (S,), from the values of the V slots."""
    return jnp.prod(with_one(values)[block.norm_index], axis=-1)


def gamma_of(block: Blocks, values: Array) -> Array:
    """Product of the per-bin factors of each group (Q, W), from the values of the B slots."""
    return jnp.prod(with_one(values)[block.gamma_index], axis=-1)


def stages(block: Blocks, values: Values) -> Stages:
    """Everything about the expected counts of one block."""
    raw = additive_part(block, values)
    is_open = ~block.clip[:, None] | (raw > 0.0)
    additive = jnp.where(is_open, raw, 0.0)
    scale = scale_of(block, values)
    norm = norm_of(block, values.norm)
    gamma = gamma_of(block, values.gamma)
    yields = additive * (scale * norm)[:, None]
    return Stages(
        additive,
        is_open.astype(raw.dtype),
        scale,
        norm,
        gamma,
        jnp.sum(gamma * (block.groups @ yields), axis=0),
    )


def expected(blocks: Blocks, inputs: Array) -> Array:
    """Expected counts of all blocks, shape (C, W); padded bins hold zero."""
    return jax.vmap(lambda block, values: stages(block, values).rates)(
        blocks, values_of(blocks, inputs)
    )


def sample_yields(blocks: Blocks, inputs: Array) -> Array:
    """Expected counts per sample, shape (C, S, W)."""

    def one(block: Blocks, values: Values) -> Array:
        s = stages(block, values)
        own = jnp.einsum("qs,qw->sw", block.groups, s.gamma)
        return own * s.additive * (s.scale * s.norm)[:, None]

    return jax.vmap(one)(blocks, values_of(blocks, inputs))


def with_one(values: Array) -> Array:
    """A one, then `values`: what `norm_index` and `gamma_index` point into."""
    return jnp.concatenate([jnp.ones(1), values])
