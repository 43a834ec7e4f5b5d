"""Counts and auxiliary measurements by name, outside the engine's arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hs3.errors import FitError
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


def log_factorials(counts: FloatArray) -> float:
    r""":math:`\sum \ln\Gamma(n + 1)` over all counts; without scipy, whose import takes time.

    Raises:
        FitError: a count is negative.
    """
    if (counts < 0.0).any():
        worst = float(counts.min())
        raise FitError(f"a count is {worst:g}", code="fit.wrong_data", value=worst)
    return math.fsum(math.lgamma(n + 1.0) for n in counts.ravel().tolist())
