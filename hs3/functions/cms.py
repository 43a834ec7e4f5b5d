"""Functions of the CMS Combine tool, as pyhs3 spells them."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Number, Numbers, Value, Values
from hs3.functions.base import Function
from hs3.functions.interpolation import check_lengths


class ProcessNormalization(Function, types=("CMS::process_normalization",)):
    r"""The yield of a process with log-normal uncertainties.

    .. math::
        f = n \exp\Big(\sum_i \theta_i \ln\kappa_i + \sum_j s_j(\theta_j)\Big) \prod_k o_k

    The asymmetric :math:`s_j(\theta)` is :math:`\theta\ln\kappa^+` for :math:`\theta \ge 0.5`,
    :math:`-\theta\ln\kappa^-` for :math:`\theta \le -0.5`, and joins them smoothly between.

    Attributes:
        nominalValue: :math:`n`, default 1.
        thetaList: the :math:`\theta_i` of symmetric uncertainties.
        logKappa: the :math:`\ln\kappa_i`; missing ones are 0.
        asymmThetaList: the :math:`\theta_j` of asymmetric uncertainties.
        logAsymmKappa: pairs :math:`[\ln\kappa_j^-, \ln\kappa_j^+]`.
        otherFactorList: the :math:`o_k`.

    Source:
        ProcessNormalization of CMS Combine, keys of pyhs3; not in v0.2.9.

    Deviations:
        pyhs3 joins the asymmetric branches within :math:`|\theta| < 1`.
    """

    nominalValue: Number = 1.0
    thetaList: Values = ()
    logKappa: Numbers = ()
    asymmThetaList: Values = ()
    logAsymmKappa: tuple[Numbers, ...] = ()
    otherFactorList: Values = ()

    @model_validator(mode="after")
    def _lengths(self) -> ProcessNormalization:
        check_lengths(asymmThetaList=self.asymmThetaList, logAsymmKappa=self.logAsymmKappa)
        if len(self.logKappa) > len(self.thetaList):
            raise ValueError("`logKappa` has more entries than `thetaList`")
        if any(len(pair) != 2 for pair in self.logAsymmKappa):
            raise ValueError("each entry of `logAsymmKappa` needs two numbers")
        return self


class AsymPow(Function, types=("CMS::asympow",)):
    r"""An asymmetric log-normal factor.

    .. math::
        f(\theta) = \kappa_{+}^{\theta},\; \theta \ge 0.5;\qquad
        \kappa_{-}^{-\theta},\; \theta \le -0.5

    and a smooth join between.

    Attributes:
        kappaLow: :math:`\kappa_{-} > 0`.
        kappaHigh: :math:`\kappa_{+} > 0`.
        theta: the parameter.

    Source:
        AsymPow of CMS Combine, keys of pyhs3; not in v0.2.9.

    Deviations:
        pyhs3 joins the two branches at 0 with a kink.
    """

    kappaLow: Value
    kappaHigh: Value
    theta: Value
