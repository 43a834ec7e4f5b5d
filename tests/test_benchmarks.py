"""The benchmarks run, compare equal numbers, and tell what was asked for and what is missing."""

from __future__ import annotations

import json
import sys

import pytest
from conftest import ROOT
from process import python

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def measure(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import measure

    yield measure
    del sys.modules["measure"]


def test_targets_are_ratios_to_this_engine_or_bounds(measure, capsys):
    record = measure.Record("speed")
    record.row("small", "a thing", {"hs3": 0.002, "peer": 0.008})
    record.faster("small", "a thing", "peer", 3.0)
    record.faster("small", "a thing", "peer", 5.0)
    record.faster("small", "a thing", "absent", 5.0)
    record.at_most("small", "memory", 7.0, 6.0, "GB")
    assert [(t.found, t.passed) for t in record.targets] == [(4, True), (4, False), (7, False)]
    out = capsys.readouterr().out
    assert "hs3 2 ms (1×)   peer 8 ms (4×)" in out
    assert "FAIL  small: memory: asked ≤ 6 GB, found 7" in out


def test_a_peer_that_is_not_there_is_named(measure, capsys, monkeypatch):
    monkeypatch.delenv("HS3_ROOT_PYTHON", raising=False)
    record = measure.Record("speed")
    assert measure.installed(record, "numpy", "no-such-package") == ["numpy"]
    assert measure.root(record, "roofit.py", {}) is None
    assert set(record.left_out) == {"no-such-package", "RooFit"}
    assert "left out: no-such-package (not installed)" in capsys.readouterr().out


@pytest.mark.slow
def test_the_gradient_benchmark_runs(tmp_path):
    pytest.importorskip("pyhf")
    out = tmp_path / "times.json"
    script = str(BENCHMARKS / "gradient.py")
    done = python(script, "--sizes", "tiny", "--rounds", "1", "--json", str(out))
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(out.read_text())["rows"]
    assert row["case"] == "tiny"
    assert row["seconds"].keys() >= {"hs3", "pyhf with JAX"}


@pytest.mark.slow
def test_the_report_names_what_is_left_out(tmp_path):
    done = python(str(BENCHMARKS / "report.py"), "--only", "gpu", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (text,) = (path.read_text() for path in tmp_path.glob("*.md"))
    assert "## GPU" in text
    assert "Left out: GPU (JAX finds no GPU)." in text or "toys drawn and fitted" in text
    (data,) = (json.loads(path.read_text()) for path in tmp_path.glob("*.json"))
    assert data["machine"]["cores"] >= 1
    assert data["results"][0]["question"] == "gpu"
