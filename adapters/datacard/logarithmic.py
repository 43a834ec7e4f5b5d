r"""``shapeN``: shape systematics that interpolate the logarithms of a template.

With :math:`r^\pm_{kb} = \ln(n^\pm_{kb}/n_b)`, or zero where a content is not above zero,

.. math::
    n_{pb} = n_b\,e_b,\qquad
    e_b = \exp\Big(\tfrac12 \sum_k x_k \big(r^+_{kb} - r^-_{kb}
          + (r^+_{kb} + r^-_{kb})\, h(x_k/q)\big)\Big),

which without ``autoMCStats`` is scaled so that the bins sum up to what they did
(`FastVerticalInterpHistPdf2` with a negative `smoothAlgo`, and CMSHistFunc of the type
LogQuadLinear). A shapefactor whose parameters are functions says that.
"""

from __future__ import annotations

import numpy as np

from .morphing import FloatArray
from .pool import Json, Pool


class LogMorphs:
    """The shape systematics of one process, of logarithms.

    Args:
        name: of the process, for the functions that are made.
        nominal: the template as it is, shape (bins,).
        contents: what the sample has.
        normalised: True where Combine scales the sum of the bins to what it was.
    """

    is_cut = False

    def __init__(
        self, name: str, nominal: FloatArray, contents: FloatArray, normalised: bool
    ) -> None:
        self._name, self._nominal, self._contents = name, nominal, contents
        self._normalised = normalised
        self._all: list[tuple[str, float, FloatArray, FloatArray]] = []

    def shift(self, varied: FloatArray) -> FloatArray:
        """The logarithm of a varied template over the nominal one."""
        known = (varied > 0.0) & (self._nominal > 0.0)
        ratio = np.divide(varied, self._nominal, out=np.ones_like(varied), where=known)
        return np.asarray(np.log(ratio))

    def add(self, name: str, ratio: float, up: FloatArray, down: FloatArray, pool: Pool) -> None:
        """Add shifts of the logarithms, interpolated in `ratio` times the parameter."""
        self._all.append((name, ratio, up, down))

    def modifiers(self, pool: Pool, approximate: bool) -> list[Json]:
        """One shapefactor of all systematics; it is exact either way."""
        effects = [self._effect(b, pool) for b in range(len(self._nominal))]
        words = [pool.variable(effect) for effect in effects]
        if self._normalised:
            parts = self._contents / self._contents.sum()
            terms = [f"{float(p)!r}*{e}" for p, e in zip(parts, words, strict=True) if p > 0.0]
            total = pool.variable(pool.expression(f"{self._name}_sum", " + ".join(terms)))
            effects = [
                pool.expression(f"{self._name}_bin{b}_share", f"{word}/{total}")
                for b, word in enumerate(words)
            ]
        return [{"name": "morph", "type": "shapefactor", "parameters": effects}]

    def _effect(self, b: int, pool: Pool) -> str:
        terms = []
        for name, ratio, up, down in self._all:
            half, bend = 0.5 * ratio * (up[b] - down[b]), 0.5 * ratio * (up[b] + down[b])
            step = pool.step(name, ratio)
            terms.append(f"{pool.variable(name)}*({float(half)!r} + ({float(bend)!r})*{step})")
        return pool.expression(f"{self._name}_bin{b}", f"exp({' + '.join(terms)})")
