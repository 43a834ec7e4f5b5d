"""The process in which a backend runs: one JSON request a line in, one answer a line out.

Needs nothing but the standard library, so that the interpreter can be one that has a framework and
not this package. Whatever the backend prints goes to stderr, so that answers stay apart from it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

UNLOADED = ("findings",)
"""Kinds of checks whose method gets the check and the path, without a workspace."""

OWN = ("convert", "fit", "upper_limit")
"""Steps of rejections that are about other things than a document."""


def backend(name: str) -> Any:
    """An instance of a class, given as ``module:Class`` or ``path/to/file.py:Class``."""
    place, _, cls = name.rpartition(":")
    return getattr(_file(place) if place.endswith(".py") else importlib.import_module(place), cls)()


def _file(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem + "_backend", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Missing(NotImplementedError):
    """The backend has no method for a kind of check."""


class Session:
    """A backend, and the document it has loaded last."""

    def __init__(self, name: str) -> None:
        self.backend = backend(name)
        self._path = ""
        self._workspace: Any = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome of one request: ``value``, or ``error`` with ``unsupported``."""
        start = time.perf_counter()
        try:
            out: dict[str, Any] = {"value": plain(self._value(request["path"], request["check"]))}
        except NotImplementedError as error:
            out = {"error": str(error) or "not implemented", "unsupported": True}
        except Exception as error:
            out = {"error": f"{type(error).__name__}: {error}", "unsupported": False}
        return {**out, "seconds": time.perf_counter() - start}

    def _value(self, path: str, check: Mapping[str, Any]) -> Any:
        kind = check["kind"]
        if kind == "static_integrity":
            return None
        if kind == "rejection":
            return self._rejection(path, check)
        if kind == "structure_import":
            return self.backend.run_structure_check(self._loaded(path), check)
        run = getattr(self.backend, f"run_{kind}", None)
        if run is None:
            raise Missing(f"the backend has no run_{kind}")
        return run(check, path) if kind in UNLOADED else run(self._loaded(path), check, path)

    def _loaded(self, path: str) -> Any:
        if path != self._path:
            self._path = ""
            self._workspace = self.backend.load_workspace(path)
            self._path = path
        return self._workspace

    def _rejection(self, path: str, check: Mapping[str, Any]) -> Any:
        """What the backend says of a document that is to be refused; without a word, by trying.

        What it raises counts as refusal, and so does a likelihood that is no number.
        """
        if hasattr(self.backend, "run_rejection"):
            return self.backend.run_rejection(check, path)
        step, target = check.get("step", "validate"), set(check.get("target", ()))
        if "input" in check or step in OWN or len(target) == 3:
            raise Missing("this is about what hs3 does beyond reading HS3")
        try:
            workspace = self._loaded(path)
            if target in ({"likelihood"}, {"pdf", "data"}):
                return not self._has_value(workspace, path, check)
        except NotImplementedError:
            raise
        except Exception:
            return True
        return False

    def _has_value(self, workspace: Any, path: str, check: Mapping[str, Any]) -> bool:
        asked = {"reference_point": {}, **check, "scan_parameters": [], "scan_points": [[]]}
        values = self.backend.run_twice_delta_nll_scan(workspace, asked, path)
        return all(math.isfinite(value) for value in values)


def plain(value: Any) -> Any:
    """JSON data: numbers of any library as Python's, and those that are not finite as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return float(value)


def main() -> None:
    """Serve requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # also what libraries print from C
    try:
        session = Session(sys.argv[-1])
    except Exception as error:
        print(json.dumps({"fatal": f"{type(error).__name__}: {error}"}), file=answers)
        return
    version = str(getattr(session.backend, "version", ""))
    print(json.dumps({"ready": True, "version": version}), file=answers)
    for line in sys.stdin:
        print(json.dumps(session.answer(json.loads(line))), file=answers)


if __name__ == "__main__":
    main()
