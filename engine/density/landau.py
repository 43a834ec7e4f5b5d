r"""The Landau distribution, as ROOT and CERNLIB evaluate it.

Rational approximations by pieces, with a relative error of 2e-9, and of 4e-7 in the far tail; the
pieces do not meet exactly. The normalisation is the integral of the same pieces.

Source:
    K. S. Kölbig, B. Schorr, Computer Physics Communications 31 (1984) 97, function DENLAN; CERNLIB
    G110.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce

import jax.numpy as jnp
from jax import Array

from hs3.distributions.landau import LandauDist

from .density import breakpoints, log_shape
from .limits import is_only
from .scope import DensityScope

JOINTS = (-5.5, -1.0, 1.0, 5.0, 12.0, 50.0, 300.0)
"""Where the pieces meet, in units of the scale."""

Coefficients = tuple[float, ...]

_START: Coefficients = (1.0, 0.04166666667, -0.01996527778, 0.02709538966)
_END: Coefficients = (1.0, -1.845568670, -4.284640743)
"""Expansions below the first joint, in :math:`e^{v+1}`, and above the last."""

_PIECES: tuple[tuple[Coefficients, Coefficients], ...] = (
    (
        (0.4259894875, -0.1249762550, 0.03984243700, -0.006298287635, 0.001511162253),
        (1.0, -0.3388260629, 0.09594393323, -0.01608042283, 0.003778942063),
    ),
    (
        (0.1788541609, 0.1173957403, 0.01488850518, -0.001394989411, 0.0001283617211),
        (1.0, 0.7428795082, 0.3153932961, 0.06694219548, 0.008790609714),
    ),
    (
        (0.1788544503, 0.09359161662, 0.006325387654, 0.00006611667319, -0.000002031049101),
        (1.0, 0.6097809921, 0.2560616665, 0.04746722384, 0.006957301675),
    ),
    (
        (0.9874054407, 118.6723273, 849.2794360, -743.7792444, 427.0262186),
        (1.0, 106.8615961, 337.6496214, 2016.712389, 1597.063511),
    ),
    (
        (1.003675074, 167.5702434, 4789.711289, 21217.86767, -22324.94910),
        (1.0, 156.9424537, 3745.310488, 9834.698876, 66924.28357),
    ),
    (
        (1.000827619, 664.9143136, 62972.92665, 475554.6998, -5743609.109),
        (1.0, 651.4101098, 56974.73333, 165917.4725, -2815759.939),
    ),
)
"""Numerators and denominators between the joints, lowest power first: in v up to 5, then in 1/v."""


@log_shape.register
def _shape(dist: LandauDist, scope: DensityScope) -> Array:
    sigma = scope(dist.sigma)
    value = log_landau((scope(dist.x) - scope(dist.mean)) / sigma)
    return jnp.where(sigma > 0.0, value, jnp.nan)


def log_landau(v: Array) -> Array:
    r""":math:`\ln\phi(v)` of the standard Landau density."""
    pieces: list[Callable[[Array], Array]] = [
        _start,
        *(partial(_inner, i) for i in range(len(_PIECES))),
        _end,
    ]
    at = jnp.searchsorted(jnp.asarray(JOINTS), v, side="right")
    value = jnp.where(jnp.isnan(v), v, 0.0)
    for i, piece in enumerate(pieces):
        here = at == i
        value = jnp.where(here, piece(jnp.where(here, v, JOINTS[max(i - 1, 0)])), value)
    return value


def _start(v: Array) -> Array:
    """The log-density falls off as an exponential, kept finite."""
    step = jnp.exp(jnp.minimum(-v - 1.0, 700.0))
    expansion = jnp.log(_polynomial(_START, 1.0 / step))
    return jnp.log(0.3989422803) - step - 0.5 * (v + 1.0) + expansion


def _inner(piece: int, v: Array) -> Array:
    upper, lower = _PIECES[piece]
    argument = v if piece < 3 else 1.0 / v
    ratio = jnp.log(_polynomial(upper, argument) / _polynomial(lower, argument))
    if piece == 0:
        return ratio - jnp.exp(-v - 1.0) - 0.5 * (v + 1.0)
    return ratio if piece < 3 else ratio - 2.0 * jnp.log(v)


def _end(v: Array) -> Array:
    u = 1.0 / (v - v * jnp.log(v) / (v + 1.0))
    return 2.0 * jnp.log(u) + jnp.log(_polynomial(_END, u))


def _polynomial(coefficients: Coefficients, x: Array) -> Array:
    """Lowest power first."""
    return reduce(lambda total, c: total * x + c, reversed(coefficients), jnp.zeros_like(x))


@breakpoints.register
def _cuts(dist: LandauDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """The joints, the peak, and a wider step where the density is small."""
    if not is_only(dist, scope, observable):
        return ()
    mean, sigma = scope(dist.mean), scope(dist.sigma)
    return [mean + v * sigma for v in (*JOINTS, -3.0, 2500.0)]
