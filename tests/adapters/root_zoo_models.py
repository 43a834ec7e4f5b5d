"""The zoo of RooFit workspaces, and how to compare a likelihood with what ROOT says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import hs3
from hs3.adapters.root import from_root
from hs3.engine import Model, Options
from hs3.workspace import Workspace

ZOO = Path(__file__).resolve().parent / "root_zoo"
NAMES = sorted(path.stem for path in ZOO.glob("*.root"))

OPTIONS = {
    "binned_data": Options(bin_centres=True),
    "simultaneous_binned": Options(bin_centres=True),
    "fft_convolution": Options(fft=True),
}
"""ROOT takes continuous densities at the centres of bins, and convolves periodically."""

ROOT_IS_OFF = {
    ("hf_two_dimensions", "simPdf"): {"legacy": "bins of two dimensions are summed wrongly"},
    ("functions", "g3"): {"cpu": "adds 1 to a RooPolyVar whose lowest order is 1"},
    ("integral", "q"): {"cpu": "normalises the density in a RooRealIntegral that does not ask"},
}
"""Where a backend of ROOT is wrong, and how (see spec/root.md)."""


@dataclass(frozen=True)
class Case:
    """One likelihood of the zoo: the workspace's name, and what ROOT says."""

    name: str
    said: dict[str, Any]

    @property
    def label(self) -> str:
        """For test ids."""
        return f"{self.name}-{self.said['pdf']}-{self.said['data']}"

    def backends(self) -> dict[str, list[float]]:
        """ROOT's numbers by backend, without those that are known to be wrong."""
        wrong = ROOT_IS_OFF.get((self.name, self.said["pdf"]), {})
        return {
            b: v for b, v in self.said["nll"].items() if b not in wrong and not isinstance(v, str)
        }


def said(name: str) -> dict[str, Any]:
    """What ROOT says of a workspace."""
    found: dict[str, Any] = json.loads((ZOO / f"{name}.json").read_text(encoding="utf-8"))
    return found


def cases() -> list[Case]:
    """Every likelihood of the zoo."""
    return [Case(name, model) for name in NAMES for model in said(name)["models"]]


@cache
def workspace(name: str) -> Workspace:
    """The workspace as HS3."""
    return from_root(ZOO / f"{name}.root")[0]


def compiled(ws: Workspace, model: dict[str, Any], options: Options | None = None) -> Model:
    """The likelihood that ROOT evaluated."""
    if model["model_config"]:
        return hs3.compile(ws, analysis=f"{model['pdf']}_{model['data']}", options=options)
    return hs3.compile(ws, pdf=model["pdf"], data=model["data"], options=options)


def worst(ours: list[float], roots: list[float]) -> float:
    """Largest deviation of the changes from the first point, relative to the largest change."""
    a, b = np.subtract(ours, ours[0]), np.subtract(roots, roots[0])
    return float(np.max(np.abs(a - b)) / max(float(np.max(np.abs(b))), 1.0))
