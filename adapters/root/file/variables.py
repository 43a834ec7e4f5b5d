"""Variables and categories of RooFit, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Binning:
    """Range and bins of a variable.

    Attributes:
        low, high: the range; ``-inf`` and ``inf`` where it is open (RooFit writes ±1e30).
        edges: of the bins, ascending, at least two; empty when the range is open.
        uniform: whether all bins are equally wide by construction.
        low_name, high_name: the functions that bound a parametrised range; else None.
    """

    low: float
    high: float
    edges: NDArray[np.float64]
    uniform: bool = True
    low_name: str | None = None
    high_name: str | None = None

    @property
    def bins(self) -> int:
        """Number of bins."""
        return max(len(self.edges) - 1, 0)


@dataclass(frozen=True)
class Variable:
    """A RooRealVar or RooConstVar.

    Attributes:
        name, title, unit: as in the file.
        value: the current value.
        constant: whether fits leave it alone.
        error: symmetric uncertainty; None where the file has none.
        asymmetric: (low, high), low is negative; None where the file has none.
        binning: the default range and bins.
        ranges: the named ranges and binnings.
    """

    name: str
    title: str
    unit: str
    value: float
    constant: bool
    binning: Binning
    error: float | None = None
    asymmetric: tuple[float, float] | None = None
    ranges: dict[str, Binning] = field(default_factory=dict)


@dataclass(frozen=True)
class Category:
    """A RooCategory: `states` (label by index, in the order of definition) and current `index`."""

    name: str
    title: str
    states: dict[int, str]
    index: int
    ranges: dict[str, list[int]] = field(default_factory=dict)
