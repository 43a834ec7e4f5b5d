"""Rates and constraints of a HistFactory channel, straight from its JSON, in mpmath.

For documents of no particular writer, in which one bin runs after the other with the last axis
fastest and templates are absolute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import Any

import mpmath as mp

from .composite import bin_of, edges
from .functions import factor, shift
from .oracle import Entry, Oracle

ADD, MULTIPLY = "add", "mult"
NORM_CODES: Mapping[Any, tuple[str, int]] = {
    **{"lin": (ADD, 0), "log": (MULTIPLY, 1), "parabolic": (ADD, 2), "poly6": (ADD, 4)},
    **{0: (ADD, 0), 1: (MULTIPLY, 1), 2: (ADD, 2), 3: (ADD, 2), 4: (MULTIPLY, 5)},
    **{5: (MULTIPLY, 5), None: (MULTIPLY, 5)},
    **{"code0": (ADD, 0), "code1": (MULTIPLY, 1), "code2": (ADD, 2)},
    **{"code4": (MULTIPLY, 5), "code4p": (ADD, 4)},
    **{"add poly1": (ADD, 0), "mult exp": (MULTIPLY, 1), "add poly2": (ADD, 2)},
    **{"add poly6": (ADD, 4), "mult poly6": (MULTIPLY, 5)},
}
"""Interpolation of a normsys as documents spell it: whether it adds, and ROOT's code."""

SHAPE_CODES = {**NORM_CODES, 4: (ADD, 4), None: (ADD, 4)}
"""Those of a histosys; ROOT's code 4 and no code at all are other ones."""


def code_of(modifier: Entry, channel: Entry) -> tuple[str, int]:
    """The interpolation of a modifier."""
    spelled = modifier.get("interpolation", channel.get("default_interpolation"))
    if isinstance(spelled, dict):
        spelled = f"{spelled['type']} {spelled['in']}"
    return (SHAPE_CODES if modifier["type"] == "histosys" else NORM_CODES)[spelled]


def varied(code: tuple[str, int], a: Any, low: Any, nominal: Any, high: Any) -> Any:
    """What is added to the nominal value."""
    way, number = code
    if way == ADD:
        return shift(number, a, low - nominal, high - nominal)
    return nominal * (factor(number, a, low / nominal, high / nominal) - 1)


def rates(channel: Entry, o: Oracle) -> list[Any]:
    """Expected counts per bin."""
    found = [_sample(sample, channel, o) for sample in channel["samples"]]
    return [mp.fsum(column) for column in zip(*found, strict=True)]


def _sample(sample: Entry, channel: Entry, o: Oracle) -> list[Any]:
    nominal = [mp.mpf(c) for c in sample["data"]["contents"]]
    added = [mp.mpf(0) for _ in nominal]
    factors = [mp.mpf(1) for _ in nominal]
    cut = False
    for modifier in sample.get("modifiers") or ():
        if modifier["type"] == "histosys":
            cut = cut or modifier.get("positiveDefinite", False)
            data, a = modifier["data"], o(modifier["parameter"])
            code = code_of(modifier, channel)
            for b, n in enumerate(nominal):
                low, high = (mp.mpf(data[k]["contents"][b]) for k in ("lo", "hi"))
                added[b] += varied(code, a, low, n, high)
        else:
            found = _factors(modifier, channel, nominal, o)
            factors = [f * g for f, g in zip(factors, found, strict=True)]
    sums = [n + d for n, d in zip(nominal, added, strict=True)]
    return [(max(s, mp.mpf(0)) if cut else s) * f for s, f in zip(sums, factors, strict=True)]


def _factors(modifier: Entry, channel: Entry, nominal: list[Any], o: Oracle) -> list[Any]:
    bins = len(nominal)
    match modifier["type"]:
        case "normfactor":
            return [o(modifier["parameter"])] * bins
        case "custom":
            return [at(modifier["name"]) for at in _middles(channel, bins, o)]
        case "normsys" | "overallsys":
            low, high = (mp.mpf(modifier["data"][k]) for k in ("lo", "hi"))
            code, a = code_of(modifier, channel), o(modifier["parameter"])
            return [1 + varied(code, a, low, mp.mpf(1), high)] * bins
        case "shapefactor" | "shapesys" | "staterror":
            return [o(name) for name in names_of(modifier, channel, bins)]
        case "CMS::vertical_morph":
            return [m / n for m, n in zip(_morphed(modifier, nominal, o), nominal, strict=True)]
    raise KeyError(modifier["type"])


def _middles(channel: Entry, bins: int, o: Oracle) -> list[Oracle]:
    """The oracle with the observables in the middle of each bin, the last axis running fastest."""
    along = [edges(axis) for axis in channel.get("axes") or ()]
    if not along:
        return [o] * bins
    middles = [[(a + b) / 2 for a, b in pairwise(e)] for e in along]
    names = [axis["name"] for axis in channel["axes"]]
    return [o.at(dict(zip(names, cell, strict=True))) for cell in product(*middles)]


