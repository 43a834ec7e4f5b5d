"""Reads the last part of a datacard: systematics and directives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .card import Card, Effect, McStats, RateParam, Systematic, refuse
from .words import integer, matching, number

LOGARITHMIC = ("shapeN", "shapeN2", "shapeN?", "shapeN2?")
"""Kinds that interpolate the logarithms of templates: `shapeN` and its synonyms."""

CONSTRAINED = ("shape", "shape2", "shape?", "shape2?", *LOGARITHMIC)
"""Kinds with templates and a Gaussian constraint."""

SHAPES = (*CONSTRAINED, "shapeU")
"""All kinds with templates."""

_NOT_HERE = {
    "gmM": "a Gamma distribution with a given width",
    "trG": "a truncated Gaussian",
    "unif": "a uniform distribution",
    "dFD": "a double Fermi function",
    "dFD2": "a double Fermi function",
    "constr": "a constraint on a formula",
    "discrete": "a choice among densities",
    "edit": "a change of what the card says above it; `text2workspace.py` and "
    "`combineCards.py` can write the card that results",
}


def read_line(card: Card, words: Sequence[str], path: str) -> None:
    """Read one line into the card."""
    if len(words) < 2:
        return
    name, kind = words[0], words[1]
    if name.endswith("[nofloat]"):
        name = name.removesuffix("[nofloat]")
        card.held[name] = path
    if name[0].isdigit():
        name = f"theta{name}"
    read = _READERS.get(kind)
    if read is not None:
        read(card, name, list(words[2:]), path)
    elif kind in ("lnN", "lnU", "gmN", *SHAPES):
        card.systematics.append(_systematic(card, name, kind, list(words[2:]), path))
    else:
        why = f" ({_NOT_HERE[kind]})" if kind in _NOT_HERE else ""
        message = f"`{kind}`{why} cannot be carried over to HS3"
        valid = ["lnN", "lnU", "gmN", *SHAPES, *_READERS]
        refuse(message, path, kind, code="datacard.unsupported", near=valid)


def _systematic(card: Card, name: str, kind: str, words: list[str], path: str) -> Systematic:
    arguments: tuple[str, ...] = ()
    if kind == "gmN":
        if not words or integer(words[0], path) < 0:
            refuse("`gmN` needs the number of events of its sideband", path, name)
        arguments, words = (words[0],), words[1:]
    if len(words) < len(card.columns):
        message = f"{name!r} has {len(words)} columns, and there are {len(card.columns)}"
        refuse(message, path, len(words))
    effects = {
        (column.channel, column.process): effect
        for column, word in zip(card.columns, words, strict=False)
        if (effect := _effect(word, kind, path)) != 0.0
    }
    _check_mixture(card, name, kind, path)
    if kind == "gmN":  # the parser of Combine keeps a process without events for its sideband
        card.columns = [
            replace(c, rate=1e-6) if c.rate == 0 and (c.channel, c.process) in effects else c
            for c in card.columns
        ]
    return Systematic(name, kind, arguments, effects, path)


def _check_mixture(card: Card, name: str, kind: str, path: str) -> None:
    """One name has one constraint."""
    families = [("lnN", *CONSTRAINED), ("lnU", "shapeU"), ("gmN",), ("param",)]
    for other in card.systematics:
        if other.name != name:
            continue
        if kind in ("gmN", "param") or not any(
            kind in family and other.kind in family for family in families
        ):
            refuse(f"{name!r} is `{other.kind}` already, and cannot be `{kind}` too", path, name)
        if {kind, other.kind} == {"lnN", "shape"}:
            message = f"{name!r} is `lnN` and `shape`; Combine wants one line with `shape?`"
            refuse(message, path, name)


def _effect(word: str, kind: str, path: str) -> Effect:
    if set(word) == {"-"}:
        return 0.0
    if "/" in word:
        if kind not in ("lnN", "lnU") and not kind.endswith("?"):
            refuse(f"`{kind}` takes one number per column", path, word)
        parts = word.split("/")
        if len(parts) != 2:
            refuse(f"{word!r} is not `down/up`", path, word)
        down, up = (number(part, path) for part in parts)
        if down <= 0 or up <= 0:
            refuse(f"the factors {word!r} must be above zero", path, word)
        return down, up
    value = number(word, path)
    if value < 0:
        refuse("an effect must not be below zero", path, value)
    return 0.0 if kind == "lnN" and value == 1.0 else value


def _param(card: Card, name: str, words: list[str], path: str) -> None:
    if len(words) < 2:
        refuse("`param` needs a mean and a width", path, name)
    number(words[0], path)
    _check_mixture(card, name, "param", path)
    card.systematics.append(Systematic(name, "param", tuple(words[:3]), {}, path))


def _rate_param(card: Card, name: str, words: list[str], path: str) -> None:
    if not 3 <= len(words) <= 4:
        refuse("`rateParam` needs a channel, a process and a value, or a formula", path, name)
    channel, process, value, *rest = words
    bounds, arguments = None, None
    if rest and rest[0].startswith("["):
        bounds = interval(rest[0], path)
    elif rest:
        arguments = tuple(rest[0].split(","))
    elif ":" in value and ".root" in value:
        message = f"{name!r} stands in a ROOT file; only numbers and formulas can be carried over"
        refuse(message, path, value, code="datacard.unsupported")
    if arguments is None:
        number(value, path)
    channels, processes = matching(channel, card.channels), matching(process, card.processes)
    if not channels or not processes:
        near = card.processes if channels else card.channels
        missing = process if channels else channel
        refuse(f"{missing!r} matches nothing in the card", path, missing, near=near)
    card.rates += [
        RateParam(name, b, p, value, arguments, bounds, path) for p in processes for b in channels
    ]


def interval(word: str, path: str) -> tuple[float, float]:
    """The two numbers of ``[low,high]``."""
    parts = word.strip("[]").split(",")
    if len(parts) != 2:
        refuse(f"{word!r} is not `[low,high]`", path, word)
    low, high = (number(part, path) for part in parts)
    if low >= high:
        refuse(f"the range {word!r} is empty", path, word)
    return low, high


def _flat_param(card: Card, name: str, words: list[str], path: str) -> None:
    card.flat[name] = path


def _ext_arg(card: Card, name: str, words: list[str], path: str) -> None:
    if not words or ":" in words[-1]:
        message = f"{name!r} stands in a ROOT file; only numbers can be carried over"
        refuse(message, path, name, code="datacard.unsupported")
    fixed = len(words) > 1 and words[1] == "[const]"
    bounds = interval(words[1], path) if len(words) > 1 and not fixed else None
    card.extra[name] = (number(words[0], path), bounds, fixed)


def _group(card: Card, name: str, words: list[str], path: str) -> None:
    if len(words) < 2 or words[0] not in ("=", "+="):
        refuse("`group` needs `=` or `+=`, and names", path, name)
    if (name in card.groups) != (words[0] == "+="):
        state = "is there already" if name in card.groups else "is not there yet"
        refuse(f"group {name!r} {state}", path, name)
    known = card.groups.setdefault(name, [])
    known += [word for word in dict.fromkeys(words[1:]) if word not in known]


def _mc_stats(card: Card, name: str, words: list[str], path: str) -> None:
    if not 1 <= len(words) <= 3:
        refuse("`autoMCStats` needs a threshold", path, name)
    threshold = number(words[0], path)
    signal = len(words) > 1 and integer(words[1], path) != 0
    mode = integer(words[2], path) if len(words) > 2 else 1
    if mode not in (1, 2):
        message = "the mode of `autoMCStats` must be 1 or 2; Combine has no templates for others"
        refuse(message, path, mode)
    channels = matching(name, card.channels)
    if not channels and "*" not in name:
        refuse(f"there is no channel {name!r}", path, name, near=card.channels)
    for channel in channels:
        card.mc_stats[channel] = McStats(threshold, signal, mode)


_READERS: dict[str, Callable[[Card, str, list[str], str], None]] = {
    "param": _param,
    "rateParam": _rate_param,
    "flatParam": _flat_param,
    "extArg": _ext_arg,
    "group": _group,
    "autoMCStats": _mc_stats,
}
