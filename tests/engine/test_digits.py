"""Likelihoods of any number of counts keep their digits: values, differences and slopes, by mpmath.

Written plainly, the logarithm of a Poisson probability at 2e9 counts is a difference of numbers of
4e10: 1e-5 of it is noise, where a rise of one half makes an interval.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from builders import domain
from histfactory_models import channel, graph_of, parameter, sample
from scipy.special import gammaln
from term_cases import COUNTING, EDGES, FLAT, GAUSS, YIELDS, binned, document

import hs3
from hs3.engine import compile as compile_graph
from hs3.engine.poisson import saturated, saturated_data
from hs3.histfactory.meaning import NormFactor

SCALES = (1.0, 1e3, 1e9, 2e9)
Values = dict[str, float]


def plain(n: Any, nu: Any) -> Any:
    return nu - n * mp.log(nu) + mp.loggamma(n + 1)


# --- a channel ------------------------------------------------------------------------------------

SIGNAL, BACKGROUND, OBSERVED = np.array([1, 2]), np.array([9, 28]), np.array([10, 30])


def channel_model(scale: float) -> Any:
    samples = [
        sample("signal", scale * SIGNAL, [NormFactor("mu", "mu", "")]),
        sample("background", scale * BACKGROUND, [NormFactor("k", "k", "")]),
    ]
    parameters = [parameter("mu", 1.0), parameter("k", 1.0)]
    return compile_graph(graph_of([channel("c", samples, scale * OBSERVED)], (), parameters))


def rates(values: Values, scale: float) -> list[Any]:
    mu, k = mp.mpf(values["mu"]), mp.mpf(values["k"])
    pairs = zip(SIGNAL.tolist(), BACKGROUND.tolist(), strict=True)
    return [mp.mpf(scale) * (mu * s + k * b) for s, b in pairs]


def channel_nll(values: Values, scale: float) -> Any:
    observed = [mp.mpf(scale) * int(n) for n in OBSERVED]
    return sum(plain(n, nu) for n, nu in zip(observed, rates(values, scale), strict=True))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("pulls", [(0.0, 1.0), (-1.0, 0.3), (4.0, -2.0)])
def test_channels(scale: float, pulls: tuple[float, float]) -> None:
    model = channel_model(scale)
    here = {"mu": 1.0, "k": 1.0}
    there = {"mu": 1.0 + 0.1 * pulls[0] / scale**0.5, "k": 1.0 + 0.1 * pulls[1] / scale**0.5}
    with mp.workdps(50):
        expected = channel_nll(there, scale)
        rise = float(2 * (expected - channel_nll(here, scale)))
        expected = float(expected)
        residual = [
            float(1 - mp.mpf(scale) * int(n) / nu)
            for n, nu in zip(OBSERVED, rates(there, scale), strict=True)
        ]
    assert model.nll(there) == pytest.approx(expected, rel=1e-13, abs=1e-10)
    assert model.twice_nll(there) - model.twice_nll(here) == pytest.approx(rise, abs=1e-10)
    slopes = scale * np.stack([SIGNAL, BACKGROUND]) @ residual
    size = scale * np.stack([SIGNAL, BACKGROUND]) @ np.abs(residual)
    assert (np.abs(model.gradient(there) - slopes) <= 1e-10 * size).all()
    curvature = _curvature(there, scale)
    np.testing.assert_allclose(model.hessian(there), curvature, rtol=1e-12)


def _curvature(values: Values, scale: float) -> np.ndarray:
    nu = np.array([float(v) for v in rates(values, scale)])
    jacobian = scale * np.stack([SIGNAL, BACKGROUND])
    return (jacobian * (scale * OBSERVED / nu**2)) @ jacobian.T


@pytest.mark.parametrize("scale", [*SCALES, 1e12])
def test_fits_converge_at_any_count(scale: float) -> None:
    model = channel_model(scale)
    fit = hs3.fit(model, start={"mu": 1.3, "k": 0.8})
    assert fit.converged
    assert fit.values["mu"] == pytest.approx(1.0, abs=1e-4 * fit.errors["mu"])
    assert fit.nll == pytest.approx(float(saturated_data(scale * OBSERVED).sum()), abs=1e-9)


# --- distributions in bins ------------------------------------------------------------------------

CONTENTS = np.array([3.0, 11.0, 7.0, 1.0, 2.0])


def shares(values: Values) -> list[Any]:
    """Fraction of the normal distribution in each bin, normalised over all of them."""

    def cdf(x: float) -> Any:
        return mp.ncdf((mp.mpf(x) - values["mu"]) / mp.mpf(values["s"]))

    total = cdf(EDGES[-1]) - cdf(EDGES[0])
    return [(cdf(b) - cdf(a)) / total for a, b in pairwise(EDGES)]


def counting_nll(values: Values, contents: list[Any]) -> Any:
    expected = [values["n_g"] * p for p in shares(values)]
    return sum(plain(n, nu) for n, nu in zip(contents, expected, strict=True))


def multinomial_nll(values: Values, contents: list[Any]) -> Any:
    parts = [
        mp.loggamma(n + 1) - n * mp.log(p) for n, p in zip(contents, shares(values), strict=True)
    ]
    return sum(parts) - mp.loggamma(sum(contents) + 1)


def extended_nll(values: Values, contents: list[Any]) -> Any:
    whole = mp.mpf(EDGES[-1]) - mp.mpf(EDGES[0])
    widths = np.diff(EDGES).tolist()
    expected = [
        values["n_g"] * p + values["n_flat"] * mp.mpf(w) / whole
        for p, w in zip(shares(values), widths, strict=True)
    ]
    return sum(plain(n, nu) for n, nu in zip(contents, expected, strict=True))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    "distributions, nll, per_count",
    [
        ([GAUSS, COUNTING], counting_nll, 0.0),
        # -n ln p is linear in p: each count brings the rounding of its logarithm
        ([GAUSS], multinomial_nll, 2e-16),
        ([GAUSS, FLAT, YIELDS], extended_nll, 2e-16),
    ],
    ids=["bin counts", "multinomial", "extended"],
)
def test_binned_data(scale: float, distributions: Any, nll: Any, per_count: float) -> None:
    contents = scale * CONTENTS
    ranges = domain(x=(-2, 6), mu=(-1, 3), s=(0.1, 5), n_g=(0, 1e12), n_flat=(0, 1e12))
    parts = document(distributions, binned(contents)) | {"domains": ranges}
    model = hs3.compile(hs3.Workspace.from_json(parts))
    step = scale**-0.5
    here = {"mu": 0.5, "s": 1.2, "n_g": 20.0 * scale, "n_flat": 4.0 * scale}
    there = {"mu": 0.5 + 0.1 * step, "s": 1.2 - 0.1 * step, "n_g": scale * (20.0 + step)}
    at = [{name: {**here, **some}[name] for name in model.names} for some in ({}, there)]
    counts = [mp.mpf(n) for n in contents.tolist()]
    with mp.workdps(50):
        exact = [nll({**here, **one}, counts) for one in at]
        rise = float(2 * (exact[1] - exact[0]))
    found = model.twice_nll(at[1]) - model.twice_nll(at[0])
    noise = per_count * contents.sum()
    assert found == pytest.approx(rise, abs=1e-9 + 2e-14 * abs(float(exact[0])) + noise)
    assert model.nll(at[0]) == pytest.approx(float(exact[0]), rel=2e-14, abs=1e-12 + noise)


def test_what_is_left_at_the_maximum() -> None:
    n = np.array([0.0, 1e-9, 0.3, 1.0, 2.5, 49.0, 50.0, 50.5, 51.0, 1e3, 1e9, 1e15])
    with mp.workdps(50):
        exact = [float(plain(mp.mpf(v), mp.mpf(v))) if v else 0.0 for v in n.tolist()]
    np.testing.assert_allclose(saturated_data(n), exact, rtol=1e-13, atol=1e-14)
    assert saturated_data(np.float64(1e9)) == pytest.approx(exact[-2], rel=1e-13)
    np.testing.assert_allclose(np.asarray(saturated(n)), exact, rtol=1e-13, atol=1e-14)
    assert float(saturated(np.array(-0.5))) == pytest.approx(gammaln(0.5))
