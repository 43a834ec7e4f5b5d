"""The polynomial function."""

from __future__ import annotations

from hs3.base import Value, Values
from hs3.functions.base import Function


class PolynomialFunction(Function, types=("polynomial",)):
    r"""A polynomial, not normalised.

    .. math::
        f(x) = \sum_{i=0}^{n} a_i x^i

    Attributes:
        x: the argument.
        coefficients: :math:`a_0 … a_n`, real.

    Source:
        Chapter 2.2, Polynomial Function.

    Deviations:
        ROOT writes some of the numbers as strings (``"1.0"``).
    """

    x: Value
    coefficients: Values
