"""zfit's constraints as auxiliary distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import zfit

from .builder import Builder, Value
from .refuse import refuse

CONSTRAINTS: dict[type, Callable[[Any, Builder], list[str]]] = {}


def convert_constraint(constraint: Any, builder: Builder) -> list[str]:
    """Names of the auxiliary distributions that a constraint becomes.

    Raises:
        ConversionError: it is a function without a known form.
    """
    converter = CONSTRAINTS.get(type(constraint))
    if converter is None:
        refuse(
            f"the constraint {constraint.name!r} is a {type(constraint).__name__}, whose form is "
            "not known",
            type(constraint).__name__,
        )
    return converter(constraint, builder)


def _parameters(constraint: Any, builder: Builder) -> list[str]:
    """Names of the constrained parameters.

    Raises:
        ConversionError: one is a fixed number.
    """
    keys = [f"param_{i}" for i in range(len(constraint.observation))]
    values = [builder.value(constraint.params[key]) for key in keys]
    if not all(isinstance(v, str) for v in values):
        refuse(f"{constraint.name!r} constrains a number")
    return [str(v) for v in values]


def _observed(constraint: Any, builder: Builder) -> list[Value]:
    return [
        builder.value(o) if hasattr(o, "get_params") else float(o) for o in constraint.observation
    ]


def _gaussian(constraint: Any, builder: Builder) -> list[str]:
    """One distribution per parameter, or one of all where the covariance is not diagonal."""
    names, observed = _parameters(constraint, builder), _observed(constraint, builder)
    covariance = np.asarray(constraint.covariance, float)
    if np.count_nonzero(covariance - np.diag(np.diag(covariance))):
        rows = covariance.tolist()
        name = f"{'_'.join(names)}_constraint"
        return [
            builder.add(
                name, type="multivariate_normal_dist", x=names, mean=observed, covariances=rows
            )
        ]
    sigmas = np.sqrt(np.diag(covariance)).tolist()
    return [
        builder.add(f"{x}_constraint", type="gaussian_dist", x=x, mean=mean, sigma=sigma)
        for x, mean, sigma in zip(names, observed, sigmas, strict=True)
    ]


def _poisson(constraint: Any, builder: Builder) -> list[str]:
    """The parameter is the count, and what was observed the mean: so zfit has it."""
    pairs = zip(_parameters(constraint, builder), _observed(constraint, builder), strict=True)
    return [
        builder.add(f"{x}_constraint", type="poisson_dist", x=x, mean=mean) for x, mean in pairs
    ]


def _log_normal(constraint: Any, builder: Builder) -> list[str]:
    """What was observed is the mean of the logarithm."""
    names, observed = _parameters(constraint, builder), _observed(constraint, builder)
    sigmas = np.broadcast_to(np.ravel(constraint.distribution.scale), len(names)).tolist()
    return [
        builder.add(f"{x}_constraint", type="lognormal_dist", x=x, mu=mu, sigma=sigma)
        for x, mu, sigma in zip(names, observed, sigmas, strict=True)
    ]


CONSTRAINTS |= {
    zfit.constraint.GaussianConstraint: _gaussian,
    zfit.constraint.PoissonConstraint: _poisson,
    zfit.constraint.LogNormalConstraint: _log_normal,
}
