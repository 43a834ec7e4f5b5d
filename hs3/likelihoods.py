"""Likelihoods (chapter 2.4): distributions paired with data."""

from __future__ import annotations

from typing import Annotated

from pydantic import StrictStr

from hs3.base import DistributionName, Named, Number, Ref


class Likelihood(Named):
    r"""A product of densities at the observed data.

    .. math::
        L(\theta) = \prod_i \mathrm{PDF}(m_i(\theta), x_i) \prod_j \mathrm{PDF}(a_j(\theta))

    Attributes:
        distributions: the :math:`m_i`.
        data: the :math:`x_i`, names of data objects or numbers.
        aux_distributions: the :math:`a_j`, whose data are implicit (constraints, regularisation).
    """

    distributions: tuple[DistributionName, ...] | None = None
    data: tuple[Annotated[StrictStr | Number, Ref(("data",))], ...] | None = None
    aux_distributions: tuple[DistributionName, ...] | None = None
