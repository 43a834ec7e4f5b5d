"""The table of limits for few events in docs/inference.md, and the script that makes it."""

from __future__ import annotations

import importlib.util
import re

import pytest
from conftest import ROOT

import hs3

LINE = re.compile(r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) ± ([\d.]+) \|$", re.M)
ROWS = LINE.findall((ROOT / "docs" / "inference.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script():
    path = ROOT / "examples" / "low_counts" / "table.py"
    spec = importlib.util.spec_from_file_location("low_counts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_has_a_line_for_each_case(script):
    assert [(int(row[0]), float(row[1])) for row in ROWS] == list(script.CASES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} of {row[1]}")
def test_the_formulas_fail_where_the_table_says(script, row):
    n, b, exact, formula, toys, error = map(float, row)
    assert script.exact(int(n), b) == pytest.approx(exact, abs=0.005)
    assert hs3.upper_limit(script.model(int(n), b)).observed == pytest.approx(formula, abs=0.005)
    assert toys == pytest.approx(exact, abs=3.0 * error)
    assert formula < exact


@pytest.mark.slow
def test_the_script_prints_the_table(script):
    row = ROWS[1]
    line = script.row(int(row[0]), float(row[1]))
    assert LINE.findall(line) == [row]
