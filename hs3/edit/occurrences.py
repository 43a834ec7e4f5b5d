"""Every place of a document at which a name stands, whatever the kind of name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from hs3 import expressions
from hs3.axes import Axis
from hs3.base import Part, expression_of, is_number, reference_plan, walk
from hs3.distributions.histfactory import HistFactoryDist
from hs3.errors import HS3Error
from hs3.histfactory.modifiers import Modifier
from hs3.parameter_points import ParameterValue
from hs3.workspace import NAMED_SECTIONS, Workspace

Path = tuple[str | int, ...]

VALUES = "values"
SPACES = (VALUES, "data", "likelihoods", "domains", "parameter_points", "analyses")
"""The namespaces: distributions, functions, parameters and observables share ``values``."""

_SPACE_OF_KIND = {
    "data": "data",
    "likelihood": "likelihoods",
    "domain": "domains",
    "parameter_point": "parameter_points",
}
_RANGES = ("domain", "range")
"""Keys of distributions and functions that name a domain and are not marked as references."""


class Occurrence(NamedTuple):
    """A name at a place.

    Attributes:
        path: keys and indices from the root of the document.
        name: the name.
        space: its namespace, one of `SPACES`.
        inside: True when the place holds an expression in which the name stands.
    """

    path: Path
    name: str
    space: str
    inside: bool = False


def space_of(section: str) -> str:
    """The namespace of the names of a section's entries."""
    return VALUES if section in ("distributions", "functions") else section


def occurrences(ws: Workspace) -> Iterator[Occurrence]:
    """Every name in the typed sections of a document, those of the entries included."""
    for section in NAMED_SECTIONS:
        for index, entry in enumerate(getattr(ws, section) or ()):
            path = (section, index)
            yield Occurrence((*path, "name"), entry.name, space_of(section))
            yield from of_entry(ws, entry, path)


def of_entry(ws: Workspace, entry: Part, path: Path = ()) -> Iterator[Occurrence]:
    """Every name in an entry of a section, without its own."""
    yield from _unmarked(entry, path)
    stack: list[tuple[Path, Part]] = [(path, entry)]
    while stack:
        where, part = stack.pop()
        if isinstance(part, Axis | ParameterValue):
            yield Occurrence((*where, "name"), part.name, VALUES)
        elif isinstance(part, Modifier) and part.constraint in ws.tables["distributions"]:
            assert part.constraint is not None
            yield Occurrence((*where, "constraint"), part.constraint, VALUES)
        for key, kinds in reference_plan(type(part)):
            value = getattr(part, key)
            if isinstance(value, Part):
                stack.append(((*where, key), value))
            elif type(value) is str and kinds and not is_number(value):
                yield Occurrence((*where, key), value, _space(kinds))
            elif type(value) is tuple:
                for i, item in enumerate(value):
                    if isinstance(item, Part):
                        stack.append(((*where, key, i), item))
                    elif kinds:
                        found = walk(item, (*where, key, i), kinds)
                        yield from (Occurrence(r.path, r.name, _space(r.kinds)) for r in found)


def _space(kinds: tuple[str, ...]) -> str:
    return next((_SPACE_OF_KIND[k] for k in kinds if k in _SPACE_OF_KIND), VALUES)


def _unmarked(entry: Part, path: Path) -> Iterator[Occurrence]:
    """Names in expressions, and in the few fields whose type does not say what they name."""
    text = expression_of(entry)
    if text is not None:
        for name in dict.fromkeys(variables(text)):
            yield Occurrence((*path, "expression"), name, VALUES, inside=True)
    if path[:1] in (("distributions",), ("functions",)):
        for key in _RANGES:
            domain = getattr(entry, key, None)
            if isinstance(domain, str):
                yield Occurrence((*path, key), domain, "domains")
    names = getattr(entry, "ref_coef_norm", None)
    if isinstance(names, str):
        yield Occurrence((*path, "ref_coef_norm"), names, VALUES)
    for i, name in enumerate(names if isinstance(names, tuple) else ()):
        yield Occurrence((*path, "ref_coef_norm", i), name, VALUES)


def variables(text: str) -> tuple[str, ...]:
    """The names in an expression; none where it cannot be read, which the checks report."""
    try:
        return tuple(expressions.names(expressions.parse(text)))
    except HS3Error:
        return ()


def _parts(root: Part, path: Path) -> Iterator[tuple[Path, Part]]:
    stack: list[tuple[Path, Any]] = [(path, root)]
    while stack:
        where, item = stack.pop()
        yield where, item
        for key, value in item.__dict__.items():
            if isinstance(value, Part):
                stack.append(((*where, key), value))
            elif isinstance(value, tuple) and value and isinstance(value[0], Part):
                stack += [((*where, key, i), v) for i, v in enumerate(value)]


def modifiers(ws: Workspace) -> Iterator[tuple[Path, Modifier]]:
    """Every HistFactory modifier with its place."""
    for i, dist in enumerate(ws.distributions or ()):
        if isinstance(dist, HistFactoryDist):
            for j, sample in enumerate(dist.samples):
                for k, modifier in enumerate(sample.modifiers or ()):
                    yield ("distributions", i, "samples", j, "modifiers", k), modifier


def names(
    ws: Workspace, found_at: Iterable[Occurrence] | None = None
) -> dict[str, dict[str, None]]:
    """Every name of each namespace, from `occurrences` if they are known already.

    Constants of ROOT in expressions (``pi``, ``e``) are names only where something is called so.
    """
    found: dict[str, dict[str, None]] = {space: {} for space in SPACES}
    expressed: dict[str, None] = {}
    for o in occurrences(ws) if found_at is None else found_at:
        (expressed if o.inside and o.name in expressions.ROOT_CONSTANTS else found[o.space])[
            o.name
        ] = None
    return found


def untyped(ws: Workspace) -> Iterator[tuple[Path, str]]:
    """Every string, keys included, in parts of the document whose meaning is not known."""
    for section in NAMED_SECTIONS:
        for index, entry in enumerate(getattr(ws, section) or ()):
            for where, part in _parts(entry, (section, index)):
                for key, value in (part.model_extra or {}).items():
                    if not (isinstance(part, HistFactoryDist) and key == "staterror"):
                        yield from strings(value, (*where, key))
    for key, value in (ws.model_extra or {}).items():
        yield from strings(value, (key,))


def strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every string in JSON data, keys included, with its place."""
    stack: list[tuple[Path, Any]] = [(path, value)]
    while stack:
        where, item = stack.pop()
        if isinstance(item, str):
            yield where, item
        elif isinstance(item, dict):
            for key, inner in item.items():
                yield (*where, key), key
                stack.append(((*where, key), inner))
        elif isinstance(item, list | tuple):
            stack += [((*where, i), v) for i, v in enumerate(item)]
