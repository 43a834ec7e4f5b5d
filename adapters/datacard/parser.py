"""Datacard text → `Card`, by the rules of Combine's DatacardParser (v10)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .card import Card, Column, Shape, line, refuse
from .systematics import read_line
from .words import integer, is_integer, number, unique

_IMAX, _JMAX = re.compile(rb"(?m)^[ \t]*imax[ \t]"), re.compile(rb"(?m)^[ \t]*jmax[ \t]")

LINES, WORDS = 200_000, 200_000
"""Lines that a card, and words that a line may have."""


def is_datacard(raw: bytes) -> bool:
    """True for text with lines that begin with ``imax`` and ``jmax``."""
    return bool(_IMAX.search(raw) and _JMAX.search(raw))


def parse(text: str) -> Card:
    """What a datacard says.

    Raises:
        ConversionError: a line cannot be read, contradicts another one, or holds what has no
            meaning here.
    """
    lines = text.splitlines()
    if len(lines) > LINES:
        refuse(f"{len(lines):,} lines, the limit is {LINES:,}", "", len(lines))
    header = _Header()
    for i, content in enumerate(lines, 1):
        words = content.split()
        if len(words) > WORDS:
            refuse(f"{len(words):,} words, the limit is {WORDS:,}", line(i))
        if words and header.read(words, line(i)):
            break
    else:
        refuse("the card has no line `rate`", "")
    card = header.card
    for j, content in enumerate(lines[i:], i + 1):
        if not content.startswith(("--", "#")):
            read_line(card, content.split("#")[0].split(), line(j))
    header.check_counts()
    _check_groups(card)
    return card


class _Header:
    """Reads the lines up to ``rate``."""

    def __init__(self) -> None:
        self.card = Card()
        self._declared: dict[str, int] = {}
        self._bins: list[str] = []
        self._observed: list[float] | None = None
        self._process: list[list[str]] = []

    def read(self, words: Sequence[str], path: str) -> bool:
        """Read one line; True after the last one."""
        key, rest = words[0], list(words[1:])
        if key in ("imax", "jmax", "kmax"):
            self._declare(key, rest, path)
        elif key == "shapes":
            self._shapes(rest, path)
        elif key == "bin":
            self._bins = [self._bin(name, path) for name in rest]
        elif key in ("observation", "Observation"):
            self._observation(rest, path)
        elif key == "process":
            self._process.append(rest)
        elif key == "rate":
            self._rate(rest, path)
            return True
        return False

    def check_counts(self) -> None:
        """Compare what ``imax``, ``jmax`` and ``kmax`` promise with what is there."""
        card = self.card
        found = {
            "imax": len(card.channels),
            "jmax": len(card.processes) - 1,
            "kmax": len(card.systematics),
        }
        for key, count in self._declared.items():
            if count != found[key]:
                refuse(f"`{key}` is {count}, and there are {found[key]}", "", count)

    def _declare(self, key: str, rest: Sequence[str], path: str) -> None:
        if not rest:
            refuse(f"`{key}` needs a number or *", path)
        if rest[0] != "*":
            self._declared[key] = integer(rest[0], path)

    @staticmethod
    def _bin(name: str, path: str) -> str:
        if name[0].isdigit():
            refuse("the name of a channel must not begin with a digit", path, name)
        return name

    def _shapes(self, rest: Sequence[str], path: str) -> None:
        if len(rest) < 3 or (len(rest) < 4 and rest[2] != "FAKE"):
            refuse("`shapes` needs a process, a channel, a file and a histogram", path)
        process, channel, *names = rest
        known = self.card.shapes.setdefault(channel, {})
        if process in known:
            refuse(f"process {process!r} of channel {channel!r} has two `shapes`", path, process)
        known[process] = None
        if names[0] != "FAKE":
            known[process] = Shape(names[0], names[1], names[2] if len(names) > 2 else None, path)

    def _observation(self, rest: Sequence[str], path: str) -> None:
        self._observed = [number(word, path) for word in rest]
        if self._bins:
            self.card.channels = unique(self._bins, path)
            self._observe(path)
            self._bins = []

    def _observe(self, path: str) -> None:
        counts = self._observed or []
        if len(counts) != len(self.card.channels):
            message = f"{len(counts)} observations for {len(self.card.channels)} channels"
            refuse(message, path, len(counts))
        self.card.observed = dict(zip(self.card.channels, counts, strict=True))

    def _rate(self, rest: Sequence[str], path: str) -> None:
        if len(self._process) != 2:
            refuse("there must be two lines `process` before `rate`: names and numbers", path)
        names, ids = self._process
        if all(is_integer(word) for word in names) and not all(is_integer(word) for word in ids):
            names, ids = ids, names
        if not len(self._bins) == len(names) == len(ids) == len(rest):
            lengths = (len(self._bins), len(names), len(ids), len(rest))
            refuse(f"`bin`, `process`, `process` and `rate` have {lengths} columns", path)
        columns = [
            Column(b, p, integer(i, path) <= 0, number(r, path))
            for b, p, i, r in zip(self._bins, names, ids, rest, strict=True)
        ]
        self._columns(columns, path)

    def _columns(self, columns: list[Column], path: str) -> None:
        card = self.card
        card.columns = columns
        unique([f"{c.process} in {c.channel}" for c in columns], path)
        if not card.channels:
            card.channels = list(dict.fromkeys(c.channel for c in columns))
            self._observe(path)
        for column in columns:
            if column.channel not in card.channels:
                message = f"there is no channel {column.channel!r}"
                refuse(message, path, column.channel, near=card.channels)
        kinds = {(c.process, c.signal) for c in columns}
        for process, signal in kinds:
            if (process, not signal) in kinds:
                refuse(f"{process!r} is signal in some channels and background in others", path)
        for channel in card.channels:
            if not any(c.channel == channel and c.rate != 0 for c in columns):
                refuse(f"channel {channel!r} has no process", path, channel)


def _check_groups(card: Card) -> None:
    known = {s.name for s in card.systematics} | {r.name for r in card.rates}
    known |= {*card.flat, *card.extra}
    for group, members in card.groups.items():
        for member in members:
            if member not in known:
                message = f"group {group!r} names {member!r}, which is not in the card"
                refuse(message, "", member, near=sorted(known))
