"""Run the checks of fixtures on a backend, in a process of its own.

A crash or a hang of the backend is one failed check: the process is started again for the next.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from hs3 import jsonio
from hs3.errors import ConversionError, HS3Error

from .compare import Outcome, compare
from .suite import SCANS, Fixture

TIMEOUT = 300.0
"""Seconds that one check may take."""

START = 120.0
"""Seconds that a backend may take to be imported."""


class Process:
    """A backend in a child process.

    Raises:
        ConversionError: the backend cannot be imported.
    """

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._start()

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "hs3.conformance.worker", self._backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._child, self._lines), daemon=True).start()
        try:
            first = self._next(START)
        except queue.Empty:
            first = None
        if first is None or "ready" not in first:
            self.close()
            why = (first or {}).get("fatal", "its process ended or hung while it was imported")
            raise ConversionError(
                f"the backend {self._backend!r} cannot be used: {why}",
                code="conformance.backend",
                value=self._backend,
            )

    @staticmethod
    def _listen(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            lines.put(line)
        lines.put("")

    def _next(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None when the process has ended; raises queue.Empty for a hang."""
        line = self._lines.get(timeout=seconds)
        answer: dict[str, Any] | None = json.loads(line) if line else None
        return answer

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request, or an ``error`` where there is none."""
        if self._child.poll() is not None:
            self._start()
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request) + "\n")
            self._child.stdin.flush()
            answer = self._next(seconds)
        except queue.Empty:
            self.close()
            return {"error": f"no answer within {seconds:g} s", "seconds": seconds}
        except BrokenPipeError:
            answer = None
        if answer is None:
            self.close()
            return {"error": f"the backend crashed (exit status {self._child.returncode})"}
        return answer

    def close(self) -> None:
        """End the process."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def run(
    fixtures: Iterable[Fixture],
    backend: str = "hs3",
    *,
    timeout: float = TIMEOUT,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Outcomes of all checks, in order.

    Args:
        fixtures: see `hs3.conformance.suite.fixtures`.
        backend: ``hs3``, or ``module:Class`` of a class with the methods that the official suite
            asks for: ``load_workspace``, ``run_structure_check`` and a ``run_…_scan`` each.
        timeout: seconds that one check may take.
        tell: called with each outcome as it comes.

    Raises:
        ConversionError: the backend cannot be imported.
    """
    out = []
    with Process(backend) as process:
        for fixture in fixtures:
            for outcome in _outcomes(fixture, process, timeout):
                tell(outcome)
                out.append(outcome)
    return out


def _outcomes(fixture: Fixture, process: Process, timeout: float) -> Iterator[Outcome]:
    for check in fixture.checks:
        name, kind = str(check.get("id", check["kind"])), check["kind"]
        if kind == "static_integrity":
            yield _integrity(fixture, name)
            continue
        request = {"path": str(fixture.document), "check": dict(check)}
        answer = process.ask(request, timeout)
        seconds = float(answer.get("seconds", 0.0))
        if "error" in answer:
            status = "unsupported" if answer.get("unsupported") else "error"
            yield Outcome(fixture.name, name, kind, status, answer["error"], seconds)  # type: ignore[arg-type]
        elif kind in SCANS:
            verdict, message, worst = compare(check, answer["value"])
            yield Outcome(fixture.name, name, kind, verdict, message, seconds, worst)
        else:
            yield Outcome(fixture.name, name, kind, "passed", "", seconds)


def _integrity(fixture: Fixture, name: str) -> Outcome:
    """Whether the document is an object of strict JSON: nothing that a backend could do."""
    try:
        data = jsonio.read(fixture.document)
    except HS3Error as error:
        return Outcome(fixture.name, name, "static_integrity", "failed", str(error))
    status = "passed" if isinstance(data, dict) else "failed"
    return Outcome(fixture.name, name, "static_integrity", status)  # type: ignore[arg-type]
