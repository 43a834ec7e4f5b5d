"""A backend in a process of its own: its crashes, hangs and messages stay out of this one."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from hs3.errors import ConversionError

START = 120.0
"""Seconds that a backend may take to be imported."""

_SHOWN = 300
"""Characters of its last messages that are told when a backend crashes."""


class Process:
    """A program that answers requests in JSON lines, started again when it ended.

    Attributes:
        version: what the program says its version is.

    Raises:
        ConversionError: it cannot be started, or does not say that it is ready.
    """

    def __init__(self, backend: str, command: Sequence[str], help: str = "") -> None:
        self._backend = backend
        self._command = list(command)
        self._help = help
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self.version = ""
        self._start()

    def _start(self) -> None:
        self._said.seek(0)
        self._said.truncate()
        try:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise self._unusable(f"{self._command[0]}: {error.strerror}") from error
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._child, self._lines), daemon=True).start()
        try:
            first = self._next(START) or {}
        except queue.Empty:
            first = {}
        except ValueError:
            first = {"fatal": "its first line is no JSON object"}
        if first.get("ready") is not True:
            self.end()
            ended = f"its process ended or hung while it was imported{self._tail()}"
            raise self._unusable(str(first.get("fatal", ended)))
        self.version = str(first.get("version") or "")

    def _unusable(self, why: str) -> ConversionError:
        self._said.close()
        return ConversionError(
            f"the backend {self._backend!r} cannot be used: {why}{self._help and '; '}{self._help}",
            code="conformance.backend",
            value=self._backend,
        )

    @staticmethod
    def _listen(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        assert child.stdout is not None
        with contextlib.suppress(ValueError):  # closed while it was read
            for line in child.stdout:
                lines.put(line)
        lines.put("")

    def _next(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None when the process has ended.

        Raises:
            queue.Empty: it hangs.
            ValueError: the line is not a JSON object.
        """
        line = self._lines.get(timeout=seconds)
        if not line:
            return None
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError(line)
        return answer

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request, or an ``error`` where there is none."""
        if self._child.poll() is not None:
            try:
                self._start()
            except ConversionError as error:
                return {"error": error.message}
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request) + "\n")
            self._child.stdin.flush()
            answer = self._next(seconds)
        except queue.Empty:
            self.end()
            return {"error": f"no answer within {seconds:g} s", "seconds": seconds}
        except BrokenPipeError:
            answer = None
        except ValueError as error:
            self.end()
            return {"error": f"the answer is not one line with a JSON object: {str(error)[:80]}"}
        if answer is None:
            self.end()
            status = self._child.returncode
            return {"error": f"the backend crashed (exit status {status}){self._tail()}"}
        return answer

    def _tail(self) -> str:
        """The last line of what the program printed."""
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, self._said.tell() - 4 * _SHOWN))
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1][:_SHOWN]}" if lines else ""

    def end(self) -> None:
        """End the process with everything that it started."""
        try:
            os.killpg(self._child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
        if not self._said.closed:
            self._said.close()
