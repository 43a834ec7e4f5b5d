"""Projections and bin-wise integrals of other distributions."""

from __future__ import annotations

from hs3.base import DistributionName, Number, Variable
from hs3.distributions.base import Distribution


class ProjectedDist(Distribution, types=("projected_dist",)):
    r"""A distribution integrated over some of its variables.

    .. math::
        f(x) = \int g(x, y)\,dy

    Attributes:
        input_pdf: :math:`g`.
        observables: the variables :math:`y`.

    Source:
        RooProjectedPdf of ROOT; not in v0.2.9.
    """

    input_pdf: DistributionName
    observables: tuple[Variable, ...]


class BinSamplingDist(Distribution, types=("binsampling_dist", "binsampling")):
    r"""A distribution averaged over each bin of a variable.

    .. math::
        f(x) = \frac{1}{|b|} \int_b g(y)\,dy \text{ for } x \in \text{bin } b

    Attributes:
        pdf: :math:`g`.
        observable: the variable, whose binning is meant.
        epsilon: relative precision of the integral.

    Source:
        RooBinSamplingPdf of ROOT; not in v0.2.9.

    Deviations:
        ROOT 6.40 writes ``binsampling`` and reads ``binsampling_dist``.
    """

    pdf: DistributionName
    observable: Variable
    epsilon: Number | None = None
