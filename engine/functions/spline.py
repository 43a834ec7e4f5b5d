"""Splines through given points."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import Array

from hs3.errors import CompileError
from hs3.functions.interpolation import SplineFunction

from .base import Scope, formula

FloatArray = npt.NDArray[np.float64]


@formula.register
def _spline(function: SplineFunction, scope: Scope) -> Array:
    # ROOT 6.40 takes the logarithm of the knots and then the exponential of x, where the logarithm
    # is meant. The type is ROOT's own, so its value is the value; see spec/expressions.md.
    x = jnp.exp(scope(function.x)) if function.logx else scope(function.x)
    value = _piecewise(x, *spline_of(function))
    return jnp.exp(value) if function.logy else value


def spline_of(function: SplineFunction) -> tuple[FloatArray, FloatArray]:
    """Knots x_k, and coefficients of (x - x_k)^j between them, shape (order + 1, knots).

    Raises:
        CompileError: the knots do not ascend, or are too few.
    """
    order = int((function.interpolation or "poly3").removeprefix("poly"))
    knots = _knots(function, function.x0, bool(function.logx), "x0")
    heights = _knots(function, function.y0, bool(function.logy), "y0")
    if len(knots) < (3 if order == 5 else 2) or np.any(np.diff(knots) <= 0.0):
        raise CompileError(
            f"the spline {function.name!r} needs ascending `x0`, at least two of them "
            "(three for poly5)",
            value=function.name,
        )
    return knots, _pieces(knots, heights, order)


def _knots(
    function: SplineFunction, numbers: tuple[int | float, ...], log: bool, key: str
) -> FloatArray:
    array = np.asarray(numbers, dtype=np.float64)
    if log and np.any(array <= 0.0):
        raise CompileError(
            f"the spline {function.name!r} runs in the logarithm of `{key}`, which is not positive",
            value=function.name,
        )
    return np.log(array) if log else array


def _pieces(x: FloatArray, y: FloatArray, order: int) -> FloatArray:
    """Coefficients of (t - x_k)^j, shape (order + 1, knots), lowest power first.

    Order 1 goes on straight beyond the ends. Order 3 has no knot at the last point but one from
    either end; order 5 has third and fourth
    derivatives of zero at the ends. The last column serves beyond the last knot, where ROOT's
    quintic goes on without its fifth power.
    """
    if order == 1:
        slopes = np.diff(y) / np.diff(x)
        return np.stack([y, np.append(slopes, slopes[-1])])
    # Costs a third of a second, and splines are rare.
    from scipy.interpolate import CubicSpline, PPoly, make_interp_spline

    if order == 3:
        spline: PPoly = CubicSpline(x, y, bc_type="not-a-knot")
    else:
        ends = [(3, 0.0), (4, 0.0)]
        spline = PPoly.from_spline(make_interp_spline(x, y, k=5, bc_type=(ends, ends)))
    orders = range(order + 1)
    rows = [spline(x, nu=j) / math.factorial(j) for j in orders]
    if order == 5:
        rows[5][-1] = 0.0
    return np.stack(rows)


def _piecewise(x: Array, knots: FloatArray, pieces: FloatArray) -> Array:
    index = jnp.clip(jnp.searchsorted(jnp.asarray(knots), x, side="right") - 1, 0)
    step = x - jnp.asarray(knots)[index]
    value = jnp.zeros_like(x)
    for coefficients in pieces[::-1]:
        value = value * step + jnp.asarray(coefficients)[index]
    return value
