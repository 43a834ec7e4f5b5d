"""This project's fixtures: what the tables say, complete, and met by this project's backend."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import make_fixtures
import pytest
from make_fixtures import FIXTURES, Fixture
from test_hs3suite_backend import BACKEND, wrong_in

from hs3 import canonical
from hs3.data import DATA
from hs3.distributions import DISTRIBUTIONS
from hs3.engine.density import Options
from hs3.functions import FUNCTIONS
from hs3.histfactory.modifiers import MODIFIERS

FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/hs3.json"))
MANIFEST = FIXTURES.parent / "manifest.json"

WITHOUT = {
    "FastVerticalInterpHistPdf2": "a document does not hold its histograms",
    "FastVerticalInterpHistPdf2D2": "a document does not hold its histograms",
}
"""Types of which no fixture can have numbers: class → why."""


@cache
def made() -> dict[str, Fixture]:
    """Every fixture as the tables have it now."""
    return {fixture.name: fixture for fixture in make_fixtures.fixtures()}


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_backend_agrees(folder: Path) -> None:
    assert not wrong_in(folder)


def test_the_files_are_what_the_tables_say() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(made())
    stale = [
        f"{name}/{file}"
        for name, fixture in made().items()
        for file, text in fixture.files().items()
        if _plain((FIXTURES / name / file).read_text()) != _plain(text)
    ]
    assert not stale, "run python tests/conformance/make_fixtures.py"


def _plain(text: str) -> Any:
    """The content of a file without the versions of the oracles and their last digits."""

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: rounded(v) for k, v in value.items() if k != "reference_backend"}
        if isinstance(value, list):
            return [rounded(v) for v in value]
        return float(f"{value:.11g}") if isinstance(value, float) else value

    return rounded(json.loads(text))


def test_the_manifest_lists_every_fixture_with_its_hashes() -> None:
    entries = {e["path"]: e for e in json.loads(MANIFEST.read_text())["fixtures"]}
    assert sorted(entries) == [f"fixtures/{folder.name}" for folder in FOLDERS]
    for folder in FOLDERS:
        raw = (folder / "hs3.json").read_bytes()
        checks = json.loads((folder / "expected.json").read_text())["checks"]
        entry = entries[f"fixtures/{folder.name}"]
        assert entry["hashes"] == {
            "sha256": sha256(raw).hexdigest(),
            "canonical_sha256": canonical.sha256(json.loads(raw)),
        }
        assert entry["checks"] == [check["kind"] for check in checks]


@pytest.mark.parametrize(
    "family", [DISTRIBUTIONS, FUNCTIONS, DATA, MODIFIERS], ids=lambda f: f.name
)
def test_every_type_has_a_fixture(family: Any) -> None:
    entries = [e for fixture in made().values() for e in make_fixtures.entries(fixture.document)]
    used = {e.get("type") for e in entries}
    missing = {
        cls.__name__
        for cls in family.classes()
        if not used & {tag for tag, known in family.types.items() if known is cls}
    }
    assert missing == WITHOUT.keys() & {cls.__name__ for cls in family.classes()}


def test_every_fixture_has_numbers() -> None:
    for name, fixture in made().items():
        assert fixture.checks, name
        for check in fixture.checks:
            assert len(check["expected"]) == len(check["scan_points"]) > 0, name


def test_the_backend_is_that_of_the_standard_here() -> None:
    """Auxiliary distributions count, which the official suite's reference leaves out."""
    folder = FIXTURES / "likelihood_auxiliary_gaussian"
    assert BACKEND.load_workspace(folder / "hs3.json").options == Options()
