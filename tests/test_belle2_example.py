"""The example of efficiency corrections: its files, its numbers, and its study with few toys."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest
from conftest import ROOT

import hs3

FOLDER = ROOT / "examples" / "belle2_efficiency"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("belle2_study", FOLDER / "study.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["belle2_study"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    yield module
    del sys.modules["belle2_study"]


def test_the_files_are_those_of_the_script(example):
    assert not hs3.diff(hs3.load(FOLDER / "model.hs3.json"), example.model(), tolerance=1e-12)
    covariance = np.loadtxt(FOLDER / "factors.csv", delimiter=",")
    jacobian = np.loadtxt(FOLDER / "jacobian.csv", delimiter=",")
    assert np.allclose(covariance, example.factor_covariance(0.5), rtol=1e-12)
    assert np.allclose(jacobian, example.templates()[1], rtol=1e-12)


def test_the_model_has_the_covariance_of_the_factors(example):
    slopes = example.templates()[1]
    wanted = slopes @ example.factor_covariance(0.5) @ slopes.T
    ws, report = hs3.add_systematics(example.model(), config=FOLDER / "covariance.yaml")
    found = hs3.template_covariance(hs3.compile(ws)).covariance
    assert np.allclose(np.diag(found), np.diag(wanted), rtol=1e-12)
    note = next(f for f in report if f.code == "covariance.variations")
    kept = np.linalg.eigvalsh(wanted)[::-1][: note.value].sum() / np.trace(wanted)
    assert kept >= 0.99


def test_pulls_are_as_wide_as_the_linear_fit_has_it(example):
    """A correlation of 1 fitted with 0: mu claims too little, A too much."""
    toys = 150
    assumed = hs3.compile(example.hypothesis(0.0))
    for true in (0.0, 1.0):
        wanted = example.expected_width(true, 0.0)
        for name, found in example.pulls(assumed, true, toys).items():
            width, error = found.width
            assert found.failed == 0
            assert width == pytest.approx(wanted[name], abs=4 * error)
            assert found.mean[0] == pytest.approx(0.0, abs=4 * found.mean[1])


def printed(text):
    """The numbers of what the study prints, and the words of the lines without."""
    rows = [line.split() for line in text.strip().splitlines() if line.strip()]
    lines = [row for row in rows if not row[-1].replace(".", "").isdigit()]
    numbers = [float(n) for row in rows if row not in lines for n in row if n[0].isdigit()]
    return numbers, lines


@pytest.mark.slow
def test_the_study_decides(example, capsys):
    """The tables of the README, and what follows from them."""
    toys = 2000
    found = example.study(toys)
    example.show(found, toys)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    wanted, said = printed(readme.partition("```text\n")[2].partition("```")[0])
    numbers, words = printed(capsys.readouterr().out)
    assert words == said
    assert len(wanted) == 2 * (5 + 5 * 6 + 5 + 1)
    assert numbers == pytest.approx(wanted, rel=0.02)  # one in the last digit of a width
    for i, true in enumerate(example.HYPOTHESES):
        for j, assumed in enumerate(example.HYPOTHESES):
            wanted = example.expected_width(true, assumed)
            for name in example.POIS:
                error = wanted[name] / np.sqrt(2 * (toys - 1))
                assert found[name][i, j] == pytest.approx(wanted[name], abs=5 * error)
    choices = [example.safe(found[n], found[f"error of {n}"], toys) for n in example.POIS]
    assert example.HYPOTHESES[choices[0]] == 1.0
    assert example.HYPOTHESES[choices[1]] <= 0.25
