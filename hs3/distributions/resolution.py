"""Resolution models for analytical convolutions, as ROOT lists them: under `distributions`.

The text has the Gaussian and the truth model under `functions` (`hs3.functions.resolution`).
"""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Flag, Value, Values, Variable
from hs3.distributions.base import Distribution
from hs3.distributions.decay import ResolutionName
from hs3.distributions.mixture import check_coefficients


class GaussModelDist(Distribution, types=("gauss_model_function", "gauss_resolution_model")):
    r"""Gaussian resolution.

    .. math::
        R(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)

    Attributes:
        x: the convolution variable.
        mean: bias :math:`\mu`, real.
        sigma: :math:`\sigma > 0`.

    Source:
        Chapter 2.2, Gaussian Resolution Model.

    Deviations:
        ROOT's scale factors of mean and sigma are not written. ROOT 2026 calls the type
        ``gauss_resolution_model``.
    """

    x: Variable
    mean: Value
    sigma: Value


class TruthModelDist(Distribution, types=("truth_model_function", "delta_resolution_model")):
    r"""Perfect resolution.

    .. math::
        R(x) = \delta(x)

    Attributes:
        x: the convolution variable.

    Source:
        Chapter 2.2, Truth Resolution Model.

    Deviations:
        ROOT 2026 calls the type ``delta_resolution_model``.
    """

    x: Variable


class MixtureModelDist(Distribution, types=("mixture_model", "mixture_resolution_model")):
    r"""A weighted sum of resolution models or model densities.

    .. math::
        R(x) = \sum_i c_i R_i(x)

    With one coefficient fewer than summands, the last one is :math:`1 - \sum_i c_i`.

    Attributes:
        summands: the :math:`R_i`.
        coefficients: the :math:`c_i`.
        extended: whether the coefficients are yields.

    Source:
        Chapter 2.1.2, Mixture model.

    Deviations:
        ROOT 2026 calls the type ``mixture_resolution_model``.
    """

    summands: tuple[ResolutionName, ...]
    coefficients: Values
    extended: Flag | None = None

    @model_validator(mode="after")
    def _lengths(self) -> MixtureModelDist:
        check_coefficients(len(self.coefficients), len(self.summands))
        return self
