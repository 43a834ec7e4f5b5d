"""Products of distributions."""

from __future__ import annotations

from hs3.base import DistributionName, PdfOrFunctionName, Variable
from hs3.distributions.base import Distribution


class ProductDist(Distribution, types=("product_dist",)):
    r"""A product of distributions.

    .. math::
        f(x) \propto \prod_i f_i(x)

    Where one of the factors is extended, so is the product, with its expected number of events.

    Attributes:
        factors: the :math:`f_i`. Those on different variables factorise; those that share a
            variable are normalised as a whole.
        x: the variables (redundant).

    Source:
        Chapter 2.1.2, Product distribution.

    Deviations:
        ROOT does not write which factors of a RooProdPdf are conditional.
    """

    factors: tuple[DistributionName, ...]
    x: Variable | tuple[Variable, ...] | None = None


class EfficiencyProductDist(Distribution, types=("efficiency_product_pdf_dist",)):
    r"""A distribution seen with an efficiency.

    .. math::
        f(x) \propto g(x)\,\epsilon(x)

    Attributes:
        pdf: the distribution :math:`g`.
        eff: the efficiency :math:`\epsilon \ge 0`.

    Source:
        Chapter 2.1.2, Efficiency product distribution.
    """

    pdf: DistributionName
    eff: PdfOrFunctionName
