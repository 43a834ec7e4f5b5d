"""Interpolation between variations, and through points."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictInt, model_validator

from hs3.base import Flag, Number, Numbers, PdfOrFunctionName, Value, Values
from hs3.functions.base import Function


def check_lengths(**lists: tuple[object, ...] | None) -> None:
    """Raise ValueError unless all the lists that are given have one length."""
    lengths = {key: len(given) for key, given in lists.items() if given is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"`{key}` has {length}" for key, length in lengths.items())
        raise ValueError(f"lists must have one length: {told}")


class Interpolation0D(Function, types=("interpolation0d",)):
    r"""A number that moves with nuisance parameters.

    .. math::
        f(\alpha) = n \oplus \sum_i I_{c_i}(\alpha_i;\, l_i, n, h_i)

    where each code :math:`c_i` adds or multiplies, see `hs3.engine.functions.interpolation`; a
    result that is not positive becomes the smallest normal number.

    Attributes:
        vars: the :math:`\alpha_i`.
        nom: nominal value n.
        low: :math:`l_i`, the values at :math:`\alpha_i = -1`.
        high: :math:`h_i`, the values at :math:`\alpha_i = +1`.
        interpolationCodes: ROOT's :math:`c_i`; 0 when missing.

    Source:
        FlexibleInterpVar of ROOT; not in v0.2.9.
    """

    vars: Values
    nom: Number
    low: Numbers
    high: Numbers
    interpolationCodes: tuple[StrictInt, ...] | None = None

    @model_validator(mode="after")
    def _lengths(self) -> Interpolation0D:
        check_lengths(
            vars=self.vars,
            low=self.low,
            high=self.high,
            interpolationCodes=self.interpolationCodes,
        )
        return self


class InterpolationFunction(Function, types=("interpolation",)):
    r"""A function that moves with nuisance parameters, at each point by itself.

    .. math::
        f(x, \alpha) = n(x) \oplus \sum_i I_{c_i}(\alpha_i;\, l_i(x), n(x), h_i(x))

    Attributes:
        vars: the :math:`\alpha_i`.
        nom: nominal function n.
        low: :math:`l_i`, the functions at :math:`\alpha_i = -1`.
        high: :math:`h_i`, the functions at :math:`\alpha_i = +1`.
        interpolationCodes: ROOT's :math:`c_i`; 0 when missing.
        positiveDefinite: True when negative results become zero.

    Source:
        PiecewiseInterpolation of ROOT; not in v0.2.9.
    """

    vars: Values
    nom: PdfOrFunctionName | Number
    low: tuple[PdfOrFunctionName | Number, ...]
    high: tuple[PdfOrFunctionName | Number, ...]
    interpolationCodes: tuple[StrictInt, ...] | None = None
    positiveDefinite: Flag | None = None

    @model_validator(mode="after")
    def _lengths(self) -> InterpolationFunction:
        check_lengths(
            vars=self.vars,
            low=self.low,
            high=self.high,
            interpolationCodes=self.interpolationCodes,
        )
        return self


class SplineFunction(Function, types=("spline",)):
    r"""A spline through given points.

    .. math::
        f(x_k) = y_k,\quad \text{a polynomial of order 1, 3 or 5 between neighbours}

    Attributes:
        x: the argument.
        x0: the :math:`x_k`, ascending.
        y0: the :math:`y_k`, as many.
        interpolation: ``poly3`` (default) or ``poly5``; ``poly1``, straight lines, is an
            extension of this project, for RooFit's tables with linear interpolation.
        logx: True when the knots are :math:`\ln x_k`; ROOT 6.40 then takes the spline at
            :math:`e^x` (see spec/expressions.md).
        logy: True when the spline runs in :math:`\ln y`.

    Source:
        RooSpline of ROOT; not in v0.2.9.
    """

    x: Value
    x0: Numbers
    y0: Numbers
    interpolation: Literal["poly1", "poly3", "poly5"] | None = None
    logx: Flag | None = None
    logy: Flag | None = None

    @model_validator(mode="after")
    def _lengths(self) -> SplineFunction:
        check_lengths(x0=self.x0, y0=self.y0)
        return self
