"""The relativistic Breit-Wigner distribution."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import factorial

import jax.numpy as jnp
from jax import Array

from hs3.base import as_float, is_number
from hs3.distributions.breit_wigner import DecayChannel, RelativisticBreitWignerDist
from hs3.errors import CompileError

from .density import breakpoints, log_shape
from .limits import is_only
from .scope import DensityScope
from .special import log_signed

LARGEST_L = 20
"""Orbital angular momenta up to here; the coefficients of the form factor are exact beyond."""


@log_shape.register
def _shape(dist: RelativisticBreitWignerDist, scope: DensityScope) -> Array:
    r""":math:`\ln[m\,\Gamma_1(m)] - \ln[(M^2-m^2)^2 + M^2\Gamma(m)^2]`.

    Zero at and below the threshold of the first channel; a channel below its own threshold does
    not contribute to the total width.
    """
    m, mass = _variable(dist, scope), scope(dist.mass)
    partial = [partial_width(dist, channel, scope, m) for channel in dist.channels]
    if not partial:
        raise CompileError(f"{dist.name!r} has no decay channels", value=dist.name)
    open_ = partial[0] > 0.0
    at = jnp.where(open_, m, 2.0 * mass)
    top = jnp.where(open_, at * partial[0], 1.0)
    distance = (mass - at) * (mass + at)
    bottom = distance**2 + (mass * reduce(jnp.add, partial)) ** 2
    return jnp.where(open_ | jnp.isnan(top), jnp.log(top) - log_signed(bottom), -jnp.inf)


def partial_width(
    dist: RelativisticBreitWignerDist, channel: DecayChannel, scope: DensityScope, m: Array
) -> Array:
    r""":math:`\Gamma_{BW}\, z^{2l} h_l^2(z)\, 2q/m`, 0 at and below the threshold."""
    m1, m2 = scope(channel.m1), scope(channel.m2)
    is_open = m > m1 + m2
    at = jnp.where(is_open, m, m1 + m2 + 1.0)
    both = ((m1 + m2) / at, (m1 - m2) / at)
    ratio = jnp.sqrt((1.0 - both[0]) * (1.0 + both[0]) * (1.0 - both[1]) * (1.0 + both[1]))
    z = 0.5 * at * ratio * scope(channel.R)
    barrier = form_factor(_momentum(dist, channel), z)
    return jnp.where(is_open, scope(channel.Gamma) * barrier * ratio, 0.0)


def form_factor(l: int, z: Array) -> Array:  # noqa: E741 - the standard's name
    r"""The squared centrifugal barrier :math:`n_l^2 = z^{2l} h_l^2(z)`.

    .. math::
        h_l^{-2}(z) = \sum_{k=0}^l \frac{(2l-k)!\,(2l-2k)!}{k!\,(l-k)!^2} (2z)^{2k} 4^{-l}

    That is :math:`h_0^2 = 1`, :math:`h_1^2 = 1/(1+z^2)`, :math:`h_2^2 = 1/(9+3z^2+z^4)`, as in the
    Review of Particle Physics 2023, equations 50.30 to 50.35. The standard's text cites these, and
    says that a single channel with l = 0 and without masses has a constant width, which holds for
    them; the two formulas that it writes out are those of l = 1 and l = 2 under the names
    :math:`h_0` and :math:`h_1`.

    Source:
        Abramowitz and Stegun, 10.1.27.
    """
    coefficients = [
        factorial(2 * l - k)
        * factorial(2 * l - 2 * k)
        // (factorial(k) * factorial(l - k) ** 2)
        * 4**k
        / 4**l
        for k in range(l, -1, -1)
    ]
    # In 1/z² where z is large, so that high powers do not overflow.
    large = z > 1.0
    inner, outer = jnp.where(large, 1.0, z) ** 2, jnp.where(large, z, 1.0) ** -2
    below = inner**l / _polynomial(coefficients, inner)
    return jnp.where(large, 1.0 / _polynomial(coefficients[::-1], outer), below)


def _polynomial(coefficients: Sequence[float], x: Array) -> Array:
    """Horner's scheme, the highest power first."""
    return reduce(lambda total, c: total * x + c, coefficients, jnp.zeros_like(x))


def _momentum(dist: RelativisticBreitWignerDist, channel: DecayChannel) -> int:
    """The orbital angular momentum, which has to be a number.

    Raises:
        CompileError: it is a name, or not an integer from 0 to `LARGEST_L`.
    """
    given = as_float(channel.l) if is_number(channel.l) else -1.0
    if not (given.is_integer() and 0 <= given <= LARGEST_L):
        message = f"`l` of a channel of {dist.name!r} has to be an integer from 0 to {LARGEST_L}"
        raise CompileError(message, value=channel.l)
    return int(given)


def _variable(dist: RelativisticBreitWignerDist, scope: DensityScope) -> Array:
    """The mass that is measured.

    Raises:
        CompileError: the distribution does not name it.
    """
    if dist.x is None:
        raise CompileError(
            f"{dist.name!r} does not say what its variable is: the standard has no key for it, "
            "here it is `x`",
            value=dist.name,
        )
    return scope(dist.x)


@breakpoints.register
def _cuts(
    dist: RelativisticBreitWignerDist, scope: DensityScope, observable: str
) -> Sequence[Array]:
    """The peak with ever wider steps from it, and thresholds, above which roots begin."""
    if not is_only(dist, scope, observable):
        return ()
    mass = scope(dist.mass)
    partial = [partial_width(dist, channel, scope, mass) for channel in dist.channels]
    total = reduce(jnp.add, partial)
    width = jnp.where(total > 0.0, total, sum(scope(c.Gamma) for c in dist.channels))
    cuts = [mass, *(mass + s * width * 0.3 * 1.9**k for k in range(20) for s in (1.0, -1.0))]
    for m1, m2 in dict.fromkeys((c.m1, c.m2) for c in dist.channels):
        threshold = scope(m1) + scope(m2)
        scale = jnp.abs(mass - threshold) + width
        cuts += [threshold, *(threshold + scale * 0.25**k for k in range(5))]
    return cuts
