"""Counts and auxiliary measurements by name, outside the engine's arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hs3.histfactory.meaning import FloatArray


@dataclass(frozen=True, eq=False)
class Dataset:
    """What an experiment of this kind measures: real, expected (Asimov) or simulated.

    Attributes:
        channels: counts per bin of each channel, shape (bins,), or (n, bins) for n toys.
        auxiliary: value of each auxiliary measurement by the constraint's name, shape () or (n,).
    """

    channels: Mapping[str, FloatArray]
    auxiliary: Mapping[str, FloatArray]
