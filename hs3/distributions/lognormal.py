"""The log-normal distribution."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class LogNormalDist(Distribution, types=("lognormal_dist",)):
    r"""The logarithm of the variable is normally distributed.

    .. math::
        f(x) \propto \frac1x \exp\left(-\frac{(\ln x - \mu)^2}{2\sigma^2}\right),\quad x > 0

    Attributes:
        x: the variable.
        mu: :math:`\mu`, real, the mean of :math:`\ln x`; with `k` it is the median
            :math:`m_0 = e^\mu > 0`.
        sigma: :math:`\sigma > 0`, the standard deviation of :math:`\ln x`.
        k: instead of `sigma`, :math:`k = e^\sigma > 1`.

    Source:
        Chapter 2.1.1, Log-Normal distribution.

    Deviations:
        RooLognormal has median and k by default; ROOT then writes functions
        ``<name>_lognormal_log`` with the expression ``log(<name>)`` for both.
    """

    x: Variable
    mu: Value
    sigma: Value | None = None
    k: Value | None = None

    @model_validator(mode="after")
    def _one_width(self) -> LogNormalDist:
        if (self.sigma is None) == (self.k is None):
            raise ValueError("needs one of `sigma` and `k`")
        return self
