"""Resolution models for analytical convolutions, as the text lists them: under `functions`."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.functions.base import Function


class GaussModelFunction(Function, types=("gauss_model_function", "gauss_resolution_model")):
    r"""Gaussian resolution, see `hs3.distributions.resolution.GaussModelDist`.

    .. math::
        R(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)

    Attributes:
        x: the convolution variable.
        mean: bias :math:`\mu`, real.
        sigma: :math:`\sigma > 0`.

    Source:
        Chapter 2.2, Gaussian Resolution Model.
    """

    x: Variable
    mean: Value
    sigma: Value


class TruthModelFunction(Function, types=("truth_model_function", "delta_resolution_model")):
    r"""Perfect resolution, see `hs3.distributions.resolution.TruthModelDist`.

    .. math::
        R(x) = \delta(x)

    Attributes:
        x: the convolution variable.

    Source:
        Chapter 2.2, Truth Resolution Model.
    """

    x: Variable
