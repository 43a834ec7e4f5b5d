"""Poisson probabilities and incomplete gamma functions of large order, against mpmath."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath as mp
import pytest

from hs3.engine.density.incomplete_gamma import log_lower, log_upper
from hs3.engine.density.poisson import log_poisson
from hs3.engine.evaluator import Evaluator
from hs3.workspace import Workspace

STEPS = (0, 0.5, 1, 2, 3, 5, 8, 12, 20)


def density(a: float, t: object) -> object:
    return mp.exp((a - 1) * mp.log(t) - t - mp.loggamma(a))


def tails(a: float, x: float) -> tuple[float, float]:
    """Logarithms of P and Q, by numerical integration."""
    root = mp.sqrt(a)
    below = mp.quad(lambda t: density(mp.mpf(a), t), [x - k * root for k in reversed(STEPS)])
    above = mp.quad(lambda t: density(mp.mpf(a), t), [x + k * root for k in STEPS])
    return mp.log(below), mp.log(above)


@pytest.mark.parametrize("pull", [-9.0, -1.0, -1e-6, 0.0, 0.5, 6.0])
@pytest.mark.parametrize("a", [2e4, 1e6, 1e9])
def test_incomplete_gamma_functions(a: float, pull: float) -> None:
    x = a + pull * a**0.5
    with mp.workdps(40):
        lower, upper = tails(a, x)
        slope = float(density(mp.mpf(a), mp.mpf(x)) / mp.exp(upper))
    assert float(log_lower(a, x)) == pytest.approx(float(lower), rel=1e-12, abs=1e-12)
    assert float(log_upper(a, x)) == pytest.approx(float(upper), rel=1e-12, abs=1e-12)
    found = float(jax.grad(lambda t: log_upper(a, t))(x))
    assert found == pytest.approx(-slope, rel=1e-10)


@pytest.mark.parametrize("ratio", [0.2, 0.6, 0.75, 1.3, 1.5, 4.0])
def test_far_tails(ratio: float) -> None:
    a, x = 2e4, 2e4 * ratio
    with mp.workdps(30):
        span = (0, mp.mpf(x)) if ratio < 1 else (mp.mpf(x), mp.inf)
        expected = float(mp.log(mp.gammainc(mp.mpf(a), *span, regularized=True)))
    tail = log_lower if ratio < 1 else log_upper
    assert float(tail(a, x)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "count, mean", [(101.0, 90.0), (101.0, 300.0), (1e4, 1.01e4), (1e9, 1.0001e9), (1e6, 5.0)]
)
def test_poisson_probabilities_of_large_counts(count: float, mean: float) -> None:
    with mp.workdps(40):
        n, nu = mp.mpf(count), mp.mpf(mean)
        expected = float(n * mp.log(nu) - nu - mp.loggamma(n + 1))
    found, slope = jax.value_and_grad(lambda m: log_poisson(jnp.array(count), m))(mean)
    assert float(found) == pytest.approx(expected, rel=1e-11)
    assert float(slope) == pytest.approx(count / mean - 1.0, rel=1e-9)


def test_a_truncated_poisson_distribution_of_a_large_mean() -> None:
    """One count in a range of three standard deviations above a mean of 10^9."""
    part = {"name": "p", "type": "poisson_dist", "x": "n", "mean": 1e9}
    one = Evaluator.of(Workspace.from_json({"distributions": [part]}))
    low, high, n = 10**9, 10**9 + 94868, 10**9 + 1
    found = one.density("p", {"n": (low, high)}, {"n": n})
    with mp.workdps(40):
        whole = mp.exp(tails(low, 1e9)[0]) - mp.exp(tails(high + 1, 1e9)[0])
        single = mp.exp(n * mp.log(1e9) - mp.mpf(1e9) - mp.loggamma(n + 1))
        expected = float(single / whole)
    assert float(found) == pytest.approx(expected, rel=1e-9)
