"""Data of RooFit, in columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .objects import RootObject


@dataclass(frozen=True)
class Histogram:
    """The bins of a RooDataHist.

    Attributes:
        order: names of its variables; one axis of the arrays each, the last varies fastest.
        edges: of every axis with a binning; the indices of its states for a category.
        contents: weight of each bin, an array with one axis per variable.
        errors: (low, high), of the same shape; None where RooFit takes the square root of contents.
        sumw2: sum of the squared weights, of the same shape; None where the file has none.
        volumes: bin volumes as stored.
    """

    order: tuple[str, ...]
    edges: dict[str, NDArray[Any]]
    contents: NDArray[np.float64]
    errors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    sumw2: NDArray[np.float64] | None = None
    volumes: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Dataset:
    """A RooDataSet or RooDataHist.

    Attributes:
        name, title: as in the file.
        columns: values by variable, all of one length; a category's are its integer indices. Of a
            RooDataHist they are the bin centres, one row per bin.
        weights: one per row; None when every row counts once.
        sumw2: squared weight per row where it is not the square of the weight.
        categories: label by index, for the columns that are categories.
        variables: the variables of the columns, with binning (see `variables.variable`).
        weight_name: the variable that the weight was taken from; None for unweighted data.
        weight_errors: (low, high) error of each weight where they are stored.
        histogram: the bins, when these are binned data (RooDataHist); else None.
        global_observables: values stored along with the data.
        source: the object in the file.
    """

    name: str
    title: str
    columns: dict[str, NDArray[Any]]
    weights: NDArray[np.float64] | None
    variables: dict[str, RootObject]
    source: RootObject
    sumw2: NDArray[np.float64] | None = None
    categories: dict[str, dict[int, str]] = field(default_factory=dict)
    weight_name: str | None = None
    weight_errors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    histogram: Histogram | None = None
    global_observables: dict[str, RootObject] = field(default_factory=dict)

    @property
    def binned(self) -> bool:
        """Whether these are bins (RooDataHist) and not events."""
        return self.histogram is not None
