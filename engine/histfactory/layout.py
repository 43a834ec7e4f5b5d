"""How channels of different binning are cut into blocks of one width, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hs3.histfactory.meaning import FloatArray

BLOCK_COST = 8
"""What one more block costs, in padded bins."""


@dataclass(frozen=True)
class Piece:
    """The bins `start` … `stop` of the channel number `channel`."""

    channel: int
    start: int
    stop: int


@dataclass(frozen=True)
class Layout:
    """Where the bins of each channel are found in arrays of shape (C, W).

    Attributes:
        pieces: one for each of the C blocks.
        width: W, the number of bins of a block, padding included.
        bins: number of bins of each channel.
    """

    pieces: tuple[Piece, ...]
    width: int
    bins: tuple[int, ...]

    def per_channel(self, stacked: FloatArray) -> list[FloatArray]:
        """The values of each channel's bins, shape (…, bins), out of an array (…, C, W)."""
        out = [np.empty((*stacked.shape[:-2], n), dtype=stacked.dtype) for n in self.bins]
        for row, piece in enumerate(self.pieces):
            size = piece.stop - piece.start
            out[piece.channel][..., piece.start : piece.stop] = stacked[..., row, :size]
        return out

    def stacked(self, values: Sequence[FloatArray]) -> FloatArray:
        """Arrays (…, bins), one per channel, as one array (…, C, W), padded with zero."""
        lead = np.shape(values[0])[:-1] if values else ()
        out = np.zeros((*lead, len(self.pieces), self.width))
        for row, piece in enumerate(self.pieces):
            part = np.asarray(values[piece.channel], dtype=np.float64)
            out[..., row, : piece.stop - piece.start] = part[..., piece.start : piece.stop]
        return out


def plan(bins: Sequence[int]) -> Layout:
    """The layout whose width wastes least on padding and on extra blocks."""
    candidates = sorted(set(bins)) or [1]
    cost = {w: sum(-(-n // w) * (w + BLOCK_COST) for n in bins) for w in candidates}
    width = min(candidates, key=lambda w: (cost[w], -w))
    pieces = tuple(
        Piece(i, start, min(start + width, n))
        for i, n in enumerate(bins)
        for start in range(0, n, width)
    )
    return Layout(pieces, width, tuple(bins))
