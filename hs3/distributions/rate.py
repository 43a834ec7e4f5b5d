"""Poisson point processes: unbinned data whose number of events is random."""

from __future__ import annotations

from pydantic import StrictStr, model_validator

from hs3.base import DistributionName, FunctionName, Value, Variable
from hs3.distributions.base import Distribution


class RateExtendedDist(Distribution, types=("rate_extended_dist", "extend_pdf")):
    r"""A distribution with a Poisson-distributed number of events.

    .. math::
        f(x_1 … x_n) = \mathrm{Pois}(n \mid \lambda) \prod_{i=1}^n m(x_i)

    Attributes:
        rate: :math:`\lambda \ge 0`.
        dist: the distribution :math:`m`.
        norm: ROOT's name of `rate`.
        pdf: ROOT's name of `dist`.
        range: name of the range in which `norm` counts events (ROOT); the expected number in
            the whole range is then larger by one over the fraction of `pdf` in that range.

    Source:
        Chapter 2.1.2, Poisson point process; RooExtendPdf of ROOT.

    Deviations:
        ROOT calls the type ``extend_pdf`` (from 2026 on ``rate_extended_dist``), with keys of its
        own.
    """

    rate: Value | None = None
    dist: DistributionName | None = None
    norm: Value | None = None
    pdf: DistributionName | None = None
    range: StrictStr | None = None

    @model_validator(mode="after")
    def _one_spelling(self) -> RateExtendedDist:
        for ours, theirs in (("rate", "norm"), ("dist", "pdf")):
            if (getattr(self, ours) is None) == (getattr(self, theirs) is None):
                raise ValueError(f"needs one of `{ours}` and `{theirs}`")
        return self

    @property
    def expected(self) -> str | int | float:
        """The expected number of events, however it is spelled."""
        found = self.norm if self.rate is None else self.rate
        assert found is not None  # by the check above
        return found

    @property
    def underlying(self) -> str:
        """Name of the distribution of one event, however it is spelled."""
        found = self.pdf if self.dist is None else self.dist
        assert found is not None  # by the check above
        return found


class RateDensityDist(Distribution, types=("rate_density_dist",)):
    r"""A Poisson point process given by its rate density.

    .. math::
        f(x_1 … x_n) = \mathrm{Pois}(n \mid \lambda) \prod_{i=1}^n \frac{g(x_i)}{\lambda},\quad
        \lambda = \int g(y)\,dy

    Attributes:
        x: the variables.
        density: :math:`g \ge 0`, events per unit of x.

    Source:
        Chapter 2.1.2, Poisson point process.
    """

    x: Variable | tuple[Variable, ...]
    density: FunctionName
