"""The runner of the conformance suite: verdicts, crashes, hangs, reports."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from process import command

from hs3.conformance import junit, suite
from hs3.conformance.compare import Outcome
from hs3.conformance.runner import Run, run
from hs3.conformance.verdicts import judge
from hs3.errors import ConversionError, ReadError

NAMES = ("density_gaussian", "density_generalized_normal", "density_exponential")
PDF, STRUCTURE = "pdf_scan", "structure_import"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")


def outcomes(backend: str, names: tuple[str, ...] = NAMES, **options: Any) -> list[Outcome]:
    return list(run(suite.fixtures(patterns=names), f"fake_backends:{backend}", **options).outcomes)


def of(found: list[Outcome], fixture: str, kind: str = PDF) -> Outcome:
    (one,) = [o for o in found if (o.fixture, o.kind) == (fixture, kind)]
    return one


def test_wrong_numbers_and_missing_abilities_are_told_apart() -> None:
    found = outcomes("Partial")
    assert [o.kind for o in found[:3]] == ["static_integrity", STRUCTURE, PDF]
    one = of(found, "density_gaussian")
    assert one.status == "failed"
    assert "not " in one.message
    assert " at " in one.message
    assert one.deviation == pytest.approx(1e5, rel=0.01)
    structure = of(found, "density_gaussian", STRUCTURE)
    assert (structure.status, structure.message) == ("unsupported", "no structure here")


def test_a_crash_is_one_failed_check() -> None:
    found = outcomes("Crashing")
    one = of(found, "density_generalized_normal")
    assert one.status == "error"
    assert "exit status 7" in one.message
    assert Counter(o.status for o in found) == {"passed": 5, "error": 1, "unsupported": 3}


def test_a_hang_is_one_failed_check() -> None:
    found = outcomes("Hanging", timeout=2.0)
    one = of(found, "density_generalized_normal")
    assert (one.status, one.message) == ("error", "no answer within 2 s")
    assert of(found, "density_exponential").status == "passed"


def test_errors_of_the_backend_are_told() -> None:
    found = outcomes("Unreadable", ("density_gaussian",))
    assert of(found, "density_gaussian").message == "ValueError: not today"


def test_answers_of_another_form_fail() -> None:
    found = outcomes("Short", NAMES[:2])
    assert "'nan', not" in of(found, "density_gaussian").message
    assert "got 0 numbers" in of(found, "density_generalized_normal").message


@pytest.mark.parametrize("name", ["no_such_module:Class", "fake_backends:Nobody", "json:loads"])
def test_backends_that_cannot_be_imported_are_refused(name: str) -> None:
    with pytest.raises(ConversionError) as caught:
        run(suite.fixtures(patterns=NAMES[:1]), name)
    assert caught.value.code == "conformance.backend"


def test_no_fixtures_and_wrong_ones_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"fitting nothing_\*"):
        suite.fixtures(patterns=["nothing_*"])
    (tmp_path / "hs3.json").write_text("{}")
    (tmp_path / "expected.json").write_text('{"checks": [1]}')
    with pytest.raises(ReadError, match="no list `checks`"):
        suite.fixtures(tmp_path)


def test_where_nothing_finite_was_frozen_any_number_passes() -> None:
    check = {
        "kind": "pdf_scan",
        "expected": [float("nan"), 1.0],
        "scan_points": [[1.0], [2.0]],
        "scan_parameters": ["x"],
        "tolerance": {"atol": 0.0, "rtol": 0.0},
    }
    document = Path("hs3.json")
    assert judge(check, [3.0, 1.0], document).status == "passed"
    assert judge(check, [3.0, 1.1], document).status == "failed"
    assert judge(check, [float("inf"), 1.0], document).status == "failed"


def test_a_fixture_tells_its_types() -> None:
    (one,) = suite.fixtures(patterns=["density_gaussian"])
    assert one.types == ("gaussian_dist", "product_domain")
    assert "standard" in one.metadata["conformance"]


def test_junit_holds_every_check() -> None:
    found = [
        Outcome("f", "a", PDF, "passed"),
        Outcome("f", "b", PDF, "failed", "1 <\x00 2"),
        Outcome("g", "c", PDF, "error", "crash"),
        Outcome("g", "d", PDF, "unsupported"),
    ]
    root = ElementTree.fromstring(junit.junit([Run("x", "1", tuple(found))]))
    assert {k: root.attrib[k] for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [child.tag for case in root for child in case] == ["failure", "error", "skipped"]


def test_the_command(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    done = command("conform", "run", "--filter", "function_sum*", "--junit", str(report), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    out = json.loads(done.stdout)
    assert out["ok"] is True
    assert out["passed"] == len(out["checks"]) >= 3
    assert ElementTree.parse(report).getroot().attrib["failures"] == "0"
    failed = command("conform", "run", "--backend", "nobody:Nothing")
    assert failed.returncode == 1
    assert "conformance.backend" in failed.stderr


def test_numbers_may_be_those_of_python(tmp_path: Path) -> None:
    """The official suite froze NaN twice."""
    (tmp_path / "hs3.json").write_text("{}")
    (tmp_path / "expected.json").write_text('{"checks": [{"kind": "pdf_scan", "expected": [NaN]}]}')
    (one,) = suite.fixtures(tmp_path)
    assert one.checks[0]["expected"][0] != one.checks[0]["expected"][0]
    (tmp_path / "expected.json").write_text("{")
    with pytest.raises(ReadError, match="not JSON"):
        suite.fixtures(tmp_path)
