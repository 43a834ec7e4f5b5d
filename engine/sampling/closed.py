"""Samplers of the types that have a formula, or are made of others."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.base import references
from hs3.distributions.exponential import ExponentialDist
from hs3.distributions.gaussian import GaussianDist, MultivariateNormalDist
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.poisson import PoissonDist
from hs3.distributions.product import ProductDist
from hs3.distributions.rate import RateExtendedDist
from hs3.distributions.uniform import UniformDist
from hs3.histfactory.meaning import FloatArray

from ..density import DensityScope
from ..density.limits import is_only
from ..density.mixture import weights
from ..density.multivariate import covariance
from ..density.poisson import log_poisson
from ..density.product import clusters, factors
from .base import Draw, limits, numbers, sampler, sampler_over, together, uniform
from .numerical import numerical
from .rejection import accepted

FAR = 5.0
"""Beyond this many standard deviations the tail of a normal distribution is left to the table."""

LIKELY = 0.02
"""Probability of a range from which on events outside of it are simply thrown away."""


@sampler.register
def _uniform(dist: UniformDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    return together([uniform(name, *limits(scope, name)) for name in over])


@sampler.register
def _gaussian(dist: GaussianDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    """Truncated to the range; in x, or as well in the mean."""
    (name, *others) = over
    key = "x" if dist.x == name else "mean"
    if others or not is_only(dist, scope, name, key):
        return numerical(dist, scope, over)
    mean, sigma = scope(dist.mean if key == "x" else dist.x), scope(dist.sigma)
    low, high = ((jnp.asarray(limit, float) - mean) / sigma for limit in scope.ranges[name])
    if not (low < FAR and high > -FAR):
        return numerical(dist, scope, over)

    def draw(key: Array, count: int) -> dict[str, Array]:
        z = jax.random.truncated_normal(key, low, high, (count,), jnp.float64)
        return {name: mean + sigma * z}

    return draw


@sampler.register
def _exponential(dist: ExponentialDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    r""":math:`x = a - \ln(1 - u(1 - e^{-|c|(h-l)}))/c`, a being the end where it is high."""
    (name, *others) = over
    c = float(scope(dist.c)) if not others and is_only(dist, scope, name) else 0.0
    low, high = numbers(scope.ranges[name])
    start, end = (low, high) if c > 0.0 else (high, low)
    if c == 0.0 or not np.isfinite(start):
        return numerical(dist, scope, over)
    missing = -np.expm1(-abs(c) * abs(end - start))

    def draw(key: Array, count: int) -> dict[str, Array]:
        u = jax.random.uniform(key, (count,), jnp.float64)
        return {name: start - jnp.log1p(-u * missing) / c}

    return draw


@sampler.register
def _poisson(dist: PoissonDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    """Counts in the range, whose ends belong to it, from the table of their probabilities."""
    (name, *others) = over
    if others or not is_only(dist, scope, name):
        return numerical(dist, scope, over)
    counts, shares = count_table(dist, scope, name)
    total = np.cumsum(shares)

    def draw(key: Array, count: int) -> dict[str, Array]:
        u = jax.random.uniform(key, (count,), jnp.float64)
        index = jnp.searchsorted(jnp.asarray(total), u * total[-1], side="right")
        return {name: jnp.asarray(counts)[jnp.minimum(index, len(counts) - 1)]}

    return draw


def count_table(dist: PoissonDist, scope: DensityScope, name: str) -> tuple[FloatArray, FloatArray]:
    """The counts in the range that are not beyond hope, and their probabilities."""
    mean = float(scope(dist.mean))
    low, high = numbers(scope.ranges[name])
    reach = 40.0 * np.sqrt(mean) + 100.0
    first = max(np.ceil(low), 0.0, np.floor(min(mean, high) - reach))
    last = min(np.floor(high), max(first, np.ceil(mean)) + reach)
    counts = first + np.arange(last - first + 1.0)
    logs = np.asarray(log_poisson(jnp.asarray(counts), jnp.asarray(mean)))
    shares = np.exp(logs - logs.max())
    return counts, shares / shares.sum()


@sampler.register
def _multivariate(dist: MultivariateNormalDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    """Correlated normal numbers; those outside of the range are drawn again."""
    names = [str(x) for x in dist.x]
    leaves = scope.definitions.leaves(dist.name)
    given = MultivariateNormalDist.model_construct(**{**dist.__dict__, "x": ()})
    if set(names) != set(over) or _refers(given, scope, over) or len(leaves) < len(over):
        return numerical(dist, scope, over)
    mean = scope.stack(dist.mean)
    factor = jnp.linalg.cholesky(covariance(dist, scope))
    low, high = (jnp.stack([jnp.asarray(scope.ranges[n][i], float) for n in names]) for i in (0, 1))

    def propose(key: Array, count: int) -> tuple[Array, Array]:
        x = mean[:, None] + factor @ jax.random.normal(key, (len(names), count), jnp.float64)
        return x, jnp.all((x >= low[:, None]) & (x <= high[:, None]), axis=0)

    if jnp.mean(propose(jax.random.key(0), 10_000)[1]) < LIKELY:
        return numerical(dist, scope, over)
    return accepted(names, propose)


def _refers(dist: MultivariateNormalDist, scope: DensityScope, over: Sequence[str]) -> bool:
    """Whether a parameter depends on an observable."""
    used = (scope.definitions.leaves(r.name) for r in references(dist))
    return any(leaves & set(over) for leaves in used)


@sampler.register
def _mixture(dist: MixtureDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    """First the summand, then an event of it."""
    functions = scope.definitions.functions
    names = [c for c in dist.coefficients or () if isinstance(c, str)]
    moving = any(scope.definitions.leaves(c) & set(over) for c in names)
    if moving or any(name in functions for name in dist.summands):
        return numerical(dist, scope, over)
    share = np.array([float(w) for w in weights(dist, scope)])
    if (share < 0.0).any() or not share.sum() > 0.0:
        return numerical(dist, scope, over)
    used = [(n, w) for n, w in zip(dist.summands, share, strict=True) if w > 0.0]
    parts = [sampler_over(scope.distribution(name), scope, over) for name, _ in used]
    steps = jnp.cumsum(jnp.array([w for _, w in used])) / share.sum()

    def draw(key: Array, count: int) -> dict[str, Array]:
        choice_key, events_key = jax.random.split(key)
        u = jax.random.uniform(choice_key, (count,), jnp.float64)
        chosen = jnp.minimum(jnp.searchsorted(steps, u, side="right"), len(parts) - 1)
        events = [part(jax.random.fold_in(events_key, i), count) for i, part in enumerate(parts)]
        return {
            o: jnp.take_along_axis(jnp.stack([e[o] for e in events]), chosen[None], axis=0)[0]
            for o in over
        }

    return draw


@sampler.register
def _product(dist: ProductDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    """Factors of separate observables one by one, those that share one as a whole."""
    parts: list[Draw] = []
    for own, members in clusters(factors(dist, scope), scope, over):
        if len(members) == 1 and own:
            parts.append(sampler_over(members[0], scope, own))
        elif own:
            parts.append(numerical(members, scope, own))
    return together(parts)


@sampler.register
def _rate(dist: RateExtendedDist, scope: DensityScope, over: Sequence[str]) -> Draw:
    return sampler_over(scope.distribution(dist.underlying), scope, over)
