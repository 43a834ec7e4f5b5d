"""Checks of keys, types and sections that are not known."""

from __future__ import annotations

from hs3.base import Part, Typed
from hs3.data import UnknownData
from hs3.dialects.base import Log
from hs3.distributions import UnknownDistribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.domains import UnknownDomain
from hs3.findings import nearest, pointer
from hs3.functions import UnknownFunction
from hs3.histfactory.modifiers import UnknownModifier
from hs3.metadata import Metadata
from hs3.workspace import SECTIONS, Workspace

from .walk import parts

UNKNOWN = (UnknownData, UnknownDistribution, UnknownDomain, UnknownFunction, UnknownModifier)

READ_ANYWAY: dict[type[Part], frozenset[str]] = {
    HistFactoryDist: frozenset({"staterror", "default_interpolation"}),
    Metadata: frozenset({"combined_from", "simplified_from", "upgraded_from"}),
}
"""Keys that no class declares but dialect rules read, or this package writes."""


def check_sections(ws: Workspace, log: Log) -> None:
    """Report sections that the standard does not have, and missing metadata."""
    for key in ws.model_extra or {}:
        near = nearest(key, SECTIONS)
        log.add("document.unknown_section", pointer(key), f"unknown section {key!r}", key, near)
    if ws.metadata is None or ws.metadata.hs3_version is None:
        log.add("document.missing_metadata", "/metadata", "`metadata.hs3_version` is missing")


def check_keys(ws: Workspace, log: Log) -> None:
    """Report unknown keys and unknown types; each key of a class, and each type, once."""
    keys: dict[tuple[type, str], tuple[str, int]] = {}
    types: dict[tuple[str, str], tuple[str, int]] = {}
    for path, part in parts(ws):
        if isinstance(part, UNKNOWN):
            first, count = types.get((part.family.name, part.type), (path, 0))
            types[part.family.name, part.type] = (first, count + 1)
        elif part.model_extra and part is not ws:
            for key in part.model_extra.keys() - READ_ANYWAY.get(type(part), frozenset()):
                first, count = keys.get((type(part), key), (path, 0))
                keys[type(part), key] = (first, count + 1)
    for (family, name), (path, count) in types.items():
        _tell_type(family, name, path, count, log)
    for (cls, key), (path, count) in keys.items():
        _tell_key(cls, key, path, count, log)


def _tell_type(family: str, name: str, path: str, count: int, log: Log) -> None:
    if not name:
        message = f"a {family} has no `type`{_times(count)}"
        log.add("document.no_type", path, message)
        return
    known = next(c.family for c in UNKNOWN if c.family.name == family).types
    message = f"{family} type {name!r} is not known{_times(count)}"
    log.add("document.unknown_type", path, message, name, nearest(name, known))


def _tell_key(cls: type[Part], key: str, path: str, count: int, log: Log) -> None:
    what = cls.type_names[0] if issubclass(cls, Typed) and cls.type_names else "this object"
    near = nearest(key, cls.model_fields)
    message = f"{key!r} is not a key of {what}{_times(count)}"
    log.add("document.unknown_key", path + pointer(key), message, key, near)


def _times(count: int) -> str:
    return f" ({count} times, first here)" if count > 1 else ""
