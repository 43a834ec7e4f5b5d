"""The exponential distribution."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class ExponentialDist(Distribution, types=("exponential_dist",)):
    r"""Exponential fall (or rise) over the range of the variable.

    .. math::
        f(x) \propto e^{-c x}

    Attributes:
        x: the variable, over its whole range, negative values included.
        c: real; positive for a falling shape.

    Source:
        Chapter 2.1.1, Exponential distribution.

    Deviations:
        RooExponential is :math:`e^{+c x}` by default; ROOT then writes a function
        ``<name>_exponential_inverted`` with the expression ``-<name>``. pyhs3 evaluates
        :math:`c e^{-cx}`, which is not this formula.
    """

    x: Variable
    c: Value
