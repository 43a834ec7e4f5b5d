"""The child process that runs ROOT: what goes wrong there is one clear error here."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path

import pytest
from root_process import needs_root

from hs3.adapters.root import process
from hs3.errors import ConversionError, MissingDependency


def without_root(name: str, *_: object) -> None:
    assert name == "ROOT"


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Replaces the worker by a script; this Python runs it."""

    def replace(script: str) -> None:
        path = tmp_path / "worker.py"
        path.write_text(f"import json, os, sys, time\n{script}\n")
        monkeypatch.setattr(process, "_WORKER", path)
        monkeypatch.setenv(process.VARIABLE, sys.executable)

    return replace


def test_without_root_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(process.VARIABLE, raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", without_root)
    assert not process.available()
    with pytest.raises(MissingDependency, match=r"hs3-reference\[root\]"):
        process.run("version")


def test_an_interpreter_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(process.VARIABLE, "/no/such/python")
    with pytest.raises(MissingDependency, match="/no/such/python"):
        process.run("version")


def test_an_interpreter_without_root(worker) -> None:
    worker('json.dump({"missing": "No module named ROOT"}, open("answer.json", "w"))')
    with pytest.raises(MissingDependency, match="has no ROOT"):
        process.run("version")


def test_a_crash_is_told_with_the_last_words(worker) -> None:
    worker('print("*** Break *** segmentation violation", flush=True); os.abort()')
    with pytest.raises(ConversionError, match="segmentation violation") as caught:
        process.run("version")
    assert caught.value.code == "root.crashed"


def test_a_hang_is_ended_with_what_it_started(worker, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(alive)!r}, 'w')"
    worker(
        f"import subprocess; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    )
    start = time.monotonic()
    with pytest.raises(ConversionError) as caught:
        process.run("version", timeout=1.0)
    assert caught.value.code == "root.timeout"
    assert time.monotonic() - start < 10
    time.sleep(1.5)
    assert not alive.exists()


def test_noise_stays_out(worker, capfd: pytest.CaptureFixture[str]) -> None:
    worker(
        'print("noise" * 100000); print("more", file=sys.stderr)\n'
        'json.dump({"result": {"version": "1"}}, open("answer.json", "w"))'
    )
    assert process.run("version") == {"version": "1"}
    assert capfd.readouterr() == ("", "")


def test_the_package_named_json_does_not_hide_the_library(worker) -> None:
    worker('json.dump({"result": {"at": json.__file__}}, open("answer.json", "w"))')
    assert os.path.join("adapters", "root") not in process.run("version")["at"]


def test_the_real_root(tmp_path: Path) -> None:
    needs_root()
    assert process.run("version")["version"].startswith("6.")
    missing = tmp_path / "none.root"
    with pytest.raises(ConversionError) as caught:
        process.evaluate(missing, "obsData", [{}])
    assert caught.value.code == "root.refused"
    with pytest.raises(ConversionError, match="HS3 version is missing"):
        process.evaluate({"distributions": []}, "obsData", [{}])
