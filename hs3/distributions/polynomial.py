"""Shapes made of polynomials and powers."""

from __future__ import annotations

from pydantic import model_validator

from hs3.base import Values, Variable
from hs3.distributions.base import Distribution


class PolynomialDist(Distribution, types=("polynomial_dist",)):
    r"""A polynomial.

    .. math::
        f(x) \propto \sum_{i=0}^{n} a_i x^i

    Attributes:
        x: the variable.
        coefficients: :math:`a_0 … a_n`, real, such that f is nowhere negative.

    Source:
        Chapter 2.1.1, Polynomial distribution.

    Deviations:
        ROOT has an implicit leading 1 (`lowestOrder`); it writes those terms out, some of the
        numbers as strings (``"1.0"``).
    """

    x: Variable
    coefficients: Values


class ChebychevDist(Distribution, types=("chebychev_dist",)):
    r"""A sum of Chebychev polynomials of the first kind.

    .. math::
        f(x) \propto 1 + \sum_{i=1}^{n} a_i T_i(z),\quad
        z = 2\frac{x - x_\min}{x_\max - x_\min} - 1

    Attributes:
        x: the variable; its range :math:`[x_\min, x_\max]` is part of the formula.
        coefficients: :math:`a_1 … a_n`, real, such that f is nowhere negative.

    Source:
        Chapter 2.1.1, Chebychev distribution.
    """

    x: Variable
    coefficients: Values


class BernsteinPolyDist(Distribution, types=("bernstein_poly_dist",)):
    r"""A sum of Bernstein polynomials.

    .. math::
        f(x) \propto \sum_{i=0}^{n} a_i \binom{n}{i} t^i (1-t)^{n-i},\quad
        t = \frac{x - x_\min}{x_\max - x_\min}

    Attributes:
        x: the variable; its range :math:`[x_\min, x_\max]` is part of the formula.
        coefficients: :math:`a_0 … a_n \ge 0`.

    Source:
        RooBernstein of ROOT; not in v0.2.9.
    """

    x: Variable
    coefficients: Values


class LegacyExpPolyDist(Distribution, types=("legacy_exp_poly_dist",)):
    r"""The exponential of a polynomial.

    .. math::
        f(x) \propto \exp\Big(\sum_{i=0}^{n} a_i x^i\Big)

    Attributes:
        x: the variable.
        coefficients: :math:`a_0 … a_n`, real; :math:`a_0` has no effect.

    Source:
        RooLegacyExpPoly of ROOT; not in v0.2.9.
    """

    x: Variable
    coefficients: Values


class PowerSumDist(Distribution, types=("power_sum_dist",)):
    r"""A sum of powers.

    .. math::
        f(x) \propto \sum_{i=1}^{n} a_i x^{b_i}

    Attributes:
        x: the variable, positive where an exponent is negative or not an integer.
        coefficients: :math:`a_i`, real.
        exponents: :math:`b_i`, real, as many as coefficients.

    Source:
        RooPowerSum of ROOT; not in v0.2.9.
    """

    x: Variable
    coefficients: Values
    exponents: Values

    @model_validator(mode="after")
    def _lengths(self) -> PowerSumDist:
        if len(self.coefficients) != len(self.exponents):
            raise ValueError(
                f"{len(self.coefficients)} coefficients do not go with"
                f" {len(self.exponents)} exponents"
            )
        return self
