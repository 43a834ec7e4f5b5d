"""The forms of results: plain data, JSON, columns of tables."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np


class Result(ABC):
    """Plain data with a form for JSON."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers that JSON does not have may stand in it."""

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as strict JSON; null for what is infinite or undefined."""
        return json.dumps(strict(self.to_dict()), indent=indent, allow_nan=False)


def strict(data: Any) -> Any:
    """`data` with lists for arrays and None for numbers that JSON does not have."""
    if isinstance(data, Mapping):
        return {key: strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [strict(value) for value in data]
    if isinstance(data, np.ndarray):
        return strict(data.tolist())
    return None if isinstance(data, float) and not np.isfinite(data) else data


Columns = dict[str, np.ndarray[Any, Any]]
"""One array per column, all of one length: what ``pandas.DataFrame`` takes."""

EXPECTED = (
    "expected_minus_2", "expected_minus_1", "expected", "expected_plus_1", "expected_plus_2"
)  # fmt: skip
"""Columns of expected values, in their order in results."""


def columns_of(rows: Iterable[Any], names: Sequence[str]) -> Columns:
    """The attributes `names` of all rows; NaN where a number is missing."""
    given = list(rows)
    out: Columns = {}
    for name in names:
        values = [getattr(row, name) for row in given]
        out[name] = np.array([np.nan if value is None else value for value in values])
    return out
