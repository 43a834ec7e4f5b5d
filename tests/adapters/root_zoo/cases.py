"""The register of cases, and how a workspace is filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ROOT

Made = tuple[Any, list[tuple[str, str]]]
"""A workspace, and its models: (pdf, data)."""

Case = Callable[[], Made]
TWO = (
    "Gaussian::g(x[0,10],m[4,3,5],s[1,0.5,2])",
    "Exponential::e(x,c[-0.3,-1,0])",
    "Uniform::u(x)",
)
"""Three shapes of one observable."""

CASES: dict[str, Case] = {}
"""Name → function that makes the workspace and names its models: (pdf, data)."""


def case(function: Case) -> Case:
    """Register a case under the name of its function."""
    CASES[function.__name__] = function
    return function


def factory(*lines: str) -> Any:
    """A workspace with the objects that these lines of the factory language make."""
    workspace = ROOT.RooWorkspace("w", "w")
    for line in lines:
        if not workspace.factory(line):
            raise ValueError(f"ROOT's factory cannot make {line!r}")
    return workspace


def put(workspace: Any, thing: Any, *options: Any) -> None:
    """Import, by the method that Python does not let one write."""
    if getattr(workspace, "import")(thing, *options):
        raise ValueError(f"ROOT cannot import {thing.GetName()!r}")


def generate(workspace: Any, pdf: str, observables: str, events: int, name: str = "data") -> Any:
    """Put unbinned data drawn from a pdf into the workspace."""
    wanted = ROOT.RooArgSet()
    for observable in observables.split(","):
        wanted.add(workspace.arg(observable))
    data = workspace.pdf(pdf).generate(wanted, events)
    data.SetName(name)
    put(workspace, data)
    return data


def configure(
    workspace: Any, pdf: str, observables: str, pois: str, nuisances: str = "", globs: str = ""
) -> Any:
    """Put a ModelConfig into the workspace."""
    config = ROOT.RooStats.ModelConfig("ModelConfig", workspace)
    config.SetPdf(pdf)
    config.SetObservables(observables)
    config.SetParametersOfInterest(pois)
    if nuisances:
        config.SetNuisanceParameters(nuisances)
    if globs:
        config.SetGlobalObservables(globs)
    put(workspace, config)
    return config


def single(pdf: str, *lines: str, x: str = "x", events: int = 60) -> Made:
    """A workspace with one pdf and data drawn from it."""
    workspace = factory(*lines)
    generate(workspace, pdf, x, events)
    return workspace, [(pdf, "data")]


def several(*lines: str, pdfs: str, events: int = 40, x: str = "x") -> Made:
    """A workspace with several pdfs, each with data of its own."""
    workspace = factory(*lines)
    models = [(pdf, f"data_{pdf}") for pdf in pdfs.split(",")]
    for pdf, data in models:
        generate(workspace, pdf, x, events, data)
    return workspace, models


def histogram(x: Any, contents: list[float]) -> Any:
    """A RooDataHist with these contents."""
    data = ROOT.RooDataHist("h", "h", ROOT.RooArgSet(x))
    for i, content in enumerate(contents):
        data.set(i, content, content**0.5)
    return data
