"""Histograms for the Python ecosystem (`hist`, and with it all that speaks UHI)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hs3.errors import ConversionError, MissingDependency

if TYPE_CHECKING:
    from hist import Hist

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Binning:
    """The bins of one axis.

    Attributes:
        name: of the observable.
        edges: of the bins, rising (n + 1,).
        even: whether they are equally wide.
    """

    name: str
    edges: FloatArray
    even: bool = False


def made(
    axes: Sequence[Binning], values: FloatArray, variances: FloatArray | None = None
) -> Hist[Any]:
    """A `hist.Hist` with weights where there are variances, else with plain counts.

    Args:
        axes: of the histogram.
        values, variances: of all bins, the last axis fastest.

    Raises:
        ConversionError: there are not as many values as bins.
        MissingDependency: `hist` is not installed.
    """
    try:
        from hist import Hist
        from hist.axis import Regular, Variable
        from hist.storage import Double, Weight
    except ImportError as error:
        message = "this needs hist: pip install 'hs3-reference[plot]'"
        raise MissingDependency(message, value="hist") from error

    bins = [
        Regular(len(a.edges) - 1, a.edges[0], a.edges[-1], name=a.name, flow=False)
        if a.even
        else Variable(a.edges, name=a.name, flow=False)
        for a in axes
    ]
    shape = tuple(len(axis) for axis in bins)
    if not bins or values.size != math.prod(shape):
        message = f"{values.size} contents for bins of shape {shape}"
        raise ConversionError(message, path="/contents", value=values.size)
    histogram: Hist[Any] = Hist(*bins, storage=Double() if variances is None else Weight())
    view: Any = histogram.view()
    if variances is None:
        view[...] = values.reshape(shape)
    else:
        view.value = values.reshape(shape)
        view.variance = variances.reshape(shape)
    return histogram
