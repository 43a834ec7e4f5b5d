r"""Histograms of one variable with interpolation between the centres of their bins.

Between two centres the value is that of the polynomial of the given order through as many centres
around, plus one; beyond the first and the last centre the histogram goes on mirrored at its edge.
That is what RooDataHist of ROOT does with an interpolation order.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from hs3.histfactory.meaning import FloatArray


@dataclass(frozen=True)
class Interpolated:
    """A piecewise polynomial.

    Attributes:
        limits: where pieces begin and end: the edges of the range and the centres, (P + 1,).
        powers: coefficients of each piece in the distance to its beginning, lowest first, (P, n).
        steps: the integral up to the beginning of each piece, (P + 1,).
    """

    limits: FloatArray
    powers: FloatArray
    steps: FloatArray

    @classmethod
    def of(cls, edges: FloatArray, heights: FloatArray, order: int) -> Interpolated:
        """Through the heights at the centres of bins."""
        centres, count = 0.5 * (edges[1:] + edges[:-1]), min(order, len(heights))
        below, above = slice(0, count), slice(len(heights) - count, None)
        knots = [
            2.0 * edges[0] - centres[below][::-1],
            centres,
            2.0 * edges[-1] - centres[above][::-1],
        ]
        x = np.concatenate(knots)
        y = np.concatenate([heights[below][::-1], heights, heights[above][::-1]])
        limits = np.array([edges[0], *centres, edges[-1]])
        powers = np.array(
            [
                _through(x[window] - start, y[window])
                for start, window in zip(limits, _windows(len(centres), count, order), strict=False)
            ]
        )
        whole = [
            np.polynomial.Polynomial(row).integ()(width)
            for row, width in zip(powers, np.diff(limits), strict=True)
        ]
        return cls(limits, powers, np.concatenate([[0.0], np.cumsum(whole)]))

    def value(self, x: ArrayLike) -> Array:
        """The polynomial at x, 0 outside of the range."""
        at, powers, distance = self._piece(x)
        value = jnp.zeros_like(distance)
        for power in reversed(range(powers.shape[-1])):
            value = value * distance + powers[..., power]
        return jnp.where(at, value, 0.0)

    def integral(self, x: ArrayLike) -> Array:
        """From the beginning of the range to x."""
        low, high = self.limits[0], self.limits[-1]
        _, powers, distance = self._piece(jnp.clip(jnp.asarray(x), low, high))
        value = jnp.zeros_like(distance)
        for power in reversed(range(powers.shape[-1])):
            value = value * distance + powers[..., power] / (power + 1.0)
        return jnp.asarray(self.steps)[self._index(x)] + value * distance

    def _index(self, x: ArrayLike) -> Array:
        found = jnp.searchsorted(jnp.asarray(self.limits), jnp.asarray(x), side="right") - 1
        return jnp.clip(found, 0, len(self.powers) - 1)

    def _piece(self, x: ArrayLike) -> tuple[Array, Array, Array]:
        x, index = jnp.asarray(x), self._index(x)
        inside = (x >= self.limits[0]) & (x <= self.limits[-1])
        return inside, jnp.asarray(self.powers)[index], x - jnp.asarray(self.limits)[index]


def _windows(bins: int, mirrored: int, order: int) -> list[slice]:
    """The points that each piece goes through, from before the first centre to after the last."""
    starts = [max(mirrored + k - order // 2, 0) for k in range(-1, bins)]
    most = bins + 2 * mirrored - order - 1
    return [slice(min(s, most), min(s, most) + order + 1) for s in starts]


def _through(x: FloatArray, y: FloatArray) -> FloatArray:
    """Coefficients, lowest first, of the polynomial through some points."""
    scale = float(np.abs(x).max())
    powers = np.linalg.solve(np.vander(x / scale, increasing=True), y)
    return np.asarray(powers / scale ** np.arange(len(x)), dtype=np.float64)
