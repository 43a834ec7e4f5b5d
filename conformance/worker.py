"""The process in which a backend runs: one JSON request a line in, one answer a line out.

Whatever the backend prints goes to stderr, so that answers stay apart from it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

NAMES = {"hs3": "hs3.conformance.hs3suite_backend:HS3TestSuiteBackend"}
"""Backends that have a short name."""


def backend(name: str) -> Any:
    """An instance of the class that a short name or ``module:Class`` stands for."""
    module, _, cls = NAMES.get(name, name).partition(":")
    return getattr(import_module(module), cls)()


class Missing(NotImplementedError):
    """The backend has no method for a kind of check."""


class Session:
    """A backend, and the document it has loaded last."""

    def __init__(self, name: str) -> None:
        self._backend = backend(name)
        self._path = ""
        self._workspace: Any = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome of one request: ``value``, or ``error`` with ``unsupported``."""
        start = time.perf_counter()
        try:
            out: dict[str, Any] = {"value": self._value(request)}
        except NotImplementedError as error:
            out = {"error": str(error) or "not implemented", "unsupported": True}
        except Exception as error:
            out = {"error": f"{type(error).__name__}: {error}", "unsupported": False}
        return {**out, "seconds": time.perf_counter() - start}

    def _value(self, request: Mapping[str, Any]) -> Any:
        path, check = request["path"], request["check"]
        if path != self._path:
            self._path = ""
            self._workspace = self._backend.load_workspace(path)
            self._path = path
        kind = check["kind"]
        if kind == "static_integrity":
            return None
        if kind == "structure_import":
            self._backend.run_structure_check(self._workspace, check)
            return None
        run = getattr(self._backend, f"run_{kind}", None)
        if run is None:
            raise Missing(f"the backend has no run_{kind}")
        return [float(value) for value in run(self._workspace, check, path)]


def main() -> None:
    """Serve requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # also what libraries print from C
    try:
        session = Session(sys.argv[1])
    except Exception as error:
        print(json.dumps({"fatal": f"{type(error).__name__}: {error}"}), file=answers)
        return
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        print(json.dumps(session.answer(json.loads(line))), file=answers)


if __name__ == "__main__":
    main()
