"""Point data (chapter 2.3): one measured number."""

from __future__ import annotations

from hs3.axes import Axis
from hs3.base import Number
from hs3.data.base import Data


class PointData(Data, types=("point",)):
    """One measured number.

    Attributes:
        value: the number.
        uncertainty: its standard deviation, or None.
        axes: the observable it belongs to, with its range.
    """

    value: Number
    uncertainty: Number | None = None
    axes: tuple[Axis, ...] | None = None
