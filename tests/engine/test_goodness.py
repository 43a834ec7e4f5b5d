"""Goodness of fit of data of every kind, against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from builders import domain
from scipy.special import xlogy
from scipy.stats import chi2
from term_cases import (
    AT,
    CORRELATION,
    COUNTS,
    COVARIANCE,
    EDGES,
    FLAT,
    GAUSS,
    SIGMA,
    YIELDS,
    X,
    binned,
    document,
    unbinned,
)

import hs3
from hs3.engine import FitResult, FittedParameter
from hs3.engine.diagnostics.saturated import degrees_of_freedom, saturated_nll
from hs3.errors import FitError


def deviance(n: np.ndarray, nu: np.ndarray) -> float:
    """Baker and Cousins: twice the logarithm of the ratio of Poisson likelihoods."""
    return 2.0 * float(np.sum(nu - n + xlogy(n, n) - xlogy(n, nu)))


def compiled(spec: dict):
    ranges = {"mu": (-2.0, 6.0), "s": (0.1, 5.0), "n_g": (0.0, 5e3), "n_flat": (0.0, 5e3)}
    return hs3.compile({**spec, "domains": domain(x=(-2.0, 6.0), **ranges)}, likelihood="l")


def held(spec: dict, *floating: str):
    """A model, and a result as if it had been fitted with these parameters floating.

    What is compared with the saturated model is a likelihood at some values, whatever they are.
    """
    model = compiled(spec)
    values = {name: float(model.start[model.position(name)]) for name in model.names}
    parameters = {
        name: FittedParameter(name, value, 0.1, name not in floating, None)
        for name, value in values.items()
    }
    nll, size = model.nll(values), len(floating)
    best = FitResult(parameters, nll, True, "", 0.0, 0, "newton", floating, np.eye(size))
    return model, best


def fitted(spec: dict, *floating: str):
    model = compiled(spec)
    return model, hs3.fit(model, fixed=[name for name in model.names if name not in floating])


def expected(values: dict, edges: np.ndarray, total: bool = True) -> np.ndarray:
    """Bins of a Gaussian and a flat part between -2 and 6."""
    from scipy.stats import norm

    def gauss(x):
        return norm.cdf(x, values["mu"], values["s"])

    inside = np.diff(gauss(edges)) / (gauss(6.0) - gauss(-2.0))
    if not total:
        return inside
    return values["n_g"] * inside + values["n_flat"] * np.diff(edges) / 8.0


def test_binned_data_of_an_extended_density():
    model, best = held(document([GAUSS, FLAT, YIELDS], binned()), "n_g", "n_flat")
    found = hs3.goodness_of_fit(model, best=best)
    nu = expected(best.values, EDGES)
    assert found.statistic == pytest.approx(deviance(COUNTS, nu), abs=1e-8)
    assert found.degrees == 5 - 2
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 3))
    assert found.p_range is None


def test_binned_data_whose_total_is_given():
    model, best = held(document([GAUSS], binned()), "mu", "s")
    found = hs3.goodness_of_fit(model, best=best)
    p = expected(best.values, EDGES, total=False)
    n = COUNTS
    by_hand = 2.0 * float(np.sum(xlogy(n, n) - xlogy(n, n.sum() * p)))
    assert found.statistic == pytest.approx(by_hand, abs=1e-8)
    assert found.degrees == 5 - 1 - 2


def test_binned_data_with_uncertainties():
    """The statistic is the chi-square of the correlated bins."""
    uncertainty = {
        "type": "gaussian_uncertainty",
        "sigma": SIGMA.tolist(),
        "correlation": CORRELATION.tolist(),
    }
    data = binned(uncertainty=uncertainty)
    model, best = held(document([GAUSS, FLAT, YIELDS], data), "n_g", "n_flat")
    found = hs3.goodness_of_fit(model, best=best)
    off = COUNTS - expected(best.values, EDGES)
    assert found.statistic == pytest.approx(off @ np.linalg.solve(COVARIANCE, off), abs=1e-8)
    assert found.degrees == 5 - 2


def test_measurements_of_several_parameters():
    """The saturated model has them at what was expected: the density there is the largest."""
    from scipy.stats import multivariate_normal

    prior = {
        "name": "prior",
        "type": "multivariate_normal_dist",
        "x": ["mu", "s"],
        "mean": [0.9, 1.3],
        "covariances": [[0.04, 0.01], [0.01, 0.02]],
    }
    spec = document([prior, GAUSS, FLAT, YIELDS], binned(), aux_distributions=["prior"])
    model, best = held(spec, *AT)
    own, _ = held(document([GAUSS, FLAT, YIELDS], binned()))
    found = saturated_nll(model, best, model.data) - saturated_nll(own, best, own.data)
    centre = [AT["mu"], AT["s"]]
    assert found == pytest.approx(-multivariate_normal(centre, prior["covariances"]).logpdf(centre))
    assert degrees_of_freedom(model, best) - degrees_of_freedom(own, best) == 2


@pytest.fixture(scope="module")
def events():
    rng = np.random.default_rng(5)
    return np.concatenate([rng.normal(0.8, 1.1, 240), rng.uniform(-2.0, 6.0, 160)]).clip(-2, 6)


def test_unbinned_data_are_counted_in_bins(events):
    spec = document([GAUSS, FLAT, YIELDS], unbinned(events, X))
    model, best = held(spec, "n_g", "n_flat")
    with pytest.raises(FitError, match="choose bins") as caught:
        hs3.goodness_of_fit(model, best=best)
    assert caught.value.code == "fit.no_saturated_model"
    found = hs3.goodness_of_fit(model, bins=8, best=best)
    edges = np.linspace(-2.0, 6.0, 9)
    n = np.histogram(events, edges)[0]
    assert found.statistic == pytest.approx(deviance(n, expected(best.values, edges)), abs=1e-8)
    assert found.degrees == 8 - 2
    assert found.p_value is None
    assert found.p_range == pytest.approx([chi2.sf(found.statistic, k) for k in (6, 8)])
    with pytest.raises(FitError, match="tell nothing"):
        hs3.goodness_of_fit(model, bins=1)


@pytest.mark.slow
def test_toys_of_unbinned_data_lie_between_the_chi_squares(events):
    """Chernoff and Lehmann: the mean is between bins less parameters and bins."""
    spec = document([GAUSS, FLAT, YIELDS], unbinned(events, X))
    model, best = fitted(spec, "n_g", "n_flat")
    size = 300
    found = hs3.goodness_of_fit(model, bins=8, toys=size, seed=2, best=best)
    assert found.failed == 0
    error = 4.0 * np.sqrt(2.0 * 8.0 / size)
    assert 6.0 - error < found.toys.mean() < 8.0 + error
    low, high = found.p_range
    assert low - 4.0 * found.p_toys_error < found.p_toys < high + 4.0 * found.p_toys_error


@pytest.mark.slow
def test_toys_of_binned_data_follow_chi_square():
    many = np.array([300.0, 700.0, 520.0, 610.0, 450.0])
    model, best = fitted(document([GAUSS, FLAT, YIELDS], binned(many)), "n_g", "n_flat")
    size = 300
    found = hs3.goodness_of_fit(model, toys=size, seed=1, best=best)
    assert found.failed == 0
    assert found.toys.mean() == pytest.approx(3.0, abs=4.0 * np.sqrt(6.0 / size))
