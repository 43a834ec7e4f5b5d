"""`reinterpret`: a document for each hypothesis of a table of signals."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from hs3.canonical import sha256
from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, Report, nearest
from hs3.workspace import Workspace

from .background import Background, background
from .signal import put
from .table import Signals, read_signals

if TYPE_CHECKING:
    from hs3.engine import Model


@dataclass(frozen=True, eq=False)
class Reinterpreted(Mapping[str, Workspace]):
    """A document for each hypothesis, made when it is asked for; all of one shape.

    Attributes:
        background: the document without signal, JSON data, and what is known of it.
        signals: the table.
        names: of the hypotheses.
        found: what was found in taking the old signal away.
    """

    background: Background = field(repr=False)
    signals: Signals = field(repr=False)
    names: tuple[str, ...]
    found: Report

    def __getitem__(self, name: str) -> Workspace:
        return self.made(name)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def made(self, name: str) -> tuple[Workspace, Report]:
        """The document of one hypothesis, and what was found.

        Raises:
            EditError: there is no such hypothesis, or it does not fit the channels.
        """
        if name not in self.names:
            near = nearest(name, self.names) or self.names[:5]
            message = f"there is no hypothesis {name!r}"
            raise EditError([Finding("reinterpret.unknown", "", message, name, near)])
        workspace, findings = put(self.background, self.signals, name)
        return workspace, self.found + findings

    @property
    def labels(self) -> tuple[str, ...]:
        """What the values of the hypotheses are, where all of them have the same."""
        sets = [tuple(self.signals.points[n].values) for n in self.names]
        return sets[0] if len(set(sets)) == 1 else ()

    def values_of(self, name: str) -> tuple[float | str, ...]:
        """The values that a hypothesis stands for, in the order of `labels`."""
        return tuple(self.signals.points[name].values[label] for label in self.labels)

    def only(self, names: Sequence[str]) -> Reinterpreted:
        """Those of these names; ``*`` stands for any text."""
        chosen = tuple(n for n in self.names if any(fnmatchcase(n, p) or n == p for p in names))
        for asked in names:
            if not any(fnmatchcase(n, asked) or n == asked for n in self.names):
                self.made(asked)
        return replace(self, names=chosen)

    @property
    def key(self) -> str:
        """A hash of all that the documents follow from."""
        data = {"background": self.background.data, "names": list(self.names)}
        return sha256({**data, "signals": self.signals.model_dump(mode="json")})

    def models(self, **choice: Any) -> SignalModels:
        """The models, for `hs3.upper_limits`.

        Args:
            choice: as for `hs3.compile`.
        """
        return SignalModels(self, choice)


@dataclass(frozen=True, eq=False)
class SignalModels(Mapping[str, "Model"]):
    """The models of the hypotheses, each compiled when it is asked for.

    Attributes:
        documents: the documents.
        choice: options of `hs3.compile`.
    """

    documents: Reinterpreted
    choice: Mapping[str, Any]

    def __getitem__(self, name: str) -> Model:
        from hs3.face import compile

        return compile(self.documents[name], **self.choice)

    def __iter__(self) -> Iterator[str]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def labels(self) -> tuple[str, ...]:
        """As those of the documents."""
        return self.documents.labels

    def values_of(self, name: str) -> tuple[float | str, ...]:
        """As those of the documents."""
        return self.documents.values_of(name)

    def only(self, names: Sequence[str]) -> SignalModels:
        """Those of these names."""
        return replace(self, documents=self.documents.only(names))

    @property
    def key(self) -> str:
        """A hash of all that the models follow from."""
        return sha256({"documents": self.documents.key, "choice": dict(self.choice)})


def reinterpret(
    ws: Workspace,
    signals: Signals | Mapping[str, Any] | str | os.PathLike[str],
    *,
    points: Sequence[str] = ("*",),
) -> Reinterpreted:
    """The document with other signals: one for each hypothesis of a table.

    The samples of the old signal go, those of the table come, scaled by the parameters that the
    table names, which become the parameters of interest. Data and background stay. All documents
    have the same samples and modifiers, with yields of zero and variations without effect where a
    hypothesis has none, so that one compiled program serves them all.

    Args:
        ws: the document, with HistFactory channels.
        signals: the table (docs/reinterpretation.md): a file in YAML, JSON or CSV, or its data.
        points: which hypotheses; ``*`` stands for any text.

    Raises:
        EditError: the table is none, names channels or samples that are not there, or does not fit
            their bins.
        ReadError: the file cannot be read.
    """
    table = read_signals(signals)
    base, report = background(ws, table)
    made = Reinterpreted(base, table, tuple(table.points), report)
    return made if tuple(points) == ("*",) else made.only(points)


def matches(name: str, asked: Sequence[str]) -> bool:
    """True when a name is one of those asked for, patterns included."""
    return any(
        pattern(text).fullmatch(name) is not None if is_pattern(text) else text == name
        for text in asked
    )
