r"""Densities: one formula per type, normalised in one place.

A type attaches to its class (a file of this folder each, or a small family):

- `log_shape`, required: :math:`\ln g(x)`, the density up to a factor that does not depend on the
  observables.
- `log_integral`, where a closed form exists: :math:`\ln\int_{box} g`, or None for boxes over other
  variables than the form covers. Limits are arrays: one call serves many bins.
- `breakpoints`, where g has kinks, steps or narrow peaks: where to cut numerical integrals.
- `expected_events`, where the distribution can be extended: :math:`\nu`, or None.

`log_density` is what everything else uses: :math:`\ln f = \ln g - \ln\int g` over the ranges of the
scope. Types that are normalised by construction (mixtures, products of independent factors)
override it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch

import jax.numpy as jnp
from jax import Array

from hs3.distributions import Distribution
from hs3.errors import CompileError

from .quadrature import integrate
from .scope import DensityScope, Range

Box = Mapping[str, Range]


@singledispatch
def log_shape(dist: Distribution, scope: DensityScope) -> Array:
    """Logarithm of the density up to a factor independent of the observables; -inf outside.

    Raises:
        CompileError: no formula is known for the type.
    """
    raise CompileError(
        f"the distribution {dist.name!r} of type {dist.type!r} cannot be evaluated",
        code="compile.unknown_distribution_type",
        value=dist.type,
    )


@singledispatch
def log_integral(dist: Distribution, scope: DensityScope, box: Box) -> Array | None:
    """Logarithm of the integral of ``exp(log_shape)`` over `box`, or None without a closed form."""
    return None


@singledispatch
def breakpoints(dist: Distribution, scope: DensityScope, observable: str) -> Sequence[Array]:
    """Values of `observable` at which a numerical integral is to be cut."""
    return ()


@singledispatch
def expected_events(dist: Distribution, scope: DensityScope) -> Array | None:
    """Expected number of events, or None for a distribution that is not extended."""
    return None


@singledispatch
def log_density(dist: Distribution, scope: DensityScope, over: tuple[str, ...]) -> Array:
    """Logarithm of the density, normalised over the observables `over` in the scope's ranges."""
    own = tuple(o for o in over if o in scope.observables(dist.name))
    value = log_shape(dist, scope) - log_norm(dist, scope, {o: scope.ranges[o] for o in own})
    return value - log_volume({o: scope.ranges[o] for o in over if o not in own})


def log_norm(dist: Distribution, scope: DensityScope, box: Box) -> Array:
    """Logarithm of the integral of ``exp(log_shape)`` over `box`, closed or numerical."""
    if not box:
        return log_shape(dist, scope)
    closed = log_integral(dist, scope, box)
    if closed is not None:
        return closed
    cuts = {o: breakpoints(dist, scope, o) for o in box}
    return integrate(lambda inner: log_shape(dist, inner), scope, box, cuts)


def log_probability(dist: Distribution, scope: DensityScope, box: Box) -> Array:
    """Logarithm of the probability to fall into `box`, normalised over the scope's ranges.

    The limits of the box are arrays: one entry per bin.
    """
    over = tuple(box)
    closed = log_integral(dist, scope, box)
    if closed is not None:
        return closed - log_norm(dist, scope, {o: scope.ranges[o] for o in over})
    cuts = {o: breakpoints(dist, scope, o) for o in box}
    return integrate(lambda inner: log_density(dist, inner, over), scope, box, cuts)


def log_volume(box: Box) -> Array:
    """Logarithm of the volume of a box; 0 for an empty one."""
    return sum((jnp.log(high - jnp.asarray(low)) for low, high in box.values()), jnp.zeros(()))
