"""The gamma distribution."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class GammaDist(Distribution, types=("gamma_dist",)):
    r"""The gamma distribution with a shifted origin.

    .. math::
        f(x) \propto (x-\mu)^{\gamma-1} e^{-(x-\mu)/\beta},\quad x > \mu

    Attributes:
        x: the variable.
        gamma: shape :math:`\gamma > 0`.
        beta: scale :math:`\beta > 0`.
        mu: origin :math:`\mu`, real.

    Source:
        RooGamma of ROOT; not in v0.2.9.
    """

    x: Variable
    gamma: Value
    beta: Value
    mu: Value
