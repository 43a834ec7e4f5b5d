"""The Landau distribution."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class LandauDist(Distribution, types=("landau_dist",)):
    r"""Energy loss by ionisation in a thin layer.

    .. math::
        f(x) \propto \phi\left(\frac{x-\mu}{\sigma}\right),\quad
        \phi(\lambda) = \frac1\pi \int_0^\infty e^{-t\ln t - \lambda t} \sin(\pi t)\,dt

    Attributes:
        x: the variable.
        mean: :math:`\mu`, real; a location, neither mean nor mode (the mode is at
            :math:`\mu - 0.22278\,\sigma`).
        sigma: :math:`\sigma > 0`, a scale.

    Source:
        RooLandau of ROOT; not in v0.2.9.
    """

    x: Variable
    mean: Value
    sigma: Value
