"""Sums, products and expressions."""

from __future__ import annotations

from pydantic import StrictStr

from hs3.axes import Axis
from hs3.base import Flag, PdfOrFunctionName, Values
from hs3.functions.base import Function


class SumFunction(Function, types=("sum",)):
    r"""A sum.

    .. math::
        f = \sum_i a_i

    Attributes:
        summands: the :math:`a_i`, numbers or names.

    Source:
        Chapter 2.2, Sum.
    """

    summands: Values


class ProductFunction(Function, types=("product",)):
    r"""A product.

    .. math::
        f = \prod_i a_i

    Attributes:
        factors: the :math:`a_i`, numbers or names.

    Source:
        Chapter 2.2, Product.
    """

    factors: Values


class WeightedSumFunction(Function, types=("weighted_sum",)):
    r"""A weighted sum of functions.

    .. math::
        f(x) = \sum_i c_i g_i(x)

    Attributes:
        samples: the :math:`g_i`.
        coefficients: the :math:`c_i`; with one fewer than samples, the last one is
            :math:`1 - \sum_i c_i`.

    Source:
        RooRealSumFunc of ROOT; not in v0.2.9.
    """

    samples: tuple[PdfOrFunctionName, ...]
    coefficients: Values


class GenericFunction(Function, types=("generic_function", "generic")):
    r"""A function given by an expression.

    Attributes:
        expression: in the language of chapter 3.1.
        axes: binning in which the expression is evaluated (ROOT 2026).

    Source:
        Chapter 2.2, Generic Function.

    Deviations:
        ROOT 2026 calls the type ``generic``.
    """

    expression: StrictStr
    axes: tuple[Axis, ...] | None = None


class RecursiveFraction(Function, types=("roorecursivefraction_dist",)):
    r"""One of a set of fractions that add up to one.

    .. math::
        f = a_0 \prod_{i \ge 1} (1 - a_i)

    Attributes:
        list: the :math:`a_i`, in [0, 1].
        recursive: False for :math:`a_0 / \sum_i a_i` instead (pyhs3); default True.

    Source:
        RooRecursiveFraction of ROOT, as pyhs3 spells it; not in v0.2.9.
    """

    list: Values
    recursive: Flag = True
