"""What documents say: three types with their fields. Nothing here imports JAX."""

from __future__ import annotations

from typing import ClassVar

from hs3.base import ParameterName, Part, Value, Variable
from hs3.distributions import Distribution
from hs3.functions import Function
from hs3.histfactory.modifiers import Contents, EffectModifier


class NovosibirskDist(Distribution, types=("novosibirsk_dist",)):
    r"""A peak with one long tail (H. Ikeda et al., NIM A441 (2000) 401).

    .. math::
        f(x) \propto \exp\Big[-\frac12\Big(\frac{\ln^2 q}{\sigma_0^2} + \sigma_0^2\Big)\Big],\quad
        q = 1 - \tau\,\frac{x - x_0}{w},\quad
        \sigma_0 = \frac{2}{\xi}\,\mathrm{arsinh}\frac{\tau\xi}{2},\quad \xi = 2\sqrt{\ln 4}

    where :math:`q > 0`, zero elsewhere; a normal distribution of width w at :math:`\tau = 0`.

    Attributes:
        x: the variable.
        peak: :math:`x_0`, real, the mode.
        width: :math:`w > 0`, the full width at half maximum over :math:`\xi`.
        tail: :math:`\tau`, real; the tail is on the left where it is positive.

    Source:
        RooNovosibirsk of ROOT.
    """

    x: Variable
    peak: Value
    width: Value
    tail: Value


class TurnOnFunction(Function, types=("turn_on_function",)):
    r"""Efficiency of a trigger: :math:`\frac12 [1 + \mathrm{erf}((x - t)/(\sqrt2 r))]`.

    Attributes:
        x: what the trigger cuts on.
        threshold: :math:`t`, real, where it is half efficient.
        resolution: :math:`r > 0`.
    """

    x: Value
    threshold: Value
    resolution: Value


class EftTemplates(Part):
    """Changes of the counts per bin for a Wilson coefficient of one."""

    interference: Contents
    quadratic: Contents


class EftModifier(EffectModifier, types=("eft_morphing",)):
    r"""Adds :math:`c\,i_b + c^2 q_b` to bin b of a sample.

    Attributes:
        parameter: the Wilson coefficient :math:`c`, real.
        data: interference :math:`i_b` with the nominal theory, and the square :math:`q_b` of the
            new amplitude.
    """

    additive: ClassVar[bool] = True

    parameter: ParameterName
    data: EftTemplates
