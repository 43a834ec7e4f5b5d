"""A histogram as a density."""

from __future__ import annotations

from pydantic import model_validator

from hs3.data.binned import Histogram, InterpolationOrder, check_order
from hs3.distributions.base import Distribution


class HistogramDist(Distribution, types=("histogram_dist",)):
    r"""A step function, or polynomials through the centres of its steps.

    .. math::
        f(x) \propto h_b / |b| \text{ for } x \in \text{bin } b

    Attributes:
        data: binning and contents :math:`h_b \ge 0`, which are counts: each is divided by the
            volume :math:`|b|` of its bin.
        interpolationOrder: order of the polynomials through the centres of as many bins around,
            plus one, as RooFit has them; 0 or none for steps. Of one variable only.

    Source:
        RooHistPdf of ROOT; not in v0.2.9.

    Deviations:
        ROOT up to 6.40 loses the order of interpolation: in its documents a histogram is a step
        function. `interpolationOrder` is this project's key.
    """

    data: Histogram
    interpolationOrder: InterpolationOrder | None = None

    @model_validator(mode="after")
    def _order(self) -> HistogramDist:
        check_order(self.interpolationOrder, self.data)
        return self
