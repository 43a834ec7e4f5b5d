r"""Decay times: exponentials seen with a resolution.

With :math:`H(u) = \int_0^\infty e^{-s/\tau} N(u-s; 0, \sigma)\,ds`, the decay to the right and a
Gaussian resolution, a decay to the left is :math:`H(-u)`, and the sum of both is symmetric. A
perfect resolution gives the bare exponentials, and a mixture of models the sum over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import jax.numpy as jnp
from jax import Array

from hs3.base import references
from hs3.distributions import Distribution
from hs3.distributions.decay import DecayDist
from hs3.distributions.resolution import GaussModelDist, MixtureModelDist, TruthModelDist
from hs3.errors import CompileError
from hs3.functions import Function
from hs3.functions.resolution import GaussModelFunction, TruthModelFunction

from .density import Box, breakpoints, log_integral, log_shape
from .exponential_gaussian import log_decay, log_decay_interval
from .limits import limits, peak
from .mixture import mix, weights
from .scope import DensityScope
from .special import log_exponential_integral, log_gaussian_integral

Gauss = GaussModelDist | GaussModelFunction
Truth = TruthModelDist | TruthModelFunction
Model = Gauss | Truth

RIGHT, BOTH, LEFT = 0, 1, 2
"""The values of `decayType`: SingleSided, DoubleSided, Flipped."""


@log_shape.register
def _shape(dist: DecayDist, scope: DensityScope) -> Array:
    """The convolution; at t = 0, a perfectly measured decay belongs to the right side."""
    t, tau = scope(dist.t), scope(dist.tau)
    parts = []
    for _, model in models(dist, scope):
        if isinstance(model, Truth):
            parts.append(_bare(t, tau, dist.decayType))
        else:
            u, sigma = t - scope(model.mean), resolution(model, scope)
            sides = [log_decay(sign * u, tau, sigma) for sign in _signs(dist)]
            parts.append(sides[0] if len(sides) == 1 else jnp.logaddexp(*sides))
    return _sum(dist, scope, parts)


def _bare(t: Array, tau: Array, kind: int) -> Array:
    """The exponential itself, -inf on the other side of 0."""
    inside = t < 0.0 if kind == LEFT else (t >= 0.0) | (kind == BOTH)
    return jnp.where(inside, -jnp.abs(t) / tau, -jnp.inf)


@log_integral.register
def _integral(dist: DecayDist, scope: DensityScope, box: Box) -> Array | None:
    """Closed for all models: exponentials, error functions and their differences."""
    span = _span(dist, scope, box)
    if span is None:
        return None
    tau, (low, high) = scope(dist.tau), span
    parts = []
    for _, model in models(dist, scope):
        sides = []
        for sign in _signs(dist):
            start, end = (low, high) if sign > 0 else (-high, -low)
            if isinstance(model, Truth):
                ends = jnp.maximum(start, 0.0), jnp.maximum(end, 0.0)
                sides.append(log_exponential_integral(1.0 / tau, *ends))
            else:
                mean = sign * scope(model.mean)
                sigma = resolution(model, scope)
                sides.append(log_decay_interval(start - mean, end - mean, tau, sigma))
        parts.append(sides[0] if len(sides) == 1 else jnp.logaddexp(*sides))
    return _sum(dist, scope, parts)


@breakpoints.register
def _cuts(dist: DecayDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """Around the resolution's peak, or at 0, and out along the exponentials."""
    if not _is_only(dist, scope, observable):
        return ()
    tau = scope(dist.tau)
    cuts = []
    for _, model in models(dist, scope):
        if isinstance(model, Truth):
            centre = reach = jnp.zeros(())
        else:
            centre, reach = scope(model.mean), 7.0 * scope(model.sigma)
        cuts += [centre - reach, centre, centre + reach]
        cuts += [centre + s * (reach + n * tau) for s in _signs(dist) for n in (2.0, 7.0, 20.0)]
    return cuts


# --- resolution models ----------------------------------------------------------------------------


@log_shape.register(GaussModelDist)
def _model_shape(dist: GaussModelDist, scope: DensityScope) -> Array:
    pull = (scope(dist.x) - scope(dist.mean)) / scope(dist.sigma)
    return -0.5 * pull * pull - jnp.log(scope(dist.sigma) * jnp.sqrt(2.0 * jnp.pi))


