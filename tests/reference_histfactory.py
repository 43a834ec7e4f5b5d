"""A slow, plain evaluator of what `hs3.histfactory.meaning` says: the oracle of adapter and engine.

Loops over bins, samples and modifiers, one formula per line, no vectorisation and no code shared
with the package. `twice_nll(graph, values)` and `expected(graph, values)` take the resolved graph
and a value for every parameter; parameters that are left out keep the graph's value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise, product

import numpy as np
from oracles import Oracle
from scipy import special, stats

from hs3.graph import Graph
from hs3.histfactory.combine import VerticalMorphModifier
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    Constraint,
    Effect,
    HistoSys,
    Interpolation,
    NormFactor,
    NormSys,
    Sample,
)


def all_values(graph: Graph, values: Mapping[str, float] | None = None) -> dict[str, float]:
    """The graph's own parameter values, overwritten by `values`, and those of its functions.

    Raises:
        KeyError: an unknown name.
    """
    out = {p.name: float(p.value) for p in graph.parameters}
    for name, value in (values or {}).items():
        if name not in out:
            raise KeyError(name)
        out[name] = float(value)
    document = {"functions": [function.to_json() for function in graph.functions]}
    oracle = Oracle(document, {}, out)
    shapes = [
        (c, m)
        for c in graph.channels
        for s in c.samples
        for m in s.modifiers
        if isinstance(m, BinFunction)
    ]
    for channel, modifier in shapes:
        for b, middle in enumerate(middles(channel)):
            out[f"{modifier.path}[{b}]"] = float(oracle.at(middle)(modifier.function))
    observables = {axis for channel, _ in shapes for axis in channel.axes} - out.keys()
    for function in graph.functions:
        if not observables & set(oracle.names(function.name)):
            out[function.name] = float(oracle(function.name))
    return out


def middles(channel: Channel) -> Iterator[dict[str, float]]:
    """The middle of each bin, the last axis running fastest."""
    along = [[(a + b) / 2 for a, b in pairwise(map(float, edges))] for edges in channel.edges]
    for cell in product(*along):
        yield dict(zip(channel.axes, cell, strict=True))


def number(value: float | str, theta: Mapping[str, float]) -> float:
    return theta[value] if isinstance(value, str) else float(value)


def poly6(a: float) -> float:
    """x²(15 + x²(3x² - 10)) inside |a| < 1, 8|a| outside."""
    return a**2 * (15 + a**2 * (3 * a**2 - 10)) if abs(a) < 1 else 8 * abs(a)


def additive(code: Interpolation, lo: float, nom: float, hi: float, a: float) -> float:
    """f(a) - nom for the codes that are linear in lo, nom and hi."""
    spread, bend = (hi - lo) / 2, (hi + lo - 2 * nom) / 16
    if code is Interpolation.LINEAR:
        g = 8 * abs(a)
    elif code is Interpolation.PARABOLIC:
        g = 8 * a**2 if abs(a) < 1 else 16 * abs(a) - 8
    elif code is Interpolation.POLY6_LINEAR:
        g = poly6(a)
    else:
        return nom * (multiplicative(code, lo / nom, hi / nom, a) - 1)
    return spread * a + bend * g


def exponential(lo: float, hi: float, a: float) -> float:
    return hi**a if a >= 0 else lo ** (-a)


def sixth_order(lo: float, hi: float, a: float) -> float:
    """1 + Σ c_i a^i that meets hi^a and lo^-a at |a| = 1 in value, slope and curvature."""
    powers = np.arange(1, 7)
    slope, curvature = powers, powers * (powers - 1)
    sign = (-1.0) ** powers
    matrix = np.array(
        [powers * 0 + 1, sign, slope, -slope * sign, curvature, curvature * sign], dtype=float
    )
    up, down = math.log(hi), math.log(lo)
    wanted = [hi - 1, lo - 1, hi * up, -lo * down, hi * up**2, lo * down**2]
    return 1 + float(np.linalg.solve(matrix, np.array(wanted)) @ a**powers)


def multiplicative(code: Interpolation, lo: float, hi: float, a: float) -> float:
    """The factor of a normalisation systematic; nom is 1."""
    if code in (Interpolation.EXPONENTIAL, Interpolation.POLY6_EXPONENTIAL):
        if lo <= 0 or hi <= 0:
            return math.nan
        if code is Interpolation.POLY6_EXPONENTIAL and abs(a) < 1:
            return sixth_order(lo, hi, a)
        return exponential(lo, hi, a)
    return 1 + additive(code, lo, 1.0, hi, a)


def sample_rate(sample: Sample, b: int, theta: Mapping[str, float]) -> float:
    """Expected count of one sample in bin `b`."""
    nominal = float(sample.nominal[b])
    delta, factor = 0.0, 1.0
    for modifier in sample.modifiers:
        match modifier:
            case NormFactor():
                factor *= theta[modifier.parameter]
            case NormSys():
                a = theta[modifier.parameter]
                factor *= multiplicative(modifier.interpolation, modifier.lo, modifier.hi, a)
            case HistoSys():
                a = theta[modifier.parameter]
                lo, hi = float(modifier.lo[b]), float(modifier.hi[b])
                delta += additive(modifier.interpolation, lo, nominal, hi, a)
            case BinFactors():
                factor *= theta[modifier.parameters[b]]
            case BinFunction():
                factor *= theta[f"{modifier.path}[{b}]"]
            case Effect(spelled=VerticalMorphModifier() as spelled):
                factor *= vertical_morph(spelled, sample, theta)[b] / nominal
    total = nominal + delta
    return (max(0.0, total) if sample.clip else total) * factor


def vertical_morph(
    spelled: VerticalMorphModifier, sample: Sample, theta: Mapping[str, float]
) -> list[float]:
    """CMS Combine's contents of a template: `fastVerticalInterpHistPdf2` of CombineMathFuncs.h."""
    out = [float(n) for n in spelled.central.contents]
    for b, central in enumerate(spelled.central.contents):
        for morph in spelled.morphs:
            t = theta[str(morph.parameter)]
            high, low = morph.hi.contents[b] - central, morph.lo.contents[b] - central
            smooth = (
                0.125 * t * (t**2 * (3 * t**2 - 10) + 15) if abs(t) < 1 else math.copysign(1, t)
            )
            out[b] += 0.5 * t * ((high - low) + smooth * (high + low))
    out = [max(float(spelled.floor), content) for content in out]
    if not spelled.normalised:
        return out
    return [content * float(np.sum(sample.nominal)) / math.fsum(out) for content in out]


