"""The oracle's numbers for the table of densities, kept in a file: computing them takes minutes.

A number is used for the very case it was computed for; for any other the oracle is asked.
`freeze.py` writes the file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("densities.json")
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Expected:
    """Numbers of one case; nan where the density is negative.

    Attributes:
        log_density: per point and event.
        gradient: of it with respect to each parameter, per point, event and parameter; nan where
            it is not defined.
        log_probability: per bin, at the first point; empty for several observables.
    """

    log_density: Array
    gradient: Array
    log_probability: Array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expected) and self.to_json() == other.to_json()

    def to_json(self) -> dict[str, Any]:
        """Plain data, the numbers in Python's shortest form."""
        return {key: _plain(value.tolist()) for key, value in vars(self).items()}


def key(*parts: Any) -> str:
    """Short hash of plain data."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def get(key: str) -> Expected | None:
    """The numbers kept under a key."""
    found = _read().get(key)
    return (
        None if found is None else Expected(**{k: np.array(_number(v)) for k, v in found.items()})
    )


@cache
def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text())["cases"] if FILE.exists() else {}


def _plain(value: Any) -> Any:
    """JSON has no infinity."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if np.isfinite(value) else str(value)


def _number(value: Any) -> Any:
    return [_number(v) for v in value] if isinstance(value, list) else float(value)
