r"""Gradient and second derivatives of the Poisson term, from the structure of the model.

With :math:`L = \sum_b (\nu_b - n_b\ln\nu_b)` and :math:`J_{bi} = \partial\nu_b/\partial z_i`

.. math::
    \partial_i L = \sum_b h_b J_{bi}, \qquad h_b = 1 - n_b/\nu_b

    \partial_i\partial_j L = \sum_b \frac{n_b}{\nu_b^2} J_{bi} J_{bj}
        + \sum_b h_b\, \partial_i\partial_j\nu_b

The expected value of the second line (Fisher information) has :math:`1/\nu_b` in place of
:math:`n_b/\nu_b^2` and no second term. Counts are products of sums of known form, so both follow
from a few passes over the templates: the cost does not grow with the number of parameters, as it
does when a Hessian is made of directional derivatives. Tests compare with automatic
differentiation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from .arrays import Blocks, Values
from .interpolation import even_feature
from .rates import Stages, log_factors, norm_of, ratio_shift, slide_factors, with_one


class Derivatives(NamedTuple):
    """First and second derivatives with respect to the slots of one block, in the order of `slots`.

    Attributes:
        jacobian: of the expected counts, shape (W, L).
        weighted: second derivatives of the counts, summed over bins with weights h, shape (L, L).
    """

    jacobian: Array
    weighted: Array


def derivatives(block: Blocks, values: Values, s: Stages, h: Array) -> Derivatives:
    """Derivatives of one block's expected counts; `h` are the weights of the bins, shape (W,)."""
    tilt, tilt2 = _template_slopes(block, values)
    psi, psi2 = _factor_slopes(block, values)
    d_norm, d2_norm = _products(lambda v: norm_of(block, v), values.norm)
    own = jnp.einsum("qs,qw->sw", block.groups, s.gamma)
    scale_norm = (s.scale * s.norm)[:, None]

    # Per group and bin: how the sum over the group's samples changes with each slot.
    by_template = jnp.einsum("qs,ksw->qwk", block.groups, s.open * scale_norm * tilt)
    by_factor = jnp.einsum("qs,sw,sn->qwn", block.groups, s.additive * scale_norm, psi)
    by_norm = jnp.einsum("qs,sw,sv->qwv", block.groups, s.additive * s.scale[:, None], d_norm)
    by_sample = jnp.concatenate([by_template, by_factor, by_norm], axis=-1)
    sums = block.groups @ (s.additive * scale_norm)
    bins = _BinFactors(block, values.gamma)
    jacobian = jnp.concatenate(
        [jnp.einsum("qw,qwi->wi", s.gamma, by_sample), bins.jacobian(sums)], axis=-1
    )

    # Second derivatives, already summed over bins with the weights h.
    weight = h * own
    shifts = jnp.einsum("sw,ksw->sk", weight * s.open * s.scale[:, None], tilt)
    total = jnp.sum(weight * s.additive, axis=1) * s.scale
    total_norm = total * s.norm
    kk = jnp.diag(jnp.einsum("sw,ksw->k", weight * s.open * scale_norm, tilt2))
    kn = jnp.einsum("sk,s,sn->kn", shifts, s.norm, psi)
    kv = jnp.einsum("sk,sv->kv", shifts, d_norm)
    nn = jnp.einsum("s,sn,sm->nm", total_norm, psi, psi) + jnp.diag(total_norm @ psi2)
    nv = jnp.einsum("s,sn,sv->nv", total, psi, d_norm)
    vv = jnp.einsum("s,svu->vu", total, d2_norm)
    inner = jnp.block([[kk, kn, kv], [kn.T, nn, nv], [kv.T, nv.T, vv]])
    cross = bins.cross(h, by_sample)
    outer = bins.second(h, sums)
    return Derivatives(jacobian, jnp.block([[inner, cross], [cross.T, outer]]))


