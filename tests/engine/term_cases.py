"""Likelihoods of every kind of data and term, and their values in numpy and scipy: plain data."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from builders import domain, point
from scipy import integrate, stats
from scipy.special import gammaln, xlogy

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
ELSEWHERE = {"mu": 0.4, "s": 1.3, "n_g": 9.0, "n_flat": 15.5}


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
    axes = {} if inline else {a["name"]: a for a in data["axes"] if a["name"] not in ("x", "n")}
    pairs = {"distributions": [distributions[-1]["name"]], "data": [data if inline else "d"]}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": distributions,
        "functions": functions or [],
        "data": [] if inline else [data],
        "likelihoods": [{"name": "l", **pairs, **likelihood}],
        "parameter_points": point(**AT),
        "domains": domain(x=(-2.0, 6.0), **{k: (a["min"], a["max"]) for k, a in axes.items()}),
    }


def poisson(n: Any, nu: Any) -> float:
    """Negative logarithm of Poisson probabilities, continued to any n."""
    return float(np.sum(nu - xlogy(n, nu) + gammaln(np.asarray(n) + 1.0)))


def multinomial(n: Any, p: Any) -> float:
    return float(np.sum(gammaln(n + 1.0) - xlogy(n, p)) - gammaln(np.sum(n) + 1.0))


CENTRES = 0.5 * (EDGES[1:] + EDGES[:-1])
SIGMA = np.array([1.5, 3.0, 2.5, 1.0, 1.2])
CORRELATION = 0.3 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
COVARIANCE = CORRELATION * np.outer(SIGMA, SIGMA)
UNCERTAIN = {"type": "gaussian_uncertainty", "sigma": SIGMA.tolist()}
CORRELATED = UNCERTAIN | {"correlation": CORRELATION.tolist()}


def normal(n: Any, nu: Any, covariance: Any) -> float:
    return float(-stats.multivariate_normal.logpdf(n, nu, covariance))


DENSITY = {"name": "rate", "type": "generic_function", "expression": "n_g*exp(-(x+2)/s) + 1"}
Y_GIVEN_X = {"name": "gy", "type": "gaussian_dist", "x": "y", "mean": "s", "sigma": 1.0}
BOTH = [GAUSS, Y_GIVEN_X, {"name": "p", "type": "product_dist", "factors": ["g", "gy"]}]
PAIRS = np.array([[0.1, 0.2], [1.5, 2.9], [-1.0, 1.1]])
BOX = {
    "name": "d",
    "type": "binned",
    "axes": [X | {"nbins": 2}, Y | {"nbins": 3}],
    "contents": [4, 9, 2, 1, 0, 3],
}
OF_YIELDS = {"name": "p", "type": "product_dist", "factors": ["m", "gy"]}
POISSON = {"name": "pois", "type": "poisson_dist", "x": "n", "mean": "n_g"}
FLAT_TOP = {
    "name": "top",
    "type": "generalized_normal_dist",
    "x": "x",
    "mean": "mu",
    "alpha": "s",
    "beta": 8.0,
}
EXTENDED = {"name": "e", "type": "rate_extended_dist", "rate": "n_g", "dist": "g"}
COUNTING = {"name": "b", "type": "bincounts_extended_dist", "rate": "n_g", "dist": "g"}
MIXTURE = [GAUSS, FLAT, YIELDS]


def cases(at: dict[str, float]) -> dict[str, tuple[Entry, float]]:
    """Documents by name, each with -log L at the values `at` of the parameters of `AT`.

    The names of those that take densities at bin centres, as ROOT does, begin with ``centred``.
    """

    def gauss(x: Any) -> Any:
        """The truncated Gaussian at AT."""
        inside = np.diff(stats.norm.cdf([-2.0, 6.0], at["mu"], at["s"]))[0]
        return stats.norm.pdf(x, at["mu"], at["s"]) / inside

    def gauss_bins() -> Any:
        cdf = stats.norm.cdf(EDGES, at["mu"], at["s"])
        return np.diff(cdf) / np.diff(stats.norm.cdf([-2.0, 6.0], at["mu"], at["s"]))

    def mixture(x: Any) -> Any:
        return (at["n_g"] * gauss(x) + at["n_flat"] / 8.0) / (at["n_g"] + at["n_flat"])

    def mixture_bins() -> Any:
        total = at["n_g"] + at["n_flat"]
        return (at["n_g"] * gauss_bins() + at["n_flat"] * np.diff(EDGES) / 8.0) / total

    NU = at["n_g"] + at["n_flat"]

    def rate(low: float, high: float) -> float:
        s = at["s"]
        return at["n_g"] * s * (np.exp(-(low + 2) / s) - np.exp(-(high + 2) / s)) + high - low

    RATES = np.array([rate(a, b) for a, b in pairwise(EDGES)])

    def second(y: Any) -> Any:
        inside = np.diff(stats.norm.cdf([0.0, 3.0], at["s"], 1.0))[0]
        return stats.norm.pdf(y, at["s"], 1.0) / inside

    def box_bins(flat: float = 0.0) -> Any:
        """Of the Gaussians, the first with a flat part."""
        x = np.diff(stats.norm.cdf([-2, 2, 6], at["mu"], at["s"]))
        y = np.diff(stats.norm.cdf([0, 1, 2, 3], at["s"], 1.0))
        along = (1.0 - flat) * x / x.sum() + flat / 2.0
        return np.outer(along, y / y.sum()).ravel()

    def flat_top(x: float, low: float, high: float) -> float:
        def shape(t: float) -> float:
            return float(np.exp(-((abs(t - at["mu"]) / at["s"]) ** 8)))

        inside, _ = integrate.quad(shape, low, high, epsabs=0, epsrel=1e-13, points=[at["mu"]])
        return -np.log(shape(x) / inside)

    EVENTS_LOG = -np.log(gauss(EVENTS)).sum()
    MIXTURE_LOG = -np.log(mixture(EVENTS)).sum()
    return {
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
            EVENTS_LOG + poisson(5.0, at["n_g"]),
        ),
        "rate_density": (
            document(
                [{"name": "r", "type": "rate_density_dist", "x": "x", "density": "rate"}],
                unbinned(EVENTS, X),
                [DENSITY],
            ),
            rate(-2, 6)
            - np.log(at["n_g"] * np.exp(-(EVENTS + 2) / at["s"]) + 1).sum()
            + gammaln(6.0),
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
            document(
                [GAUSS, COUNTING | {"axes": [{"name": "x", "edges": EDGES.tolist()}]}], binned()
            ),
            poisson(COUNTS, at["n_g"] * gauss_bins()),
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
        "product_extended": (
            document([*MIXTURE, Y_GIVEN_X, OF_YIELDS], unbinned(PAIRS, X, Y)),
            -np.log(mixture(PAIRS[:, 0]) * second(PAIRS[:, 1])).sum() + poisson(3.0, NU),
        ),
        "product_extended_binned": (
            document([*MIXTURE, Y_GIVEN_X, OF_YIELDS], BOX),
            poisson(np.array(BOX["contents"], float), NU * box_bins(at["n_flat"] / NU)),
        ),
        "number_poisson": (document([POISSON], 11.0), poisson(11.0, at["n_g"])),
        "number_poisson_not_whole": (document([POISSON], 11.5), poisson(11.5, at["n_g"])),
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
            EVENTS_LOG - stats.norm.logpdf(at["mu"], 0.5, 0.2),
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
                [at["mu"], at["s"]], [0.5, 1.0], [[0.04, 0.01], [0.01, 0.09]]
            ),
        ),
        "auxiliary_flat_top": (
            document(
                [FLAT_TOP | {"name": "a", "x": "mu", "mean": 0.5, "alpha": 1.0}, GAUSS],
                unbinned(EVENTS, X),
                aux_distributions=["a"],
            ),
            EVENTS_LOG - stats.gennorm.logpdf(at["mu"], 8.0, 0.5, 1.0),
        ),
        "centred_binned": (
            document([GAUSS], binned()),
            multinomial(COUNTS, gauss(CENTRES) * np.diff(EDGES)),
        ),
        "centred_extended": (
            document(MIXTURE, binned()),
            multinomial(COUNTS, mixture(CENTRES) * np.diff(EDGES)) + poisson(COUNTS.sum(), NU),
        ),
    }
