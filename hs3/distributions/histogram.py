"""A histogram as a density."""

from __future__ import annotations

from hs3.data.binned import Histogram
from hs3.distributions.base import Distribution


class HistogramDist(Distribution, types=("histogram_dist",)):
    r"""A step function.

    .. math::
        f(x) \propto h_b / |b| \text{ for } x \in \text{bin } b

    Attributes:
        data: binning and contents :math:`h_b \ge 0`, which are counts: each is divided by the
            volume :math:`|b|` of its bin.

    Source:
        RooHistPdf of ROOT; not in v0.2.9.

    Deviations:
        ROOT does not write the order of interpolation between bins, so all that can be read is
        order 0.
    """

    data: Histogram
