"""The relativistic Breit-Wigner distribution."""

from __future__ import annotations

from pydantic import StrictStr

from hs3.base import Part, Value, Variable
from hs3.distributions.base import Distribution


class DecayChannel(Part):
    r"""A final state of the resonance.

    Attributes:
        name: of the final state.
        Gamma: partial width :math:`\Gamma_{BW} \ge 0`.
        m1: mass of the first decay product, default 0.
        m2: mass of the second decay product, default 0.
        l: orbital angular momentum, default 0.
        R: size parameter of the form factor, in the inverse unit of the masses, default 3.
    """

    name: StrictStr | None = None
    Gamma: Value
    m1: Value = 0
    m2: Value = 0
    l: Value = 0  # noqa: E741 - the standard's name
    R: Value = 3


class RelativisticBreitWignerDist(Distribution, types=("relativistic_breit_wigner_dist",)):
    r"""Line shape of a resonance that decays into several channels.

    .. math::
        f(m) \propto \frac{m\,\Gamma_1(m)}{|m_{BW}^2 - m^2 - i\,m_{BW}\Gamma(m)|^2},\quad
        \Gamma(m) = \sum_i \Gamma_i(m),\quad
        \Gamma_i(m) = \Gamma_{BW,i}\, n_{l_i}^2(m)\, \frac{2 q_i(m)}{m}

    with the break-up momentum :math:`q_i` and :math:`n_l = z^l h_l(z)`, :math:`z = q_i R_i`,
    :math:`h_l` the Blatt-Weisskopf form factors.

    Attributes:
        mass: :math:`m_{BW} > 0`.
        x: the variable :math:`m`.
        channels: the final states; the first is the one whose mass is measured.

    Source:
        Chapter 2.1.1, Relativistic Breit-Wigner distribution.

    Deviations:
        The text gives no key for the variable :math:`m`. Here it is `x`, as everywhere else.
    """

    mass: Value
    x: Variable | None = None
    channels: tuple[DecayChannel, ...]
