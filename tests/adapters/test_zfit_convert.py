"""`hs3 convert package.module:name DST`: code runs where it is named, and nowhere else."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from process import HOME

import hs3
from hs3.cli.app import run

WITH_ZFIT = importlib.util.find_spec("zfit") is not None


def needs_zfit(test: Callable[..., None]) -> Any:
    """Skip without zfit; it and TensorFlow warn of much."""
    skip = pytest.mark.skipif(not WITH_ZFIT, reason="zfit is not installed")
    return skip(pytest.mark.filterwarnings("ignore")(test))


LOSS = """
import numpy as np, zfit
from values_of_it import MEAN
print("text of the script")
x = zfit.Space("x", 0, 5)
mu = zfit.Parameter("mu", MEAN, 0, 5, stepsize=0.1)
events = zfit.Data.from_numpy(obs=x, array=np.linspace(1, 4, 9)[:, None])
loss = zfit.loss.UnbinnedNLL(zfit.pdf.Gauss(mu, 1.0, x), events)
def make():
    return [loss]
class Analyses:
    first = loss
if __name__ == "__main__":
    raise RuntimeError("this is no program")
"""

BROKEN = """
number = 3
def fails():
    print("on the way")
    raise ValueError("no such year")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "broken.py").write_text(BROKEN)
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "analysis.py").write_text(LOSS)
    (tmp_path / "values_of_it.py").write_text("MEAN = 2.0")
    monkeypatch.chdir(tmp_path)
    return tmp_path


ERRORS = {
    "package.broken:fails": r"package.broken:fails fails: ValueError: no such year \(.*line 5\)",
    "broken.py:fails": r"ValueError: no such year \(.*broken.py, line 5\)",
    "package.broken:numbre": "package.broken has no 'numbre' .did you mean number",
    "package.absent:loss": "ModuleNotFoundError: No module named 'package.absent'$",
    "absent.py:loss": "there is no file absent.py",
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_one_sentence(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["convert", name, "out.json"])
    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    message = " ".join(shown.err.removeprefix("on the way").split())
    assert re.search(ERRORS[name].replace(" ", r"\s"), message), message
    assert not (folder / "out.json").exists()


def test_options_of_reading_are_for_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "broken.py:number", "out.json", "--mass", "125"]) == 1
    assert "`mass` can be given for files" in " ".join(capsys.readouterr().err.split())


def test_only_convert_runs_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other commands take the name for a file; a file that is there is data whatever its name."""
    for command in ("validate", "show", "fit"):
        assert run([command, "broken.py:fails"]) == 1
        shown = capsys.readouterr()
        assert "cannot read broken.py:fails" in " ".join((shown.out + shown.err).split())
    (folder / "broken.py:fails").write_text("{}")
    assert run(["convert", "broken.py:fails", "out.json"]) == 1
    assert "on the way" not in (err := capsys.readouterr().err)
    assert "no section of either" in " ".join(err.split())
    assert run(["convert", "broken.py", "out.json"]) == 1
    assert "read.syntax" in capsys.readouterr().err


@pytest.mark.skipif(WITH_ZFIT, reason="zfit is installed")
def test_without_zfit_it_says_how_to_get_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", "broken.py:number", "out.json"]) == 1
    assert 'pip install "hs3-reference[zfit]"' in " ".join(capsys.readouterr().err.split())


@needs_zfit
def test_a_loss_becomes_a_document(folder: Path) -> None:
    """In a process of its own, as a user has it; stdout is JSON alone."""
    done = subprocess.run(
        [sys.executable, "-m", "hs3", "convert", "analysis:loss", "out.json", "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["written"] == "out.json"
    assert "text of the script" in done.stderr
    workspace = hs3.load("out.json")
    assert workspace.to_json()["misc"] == {"zfit": {"stepsizes": {"mu": 0.1}}}
    assert hs3.fit(workspace).values["mu"] == pytest.approx(2.5, abs=0.05)


@needs_zfit
@pytest.mark.parametrize("name", ["analysis.py:make", "analysis:Analyses.first"])
def test_a_loss_may_be_made_by_a_function_or_lie_deeper(name: str, folder: Path) -> None:
    assert run(["convert", name, "out.json"]) == 0
    assert hs3.load("out.json").distribution("Gauss").type == "gaussian_dist"


@needs_zfit
def test_a_loss_goes_on_to_other_formats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "analysis.py:loss", "root.json", "--to", "root-json"]) == 0
    assert hs3.load("root.json").distribution("Gauss").type == "gaussian_dist"
    capsys.readouterr()
    assert run(["convert", "analysis.py:loss", "pyhf.json", "--to", "pyhf"]) == 1
    assert "Gauss" in capsys.readouterr().err


@needs_zfit
def test_other_objects_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "broken.py:number", "out.json"]) == 1
    assert "int is no likelihood" in " ".join(capsys.readouterr().err.split())
