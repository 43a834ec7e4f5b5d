"""The official suite's runner takes our fixtures and our backend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import shared
from official_form import problems

from hs3.conformance import suite
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend

OWN = suite.FIXTURES.parent


def test_our_fixtures_have_its_form() -> None:
    assert problems(OWN) == []


def test_its_own_fixtures_have_the_form_that_is_checked_here() -> None:
    """But for one fixture, which came without metadata."""
    found = problems(shared("conformance", "official"))
    assert found == ["metadata of simplest_gauss is missing"]


@pytest.mark.parametrize(
    "file, edit, problem",
    [
        ("metadata.json", {"conventions": "standard"}, "has conventions, which is not known"),
        ("expected.json", {"more": 1}, "has more, which is not known"),
        ("hs3.json", {"metadata": {}}, "sha256 does not fit"),
    ],
)
def test_other_forms_are_noticed(
    tmp_path: Path, file: str, edit: dict[str, Any], problem: str
) -> None:
    name = "density_gaussian"
    entry = next(
        e
        for e in json.loads((OWN / "manifest.json").read_text())["fixtures"]
        if e["test_id"] == name
    )
    manifest = {"schema_version": 1, "fixtures": [entry]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    shutil.copytree(suite.FIXTURES / name, tmp_path / "fixtures" / name)
    path = tmp_path / "fixtures" / name / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **edit}))
    assert any(problem in found for found in problems(tmp_path))


def test_its_calls_are_answered() -> None:
    """As its runner makes them, paths being paths, one workspace for all checks of a fixture."""
    backend = HS3TestSuiteBackend()
    (one,) = suite.fixtures(patterns=["density_gaussian"])
    assert isinstance(backend.name, str)
    workspace = backend.load_workspace(one.document)
    assert set(backend.structure(workspace)) == {"pdfs", "functions", "data"}
    for check in one.checks:
        if check["kind"] == "structure_import":
            backend.run_structure_check(workspace, check)
        elif check["kind"] == "pdf_scan":
            found = backend.run_pdf_scan(workspace, check, one.document)
            assert all(type(value) is float for value in found)
            assert found == pytest.approx(check["expected"], rel=1e-8)
