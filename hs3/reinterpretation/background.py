"""The document without its old signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, Report, nearest
from hs3.histfactory.meaning import FloatArray
from hs3.reduction.document import Draft, used
from hs3.reduction.templates import channels, widths
from hs3.workspace import Workspace

from .table import Signals

Json = dict[str, Any]
Widths = dict[tuple[str, ...], FloatArray]


@dataclass(frozen=True, eq=False)
class Background:
    """A document that signals are put into.

    Attributes:
        data: its JSON; never changed.
        bins: number of bins of each channel.
        old: value and range of the parameters of the document with its old signal.
        digest: hash of the document that it was made from.
    """

    data: Json
    bins: dict[str, int]
    old: dict[str, Json]
    digest: str

    def channel(self, name: str, path: str) -> str:
        """Name of the distribution of a channel, with or without the prefix ``model_``.

        Raises:
            EditError: there is none.
        """
        for wanted in (name, f"model_{name}"):
            if wanted in self.bins:
                return wanted
        near = nearest(name, self.bins) or tuple(list(self.bins)[:5])
        message = f"there is no channel {name!r}"
        raise EditError([Finding("reinterpret.unknown", path, message, name, near)])


def background(ws: Workspace, signals: Signals) -> tuple[Background, Report]:
    """The upgraded document without the samples that `signals` replace.

    Raises:
        EditError: it has no channels, a sample to be replaced is not there, or a channel would be
            left without samples.
    """
    from hs3.canonical import sha256

    draft = Draft(ws)
    before = {c["name"]: widths(c) for c in channels(draft.data)}
    if not before:
        message = "the document has no HistFactory channel to put a signal into"
        raise EditError([Finding("reinterpret.unknown", "", message)])
    removed = _removed(draft, signals)
    for channel in channels(draft.data):
        gone = removed.get(channel["name"], set())
        kept = [s for s in channel["samples"] if s["name"] not in gone]
        if not kept:
            message = f"{channel['name']!r} has no samples but those of the signal"
            raise EditError([Finding("reinterpret.empty", draft.path(channel), message)])
        if gone:
            names = ", ".join(sorted(gone))
            message = f"{names} of {channel['name']!r} is replaced"
            draft.tell("reinterpret.removed", draft.path(channel), message, names)
        channel["samples"] = kept
        _tell_widths(draft, channel, before[channel["name"]])
    used_names = _used(draft)
    left = [p for p in draft.parameters if p not in used_names]
    draft.unlist([d for name in left for d in draft.explicit(name)])
    draft.forget(left)
    draft.orphans()
    bins = {c["name"]: len(c["samples"][0]["data"]["contents"]) for c in channels(draft.data)}
    old = {
        name: {"value": p.value, "min": p.min, "max": p.max} for name, p in draft.parameters.items()
    }
    made = Background(draft.data, bins, old, sha256(ws.to_json()))
    return made, Report(tuple(draft.findings))


def _removed(draft: Draft, signals: Signals) -> dict[str, set[str]]:
    if signals.replace == "interest":
        return _of_interest(draft)
    asked = (signals.replace,) if isinstance(signals.replace, str) else signals.replace
    out: dict[str, set[str]] = {}
    for text in asked:
        found = False
        for channel in channels(draft.data):
            names = {s["name"] for s in channel["samples"] if _fits(s["name"], text)}
            found |= bool(names)
            out.setdefault(channel["name"], set()).update(names)
        if not found:
            known = [s["name"] for c in channels(draft.data) for s in c["samples"]]
            message = f"there is no sample {text!r} to replace"
            near = nearest(text, known) or tuple(dict.fromkeys(known))[:5]
            raise EditError([Finding("reinterpret.unknown", "/replace", message, text, near)])
    return out


def _fits(name: str, text: str) -> bool:
    return pattern(text).fullmatch(name) is not None if is_pattern(text) else text == name


def _of_interest(draft: Draft) -> dict[str, set[str]]:
    """The samples that depend on a parameter of interest."""
    from hs3.edit.occurrences import of_entry

    pois = {p for a in draft.ws.analyses or () for p in a.pois}
    functions = draft.ws.tables["functions"]
    reach = set(pois)
    while True:
        more = {
            name
            for name, (index, entry) in functions.items()
            if name not in reach
            and any(o.name in reach for o in of_entry(draft.ws, entry, ("functions", index)))
        }
        if not more:
            break
        reach |= more
    out: dict[str, set[str]] = {}
    for channel in channels(draft.data):
        for sample in channel["samples"]:
            for modifier in sample.get("modifiers") or ():
                names = {modifier.get("parameter"), *(modifier.get("parameters") or ())}
                if names & reach:
                    out.setdefault(channel["name"], set()).add(sample["name"])
    return out


def _used(draft: Draft) -> set[str]:
    """Names that more than auxiliary distributions depend on."""
    likelihoods = draft.data.get("likelihoods") or ()
    listed = {n for one in likelihoods for n in one.get("aux_distributions") or ()}
    rest = [e for e in draft.data["distributions"] if e["name"] not in listed]
    return used({**draft.data, "distributions": rest})


def _tell_widths(draft: Draft, channel: Json, before: Widths) -> None:
    for key, now in widths(channel).items():
        old = before.get(key)
        if old is not None and not np.allclose(now, old, rtol=1e-12, atol=0.0):
            message = (
                f"the statistical uncertainty of {channel['name']!r} is that of the background "
                "alone now"
            )
            draft.tell("reinterpret.staterror", draft.path(channel), message)
