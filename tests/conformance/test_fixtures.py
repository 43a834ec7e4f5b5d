"""This project's fixtures: what the tables say, complete, and met by this project's backend."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import make_fixtures
import pytest
from conftest import ROOT
from fixture import OFFICIAL, Fixture
from fixture_tables import others
from make_fixtures import FIXTURES

from hs3.codes import CODES
from hs3.conformance import suite, uncovered
from hs3.conformance.backends.reference import Backend, reported
from hs3.conformance.verdicts import judge
from hs3.data import DATA
from hs3.dialects import RULES
from hs3.distributions import DISTRIBUTIONS
from hs3.engine.density import Options
from hs3.functions import FUNCTIONS
from hs3.histfactory.modifiers import MODIFIERS

FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/metadata.json"))
MANIFEST = FIXTURES.parent / "manifest.json"
BACKEND = Backend()
ROLES = {"typical", "edge", "negative"}

WITHOUT = {
    "FastVerticalInterpHistPdf2": "a document does not hold its histograms",
    "FastVerticalInterpHistPdf2D2": "a document does not hold its histograms",
}
"""Types of which no fixture can have numbers: class → why. Their only fixture is a negative one."""


@cache
def made() -> dict[str, Fixture]:
    """Every fixture as the tables have it now."""
    return {fixture.name: fixture for fixture in make_fixtures.fixtures()}


def wrong_in(folder: Path) -> list[str]:
    """What the backend gets wrong of one fixture, in words."""
    (fixture,) = suite.fixtures(folder)
    path, wrong, workspace = str(fixture.document), [], None
    for check in fixture.checks:
        kind = check["kind"]
        if kind == "static_integrity":
            continue
        if kind in ("rejection", "findings"):
            answer = getattr(BACKEND, f"run_{kind}")(check, path)
        else:
            workspace = workspace or BACKEND.load_workspace(path)
            if kind == "structure_import":
                BACKEND.run_structure_check(workspace, check)
                continue
            answer = getattr(BACKEND, f"run_{kind}")(workspace, check, path)
        found = judge(check, answer, fixture.document)
        wrong += [] if found.status == "passed" else [f"{kind}: {found.message}"]
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_backend_agrees(folder: Path) -> None:
    assert not wrong_in(folder)


def test_what_documents_say_is_reported() -> None:
    """Findings and refusals that need no evaluation."""
    wrong, tried = [], 0
    for fixture in suite.fixtures(FIXTURES):
        for check in fixture.checks:
            if check["kind"] in ("rejection", "findings") and "step" not in check:
                tried += 1
                said = [f.to_dict() for f in reported(check, fixture.document)]
                errors = [f for f in said if f["severity"] == "error"]
                found = judge(check, errors if check["kind"] == "rejection" else said, Path())
                wrong += [] if found.status == "passed" else [f"{fixture.name}: {found.message}"]
    assert not wrong
    assert tried > 100


# --- files --------------------------------------------------------------------------------------


def test_the_files_are_what_the_tables_say() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(made())
    stale = []
    for name, fixture in made().items():
        files = make_fixtures.files(fixture)
        there = {path.name for path in (FIXTURES / name).iterdir()}
        stale += [f"{name}/{file}" for file in there ^ files.keys()]
        for file in there & files.keys():
            if not _same((FIXTURES / name / file).read_bytes(), files[file]):
                stale.append(f"{name}/{file}")
    assert not stale, "run python tests/conformance/make_fixtures.py"


def _same(raw: bytes, content: str | bytes) -> bool:
    """Equal, but for the versions of the oracles and their last digits."""
    if isinstance(content, bytes) or raw == content.encode():
        return raw == content or raw == str(content).encode()
    try:
        return bool(_plain(raw.decode()) == _plain(content))
    except ValueError:
        return False


def _plain(text: str) -> Any:
    """The content of a file without the versions of the oracles and their last digits."""

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            skipped = ("reference_backend", "version")
            return {k: rounded(v) for k, v in value.items() if k not in skipped}
        if isinstance(value, list):
            return [rounded(v) for v in value]
        return float(f"{value:.11g}") if isinstance(value, float) else value

    return rounded(json.loads(text))


def test_the_manifest_is_current() -> None:
    assert MANIFEST.read_text() == make_fixtures.manifest(list(made().values()))


def test_the_official_runner_meets_only_what_it_knows() -> None:
    known = {
        *("schema_version", "test_id", "title", "source", "description", "notes", "semantic"),
        *("modified_from_source", "reference_backend", "tags", "conformance"),
    }
    for folder in FOLDERS:
        expected = json.loads((folder / "expected.json").read_text())
        assert expected.keys() == {"test_id", "schema_version", "checks"}
        assert {check["kind"] for check in expected["checks"]} <= set(OFFICIAL)
        assert json.loads((folder / "metadata.json").read_text()).keys() <= known


# --- complete -----------------------------------------------------------------------------------


def test_there_are_many() -> None:
    assert len(FOLDERS) >= 300


@pytest.mark.parametrize(
    "family", [DISTRIBUTIONS, FUNCTIONS, DATA, MODIFIERS], ids=lambda f: f.name
)
def test_every_type_has_a_typical_an_edge_and_a_negative_one(family: Any) -> None:
    missing = {
        cls.__name__: ROLES - roles_of({tag for tag, known in family.types.items() if known is cls})
        for cls in family.classes()
    }
    exempt = {cls.__name__ for cls in family.classes()} & WITHOUT.keys()
    assert {name for name, roles in missing.items() if roles} == exempt
    assert all(missing[name] == {"typical", "edge"} for name in exempt)


def roles_of(tags: set[str]) -> set[str]:
    """What kinds of fixtures there are about a type."""
    return {fixture.role for fixture in made().values() if tags & set(fixture.about)}


def test_every_dialect_rule_has_one() -> None:
    covered = {about for fixture in made().values() for about in fixture.about}
    rules = {code.replace("dialect.", "dialect:") for code in RULES}
    assert rules - covered == set()


def test_every_code_has_one_or_is_tried_elsewhere() -> None:
    covered = {about for fixture in made().values() for about in fixture.about}
    missing = {code for code in CODES if f"finding:{code}" not in covered}
    assert [code for code in sorted(missing) if uncovered.why(code) is None] == []
    assert uncovered.CODES.keys() <= missing, "there is a fixture now"
    tried = {*uncovered.GROUPS.values(), *uncovered.CODES.values()}
    assert [one.test for one in tried if not (ROOT / "tests" / one.test).is_file()] == []


def test_every_fixture_compares_something() -> None:
    for name, fixture in made().items():
        assert fixture.checks, name
        for check in fixture.checks:
            if check["kind"] in OFFICIAL:
                assert len(check["expected"]) == len(check["scan_points"]) > 0, name
            elif check["kind"] == "rejection":
                assert check["why"], name
                assert check["findings"], name


def test_numbers_have_sources() -> None:
    for name, fixture in made().items():
        files = make_fixtures.files(fixture)
        for file in ("expected.json", "extension.json"):
            for check in json.loads(files.get(file, '{"checks": []}'))["checks"]:
                if "expected" in check:
                    assert check["sources"], name
                    assert all(s["software"] and s["precision"] for s in check["sources"]), name


def test_many_numbers_have_a_second_source() -> None:
    """ROOT, pyhf or zfit wherever they can express the model; what differs has a note."""
    several = 0
    for fixture in made().values():
        for said in others.of(fixture).values():
            several += 1
            for one in said:
                assert ("note" in one) == (one.get("deviation", 2.0) > 1.0), fixture.name
    assert several > 300


def test_the_backend_is_that_of_the_standard_here() -> None:
    """Auxiliary distributions count, which the official suite's reference leaves out."""
    folder = FIXTURES / "likelihood_auxiliary_gaussian"
    assert BACKEND.load_workspace(folder / "hs3.json").options == Options()
