"""The ARGUS background shape."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class ArgusDist(Distribution, types=("argus_dist", "ARGUS_dist")):
    r"""Background of a mass that cannot exceed an end point.

    .. math::
        f(m) \propto m\,u^p\,e^{c u},\quad u = 1 - (m/m_0)^2,\quad 0 \le m < m_0;\; 0 \text{ above}

    Attributes:
        mass: the variable :math:`m`.
        resonance: end point :math:`m_0 > 0`.
        slope: :math:`c`, real (negative for the usual falling shape).
        power: :math:`p > -1`, usually 1/2.

    Source:
        Chapter 2.1.1, Argus distribution.

    Deviations:
        ROOT writes and reads the type as ``ARGUS_dist``.
    """

    mass: Variable
    resonance: Value
    slope: Value
    power: Value
