"""The committed result: of a real run, small, and with a reason for everything that disagrees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hs3.conformance import matrix
from hs3.conformance.backends import BACKENDS
from hs3.conformance.explained import Explanation, explanations, unexplained
from hs3.conformance.results import RESULTS, Result, latest

SIZE = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def result() -> Result:
    return Result.read(latest())


def test_every_implementation_is_there_and_ours_is_right(result: Result) -> None:
    assert [run.backend for run in result.runs] == list(BACKENDS)
    assert all(run.version for run in result.runs)
    assert len(result.subjects) >= 300
    ours = result.runs[0]
    assert {o.status for o in ours.outcomes} == {"passed"}
    for run in result.runs[1:]:
        assert run.count("passed") >= 50, run.backend


def test_every_disagreement_has_a_reason(result: Result) -> None:
    wrong = [(b, o.fixture, o.kind, o.message) for b, o in unexplained(result, explanations())]
    assert not wrong


def test_no_reason_is_left_over(result: Result) -> None:
    known = list(explanations())
    found = set(used(result, known))
    assert [e.why for e in known if e not in found] == []


def used(result: Result, known: list[Explanation]) -> Iterator[Explanation]:
    for run in result.runs:
        for outcome in run.outcomes:
            if outcome.status in ("failed", "error"):
                yield from [e for e in known if e.fits(run.backend, outcome)][:1]


def test_reasons_are_one_line() -> None:
    for explanation in explanations():
        assert explanation.why.endswith(".")
        assert len(explanation.why) < 200
        assert "\n" not in explanation.why


def test_the_files_are_small_and_belong_together(result: Result) -> None:
    assert sum(path.stat().st_size for path in RESULTS.iterdir()) < SIZE
    page = RESULTS / f"{result.date}.html"
    assert page.is_file()
    assert (RESULTS / "README.md").read_text() == matrix.markdown(result)
    assert Path(latest()).name == f"{result.date}.json"


def test_long_runs_that_are_kept_found_nothing() -> None:
    """`make fuzz` and `make test-random` with ``--report``: what is kept went to its end."""
    for path in RESULTS.glob("*-documents.json"):
        told = json.loads(path.read_text())
        assert not told["failures"], path.name
        assert told["versions"]["numpy"], path.name
        assert told.get("documents", 0) >= 2000 or told.get("cases", 0) >= 100_000, path.name
        assert all(size < 1e-8 for size in told.get("worst", {}).values()), path.name
