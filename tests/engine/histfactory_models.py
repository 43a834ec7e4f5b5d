"""Random HistFactory graphs with every modifier, code and kind of constraint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hs3.findings import Report
from hs3.graph import Graph, Parameter
from hs3.histfactory.meaning import (
    BinFactors,
    Channel,
    Constraint,
    HistoSys,
    Interpolation,
    Modifier,
    NormFactor,
    NormSys,
    Sample,
)
from hs3.workspace import Workspace

ALL_CODES = tuple(Interpolation)


def graph_of(
    channels: Sequence[Channel],
    constraints: Sequence[Constraint] = (),
    parameters: Sequence[Parameter] = (),
    functions: Sequence[Any] = (),
) -> Graph:
    """A graph without a document behind it."""
    return Graph(
        workspace=Workspace.from_json({}),
        name="likelihood",
        analysis=None,
        channels=tuple(channels),
        terms=(),
        constraints=tuple(constraints),
        functions=tuple(functions),
        distributions=(),
        parameters=tuple(parameters),
        pois=("mu",),
        report=Report(),
    )


def parameter(
    name: str, value: float, low: float = -np.inf, high: float = np.inf, const: bool = False
) -> Parameter:
    return Parameter(name, value, low, high, const, "")


def channel(name: str, samples: Sequence[Sample], observed: Any) -> Channel:
    observed = np.asarray(observed, dtype=float)
    edges = np.arange(len(observed) + 1.0)
    return Channel(name, ("x",), (edges,), tuple(samples), observed, f"obs_{name}", f"/{name}")


def sample(
    name: str, nominal: Any, modifiers: Sequence[Modifier] = (), clip: bool = False
) -> Sample:
    return Sample(name, np.asarray(nominal, dtype=float), None, tuple(modifiers), clip, f"/{name}")


def two_bin() -> Graph:
    """Signal [12, 11], background [50, 52] ± [3, 7], observed [51, 48]."""
    background = np.array([50.0, 52.0])
    tau = (background / np.array([3.0, 7.0])) ** 2
    gammas = ("gamma[0]", "gamma[1]")
    constraints = [
        Constraint(f"{g}_constraint", "poisson", g, t, t, "")
        for g, t in zip(gammas, tau.tolist(), strict=True)
    ]
    samples = [
        sample("signal", [12.0, 11.0], [NormFactor("mu", "mu", "")]),
        sample("background", background, [BinFactors("unc", gammas, "shapesys", "")]),
    ]
    parameters = [parameter("mu", 1.0, 0.0, 10.0), *(parameter(g, 1.0, 1e-10, 10) for g in gammas)]
    return graph_of([channel("SR", samples, [51.0, 48.0])], constraints, parameters)


def random_graph(
    seed: int,
    bins: Sequence[int] = (3, 1, 7),
    samples: int = 3,
    systematics: int = 4,
    codes: Sequence[Interpolation] = ALL_CODES,
    clip: bool = False,
) -> Graph:
    """Channels of different binning that share normalisations, alphas and per-bin factors."""
    rng = np.random.default_rng(seed)
    parameters = {"mu": parameter("mu", 1.0, -2.0, 10.0), "lumi": parameter("lumi", 1.0, 0.5, 1.5)}
    constraints = {"lumi": Constraint("lumi", "gauss", "lumi", 1.0, 0.02, "")}
    channels = []
    for c, n in enumerate(bins):
        gammas = tuple(f"gamma_{c}[{b}]" for b in range(n))
        stack = []
        for s in range(samples):
            nominal = rng.uniform(5.0, 60.0, n)
            modifiers: list[Modifier] = [NormFactor("lumi", "lumi", "")]
            if s == 0:
                modifiers += [NormFactor("mu", "mu", ""), NormFactor("mu", "mu", "")]
            for k in range(systematics):
                modifiers += _systematics(rng, k, nominal, codes)
            if s:
                modifiers.append(BinFactors("stat", gammas, "staterror", ""))
            if s == 1:
                free = tuple(f"shape[{b}]" for b in range(n))
                modifiers.append(BinFactors("shape", free, "shapefactor", ""))
                parameters |= {g: parameter(g, 1.0, 0.1, 3.0) for g in free}
            stack.append(sample(f"s{s}", nominal, modifiers, clip))
        for b, g in enumerate(gammas):
            parameters[g] = parameter(g, 1.0, 1e-10, 10.0)
            constraints[g] = _gamma_constraint(g, b, rng)
        observed = rng.poisson(30.0 * samples, n)
        channels.append(channel(f"c{c}", stack, observed))
    for k in range(systematics):
        parameters[f"a{k}"] = parameter(f"a{k}", 0.0, -5.0, 5.0)
        support = (-10.0, 8.0) if k == 1 else (-np.inf, np.inf)
        constraints[f"a{k}"] = Constraint(f"a{k}", "gauss", f"a{k}", 0.0, 1.0, "", support)
    return graph_of(channels, list(constraints.values()), list(parameters.values()))


def _systematics(
    rng: np.random.Generator, k: int, nominal: Any, codes: Sequence[Interpolation]
) -> list[Modifier]:
    """A normsys and a histosys of the same parameter, each present in two of three samples."""
    out: list[Modifier] = []
    code = codes[(k + int(rng.integers(len(codes)))) % len(codes)]
    if rng.random() < 0.7:
        out.append(NormSys(f"n{k}", f"a{k}", rng.uniform(1, 1.3), rng.uniform(0.7, 1), code, ""))
    if rng.random() < 0.7:
        hi, lo = nominal * rng.uniform(0.9, 1.3, (2, len(nominal)))
        out.append(HistoSys(f"h{k}", f"a{k}", hi, lo, code, ""))
    return out


def _gamma_constraint(name: str, b: int, rng: np.random.Generator) -> Constraint:
    tau = float(rng.uniform(20.0, 400.0))
    if b % 4 == 0:
        return Constraint(name, "gauss", name, 1.0, tau**-0.5, "")
    if b % 4 == 1:
        return Constraint(name, "poisson", name, tau, tau, "")
    if b % 4 == 2:
        return Constraint(name, "lognormal", name, 1.0, tau**-0.5, "")
    return Constraint(name, "gamma", name, tau, tau, "")


def random_values(graph: Graph, rng: np.random.Generator, spread: float = 1.0) -> dict[str, float]:
    """Values near the start: `spread` away for parameters at zero, a tenth of it for others."""
    out = {}
    for p in graph.parameters:
        step = spread * rng.normal() * (1.0 if p.value == 0.0 else 0.1)
        out[p.name] = float(np.clip(p.value + step, p.min + 1e-3, p.max - 1e-3))
    return out


def dense_graph(systematics: int) -> Graph:
    """Two channels in which every sample has every systematic, as normsys and as histosys."""
    shape, norm = Interpolation.POLY6_LINEAR, Interpolation.POLY6_EXPONENTIAL
    nominal = np.array([10.0, 20.0, 30.0])
    gammas = tuple(f"gamma[{b}]" for b in range(3))
    modifiers: list[Modifier] = [
        NormFactor("mu", "mu", ""),
        BinFactors("g", gammas, "staterror", ""),
    ]
    for k in range(systematics):
        modifiers.append(NormSys(f"a{k}", f"a{k}", 1.1, 0.8, norm, ""))
        modifiers.append(HistoSys(f"a{k}", f"a{k}", 1.2 * nominal, 0.9 * nominal, shape, ""))
    alphas = [f"a{k}" for k in range(systematics)]
    constraints = [Constraint(a, "gauss", a, 0.0, 1.0, "") for a in alphas]
    constraints += [Constraint(g, "poisson", g, 90.0, 90.0, "") for g in gammas]
    parameters = [parameter("mu", 1.0, 0.0, 10.0)]
    parameters += [parameter(a, 0.0, -5.0, 5.0) for a in alphas]
    parameters += [parameter(g, 1.0, 1e-10, 10.0) for g in gammas]
    channels = [channel(f"c{i}", [sample("s", nominal, modifiers)], nominal) for i in range(2)]
    return graph_of(channels, constraints, parameters)
