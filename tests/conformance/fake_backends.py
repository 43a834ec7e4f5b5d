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


class Parted:
    """The engine's likelihood with two mistakes: the data of `cr` counted twice, `a` too tight."""

    version = "7"
    wrong = True

    def load_workspace(self, path: str) -> Any:
        import hs3

        return hs3.load(path)

    def run_likelihood_parts(self, workspace: Any, check: Any, path: str) -> list[Any]:
        from hs3.conformance.parts import OurParts
        from hs3.resolve import resolve

        ours = OurParts(resolve(workspace), check["points"])
        out = []
        for i in range(len(check["points"])):
            channels = {name: float(v[i]) for name, v in ours.channels.items()}
            constraints = {name: float(v[i]) for name, v in ours.constraints.items()}
            if self.wrong:
                channels["cr"] *= 2.0
                constraints["a"] *= 1.5
            total = sum(channels.values()) + sum(constraints.values())
            out.append({"total": total, "channels": channels, "constraints": constraints})
        return out


class Right(Parted):
    """The same without mistakes, and a fit that ends elsewhere."""

    wrong = False

    def run_fit(self, workspace: Any, check: Any, path: str) -> dict[str, Any]:
        return {"parameters": {"mu": {"value": 1e3, "error": 1.0}}, "twice_delta_nll": 0.0}


class Scanning:
    """Tells totals alone, of a likelihood with a further constraint."""

    def load_workspace(self, path: str) -> Any:
        import hs3

        return hs3.compile(hs3.load(path))

    def run_twice_delta_nll_scan(self, model: Any, check: Any, path: str) -> list[float]:
        def at(values: dict[str, float]) -> float:
            return float(model.twice_nll(values)) + values["a"] ** 2

        zero = at(check["reference_point"])
        names = check["scan_parameters"]
        points = [dict(zip(names, p, strict=True)) for p in check["scan_points"]]
        return [at({**check["reference_point"], **p}) - zero for p in points]
