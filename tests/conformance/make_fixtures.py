"""Write this project's fixtures, in the format of the official suite, from the tables of the tests.

Values come from the oracles: mpmath for densities and functions, numpy and scipy for likelihoods, a
plain evaluator for channels, pyhf for its workspaces. The engine computes nothing here.

Usage: python tests/conformance/make_fixtures.py
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import scipy

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
FIXTURES = TESTS.parent / "conformance" / "fixtures"
sys.path += [str(TESTS.parent), *(str(TESTS / part) for part in (".", "engine", "adapters"))]

Json = dict[str, Any]
VERSION = "0.2.9"
EVENTS = 4
"""How many events of a case are tried at each set of parameters."""

EXACT = {"atol": 1e-12, "rtol": 1e-8}


@dataclass(frozen=True)
class Fixture:
    """One document and what has to come out.

    Attributes:
        name: of its folder.
        document: HS3.
        checks: as in ``expected.json``, but for the two on the document itself.
        source: software that gave the numbers.
        description: what is tried, in words.
        level: ``basic`` or ``extended``.
    """

    name: str
    document: Json
    checks: list[Json]
    source: str
    description: str
    level: str = "basic"
    notes: tuple[str, ...] = field(default=())

    def files(self) -> dict[str, str]:
        """Content of each file of the folder."""
        metadata = {
            "test_id": self.name,
            "title": self.name.replace("_", " "),
            "description": self.description,
            "reference_backend": self.source,
            "conventions": "standard",
            "schema_version": 1,
            **({"notes": list(self.notes)} if self.notes else {}),
        }
        checks = [{"id": "static_integrity", "kind": "static_integrity"}, self.structure()]
        expected = {"test_id": self.name, "schema_version": 1, "checks": checks + self.checks}
        return {
            "hs3.json": json.dumps(self.document, indent=1, allow_nan=False) + "\n",
            "expected.json": json.dumps(expected, indent=1, allow_nan=False) + "\n",
            "metadata.json": json.dumps(metadata, indent=1) + "\n",
        }

    def structure(self) -> Json:
        """The check that every name is found."""
        sections = {"pdfs": "distributions", "functions": "functions", "data": "data"}
        target = {
            kind: sorted(entry["name"] for entry in self.document.get(section) or ())
            for kind, section in sections.items()
        }
        return {"id": "structure_import", "kind": "structure_import", "target": target}

    def entry(self, text: str) -> Json:
        """The line of the manifest."""
        from hs3 import canonical

        types = {entry.get("type") for entry in entries(self.document)} - {None}
        return {
            "test_id": self.name,
            "path": f"fixtures/{self.name}",
            "checks": ["static_integrity", "structure_import", *(c["kind"] for c in self.checks)],
            "conformance": [self.level],
            "features": {
                "sections": sorted(self.document.keys() - {"metadata"}),
                "types": sorted(types),
            },
            "hashes": {
                "sha256": sha256(text.encode()).hexdigest(),
                "canonical_sha256": canonical.sha256(self.document),
            },
        }


def entries(value: Any) -> Iterator[Json]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from entries(inner)


def scan(kind: str, target: Json, points: list[Json], expected: list[float], **more: Any) -> Json:
    """A check of values at points, each of which has a value for every name."""
    names = list(points[0])
    return {
        "id": more.pop("id", kind),
        "kind": kind,
        "target": target,
        "reference_point": points[0],
        "scan_parameters": names,
        "scan_points": [[point[name] for name in names] for point in points],
        "expected": expected,
        "tolerance": EXACT,
        "comparison": {
            "type": "pointwise_comp",
            "rule": "|evaluated - expected| <= atol + rtol * |expected|",
        },
        **more,
    }


def complete(document: Json, ranges: Any, values: Json) -> Json:
    """A document with its version, the ranges of its observables and values of its parameters."""
    given = [axis for domain in document.get("domains", ()) for axis in domain["axes"]]
    known = {axis["name"] for axis in given}
    axes = given + [
        {"name": name, "min": low, "max": high}
        for name, (low, high) in ranges.items()
        if name not in known
    ]
    domains = [{"name": "default_domain", "type": "product_domain", "axes": axes}] if axes else []
    entries = [{"name": name, "value": value} for name, value in values.items()]
    out = {
        "metadata": {"hs3_version": VERSION},
        **document,
        "domains": domains,
        "parameter_points": [{"name": "default_values", "parameters": entries}] if entries else [],
    }
    return {key: value for key, value in out.items() if value}


# --- densities and functions ----------------------------------------------------------------------


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
        target = {"pdf": case["pdf"], "observables": list(case["observables"])}
        kind = case["document"]["distributions"][0]["type"]
        yield Fixture(
            f"density_{case['id']}",
            complete(case["document"], case["observables"], points[0]),
            [scan("pdf_scan", target, points, expected)],
            f"mpmath {mp.__version__}",
            f"The normalised density of a {kind}.",
        )


def functions() -> Iterator[Fixture]:
    """A fixture for each case of the table of functions."""
    from function_cases import CASES
    from oracles import Oracle
    from oracles.oracle import DIGITS

    for case in CASES:
        points = case["points"]
        with mp.workdps(DIGITS):
            oracles = [Oracle(case["document"], case["ranges"], point) for point in points]
            expected = [float(oracle("f")) for oracle in oracles]
        kind = case["document"]["functions"][0]["type"]
        yield Fixture(
            f"function_{case['id']}",
            complete(case["document"], case["ranges"], points[0]),
            [scan("function_scan", {"function": "f"}, points, expected)],
            f"mpmath {mp.__version__}",
            f"The value of a {kind}.",
        )


# --- likelihoods ----------------------------------------------------------------------------------


def terms() -> Iterator[Fixture]:
    """A fixture for each kind of term of a likelihood."""
    from term_cases import AT, ELSEWHERE, cases

    moved = cases(ELSEWHERE)
    for name, (document, value) in cases(AT).items():
        if name.startswith("centred"):
            continue
        differences = [0.0, 2.0 * (moved[name][1] - value)]
        yield Fixture(
            f"likelihood_{name}",
            {key: part for key, part in document.items() if part},
            [scan("twice_delta_nll_scan", {"likelihood": "l"}, [AT, ELSEWHERE], differences)],
            f"scipy {scipy.__version__}",
            "The likelihood of one distribution and its data.",
        )


def channels() -> Iterator[Fixture]:
    """Fixtures for HistFactory: every modifier, interpolation and kind of constraint."""
    import reference_histfactory as reference
    from channel_cases import CASES

    from hs3.resolve import resolve
    from hs3.workspace import Workspace

    for name, (document, points) in CASES.items():
        graph = resolve(Workspace.from_json(document))
        values = [reference.twice_nll(graph, point) for point in points]
        differences = [value - values[0] for value in values]
        yield Fixture(
            f"channel_{name}",
            document,
            [scan("twice_delta_nll_scan", {"likelihood": "l"}, points, differences)],
            f"a plain evaluator in Python, scipy {scipy.__version__}",
            "Binned templates with systematics.",
        )


def workspaces() -> Iterator[Fixture]:
    """pyhf's workspaces as HS3, with pyhf's numbers."""
    from pyhf_models import made

    from hs3.adapters.pyhf import from_pyhf

    frozen = json.loads((TESTS / "data" / "pyhf" / "reference.json").read_text())
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
            f"pyhf {frozen['pyhf']}",
            "A pyhf workspace converted to HS3.",
        )


def fixtures() -> Iterator[Fixture]:
    """All of them."""
    for table in (densities, functions, terms, channels, workspaces):
        yield from table()


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FIXTURES, ignore_errors=True)
    lines = []
    for fixture in fixtures():
        folder = FIXTURES / fixture.name
        folder.mkdir(parents=True)
        for name, text in fixture.files().items():
            (folder / name).write_text(text, encoding="utf-8")
        lines.append(fixture.entry(fixture.files()["hs3.json"]))
    manifest = {"suite": "hs3-reference", "schema_version": 1, "fixtures": lines}
    (FIXTURES.parent / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
