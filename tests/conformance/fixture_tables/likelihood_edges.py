"""Likelihoods at the edge of what is allowed, and their values in numpy and scipy: plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import gammaln, xlogy
from term_cases import (
    COUNTING,
    DENSITY,
    EDGES,
    FLAT,
    GAUSS,
    PAIRS,
    UNCERTAIN,
    Y_GIVEN_X,
    YIELDS,
    X,
    Y,
    binned,
    document,
    unbinned,
)

Entry = dict[str, Any]
Points = list[dict[str, float]]
AT = {"mu": 0.8, "s": 1.1, "n_g": 14.0, "n_flat": 9.5}
POINTS: Points = [AT, AT | {"mu": 0.4, "s": 1.3}, AT | {"n_g": 9.0, "n_flat": 15.5}]


def inside(p: dict[str, float], low: float = -2.0, high: float = 6.0) -> float:
    """Probability of the Gaussian in a range."""
    return float(np.diff(stats.norm.cdf([low, high], p["mu"], p["s"]))[0])


def gauss(x: Any, p: dict[str, float]) -> Any:
    return stats.norm.pdf(x, p["mu"], p["s"]) / inside(p)


def fractions(p: dict[str, float]) -> Any:
    return np.diff(stats.norm.cdf(EDGES, p["mu"], p["s"])) / inside(p)


def poisson(n: Any, nu: Any) -> float:
    return float(np.sum(nu - xlogy(n, nu) + gammaln(np.asarray(n) + 1.0)))


def extended(p: dict[str, float], events: Any) -> float:
    """-log L of the mixture of a Gaussian and a flat part with yields."""
    rates = p["n_g"] * gauss(np.asarray(events), p) + p["n_flat"] / 8.0
    return p["n_g"] + p["n_flat"] - float(np.log(rates).sum()) + float(gammaln(len(events) + 1.0))


def counts(contents: Any, p: dict[str, float]) -> float:
    """-log L of the mixture for counts in the bins."""
    return poisson(contents, p["n_g"] * fractions(p) + p["n_flat"] * np.diff(EDGES) / 8.0)


def chebychev(p: dict[str, float], x: Any) -> Any:
    """1 + s T1 of the full range [-2, 6], normalised in [0, 4]."""
    t = (np.asarray(x) - 2.0) / 4.0
    return (1 + 0.5 * p["s"] / 1.1 * t) / 4.0


MIXTURE = [GAUSS, FLAT, YIELDS]
BORDERS = np.array([-2.0, 6.0, 0.8])
NONE = np.zeros(5)
PART = {"name": "x", "min": 0.0, "max": 4.0}
CHEBYCHEV = {"name": "p", "type": "chebychev_dist", "x": "x", "coefficients": ["slope"]}
SLOPE = {"name": "slope", "type": "product", "factors": ["s", 0.5 / 1.1]}
BINS = {"axes": [{"name": "x", "edges": EDGES.tolist()}]}
NUMBER = {"name": "pois", "type": "poisson_dist", "x": "n", "mean": "n_g"}
RATE = {"name": "b", "type": "bincounts_density_dist", "x": "x", "density": "rate", **BINS}


def rates(p: dict[str, float]) -> Any:
    """Integrals of n_g exp(-(x + 2) / s) + 1 over the bins."""
    return -p["n_g"] * p["s"] * np.diff(np.exp(-(EDGES + 2) / p["s"])) + np.diff(EDGES)


TURN = {"name": "turn", "type": "gaussian_dist", "x": "x", "mean": 2.5, "sigma": 2.0}
WITH_RATE = {"name": "e", "type": "extend_pdf", "pdf": "g", "norm": "n_g"}
SHARED = {"name": "p", "type": "product_dist", "factors": ["turn", "e"]}
MEASURED = {"name": "aux", "type": "gaussian_dist", "x": "mu", "mean": 0.5, "sigma": 0.2}
INNER = {"name": "inner", "type": "product_dist", "factors": ["aux", "m"]}
NESTED = {"name": "p", "type": "product_dist", "factors": ["gy", "inner"]}


def shared(p: dict[str, float]) -> float:
    """-log L of the extended Gaussian times another one of x: a Gaussian again."""
    precisions = np.array([p["s"] ** -2, 0.25])
    mean = float(precisions @ [p["mu"], 2.5] / precisions.sum())
    both = {"mu": mean, "s": float(precisions.sum() ** -0.5)}
    n = len(PAIRS)
    log = float(np.log(gauss(PAIRS[:, 0], both)).sum())
    return p["n_g"] - n * float(np.log(p["n_g"])) + float(gammaln(n + 1.0)) - log


def nested(p: dict[str, float]) -> float:
    """-log L of the mixture with yields in x, a Gaussian in y, and a measurement of mu."""
    inside_y = float(np.diff(stats.norm.cdf([0.0, 3.0], p["s"], 1.0))[0])
    in_y = float(np.log(stats.norm.pdf(PAIRS[:, 1], p["s"], 1.0) / inside_y).sum())
    measured = float(stats.norm.logpdf(p["mu"], 0.5, 0.2))
    return extended(p, PAIRS[:, 0]) - in_y - measured


def cases() -> Iterator[tuple[str, Entry, Points, list[float], tuple[str, ...], str]]:
    """Name, document, points, -log L, the types it is about, what it pins."""
    yield (
        "no_events",
        document(MIXTURE, unbinned([], X)),
        POINTS,
        [extended(p, []) for p in POINTS],
        ("unbinned", "mixture_dist"),
        "No event was observed: the expected number of events is all that counts.",
    )
    yield (
        "events_on_the_borders",
        document([GAUSS], unbinned(BORDERS, X)),
        POINTS[:2],
        [-float(np.log(gauss(BORDERS, p)).sum()) for p in POINTS[:2]],
        ("unbinned", "gaussian_dist"),
        "Both ends of a range belong to it.",
    )
    yield (
        "weights_negative",
        document([GAUSS], unbinned(BORDERS, X, weights=[1.0, -0.5, 0.0])),
        POINTS[:2],
        [-float(([1.0, -0.5, 0.0] * np.log(gauss(BORDERS, p))).sum()) for p in POINTS[:2]],
        ("unbinned", "gaussian_dist"),
        "Weights of 0 and below.",
    )
    yield (
        "no_counts",
        document(MIXTURE, binned(NONE)),
        POINTS,
        [counts(NONE, p) for p in POINTS],
        ("binned", "mixture_dist"),
        "No event was observed in any bin.",
    )
    large = np.array([3e8, 11e8, 7e8, 0, 2.5])
    yield (
        "counts_large",
        document(MIXTURE, binned(large)),
        POINTS[:2],
        [counts(large, p) for p in POINTS[:2]],
        ("binned", "mixture_dist"),
        "Counts of hundreds of millions beside empty bins.",
    )
    sigma = np.array(UNCERTAIN["sigma"]) * 1e3
    total = float(sum((3.0, 11.0, 7.0, 0.0, 2.5)))
    yield (
        "uncertainty_large",
        document([GAUSS], binned(uncertainty=UNCERTAIN | {"sigma": sigma.tolist()})),
        POINTS[:2],
        [
            -float(stats.norm.logpdf([3.0, 11.0, 7.0, 0.0, 2.5], total * fractions(p), sigma).sum())
            for p in POINTS[:2]
        ],
        ("binned", "gaussian_dist"),
        "Data with Gaussian uncertainties that are far larger than the contents.",
    )
    yield (
        "part_of_the_range",
        document([CHEBYCHEV], unbinned([0.0, 1.0, 4.0], PART), [SLOPE]),
        POINTS[:2],
        [-float(np.log(chebychev(p, [0.0, 1.0, 4.0])).sum()) for p in POINTS[:2]],
        ("unbinned", "chebychev_dist"),
        "A Chebychev polynomial is one of the full range of the variable, that of the domain, "
        "while the density is normalised in the range of the data.",
    )
    yield (
        "point_zero",
        document([NUMBER], {"name": "d", "type": "point", "value": 0, "axes": [{"name": "n"}]}),
        [AT, AT | {"n_g": 1e-9}],
        [14.0, 1e-9],
        ("point", "poisson_dist"),
        "An observed count of 0; a point needs no range where the distribution has one of its own.",
    )
    yield (
        "bin_counts_empty",
        document([GAUSS, COUNTING | BINS], binned(NONE)),
        POINTS,
        [poisson(NONE, p["n_g"] * fractions(p)) for p in POINTS],
        ("binned", "bincounts_extended_dist"),
        "Nothing was observed; the expected number of events still counts.",
    )
    tiny = [AT | {"n_g": 1e-12}, AT | {"n_g": 1e9}]
    yield (
        "bin_counts_density_extremes",
        document([RATE], binned(), [DENSITY]),
        tiny,
        [poisson(np.array([3.0, 11.0, 7.0, 0.0, 2.5]), rates(p)) for p in tiny],
        ("binned", "bincounts_density_dist"),
        "Expected counts far below and above what was observed.",
    )
    yield (
        "product_extended_shared",
        document([GAUSS, WITH_RATE, TURN, SHARED], unbinned(PAIRS[:, 0], X)),
        POINTS,
        [shared(p) for p in POINTS],
        ("product_dist", "extend_pdf"),
        "The expected number of events of a product is that of its extended factor, also where "
        "another factor of the same observable changes the shape.",
    )
    yield (
        "product_extended_nested",
        document([*MIXTURE, Y_GIVEN_X, MEASURED, INNER, NESTED], unbinned(PAIRS, X, Y)),
        POINTS,
        [nested(p) for p in POINTS],
        ("product_dist", "mixture_dist"),
        "An extended factor counts as well in a product inside of the product, beside an auxiliary "
        "measurement.",
    )
