"""The imported likelihood is that of pyhf: the same -2 log L, to 1e-9 relative, everywhere."""

from __future__ import annotations

import json
from typing import Any

import mpmath
import numpy as np
import pytest
import reference_histfactory as oracle
from conftest import DATA, SHARED
from pyhf_backend import Reference
from pyhf_models import CODES, MADE, made, published, published_parts, synthetic

from hs3.adapters.pyhf import apply_patch, from_pyhf
from hs3.graph import Graph
from hs3.resolve import resolve

FROZEN = json.loads((DATA / "pyhf" / "reference.json").read_text(encoding="utf-8"))["cases"]


def graph_of(workspace: dict[str, Any], measurement: str, interpolation: str) -> Graph:
    imported, _ = from_pyhf(workspace, measurement=measurement, interpolation=interpolation)
    return resolve(imported)


def compiled(graph: Graph) -> Any:
    from hs3.engine import compile

    return compile(graph)


def agree(ours: float, theirs: float) -> bool:
    """Equal to 1e-9 relative; where pyhf has no finite number, there is none here."""
    if not np.isfinite(theirs):
        return not np.isfinite(ours)
    return ours == pytest.approx(theirs, rel=1e-9, abs=1e-11)


def positional(graph: Graph, values: Any) -> dict[str, float]:
    """Values in pyhf's order as a point; names may differ where they clash."""
    return {p.name: v for p, v in zip(graph.parameters, values, strict=True)}


# --- frozen numbers, without pyhf ----------------------------------------------------------------


def test_every_project_made_workspace_has_frozen_numbers() -> None:
    assert {c["workspace"] for c in FROZEN} == set(MADE)


def _label(case: dict[str, Any]) -> str:
    return f"{case['workspace']}-{case['measurement']}-{case['interpolation']}"


@pytest.mark.parametrize("case", FROZEN, ids=_label)
def test_frozen_numbers(case: dict[str, Any]) -> None:
    graph = graph_of(made(case["workspace"]), case["measurement"], case["interpolation"])
    model = compiled(graph)
    if case["workspace"] != "clashing_names":
        assert [p.name for p in graph.parameters] == case["parameters"]
    for point in case["points"]:
        theta = positional(graph, point["values"])
        assert agree(oracle.twice_nll(graph, theta), point["twice_nll"])
        assert agree(model.twice_nll(theta), point["twice_nll"])
        counts = oracle.expected(graph, theta)
        found = [counts[c.name] for c in graph.channels]
        for a, b in zip(found, point["expected"].values(), strict=True):
            assert a == pytest.approx(b, rel=1e-12, abs=1e-12)


def _frozen_published() -> list[tuple[str, str]]:
    path = SHARED / "likelihoods" / "reference.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    folder = "atlas_sbottom_SUSY-2018-31/"
    out = []
    for key in (k for k in known if k.startswith(folder)):
        region, point = key.removeprefix(folder).split("/")
        out.append((f"{region}/patch.{point}", key))
    return [*out, *((f"agc/{k.split('/')[-1]}", k) for k in known if k.startswith("agc"))]


@pytest.mark.parametrize("name, key", _frozen_published() or [("none", "none")])
def test_frozen_numbers_of_published_workspaces(name: str, key: str) -> None:
    workspace, patch = published_parts(name)
    known = json.loads((SHARED / "likelihoods" / "reference.json").read_text("utf-8"))[key]
    for interpolation, wanted in (
        ("code4", "m2ll_shifted_numpy"),
        ("code1", "m2ll_shifted_code1_code0"),
    ):
        graph = resolve(from_pyhf(workspace, patch=patch, interpolation=interpolation)[0])
        model = compiled(graph)
        assert agree(model.twice_nll(), known["m2ll_init_numpy"])
        if known.get(wanted) is not None:
            assert agree(model.twice_nll(_shifted(graph)), known[wanted])


def _shifted(graph: Graph) -> dict[str, float]:
    """Start + (+1 even, -1 odd index) 1 % of the range, inside the bounds; constants stay."""
    out = {}
    for i, p in enumerate(graph.parameters):
        moved = p.value + (1 if i % 2 == 0 else -1) * 0.01 * (p.max - p.min)
        out[p.name] = p.value if p.const else min(max(moved, p.min + 1e-6), p.max - 1e-6)
    return out


# --- against pyhf itself -------------------------------------------------------------------------


def compare(workspace: dict[str, Any], measurement: str, interpolation: str, slow: int) -> None:
    """Parameters and -2 log L at many points; the oracle, which is slow, at the first `slow`."""
    reference = Reference.of(workspace, measurement, interpolation)
    graph = graph_of(workspace, measurement, interpolation)
    config, parameters = reference.model.config, graph.parameters
    assert [p.name for p in parameters] == reference.names
    assert [p.value for p in parameters] == config.suggested_init()
    assert [(p.min, p.max) for p in parameters] == [tuple(b) for b in config.suggested_bounds()]
    assert [p.const for p in parameters] == config.suggested_fixed()
    assert graph.pois == (() if config.poi_index is None else (reference.names[config.poi_index],))
    model = compiled(graph)
    for i, point in enumerate(reference.points()):
        theirs, theta = reference.twice_nll(point), positional(graph, point)
        assert agree(model.twice_nll(theta), theirs)
        if i < slow:
            assert agree(oracle.twice_nll(graph, theta), theirs)


