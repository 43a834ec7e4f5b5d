"""The official suite's runner takes our fixtures and our backend."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, shared
from official_form import problems

from hs3.conformance import suite
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend

OWN = suite.FIXTURES.parent
RUNNER = "HS3SUITE"
"""Environment variable: a checkout of the official suite's code."""


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


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [False, True], ids=["ours", "theirs"])
def test_its_runner_runs_our_backend(theirs: bool, tmp_path: Path) -> None:
    """The real one, on our fixtures and on its own, where its code is at hand."""
    code = os.environ.get(RUNNER)
    if not code:
        pytest.skip(f"{RUNNER} names no checkout of the official suite's code")
    root = OWN
    if theirs:
        root = tmp_path / "official"
        shutil.copytree(shared("conformance", "official"), root)
        root.chmod(0o755)
        _described(root / "fixtures" / "simplest_gauss")
    backend = "hs3.conformance.hs3suite_backend:HS3TestSuiteBackend"
    done = subprocess.run(
        [sys.executable, "-m", "hs3suite", "run", "--root", str(root), "--backend", backend],
        env={**os.environ, "PYTHONPATH": f"{code}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, [r for r in done.stdout.splitlines() if not r.startswith("PASS")]
    said = re.search(r"passed=(\d+), xfail=0, skipped=0, failed=0", done.stdout)
    assert said is not None
    checks = [len(entry["checks"]) for entry in _entries(root)]
    assert int(said[1]) == sum(checks)


def _entries(root: Path) -> list[Any]:
    found: list[Any] = json.loads((root / "manifest.json").read_text())["fixtures"]
    return found


def _described(folder: Path) -> None:
    """Give a fixture that came without metadata some: the runner refuses to start otherwise."""
    texts = dict.fromkeys(("title", "source", "description"), "not given")
    folder.chmod(0o755)
    metadata = {"schema_version": 1, "test_id": folder.name, "notes": [], **texts}
    (folder / "metadata.json").write_text(json.dumps(metadata))
