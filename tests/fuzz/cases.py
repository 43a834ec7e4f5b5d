"""The cases of the fuzz run: number → bytes, the same for ever with the same fixtures."""

from __future__ import annotations

import json
import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT), str(Path(__file__).parent)]

import mutate  # noqa: E402

FOLDERS = (
    *(f"conformance/fixtures/*/{name}.json" for name in ("hs3", "workspace")),
    "tests/data/**/*.json",
    "examples/**/*.json",
)
LARGEST = 60_000
"""Bytes of the largest document that is taken: a case costs what its document costs."""

TEXTS = 0.3
"""Part of the cases that are mutations of text."""


@cache
def corpus() -> tuple[bytes, ...]:
    """Every fixture, as text."""
    paths = sorted({path for pattern in FOLDERS for path in ROOT.glob(pattern)})
    found = {path.read_bytes() for path in paths if path.stat().st_size <= LARGEST}
    return tuple(sorted(found))


def know_the_types() -> None:
    """Let mutations choose among all types."""
    from hs3.data import DATA
    from hs3.distributions import DISTRIBUTIONS
    from hs3.functions import FUNCTIONS
    from hs3.histfactory.modifiers import MODIFIERS

    families: tuple[Any, ...] = (DATA, DISTRIBUTIONS, FUNCTIONS, MODIFIERS)
    mutate.TYPES[:] = sorted({tag for family in families for tag in family.types})


def case(seed: int, number: int) -> tuple[bytes, str]:
    """The bytes of a case, and the names of its mutations."""
    rng = random.Random(f"{seed}/{number}")
    raw = rng.choice(corpus())
    if rng.random() < TEXTS:
        if rng.random() < 0.5:
            raw = json.dumps(json.loads(raw)).encode()
        mutation = rng.choice(mutate.OF_TEXT)
        return mutation(rng, raw), mutation.__name__
    data, names = json.loads(raw), []
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        change = rng.choice(mutate.OF_DATA)
        names.append(change.__name__)
        if isinstance(data, dict | list) and data:
            change(rng, data)
    return json.dumps(data).encode(), "+".join(names)
