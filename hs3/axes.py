"""Axes of data and of HistFactory distributions (chapter 2.3 of the standard)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import StrictInt

from hs3.base import Named, Number, Numbers
from hs3.errors import CompileError

MOST_BINS = 10_000_000
"""Bins of an axis whose edges are still worked out."""


class Axis(Named):
    """One observable: `name`, its range `min` … `max`, and for binned data `nbins` or `edges`.

    Published files leave `min` and `max` out beside `edges`, and ROOT (up to 6.40) adds `value`
    and `nbins` to unbinned axes; both are read.
    """

    min: Number | None = None
    max: Number | None = None
    nbins: StrictInt | None = None
    edges: Numbers | None = None
    value: Number | None = None

    def bin_edges(self) -> npt.NDArray[np.float64] | None:
        """Bin edges, shape (bins + 1,), or None where the axis has no bin.

        Raises:
            CompileError: there are more than `MOST_BINS`.
        """
        if self.edges is not None:
            return np.asarray(self.edges, dtype=np.float64) if len(self.edges) > 1 else None
        if self.nbins is None or self.nbins < 1 or self.min is None or self.max is None:
            return None
        if self.nbins > MOST_BINS:
            message = f"axis {self.name!r} has {self.nbins} bins, more than {MOST_BINS}"
            raise CompileError(message, value=self.nbins)
        return np.linspace(float(self.min), float(self.max), self.nbins + 1)

    def range(self) -> tuple[float, float] | None:
        """The observable's range: `min` and `max`, else the outer edges, else None."""
        low = self.min if self.min is not None else (self.edges[0] if self.edges else None)
        high = self.max if self.max is not None else (self.edges[-1] if self.edges else None)
        return None if low is None or high is None else (float(low), float(high))
