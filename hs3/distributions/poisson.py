"""Poisson distributions of one and of several counts."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Flag, Value, Values, Variable
from hs3.distributions.base import Distribution


class PoissonDist(Distribution, types=("poisson_dist",)):
    r"""The Poisson distribution, continued to counts that are not integers.

    .. math::
        f(x) = \exp\left(x \ln\lambda - \lambda - \ln\Gamma(x+1)\right),\quad x \ge 0

    Attributes:
        x: the count.
        mean: :math:`\lambda \ge 0`.
        integer: True when x is rounded down to an integer first (ROOT).

    Source:
        Chapter 2.1.1, Continued Poisson distribution and Poisson distribution; both have the
        type ``poisson_dist``, and agree where the second is defined.
    """

    x: Variable
    mean: Value
    integer: Flag | None = None


class BarlowBeestonLiteDist(Distribution, types=("barlow_beeston_lite_poisson_constraint_dist",)):
    r"""Constraints of the statistical uncertainty of templates, one per bin.

    .. math::
        f(x) \propto \prod_i \mathrm{Pois}(x_i \tau_i \mid \tau_i)

    Attributes:
        x: the scale factors :math:`x_i \ge 0`, around 1.
        expected: :math:`\tau_i > 0`, as many as `x`; effective number of simulated events.

    Source:
        Chapter 2.1.1, Barlow-Beeston-Lite Constraint distribution.
    """

    x: tuple[Variable, ...]
    expected: Values

    @model_validator(mode="after")
    def _lengths(self) -> BarlowBeestonLiteDist:
        if len(self.x) != len(self.expected):
            raise ValueError(f"{len(self.expected)} `expected` do not go with {len(self.x)} `x`")
        return self
