"""The benchmarks run, and compare equal numbers."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from process import python


@pytest.mark.slow
def test_the_gradient_benchmark_runs(tmp_path):
    pytest.importorskip("pyhf")
    out = tmp_path / "times.json"
    script = str(ROOT / "benchmarks" / "gradient.py")
    done = python(script, "--sizes", "tiny", "--repeat", "3", "--json", str(out))
    assert done.returncode == 0, done.stderr
    result = json.loads(out.read_text())["tiny"]
    assert result["twice_nll"]["hs3"] == pytest.approx(result["twice_nll"]["pyhf"], rel=1e-8)
    assert result["ratio"] > 0
