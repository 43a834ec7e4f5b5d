r"""Numerical convolutions.

.. math::
    f(x) \propto \int_{-\infty}^{\infty} f_1(x - u)\, f_2(u)\, du

over the real line, by quadrature, each factor by its formula (which may go on beyond the range of
the variable). ROOT's RooFFTConvPdf is periodic instead, and differs near the ends of the range, the
more the wider the resolution; the option `fft` follows it (`hs3.engine.density.fft`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from hs3.distributions import Distribution
from hs3.distributions.convolution import FFTConvolutionDist

from .cuts import all_breakpoints
from .density import Box, log_integral, log_shape
from .fft import sampled
from .quadrature import integrate
from .scope import DensityScope
from .special import log_signed

_U = "\0convolution"  # no name of a document: control characters are not read


def _along(
    integrand: Callable[[DensityScope, Array], Array],
    scope: DensityScope,
    cuts: list[ArrayLike],
) -> Array:
    """Logarithm of the integral over u on the real line."""
    return integrate(
        lambda inner: integrand(inner, inner(_U)), scope, {_U: (-math.inf, math.inf)}, {_U: cuts}
    )


@log_shape.register
def _shape(dist: FFTConvolutionDist, scope: DensityScope) -> Array:
    variable = str(dist.conv_var)
    x = scope(dist.conv_func if dist.conv_func is not None else variable)
    if scope.definitions.options.fft:
        return log_signed(sampled(dist, scope).at(x))
    first, second = scope.distribution(dist.pdf1), scope.distribution(dist.pdf2)

    def integrand(inner: DensityScope, u: Array) -> Array:
        shifted = inner.at(**{variable: x - u})
        return log_shape(first, shifted) + log_shape(second, inner.at(**{variable: u}))

    mirrored = [x - c for c in all_breakpoints([dist.pdf1], scope, variable)]
    return _along(integrand, scope, [*all_breakpoints([dist.pdf2], scope, variable), *mirrored])


@log_integral.register
def _integral(dist: FFTConvolutionDist, scope: DensityScope, box: Box) -> Array | None:
    r""":math:`\int f_2(u) [F_1(h - u) - F_1(l - u)]\,du`, or with both swapped.

    None where neither factor has a closed integral F, or the box is over other variables.
    """
    variable = str(dist.conv_var)
    if dist.conv_func is not None or set(box) != {variable}:
        return None
    if scope.definitions.options.fft:
        low, high = map(jnp.asarray, box[variable])
        return log_signed(sampled(dist, scope).integral(low, high))
    for known, other in ((dist.pdf1, dist.pdf2), (dist.pdf2, dist.pdf1)):
        if log_integral(scope.distribution(known), scope, box) is not None:
            return _smeared(known, other, scope, variable, box)
    return None


def _smeared(known: str, other: str, scope: DensityScope, variable: str, box: Box) -> Array:
    """The integral over u of the other factor times the closed integral of the known one."""
    low, high = map(jnp.asarray, box[variable])
    first: Distribution = scope.distribution(known)
    second = scope.distribution(other)

    def integrand(inner: DensityScope, u: Array) -> Array:
        closed = log_integral(first, inner, {variable: (low - u, high - u)})
        assert closed is not None  # `_integral` has asked
        return closed + log_shape(second, inner.at(**{variable: u}))

    edges = [limit - c for c in all_breakpoints([known], scope, variable) for limit in (low, high)]
    return _along(integrand, scope, [*all_breakpoints([other], scope, variable), *edges])
