"""Auxiliary measurements of several parameters at once: multivariate normal distributions.

A normal distribution does not tell which side was measured: it is the one that is a number or a
constant parameter in every component. That makes toys and Asimov data of such a term possible: the
measured values are data of the term, under names that no document can have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.base import Value, is_number
from hs3.distributions import Distribution
from hs3.distributions.gaussian import MultivariateNormalDist
from hs3.histfactory.meaning import FloatArray

from .density import DensityScope
from .density.multivariate import covariance


def with_measured(
    dist: Distribution, constants: Collection[str]
) -> tuple[Distribution, tuple[str, ...]]:
    """The distribution with a name for each measured value, and those names, one per component.

    Args:
        constants: names of the parameters that are constant.

    Returns:
        the distribution as it is, and no names, where it is of another type or a component does
        not have one measured side.
    """
    if not isinstance(dist, MultivariateNormalDist):
        return dist, ()
    mean: list[Value] = list(dist.mean)
    names: list[str] = []
    for i, (x, centre) in enumerate(zip(dist.x, dist.mean, strict=True)):
        measured = [side for side in (x, centre) if is_number(side) or side in constants]
        if len(measured) != 1:
            return dist, ()
        if is_number(centre):
            mean[i] = f"\0{dist.name}[{i}]"
        names.append(str(mean[i] if measured[0] == centre else x))
    return dist.model_copy(update={"mean": tuple(mean)}), tuple(names)


def measured_values(dist: Distribution, names: tuple[str, ...]) -> FloatArray:
    """The measured numbers of the document, nan for those that a parameter holds."""
    if not names:
        return np.zeros(0)
    assert isinstance(dist, MultivariateNormalDist)
    given = [float(value) if is_number(value) else np.nan for value in dist.mean]
    return np.array(given, dtype=np.float64)


def bound(names: tuple[str, ...], values: Mapping[str, Array], measured: Array) -> dict[str, Array]:
    """Values with the measured ones among them; nan stands for the value of the parameter."""
    held = {
        name: jnp.where(jnp.isnan(measured[i]), values.get(name, jnp.nan), measured[i])
        for i, name in enumerate(names)
    }
    return {**values, **held}


def predicted(dist: Distribution, names: tuple[str, ...], scope: DensityScope) -> FloatArray:
    """The expected value of each measurement, shape (components,)."""
    assert isinstance(dist, MultivariateNormalDist)
    sides = zip(dist.x, dist.mean, names, strict=True)
    return np.array([float(scope(x if str(mean) == name else mean)) for x, mean, name in sides])


def drawn(
    dist: Distribution, names: tuple[str, ...], scope: DensityScope, keys: Array
) -> FloatArray:
    """Random measurements around the expected ones, shape (keys, components)."""
    assert isinstance(dist, MultivariateNormalDist)
    factor = np.linalg.cholesky(np.asarray(covariance(dist, scope)))
    shape = (len(names),)
    z = np.asarray(jax.vmap(lambda key: jax.random.normal(key, shape, jnp.float64))(keys))
    around: FloatArray = predicted(dist, names, scope) + z @ factor.T
    return around
