"""Binned data (chapter 2.3): counts on a grid of bins."""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr, WrapValidator, model_validator

from hs3.axes import Axis
from hs3.base import Numbers, Part, verbatim
from hs3.data.base import Data

Zero = Annotated[Literal[0], WrapValidator(verbatim)]


class BinnedUncertainty(Part):
    """Uncertainty of bin contents.

    Attributes:
        type: ``gaussian_uncertainty`` is the only kind of v0.2.9.
        sigma: one standard deviation per bin.
        correlation: matrix, shape (bins, bins), or 0 for none.
    """

    type: StrictStr | None = None
    sigma: Numbers
    correlation: tuple[Numbers, ...] | Zero | None = None


class BinnedData(Data, types=("binned",)):
    """A histogram.

    Attributes:
        contents: one number per bin, row-major over the axes (the last axis runs fastest).
        axes: the observables with their binning.
        uncertainty: uncertainty of the contents, or None.
    """

    contents: Numbers
    axes: tuple[Axis, ...]
    uncertainty: BinnedUncertainty | None = None


class Histogram(Part):
    """A histogram inside a distribution or a function.

    Attributes:
        axes: the variables with their binning.
        contents: one number per bin, row-major over the axes (the last axis runs fastest).
        errors: standard deviations of the contents.
    """

    axes: tuple[Axis, ...]
    contents: Numbers
    errors: Numbers | None = None

    @model_validator(mode="after")
    def _lengths(self) -> Histogram:
        sizes = [len(a.edges) - 1 if a.edges else a.nbins for a in self.axes]
        bins = prod(size for size in sizes if size is not None)
        for key in ("contents", "errors"):
            given = getattr(self, key)
            if given is not None and None not in sizes and len(given) != bins:
                raise ValueError(f"`{key}` has {len(given)} entries for {bins} bins")
        return self


InterpolationOrder = Annotated[StrictInt, Field(ge=0, le=9)]
"""Order of the polynomials through the centres of bins."""


def check_order(order: int | None, histogram: Histogram) -> None:
    """A polynomial needs as many bins as its order.

    Raises:
        ValueError: there are fewer.
    """
    if order and order > len(histogram.contents):
        raise ValueError(
            f"`interpolationOrder` is {order}, and there are only {len(histogram.contents)} bins"
        )
