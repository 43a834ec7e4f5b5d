"""Channels and data that several inputs contain, wholly or in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hs3.dialects.histfactory import channel_name
from hs3.errors import EditError
from hs3.findings import Finding

from .config import Config
from .inputs import Source
from .likeness import Region, alike


def overlaps(sources: Sequence[Source], config: Config) -> tuple[list[set[str]], list[Finding]]:
    """For each input the distributions that another one before it has counted, and findings.

    Raises:
        EditError: inputs have the same channel with the same data, and nothing settles it.
    """
    gone: list[set[str]] = [set() for _ in sources]
    errors: list[Finding] = []
    warnings: list[Finding] = []
    before: list[Region] = []
    for i, source in enumerate(sources):
        mine = list(_regions(source))
        for region in mine:
            other = next((r for r in before if r.same_as(region)), None)
            policy = config.overlap_of(channel_name(region.distribution.name))
            if other is None or policy == "keep":
                warnings += _warnings(region, before)
            elif policy == "merge":
                gone[i].add(region.distribution.name)
            else:
                name = region.distribution.name
                message = (
                    f"{region.input!r} and {other.input!r} both have the channel {name!r} with the "
                    f"data {region.data.name!r}; `overlap: merge` counts it once, `overlap: keep` "
                    "twice"
                )
                errors.append(Finding("combine.overlap", "/overlap", message, name))
        before += mine
    if errors:
        raise EditError(errors)
    return gone, warnings


def _regions(source: Source) -> Iterator[Region]:
    likelihood = source.ws.likelihoods[0]  # type: ignore[index]
    pairs = zip(likelihood.distributions or (), likelihood.data or (), strict=True)
    for name, observed in pairs:
        if isinstance(observed, str):
            data = source.ws.datum(observed)
            yield Region(source.label, source.ws.distribution(name), data)


def _warnings(region: Region, before: Sequence[Region]) -> Iterator[Finding]:
    """What the data have in common with those of each region before; of equal ones the first."""
    for other in before:
        found = alike(region, other)
        if found is not None:
            code, said = found
            mine, theirs = region.data.name, other.data.name
            message = f"{mine!r} of {region.input!r} {said} {theirs!r} of {other.input!r}"
            yield Finding(code, "", message, mine)
            if code == "combine.same_data":
                return
