"""What must hold in a pyhf workspace beyond its schema: names, lengths, observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hs3.errors import DocumentError
from hs3.findings import Finding, nearest, pointer

from . import schema


def check(workspace: schema.PyhfWorkspace) -> list[Finding]:
    """Findings that do not keep the workspace from being used.

    Raises:
        DocumentError: a name stands twice, lengths do not fit, a channel has no observation.
    """
    findings = [*_duplicates(workspace), *_lengths(workspace), *_observations(workspace)]
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        raise DocumentError(errors)
    return findings


def _twice(names: Iterable[str], what: str, *path: str | int) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            message = f"the {what} {name!r} stands here a second time"
            yield Finding("pyhf.duplicate", pointer(*path, i, "name"), message, name)
        seen.add(name)


def _duplicates(workspace: schema.PyhfWorkspace) -> Iterator[Finding]:
    yield from _twice((c.name for c in workspace.channels), "channel", "channels")
    yield from _twice((o.name for o in workspace.observations), "observation", "observations")
    for c, channel in enumerate(workspace.channels):
        yield from _twice((s.name for s in channel.samples), "sample", "channels", c, "samples")
        for s, sample in enumerate(channel.samples):
            yield from _repeated_modifiers(sample, c, s)


def _repeated_modifiers(sample: schema.Sample, c: int, s: int) -> Iterator[Finding]:
    effective = {i for i, _ in sample.effective()}
    for i, modifier in enumerate(sample.modifiers):
        if i in effective:
            continue
        path = pointer("channels", c, "samples", s, "modifiers", i)
        if modifier.type == "shapesys":
            message = f"the shapesys {modifier.name!r} stands twice on this sample"
            yield Finding("pyhf.duplicate", path, message, modifier.name)
        else:
            message = (
                f"the {modifier.type} {modifier.name!r} stands again further down on this sample; "
                "pyhf takes the last one, and this one is dropped"
            )
            yield Finding("pyhf.repeated_modifier", path, message, modifier.name)


def _lengths(workspace: schema.PyhfWorkspace) -> Iterator[Finding]:
    for c, channel in enumerate(workspace.channels):
        bins = len(channel.samples[0].data)
        for s, sample in enumerate(channel.samples):
            path = pointer("channels", c, "samples", s)
            yield from _length(sample.data, bins, f"{path}/data")
            for m, modifier in enumerate(sample.modifiers):
                for key, array in _arrays(modifier):
                    yield from _length(array, bins, f"{path}/modifiers/{m}/data{key}")


def _arrays(modifier: schema.Modifier) -> Iterator[tuple[str, Sequence[int | float]]]:
    if isinstance(modifier, schema.HistoSys):
        yield "/lo_data", modifier.data.lo_data
        yield "/hi_data", modifier.data.hi_data
    elif isinstance(modifier, schema.ShapeSys | schema.StatError):
        yield "", modifier.data


def _length(array: Sequence[int | float], bins: int, path: str) -> Iterator[Finding]:
    if len(array) != bins:
        message = f"{len(array)} numbers where the channel has {bins} bins"
        yield Finding("pyhf.length", path, message, len(array))


def _observations(workspace: schema.PyhfWorkspace) -> Iterator[Finding]:
    observed = {o.name: (i, len(o.data)) for i, o in enumerate(workspace.observations)}
    for c, channel in enumerate(workspace.channels):
        if channel.name not in observed:
            message = f"there is no observation for the channel {channel.name!r}"
            near = nearest(channel.name, observed)
            path = pointer("channels", c, "name")
            yield Finding("pyhf.observation_missing", path, message, channel.name, near)
            continue
        i, length = observed[channel.name]
        bins = len(channel.samples[0].data)
        if length != bins:
            message = f"{length} observed counts where the channel {channel.name!r} has {bins} bins"
            yield Finding("pyhf.length", pointer("observations", i, "data"), message, length)
