"""Random documents that once failed, shrunk: see `tests/random_models`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mpmath as mp
from fixture import Fixture, Json, Source, scan
from oracles.likelihood import Likelihood
from oracles.oracle import DIGITS

from . import kept

FOLDER = Path(__file__).resolve().parents[2] / "data" / "random"
SOURCE = Source("mpmath", mp.__version__, f"{DIGITS} digits")


def documents() -> Iterator[Fixture]:
    """A fixture for each: differences of twice -log L at its points."""
    for path in sorted(FOLDER.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        document, points = found["document"], found["points"]
        values = kept.numbers(["random", document, points], _values, document, points)
        target = {"likelihood": document["likelihoods"][0]["name"]}
        differences = [2 * (value - values[0]) for value in values]
        kinds = sorted({e["type"] for e in document["distributions"]})
        yield Fixture(
            f"random_{path.stem}",
            document,
            [scan("twice_delta_nll_scan", target, points, differences)],
            SOURCE,
            f"A random document with {', '.join(kinds)}.",
            tuple(kinds),
            "edge",
        )


def _values(document: Json, points: list[Json]) -> list[Any]:
    with mp.workdps(DIGITS):
        return [float(Likelihood(document).nll(point)) for point in points]
