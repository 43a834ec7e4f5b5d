"""Distributions given by an expression or a function."""

from __future__ import annotations

from pydantic import StrictStr

from hs3.axes import Axis
from hs3.base import Flag, FunctionName, Variable
from hs3.distributions.base import Distribution


class GenericDist(Distribution, types=("generic_dist",)):
    r"""A density given by an expression.

    .. math::
        f(x) \propto \text{expression}

    Attributes:
        expression: in the language of chapter 3.1; nowhere negative.
        x: the variable (redundant; who is an observable follows from the data).
        axes: binning in which the expression is evaluated (ROOT 2026).

    Source:
        Chapter 2.1.1, Generic distribution.
    """

    expression: StrictStr
    x: Variable | tuple[Variable, ...] | None = None
    axes: tuple[Axis, ...] | None = None


class DensityFunctionDist(Distribution, types=("density_function_dist",)):
    r"""A density given by a function that is not normalised.

    .. math::
        f(x) = \frac{g(x)}{\int g(y)\,dy}

    Attributes:
        function: :math:`g \ge 0`.
        selfNormalized: True when g integrates to one and is not to be normalised (read by ROOT).
        selfnormalized: the same, as ROOT writes it.

    Source:
        Chapter 2.1.2, Density Function distribution.
    """

    function: FunctionName
    selfNormalized: Flag | None = None
    selfnormalized: Flag | None = None


class LogDensityFunctionDist(Distribution, types=("log_density_function_dist",)):
    r"""A density given by its logarithm, which is not normalised.

    .. math::
        f(x) = \frac{e^{g(x)}}{\int e^{g(y)}\,dy}

    Attributes:
        function: :math:`g`, real.

    Source:
        Chapter 2.1.2, Density Function distribution.
    """

    function: FunctionName