def _template_slopes(block: Blocks, values: Values) -> tuple[Array, Array]:
    """First and second derivatives of the additive part, both of shape (K + X, S, W)."""
    bent = block.bent.shape[0]
    alpha = values.additive
    slope, curve = _slopes(lambda a: even_feature(a, block.bent_code), alpha[:bent])
    first, rest = block.straight[:bent], block.straight[bent:]
    tilt = jnp.concatenate([first + block.bent * slope[:, None, None], rest])
    tilt2 = jnp.concatenate([block.bent * curve[:, None, None], jnp.zeros_like(rest)])
    if not block.ratio.shape[-1]:
        return tilt, tilt2
    ratio, ratio2 = _slopes(lambda a: ratio_shift(block, a), values.ratio)
    return (
        jnp.concatenate([tilt, jnp.moveaxis(ratio, -1, 0)]),
        jnp.concatenate([tilt2, jnp.moveaxis(ratio2, -1, 0)]),
    )


def _factor_slopes(block: Blocks, values: Values) -> tuple[Array, Array]:
    """First and second derivatives of the logarithms of normsys factors, (S, N + M)."""
    psi, psi2 = _slopes(lambda a: log_factors(block, a), values.factor)
    if not block.slide.shape[-1]:
        return psi, psi2
    alpha = values.slide
    value = slide_factors(block, alpha)
    slope, curve = _slopes(lambda a: slide_factors(block, a), alpha)
    first = slope / value
    return (
        jnp.concatenate([psi, first], axis=-1),
        jnp.concatenate([psi2, curve / value - first * first], axis=-1),
    )


def _slopes(f: Callable[[Array], Array], alpha: Array) -> tuple[Array, Array]:
    """First and second derivative of `f`, whose last axis depends on `alpha` column by column."""
    one = jnp.ones_like(alpha)

    def first(a: Array) -> Array:
        slope: Array = jax.jvp(f, (a,), (one,))[1]
        return slope

    slope, curve = jax.jvp(first, (alpha,), (one,))
    return slope, curve


def _products(f: Callable[[Array], Array], values: Array) -> tuple[Array, Array]:
    """First and second derivatives of small products, on new trailing axes."""
    first = jax.jacfwd(f)
    return first(values), jax.jacfwd(first)(values)


class _BinFactors:
    """Derivatives that involve per-bin factors: most are zero, the others are put in their place.

    Slot ``b`` is column ``b + 1`` of `block.gamma_index`; column 0 stands for the factor one and
    is dropped.
    """

    def __init__(self, block: Blocks, values: Array) -> None:
        self.index = block.gamma_index
        self.size = 1 + values.shape[0]
        factors = with_one(values)[self.index]
        count = factors.shape[-1]
        same = jnp.eye(count, dtype=bool)
        self.others = jnp.prod(jnp.where(same, 1.0, factors[..., None, :]), axis=-1)
        pair = same[:, None, :] | same[None, :, :]
        rest = jnp.prod(jnp.where(pair, 1.0, factors[..., None, None, :]), axis=-1)
        self.rest = jnp.where(same, 0.0, rest)

    def jacobian(self, sums: Array) -> Array:
        """Derivatives of the counts (W, B), where `sums` are the counts without factors (Q, W)."""
        bins = jnp.arange(sums.shape[1])[None, :, None]
        full = jnp.zeros((sums.shape[1], self.size))
        return full.at[bins, self.index].add(sums[..., None] * self.others)[:, 1:]

    def cross(self, h: Array, by_sample: Array) -> Array:
        """Second derivatives with slots that change samples (I, B); `by_sample` is (Q, W, I)."""
        full = jnp.zeros((self.size, by_sample.shape[-1]))
        terms = (h[:, None] * self.others)[..., None] * by_sample[:, :, None, :]
        return full.at[self.index].add(terms)[1:].T

    def second(self, h: Array, sums: Array) -> Array:
        """Second derivatives among per-bin factors (B, B)."""
        full = jnp.zeros((self.size, self.size))
        if self.index.shape[-1] == 1:
            return full[1:, 1:]
        terms = (h * sums)[..., None, None] * self.rest
        rows, columns = self.index[..., :, None], self.index[..., None, :]
        return full.at[rows, columns].add(terms)[1:, 1:]
