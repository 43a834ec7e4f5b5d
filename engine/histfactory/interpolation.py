r"""Interpolation between the three known values of a systematic variation.

Every additive code is linear in two features of :math:`\alpha` (see
`hs3.histfactory.meaning.Interpolation`): :math:`\delta = S\alpha + A\,g(\alpha)` with
:math:`S = (hi - lo)/2` and :math:`A = (hi + lo - 2\,nom)/16`.

Sources: ROOT's HistFactory manual CERN-OPEN-2012-016 (codes 0, 1, 2, 4) and
ROOT ``MathFuncs.h`` (the 6th-order polynomial with exponential extrapolation).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.histfactory.meaning import Channel, FloatArray, HistoSys, Interpolation, NormSys

LINEAR, PARABOLIC, POLY6 = 0, 1, 2
"""Codes of the feature ``g``, as stored in arrays."""

FEATURE = {
    Interpolation.LINEAR: LINEAR,
    Interpolation.PARABOLIC: PARABOLIC,
    Interpolation.POLY6_LINEAR: POLY6,
}
EXPONENTIAL_CODES = (Interpolation.EXPONENTIAL, Interpolation.POLY6_EXPONENTIAL)
KINKED_CODES = (Interpolation.LINEAR, Interpolation.EXPONENTIAL)


def kinked(channels: Sequence[Channel]) -> set[str]:
    """Names of the parameters with an interpolation that has a kink at zero."""
    return {
        modifier.parameter
        for channel in channels
        for sample in channel.samples
        for modifier in sample.modifiers
        if isinstance(modifier, NormSys | HistoSys) and modifier.interpolation in KINKED_CODES
    }


def even_feature(alpha: Array, code: Array) -> Array:
    r""":math:`g(\alpha)` of each column, where `code` is LINEAR, PARABOLIC or POLY6.

    Inside :math:`|\alpha|<1`: :math:`8|\alpha|`, :math:`8\alpha^2`,
    :math:`\alpha^2(15+\alpha^2(3\alpha^2-10))`; outside: :math:`8|\alpha|`,
    :math:`16|\alpha|-8`, :math:`8|\alpha|`.
    """
    size = jnp.abs(alpha)
    square = alpha * alpha
    outside = jnp.where(code == PARABOLIC, 16.0 * size - 8.0, 8.0 * size)
    inside = jnp.where(
        code == PARABOLIC, 8.0 * square, square * (15.0 + square * (3.0 * square - 10.0))
    )
    return jnp.where((size < 1.0) & (code != LINEAR), inside, outside)


_Factors = tuple[Array, Array, Array, Array, Array]
"""Arguments of the functions below: alpha, log_hi, log_lo, poly, smooth."""


class _Exponential(NamedTuple):
    """Factors with the exponential interpolation, in the two parts that they are made of.

    Attributes:
        is_inside: where the polynomial holds, shape (N,).
        value, slope: of the polynomial in alpha; 1 and 0 outside, shape (..., N).
        power: the logarithm outside, which holds elsewhere.
    """

    is_inside: Array
    value: Array
    slope: Array
    power: Array


def _exponential(
    alpha: Array, log_hi: Array, log_lo: Array, poly: Array, smooth: Array
) -> _Exponential:
    is_inside = smooth & (jnp.abs(alpha) < 1.0)
    value, slope = poly[5], jnp.zeros_like(poly[5])
    for lower in (*poly[4::-1], jnp.ones(())):
        value, slope = lower + alpha * value, value + alpha * slope
    # The polynomial may vanish outside its range; there nothing must be divided by it.
    value, slope = jnp.where(is_inside, value, 1.0), jnp.where(is_inside, slope, 0.0)
    power = jnp.where(alpha >= 0.0, alpha * log_hi, -alpha * log_lo)
    return _Exponential(is_inside, value, slope, power)


def _log_slope(factors: _Factors) -> Array:
    """Derivatives of the logarithms of factors in alpha, shape (..., N)."""
    at = _exponential(*factors)
    alpha, log_hi, log_lo, _, _ = factors
    return jnp.where(at.is_inside, at.slope / at.value, jnp.where(alpha >= 0.0, log_hi, -log_lo))


@jax.custom_jvp
def log_exponential(
    alpha: Array, log_hi: Array, log_lo: Array, poly: Array, smooth: Array
) -> Array:
    r"""Logarithm of the exponential interpolation of a factor, for any number of rows.

    .. math::
        \ln f = \begin{cases} \alpha \ln hi & \alpha \ge 0 \\ -\alpha \ln lo & \alpha < 0\end{cases}

    and, where `smooth`, :math:`f = 1 + \sum_{i=1}^6 a_i\alpha^i` inside :math:`|\alpha|<1`.

    Args:
        alpha: shape (N,).
        log_hi, log_lo: logarithms of the factors at +1 and -1, shape (..., N).
        poly: the coefficients :math:`a_1 … a_6`, shape (6, ..., N).
        smooth: True for the 6th-order polynomial inside, shape (N,).

    Only `alpha` may be differentiated: the others are numbers of the model, taken as constant.
    """
    at = _exponential(alpha, log_hi, log_lo, poly, smooth)
    return jnp.where(at.is_inside, jnp.log(at.value), at.power)


@log_exponential.defjvp
def _log_exponential_jvp(primals: _Factors, tangents: _Factors) -> tuple[Array, Array]:
    return log_exponential(*primals), _log_slope(primals) * tangents[0]


@jax.custom_jvp
def exponential_product(
    alpha: Array, log_hi: Array, log_lo: Array, poly: Array, smooth: Array
) -> Array:
    r""":math:`\prod_n f_n`, shape (...), of the factors of `log_exponential`, with its arguments.

    Polynomials are multiplied as they are: their logarithms would take most of the time.
    """
    at = _exponential(alpha, log_hi, log_lo, poly, smooth)
    outside = jnp.exp(jnp.sum(jnp.where(at.is_inside, 0.0, at.power), axis=-1))
    return jnp.prod(at.value, axis=-1) * outside


@exponential_product.defjvp
def _exponential_product_jvp(primals: _Factors, tangents: _Factors) -> tuple[Array, Array]:
    product = exponential_product(*primals)
    return product, product * (_log_slope(primals) @ tangents[0])


def poly6_coefficients(hi: FloatArray, lo: FloatArray) -> FloatArray:
    r"""Coefficients :math:`a_1 … a_6` (leading axis) of the polynomial inside :math:`|\alpha|<1`.

    They match value, slope and curvature of the exponentials :math:`hi^\alpha` and
    :math:`lo^{-\alpha}` at :math:`\alpha = \pm 1`.
    """
    log_hi, log_lo = np.log(hi), np.log(lo)
    odd_0, even_0 = hi - lo, hi + lo - 2.0
    odd_1, even_1 = hi * log_hi - lo * log_lo, hi * log_hi + lo * log_lo
    odd_2 = hi * log_hi**2 - lo * log_lo**2
    even_2 = hi * log_hi**2 + lo * log_lo**2
    return np.stack(
        [
            (15 * odd_0 - 7 * odd_1 + odd_2) / 16,
            (24 * even_0 - 9 * even_1 + even_2) / 16,
            (-5 * odd_0 + 5 * odd_1 - odd_2) / 8,
            (-12 * even_0 + 7 * even_1 - even_2) / 8,
            (3 * odd_0 - 3 * odd_1 + odd_2) / 16,
            (8 * even_0 - 5 * even_1 + even_2) / 16,
        ]
    )
