"""Products of distributions."""

from __future__ import annotations

from collections.abc import Sequence

from jax import Array

from hs3.distributions import Distribution
from hs3.distributions.product import EfficiencyProductDist, ProductDist
from hs3.errors import CompileError

from .density import Box, expected_events, log_joint, log_partial, log_shape, log_uniform
from .scope import DensityScope
from .special import log_signed


def factors(dist: ProductDist, scope: DensityScope) -> list[Distribution]:
    """The factors, those of products inside of the product too."""
    out: list[Distribution] = []
    for name in dist.factors:
        factor = scope.distribution(name)
        out.extend(factors(factor, scope) if isinstance(factor, ProductDist) else [factor])
    return out


@log_shape.register
def _shape(dist: ProductDist, scope: DensityScope) -> Array:
    """Sum of the factors' shapes."""
    return sum((log_shape(f, scope) for f in factors(dist, scope)), scope(0.0))


@log_partial.register
def _partial(dist: ProductDist, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """Factors of separate observables are normalised one by one, others as a whole.

    A factor without observables is an auxiliary measurement, normalised over its own variate.
    """
    groups = clusters(factors(dist, scope), scope, over)
    total = scope(0.0)
    for own, members in groups:
        inside = {o: box[o] for o in own if o in box}
        if len(members) == 1:
            total = total + log_partial(members[0], scope, own, inside)
        else:
            ranges = {o: scope.ranges[o] for o in own}
            total = total + log_joint(members, scope, inside) - log_joint(members, scope, ranges)
    free = set(over).difference(*(own for own, _ in groups))
    return total + log_uniform(scope, free, box)


def clusters(
    parts: Sequence[Distribution], scope: DensityScope, over: Sequence[str]
) -> list[tuple[tuple[str, ...], list[Distribution]]]:
    """Groups of distributions that share no observable of `over`, each with its observables."""
    groups: list[tuple[set[str], list[Distribution]]] = []
    for part in parts:
        mine = set(scope.observables(part.name)) & set(over)
        touching = [g for g in groups if g[0] & mine]
        merged = (mine.union(*(g[0] for g in touching)), [p for g in touching for p in g[1]])
        merged[1].append(part)
        groups = [g for g in groups if g not in touching] + [merged]
    return [(tuple(o for o in over if o in own), members) for own, members in groups]


@expected_events.register
def _events(dist: ProductDist, scope: DensityScope) -> Array | None:
    """Those of the only extended factor.

    Raises:
        CompileError: several factors are extended.
    """
    found = [
        (f.name, e) for f in factors(dist, scope) if (e := expected_events(f, scope)) is not None
    ]
    if len(found) > 1:
        names = ", ".join(name for name, _ in found)
        message = f"several factors of {dist.name!r} expect a number of events: {names}"
        raise CompileError(message, value=dist.name)
    return found[0][1] if found else None


@log_shape.register
def _efficiency(dist: EfficiencyProductDist, scope: DensityScope) -> Array:
    return log_shape(scope.distribution(dist.pdf), scope) + log_signed(scope(dist.eff))
