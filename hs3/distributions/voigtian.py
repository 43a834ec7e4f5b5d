"""The Voigt profile."""

from __future__ import annotations

from hs3.base import Value, Variable
from hs3.distributions.base import Distribution


class VoigtianDist(Distribution, types=("voigtian_dist",)):
    r"""A Breit-Wigner (Cauchy) shape seen with a Gaussian resolution.

    .. math::
        f(x) \propto \operatorname{Re} w\left(\frac{x - \mu + i\Gamma/2}{\sigma\sqrt 2}\right),
        \quad w(z) = e^{-z^2} \operatorname{erfc}(-iz)

    Attributes:
        x: the variable.
        mean: :math:`\mu`, real, the mode.
        width: :math:`\Gamma > 0`, full width at half maximum of the Cauchy shape.
        sigma: :math:`\sigma > 0`, the resolution.

    Source:
        RooVoigtian of ROOT; an extension of this project, not in v0.2.9.
    """

    x: Variable
    mean: Value
    width: Value
    sigma: Value
