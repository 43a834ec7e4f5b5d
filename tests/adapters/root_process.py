"""The real ROOT for tests, where it is installed, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hs3.adapters.root import process
from hs3.adapters.root.json import to_root_json
from hs3.adapters.root.writer import dataset_of, renamed
from hs3.findings import Report
from hs3.workspace import Workspace

Point = dict[str, float]


def needs_root() -> None:
    """Skip the test where there is no ROOT."""
    if not process.available():
        pytest.skip(f"ROOT is not installed, and {process.VARIABLE} names no Python that has it")


def all_of_root(
    documents: dict[str, dict[str, Any]], points: dict[str, Sequence[Point]], folder: Path
) -> dict[str, np.ndarray]:
    """`of_root` for many documents, in one process."""
    needs_root()
    requests = []
    for i, (key, document) in enumerate(documents.items()):
        path = folder / f"{i}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        names = renamed(document)
        moved = [{names.get(n, n): v for n, v in p.items()} for p in points[key]]
        data = dataset_of(document, document["analyses"][0]["name"])
        requests.append({"document": str(path), "data": data, "points": moved})
    found = process.run("several", request={"requests": requests})["results"]
    return {
        key: np.array([float(v) for v in result["nll"]])
        for key, result in zip(documents, found, strict=True)
    }


def of_root(document: dict[str, Any], points: Sequence[Point], **options: Any) -> np.ndarray:
    """-log L by ROOT of a document that `to_root_json` made; points have the original names."""
    needs_root()
    names = renamed(document)
    moved = [{names.get(n, n): v for n, v in p.items()} for p in points]
    analysis = document["analyses"][0]["name"]
    found = process.evaluate(document, dataset_of(document, analysis), moved, **options)
    return np.array(found.nll)


def converted(document: dict[str, Any], **options: Any) -> tuple[dict[str, Any], Report]:
    """`to_root_json` of JSON data; the result is itself an HS3 document."""
    made, report = to_root_json(Workspace.from_json(document), **options)
    assert Workspace.from_json(made).to_json() == made
    return made, report


def assert_same_changes(found: Any, expected: Any, tolerance: float = 1e-8) -> None:
    """Differences from the first point are equal, relative to their size."""
    found, expected = np.array(found, dtype=float), np.array(expected, dtype=float)
    change = expected - expected[0]
    off = np.abs(found - found[0] - change)
    assert np.isfinite(expected).all()
    assert (off <= tolerance * np.maximum(1.0, np.abs(change))).all(), (off, change)
