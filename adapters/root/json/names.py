"""Names for ROOT: letters, digits and underscores, in one namespace for all objects of a workspace.

ROOT's importer stops at other names (``mu.sig-1``, ``staterror_SR[0]``). They are rewritten; the
original ones are kept in ``misc.hs3.names`` of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from hs3.graph import Graph
from hs3.histfactory.meaning import BinFactors, Channel

_VALID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def valid(name: str) -> bool:
    """True when ROOT takes `name` as it is."""
    return _VALID.fullmatch(name) is not None


def cleaned(name: str) -> str:
    """`name` with an underscore for everything that ROOT does not take in a name."""
    text = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "unnamed"
    return text if text[0].isalpha() else f"n_{text}"


@dataclass
class Names:
    """Hands out names that are valid and that nobody else has: original name → name for ROOT.

    ``model`` is none of them: ROOT gives the sum of samples of a channel its name with ``_model``
    behind and without ``model_`` in front, which would be that of the channel itself.
    """

    made: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=lambda: {"model"})

    def keep(self, names: Iterable[str]) -> None:
        """Reserve the valid ones among `names` for themselves, before any other is given out."""
        for name in names:
            if valid(name) and name not in self.made:
                self.made[name] = self.new(name)

    def of(self, name: str, wish: str | None = None) -> str:
        """The name for `name`; at the first time `wish`, else `name` itself, made valid."""
        if name not in self.made:
            self.made[name] = self.new(name if valid(name) else wish or name)
        return self.made[name]

    def helper(self, wish: str) -> str:
        """The name of an object that the document does not have, the same at every call."""
        return self.of(f"{wish}\0", wish)

    def new(self, wish: str) -> str:
        """A name that is not in use, `wish` if possible."""
        text = wish if valid(wish) else cleaned(wish)
        name, count = text, 2
        while name in self._taken:
            name, count = f"{text}_{count}", count + 1
        self._taken.add(name)
        return name

    def changed(self) -> dict[str, str]:
        """Name for ROOT → original name, where the two differ."""
        return {new: old for old, new in self.made.items() if new != old and "\0" not in old}


def channel_label(name: str) -> str:
    """The channel's name as ROOT uses it inside other names: without ``model_``."""
    return cleaned(name.removeprefix("model_") or name)


def name_bins(names: Names, graphs: Iterable[Graph]) -> None:
    """Give parameters of bins, where their names are not valid, those that ROOT would give."""
    for graph in graphs:
        for channel in graph.channels:
            for modifier in _bin_factors(channel):
                base = channel_label(channel.name)
                base = f"stat_{base}" if modifier.kind == "staterror" else cleaned(modifier.name)
                for i, parameter in enumerate(modifier.parameters):
                    names.of(parameter, f"gamma_{base}_bin_{i}")


def _bin_factors(channel: Channel) -> Iterable[BinFactors]:
    modifiers = (m for s in channel.samples for m in s.modifiers)
    return (m for m in modifiers if isinstance(m, BinFactors))
