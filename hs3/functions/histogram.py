"""Step functions, and the volume of their bins."""

from __future__ import annotations

from pydantic import model_validator

from hs3.axes import Axis
from hs3.base import Flag, FunctionName, Values, Variable
from hs3.data.binned import Histogram, InterpolationOrder, check_order
from hs3.functions.base import Function


class HistogramFunction(Function, types=("histogram",)):
    r"""A step function with fixed values.

    .. math::
        f(x) = h_b \text{ for } x \in \text{bin } b

    Attributes:
        data: binning and contents :math:`h_b`.
        interpolationOrder: as that of a ``histogram_dist``.

    Source:
        RooHistFunc of ROOT; not in v0.2.9.
    """

    data: Histogram
    interpolationOrder: InterpolationOrder | None = None

    @model_validator(mode="after")
    def _order(self) -> HistogramFunction:
        check_order(self.interpolationOrder, self.data)
        return self


class StepFunction(Function, types=("step",)):
    r"""A step function with fixed values, or with one parameter per bin.

    .. math::
        f(x) = h_b \text{ or } \gamma_b \text{ for } x \in \text{bin } b

    Attributes:
        data: binning and contents :math:`h_b` (ROOT 2026; before that the type ``histogram``).
        variables: the x, in the order in which bins are counted, the first axis fastest.
        parameters: the :math:`\gamma_b`, values or names.
        axes: binning of the variables.

    Source:
        ParamHistFunc and RooHistFunc of ROOT; not in v0.2.9.
    """

    data: Histogram | None = None
    variables: tuple[Variable, ...] | None = None
    parameters: Values | None = None
    axes: tuple[Axis, ...] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> StepFunction:
        if (self.data is None) == (self.parameters is None):
            raise ValueError("needs one of `data` and `parameters`")
        return self


class BinVolumeFunction(Function, types=("binvolume", "inverse_binvolume", "binwidth")):
    r"""The volume of the bin, or one over it.

    .. math::
        f(x) = |b| \text{ or } 1/|b| \text{ for } x \in \text{bin } b

    Attributes:
        histogram: the step function whose binning is meant.
        divideByBinWidth: True for one over the volume, with the type ``binwidth`` (ROOT up to
            6.40). Later on the type tells: ``binvolume`` or ``inverse_binvolume``.

    Source:
        RooBinWidthFunction of ROOT; not in v0.2.9.
    """

    histogram: FunctionName
    divideByBinWidth: Flag | None = None

    @property
    def inverse(self) -> bool:
        """True for one over the volume."""
        return self.type == "inverse_binvolume" or bool(self.divideByBinWidth)
