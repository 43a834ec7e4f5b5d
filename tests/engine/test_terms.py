"""Likelihood terms against numpy and scipy: every row of the table in `hs3.engine.terms`."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from builders import domain, point
from oracles.functions import factor
from scipy import stats
from scipy.special import gammaln
from term_cases import AT, DENSITY, ELSEWHERE, FLAT, GAUSS, X, Y, cases, document, poisson, unbinned

import hs3.engine as engine
from hs3.engine import kernels, likelihood
from hs3.engine.density import Options
from hs3.errors import CompileError, EvaluationError
from hs3.resolve import resolve
from hs3.workspace import Workspace

Entry = dict[str, Any]
CASES = cases(AT)
MOVED = cases(ELSEWHERE)


def model(data: Entry, **options: Any) -> engine.Model:
    return engine.compile(resolve(Workspace.from_json(data)), Options(**options))


@pytest.mark.parametrize("name", CASES)
def test_likelihood(name: str) -> None:
    data, expected = CASES[name]
    one = model(data, bin_centres=name.startswith("centred"))
    assert one.nll() == pytest.approx(expected, rel=1e-10)
    elsewhere = {n: ELSEWHERE[n] for n in one.names}
    assert one.nll(elsewhere) == pytest.approx(MOVED[name][1], rel=1e-10)


SLOPES = ("extended_weighted", "gaussian_correlated", "bin_counts_density")


@pytest.mark.parametrize("name", SLOPES)
def test_gradient(name: str) -> None:
    one = model(CASES[name][0])
    gradient = one.gradient()
    for i, parameter in enumerate(one.graph.parameters):
        if not parameter.const:
            h = 1e-5 * abs(one.start[i])
            up, down = (one.nll({parameter.name: one.start[i] + step}) for step in (h, -h))
            assert gradient[i] == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-6)


# --- never silently wrong -------------------------------------------------------------------------


def test_a_negative_density_is_named_with_its_place() -> None:
    line = {"name": "line", "type": "polynomial_dist", "x": "x", "coefficients": [1.0, "mu"]}
    one = model(document([line], unbinned([1.0, -1.9, 3.0], X)))
    assert np.isfinite(one.nll({"mu": 0.5}))  # negative below -2, where no event is
    with pytest.raises(EvaluationError, match=r"'line' is negative or undefined at x = -1\.9"):
        one.nll({"mu": 0.6})


def test_an_integral_that_is_not_accurate_is_an_error() -> None:
    sharp = {"name": "sharp", "type": "generic_dist", "expression": "exp(-(x - mu)^2/(2*s^2))"}
    one = model(document([sharp], unbinned([AT["mu"]], X)))
    inside = np.diff(stats.norm.cdf([-2.0, 6.0], AT["mu"], AT["s"]))[0]
    peak = stats.norm.logpdf(AT["mu"], AT["mu"], AT["s"]) - np.log(inside)
    assert one.nll() == pytest.approx(-peak, rel=1e-10)
    with pytest.raises(EvaluationError, match="relative error"):
        one.nll({"s": 1e-4})
    with pytest.raises(EvaluationError, match=r"negative or undefined at x = 0\.8"):
        one.nll({"s": 1e-6})  # nothing of it is found at all


# --- a combination --------------------------------------------------------------------------------

BINS = {"name": "bin", "min": 0.0, "max": 3.0, "nbins": 3}
SIGNAL = {"a": [6.0, 3.0, 1.0], "b": [1.0, 4.0, 8.0]}
BACKGROUND = {"a": [30.0, 25.0, 22.0], "b": [50.0, 41.0, 30.0]}
OBSERVED = {"a": [38.0, 27.0, 25.0], "b": [52.0, 44.0, 41.0]}
RNG = np.random.default_rng(20260729)
MASSES = np.concatenate([RNG.normal(125.2, 1.6, 60), 110.0 + RNG.exponential(22.0, 400)])
MASSES = np.round(MASSES[(MASSES > 110.0) & (MASSES < 150.0)], 6)
COV = [[0.04, 0.006], [0.006, 0.01]]


def channel(name: str) -> Entry:
    mu = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    tilt = {
        "name": "norm",
        "type": "normsys",
        "parameter": "alpha",
        "interpolation": "poly6",
        "constraint": "Gauss",
        "data": {"hi": 1.15, "lo": 0.9},
    }
    return {
        "name": name,
        "type": "histfactory_dist",
        "axes": [BINS],
        "samples": [
            {"name": "sig", "data": {"contents": SIGNAL[name]}, "modifiers": [mu]},
            {"name": "bkg", "data": {"contents": BACKGROUND[name]}, "modifiers": [tilt]},
        ],
    }


def combination() -> Entry:
    mass = {"name": "m", "min": 110.0, "max": 150.0}
    start = {"mu": 1.0, "alpha": 0.0, "shift": 0.0, "width": 1.0, "slope": 0.05, "n_bkg": 380.0}
    ranges = {
        "mu": (-5.0, 10.0),
        "alpha": (-5.0, 5.0),
        "shift": (-2.0, 2.0),
        "width": (0.3, 3.0),
        "slope": (-0.5, 0.5),
        "n_bkg": (0.0, 2000.0),
    }
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            channel("a"),
            channel("b"),
            {"name": "peak", "type": "gaussian_dist", "x": "m", "mean": "m0", "sigma": "res"},
            {"name": "fall", "type": "exponential_dist", "x": "m", "c": "slope"},
            {
                "name": "sum",
                "type": "mixture_dist",
                "summands": ["peak", "fall"],
                "coefficients": ["n_sig", "n_bkg"],
                "extended": True,
            },
            {
                "name": "calibration",
                "type": "multivariate_normal_dist",
                "x": ["shift", "width"],
                "mean": [0.0, 1.0],
                "covariances": COV,
            },
        ],
        "functions": [
            {"name": "m0", "type": "sum", "summands": [125.0, "shift"]},
            {"name": "res", "type": "product", "factors": [1.6, "width"]},
            {
                "name": "n_sig",
                "type": "generic_function",
                "expression": "40*mu*exp(0.1*alpha)",
            },
        ],
        "data": [
            {"name": f"obs_{k}", "type": "binned", "axes": [BINS], "contents": v}
            for k, v in OBSERVED.items()
        ]
        + [unbinned(MASSES, mass) | {"name": "events"}],
        "likelihoods": [
            {
                "name": "l",
                "distributions": ["a", "b", "sum"],
                "data": ["obs_a", "obs_b", "events"],
                "aux_distributions": ["calibration"],
            }
        ],
        "domains": domain(**ranges),
        "parameter_points": point(**start),
        "analyses": [
            {
                "name": "analysis",
                "likelihood": "l",
                "domains": ["default_domain"],
                "parameters_of_interest": ["mu"],
                "init": "default_values",
            }
        ],
    }


def combined_nll(
    mu: float, alpha: float, shift: float, width: float, slope: float, n_bkg: float
) -> float:
    """The combination once more, in numpy and scipy."""
    norm = float(factor(6, alpha, 0.9, 1.15))  # "poly6" of the text goes on linearly outside
    total = -stats.norm.logpdf(alpha)
    for name in "ab":
        total += poisson(
            OBSERVED[name], mu * np.array(SIGNAL[name]) + norm * np.array(BACKGROUND[name])
        )
    n_sig = 40 * mu * np.exp(0.1 * alpha)
    m0, res = 125.0 + shift, 1.6 * width
    inside = np.diff(stats.norm.cdf([110.0, 150.0], m0, res))[0]
    fall = slope * np.exp(-slope * (MASSES - 110.0)) / -np.expm1(-40.0 * slope)
    events = n_sig * stats.norm.pdf(MASSES, m0, res) / inside + n_bkg * fall
    total += n_sig + n_bkg - np.log(events).sum() + gammaln(len(MASSES) + 1.0)
    return float(total - stats.multivariate_normal.logpdf([shift, width], [0.0, 1.0], COV))


@pytest.fixture(scope="module")
def combined() -> engine.Model:
    return model(combination())


@pytest.mark.parametrize(
    "values",
    [
        (1.0, 0.0, 0.0, 1.0, 0.05, 380.0),
        (0.3, 1.3, 0.2, 0.8, 0.03, 410.0),
        (2.1, -0.6, -0.3, 1.2, -0.02, 300.0),
    ],
)
def test_the_combination_is_the_sum_of_its_parts(combined: engine.Model, values: Any) -> None:
    named = dict(zip(("mu", "alpha", "shift", "width", "slope", "n_bkg"), values, strict=True))
    assert sorted(combined.names) == sorted(named)
    assert combined.nll(named) == pytest.approx(combined_nll(**named), rel=1e-12)


@pytest.mark.parametrize("free", [(0, 1, 2, 3, 4, 5), (3, 0)])
def test_the_curvature_is_that_of_automatic_differentiation(
    combined: engine.Model, free: tuple[int, ...]
) -> None:
    theta, index = combined.start + 0.1, np.array(free)
    given = (combined.program, combined.arrays, combined.observed)
    at = kernels.expand(theta, index, np.float64(1.0), *given)
    value, gradient = combined.value_and_gradient(theta)
    assert float(at.value) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(at.gradient, gradient[index], rtol=1e-9)
    hessian = jax.jit(jax.hessian(likelihood.nll), static_argnums=1)(theta, *given)
    np.testing.assert_allclose(at.curvature, hessian[np.ix_(index, index)], rtol=1e-9, atol=1e-9)


def test_the_combination_fits_the_same_with_minuit(combined: engine.Model) -> None:
    newton, minuit = engine.fit(combined), engine.fit(combined, minimizer="minuit")
    assert newton.converged, newton.message
    assert minuit.converged, minuit.message
    assert newton.nll <= minuit.nll + 1e-9
    assert newton.twice_nll == pytest.approx(minuit.twice_nll, abs=1e-5)
    for name in newton.free:
        assert abs(newton.values[name] - minuit.values[name]) < 0.01 * newton.errors[name]
    assert newton.nll == pytest.approx(combined_nll(**newton.values), rel=1e-12)
    assert not newton.at_bound


@pytest.mark.slow
def test_the_combination_knows_more_than_each_part(combined: engine.Model) -> None:
    whole = engine.fit(combined).errors["mu"]
    held = engine.fit(combined, fixed={"alpha": 0.0, "shift": 0.0, "width": 1.0}).errors["mu"]
    parts = []
    for kept in (["a", "b"], ["sum"]):
        data = combination()
        likelihood = data["likelihoods"][0]
        chosen = [i for i, n in enumerate(likelihood["distributions"]) if n in kept]
        for key in ("distributions", "data"):
            likelihood[key] = [likelihood[key][i] for i in chosen]
        if "sum" not in kept:
            del likelihood["aux_distributions"]
        parts.append(engine.fit(model(data)).errors["mu"])
    assert held < whole < min(parts)


def test_errors_of_the_engine_name_their_place() -> None:
    """The innermost function or distribution that cannot be evaluated."""
    steps = {
        "name": "steps",
        "type": "histogram",
        "interpolationOrder": 1,
        "data": {"axes": [X | {"nbins": 2}, Y | {"nbins": 1}], "contents": [1.0, 2.0]},
    }
    dented = GAUSS | {"mean": "steps"}
    with pytest.raises(CompileError, match="2 variables") as caught:
        model(document([dented], unbinned([[1.0, 1.0]], X, Y), [DENSITY, steps]))
    assert caught.value.path == "/functions/1"
    two = {"name": "h", "type": "histogram_dist", **{k: steps[k] for k in ("data",)}}
    with pytest.raises(CompileError, match="2 variables") as caught:
        model(document([FLAT, two | {"interpolationOrder": 2}], unbinned([[1.0, 1.0]], X, Y)))
    assert caught.value.path == "/distributions/1"
