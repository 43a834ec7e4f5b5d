"""What the reading of a channel depends on beyond the channel itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hs3.axes import Axis
from hs3.dialects.base import Writer

from .claims import Claims
from .meaning import FloatArray


@dataclass(frozen=True)
class Context:
    """What the reading of a channel depends on beyond the channel.

    Attributes:
        writer: who wrote the document.
        claims: collects what is said about parameters; shared by all channels of a likelihood.
        is_distribution: tells whether a name is that of a distribution of the document.
        histosys: how `hi` and `lo` of a histosys are to be read.
    """

    writer: Writer
    claims: Claims
    is_distribution: Callable[[str], bool]
    histosys: Literal["absolute", "additive"] = "absolute"


@dataclass(frozen=True)
class Observation:
    """Observed counts for a channel: `contents` per bin, the data's `name` and `axes`."""

    name: str
    axes: tuple[Axis, ...]
    contents: FloatArray
