"""The value of systematic variations at one point, in numpy (see `hs3.histfactory.meaning`)."""

from __future__ import annotations

import numpy as np

from hs3.histfactory.meaning import FloatArray, Interpolation

EXPONENTIAL = (Interpolation.EXPONENTIAL, Interpolation.POLY6_EXPONENTIAL)


def variation(
    hi: FloatArray, lo: FloatArray, nominal: FloatArray, code: Interpolation, alpha: float
) -> FloatArray:
    """What a variation makes of `nominal` at `alpha`; `hi` and `lo` are its values at ±1."""
    if code in EXPONENTIAL:
        return nominal * _exponential(hi / nominal, lo / nominal, code, alpha)
    linear, even = (hi - lo) / 2.0, (hi + lo - 2.0 * nominal) / 16.0
    return nominal + linear * alpha + even * _even(alpha, code)


def _even(alpha: float, code: Interpolation) -> float:
    size = abs(alpha)
    if code is Interpolation.PARABOLIC:
        return 8.0 * alpha * alpha if size < 1.0 else 16.0 * size - 8.0
    if code is Interpolation.POLY6_LINEAR and size < 1.0:
        square = alpha * alpha
        return square * (15.0 + square * (3.0 * square - 10.0))
    return 8.0 * size


_POWERS = np.arange(1, 7)
_AT_ENDS = np.array(
    [
        [sign**k * f for k, f in zip(_POWERS, factors, strict=True)]
        for factors, sign in (
            (np.ones(6), 1.0),
            (np.ones(6), -1.0),
            (_POWERS, 1.0),
            (-_POWERS, -1.0),
            (_POWERS * (_POWERS - 1), 1.0),
            (_POWERS * (_POWERS - 1), -1.0),
        )
    ]
)
"""Value, slope and curvature of the powers 1 to 6 at +1 and -1; those at -1 once negated."""


def _exponential(hi: FloatArray, lo: FloatArray, code: Interpolation, alpha: float) -> FloatArray:
    if code is Interpolation.EXPONENTIAL or abs(alpha) >= 1.0:
        return np.asarray(hi**alpha if alpha >= 0.0 else lo**-alpha)
    ends = np.stack(
        [
            hi - 1.0,
            lo - 1.0,
            hi * np.log(hi),
            -lo * np.log(lo),
            hi * np.log(hi) ** 2,
            lo * np.log(lo) ** 2,
        ]
    )
    coefficients = np.linalg.solve(_AT_ENDS, ends.reshape(6, -1))
    value = 1.0 + (alpha**_POWERS) @ coefficients
    return np.asarray(value, dtype=np.float64).reshape(np.shape(hi))
