"""Results as tables: arrays by the name of the column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

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
