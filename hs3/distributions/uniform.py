"""The uniform distribution."""

from __future__ import annotations

from hs3.base import Variable
from hs3.distributions.base import Distribution


class UniformDist(Distribution, types=("uniform_dist",)):
    r"""Constant over the range of the variable.

    .. math::
        f(x) \propto 1

    Attributes:
        x: the variable, or several as an array.

    Source:
        Chapter 2.1.1, Uniform distribution.

    Deviations:
        The text has one variable; ROOT and pyhs3 write an array.
    """

    x: Variable | tuple[Variable, ...]