@log_integral.register(GaussModelDist)
def _model_integral(dist: GaussModelDist, scope: DensityScope, box: Box) -> Array | None:
    span = limits(dist, scope, box)
    if span is None:
        return None
    sigma = scope(dist.sigma)
    norm = jnp.log(sigma * jnp.sqrt(2.0 * jnp.pi))
    return log_gaussian_integral(scope(dist.mean), sigma, *span) - norm


@breakpoints.register(GaussModelDist)
def _model_cuts(dist: GaussModelDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    return peak(scope(dist.mean), scope(dist.sigma)) if observable == dist.x else ()


@log_shape.register(TruthModelDist)
def _no_density(dist: TruthModelDist, scope: DensityScope) -> Array:
    """A delta function.

    Raises:
        CompileError: always.
    """
    raise CompileError(
        f"{dist.name!r} is a delta function, which has no density: it can only be the resolution "
        "model of a decay",
        value=dist.type,
    )


def resolution(model: Gauss, scope: DensityScope) -> Array:
    """The width of a Gaussian model; nan below zero, where nothing is defined."""
    sigma = scope(model.sigma)
    return jnp.where(sigma < 0.0, jnp.nan, sigma)


def models(dist: DecayDist, scope: DensityScope) -> list[tuple[Array, Model]]:
    """The resolution models with their weights, those of mixtures (of mixtures) one by one.

    Raises:
        CompileError: there is no such model, or it is one of another variable or of no known type.
    """
    return [*_flat(dist, dist.resolutionModel, jnp.ones(()), scope)]


def _flat(
    dist: DecayDist, name: str, weight: Array, scope: DensityScope
) -> Iterator[tuple[Array, Model]]:
    model = _part(name, scope)
    if isinstance(model, MixtureModelDist):
        for factor, inner in zip(weights(model, scope), model.summands, strict=True):
            yield from _flat(dist, inner, weight * factor, scope)
    elif not isinstance(model, Model):
        raise CompileError(
            f"{name!r} of type {model.type!r} is not a resolution model, as {dist.name!r} needs",
            value=model.type,
        )
    elif model.x != dist.t:
        raise CompileError(
            f"the resolution model {name!r} is one of {model.x!r}, and {dist.name!r} is a decay "
            f"in {dist.t!r}",
            value=model.x,
        )
    else:
        yield weight, model


def _part(name: str, scope: DensityScope) -> Function | Distribution:
    found = scope.definitions.functions.get(name)
    return scope.distribution(name) if found is None else found


# --- helpers --------------------------------------------------------------------------------------


def _signs(dist: DecayDist) -> tuple[float, ...]:
    """Directions in which it decays."""
    return {RIGHT: (1.0,), BOTH: (1.0, -1.0), LEFT: (-1.0,)}[dist.decayType]


def _sum(dist: DecayDist, scope: DensityScope, parts: Sequence[Array]) -> Array:
    """Logarithm of the weighted sum over the resolution models."""
    if len(parts) == 1:
        return parts[0]
    return mix([weight for weight, _ in models(dist, scope)], parts)


def _span(dist: DecayDist, scope: DensityScope, box: Box) -> tuple[Array, Array] | None:
    """The limits of a box over t alone, see `hs3.engine.density.limits`."""
    if len(box) != 1:
        return None
    ((name, (low, high)),) = box.items()
    if not _is_only(dist, scope, name):
        return None
    return jnp.asarray(low, jnp.float64), jnp.asarray(high, jnp.float64)


def _is_only(dist: DecayDist, scope: DensityScope, observable: str) -> bool:
    """Whether nothing but t, here and in the resolution models, depends on the observable."""
    return dist.t == observable and not any(
        observable in scope.definitions.leaves(name) for name in _parameters(dist, scope)
    )


def _parameters(part: Function | Distribution, scope: DensityScope) -> Iterator[str]:
    """Names that a decay or resolution model refers to, other than its variable and models."""
    for reference in references(part):
        if reference.path[0] in ("resolutionModel", "summands"):
            yield from _parameters(_part(reference.name, scope), scope)
        elif reference.path[0] not in ("t", "x"):
            yield reference.name
