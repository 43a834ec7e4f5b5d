"""The real ROOT, in a process of its own: its crashes, hangs and messages stay out of this one.

ROOT is optional (``pip install "hs3-reference[root]"``). It is looked for in the Python that runs
this package, or in the one that the environment variable ``HS3_ROOT_PYTHON`` names.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hs3 import jsonio
from hs3.errors import ConversionError, MissingDependency

VARIABLE = "HS3_ROOT_PYTHON"
"""Environment variable: the Python interpreter that has ROOT."""

TIMEOUT = 600.0
"""Seconds after which the child process is ended."""

_WORKER = Path(__file__).with_name("worker.py")
_START = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
_SHOWN = 1500
"""Characters of ROOT's messages that an error repeats."""


def interpreter() -> str:
    """The Python that has ROOT.

    Raises:
        MissingDependency: none is known; the message says how to get one.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    if importlib.util.find_spec("ROOT") is not None:
        return sys.executable
    raise MissingDependency(
        'this needs ROOT: pip install "hs3-reference[root]", or let the environment variable '
        f"{VARIABLE} name a Python interpreter that can import ROOT"
    )


def available() -> bool:
    """True when an interpreter with ROOT is known."""
    try:
        interpreter()
    except MissingDependency:
        return False
    return True


def run(
    task: str, *, request: Mapping[str, Any] | None = None, timeout: float = TIMEOUT
) -> dict[str, Any]:
    """Let ROOT carry out a task of `hs3.adapters.root.worker`.

    Args:
        task: name of the task.
        request: what the task needs; paths have to be absolute.
        timeout: seconds after which the process is ended.

    Raises:
        MissingDependency: there is no ROOT.
        ConversionError: ROOT refused, crashed (`root.crashed`), or took too long (`root.timeout`).
    """
    command = [interpreter(), "-W", "ignore", "-c", _START, str(_WORKER)]
    with tempfile.TemporaryDirectory(prefix="hs3-root-") as folder:
        Path(folder, "request.json").write_text(json.dumps({"task": task, **(request or {})}))
        said, status = _wait(command, folder, timeout)
        answer = Path(folder, "answer.json")
        if not answer.is_file():
            message = f"ROOT ended with status {status} and no answer{_tail(said)}"
            raise ConversionError(message, code="root.crashed", value=status)
        found = json.loads(answer.read_text(encoding="utf-8"))
    return _result(found, said)


def _wait(command: list[str], folder: str, timeout: float) -> tuple[str, int]:
    """Messages and exit status of the process; it and all it started are ended after `timeout`."""
    with open(Path(folder, "said"), "wb+") as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            message = f"{VARIABLE} names {command[0]!r}, which cannot be started: {error.strerror}"
            raise MissingDependency(message) from error
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            message = f"ROOT took more than {timeout:g} s and was ended"
            raise ConversionError(message, code="root.timeout", value=timeout) from None
        finally:
            _end(process)
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - 4 * _SHOWN))
        return said.read().decode("utf-8", "replace"), status


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process with everything in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()


def _result(answer: dict[str, Any], said: str) -> dict[str, Any]:
    if "missing" in answer:
        message = (
            f"the Python interpreter {interpreter()} has no ROOT ({answer['missing']}); "
            'pip install "hs3-reference[root]"'
        )
        raise MissingDependency(message)
    if "error" in answer:
        message = f"ROOT refused: {answer['error'].strip()[:_SHOWN]}{_tail(said)}"
        raise ConversionError(message, code="root.refused", value=answer["error"][:200])
    result: dict[str, Any] = answer["result"]
    return result


def _tail(said: str) -> str:
    """The end of what ROOT printed."""
    text = said.strip()[-_SHOWN:]
    return f"\n{text}" if text else ""


# --- tasks --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evaluation:
    """What ROOT found: -log L per point, and the parameters of its model.

    Attributes:
        nll: one number per point; ROOT leaves out constants, so that only differences count.
        parameters: name → ``value``, ``min``, ``max``, ``const``.
    """

    nll: tuple[float, ...]
    parameters: Mapping[str, Mapping[str, Any]]


def evaluate(
    source: dict[str, Any] | str | os.PathLike[str],
    data: str,
    points: Sequence[Mapping[str, float]],
    *,
    model_config: str | None = None,
    pdf: str | None = None,
    global_observables: Sequence[str] = (),
    backend: str = "cpu",
    observed_fixed: bool = True,
    lenient: bool = False,
    timeout: float = TIMEOUT,
) -> Evaluation:
    """-log L of a ROOT file or an HS3 document, by ROOT, constraints included.

    Args:
        source: HS3 JSON data for ROOT's importer, or the path of a ROOT file.
        data: name of the data in the workspace.
        points: name → value; what a point leaves out keeps the value of the workspace.
        model_config: name of the ModelConfig; the first one without.
        pdf: name of a pdf instead of a ModelConfig, with its `global_observables`.
        backend: ``cpu`` or ``legacy``.
        observed_fixed: tell ROOT the global observables of the ModelConfig, as RooStats does; it
            then normalises constraints over the range of these.
        lenient: ignore names in `points` that ROOT's model does not depend on.
        timeout: as for `run`.
    """
    request: dict[str, Any] = {
        "data": data,
        "points": [dict(p) for p in points],
        "model_config": model_config,
        "pdf": pdf,
        "globals": list(global_observables),
        "backend": backend,
        "observed_fixed": observed_fixed,
        "lenient": lenient,
    }
    with Handed(source) as place:
        found = run("nll", request={**request, **place}, timeout=timeout)
    parameters = {
        name: {k: v if isinstance(v, bool) else float(v) for k, v in entry.items()}
        for name, entry in found["parameters"].items()
    }
    return Evaluation(tuple(float(v) for v in found["nll"]), parameters)


class Handed:
    """A source as a file for the child process: ``{"file": path}`` or ``{"document": path}``."""

    def __init__(self, source: dict[str, Any] | str | os.PathLike[str]) -> None:
        self.source = source
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> dict[str, str]:
        if not isinstance(self.source, dict):
            return {"file": os.path.abspath(self.source)}
        self.folder = tempfile.TemporaryDirectory(prefix="hs3-root-")
        path = Path(self.folder.name, "document.json")
        path.write_text(jsonio.dumps(self.source), encoding="utf-8")
        return {"document": str(path)}

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            self.folder.cleanup()
