r"""Densities: one formula per type, normalised in one place.

A type attaches to its class (a file of this folder each, or a small family):

- `log_shape`, required: :math:`\ln g(x)`, the density up to a factor that does not depend on the
  observables.
- `log_integral`, where a closed form exists: :math:`\ln\int_{box} g`, or None for boxes over other
  variables than the form covers. Limits are arrays: one call serves many bins.
- `breakpoints`, where g has kinks, steps or narrow peaks: where to cut numerical integrals.
- `expected_events`, where the distribution can be extended: :math:`\nu`, or None.
- `log_partial`, instead of all normalisation below, for types that are made of other densities.

`log_density` is what everything else uses: :math:`\ln f = \ln g - \ln\int g` over the ranges of the
scope; `log_probability` is its integral over bins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from hs3.distributions import Distribution
from hs3.errors import CompileError

from .quadrature import integrate, is_infinite
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
def breakpoints(dist: Distribution, scope: DensityScope, observable: str) -> Sequence[ArrayLike]:
    """Values of `observable` at which an integral of the type's own formula is to be cut.

    Those of the functions and distributions that it refers to need not be among them.
    """
    return ()


@singledispatch
def expected_events(dist: Distribution, scope: DensityScope) -> Array | None:
    """Expected number of events, or None for a distribution that is not extended."""
    return None


@singledispatch
def log_partial(dist: Distribution, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """Logarithm of the density, normalised over `over`, integrated over a box in some of them.

    Every density goes through here. A distribution is uniform in an observable that it does not
    depend on. Over nothing at all, it is the density of an auxiliary measurement: normalised over
    its own variate (see `hs3.engine.density.auxiliary`).
    """
    if not over:
        from .auxiliary import log_measurement

        return log_measurement(dist, scope)
    own = tuple(o for o in over if o in scope.observables(dist.name))
    inside = {o: box[o] for o in own if o in box}
    value = log_norm(dist, scope, inside) - log_norm(dist, scope, {o: scope.ranges[o] for o in own})
    return value + log_uniform(scope, set(over).difference(own), box)


def log_density(dist: Distribution, scope: DensityScope, over: Sequence[str]) -> Array:
    """Logarithm of the density, normalised over the observables `over` in the scope's ranges."""
    return log_partial(dist, scope, over, {})


def log_probability(dist: Distribution, scope: DensityScope, box: Box) -> Array:
    """Logarithm of the probability to fall into `box`, normalised over the scope's ranges.

    The limits of the box are arrays: one entry per bin.
    """
    return log_partial(dist, scope, tuple(box), box)


def log_norm(dist: Distribution, scope: DensityScope, box: Box) -> Array:
    """Logarithm of the integral of ``exp(log_shape)`` over `box`, closed or numerical."""
    return log_joint([dist], scope, box)


def log_joint(dists: Sequence[Distribution], scope: DensityScope, box: Box) -> Array:
    """Logarithm of the integral over `box` of the product of shapes.

    Variables that belong to one factor alone are integrated out of it first where that has a
    closed form, and only the others numerically.
    """
    own = [_private(i, dists, scope, box) for i in range(len(dists))]
    centre = middle(scope, box)
    parts = [(d, _closed_part(d, centre, part)) for d, part in zip(dists, own, strict=True)]
    done = {o for _, part in parts for o in part}
    rest = {o: limits for o, limits in box.items() if o not in done}

    def integrand(inner: DensityScope) -> Array:
        return sum((_log_closed(dist, inner, part) for dist, part in parts), inner(0.0))

    if not rest:
        return integrand(scope)
    return integrate(integrand, scope, rest, _cuts(dists, centre, rest))


def middle(scope: DensityScope, box: Box) -> DensityScope:
    """The scope in the middle of a box, where it is asked for closed forms and places to cut.

    Errors of integrals on the way do not count.
    """
    values = {
        name: 0.0 if is_infinite(low) or is_infinite(high) else 0.5 * (low + jnp.asarray(high))
        for name, (low, high) in box.items()
    }
    return DensityScope({**scope.values, **values}, scope.definitions, scope.ranges)


def _private(
    index: int, dists: Sequence[Distribution], scope: DensityScope, box: Box
) -> dict[str, Range]:
    """The part of the box that no other factor than the given one depends on."""
    if len(dists) == 1:
        return dict(box)
    others = (d for i, d in enumerate(dists) if i != index)
    shared = {o for d in others for o in scope.definitions.leaves(d.name)}
    own = scope.definitions.leaves(dists[index].name) - shared
    return {o: limits for o, limits in box.items() if o in own}


def _closed_part(dist: Distribution, scope: DensityScope, box: Box) -> Box:
    """The whole box, or one of its axes, over which the integral has a closed form; or nothing."""
    choices = [box, *({o: limits} for o, limits in box.items())] if len(box) > 1 else [box]
    for choice in choices:
        if choice and log_integral(dist, scope, choice) is not None:
            return choice
    return {}


def _log_closed(dist: Distribution, scope: DensityScope, box: Box) -> Array:
    if not box:
        return log_shape(dist, scope)
    value = log_integral(dist, scope, box)
    assert value is not None  # whether there is a closed form does not depend on values
    return value


def _cuts(
    dists: Iterable[Distribution], scope: DensityScope, observables: Iterable[str]
) -> dict[str, list[ArrayLike]]:
    """Where to cut integrals over products of `dists`: breakpoints of all that they are made of."""
    from .cuts import all_breakpoints

    names = [d.name for d in dists]
    return {o: all_breakpoints(names, scope, o) for o in observables}


def log_uniform(scope: DensityScope, over: Iterable[str], box: Box) -> Array:
    """Logarithm of the uniform density over the ranges of `over`, integrated over a box."""
    total = jnp.zeros(())
    for name in over:
        total = total - log_volume({name: scope.ranges[name]})
        if name in box:
            total = total + log_volume({name: box[name]})
    return total


def log_volume(box: Box) -> Array:
    """Logarithm of the volume of a box; 0 for an empty one."""
    return sum((jnp.log(high - jnp.asarray(low)) for low, high in box.values()), jnp.zeros(()))
