"""Derivatives and integrals of other functions."""

from __future__ import annotations

from pydantic import StrictInt, StrictStr

from hs3.base import Number, PdfOrFunctionName, Variable
from hs3.functions.base import Function


class DerivativeFunction(Function, types=("derivative",)):
    r"""A derivative.

    .. math::
        f = \frac{d^n g}{dx^n}

    Attributes:
        function: :math:`g`, a function or a density.
        x: what is differentiated with respect to.
        order: :math:`n`, 1 to 3.
        eps: step of the numerical derivative; an exact one needs none.
        normalization: variables over which a density g is normalised first.

    Source:
        Chapter 2.2, Derivative Function.
    """

    function: PdfOrFunctionName
    x: Variable
    order: StrictInt
    eps: Number | None = None
    normalization: tuple[Variable, ...] | None = None


class IntegralFunction(Function, types=("integral",)):
    r"""An integral.

    .. math::
        f = \int_D g(x)\,dx

    Attributes:
        integrand: :math:`g`, a function or a density.
        variables: the :math:`x`.
        domain: name of the domain (ROOT: of the range) :math:`D`; the whole range when missing.
        normalization: variables over which a density g is normalised first.

    Source:
        RooRealIntegral of ROOT; not in v0.2.9.
    """

    integrand: PdfOrFunctionName
    variables: tuple[Variable, ...]
    domain: StrictStr | None = None
    normalization: tuple[Variable, ...] | None = None
