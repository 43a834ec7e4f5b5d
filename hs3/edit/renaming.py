"""`rename`: new names, everywhere they occur."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hs3 import expressions
from hs3.base import is_number
from hs3.dialects.base import Writer
from hs3.errors import EditError, HS3Error
from hs3.findings import Finding, Report, nearest, pointer
from hs3.workspace import Workspace

from . import misc
from .explicit import explicit
from .occurrences import SPACES, VALUES, Occurrence, modifiers, names, occurrences, untyped

Renaming = Mapping[str, Mapping[str, str]]
"""Namespace → old name → new name."""


def rename(
    ws: Workspace, new: Mapping[str, str], *, sections: Sequence[str] = SPACES
) -> tuple[Workspace, Report]:
    """The same model under other names.

    A name is changed everywhere it stands: in definitions and references, axes, domains, points,
    expressions, and in what ROOT and pyhf keep in ``misc``. Distributions, functions, parameters
    and observables share one namespace; a name that also is one of a data object, likelihood,
    domain, point or analysis is changed there too, unless `sections` leaves that out. Parameters
    that modifiers leave to be derived from other names are written out first.

    Args:
        ws: the document.
        new: old name → new name. In an old name ``*`` stands for any text, which the ``*`` of the
            new name repeats, and ``?`` for any character; exact names count before patterns, then
            the first pattern that fits.
        sections: the namespaces to look in, of ``values``, ``data``, ``likelihoods``, ``domains``,
            ``parameter_points`` and ``analyses``.

    Raises:
        EditError: a name that does not occur, that is taken, or that cannot stand in an expression.
    """
    known = [s for s in sections if s not in SPACES]
    if known:
        message = f"there is no namespace {known[0]!r}; there are {', '.join(SPACES)}"
        raise EditError([Finding("rename.unknown", "", message, known[0])])
    ws = explicit(ws)
    return apply(ws, _chosen(ws, new, sections))


def apply(ws: Workspace, renaming: Renaming) -> tuple[Workspace, Report]:
    """A document with these names changed; none may be derived any more (`explicit`).

    Raises:
        EditError: as `rename`.
    """
    places = list(occurrences(ws))
    errors = list(_clashes(ws, renaming, places))
    if errors:
        raise EditError(errors)
    data = ws.to_json()
    count = 0
    inside: dict[tuple[str | int, ...], None] = {}
    for o in places:
        wanted = renaming.get(o.space, {}).get(o.name)
        if wanted is None:
            continue
        count += 1
        if o.inside:
            inside[o.path] = None
        else:
            _parent(data, o)[o.path[-1]] = wanted
    for path in inside:
        _express(data, path, renaming.get(VALUES, {}))
    _call_modifiers(data, ws, renaming.get(VALUES, {}))
    findings = [*misc.rename(data, ws, renaming), *_not_followed(ws, renaming)]
    changed = sum(map(len, renaming.values()))
    message = f"{changed} names changed in {count} places"
    return Workspace.from_json(data), Report((Finding("rename.done", "", message), *findings))


# --- which names ----------------------------------------------------------------------------------


def pattern(text: str) -> re.Pattern[str]:
    """A name in which ``*`` stands for any text and ``?`` for any character, and nothing else."""
    parts = {"*": "(.*)", "?": "(.)"}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in text), re.DOTALL)


def is_pattern(text: str) -> bool:
    """True when `text` stands for more than one name."""
    return "*" in text or "?" in text


def filled(new: str, found: re.Match[str]) -> str:
    """`new` with the n-th ``*`` or ``?`` replaced by what the n-th of the pattern stood for."""
    groups = iter(found.groups())
    return "".join(next(groups, "") if c in "*?" else c for c in new)


def _chosen(ws: Workspace, new: Mapping[str, str], sections: Sequence[str]) -> Renaming:
    known = names(ws)
    patterns = [(old, pattern(old), wanted) for old, wanted in new.items() if is_pattern(old)]
    used: set[str] = set()
    chosen: dict[str, dict[str, str]] = {}
    for space in sections:
        table = chosen.setdefault(space, {})
        for name in known[space]:
            for old, wanted in _first(name, new, patterns):
                used.add(old)
                if wanted != name:
                    table[name] = wanted
        if space == VALUES:
            _with_nominal(ws, table, known[VALUES])
    unknown = [old for old in new if old not in used]
    if unknown:
        every = [name for space in sections for name in known[space]]
        message = "there is nothing called {!r}"
        raise EditError(
            [
                Finding("rename.unknown", "", message.format(old), old, nearest(old, every))
                for old in unknown
            ]
        )
    return chosen


def _first(
    name: str, new: Mapping[str, str], patterns: Sequence[tuple[str, re.Pattern[str], str]]
) -> Iterator[tuple[str, str]]:
    """The rule that applies to `name`, and the new name; nothing where none does."""
    if name in new:
        yield name, new[name]
        return
    for old, wanted, text in patterns:
        found = wanted.fullmatch(name)
        if found is not None:
            yield old, filled(text, found)
            return


def _with_nominal(ws: Workspace, table: dict[str, str], known: Mapping[str, None]) -> None:
    """ROOT finds the observed value of a constraint by its name, ``nom_<parameter>``."""
    if Writer.of(ws.metadata.packages if ws.metadata else ()).root:
        for old, wanted in list(table.items()):
            if f"nom_{old}" in known:
                table.setdefault(f"nom_{old}", f"nom_{wanted}")


def _clashes(ws: Workspace, renaming: Renaming, places: Sequence[Occurrence]) -> Iterator[Finding]:
    known = names(ws, places)
    kinds = {m.constraint for _, m in modifiers(ws) if m.constraint}
    for space, table in renaming.items():
        taken = {name: name for name in known[space] if name not in table}
        for old, wanted in table.items():
            if not wanted or is_number(wanted):
                message = f"{wanted!r} cannot be a name: it is read as a number or as nothing"
                yield Finding("rename.invalid", "", message, wanted)
            elif old in ws.tables["distributions"] and wanted in kinds:
                message = f"{wanted!r} is a kind of constraint here, and cannot be a distribution"
                yield Finding("rename.invalid", "", message, wanted)
            elif wanted in taken:
                other = taken[wanted]
                both = "another name" if other == wanted else f"also the new name of {other!r}"
                message = f"{old!r} cannot become {wanted!r} in `{space}`: that is {both}"
                yield Finding("rename.clash", "", message, wanted)
            taken.setdefault(wanted, old)


# --- places ---------------------------------------------------------------------------------------


def _parent(data: Any, occurrence: Occurrence) -> Any:
    for key in occurrence.path[:-1]:
        data = data[key]
    return data


def _express(data: Any, path: tuple[str | int, ...], table: Mapping[str, str]) -> None:
    """Change the names in an expression, and nothing else of its text."""
    for key in path[:-1]:
        data = data[key]
    text = old = data[path[-1]]
    nodes = [n for n in expressions.parse(old).nodes if isinstance(n, expressions.Variable)]
    for node in sorted(nodes, key=lambda n: -n.offset):
        wanted = table.get(node.name)
        if wanted is not None:
            if not _is_word(wanted):
                message = f"{wanted!r} cannot be written in the expression {old[:80]!r}"
                raise EditError([Finding("rename.invalid", pointer(*path), message, wanted)])
            end = node.offset + len(node.name)
            text = text[: node.offset] + wanted + text[end:]
    data[path[-1]] = text


def _call_modifiers(data: Any, ws: Workspace, table: Mapping[str, str]) -> None:
    """A modifier that is called as its parameter stays so: pyhf knows parameters by that name."""
    for path, modifier in modifiers(ws):
        name = modifier.name
        if name is None:
            continue
        stems = {table.get(name)} if modifier.parameter == name else set()
        if modifier.parameters and all(p.startswith(f"{name}[") for p in modifier.parameters):
            rests = [(p, p.removeprefix(name)) for p in modifier.parameters]
            new = [(table.get(p, p), rest) for p, rest in rests]
            stems = {p.removesuffix(rest) if p.endswith(rest) else None for p, rest in new}
        wanted = stems.pop() if len(stems) == 1 else None
        if wanted is not None:
            item = data
            for key in path:
                item = item[key]
            item["name"] = wanted


def _is_word(name: str) -> bool:
    """True when an expression can hold `name`, and takes it for a name."""
    try:
        nodes = expressions.parse(name).nodes
    except HS3Error:
        return False
    return nodes == (expressions.Variable(name),) and name not in expressions.ROOT_CONSTANTS


def _not_followed(ws: Workspace, renaming: Renaming) -> Iterator[Finding]:
    """Old names in parts of the document that nobody understands."""
    old = {name for table in renaming.values() for name in table}
    for path, text in untyped(ws):
        if text in old:
            message = f"{text!r} stands in a part that is not understood, and is left as it is"
            yield Finding("rename.not_followed", pointer(*path), message, text)
