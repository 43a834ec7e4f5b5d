"""Likelihood terms against numpy and scipy: every row of the table in `hs3.engine.terms`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from builders import domain, point
from oracles.functions import factor
from scipy import integrate, stats
from scipy.special import gammaln, xlogy

import hs3.engine as engine
from hs3.engine.density import Options
from hs3.errors import EvaluationError
from hs3.resolve import resolve
from hs3.workspace import Workspace

Entry = dict[str, Any]
X = {"name": "x", "min": -2.0, "max": 6.0}
Y = {"name": "y", "min": 0.0, "max": 3.0}
EDGES = np.array([-2.0, -1.0, 0.5, 1.0, 3.0, 6.0])
COUNTS = np.array([3.0, 11.0, 7.0, 0.0, 2.5])
EVENTS = np.array([-1.2, 0.3, 0.9, 1.4, 5.5])
WEIGHTS = np.array([1.0, 0.5, 2.0, 0.0, 1.7])

GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"}
FLAT = {"name": "flat", "type": "uniform_dist", "x": "x"}
YIELDS = {
    "name": "m",
    "type": "mixture_dist",
    "summands": ["g", "flat"],
    "coefficients": ["n_g", "n_flat"],
    "extended": True,
}
AT = {"mu": 0.8, "s": 1.1, "n_g": 14.0, "n_flat": 9.5}


def unbinned(events: Any, *axes: Entry, weights: Any = None) -> Entry:
    rows = np.asarray(events).reshape(len(events), len(axes)).tolist()
    more = {} if weights is None else {"weights": np.asarray(weights).tolist()}
    return {"name": "d", "type": "unbinned", "axes": list(axes), "entries": rows, **more}


def binned(contents: Any = COUNTS, **more: Any) -> Entry:
    axis = {"name": "x", "edges": EDGES.tolist()}
    return {
        "name": "d",
        "type": "binned",
        "axes": [axis],
        "contents": np.asarray(contents).tolist(),
        **more,
    }


def document(
    distributions: list[Entry], data: Any, functions: list[Entry] | None = None, **likelihood: Any
) -> Entry:
    """A likelihood of the last distribution and the data (an object or a number)."""
    inline = not isinstance(data, dict)
    pairs = {"distributions": [distributions[-1]["name"]], "data": [data if inline else "d"]}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": distributions,
        "functions": functions or [],
        "data": [] if inline else [data],
        "likelihoods": [{"name": "l", **pairs, **likelihood}],
        "parameter_points": point(**AT),
        "domains": domain(x=(-2.0, 6.0)),
    }


def model(data: Entry, **options: Any) -> engine.Model:
    return engine.compile(resolve(Workspace.from_json(data)), Options(**options))


# --- the same in numpy and scipy ------------------------------------------------------------------


def gauss(x: Any) -> Any:
    """The truncated Gaussian at AT."""
    inside = np.diff(stats.norm.cdf([-2.0, 6.0], AT["mu"], AT["s"]))[0]
    return stats.norm.pdf(x, AT["mu"], AT["s"]) / inside


def gauss_bins() -> Any:
    cdf = stats.norm.cdf(EDGES, AT["mu"], AT["s"])
    return np.diff(cdf) / np.diff(stats.norm.cdf([-2.0, 6.0], AT["mu"], AT["s"]))


def mixture(x: Any) -> Any:
    return (AT["n_g"] * gauss(x) + AT["n_flat"] / 8.0) / (AT["n_g"] + AT["n_flat"])


def mixture_bins() -> Any:
    total = AT["n_g"] + AT["n_flat"]
    return (AT["n_g"] * gauss_bins() + AT["n_flat"] * np.diff(EDGES) / 8.0) / total


def poisson(n: Any, nu: Any) -> float:
    """Negative logarithm of Poisson probabilities, continued to any n."""
    return float(np.sum(nu - xlogy(n, nu) + gammaln(np.asarray(n) + 1.0)))


def multinomial(n: Any, p: Any) -> float:
    return float(np.sum(gammaln(n + 1.0) - xlogy(n, p)) - gammaln(np.sum(n) + 1.0))


CENTRES = 0.5 * (EDGES[1:] + EDGES[:-1])
NU = AT["n_g"] + AT["n_flat"]
SIGMA = np.array([1.5, 3.0, 2.5, 1.0, 1.2])
CORRELATION = 0.3 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
COVARIANCE = CORRELATION * np.outer(SIGMA, SIGMA)
UNCERTAIN = {"type": "gaussian_uncertainty", "sigma": SIGMA.tolist()}
CORRELATED = UNCERTAIN | {"correlation": CORRELATION.tolist()}


def normal(n: Any, nu: Any, covariance: Any) -> float:
    return float(-stats.multivariate_normal.logpdf(n, nu, covariance))


DENSITY = {"name": "rate", "type": "generic_function", "expression": "n_g*exp(-(x+2)/s) + 1"}


def rate(low: float, high: float) -> float:
    s = AT["s"]
    return AT["n_g"] * s * (np.exp(-(low + 2) / s) - np.exp(-(high + 2) / s)) + high - low


RATES = np.array([rate(a, b) for a, b in pairwise(EDGES)])
Y_GIVEN_X = {"name": "gy", "type": "gaussian_dist", "x": "y", "mean": "s", "sigma": 1.0}
BOTH = [GAUSS, Y_GIVEN_X, {"name": "p", "type": "product_dist", "factors": ["g", "gy"]}]
PAIRS = np.array([[0.1, 0.2], [1.5, 2.9], [-1.0, 1.1]])
BOX = {
    "name": "d",
    "type": "binned",
    "axes": [X | {"nbins": 2}, Y | {"nbins": 3}],
    "contents": [4, 9, 2, 1, 0, 3],
}


def second(y: Any) -> Any:
    inside = np.diff(stats.norm.cdf([0.0, 3.0], AT["s"], 1.0))[0]
    return stats.norm.pdf(y, AT["s"], 1.0) / inside


def box_bins() -> Any:
    x = np.diff(stats.norm.cdf([-2, 2, 6], AT["mu"], AT["s"]))
    y = np.diff(stats.norm.cdf([0, 1, 2, 3], AT["s"], 1.0))
    return np.outer(x / x.sum(), y / y.sum()).ravel()


POISSON = {"name": "pois", "type": "poisson_dist", "x": "n", "mean": "n_g"}
FLAT_TOP = {
    "name": "top",
    "type": "generalized_normal_dist",
    "x": "x",
    "mean": "mu",
    "alpha": "s",
    "beta": 8.0,
}


def flat_top(x: float, low: float, high: float) -> float:
    def shape(t: float) -> float:
        return float(np.exp(-((abs(t - AT["mu"]) / AT["s"]) ** 8)))

    inside, _ = integrate.quad(shape, low, high, epsabs=0, epsrel=1e-13, points=[AT["mu"]])
    return -np.log(shape(x) / inside)


EXTENDED = {"name": "e", "type": "rate_extended_dist", "rate": "n_g", "dist": "g"}
COUNTING = {"name": "b", "type": "bincounts_extended_dist", "rate": "n_g", "dist": "g"}
EVENTS_LOG = -np.log(gauss(EVENTS)).sum()
MIXTURE_LOG = -np.log(mixture(EVENTS)).sum()
MIXTURE = [GAUSS, FLAT, YIELDS]

CASES: dict[str, tuple[Entry, float]] = {
    "unbinned": (document([GAUSS], unbinned(EVENTS, X)), EVENTS_LOG),
    "weighted": (
        document([GAUSS], unbinned(EVENTS, X, weights=WEIGHTS)),
        -(WEIGHTS * np.log(gauss(EVENTS))).sum(),
    ),
    "extended": (document(MIXTURE, unbinned(EVENTS, X)), MIXTURE_LOG + poisson(5.0, NU)),
    "extended_weighted": (
        document(MIXTURE, unbinned(EVENTS, X, weights=WEIGHTS)),
        -(WEIGHTS * np.log(mixture(EVENTS))).sum() + poisson(WEIGHTS.sum(), NU),
    ),
    "not_extended": (
        document([GAUSS, FLAT, YIELDS | {"extended": False}], unbinned(EVENTS, X)),
        MIXTURE_LOG,
    ),
    "rate_extended": (
        document([GAUSS, EXTENDED], unbinned(EVENTS, X)),
        EVENTS_LOG + poisson(5.0, AT["n_g"]),
    ),
    "rate_density": (
        document(
            [{"name": "r", "type": "rate_density_dist", "x": "x", "density": "rate"}],
            unbinned(EVENTS, X),
            [DENSITY],
        ),
        rate(-2, 6) - np.log(AT["n_g"] * np.exp(-(EVENTS + 2) / AT["s"]) + 1).sum() + gammaln(6.0),
    ),
    "binned": (document([GAUSS], binned()), multinomial(COUNTS, gauss_bins())),
    "binned_extended": (document(MIXTURE, binned()), poisson(COUNTS, NU * mixture_bins())),
    "gaussian": (
        document([GAUSS], binned(uncertainty=UNCERTAIN)),
        normal(COUNTS, COUNTS.sum() * gauss_bins(), np.diag(SIGMA**2)),
    ),
    "gaussian_zero": (
        document([GAUSS], binned(uncertainty=UNCERTAIN | {"correlation": 0})),
        normal(COUNTS, COUNTS.sum() * gauss_bins(), np.diag(SIGMA**2)),
    ),
    "gaussian_correlated": (
        document(MIXTURE, binned(uncertainty=CORRELATED)),
        normal(COUNTS, NU * mixture_bins(), COVARIANCE),
    ),
    "bin_counts_extended": (
        document([GAUSS, COUNTING | {"axes": [{"name": "x", "edges": EDGES.tolist()}]}], binned()),
        poisson(COUNTS, AT["n_g"] * gauss_bins()),
    ),
    "bin_counts_density": (
        document(
            [
                {
                    "name": "b",
                    "type": "bincounts_density_dist",
                    "x": "x",
                    "density": "rate",
                    "axes": [{"name": "x", "edges": EDGES.tolist()}],
                }
            ],
            binned(),
            [DENSITY],
        ),
        poisson(COUNTS, RATES),
    ),
    "two_observables": (
        document(BOTH, unbinned(PAIRS, X, Y)),
        -np.log(gauss(PAIRS[:, 0]) * second(PAIRS[:, 1])).sum(),
    ),
    "binned_two_observables": (
        document(BOTH, BOX),
        multinomial(np.array(BOX["contents"], float), box_bins()),
    ),
    "number_poisson": (document([POISSON], 11.0), poisson(11.0, AT["n_g"])),
    "number_poisson_not_whole": (document([POISSON], 11.5), poisson(11.5, AT["n_g"])),
    "number_gaussian": (
        document([GAUSS], 0.5),
        -np.log(gauss(0.5)),
    ),
    "number_flat_top": (document([FLAT_TOP], 0.5), flat_top(0.5, -2.0, 6.0)),
    "point": (
        document([FLAT_TOP], {"name": "d", "type": "point", "value": 0.5, "axes": [X]}),
        flat_top(0.5, -2.0, 6.0),
    ),
    "auxiliary_gaussian": (
        document(
            [
                {"name": "a", "type": "gaussian_dist", "x": "mu", "mean": 0.5, "sigma": 0.2},
                GAUSS,
            ],
            unbinned(EVENTS, X),
            aux_distributions=["a"],
        ),
        EVENTS_LOG - stats.norm.logpdf(AT["mu"], 0.5, 0.2),
    ),
    "auxiliary_multivariate": (
        document(
            [
                {
                    "name": "a",
                    "type": "multivariate_normal_dist",
                    "x": ["mu", "s"],
                    "mean": [0.5, 1.0],
                    "covariances": [[0.04, 0.01], [0.01, 0.09]],
                },
                GAUSS,
            ],
            unbinned(EVENTS, X),
            aux_distributions=["a"],
        ),
        EVENTS_LOG
        - stats.multivariate_normal.logpdf(
            [AT["mu"], AT["s"]], [0.5, 1.0], [[0.04, 0.01], [0.01, 0.09]]
        ),
    ),
    "auxiliary_flat_top": (
        document(
            [FLAT_TOP | {"name": "a", "x": "mu", "mean": 0.5, "alpha": 1.0}, GAUSS],
            unbinned(EVENTS, X),
            aux_distributions=["a"],
        ),
        EVENTS_LOG - stats.gennorm.logpdf(AT["mu"], 8.0, 0.5, 1.0),
    ),
}


@pytest.mark.parametrize("data, expected", CASES.values(), ids=CASES)
def test_likelihood(data: Entry, expected: float) -> None:
    assert model(data).nll() == pytest.approx(expected, rel=1e-10)


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


CENTRED = {
    "binned": (CASES["binned"][0], multinomial(COUNTS, gauss(CENTRES) * np.diff(EDGES))),
    "extended": (
        CASES["binned_extended"][0],
        multinomial(COUNTS, mixture(CENTRES) * np.diff(EDGES)) + poisson(COUNTS.sum(), NU),
    ),
}


@pytest.mark.parametrize("data, expected", CENTRED.values(), ids=CENTRED)
def test_densities_at_bin_centres(data: Entry, expected: float) -> None:
    """ROOT's default; the sum of such probabilities is not one."""
    assert model(data, bin_centres=True).nll() == pytest.approx(expected, rel=1e-10)


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
    assert one.nll() == pytest.approx(-np.log(gauss(AT["mu"])), rel=1e-10)
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
