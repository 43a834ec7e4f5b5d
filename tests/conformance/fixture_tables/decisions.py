"""Fixtures for decisions of spec/semantics.md that no table of types is about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from builders import point
from fixture import VERSION, Fixture, Json, Source, scan
from scipy import stats
from scipy.special import gammaln
from term_cases import EVENTS, GAUSS, X, unbinned

from fixture_tables.numbers import SCIPY

CLOSED = Source("closed formulas", "", "float64")
AT = {"mu": 0.8, "s": 1.1, "n": 14.0}
ELSEWHERE = {"mu": 0.3, "s": 1.4, "n": 9.0}
PART = (-1.0, 2.0)


def axis(name: str, low: float, high: float) -> Json:
    return {"name": name, "min": low, "max": high}


def domains(*axes: Json, **parts: tuple[float, float]) -> list[Json]:
    """The default domain, and parts of the range of x by name."""
    default = {"name": "default_domain", "type": "product_domain", "axes": list(axes)}
    named = [
        {"name": name, "type": "product_domain", "axes": [axis("x", *edges)]}
        for name, edges in parts.items()
    ]
    return [default, *named]


def likelihood(distributions: list[Json], **sections: object) -> Json:
    """A likelihood `l` of the first distribution and the events."""
    return {
        "metadata": {"hs3_version": VERSION},
        "distributions": distributions,
        "data": [unbinned(EVENTS, X)],
        "likelihoods": [{"name": "l", "distributions": [distributions[0]["name"]], "data": ["d"]}],
        "parameter_points": point(**AT),
        "domains": domains(axis("x", -2.0, 6.0)),
        **sections,
    }


def inside(p: dict[str, float], low: float = -2.0, high: float = 6.0) -> float:
    """Probability of the Gaussian in a range."""
    return float(np.diff(stats.norm.cdf([low, high], p["mu"], p["s"]))[0])


def events_nll(p: dict[str, float]) -> float:
    """-log L of the events for the Gaussian in the range."""
    return -float((stats.norm.logpdf(EVENTS, p["mu"], p["s"]) - np.log(inside(p))).sum())


def extended_range() -> Fixture:
    """`norm` counts events in a part of the range."""
    whole = likelihood(
        [{"name": "e", "type": "extend_pdf", "pdf": "g", "norm": "n", "range": "part"}, GAUSS],
        domains=domains(axis("x", -2.0, 6.0), part=PART),
    )

    def nll(p: dict[str, float]) -> float:
        nu = p["n"] * inside(p) / inside(p, *PART)
        return events_nll(p) + nu - 5 * float(np.log(nu)) + float(gammaln(6.0))

    return _nll("extend_range", whole, nll, ("extend_pdf",), "`norm` of an `extend_pdf` with "
                "`range` counts the events in that range.")  # fmt: skip


def product_with_measurement() -> Fixture:
    """A factor without observables is an auxiliary measurement."""
    told = {"name": "c", "type": "gaussian_dist", "x": "mu", "mean": 0.5, "sigma": 0.2}
    whole = likelihood([{"name": "p", "type": "product_dist", "factors": ["g", "c"]}, GAUSS, told])

    def nll(p: dict[str, float]) -> float:
        return events_nll(p) - float(stats.norm.logpdf(p["mu"], 0.5, 0.2))

    return _nll("product_with_measurement", whole, nll, ("product_dist",), "A factor that depends "
                "on no observable is an auxiliary distribution of the likelihood.")  # fmt: skip


def truncated() -> Fixture:
    """A Gaussian measurement whose observed value has a range."""
    told = {"name": "c", "type": "gaussian_dist", "x": "seen", "mean": "mu", "sigma": 1.0}
    observed = {"name": "seen", "value": 0.0, "const": True}
    points = point(**AT)
    points[0]["parameters"].append(observed)
    whole = likelihood(
        [GAUSS, told],
        parameter_points=points,
        domains=domains(axis("x", -2.0, 6.0), axis("seen", -1.0, 1.0)),
    )
    whole["likelihoods"][0]["aux_distributions"] = ["c"]

    def nll(p: dict[str, float]) -> float:
        cut = float(np.diff(stats.norm.cdf([-1.0, 1.0], p["mu"], 1.0))[0])
        return events_nll(p) - float(stats.norm.logpdf(0.0, p["mu"], 1.0)) + float(np.log(cut))

    return _nll("constraint_truncated", whole, nll, ("gaussian_dist",), "A Gaussian constraint is "
                "normalised over the range of the observed value.")  # fmt: skip


def two_roles() -> Fixture:
    """A name that is an observable in one likelihood and a parameter in the other."""
    other = {"name": "h", "type": "gaussian_dist", "x": "y", "mean": "x", "sigma": 1.0}
    data = {"name": "e", "type": "unbinned", "axes": [axis("y", -50.0, 50.0)], "entries": [[2.0]]}
    points = point(**AT, x=0.5)
    whole = likelihood([GAUSS, other], parameter_points=points)
    whole["data"].append(data)
    whole["likelihoods"].append({"name": "m", "distributions": ["h"], "data": ["e"]})
    target, places = {"likelihood": "m"}, [{"x": 0.5}, {"x": 3.0}]
    return Fixture(
        "likelihood_two_roles",
        whole,
        [scan("twice_delta_nll_scan", target, places, [0.0, 1.0 - 2.25])],
        CLOSED,
        "The likelihood of one distribution and its data.",
        ("gaussian_dist", "unbinned"),
        "edge",
        ("The same name may be an observable in one likelihood and a parameter in another one.",),
    )


def integral_over_part() -> Fixture:
    """An integral over a named domain."""
    whole = {
        "metadata": {"hs3_version": VERSION},
        "functions": [
            {"name": "f", "type": "integral", "integrand": "w", "variables": ["x"]}
            | {"domain": "part"},
            {"name": "w", "type": "generic_function", "expression": "k*x^2"},
        ],
        "domains": domains(axis("x", -2.0, 6.0), part=PART),
        "parameter_points": point(k=2.0),
    }
    places = [{"k": 2.0}, {"k": -1.0}]
    return Fixture(
        "function_integral_over_part",
        whole,
        [scan("function_scan", {"function": "f"}, places, [6.0, -3.0])],
        CLOSED,
        "The value of an integral.",
        ("integral",),
        "edge",
        ("Domains with a range of their own are parts; `domain` names the one to integrate over.",),
    )


def _nll(name: str, whole: Json, nll: object, about: tuple[str, ...], pins: str) -> Fixture:
    assert callable(nll)
    values = [2.0 * nll(p) for p in (AT, ELSEWHERE)]
    names = [e["name"] for e in whole["parameter_points"][0]["parameters"] if "const" not in e]
    used = [n for n in names if n != "n" or "norm" in str(whole["distributions"][0])]
    places = [{n: p[n] for n in used} for p in (AT, ELSEWHERE)]
    return Fixture(
        f"likelihood_{name}",
        whole,
        [scan("twice_delta_nll_scan", {"likelihood": "l"}, places, [0.0, values[1] - values[0]])],
        SCIPY,
        "The likelihood of one distribution and its data.",
        about,
        "edge",
        (pins,),
    )


def decisions() -> Iterator[Fixture]:
    """All of them."""
    for made in (
        extended_range,
        product_with_measurement,
        truncated,
        two_roles,
        integral_over_part,
    ):
        yield made()
