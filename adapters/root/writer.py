"""HS3 → a RooWorkspace in a ROOT file, by the real ROOT in a child process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hs3 import files
from hs3.errors import CompileError, ConversionError
from hs3.findings import Finding, Report
from hs3.graph import Graph, Parameter

from . import process
from .json import to_root_json

if TYPE_CHECKING:
    from hs3.workspace import Workspace

TOLERANCE = {"channels": 1e-8, "other": 1e-6}
"""Difference of -log L, relative to its change, that is put down to rounding: for HistFactory
channels, and for densities that ROOT integrates numerically."""


def write_root(
    workspace: Workspace,
    target: str | os.PathLike[str],
    *,
    analysis: str | None = None,
    approximate: bool = False,
) -> Report:
    """Write a ROOT file with a RooWorkspace, wholly or not at all.

    The workspace holds what `to_root_json` describes. Before the file is put in its place, ROOT
    opens it again, and its -log L is compared with ours at the start and at three other points.

    Args:
        workspace: the document.
        target: path of the file; one that is there is replaced.
        analysis: carry over only this one; all of them by default.
        approximate: as for `to_root_json`.

    Raises:
        MissingDependency: ROOT is not installed.
        ConversionError: ROOT cannot be told what the document means, fails, or does not find the
            numbers that the document means (`root.self_check`).
        WriteError: the file cannot be written.
    """
    process.interpreter()
    document, report = to_root_json(workspace, analysis=analysis, approximate=approximate)
    with tempfile.TemporaryDirectory(prefix="hs3-root-") as folder:
        made = Path(folder, "workspace.root")
        with process.Handed(document) as place:
            process.run("write", request={"output": str(made), **place})
        findings = self_check(workspace, document, made, analysis, approximate)
        files.write_atomic(target, made.read_bytes())
    return report + findings


def self_check(
    workspace: Workspace,
    document: dict[str, Any],
    made: Path,
    analysis: str | None = None,
    approximate: bool = False,
) -> list[Finding]:
    """Compare -log L of the file `made`, by ROOT, with ours, for each analysis.

    Raises:
        ConversionError: they differ (`root.self_check`).
    """
    from hs3.resolve import resolve

    names: list[str | None] = [a["name"] for a in document["analyses"]]
    originals: list[str | None] = [analysis]
    if analysis is None and workspace.analyses:
        originals = [a.name for a in workspace.analyses]
    findings = []
    for name, original in zip(names, originals, strict=True):
        graph = resolve(workspace, analysis=original)
        findings += _check(graph, document, made, str(name), approximate)
    return findings


def _check(
    graph: Graph, document: dict[str, Any], made: Path, analysis: str, approximate: bool
) -> list[Finding]:
    from hs3.engine import compile

    points = check_points(graph.parameters)
    try:
        model = compile(graph)
    except CompileError as error:
        message = f"the numbers of ROOT are not checked: {error.message}"
        return [Finding("root.unchecked", error.path, message, graph.name)]
    ours = np.array([model.nll(p) for p in points])
    config = document["misc"]["ROOT_internal"]["ModelConfigs"][analysis]["mcName"]
    new_names = renamed(document)
    moved = [{new_names.get(n, n): v for n, v in p.items()} for p in points]
    data = dataset_of(document, analysis)
    found = np.array(process.evaluate(made, data, moved, model_config=config, lenient=True).nll)
    kind = "other" if graph.terms else "channels"
    change = ours - ours[0]
    off = np.abs((found - found[0]) - change)
    allowed = TOLERANCE[kind] * np.maximum(1.0, np.abs(change)) + 1e-14 * np.abs(ours[0])
    if approximate and not (off <= allowed).all():
        message = f"ROOT's -log L differs by up to {off.max():.3g}"
        return [Finding("root.unchecked", "", message, graph.name)]
    if not (off <= allowed).all():
        message = (
            f"ROOT's -log L of {analysis!r} changes by {found - found[0]} between the start and "
            f"{len(points) - 1} other points, and should by {change}"
        )
        raise ConversionError(message, code="root.self_check", value=float(off.max()))
    return []


def check_points(parameters: Sequence[Parameter], count: int = 3) -> list[dict[str, float]]:
    """The start, and points near it in which every floating parameter has moved."""
    rng = np.random.default_rng(1)
    points = [{p.name: p.value for p in parameters if not p.const}]
    for _ in range(count):
        moves = rng.uniform(-1.0, 1.0, len(parameters))
        points.append(
            {
                p.name: float(np.clip(p.value + m * _step(p), p.min, p.max))
                for p, m in zip(parameters, moves, strict=True)
                if not p.const
            }
        )
    return points


def _step(parameter: Parameter) -> float:
    width = parameter.max - parameter.min
    return 0.01 * width if np.isfinite(width) else 0.01 * max(1.0, abs(parameter.value))


def renamed(document: dict[str, Any]) -> dict[str, str]:
    """Original name → name in ROOT, where the two differ."""
    changed = document["misc"].get("hs3", {}).get("names", {})
    return {old: new for new, old in changed.items()}


def dataset_of(document: dict[str, Any], analysis: str) -> str:
    """Name of the combined data of an analysis of a document for ROOT."""
    likelihood = next(a["likelihood"] for a in document["analyses"] if a["name"] == analysis)
    first = next(x["data"][0] for x in document["likelihoods"] if x["name"] == likelihood)
    combined = document["misc"]["ROOT_internal"]["combined_datasets"]
    name: str = next(n for n, c in combined.items() if f"{n}_{c['labels'][0]}" == first)
    return name
