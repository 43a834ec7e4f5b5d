"""`histfactory_dist`: a channel of a binned measurement (chapter 2.1, HistFactory)."""

from __future__ import annotations

from typing import Any

from pydantic import StrictStr

from hs3.axes import Axis
from hs3.base import Numbers, Part
from hs3.distributions.base import Distribution
from hs3.histfactory.modifiers import AnyModifier


class SampleData(Part):
    """Nominal `contents` per bin and, where known, their statistical `errors`."""

    contents: Numbers
    errors: Numbers | None = None


class Sample(Part):
    """One contribution to the channel: nominal counts and the modifiers that change them."""

    name: StrictStr | None = None
    data: SampleData
    modifiers: tuple[AnyModifier, ...] | None = None


class HistFactoryDist(Distribution, types=("histfactory_dist",)):
    r"""Poisson-distributed counts per bin around a stack of samples.

    .. math::
        p(n \mid \theta) = \prod_b \mathrm{Pois}(n_b \mid \nu_b(\theta))

    with :math:`\nu_b` as in `hs3.histfactory.meaning`.
    """

    axes: tuple[Axis, ...] = ()
    samples: tuple[Sample, ...]
    barlow_beeston_method: Any = None
