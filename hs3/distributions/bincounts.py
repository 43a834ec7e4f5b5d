"""Bin counts: Poisson point processes seen through a histogram."""

from __future__ import annotations

from hs3.axes import Axis
from hs3.base import DistributionName, FunctionName, Value, Variable
from hs3.distributions.base import Distribution


class BinCountsExtendedDist(Distribution, types=("bincounts_extended_dist",)):
    r"""Bin counts of events from a distribution at a given rate.

    .. math::
        f(n) = \prod_b \mathrm{Pois}(n_b \mid \nu_b),\quad
        \nu_b = \lambda \int_{\text{bin } b} m(y)\,dy

    Attributes:
        rate: :math:`\lambda \ge 0`.
        dist: the distribution :math:`m`.
        axes: the binning; that of `dist` when missing.

    Source:
        Chapter 2.1.2, Bin-count distribution.
    """

    rate: Value
    dist: DistributionName
    axes: tuple[Axis, ...] | None = None


class BinCountsDensityDist(Distribution, types=("bincounts_density_dist",)):
    r"""Bin counts of events from a rate density.

    .. math::
        f(n) = \prod_b \mathrm{Pois}(n_b \mid \nu_b),\quad \nu_b = \int_{\text{bin } b} g(y)\,dy

    Attributes:
        x: the variables.
        density: :math:`g \ge 0`, events per unit of x.
        axes: the binning.

    Source:
        Chapter 2.1.2, Bin-count distribution.
    """

    x: Variable | tuple[Variable, ...] | None = None
    density: FunctionName
    axes: tuple[Axis, ...] | None = None
