"""Checks of a channel whose meaning is known."""

from __future__ import annotations

import numpy as np

from hs3.dialects.base import Log
from hs3.histfactory.meaning import Channel, Effect


def check_yields(channel: Channel, log: Log) -> None:
    """Report negative nominal yields, and observed events where nothing is expected."""
    if not channel.samples:
        return
    reachable = np.zeros(channel.bins, dtype=bool)
    for sample in channel.samples:
        negative = np.flatnonzero(sample.nominal < 0.0)
        if negative.size:
            i = int(negative[0])
            log.add(
                "histfactory.negative_yield",
                f"{sample.path}/data/contents/{i}",
                f"sample {sample.name!r} has {negative.size} bins with negative content",
                float(sample.nominal[i]),
            )
        reachable |= sample.nominal != 0.0
        for modifier in sample.modifiers:
            hi = getattr(modifier, "hi", None)
            if isinstance(modifier, Effect):
                reachable[:] = True  # what it adds is known to the engine alone
            elif isinstance(hi, np.ndarray):
                reachable |= (hi != 0.0) | (modifier.lo != 0.0)  # type: ignore[union-attr]
    if channel.observed is None:
        return
    empty = np.flatnonzero(~reachable & (channel.observed > 0.0))
    if empty.size:
        i = int(empty[0])
        log.add(
            "histfactory.zero_expected",
            channel.path,
            f"{channel.observed[i]:g} events are observed in bin {i} of channel {channel.name!r}, "
            "where no sample contributes",
            float(channel.observed[i]),
        )
