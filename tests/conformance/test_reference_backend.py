"""Our backend on the kinds of checks that the official suite does not have."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from hs3.conformance import suite
from hs3.conformance.backends.reference import Backend
from hs3.conformance.verdicts import judge

BACKEND = Backend()
COUNTING: dict[str, Any] = {
    "metadata": {"hs3_version": "0.2.9"},
    "distributions": [
        {
            "name": "ch",
            "type": "histfactory_dist",
            "axes": [{"name": "x", "min": 0, "max": 2, "nbins": 2}],
            "samples": [
                {
                    "name": "signal",
                    "data": {"contents": [3.0, 7.0]},
                    "modifiers": [{"name": "mu", "type": "normfactor", "parameter": "mu"}],
                },
                {"name": "background", "data": {"contents": [10.0, 20.0]}, "modifiers": []},
            ],
        },
        {"name": "g", "type": "gaussian_dist", "x": "m", "mean": "shift", "sigma": 1.0},
    ],
    "data": [
        {
            "name": "d",
            "type": "binned",
            "axes": [{"name": "x", "min": 0, "max": 2, "nbins": 2}],
            "contents": [16.0, 34.0],
        }
    ],
    "likelihoods": [{"name": "l", "distributions": ["ch"], "data": ["d"]}],
    "domains": [
        {
            "name": "default_domain",
            "type": "product_domain",
            "axes": [{"name": "m", "min": -9, "max": 9}, {"name": "mu", "min": 0, "max": 9}],
        }
    ],
    "parameter_points": [
        {
            "name": "default_values",
            "parameters": [{"name": "mu", "value": 1.0}, {"name": "shift", "value": 0.5}],
        }
    ],
}
TARGET = {"likelihood": "l"}
START = {"mu": 1.0, "shift": 0.5}
CHECKS: list[dict[str, Any]] = [
    {"kind": "findings", "findings": [], "absent": [{"severity": "error"}]},
    {"kind": "round_trip"},
    {
        # rates 10 + 3 mu and 20 + 7 mu
        "kind": "expected_counts",
        "target": {**TARGET, "channel": "ch"},
        "reference_point": START,
        "scan_parameters": ["mu"],
        "scan_points": [[1.0], [2.0]],
        "expected": [[13.0, 27.0], [16.0, 34.0]],
        "tolerance": {"atol": 0.0, "rtol": 1e-12},
    },
    {
        "kind": "expected_counts",
        "target": {**TARGET, "channel": "ch", "sample": "signal"},
        "reference_point": START,
        "scan_parameters": ["mu"],
        "scan_points": [[2.0]],
        "expected": [[6.0, 14.0]],
        "tolerance": {"atol": 0.0, "rtol": 1e-12},
    },
    {
        # data are the expectation at mu = 2; the error is (9/16 + 49/34)^(-1/2)
        "kind": "fit",
        "target": TARGET,
        "reference_point": START,
        "expected": {"parameters": {"mu": {"value": 2.0, "error": (9 / 16 + 49 / 34) ** -0.5}}},
        "tolerance": {"value": 1e-5, "error": 1e-5},
    },
    {
        "kind": "sampling",
        "target": {**TARGET, "channel": "ch"},
        "reference_point": {"mu": 2.0},
        "size": 4000,
        "means": [16.0, 34.0],
    },
    {
        "kind": "sampling",
        "target": {"pdf": "g", "observables": ["m"]},
        "reference_point": START,
        "size": 4000,
        "regions": [
            {"range": {"m": [-9.0, 0.5]}, "probability": 0.5},
            {"range": {"m": [-0.5, 1.5]}, "probability": 0.6826894921},
        ],
    },
    {
        # 2 (3 - 16 ln(16/13) + 7 - 34 ln(34/27))
        "kind": "round_trip",
        "through": "pyhf",
        "target": TARGET,
        "reference_point": {"mu": 1.0},
        "scan_parameters": ["mu"],
        "scan_points": [[1.0], [2.0]],
        "expected": [
            0.0,
            2 * (10 - 16 * math.log(16 / 13) - 34 * math.log(34 / 27)),
        ],
        "tolerance": {"atol": 1e-12, "rtol": 1e-10},
    },
]


def fixture(folder: Path, checks: list[dict[str, Any]], text: str) -> suite.Fixture:
    (folder / "hs3.json").write_text(text)
    (folder / "metadata.json").write_text('{"conformance": ["standard"]}')
    (folder / "expected.json").write_text('{"checks": []}')
    numbered = [{"id": f"check_{i}", **check} for i, check in enumerate(checks)]
    (folder / "extension.json").write_text(json.dumps({"checks": numbered}))
    (one,) = suite.fixtures(folder)
    return one


def answer(one: suite.Fixture, check: Any) -> Any:
    path = str(one.document)
    run = getattr(BACKEND, f"run_{check['kind']}")
    if check["kind"] in ("rejection", "findings"):
        return run(check, path)
    return run(BACKEND.load_workspace(path), check, path)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check["kind"])
def test_every_kind_is_answered(tmp_path: Path, check: dict[str, Any]) -> None:
    one = fixture(tmp_path, [check], json.dumps(COUNTING))
    found = judge(one.checks[0], answer(one, one.checks[0]), one.document)
    assert (found.status, found.message) == ("passed", "")


def test_the_sum_of_two_kinds_of_data_has_a_limit(tmp_path: Path) -> None:
    check = {
        "kind": "upper_limit",
        "target": TARGET,
        "poi": "mu",
        "expected": {"observed": 1.0},
        "tolerance": {"atol": 0.0, "rtol": 0.0},
    }
    one = fixture(tmp_path, [check], json.dumps(COUNTING))
    found = answer(one, one.checks[0])
    assert 2.0 < found["observed"] < 4.0
    assert found["expected"] == sorted(found["expected"])
    assert judge(one.checks[0], found, one.document).status == "failed"


@pytest.mark.parametrize(
    "text, finding",
    [
        ('{"metadata": {', {"code": "read.syntax"}),
        ('{"a": 1, "a": 2}', {"code": "read.syntax"}),
        (
            json.dumps({"metadata": {"hs3_version": "0.2.9"}, "distributions": {"a": 1}}),
            {"code": "document.invalid", "path": "/distributions"},
        ),
    ],
)
def test_documents_are_refused(tmp_path: Path, text: str, finding: dict[str, str]) -> None:
    check = {"kind": "rejection", "why": "it is broken", "findings": [finding]}
    one = fixture(tmp_path, [check], text)
    found = judge(one.checks[0], answer(one, one.checks[0]), one.document)
    assert (found.status, found.message) == ("passed", "")


def test_a_good_document_is_not_refused(tmp_path: Path) -> None:
    check = {"kind": "rejection", "why": "it is broken", "findings": []}
    one = fixture(tmp_path, [check], json.dumps(COUNTING))
    found = judge(one.checks[0], answer(one, one.checks[0]), one.document)
    assert found.message == "the document is accepted, although it is broken"


def test_steps_go_as_far_as_they_say(tmp_path: Path) -> None:
    refused = {"kind": "rejection", "why": "", "findings": []}
    wrong = {
        "step": "evaluate",
        "target": TARGET,
        "reference_point": {"nu": 1.0},
        "findings": [{"code": "fit.unknown_parameter"}],
    }
    limited = {"step": "upper_limit", "target": TARGET, "findings": [{"code": "inference.poi"}]}
    one = fixture(tmp_path, [refused | wrong, refused | limited], json.dumps(COUNTING))
    for check in one.checks:
        found = answer(one, check)
        assert found, check
    assert found[0]["code"].startswith(("inference.", "fit."))
    convert = {"kind": "findings", "step": "convert", "to": "pyhf", "findings": []}
    assert isinstance(answer(one, convert), list)