def channel_rates(channel: Channel, theta: Mapping[str, float]) -> list[float]:
    return [
        math.fsum(sample_rate(s, b, theta) for s in channel.samples) for b in range(channel.bins)
    ]


def expected(graph: Graph, values: Mapping[str, float] | None = None) -> dict[str, list[float]]:
    """Expected counts per bin of each channel."""
    theta = all_values(graph, values)
    return {c.name: channel_rates(c, theta) for c in graph.channels}


def log_poisson(n: float, rate: float) -> float:
    """Continued with the Gamma function; a rate of exactly zero is its limit.

    Large counts are expanded around n (C. Loader, "Fast and accurate computation of binomial
    probabilities", 2000), because n ln(rate) - rate - ln Gamma(n + 1) loses all digits there.
    """
    if n < 30 or rate <= 0:
        return float(special.xlogy(n, rate) - rate - special.gammaln(n + 1))
    excess = (rate - n) / n
    stirling = 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5)
    return n * (math.log1p(excess) - excess) - math.log(2 * math.pi * n) / 2 - stirling


def log_gauss(x: float, mean: float, sigma: float, low: float, high: float) -> float:
    inside = special.ndtr((high - mean) / sigma) - special.ndtr((low - mean) / sigma)
    return float(stats.norm.logpdf(x, mean, sigma) - math.log(inside))


def log_constraint(constraint: Constraint, theta: Mapping[str, float]) -> float:
    p = theta[constraint.parameter]
    a, s = number(constraint.observed, theta), number(constraint.scale, theta)
    match constraint.kind:
        case "gauss":
            return log_gauss(a, p, s, *constraint.support)
        case "poisson":
            return log_poisson(a, s * p)
        case "lognormal":
            return float(stats.lognorm.logpdf(a, s, scale=p))
        case "gamma":
            return float(stats.gamma.logpdf(s * p, a + 1) + math.log(s))


def twice_nll(graph: Graph, values: Mapping[str, float] | None = None) -> float:
    """-2 log L with all constants: Poisson counts of every channel times every constraint.

    Raises:
        ValueError: the graph has factors that are neither channels nor constraints, or a channel
            has no data.
    """
    if graph.terms:
        raise ValueError(f"not a HistFactory term: {graph.terms[0].path}")
    theta = all_values(graph, values)
    logs = [log_constraint(c, theta) for c in graph.constraints]
    for channel in graph.channels:
        if channel.observed is None:
            raise ValueError(f"channel {channel.name} has no data")
        rates = channel_rates(channel, theta)
        logs += [log_poisson(float(n), r) for n, r in zip(channel.observed, rates, strict=True)]
    return -2 * math.fsum(logs) if np.isfinite(logs).all() else float(-2 * np.sum(logs))
