"""From a HistFactory distribution as a document spells it to what it means.

`interpret` reads one channel. Every convention that differs between writers is a rule of
`hs3.dialects` and is reported; what cannot be read right is an error finding.
"""

from __future__ import annotations

import math

from hs3.checks.axes import bin_counts, check_axis
from hs3.dialects import histfactory as rules
from hs3.dialects.base import Log
from hs3.distributions.histfactory import HistFactoryDist

from . import meaning
from .context import Context, Observation
from .reader import ChannelReader

__all__ = ["Context", "Observation", "interpret"]


def interpret(
    dist: HistFactoryDist, path: str, context: Context, observation: Observation | None = None
) -> tuple[meaning.Channel | None, Log]:
    """The meaning of a channel, and the log of what was found.

    The channel is None when its binning is not given. Other errors are findings in the log; the
    modifier or sample concerned is then missing from the channel.
    """
    log = Log(f"channel {dist.name}")
    edges = _edges(dist, path, observation, log)
    if edges is None:
        return None, log
    reader = ChannelReader(dist, path, context, edges, log)
    samples = tuple(
        s
        for i, sample in enumerate(dist.samples)
        if (s := reader.sample(sample, i, f"{path}/samples/{i}")) is not None
    )
    reader.bins.finish()
    channel = meaning.Channel(
        name=dist.name,
        axes=tuple(a.name for a in dist.axes or (observation.axes if observation else ())),
        edges=edges,
        samples=samples,
        observed=observation.contents if observation else None,
        data=observation.name if observation else None,
        path=path,
    )
    return channel, log


def _edges(
    dist: HistFactoryDist, path: str, observation: Observation | None, log: Log
) -> tuple[meaning.FloatArray, ...] | None:
    axes, where = dist.axes, f"{path}/axes"
    if not axes and observation is not None:
        axes = observation.axes
        log.fired(rules.axes_from_data, path)
    counts = bin_counts(axes)
    if not counts:
        log.add("axes.no_binning", where, f"channel {dist.name!r} does not say what its bins are")
        return None
    for i, axis in enumerate(axes):
        check_axis(axis, f"{where}/{i}", log)
    # Compared before any array is made: a document may claim 10^12 bins.
    if not _filled(dist, math.prod(counts), path, log):
        return None
    return tuple(e for axis in axes if (e := axis.bin_edges()) is not None)


def _filled(dist: HistFactoryDist, bins: int, path: str, log: Log) -> bool:
    if any(len(s.data.contents) == bins for s in dist.samples):
        return True
    if not dist.samples:
        log.add("histfactory.no_samples", path, f"channel {dist.name!r} has no samples")
        return False
    message = f"{len(dist.samples[0].data.contents)} contents for {bins} bins"
    log.add("histfactory.length", f"{path}/samples/0/data/contents", message)
    return False
