"""Sums of distributions and of functions."""

from __future__ import annotations

from pydantic import StrictStr, model_validator

from hs3.base import DistributionName, Flag, PdfOrFunctionName, Values, Variable
from hs3.distributions.base import Distribution


def check_coefficients(coefficients: int, summands: int) -> None:
    """Raise ValueError unless there are as many coefficients as summands, one fewer, or none."""
    if coefficients and coefficients not in (summands, summands - 1):
        raise ValueError(f"{coefficients} coefficients do not go with {summands} summands")


class MixtureDist(Distribution, types=("mixture_dist",)):
    r"""A weighted sum of distributions of the same variables.

    .. math::
        f(x) = \sum_i \frac{c_i}{\sum_j c_j} f_i(x)

    With one coefficient fewer than summands, the last one is :math:`1 - \sum_i c_i`. When
    extended, :math:`\nu = \sum_i c_i` is the expected number of events.

    Attributes:
        summands: the :math:`f_i`.
        coefficients: the :math:`c_i`, numbers or names; none at all means that every summand is
            extended and gives its own.
        extended: whether the coefficients are yields; derived from the number of coefficients
            when missing.
        x: the variables (redundant).
        ref_coef_norm: coefficients whose sum replaces the denominator (pyhs3).

    Source:
        Chapter 2.1.2, Mixture distribution.

    Deviations:
        ROOT writes ``"extended": true`` for every mixture that can be extended.
    """

    summands: tuple[DistributionName, ...]
    coefficients: Values | None = None
    extended: Flag | None = None
    x: Variable | tuple[Variable, ...] | None = None
    ref_coef_norm: tuple[StrictStr, ...] | StrictStr | None = None

    @model_validator(mode="after")
    def _lengths(self) -> MixtureDist:
        check_coefficients(len(self.coefficients or ()), len(self.summands))
        return self


class WeightedSumDist(Distribution, types=("weighted_sum_dist",)):
    r"""A weighted sum of functions that are not normalised one by one.

    .. math::
        f(x) = \frac{\sum_i c_i g_i(x)}{\int \sum_i c_i g_i(y)\,dy}

    With one coefficient fewer than samples, the last one is :math:`1 - \sum_i c_i`. When
    extended, the integral is the expected number of events.

    Attributes:
        samples: the :math:`g_i`, functions or densities.
        coefficients: the :math:`c_i`.
        extended: whether the integral is a yield.

    Source:
        RooRealSumPdf of ROOT; not in v0.2.9.
    """

    samples: tuple[PdfOrFunctionName, ...]
    coefficients: Values
    extended: Flag | None = None

    @model_validator(mode="after")
    def _lengths(self) -> WeightedSumDist:
        check_coefficients(len(self.coefficients), len(self.samples))
        return self
