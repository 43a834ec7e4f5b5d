"""Auxiliary measurements as zfit's constraints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
import zfit

from hs3.distributions.gaussian import MultivariateNormalDist
from hs3.distributions.lognormal import LogNormalDist
from hs3.distributions.poisson import PoissonDist
from hs3.graph import Graph, Term
from hs3.histfactory.meaning import Constraint

from .refuse import refuse
from .values import Values


def constraints_of(graph: Graph, values: Values) -> list[Any]:
    """The auxiliary measurements of single parameters.

    Raises:
        ConversionError: zfit cannot be told of one of them.
    """
    return [_measured(c, graph, values) for c in graph.constraints]


def _constant(value: Any, graph: Graph) -> float | None:
    """A number, or the value of a constant parameter; None for what moves."""
    if isinstance(value, int | float):
        return float(value)
    found = [p for p in graph.parameters if p.name == value and p.const]
    return found[0].value if found else None


def _measured(constraint: Constraint, graph: Graph, values: Values) -> Any:
    """A Gaussian constraint of zfit where sigma is a number; else a function."""
    observed = _constant(constraint.observed, graph)
    scale = _constant(constraint.scale, graph)
    is_cut = not all(np.isinf(v) for v in constraint.support)
    if is_cut and constraint.kind != "gauss":
        refuse(f"the constraint {constraint.name!r} is cut to a range", path=constraint.path)
    if constraint.kind == "gauss" and not is_cut and observed is not None and scale is not None:
        parameter = values(constraint.parameter)
        return zfit.constraint.GaussianConstraint(parameter, observed, sigma=scale)
    given = (constraint.parameter, constraint.observed, constraint.scale)
    parts = [values(v) for v in given]
    params = {str(i): p for i, p in enumerate(parts) if not isinstance(p, float)}

    def value(params: Mapping[str, Any]) -> Any:
        now = [tf.convert_to_tensor(params.get(str(i), p), tf.float64) for i, p in enumerate(parts)]
        cut = _log_inside(now[0], now[2], constraint.support) if is_cut else 0.0
        return _FORMULAS[constraint.kind](*now) + cut

    return zfit.constraint.SimpleConstraint(value, params, name=constraint.name)


def _gauss(p: Any, a: Any, s: Any) -> Any:
    return 0.5 * ((a - p) / s) ** 2 + tf.math.log(s) + 0.5 * np.log(2.0 * np.pi)


def _log_inside(p: Any, s: Any, support: tuple[float, float]) -> Any:
    """Logarithm of the part of a Gaussian within a range."""
    low, high = ((v - p) / s for v in support)
    flip = low + high > 0.0  # in the tail where both are small, the difference keeps its digits
    upper, lower = tf.where(flip, -low, high), tf.where(flip, -high, low)
    unit = tfp.distributions.Normal(tf.zeros([], tf.float64), tf.ones([], tf.float64))
    return tfp.math.log_sub_exp(unit.log_cdf(upper), unit.log_cdf(lower))


def _poisson(p: Any, a: Any, s: Any) -> Any:
    return s * p - a * tf.math.log(s * p) + tf.math.lgamma(a + 1.0)


def _log_normal(p: Any, a: Any, s: Any) -> Any:
    return _gauss(tf.math.log(p), tf.math.log(a), s) + tf.math.log(a)


def _gamma(p: Any, a: Any, s: Any) -> Any:
    return s * p - a * tf.math.log(s * p) + tf.math.lgamma(a + 1.0) - tf.math.log(s)


_FORMULAS: Mapping[str, Callable[..., Any]] = {
    "gauss": _gauss,
    "poisson": _poisson,
    "lognormal": _log_normal,
    "gamma": _gamma,
}
"""Negative logarithms, of p, a and s as `hs3.histfactory.meaning.Constraint` has them."""


def measurement(term: Term, values: Values) -> Any:
    """An auxiliary distribution of parameters with numbers.

    Raises:
        ConversionError: it is of another type, or moves.
    """
    match term.distribution:
        case PoissonDist(x=str(x), mean=int() | float() as mean, integer=None | False):
            return zfit.constraint.PoissonConstraint(values(x), float(mean))
        case LogNormalDist(x=str(x), mu=int() | float() as mu, sigma=int() | float() as sigma):
            return zfit.constraint.LogNormalConstraint(values(x), float(mu), float(sigma))
        case MultivariateNormalDist(covariances=tuple() as rows) as dist if _fixed(dist):
            parameters = [values(x) for x in dist.x]
            cov = np.array(rows, float)
            return zfit.constraint.GaussianConstraint(
                parameters, np.array(dist.mean, float), cov=cov
            )
    refuse(
        f"the auxiliary distribution {term.distribution.name!r} of type "
        f"{term.distribution.type!r} has no equal in zfit",
        term.distribution.type,
        term.path,
    )


def _fixed(dist: MultivariateNormalDist) -> bool:
    numbers = [*dist.mean, *(v for row in dist.covariances or () for v in row)]
    names = all(isinstance(x, str) for x in dist.x)
    return names and all(isinstance(v, int | float) for v in numbers)
