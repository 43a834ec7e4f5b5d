"""The normal distribution and its relatives."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Value, Values, Variable
from hs3.distributions.base import Distribution


class GaussianDist(Distribution, types=("gaussian_dist", "normal_dist")):
    r"""The normal distribution.

    .. math::
        f(x) \propto \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)

    Attributes:
        x: the variable.
        mean: :math:`\mu`, real.
        sigma: :math:`\sigma > 0`.

    Source:
        Chapter 2.1.1, Gaussian/normal distribution.
    """

    x: Variable
    mean: Value
    sigma: Value


class BifurkatedGaussianDist(Distribution, types=("bifurkated_gaussian_dist",)):
    r"""Two half normal distributions of different width that meet at the peak.

    .. math::
        f(x) \propto \exp\left(-\frac{(x-\mu)^2}{2\sigma_{L,R}^2}\right),\quad
        \sigma_L \text{ for } x < \mu,\; \sigma_R \text{ for } x \ge \mu

    Attributes:
        x: the variable.
        mean: :math:`\mu`, real, the mode.
        sigmaL: :math:`\sigma_L > 0`.
        sigmaR: :math:`\sigma_R > 0`.

    Source:
        RooBifurGauss of ROOT; not in v0.2.9.
    """

    x: Variable
    mean: Value
    sigmaL: Value
    sigmaR: Value


class GeneralizedNormalDist(Distribution, types=("generalized_normal_dist",)):
    r"""A normal distribution with another power in the exponent.

    .. math::
        f(x) \propto \exp\left\{-\left(\frac{|x-\mu|}{\alpha}\right)^\beta\right\}

    Attributes:
        x: the variable.
        mean: :math:`\mu`, real.
        alpha: :math:`\alpha > 0`; at :math:`\beta = 2` it is :math:`\sqrt 2\,\sigma`.
        beta: :math:`\beta > 0`; large values give a flat top.

    Source:
        Chapter 2.1.1, Generalized Normal distribution.
    """

    x: Variable
    mean: Value
    alpha: Value
    beta: Value


class MultivariateNormalDist(Distribution, types=("multivariate_normal_dist",)):
    r"""The normal distribution of several variables.

    .. math::
        f(x) \propto \exp\left(-\tfrac12 (x-\mu)^T \Sigma^{-1} (x-\mu)\right)

    Attributes:
        x: the k variables; a number among them is an observed value.
        mean: :math:`\mu`, k values.
        covariances: :math:`\Sigma`, k × k, symmetric and positive definite.
        correlations: instead of `covariances`, the k × k correlation matrix (ROOT).
        standard_deviations: k standard deviations that go with `correlations` (ROOT).

    Source:
        Chapter 2.1.1, Multivariate normal distribution.

    Deviations:
        ROOT reads correlations with standard deviations as well; a document that gives both
        forms is read by its covariances, as ROOT does.
    """

    x: tuple[Variable, ...]
    mean: Values
    covariances: tuple[Values, ...] | None = None
    correlations: tuple[Values, ...] | None = None
    standard_deviations: Values | None = None

    @model_validator(mode="after")
    def _shapes(self) -> MultivariateNormalDist:
        k = len(self.x)
        if self.covariances is None and (
            self.correlations is None or self.standard_deviations is None
        ):
            raise ValueError("needs `covariances`, or `correlations` and `standard_deviations`")
        for key in ("mean", "standard_deviations", "covariances", "correlations"):
            given = getattr(self, key)
            if given is not None and len(given) != k:
                raise ValueError(f"`{key}` has {len(given)} entries for {k} variables in `x`")
        for key in ("covariances", "correlations"):
            if any(len(row) != k for row in getattr(self, key) or ()):
                raise ValueError(f"`{key}` is not a square matrix of {k} rows and columns")
        return self