@pytest.mark.parametrize("interpolation", CODES)
@pytest.mark.parametrize("name", published())
def test_published_workspaces(name: str, interpolation: str) -> None:
    workspace, patch = published_parts(name)
    if patch is not None:
        workspace, _ = apply_patch(workspace, patch)
    measurement = workspace["measurements"][0]["name"]
    compare(workspace, measurement, interpolation, slow=2)


@pytest.mark.parametrize("interpolation", CODES)
@pytest.mark.parametrize("size", ["tiny", "small"])
def test_synthetic_workspaces(size: str, interpolation: str) -> None:
    compare(synthetic(size, shapesys=1), "meas", interpolation, slow=3)


@pytest.mark.parametrize(
    "name, measurement",
    [
        ("seven_modifiers", "nominal"),
        ("zero_bins", "zeros"),
        ("shared_names", "shared"),
        ("configured", "first"),
        ("configured", "second"),
        ("configured", "no poi"),
    ],
)
@pytest.mark.parametrize("interpolation", CODES)
def test_project_made_workspaces(name: str, measurement: str, interpolation: str) -> None:
    compare(made(name), measurement, interpolation, slow=31)


# --- where pyhf loses digits ---------------------------------------------------------------------


def tight(relative: float) -> dict[str, Any]:
    """One bin with an uncertainty so small that its auxiliary count is huge."""
    signal = {
        "name": "signal",
        "data": [5.0],
        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
    }
    shape = {"name": "shape", "type": "shapesys", "data": [50.0 * relative]}
    background = {"name": "background", "data": [50.0], "modifiers": [shape]}
    return {
        "channels": [{"name": "SR", "samples": [signal, background]}],
        "observations": [{"name": "SR", "data": [57]}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }


@pytest.mark.parametrize("relative", [1e-4, 1e-5, 1e-6])
def test_tight_constraints_keep_their_digits(relative: float) -> None:
    r"""ln Pois(tau | tau gamma) is the small difference of numbers of the size of tau ln tau.

    With 60 digits the truth is known: the formula of pyhf is off by 1e-7 and more.
    """
    reference = Reference.of(tight(relative), "m", "code4")
    graph = graph_of(tight(relative), "m", "code4")
    tau = mpmath.mpf(reference.model.config.auxdata[0])
    for pull in (0.0, 1.0, 2.5):
        gamma = 1.0 + pull * relative
        with mpmath.workdps(60):
            logs = _log_poisson(57, 5 + 50 * mpmath.mpf(gamma))
            logs += _log_poisson(tau, tau * mpmath.mpf(gamma))
            truth = float(-2 * logs)
        ours = oracle.twice_nll(graph, {"mu": 1.0, "shape[0]": gamma})
        assert ours == pytest.approx(truth, rel=1e-9)
        assert abs(reference.twice_nll(np.array([1.0, gamma])) - truth) > 1e-7


def _log_poisson(n: Any, rate: Any) -> Any:
    return n * mpmath.log(rate) - rate - mpmath.loggamma(n + 1)


# --- best fits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name, key", _frozen_published() or [("none", "none")])
def test_best_fits_of_published_workspaces(name: str, key: str) -> None:
    """The minimum is the best that pyhf found with two minimisers, or a lower one."""
    from hs3.engine import fit

    workspace, patch = published_parts(name)
    known = json.loads((SHARED / "likelihoods" / "reference.json").read_text("utf-8"))[key]
    result = fit(compiled(resolve(from_pyhf(workspace, patch=patch)[0])))
    assert result.converged
    assert result.twice_nll <= known["best_m2ll"] + 1e-6
    assert result.twice_nll == pytest.approx(known["best_m2ll"], abs=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["RegionA/patch.sbottom_1300_850_60", "RegionC/patch.sbottom_900_250_60", "agc/workspace"],
)
def test_best_fits_against_pyhf(name: str) -> None:
    """The minimum is that of pyhf with MINUIT, or lower, and pyhf has the same value there."""
    from hs3.engine import fit

    workspace, patch = published_parts(name)
    if patch is not None:
        workspace, _ = apply_patch(workspace, patch)
    measurement = workspace["measurements"][0]["name"]
    reference = Reference.of(workspace, measurement, "code4")
    theirs = reference.minimum()
    result = fit(compiled(graph_of(workspace, measurement, "code4")))
    assert result.converged
    assert result.twice_nll <= theirs + 1e-5
    assert result.twice_nll == pytest.approx(theirs, abs=2e-2)
    best = np.array([result.values[n] for n in reference.names])
    assert reference.twice_nll(best) == pytest.approx(result.twice_nll, rel=1e-9)
