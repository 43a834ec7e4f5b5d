"""The verdict on each kind of answer: what passes, what fails, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hs3.conformance.verdicts import JUDGES, judge

NOWHERE = Path("hs3.json")
COUNTS = {
    "kind": "expected_counts",
    "scan_parameters": ["mu"],
    "scan_points": [[1.0], [2.0]],
    "expected": [[5.0, 6.0], [7.0, 8.0]],
    "tolerance": {"atol": 0.0, "rtol": 1e-6},
}
FIT = {
    "kind": "fit",
    "expected": {"parameters": {"mu": {"value": 1.0, "error": 0.5}}, "twice_delta_nll": -4.0},
    "tolerance": {"value": 1e-2, "error": 1e-2, "twice_nll": 1e-3},
}
LIMIT = {
    "kind": "upper_limit",
    "expected": {"observed": 2.0, "expected": [1.0, 1.2, 1.5, 2.0, 3.0]},
    "tolerance": {"atol": 1e-3, "rtol": 0.0},
}
REJECTION = {
    "kind": "rejection",
    "why": "the mean is missing",
    "findings": [{"code": "document.invalid", "path": "/distributions/0"}],
}
FINDINGS = {
    "kind": "findings",
    "findings": [{"code": "dialect.pairs"}],
    "absent": [{"severity": "error"}],
}
REGIONS = {
    "kind": "sampling",
    "size": 4,
    "target": {"pdf": "p", "observables": ["x"]},
    "regions": [{"range": {"x": [0.0, 1.0]}, "probability": 0.5}],
}
TOYS = {"kind": "sampling", "size": 4, "means": [10.0], "target": {"channel": "c"}}


def fitted(value: float, error: float, fall: float) -> dict[str, Any]:
    return {"parameters": {"mu": {"value": value, "error": error}}, "twice_delta_nll": fall}


def finding(code: str, path: str, severity: str = "error") -> dict[str, str]:
    return {"code": code, "path": path, "severity": severity}


GOOD: list[tuple[dict[str, Any], Any]] = [
    (COUNTS, [[5.0, 6.0], [7.0, 8.0 + 1e-6]]),
    (FIT, fitted(1.004, 0.503, -4.0005)),
    (LIMIT, {"observed": 2.0005, "expected": [1.0, 1.2, 1.5, 2.0, 3.0]}),
    (REJECTION, [finding("document.invalid", "/distributions/0")]),
    (REJECTION, True),
    (FINDINGS, [finding("dialect.pairs", "/distributions/0", "note")]),
    (REGIONS, [[0.2], [0.4], [2.0], [3.0]]),
    (TOYS, [[9], [12], [7], [13]]),
]

BAD: list[tuple[dict[str, Any], Any, str]] = [
    (COUNTS, [[5.0, 6.0], [7.0, 8.1]], "8.1, not 8.0, at bin 1 at mu = 2.0"),
    (COUNTS, [[5.0, 6.0], [7.0]], "2 bins are expected"),
    (COUNTS, [[5.0, 6.0]], "has not the form"),
    (FIT, fitted(1.006, 0.5, -4.0), "1.006, not 1.0, at value of mu"),
    (FIT, fitted(1.0, 0.51, -4.0), "at error of mu"),
    (FIT, fitted(1.0, 0.5, -4.1), "twice delta NLL"),
    (FIT, {"parameters": {}}, "has not the form"),
    (LIMIT, {"observed": 2.0, "expected": [1.0, 1.2, 1.5, 2.0, 3.1]}, "expected at 2 sigma"),
    (REJECTION, False, "accepted, although the mean is missing"),
    (REJECTION, [finding("document.invalid", "/data/0")], "is not reported; found: document.inv"),
    (FINDINGS, [finding("dialect.pairs", "", "note"), finding("x", "")], "a finding is reported"),
    (FINDINGS, [], "dialect.pairs is not reported; found: nothing"),
    (REGIONS, [[0.2], [0.4], [2.0]], "a sample of 4 is expected, got 3 rows"),
    (TOYS, [[90], [95], [100], [98]], "mean of bin 0"),
    (TOYS, [[10], [10], [100], [-80]], "variance of bin 0"),
]


@pytest.mark.parametrize("check, answer", GOOD)
def test_right_answers_pass(check: dict[str, Any], answer: Any) -> None:
    found = judge(check, answer, NOWHERE)
    assert (found.status, found.message) == ("passed", "")


@pytest.mark.parametrize("check, answer, message", BAD)
def test_wrong_answers_fail_with_the_worst_number(
    check: dict[str, Any], answer: Any, message: str
) -> None:
    found = judge(check, answer, NOWHERE)
    assert found.status == "failed"
    assert message in found.message


def test_a_large_sample_of_a_wrong_distribution_fails() -> None:
    check = {**REGIONS, "size": 10_000}
    good = [[0.5 if i % 2 else 1.5] for i in range(10_000)]
    bad = [[0.5 if i % 20 < 11 else 1.5] for i in range(10_000)]
    assert judge(check, good, NOWHERE).status == "passed"
    assert judge(check, bad, NOWHERE).status == "failed"


def test_round_trips_are_compared_as_json(tmp_path: Path) -> None:
    document = tmp_path / "hs3.json"
    document.write_text('{"a": [1, 2.5, true], "b": {"c": 1.0}}')
    check = {"kind": "round_trip"}
    assert judge(check, json.loads(document.read_text()), document).status == "passed"
    assert judge(check, {"a": [1.0, 2.5, True], "b": {"c": 1}}, document).status == "passed"
    for wrong, place in (
        ({"a": [1, 2.5, 1], "b": {"c": 1.0}}, "/a/2 is 1, not True"),
        ({"a": [1, 2.5, True]}, "/b is lost"),
        ({"a": [1, 2.5, True], "b": {"c": 1.0, "d": 0}}, "/b/d is new"),
        (None, "/ is None"),
    ):
        found = judge(check, wrong, document)
        assert found.status == "failed"
        assert place in found.message


def test_kinds_that_nobody_knows_are_unsupported() -> None:
    assert judge({"kind": "unheard_of"}, None, NOWHERE).status == "unsupported"
    assert {"fit", "rejection", "sampling", "pdf_scan"} <= set(JUDGES)
