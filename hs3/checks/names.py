"""Checks of names."""

from __future__ import annotations

from hs3.findings import pointer
from hs3.workspace import NAMED_SECTIONS, Workspace

_SHARED = ("distributions", "functions")
"""Sections whose names stand for values in other definitions, so that they share one namespace."""


def duplicates(ws: Workspace) -> dict[str, list[str]]:
    """Names of distributions and functions that stand for several entries, with their places."""
    places: dict[str, list[str]] = {}
    for section in _SHARED:
        for index, entry in enumerate(getattr(ws, section) or ()):
            places.setdefault(entry.name, []).append(pointer(section, index))
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def section_duplicates(ws: Workspace) -> list[tuple[str, list[str]]]:
    """Names that stand twice in one of the other sections, with their places."""
    found = []
    for section in NAMED_SECTIONS:
        if section in _SHARED:
            continue
        places: dict[str, list[str]] = {}
        for index, entry in enumerate(getattr(ws, section) or ()):
            places.setdefault(entry.name, []).append(pointer(section, index))
        found += [(name, paths) for name, paths in places.items() if len(paths) > 1]
    return found
