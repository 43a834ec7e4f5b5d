"""`merge_samples`: several samples as one; `scale_samples`: another cross section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, Report
from hs3.workspace import Workspace

from .document import Draft, unknown
from .templates import Json, Templates, channel_of, channels, set_varied, varied


def merge_samples(
    ws: Workspace,
    samples: Sequence[str],
    name: str,
    *,
    only: Sequence[str] = (),
    approximate: bool = False,
) -> tuple[Workspace, Report]:
    """The same document with one sample in place of several, in every channel that has them.

    The rate stays exactly what it is, which needs the same factors on all of them; variations of
    shape add up.

    Args:
        ws: the document.
        samples: their names; ``*`` and ``?`` stand for any text and character.
        name: of the new sample.
        only: names of channels; all by default.
        approximate: normalisations that are not those of all samples become shape variations
            which agree at 0 and ±1 standard deviations, and are reported.

    Raises:
        EditError: no such sample or channel, or factors that differ, by name.
    """
    draft = Draft(ws)
    found = False
    for channel in _chosen(draft, only):
        members = [s for s in channel["samples"] if _matches(s["name"], samples)]
        found |= bool(members)
        others = [s["name"] for s in channel["samples"] if s not in members]
        if name in others:
            message = f"{channel['name']!r} has a sample {name!r} already"
            raise EditError([Finding("merge.refused", draft.path(channel), message, name)])
        if members:
            _merge(draft, channel, members, name, approximate)
    if not found:
        known = (s["name"] for c in channels(draft.data) for s in c["samples"])
        raise unknown(", ".join(samples), dict.fromkeys(known), "sample")
    return draft.made()


def scale_samples(
    ws: Workspace, factors: Mapping[str, float], *, only: Sequence[str] = ()
) -> tuple[Workspace, Report]:
    """The same document with samples scaled, as by another cross section or luminosity.

    Counts, their statistical uncertainties and variations are scaled; relative uncertainties stay.

    Args:
        ws: the document.
        factors: sample → factor, not negative; ``*`` and ``?`` as in `merge_samples`.
        only: names of channels; all by default.

    Raises:
        EditError: no such sample or channel, or a negative factor.
    """
    draft = Draft(ws)
    used: set[str] = set()
    for channel in _chosen(draft, only):
        for sample in channel["samples"]:
            for asked, factor in factors.items():
                if factor < 0.0 or not np.isfinite(factor):
                    message = f"a sample cannot be scaled by {factor:g}"
                    raise EditError([Finding("reduce.value", "", message, factor)])
                if _matches(sample["name"], (asked,)):
                    used.add(asked)
                    templates = Templates(sample)
                    templates.multiply(np.full_like(templates.nominal, factor))
                    templates.write()
                    message = f"{sample['name']!r} of {channel['name']!r} is scaled by {factor:g}"
                    draft.tell("scale.done", draft.path(channel), message, factor)
    for asked in factors:
        if asked not in used:
            known = (s["name"] for c in channels(draft.data) for s in c["samples"])
            raise unknown(asked, dict.fromkeys(known), "sample")
    return draft.made()


def _chosen(draft: Draft, only: Sequence[str]) -> list[Json]:
    if not only:
        return list(channels(draft.data))
    found = []
    for name in only:
        channel = channel_of(draft.data, name)
        if channel is None:
            raise unknown(name, (c["name"] for c in channels(draft.data)), "channel")
        found.append(channel)
    return found


def _matches(name: str, asked: Sequence[str]) -> bool:
    return any(
        pattern(text).fullmatch(name) is not None if is_pattern(text) else text == name
        for text in asked
    )


def _merge(draft: Draft, channel: Json, members: list[Json], name: str, approximate: bool) -> None:
    path = draft.path(channel)
    parts = [Templates(s) for s in members]
    if any(p.clip for p in parts) and len(parts) > 1:
        message = f"samples of {channel['name']!r} are cut at zero one by one"
        raise EditError([Finding("merge.refused", path, message, members[0]["name"])])
    common = [m for m in parts[0].modifiers if _shared(m, parts)]
    keys = [_key(m) for m in common]
    for part in parts:
        for modifier in part.modifiers:
            if modifier["type"] == "histosys" or _key(modifier) in keys:
                continue
            _settle(draft, channel, part, modifier, approximate)
    total = np.sum([p.nominal for p in parts], axis=0)
    merged: Json = {"name": name, "data": {"contents": total.tolist()}}
    given = [p.errors for p in parts]
    if any(e is not None for e in given):
        squares = [e**2 for e in given if e is not None]
        merged["data"]["errors"] = np.sqrt(np.sum(squares, axis=0)).tolist()
    merged["modifiers"] = [*common, *_shapes(channel, parts, total, path)]
    index = channel["samples"].index(members[0])
    channel["samples"] = [s for s in channel["samples"] if s not in members]
    channel["samples"].insert(index, merged)
    names = ", ".join(s["name"] for s in members)
    draft.tell("merge.samples", path, f"{names} became {name!r} in {channel['name']!r}", name)


def _key(modifier: Json) -> Any:
    """What a factor does to a sample, without its name."""
    return {k: v for k, v in modifier.items() if k != "name"}


def _shared(modifier: Json, parts: Sequence[Templates]) -> bool:
    if modifier["type"] == "histosys":
        return False
    return all(any(_key(m) == _key(modifier) for m in p.modifiers) for p in parts)


def _settle(
    draft: Draft, channel: Json, part: Templates, modifier: Json, approximate: bool
) -> None:
    """A normalisation of some of the samples: as a shape of their sum, or refused."""
    name, sample = modifier["name"], part.sample["name"]
    index = part.sample["modifiers"].index(modifier)
    place = channel["samples"].index(part.sample)
    path = draft.path(channel, "samples", place, "modifiers", index)
    if not approximate or modifier["type"] != "normsys":
        message = f"{modifier['type']} {name!r} of {sample!r} is not the same on all samples"
        if modifier["type"] == "normsys":
            message += "; `approximate` makes a shape of it"
        raise EditError([Finding("merge.refused", path, message, name)])
    hi, lo = varied(modifier)
    made = {k: v for k, v in modifier.items() if k not in ("data", "interpolation")}
    data = {"hi": {"contents": (part.nominal * hi).tolist()}}
    data["lo"] = {"contents": (part.nominal * lo).tolist()}
    part.modifiers.append({**made, "type": "histosys", "interpolation": "poly6", "data": data})
    message = f"normsys {name!r} of {sample!r} is a variation of shape now, exact at 0 and ±1"
    draft.tell("merge.approximated", path, message, name)


def _shapes(channel: Json, parts: Sequence[Templates], total: Any, path: str) -> list[Json]:
    """Variations of the sum: differences of the samples add up, for each parameter."""
    out: dict[tuple[str, Any], Json] = {}
    for part in parts:
        for modifier in part.histosys:
            key = (modifier["parameter"], modifier["interpolation"])
            hi, lo = varied(modifier)
            known = out.get(key)
            if known is None:
                known = out[key] = {**modifier}
                set_varied(known, total, total)
            if modifier["interpolation"] in ("log", 5) and len(parts) > 1:
                message = f"histosys {modifier['name']!r} is exponential in each sample"
                raise EditError([Finding("merge.refused", path, message, modifier["name"])])
            up, down = varied(known)
            set_varied(known, up + hi - part.nominal, down + lo - part.nominal)
    return list(out.values())


def drop_channels(ws: Workspace, names: Sequence[str]) -> tuple[Workspace, Report]:
    """The part of the document that the analysis needs without these channels (`hs3.select`).

    Raises:
        EditError: no such channel, or none would be left.
        ResolveError: there is nothing to choose from.
    """
    from hs3.dialects.base import Log
    from hs3.edit import select
    from hs3.errors import ResolveError
    from hs3.resolve.selection import select as choose

    log = Log()
    chosen = choose(ws, log)
    if chosen is None:
        raise ResolveError(log.report())
    known = [pair.distribution for pair in chosen.pairs]
    gone = {n if n in known else f"model_{n}" for n in names}
    for name in names:
        if not {name, f"model_{name}"} & set(known):
            raise unknown(name, known, "channel")
    kept = [n for n in known if n not in gone]
    if not kept:
        raise EditError([Finding("reduce.value", "", "no channel would be left", len(known))])
    return select(ws, channels=kept)
