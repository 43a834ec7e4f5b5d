"""Every check of the official suite and of ROOT 6.40, at its frozen tolerance."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from conftest import label, shared_files

from hs3.conformance import suite
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend
from hs3.conformance.verdicts import judge
from hs3.errors import ConversionError

BACKEND = HS3TestSuiteBackend()
OTHERS = [
    *shared_files("conformance/official/fixtures/*/expected.json"),
    *shared_files("conformance/root640/*/expected.json"),
]


def fixtures() -> list[Any]:
    """One parameter per fixture; a single skipped one where the others are not there."""
    found = [pytest.param(path.parent, id=label(path.parent)) for path in OTHERS]
    absent = pytest.param(
        None, marks=pytest.mark.skip(reason="reference material not available: conformance")
    )
    return found if OTHERS else [*found, absent]


def wrong_in(folder: Path) -> list[str]:
    """What the backend gets wrong of one fixture, in words."""
    (fixture,) = suite.fixtures(folder)
    workspace = BACKEND.load_workspace(fixture.document)
    assert workspace.document.to_json() == json.loads(fixture.document.read_text())
    wrong: list[str] = []
    for check in fixture.checks:
        match check["kind"]:
            case "static_integrity":
                pass
            case "structure_import":
                BACKEND.run_structure_check(workspace, check)
            case kind:
                scan = getattr(BACKEND, f"run_{kind}")
                found = judge(check, scan(workspace, check, folder), fixture.document)
                wrong += [] if found.status == "passed" else [f"{kind}: {found.message}"]
    return wrong


@pytest.mark.parametrize("folder", fixtures())
def test_fixture(folder: Path) -> None:
    wrong = wrong_in(folder)
    assert not wrong, "\n".join(wrong)


# --- the backend itself ---------------------------------------------------------------------------


def small(tmp_path: Path) -> Any:
    path = tmp_path / "hs3.json"
    path.write_text(
        json.dumps(
            {
                "metadata": {"hs3_version": "0.2.9"},
                "distributions": [
                    {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": 1.0}
                ],
                "functions": [{"name": "twice", "type": "sum", "summands": ["mu", "mu"]}],
                "data": [
                    {
                        "name": "d",
                        "type": "unbinned",
                        "axes": [{"name": "x", "min": -20, "max": 20}],
                        "entries": [[0.5], [1.5]],
                    }
                ],
                "domains": [
                    {
                        "name": "all",
                        "type": "product_domain",
                        "axes": [{"name": "x", "min": -20, "max": 20}],
                    }
                ],
                "parameter_points": [
                    {"name": "start", "parameters": [{"name": "mu", "value": 0.0}]}
                ],
            }
        )
    )
    return BACKEND.load_workspace(path)


def test_structure_names_what_the_document_has(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    assert BACKEND.structure(workspace) == {"pdfs": ["g"], "functions": ["twice"], "data": ["d"]}
    with pytest.raises(ConversionError, match="pdfs lack h"):
        BACKEND.run_structure_check(workspace, {"target": {"pdfs": ["g", "h"]}})


def test_scans_start_from_the_reference_point(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    check = {
        "reference_point": {"mu": 1.0, "x": 0.5},
        "scan_parameters": ["mu"],
        "scan_points": [[1.0], [0.0]],
    }
    nll = check | {"target": {"pdf": "g", "data": "d"}}
    assert BACKEND.run_twice_delta_nll_scan(workspace, nll) == pytest.approx([0.0, 2.0])
    pdf = check | {"target": {"pdf": "g", "observables": ["x"]}}
    peak = 1.0 / math.sqrt(2.0 * math.pi)
    expected = [peak * math.exp(-0.125)] * 2
    assert BACKEND.run_pdf_scan(workspace, pdf) == pytest.approx(expected)
    function = check | {"target": {"function": "twice"}}
    assert BACKEND.run_function_scan(workspace, function) == [2.0, 0.0]
