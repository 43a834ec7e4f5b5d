"""Decay time distributions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StrictStr, WrapValidator

from hs3.base import Ref, Value, Variable, verbatim
from hs3.distributions.base import Distribution

ResolutionName = Annotated[StrictStr, Ref(("distribution", "function"))]
"""Name of a resolution model: the text lists them as functions, ROOT as distributions."""

DecayType = Annotated[Literal[0, 1, 2], WrapValidator(verbatim)]


class DecayDist(Distribution, types=("decay_dist",)):
    r"""An exponential decay seen with a resolution.

    .. math::
        f(t) \propto (B * R)(t),\quad
        B(t) = \begin{cases} e^{-t/\tau},\, t > 0 & \text{0: SingleSided} \\
                             e^{-|t|/\tau} & \text{1: DoubleSided} \\
                             e^{t/\tau},\, t < 0 & \text{2: Flipped} \end{cases}

    Attributes:
        t: the variable.
        tau: decay constant :math:`\tau > 0`.
        resolutionModel: :math:`R`.
        decayType: the number of the case above.

    Source:
        Chapter 2.1.1, Decay distribution.
    """

    t: Variable
    tau: Value
    resolutionModel: ResolutionName
    decayType: DecayType
