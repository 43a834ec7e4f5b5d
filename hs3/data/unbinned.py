"""Unbinned data (chapter 2.3): one row of coordinates per event."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import WrapValidator

from hs3.axes import Axis
from hs3.base import Numbers
from hs3.data.base import Data


def _table(value: Any, handler: Any) -> Any:
    """Fast path for long tables; pydantic only sees those that hold something else than numbers."""
    if type(value) is list and set(map(type, value)) <= {list}:
        kinds: set[type] = set()
        for row in value:
            kinds.update(map(type, row))
        if kinds <= {int, float}:
            return tuple(map(tuple, value))
    return handler(value)


Table = Annotated[tuple[Numbers, ...], WrapValidator(_table)]
"""A JSON array of arrays of numbers."""


class UnbinnedData(Data, types=("unbinned",)):
    """Events, each with one coordinate per axis and, if given, a weight.

    Attributes:
        entries: coordinates, shape (events, axes).
        axes: the observables with their ranges.
        weights: one weight per event; 1 when missing.
        entries_uncertainties: standard deviations, in the shape of `entries`.
    """

    entries: Table
    axes: tuple[Axis, ...]
    weights: Numbers | None = None
    entries_uncertainties: Table | None = None

    def array(self) -> npt.NDArray[np.float64]:
        """The coordinates, shape (events, axes); a row of the wrong length raises ValueError."""
        return np.array(self.entries, dtype=np.float64).reshape(len(self.entries), len(self.axes))
