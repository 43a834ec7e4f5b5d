"""Best fits with known answers: closed formulas, or scipy on a likelihood written by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
from builders import STATERROR, document, domain, modifier, point, sample
from channel_cases import MU
from fixture import Json, Source
from scipy import optimize, stats

from fixture_tables import dialect_numbers as by_hand
from fixture_tables import kept

CLOSED = Source("closed formulas", "", "float64")
SCIPY = Source("scipy", scipy.__version__, "minimum to 1e-10, second derivatives to 1e-7")
Case = tuple[Json, Json, Json, Source, str]
Likelihood = Callable[[Any], float]
"""-2 ln L up to a constant, as a function of an array of parameter values."""

TIMES = [0.3, 1.1, 2.7, 0.2, 4.1, 0.9, 1.6]
PLACES = [-1.2, 0.3, 0.9, 1.4, 5.5, 2.2, -0.1, 0.7]
BUMP = [0.4, 1.1, 2.9, 3.1, 3.2, 2.8, 3.05, 5.0, 6.6, 7.9, 9.2, 3.3, 2.6, 1.9, 4.4]


def events(*values: float, low: float, high: float) -> list[Json]:
    axis = {"name": "x", "min": low, "max": high}
    rows = [[value] for value in values]
    return [{"name": "d", "type": "unbinned", "axes": [axis], "entries": rows}]


def unbinned(distributions: list[Json], data: list[Json], start: Json, ranges: Any) -> Json:
    """A likelihood of the first distribution."""
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": distributions,
        "data": data,
        "likelihoods": [{"name": "l", "distributions": [distributions[0]["name"]], "data": ["d"]}],
        "parameter_points": point(**start),
        "domains": domain(**ranges),
    }


def answer(start: Json, values: Json, errors: Json, nll: Likelihood) -> Json:
    """What a fit has to say."""
    both = {n: {"value": values[n], "error": errors[n]} for n in values}
    at, before = np.array(list(values.values())), np.array([start[n] for n in values])
    return {"parameters": both, "twice_delta_nll": nll(at) - nll(before)}


def minimised(start: Json, nll: Likelihood) -> Json:
    """The minimum by scipy, errors from second differences extrapolated to steps of zero."""
    names = list(start)
    options = {"xatol": 1e-11, "fatol": 1e-14, "maxiter": 40_000, "maxfev": 40_000}
    at = np.array(list(start.values()), dtype=float)
    for _ in range(3):
        at = optimize.minimize(nll, at, method="Nelder-Mead", options=options).x
    covariance = 2.0 * np.linalg.inv(second_derivatives(nll, at))
    errors = dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    return answer(start, dict(zip(names, at.tolist(), strict=True)), errors, nll)


def second_derivatives(nll: Likelihood, at: Any) -> Any:
    size = len(at)
    out = np.zeros((size, size))
    for i in range(size):
        for j in range(i, size):
            out[i, j] = out[j, i] = (
                4 * _mixed(nll, at, i, j, 1e-3) - _mixed(nll, at, i, j, 2e-3)
            ) / 3
    return out


def _mixed(nll: Likelihood, at: Any, i: int, j: int, step: float) -> float:
    hi, hj = (step * max(1.0, abs(at[k])) for k in (i, j))

    def moved(a: float, b: float) -> float:
        x = at.copy()
        x[i] += a * hi
        x[j] += b * hj
        return nll(x)

    if i == j:
        return (moved(1, 0) - 2 * nll(at) + moved(-1, 0)) / hi**2
    return (moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * hi * hj)


# --- the cases ------------------------------------------------------------------------------------


def counting() -> Case:
    """n events, signal 3 mu and 7 mu over 10 and 20, data on the line: mu is 2."""
    whole = document(
        sample(MU, name="signal", contents=(3, 7)),
        sample(name="background"),
        data=[{"name": "d", "type": "binned", "axes": [by_axis()], "contents": [16, 34]}],
        parameter_points=point(mu=1.0),
        domains=domain(mu=(-1, 10)),
    )

    def nll(at: Any) -> float:
        rates = np.array([10 + 3 * at[0], 20 + 7 * at[0]])
        return 2.0 * float((rates - [16, 34] * np.log(rates)).sum())

    found = answer({"mu": 1.0}, {"mu": 2.0}, {"mu": (9 / 16 + 49 / 34) ** -0.5}, nll)
    return whole, {"mu": 1.0}, found, CLOSED, "Data that are the expectation are fitted exactly."


def by_axis() -> Json:
    return {"name": "x", "min": 0, "max": 2, "nbins": 2}


def mean_and_width() -> Case:
    """A Gaussian in a range without cuts: mean and root mean square."""
    start, n = {"m": 0.0, "s": 1.0}, len(PLACES)
    dist = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "m", "sigma": "s"}
    whole = unbinned(
        [dist],
        events(*PLACES, low=-1000, high=1000),
        start,
        {"m": (-10, 10), "s": (0.1, 20)},
    )

    def nll(at: Any) -> float:
        return -2.0 * float(stats.norm.logpdf(PLACES, at[0], at[1]).sum())

    mean, width = float(np.mean(PLACES)), float(np.std(PLACES))
    errors = {"m": width / math.sqrt(n), "s": width / math.sqrt(2 * n)}
    found = answer(start, {"m": mean, "s": width}, errors, nll)
    return whole, start, found, CLOSED, "Width and mean of a normal distribution."


def lifetime() -> Case:
    """An exponential: one over the mean."""
    start, n = {"c": 1.0}, len(TIMES)
    dist = {"name": "e", "type": "exponential_dist", "x": "x", "c": "c"}
    whole = unbinned([dist], events(*TIMES, low=0, high=1e4), start, {"c": (0.01, 10)})

    def nll(at: Any) -> float:
        return -2.0 * float(sum(math.log(at[0]) - at[0] * t for t in TIMES))

    c = n / sum(TIMES)
    found = answer(start, {"c": c}, {"c": c / math.sqrt(n)}, nll)
    return whole, start, found, CLOSED, "The slope of an exponential is one over the mean."


def extended() -> Case:
    """Yields of a peak on a flat background."""
    start = {"n_s": 5.0, "n_b": 8.0, "m": 2.8}
    parts = [
        {"name": "p", "type": "mixture_dist", "summands": ["g", "u"]}
        | {"coefficients": ["n_s", "n_b"], "extended": True},
        {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "m", "sigma": 0.4},
        {"name": "u", "type": "uniform_dist", "x": "x"},
    ]
    ranges = {"n_s": (0, 50), "n_b": (0, 50), "m": (1, 6)}
    whole = unbinned(parts, events(*BUMP, low=0, high=10), start, ranges)

    def nll(at: Any) -> float:
        inside = np.diff(stats.norm.cdf([0, 10], at[2], 0.4))[0]
        rates = at[0] * stats.norm.pdf(BUMP, at[2], 0.4) / inside + at[1] / 10
        return 2.0 * float(at[0] + at[1] - np.log(rates).sum()) if (rates > 0).all() else math.inf

    found = kept.numbers(["fit", whole, start], minimised, start, nll)
    return whole, start, found, SCIPY, "The number of events counts in an extended likelihood."


def systematics() -> Case:
    """A signal over a background with a normalisation and statistical uncertainties."""
    start = {"mu": 1.0, "a": 0.0, "e0": 1.0, "e1": 1.0}
    norm = {"name": "n", "type": "normsys", "parameter": "a", "interpolation": "code4"}
    norm |= {"constraint": "Gauss", "data": {"hi": 1.2, "lo": 0.9}}
    whole = document(
        sample(MU, name="signal", contents=(3, 7)),
        sample(norm, modifier(STATERROR), name="background", errors=(1.0, 2.0)),
        data=[{"name": "d", "type": "binned", "axes": [by_axis()], "contents": [16, 29]}],
        parameter_points=point(**start),
        domains=domain(mu=(-5, 10), a=(-5, 5), e0=(0, 3), e1=(0, 3)),
    )

    def nll(at: Any) -> float:
        mu, a, *stat = at
        factor = by_hand.smooth(a, 1.2, 0.9)
        rates = np.array([3 * mu + 10 * factor * stat[0], 7 * mu + 20 * factor * stat[1]])
        if not (rates > 0).all():
            return math.inf
        poisson = float((rates - [16, 29] * np.log(rates)).sum())
        return 2.0 * (poisson + 0.5 * a * a + sum(0.5 * ((g - 1) / 0.1) ** 2 for g in stat))

    found = kept.numbers(["fit", whole, start], minimised, start, nll)
    return whole, start, found, SCIPY, "Constraints count once, and pull their parameters."


def cases() -> dict[str, Case]:
    """Document, start, answer, who gave it, what it pins; by name."""
    table = (counting, mean_and_width, lifetime, extended, systematics)
    return {made.__name__: made() for made in table}
