"""Normal and exponential integrals with their first and second derivatives, against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import mpmath as mp
import numpy as np
import pytest

from hs3.engine.density.special import (
    log_erfcx,
    log_exponential_integral,
    log_normal_interval,
)

INF = np.inf


def derivatives(exact: Callable[..., Any], at: tuple[float, ...]) -> list[float]:
    """Value, slopes and second derivatives in the finite arguments, at sixty digits."""
    size = len(at)
    free = [i for i in range(size) if np.isfinite(at[i])]
    with mp.workdps(60):
        point = tuple(mp.mpf(v) for v in at)
        orders = [tuple(int(i == j) for j in range(size)) for i in free]
        orders += [
            tuple(int(i == j) + int(k == j) for j in range(size)) for i in free for k in free
        ]
        return [float(exact(*point)), *(float(mp.diff(exact, point, n)) for n in orders)]


@cache
def expansion(function: Callable[..., Any]) -> Callable[[Any], Any]:
    def of(values: Any) -> Any:
        return function(*values)

    return jax.jit(lambda at: (of(at), jax.grad(of)(at), jax.hessian(of)(at)))


def found(function: Callable[..., Any], at: tuple[float, ...]) -> list[float]:
    free = np.flatnonzero(np.isfinite(at))
    value, slope, bend = expansion(function)(np.array(at))
    return [float(value), *slope[free].tolist(), *bend[np.ix_(free, free)].ravel().tolist()]


def interval(low: Any, high: Any) -> Any:
    if low > 0:
        low, high = -high, -low
    return mp.log(mp.ncdf(high) - mp.ncdf(low))


@pytest.mark.parametrize(
    "at",
    [
        (-1.0, 2.0), (-INF, 0.3), (0.3, INF), (-4.0, 6.0), (2.0, 2.4), (-0.1, 0.1), (5.2, 9.0),
        (-5.9, -5.5), (-12.0, -11.0), (30.0, 50.0), (40.0, INF), (-300.0, -200.0), (1e3, 1e3 + 1),
        (-5.66, 1.0), (7.0, 7.1), (-0.5, 0.5001),
    ],
)  # fmt: skip
def test_intervals_of_the_normal_distribution(at: tuple[float, ...]) -> None:
    exact = derivatives(interval, at)
    steep = max(1.0, *(v * v for v in at if np.isfinite(v)))
    wanted = pytest.approx(exact, rel=2e-14 * steep, abs=1e-13 * max(map(abs, exact)))
    assert found(log_normal_interval, at) == wanted
    assert found(log_normal_interval, at)[0] == pytest.approx(exact[0], rel=1e-14, abs=1e-15)


def test_an_empty_interval_has_no_slope() -> None:
    value, slope = jax.value_and_grad(log_normal_interval)(1.0, 1.0)
    assert value == -INF
    assert slope == 0.0


@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0, 3.99, 4.01, 6.0, 30.0, 1e4, 1e8])
def test_the_scaled_error_function(x: float) -> None:
    def exact(t: Any) -> Any:
        return t * t + mp.log(mp.erfc(t))

    if x > 1e3:  # mpmath's erfc underflows: two terms of the asymptotic series

        def exact(t: Any) -> Any:
            return mp.log(1 - 1 / (2 * t * t) + 3 / (4 * t**4)) - mp.log(t * mp.sqrt(mp.pi))

    wanted = derivatives(exact, (x,))
    assert found(log_erfcx, (x,)) == pytest.approx(wanted, rel=1e-11, abs=1e-15)
    assert float(log_erfcx(x)) == pytest.approx(wanted[0], rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    "at",
    [
        (1.0, 5.0, 7.0), (-1.0, 5.0, 7.0), (1e-6, 5.0, 7.0), (0.0, 5.0, 7.0), (0.00999, -1.0, 1.0),
        (0.0101, -1.0, 1.0), (300.0, 1.0, 5.0), (-300.0, 1.0, 5.0), (2.0, 1.0, INF),
        (-2.0, -INF, 3.0),
    ],
)  # fmt: skip
def test_exponential_integrals(at: tuple[float, ...]) -> None:
    def exact(rate: Any, low: Any, high: Any) -> Any:
        width = high - low
        return mp.log(-mp.expm1(-rate * width) / rate if rate else width) - rate * low

    if not np.isfinite(at[1:]).all():

        def exact(rate: Any, low: Any, high: Any) -> Any:
            return -rate * (low if rate > 0 else high) - mp.log(abs(rate))

    wanted = derivatives(exact, at)
    assert found(log_exponential_integral, at) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert float(log_exponential_integral(*at)) == pytest.approx(wanted[0], rel=1e-14, abs=1e-15)
