"""The Voigt profile, by the real part of the Faddeeva function."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

from hs3.distributions.voigtian import VoigtianDist

from .density import breakpoints, log_shape
from .limits import is_only, peak
from .scope import DensityScope

TERMS = 48
FAR = 7.0
"""Beyond this |z| a continued fraction converges to rounding with `DEPTH` steps."""

DEPTH = 18


@cache
def _expansion() -> tuple[float, npt.NDArray[np.float64]]:
    """Scale and coefficients, highest power first, of Weideman's rational expansion."""
    scale = (TERMS / np.sqrt(2.0)) ** 0.5
    k = np.arange(-2 * TERMS + 1, 2 * TERMS)
    t = scale * np.tan(k * np.pi / (4 * TERMS))
    samples = np.concatenate([[0.0], np.exp(-t * t) * (scale * scale + t * t)])
    transformed = np.fft.fft(np.fft.fftshift(samples)).real / (4 * TERMS)
    return float(scale), transformed[1 : TERMS + 1][::-1].copy()


def faddeeva_real(x: Array, y: Array) -> Array:
    r""":math:`\operatorname{Re} w(x + iy)` for :math:`y \ge 0`, to a relative 2e-12 for y > 1e-3.

    Source:
        J. A. C. Weideman, SIAM J. Numer. Anal. 31 (1994) 1497; beyond `FAR` Laplace's continued
        fraction.
    """
    z = x + 1j * y
    scale, coefficients = _expansion()
    near, far = jnp.where(jnp.abs(z) > FAR, 1j, z), jnp.where(jnp.abs(z) > FAR, z, 10j)
    bottom = scale - 1j * near
    ratio, series = (scale + 1j * near) / bottom, jnp.zeros_like(near)
    for coefficient in coefficients:
        series = series * ratio + coefficient
    inner = 2.0 * series / bottom**2 + 1.0 / (np.sqrt(np.pi) * bottom)
    fraction = far
    for k in range(DEPTH, 0, -1):
        fraction = far - 0.5 * k / fraction
    outer = 1j / (np.sqrt(np.pi) * fraction)
    return jnp.where(jnp.abs(z) > FAR, outer.real, inner.real)


@log_shape.register
def _shape(dist: VoigtianDist, scope: DensityScope) -> Array:
    """Signs of width and resolution do not count, as in ROOT."""
    scale = 1.0 / (np.sqrt(2.0) * jnp.abs(scope(dist.sigma)))
    x = (scope(dist.x) - scope(dist.mean)) * scale
    return jnp.log(faddeeva_real(x, 0.5 * jnp.abs(scope(dist.width)) * scale) * scale)


@breakpoints.register
def _cuts(dist: VoigtianDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    if not is_only(dist, scope, observable, "x"):
        return ()
    widths = jnp.abs(scope(dist.sigma)), jnp.abs(scope(dist.width))
    return [cut for width in widths for cut in peak(scope(dist.mean), width)]
