"""The multivariate normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import jax.numpy as jnp
import numpy as np
import scipy.linalg
from jax import Array
from jax.scipy.linalg import solve_triangular

from hs3.base import Value, as_float, is_number
from hs3.distributions.gaussian import MultivariateNormalDist
from hs3.errors import CompileError

from .density import Box, breakpoints, log_integral, log_shape
from .scope import DensityScope
from .special import log_normal_interval

Matrix = Array | np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)


@log_shape.register
def _shape(dist: MultivariateNormalDist, scope: DensityScope) -> Array:
    r""":math:`-\frac12|L^{-1}(x-\mu)|^2` with :math:`\Sigma = LL^T`; nan where there is no L."""
    return _log_exponent(covariance(dist, scope), [_distance(dist, scope, i) for i in _all(dist)])


@log_integral.register
def _integral(dist: MultivariateNormalDist, scope: DensityScope, box: Box) -> Array | None:
    """Over any of the variables; of the limits, those of one variable may be finite.

    The variables that are not in the box are conditions. Those of infinite range drop out of the
    covariance, and the last one has its conditional mean and variance.
    """
    if not box or not _covers(dist, scope, box):
        return None
    bounded = [name for name, span in box.items() if not _is_whole(span)]
    if len(bounded) > 1:
        return None
    matrix = covariance(dist, scope)
    inside = [i for i in _all(dist) if dist.x[i] in box]
    given = [i for i in _all(dist) if i not in inside]
    distances = [_distance(dist, scope, i) for i in given]
    value = _log_volume(matrix) + len(inside) * _LOG_ROOT_TWO_PI
    if given:
        known = _part(matrix, given, given)
        value = value - _log_volume(known) + _log_exponent(known, distances)
    if bounded:
        at = dist.x.index(bounded[0])
        shift, width = _conditional(matrix, at, given, distances)
        centre = scope(dist.mean[at]) + shift
        pulls = (_pull(limit, centre, width) for limit in box[bounded[0]])
        value = value + log_normal_interval(*pulls)
    return value


@breakpoints.register
def _cuts(dist: MultivariateNormalDist, scope: DensityScope, observable: str) -> Sequence[Array]:
    """Around the largest value inside of the ranges, steeper where the mean is outside of them."""
    if not _covers(dist, scope, {observable: (0.0, 1.0)}):
        return ()
    matrix, at = covariance(dist, scope), dist.x.index(observable)
    others = [i for i in _all(dist) if i != at]
    misses = [_nearest(dist, scope, i, scope(dist.mean[i])) for i in others]
    shift, _ = _conditional(matrix, at, others, misses)
    centre, width = scope(dist.mean[at]) + shift, jnp.sqrt(matrix[..., at, at])
    outside = _nearest(dist, scope, at, centre)
    step = width / (1.0 + jnp.abs(outside) / width)
    top = centre + outside
    return [
        top,
        *(top + s * n * step for n in (0.8, 1.7, 2.7, 3.8, 5.2, 8.5, 25.0) for s in (1.0, -1.0)),
    ]


# --- the matrix -----------------------------------------------------------------------------------


def covariance(dist: MultivariateNormalDist, scope: DensityScope) -> Matrix:
    r""":math:`\Sigma`, shape (..., k, k), where the entries may depend on events.

    Of numbers alone it is an array of numpy, whose factors are found once and not in the program.

    Raises:
        CompileError: the numbers of the matrix are not symmetric.
    """
    if dist.covariances is not None:
        return _matrix(dist, dist.covariances, scope)
    assert dist.correlations is not None  # as validated
    assert dist.standard_deviations is not None
    sigma = _vector(dist.standard_deviations, scope)
    return _matrix(dist, dist.correlations, scope) * sigma[..., :, None] * sigma[..., None, :]


def _matrix(
    dist: MultivariateNormalDist, rows: Sequence[Sequence[Value]], scope: DensityScope
) -> Matrix:
    size = len(rows)
    for i, j in combinations(range(size), 2):
        one, other = rows[i][j], rows[j][i]
        if _differ(one, other):
            raise CompileError(
                f"the matrix of {dist.name!r} is not symmetric: {one} in row {i}, column {j}, and "
                f"{other} in row {j}, column {i}",
                value=dist.name,
            )
    entries = _vector([value for row in rows for value in row], scope)
    return entries.reshape(*entries.shape[:-1], size, size)


def _vector(values: Sequence[Value], scope: DensityScope) -> Matrix:
    """Values along a last axis; of numpy where all of them are numbers."""
    if all(is_number(value) for value in values):
        return np.array([as_float(value) for value in values])
    return jnp.stack(jnp.broadcast_arrays(*map(scope, values)), axis=-1)


def _differ(one: Value, other: Value) -> bool:
    """Whether two entries are numbers that are not the same but for rounding."""
    if not (is_number(one) and is_number(other)):
        return False
    return not math.isclose(as_float(one), as_float(other), rel_tol=1e-6)


def _part(matrix: Matrix, rows: Sequence[int], columns: Sequence[int]) -> Matrix:
    return matrix[..., np.array(rows, int)[:, None], np.array(columns, int)]


def _root(matrix: Matrix) -> Matrix:
    """The Cholesky factor; nan where there is none."""
    if not isinstance(matrix, np.ndarray):
        factor: Array = jnp.linalg.cholesky(matrix)
        return factor
    try:
        return np.asarray(np.linalg.cholesky(matrix), np.float64)
    except np.linalg.LinAlgError:
        return np.full(matrix.shape, np.nan)


def _inverse_root(matrix: Matrix) -> Matrix:
    """The inverse of the Cholesky factor."""
    lower = _root(matrix)
    if isinstance(lower, np.ndarray):
        identity = np.eye(len(lower))
        inverse = scipy.linalg.solve_triangular(lower, identity, lower=True, check_finite=False)
        return np.asarray(inverse, np.float64)
    unit = jnp.broadcast_to(jnp.eye(matrix.shape[-1]), matrix.shape)
    return solve_triangular(lower, unit, lower=True)


def _log_volume(matrix: Matrix) -> Array:
    r""":math:`\frac12\ln\det\Sigma`."""
    diagonal = jnp.diagonal(_root(matrix), axis1=-2, axis2=-1)
    return jnp.sum(jnp.log(diagonal), axis=-1)


def _log_exponent(matrix: Matrix, distances: Sequence[Array]) -> Array:
    r""":math:`-\frac12 d^T\Sigma^{-1}d`."""
    vector = jnp.stack(jnp.broadcast_arrays(*distances), axis=-1)
    pulls = jnp.einsum("...ij,...j->...i", _inverse_root(matrix), vector)
    return -0.5 * jnp.sum(pulls * pulls, axis=-1)


def _conditional(
    matrix: Matrix, at: int, given: Sequence[int], distances: Sequence[Array]
) -> tuple[Array, Array]:
    """Shift of the mean of one variable, and its width, when others are known."""
    variance = matrix[..., at, at]
    if not given:
        return jnp.zeros(()), jnp.sqrt(variance)
    root = _inverse_root(_part(matrix, given, given))
    pulls = jnp.einsum("...ij,...j->...i", root, jnp.stack(jnp.broadcast_arrays(*distances), -1))
    slopes = jnp.einsum("...ij,...j->...i", root, _part(matrix, given, [at])[..., 0])
    width = jnp.sqrt(variance - jnp.sum(slopes * slopes, axis=-1))
    return jnp.sum(pulls * slopes, axis=-1), width


# --- variables ------------------------------------------------------------------------------------


def _all(dist: MultivariateNormalDist) -> range:
    return range(len(dist.x))


def _distance(dist: MultivariateNormalDist, scope: DensityScope, index: int) -> Array:
    return scope(dist.x[index]) - scope(dist.mean[index])


def _covers(dist: MultivariateNormalDist, scope: DensityScope, box: Box) -> bool:
    """Whether every variable of the box is once in x, and nothing else depends on it."""
    rows = (*(dist.covariances or ()), *(dist.correlations or ()))
    values = (*dist.mean, *(v for row in rows for v in row), *(dist.standard_deviations or ()))
    others = {str(v) for v in (*values, *dist.x) if not is_number(v) and v not in box}
    return all(dist.x.count(name) == 1 and name not in values for name in box) and not any(
        name in scope.definitions.leaves(other) for other in others for name in box
    )


def _is_whole(span: tuple[object, object]) -> bool:
    """Whether a range is the real line."""
    return all(isinstance(v, int | float) and np.isinf(v) for v in span)


def _pull(limit: object, centre: Array, width: Array) -> Array:
    value = jnp.asarray(limit, jnp.float64)
    finite = jnp.isfinite(value)
    return jnp.where(finite, (jnp.where(finite, value, 0.0) - centre) / width, value)


def _nearest(dist: MultivariateNormalDist, scope: DensityScope, index: int, centre: Array) -> Array:
    """How far the range of a variable is from `centre`, with a sign; 0 inside of it."""
    name = dist.x[index]
    if is_number(name):
        return scope(name) - centre
    low, high = scope.ranges.get(str(name), (scope(name), scope(name)))
    return jnp.clip(centre, low, high) - centre
