"""Products of distributions."""

from __future__ import annotations

from jax import Array

from hs3.distributions.product import ProductDist

from .density import Box, expected_events, log_density, log_integral, log_norm, log_shape
from .scope import DensityScope


@log_shape.register
def _shape(dist: ProductDist, scope: DensityScope) -> Array:
    """Sum of the factors' shapes; composite factors are normalised by themselves."""
    return sum((log_shape(scope.distribution(f), scope) for f in dist.factors), scope(0.0))


@log_density.register
def _density(dist: ProductDist, scope: DensityScope, over: tuple[str, ...]) -> Array:
    """Factors of separate observables are normalised one by one, others as a whole."""
    total = scope(0.0)
    for names in clusters(dist, scope):
        own = tuple(o for o in over if any(o in scope.observables(n) for n in names))
        if len(names) == 1:
            total = total + log_density(scope.distribution(names[0]), scope, own)
        else:
            box = {o: scope.ranges[o] for o in own}
            part = ProductDist.model_construct(
                name=f"{dist.name}:{'*'.join(names)}", type=dist.type, factors=names
            )
            total = total + log_shape(part, scope) - log_norm(part, scope, box)
    return total


def clusters(dist: ProductDist, scope: DensityScope) -> list[tuple[str, ...]]:
    """The factors in groups that share no observable."""
    groups: list[tuple[set[str], list[str]]] = []
    for name in dist.factors:
        mine = set(scope.observables(name))
        touching = [g for g in groups if g[0] & mine]
        merged = (mine.union(*(g[0] for g in touching)), [n for g in touching for n in g[1]])
        merged[1].append(name)
        groups = [g for g in groups if g not in touching] + [merged]
    return [tuple(names) for _, names in groups]


@log_integral.register
def _integral(dist: ProductDist, scope: DensityScope, box: Box) -> Array | None:
    """The product of the factors' integrals where no two factors share an integration variable."""
    return (
        None if len(dist.factors) > 1 else log_norm(scope.distribution(dist.factors[0]), scope, box)
    )


@expected_events.register
def _events(dist: ProductDist, scope: DensityScope) -> Array | None:
    """Those of the only extended factor."""
    found = [
        e for f in dist.factors if (e := expected_events(scope.distribution(f), scope)) is not None
    ]
    return found[0] if len(found) == 1 else None
