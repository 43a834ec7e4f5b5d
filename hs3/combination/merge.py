"""Entries of one name in several inputs: the same thing, or different ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hs3.edit.occurrences import VALUES, names, of_entry, space_of
from hs3.workspace import Workspace

Json = dict[str, Any]
_SECTIONS = ("distributions", "functions", "data", "domains", "parameter_points")
Names = list[dict[str, dict[str, str]]]
"""For each input: namespace → old name → new name."""


def merge(
    inputs: Sequence[Workspace], labels: Sequence[str], apart: Sequence[set[str]], fixed: set[str]
) -> tuple[Names, dict[str, int]]:
    """New names for what clashes, and how many entries of each section are the same things.

    Entries are the same thing when they are equal, and what they refer to is the same thing.

    Args:
        inputs: the documents under the names of parameters of the combination.
        labels: what is put in front of names that clash.
        apart: for each input: names of distributions that stay apart even when equal.
        fixed: names of parameters; anything else of that name clashes.
    """
    entries = [_entries(ws) for ws in inputs]
    owners: dict[tuple[str, str], list[int]] = {}
    for i, table in enumerate(entries):
        for key in table:
            owners.setdefault(key, []).append(i)
    values = [names(ws)[VALUES] for ws in inputs]
    different = {
        key
        for key, where in owners.items()
        if _differ([entries[i][key] for i in where])
        or (key[0] == VALUES and any(key[1] in apart[i] for i in where) and len(where) > 1)
        or (key[0] == VALUES and key[1] in fixed)
        or (key[0] == VALUES and any(key[1] in v and i not in where for i, v in enumerate(values)))
    }
    links = _links(inputs, entries)
    while True:
        several = (k for k in links if k not in different and len(owners[k]) > 1)
        more = {k for k in several if links[k] & different}
        if not more:
            break
        different |= more
    taken = {(space, n) for ws in inputs for space, table in names(ws).items() for n in table}
    new: Names = [{} for _ in inputs]
    for space, name in sorted(different):
        for i in owners[space, name]:
            wish, count = f"{labels[i]}_{name}", 2
            while (space, wish) in taken:
                wish, count = f"{labels[i]}_{name}_{count}", count + 1
            taken.add((space, wish))
            new[i].setdefault(space, {})[name] = wish
    same: dict[str, int] = {}
    for key, where in owners.items():
        if len(where) > 1 and key not in different:
            same[entries[where[0]][key][0]] = same.get(entries[where[0]][key][0], 0) + 1
    return new, same


def _entries(ws: Workspace) -> dict[tuple[str, str], tuple[str, Json]]:
    out: dict[tuple[str, str], tuple[str, Json]] = {}
    for section in _SECTIONS:
        for entry in getattr(ws, section) or ():
            out.setdefault((space_of(section), entry.name), (section, entry.to_json()))
    return out


def _differ(found: Sequence[tuple[str, Json]]) -> bool:
    return any(entry != found[0] for entry in found[1:])


def _links(
    inputs: Sequence[Workspace], entries: Sequence[Mapping[tuple[str, str], Any]]
) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """What each entry refers to, over all inputs."""
    links: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for ws, table in zip(inputs, entries, strict=True):
        for section in _SECTIONS:
            for index, entry in enumerate(getattr(ws, section) or ()):
                found = {(o.space, o.name) for o in of_entry(ws, entry, (section, index))}
                key = (space_of(section), entry.name)
                links.setdefault(key, set()).update(k for k in found if k in table)
    return links
