"""Signs that the data of two regions are the same events, wholly or in part."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hs3.data.base import Data
from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects.histfactory import channel_name
from hs3.distributions import Distribution
from hs3.histfactory.meaning import FloatArray

RUN = 4
"""So many filled bins in a row with the same counts are hardly a coincidence."""


@dataclass(frozen=True, eq=False)
class Region:
    """A factor of the likelihood of one input, with its data."""

    input: str
    distribution: Distribution
    data: Data

    @cached_property
    def texts(self) -> tuple[str, str]:
        """What data and distribution say, without their names."""
        return _text(self.data), _text(self.distribution)

    @cached_property
    def counts(self) -> FloatArray:
        """The counts of binned data, else nothing."""
        contents = self.data.contents if isinstance(self.data, BinnedData) else ()
        return np.array(contents, dtype=np.float64)

    @cached_property
    def events(self) -> Counter[tuple[Any, ...]]:
        """The events of unbinned data, else nothing."""
        entries = self.data.entries if isinstance(self.data, UnbinnedData) else ()
        return Counter(map(tuple, entries))

    def same_as(self, other: Region) -> bool:
        """True when both are the same channel with the same data."""
        return np.array_equal(self.counts, other.counts) and self.texts == other.texts


def _text(part: Any) -> str:
    data = {key: value for key, value in part.to_json().items() if key != "name"}
    return json.dumps(data, sort_keys=True)


def alike(a: Region, b: Region) -> tuple[str, str] | None:
    """The code and the words for what data have in common; None for nothing that tells."""
    if _equal(a, b):
        return "combine.same_data", "equals"
    events = _shared_events(a, b)
    if events:
        total = sum(a.events.values())
        return "combine.shared_events", f"has {events} of its {total} events in common with"
    bins = max(_common_bins(a, b), _common_run(a.counts, b.counts))
    if bins:
        return "combine.shared_bins", f"has the counts of {bins} bins in common with"
    return None


def _equal(a: Region, b: Region) -> bool:
    """Equal data, where that tells: counts of one bin easily agree unless they are called alike."""
    if a.events:
        return a.events == b.events
    if not a.counts.any() or not np.array_equal(a.counts, b.counts):
        return False
    named = channel_name(a.distribution.name) == channel_name(b.distribution.name)
    return len(a.counts) > 1 or named


def _shared_events(a: Region, b: Region) -> int:
    """Number of equal events, unless rounded values make as many of them equal by chance."""
    shared = sum((a.events & b.events).values())
    repeated = max(sum(e.values()) - len(e) for e in (a.events, b.events))
    return shared if shared > repeated else 0


def _common_bins(a: Region, b: Region) -> int:
    """Number of intervals of one observable in which both have the same counts in all of them."""
    first, second = _binning(a), _binning(b)
    if first is None or second is None or first[0] != second[0]:
        return 0
    edges = np.intersect1d(first[1], second[1])
    if len(edges) < 2:
        return 0
    here, there = (
        np.diff(np.interp(edges, at, np.append(0.0, np.cumsum(region.counts))))
        for region, (_, at) in ((a, first), (b, second))
    )
    filled = int(np.count_nonzero(here))
    return filled if filled > 1 and np.allclose(here, there, rtol=1e-9, atol=1e-9) else 0


def _binning(region: Region) -> tuple[str, FloatArray] | None:
    """Name and edges of the observable, where there is one."""
    data = region.data
    if not isinstance(data, BinnedData) or len(data.axes) != 1:
        return None
    edges = data.axes[0].bin_edges()
    if edges is None or len(edges) != len(data.contents) + 1:
        return None
    return data.axes[0].name, edges


def _common_run(a: FloatArray, b: FloatArray) -> int:
    """Length of the longest run of filled bins with equal counts, where it is long."""
    if min(len(a), len(b)) < RUN:
        return 0
    longest, before = 0, np.zeros(len(b) + 1, dtype=np.int64)
    for count in a:
        now = np.zeros_like(before)
        if count:
            now[1:] = np.where(b == count, before[:-1] + 1, 0)
        longest, before = max(longest, int(now.max())), now
    return longest if longest >= RUN else 0
