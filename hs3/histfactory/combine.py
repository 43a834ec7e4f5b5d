"""The template morphing of CMS Combine, floor and normalisation included."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from hs3.base import Number, Part, Value

from .modifiers import Contents, EffectModifier


class Morph(Part):
    """One shape systematic.

    Attributes:
        parameter: what steers it, a parameter or a function.
        hi: contents at +1.
        lo: contents at -1.
    """

    parameter: Value
    hi: Contents
    lo: Contents


class VerticalMorphModifier(EffectModifier, types=("CMS::vertical_morph",)):
    r"""Replaces the contents n of a sample by those of Combine's vertical morphing.

    .. math::
        m_b = \max\Big(\epsilon,\; n_b + \tfrac12\sum_k t_k\big(n^+_{kb} - n^-_{kb}
              + (n^+_{kb} + n^-_{kb} - 2 n_b)\, h(t_k)\big)\Big)

    with :math:`h(t) = t(15 + t^2(3t^2 - 10))/8` inside of :math:`|t| < 1` and the sign of t
    outside. If `normalised`, m is then scaled so that the bins sum up to what
    the contents of the sample do. But
    for floor and normalisation this is the sum of histosys with interpolation code 4p.

    Attributes:
        central: n, which is below the floor where the sample's contents have been raised to it.
        morphs: the shape systematics.
        floor: :math:`\epsilon > 0`.
        normalised: see above.

    Source:
        `fastVerticalInterpHistPdf2` and CMSHistFunc of CMS Combine; not in v0.2.9.
    """

    additive: ClassVar[bool] = False

    central: Contents
    morphs: tuple[Morph, ...]
    floor: Number
    normalised: bool = False

    @model_validator(mode="after")
    def _floor(self) -> VerticalMorphModifier:
        if not self.floor > 0:
            raise ValueError("`floor` must be above zero")
        return self
