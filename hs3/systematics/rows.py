"""Which bins of which templates the rows of a matrix are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from hs3.dialects.histfactory import channel_name
from hs3.distributions.histfactory import HistFactoryDist, Sample
from hs3.edit.renaming import pattern
from hs3.errors import EditError
from hs3.findings import nearest
from hs3.workspace import Workspace

from .config import Bin, Config, Template, wrong


@dataclass(frozen=True, eq=False)
class Block:
    """The template of one sample in one channel.

    Attributes:
        distribution, sample: their indices in the document.
        channel, name: what channel and sample are called.
        content: the sample as the document has it.
    """

    distribution: int
    sample: int
    channel: str
    name: str
    content: Sample

    @property
    def nominal(self) -> npt.NDArray[np.float64]:
        """Nominal counts, shape (bins,)."""
        return np.array(self.content.data.contents, dtype=np.float64)

    def label(self, index: int) -> str:
        """What a file calls a bin."""
        return f"{self.channel}/{self.name}/{index}"


Row = tuple[Block, int]
"""A bin of a template, by number."""


def blocks_of(ws: Workspace) -> list[Block]:
    """The templates of all channels of a document, in its order."""
    return [
        Block(i, j, channel_name(dist.name), sample.name or f"sample_{j}", sample)
        for i, dist in enumerate(ws.distributions or ())
        if isinstance(dist, HistFactoryDist)
        for j, sample in enumerate(dist.samples)
    ]


def rows_of(ws: Workspace, config: Config, labels: Sequence[str] | None = None) -> list[Row]:
    """The bins of the rows, in their order.

    Args:
        ws: the document.
        config: whose `templates` or `bins` say it.
        labels: what a file calls the rows, which says it where the configuration does not.

    Raises:
        EditError: there is no such channel, sample or bin, or one is named twice.
    """
    blocks = blocks_of(ws)
    if not blocks:
        raise EditError([wrong("the document has no HistFactory channel")])
    if config.bins is not None:
        rows = [_bin(blocks, b, i) for i, b in enumerate(config.bins)]
    elif labels is not None and "templates" not in config.model_fields_set:
        rows = _labelled(blocks, labels)
    else:
        rows = [row for i, t in enumerate(config.templates) for row in _template(blocks, t, i)]
    seen: set[str] = set()
    for block, index in rows:
        label = block.label(index)
        if label in seen:
            message = f"the bin {label} is named twice, or two samples have its name"
            raise EditError([wrong(message, value=label)])
        seen.add(label)
    return rows


def _template(blocks: Sequence[Block], template: Template, i: int) -> list[Row]:
    channel, sample = pattern(template.channel), pattern(template.sample)
    found = [b for b in blocks if _called(b, channel) and sample.fullmatch(b.name)]
    if not found:
        _unknown(blocks, template.channel, template.sample, ("templates", i))
    rows = []
    for block in found:
        size = len(block.content.data.contents)
        for index in range(size) if template.bins is None else template.bins:
            if index >= size:
                message = f"{block.channel}/{block.name} has {size} bins, counted from 0"
                raise EditError([wrong(message, "templates", i, "bins", value=index)])
            rows.append((block, index))
    return rows


def _called(block: Block, channel: Any) -> bool:
    names: Iterable[str] = (block.channel, f"model_{block.channel}")
    return any(channel.fullmatch(name) for name in names)


def _bin(blocks: Sequence[Block], given: Bin, i: int) -> Row:
    for block in blocks:
        names = (block.channel, f"model_{block.channel}")
        if given.channel in names and block.name == given.sample:
            size = len(block.content.data.contents)
            if given.bin >= size:
                message = f"{block.channel}/{block.name} has {size} bins, counted from 0"
                raise EditError([wrong(message, "bins", i, "bin", value=given.bin)])
            return block, given.bin
    _unknown(blocks, given.channel, given.sample, ("bins", i))


def _labelled(blocks: Sequence[Block], labels: Sequence[str]) -> list[Row]:
    known = {
        f"{lead}{block.label(index)}": (block, index)
        for lead in ("model_", "")
        for block in blocks
        for index in range(len(block.content.data.contents))
    }
    for label in labels:
        if label not in known:
            message = f"there is no bin {label!r}"
            raise EditError([wrong(message, value=label, near=nearest(label, known))])
    return [known[label] for label in labels]


def _unknown(
    blocks: Sequence[Block], channel: str, sample: str, where: tuple[str | int, ...]
) -> NoReturn:
    channels = dict.fromkeys(b.channel for b in blocks)
    if channel not in channels and not any(_called(b, pattern(channel)) for b in blocks):
        message, near = f"there is no channel {channel!r}", nearest(channel, channels)
        raise EditError([wrong(message, *where, "channel", value=channel, near=near)])
    samples = dict.fromkeys(b.name for b in blocks if _called(b, pattern(channel)))
    message, near = f"{channel!r} has no sample {sample!r}", nearest(sample, samples)
    raise EditError([wrong(message, *where, "sample", value=sample, near=near)])
