"""Random documents: likelihoods of channels, densities and auxiliary distributions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from . import composites, densities
from .auxiliary import auxiliary
from .channels import Shared, channel
from .data import binned, point, unbinned
from .draft import Draft, Json

Values = Mapping[str, float]


@dataclass(frozen=True)
class RandomModel:
    """A valid document, and where to evaluate it.

    Attributes:
        document: with one likelihood ``l``.
        points: values of all parameters, the first ones those that the document starts from.
    """

    document: Json
    points: tuple[Values, ...]

    def __repr__(self) -> str:
        return f"RandomModel with {', '.join(e['type'] for e in self.document['distributions'])}"


@st.composite
def channel_models(draw: st.DrawFn, plain: bool = False) -> RandomModel:
    """HistFactory alone: one or more channels that share parameters.

    Args:
        plain: keep to what pyhf can express.
    """
    d, shared = Draft(draw), Shared(plain=plain)
    pairs = [channel(d, shared) for _ in range(d.integer(1, 3))]
    return _finished(d, shared, [(name, name) for name in pairs])


@st.composite
def density_models(draw: st.DrawFn) -> RandomModel:
    """Distributions with data, without channels."""
    d = Draft(draw)
    return _finished(d, Shared(), [term(d) for _ in range(d.integer(1, 2))])


@st.composite
def models(draw: st.DrawFn) -> RandomModel:
    """Documents of every kind: channels, densities, or both."""
    kind = draw(st.integers(0, 9))
    if kind < 3:
        return draw(channel_models())
    if kind < 8:
        return draw(density_models())
    d, shared = Draft(draw), Shared()
    name = channel(d, shared)
    return _finished(d, shared, [(name, name), term(d)])


def documents() -> st.SearchStrategy[Json]:
    """The documents of `models`, as JSON data."""
    return models().map(lambda model: model.document)


# --- terms ------------------------------------------------------------------------------------


Pair = tuple[str, str | float]


def term(d: Draft) -> Pair:
    """A distribution and its data."""
    match d.integer(0, 9):
        case 0:
            return _count(d)
        case 1 | 2:
            return _two(d)
        case 3:
            return _rates(d)
    x = d.observable(*densities.ANY, *densities.POSITIVE)
    if d.chance(20):
        low, high = d.observables[x]
        d.domains[x] = (low, high) if low >= 0 else (low - 1.0, high + 2.0)
    if d.chance(10):
        d.domains.setdefault(x, d.observables[x])
        return d.pick(densities.WITH_VARIATE)(d, x), d.number(*d.observables[x])
    name = composites.density(d, x, depth=2)
    if d.chance(20):
        name = composites.extended(d, name)
    if d.chance(10):
        return name, point(d, x)
    return name, binned(d, [x]) if d.chance(45) else unbinned(d, [x])


def _count(d: Draft) -> Pair:
    """A counted number."""
    x = d.observable(*densities.COUNTS)
    name = densities.poisson(d, x)
    low, high = d.observables[x]
    if d.chance(50):
        return name, float(d.integer(int(low), int(high)))
    return name, unbinned(d, [x], whole=True)


def _two(d: Draft) -> Pair:
    """A density of two observables."""
    x, y = (d.observable(*densities.ANY, *densities.POSITIVE) for _ in range(2))
    name = composites.of_two(d, x, y)
    return name, binned(d, [x, y]) if d.chance(40) else unbinned(d, [x, y])


def _rates(d: Draft) -> Pair:
    """A Poisson process: events with a rate density, or counts in bins."""
    x = d.observable(*densities.ANY)
    low, high = d.observables[x]
    w = high - low
    a, b, c = d.value(5.0, 30.0), d.value(0.5, 5.0), d.value(-1.0, 2.0)
    parts = [a if isinstance(a, str) else repr(a), b if isinstance(b, str) else repr(b)]
    slope = c if isinstance(c, str) else f"({c!r})"
    expression = f"({parts[0]}*exp(-{slope}*({x} - {low!r})/{w!r}) + {parts[1]})/{w!r}"
    density = d.function("generic_function", expression=expression)
    if d.chance(40):
        name = d.distribution("rate_density_dist", x=x if d.chance(60) else [x], density=density)
        return name, unbinned(d, [x]) if d.chance(60) else binned(d, [x])
    if d.chance(50):
        data = binned(d, [x])
        axes = d.data[-1]["axes"]
        name = d.distribution("bincounts_density_dist", x=x, density=density, axes=axes)
        return name, data
    inner = composites.density(d, x)
    data = binned(d, [x])
    axes = d.data[-1]["axes"]
    rate = composites.yields(d)
    return d.distribution("bincounts_extended_dist", rate=rate, dist=inner, axes=axes), data


# --- the document around them -----------------------------------------------------------------


def _finished(d: Draft, shared: Shared, pairs: list[Pair]) -> RandomModel:
    """The draft as a document, with points."""
    listed, factors = ([], []) if shared.plain else auxiliary(d, shared)
    if factors and isinstance(pairs[0][1], str):
        product = d.distribution("product_dist", factors=[pairs[0][0], *factors])
        pairs = [(product, pairs[0][1]), *pairs[1:]]
    else:
        listed = [*listed, *factors]
    likelihood: Json = {
        "name": "l",
        "distributions": [name for name, _ in pairs],
        "data": [data for _, data in pairs],
        **({"aux_distributions": listed} if listed else {}),
    }
    rng = random.Random(d.integer(0, 999))
    points = [_point(d, rng) for _ in range(3)]
    document: Json = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": d.distributions,
        "functions": d.functions,
        "data": d.data,
        "likelihoods": [likelihood],
        "domains": [_domain(d)],
        "parameter_points": _points(d, points[0]),
    }
    if d.chance(50):
        document["analyses"] = [_analysis(d)]
        if d.chance(40):
            _start_elsewhere(document, d, points[0], rng)
    kept = {key: part for key, part in document.items() if part}
    return RandomModel(kept, tuple(points))


def _point(d: Draft, rng: random.Random) -> dict[str, float]:
    values = {
        name: float(f"{low + (high - low) * rng.uniform(0.02, 0.98):.6g}")
        for name, (low, high) in d.parameters.items()
    }
    return values | d.constants


def _domain(d: Draft) -> Json:
    spans = {**d.domains, **d.parameters}
    axes = [
        {"name": name, "min": low, "max": high}
        | ({"nbins": d.binnings[name]} if name in d.binnings else {})
        for name, (low, high) in spans.items()
    ]
    return {"name": "default_domain", "type": "product_domain", "axes": axes}


def _points(d: Draft, start: Values) -> list[Json]:
    entries: list[dict[str, Any]] = [
        {"name": name, "value": value} | ({"const": True} if name in d.constants else {})
        for name, value in start.items()
    ]
    return [{"name": "default_values", "parameters": entries}]


def _analysis(d: Draft) -> Json:
    interest = [d.pick(sorted(d.parameters))] if d.parameters else []
    spelled = d.pick(("parameters_of_interest", "parameter_of_interest"))
    domain: Json = d.pick(({"domain": "default_domain"}, {"domains": ["default_domain"]}, {}))
    return {"name": "a", "likelihood": "l", spelled: interest, **domain}


def _start_elsewhere(document: Json, d: Draft, start: Values, rng: random.Random) -> None:
    """Other default values, and a point with the ones to start from."""
    document["parameter_points"] = [
        *_points(d, {**_point(d, rng), **d.constants}),
        {**_points(d, start)[0], "name": "here"},
    ]
    document["analyses"][0]["init"] = "here"