def names_of(modifier: Entry, channel: Entry, bins: int) -> list[str]:
    """The parameters of the bins, named as ROOT names them where they are not listed."""
    base = modifier["name"]
    if modifier["type"] == "staterror":
        base = f"stat_{channel['name'].removeprefix('model_')}"
    return modifier.get("parameters") or [f"gamma_{base}_bin_{i}" for i in range(bins)]


def _morphed(modifier: Entry, nominal: list[Any], o: Oracle) -> list[Any]:
    """CMS Combine's vertical morphing."""
    out = []
    for b, central in enumerate(modifier["central"]["contents"]):
        value = mp.mpf(central)
        for morph in modifier["morphs"]:
            t = o(morph["parameter"])
            high, low = (mp.mpf(morph[k]["contents"][b]) - mp.mpf(central) for k in ("hi", "lo"))
            value += shift(4, t, low, high)
        out.append(max(mp.mpf(modifier["floor"]), value))
    if not modifier.get("normalised"):
        return out
    return [m * mp.fsum(nominal) / mp.fsum(out) for m in out]


def observed(channel: Entry, data: Entry) -> list[Any]:
    """Counts per bin; events of unbinned data are counted first."""
    if data["type"] == "binned":
        return [mp.mpf(c) for c in data["contents"]]
    axes = channel["axes"]
    total = 1
    for axis in axes:
        total *= len(edges(axis)) - 1
    counts = [mp.mpf(0)] * total
    weights = data.get("weights") or [1.0] * len(data["entries"])
    for row, weight in zip(data["entries"], weights, strict=True):
        place = {axis["name"]: x for axis, x in zip(data["axes"], row, strict=True)}
        found = bin_of(axes, Oracle({}, {}, place))
        assert found is not None
        counts[found[0]] += mp.mpf(weight)
    return counts


# --- constraints ------------------------------------------------------------------------------

SMALLEST = 1e-150
"""Relative uncertainties up to here count as none (`spec/semantics.md`)."""

Claim = tuple[str, str, Any]
"""Parameter, kind of its constraint (``default``: Gauss if nothing else), relative width."""


def claims(channel: Entry) -> Iterator[Claim]:
    """What the modifiers of a channel say about the constraints of their parameters.

    The kind is the name of a distribution where they give one.
    """
    for sample in channel["samples"]:
        for modifier in sample.get("modifiers") or ():
            yield from _claims_of(modifier, channel, len(sample["data"]["contents"]))


def _claims_of(modifier: Entry, channel: Entry, bins: int) -> Iterator[Claim]:
    said = modifier.get("constraint_name") or modifier.get("constraint")
    match modifier["type"]:
        case "normsys" | "overallsys" | "histosys":
            yield modifier["parameter"], said or "default", mp.mpf(1)
        case "normfactor" if said:
            yield modifier["parameter"], f"{said} around one", mp.mpf(1)
        case "shapesys":
            widths = [mp.mpf(v) for v in modifier["data"]["vals"]]
            if any(widths):
                names = names_of(modifier, channel, bins)
                for name, r in zip(names, widths, strict=True):
                    yield name, f"{said or 'Poisson'} around one" if r > SMALLEST else "None", r
        case "staterror":
            names = names_of(modifier, channel, bins)
            for name, r in zip(names, _statistical(channel, names, bins), strict=True):
                yield name, f"{said or 'Poisson'} around one" if r > SMALLEST else "None", r


def _statistical(channel: Entry, names: list[str], bins: int) -> list[Any]:
    """Relative errors of the samples of a channel that share the parameters."""
    sharing = [
        sample["data"]
        for sample in channel["samples"]
        for modifier in sample.get("modifiers") or ()
        if modifier["type"] == "staterror" and names_of(modifier, channel, bins) == names
    ]
    out = []
    for b in range(bins):
        total = mp.fsum(mp.mpf(data["contents"][b]) for data in sharing)
        squares = mp.fsum(mp.mpf(data["errors"][b]) ** 2 for data in sharing)
        out.append(mp.sqrt(squares) / total if total > 0 else mp.mpf(0))
    return out


def log_constraint(kind: str, p: Any, r: Any) -> Any:
    """Logarithm of the probability of what was measured: 0 for systematics, 1 for factors."""
    tau = 1 / r**2
    match kind:
        case "Gauss":
            return log_normal(0, p, 1)
        case "Gauss around one":
            return log_normal(1, p, r)
        case "LogNormal around one":
            return log_normal(0, mp.ln(p), r)
        case "Poisson around one":
            return log_poisson(tau, tau * p)
        case "Gamma around one":
            return log_poisson(tau, tau * p) + mp.ln(tau)
    raise KeyError(kind)


def log_normal(x: Any, mean: Any, sigma: Any) -> Any:
    """Logarithm of the normal density."""
    return -(((x - mean) / sigma) ** 2) / 2 - mp.ln(sigma) - mp.ln(2 * mp.pi) / 2


def log_poisson(n: Any, mean: Any) -> Any:
    """Logarithm of the Poisson probability, continued to any count."""
    if mean < 0 or (mean == 0 and n > 0):
        return -mp.inf
    return (n * mp.ln(mean) if n else mp.mpf(0)) - mean - mp.loggamma(n + 1)
