"""Backends that do everything wrong that a backend can, for the tests of the runner."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any


class Missing(NotImplementedError):
    """What the backend cannot do."""


class Partial:
    """Knows densities only, and prints while it works."""

    def load_workspace(self, path: str) -> str:
        print("loading", path)
        return path

    def run_structure_check(self, workspace: str, check: Any) -> None:
        raise Missing("no structure here")

    def run_pdf_scan(self, workspace: str, check: Any, path: str) -> list[float]:
        return [value * (1.0 + 1e-3) for value in check["expected"]]


class Crashing(Partial):
    """Its process ends while it evaluates a generalized normal distribution."""

    def run_pdf_scan(self, workspace: str, check: Any, path: str) -> list[float]:
        if Path(workspace).parent.name == "density_generalized_normal":
            os._exit(7)
        return list(check["expected"])


class Hanging(Crashing):
    """It does not come back instead."""

    def run_pdf_scan(self, workspace: str, check: Any, path: str) -> list[float]:
        if Path(workspace).parent.name == "density_generalized_normal":
            time.sleep(600)
        return list(check["expected"])


class Unreadable(Partial):
    """Cannot read anything, and its numbers are too few."""

    def load_workspace(self, path: str) -> str:
        raise ValueError("not today")


class Short(Partial):
    """Answers with too few numbers, and with none that is finite."""

    def run_pdf_scan(self, workspace: str, check: Any, path: str) -> list[float]:
        if Path(workspace).parent.name == "density_gaussian":
            return [float("nan")] * len(check["expected"])
        return []
