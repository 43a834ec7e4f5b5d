"""Fixtures with numbers of independent oracles, from the tables of the tests.

Values come from mpmath for densities and functions, numpy and scipy for likelihoods, a plain
evaluator for channels, pyhf for its workspaces. The engine computes nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import scipy
from conftest import DATA
from fixture import Fixture, Json, Source, complete, scan

import fixture_tables.density_edges as density_edges
import fixture_tables.function_edges as function_edges
import fixture_tables.likelihood_edges as likelihood_edges
from fixture_tables import kept

EVENTS = 4
"""How many events of a case are tried at each set of parameters."""

MPMATH = Source("mpmath", mp.__version__, "30 digits, rounded to float64")
SCIPY = Source("scipy", scipy.__version__, "float64, integrals to 1e-13")
PLAIN = Source("a plain evaluator in Python, scipy", scipy.__version__, "float64")


def densities() -> Iterator[Fixture]:
    """A fixture for each case of the table of densities."""
    from density_cases import CASES
    from oracles import frozen
    from test_densities import bench

    for at, case in enumerate(CASES):
        one = bench(at)
        known = frozen.get(one.key)
        assert known is not None, f"{case['id']}: run python tests/oracles/freeze.py"
        points, expected = [], []
        for i, logs in enumerate(known.log_density):
            sound = np.flatnonzero(np.isfinite(logs))
            for k in sound[np.linspace(0, len(sound) - 1, EVENTS).round().astype(int)]:
                place = dict(zip(case["observables"], one.events[i][:, k].tolist(), strict=True))
                points.append({**case["points"][i], **place})
                expected.append(float(np.exp(logs[k])))
        yield _density(case, points, expected)


def edges_of_densities() -> Iterator[Fixture]:
    """A fixture for each case of the table of densities at an edge."""
    for case in density_edges.CASES:
        points = [{**point, **place} for point in case["points"] for place in case["places"]]
        expected = kept.numbers([case["document"], case["observables"], points], _oracle, case)
        yield _density(case, points, expected, role="edge", pins=(case["pins"],))


def _oracle(case: Json) -> list[float]:
    """Densities of a case at an edge, from the oracle."""
    from oracles import Oracle
    from oracles.oracle import DIGITS

    cuts = {next(iter(case["observables"])): case["cuts"]} if case.get("cuts") else None
    counts = case["observables"] if case.get("counting") else ()
    out = []
    with mp.workdps(DIGITS):
        for point in case["points"]:
            signs = {name: abs(point[name]) for name in case.get("absolute", ())}
            oracle = Oracle(case["document"], case["observables"], point | signs, cuts, counts)
            for place in case["places"]:
                out.append(float(oracle.at({k: mp.mpf(v) for k, v in place.items()}).density("p")))
    return out


def _density(case: Json, points: list[Json], expected: list[float], **more: Any) -> Fixture:
    target = {"pdf": case["pdf"], "observables": list(case["observables"])}
    parts = [*case["document"]["distributions"], *case["document"].get("functions", ())]
    kind = parts[0]["type"]
    tolerance = {"atol": 1e-12, "rtol": max(1e-8, case.get("rtol", 0.0))}
    return Fixture(
        f"density_{case['id']}",
        complete(case["document"], case["observables"], points[0]),
        [scan("pdf_scan", target, points, expected, tolerance=tolerance)],
        MPMATH,
        f"The normalised density of a {kind}.",
        # A decay is also the only place of the models of its resolution.
        tuple(part["type"] for part in parts[: 2 if kind == "decay_dist" else 1]),
        **more,
    )


def functions() -> Iterator[Fixture]:
    """A fixture for each case of the tables of functions."""
    from function_cases import CASES

    yield from (_function(case) for case in CASES)
    for case, pins in function_edges.CASES:
        yield _function(case, role="edge", pins=(pins,))


def _function(case: Json, **more: Any) -> Fixture:
    from oracles import Oracle
    from oracles.oracle import DIGITS

    points = case["points"]
    with mp.workdps(DIGITS):
        oracles = [Oracle(case["document"], case["ranges"], point) for point in points]
        expected = [float(oracle("f")) for oracle in oracles]
    kind = case["document"]["functions"][0]["type"]
    return Fixture(
        f"function_{case['id']}",
        complete(case["document"], case["ranges"], points[0]),
        [scan("function_scan", {"function": "f"}, points, expected)],
        MPMATH,
        f"The value of a {kind}.",
        (kind,),
        **more,
    )


def terms() -> Iterator[Fixture]:
    """A fixture for each kind of term of a likelihood."""
    from term_cases import AT, ELSEWHERE, cases

    moved = cases(ELSEWHERE)
    for name, (document, value) in cases(AT).items():
        if name.startswith("centred"):
            continue
        differences = [0.0, 2.0 * (moved[name][1] - value)]
        last = document["distributions"][-1]["type"]
        yield Fixture(
            f"likelihood_{name}",
            {key: part for key, part in document.items() if part},
            [scan("twice_delta_nll_scan", {"likelihood": "l"}, [AT, ELSEWHERE], differences)],
            SCIPY,
            "The likelihood of one distribution and its data.",
            (last, *(data["type"] for data in document["data"])),
        )


def edges_of_terms() -> Iterator[Fixture]:
    """Likelihoods at an edge."""
    for name, document, points, values, about, pins in likelihood_edges.cases():
        differences = [2.0 * (value - values[0]) for value in values]
        yield Fixture(
            f"likelihood_{name}",
            {key: part for key, part in document.items() if part},
            [scan("twice_delta_nll_scan", {"likelihood": "l"}, points, differences)],
            SCIPY,
            "The likelihood of one distribution and its data.",
            about,
            "edge",
            (pins,),
        )


def channels() -> Iterator[Fixture]:
    """Fixtures for HistFactory: every modifier, interpolation and kind of constraint."""
    import reference_histfactory as reference
    from channel_cases import CASES

    from fixture_tables.channel_edges import CASES as EDGES
    from hs3.resolve import resolve
    from hs3.workspace import Workspace

    table = [(name, *case, "typical", ()) for name, case in CASES.items()]
    table += [(name, *case, "edge", (pins,)) for name, (case, pins) in EDGES.items()]
    for name, document, points, role, pins in table:
        graph = resolve(Workspace.from_json(document))
        values = [reference.twice_nll(graph, point) for point in points]
        differences = [value - values[0] for value in values]
        samples = document["distributions"][0]["samples"]
        yield Fixture(
            f"channel_{name}",
            document,
            [scan("twice_delta_nll_scan", {"likelihood": "l"}, points, differences)],
            PLAIN,
            "Binned templates with systematics.",
            ("histfactory_dist", *(m["type"] for s in samples for m in s["modifiers"])),
            role,  # type: ignore[arg-type]
            pins,
        )


def workspaces() -> Iterator[Fixture]:
    """pyhf's workspaces as HS3, with pyhf's numbers."""
    from pyhf_models import made

    from hs3.adapters.pyhf import from_pyhf

    frozen = json.loads((DATA / "pyhf" / "reference.json").read_text())
    for case in frozen["cases"]:
        if case["workspace"] == "clashing_names":
            continue  # its parameters have other names in HS3
        workspace, _ = from_pyhf(
            made(case["workspace"]),
            measurement=case["measurement"],
            interpolation=case["interpolation"],
        )
        rows = [dict(zip(case["parameters"], p["values"], strict=True)) for p in case["points"]]
        values = [point["twice_nll"] for point in case["points"]]
        target = {"likelihood": workspace.likelihoods[0].name}
        name = "_".join((case["workspace"], case["measurement"], case["interpolation"]))
        yield Fixture(
            f"pyhf_{name}".lower().replace(" ", "_").replace(",", "_"),
            workspace.to_json(),
            [scan("twice_delta_nll_scan", target, rows, [v - values[0] for v in values])],
            Source("pyhf", frozen["pyhf"], "float64"),
            "A pyhf workspace converted to HS3.",
            ("histfactory_dist",),
        )
