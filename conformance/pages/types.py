"""One page per type: formula, keys, normalisation, an example, what is fixed, who agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hs3.base import Typed
from hs3.distributions import Distribution
from hs3.distributions.product import ProductDist
from hs3.registry import Family
from hs3.schema import FAMILIES, json_schema

from ..suite import Fixture
from . import text
from .known import Known, document, link, role

PLACES = {"distribution": "distributions", "function": "functions", "data": "data"}
UP = 1
"""Pages of types are one folder below ``spec/``."""


def pages(known: Known) -> dict[str, str]:
    """Path → text, and ``types/README.md`` that lists them."""
    schema = json_schema()["$defs"]
    named: dict[str, list[tuple[Family, type[Typed]]]] = {}
    for family in FAMILIES:
        for cls in typed(family):
            named.setdefault(file(cls), []).append((family, cls))
    out = {}
    for name, classes in named.items():
        parts = [_page(family, cls, schema, known) for family, cls in classes]
        out[f"types/{name}"] = "\n\n".join(parts) + "\n"
    return {"types/README.md": _index(known), **out}


def typed(family: Family) -> list[type[Typed]]:
    """The classes of a family."""
    return [cls for cls in family.classes() if issubclass(cls, Typed)]


def file(cls: type[Typed]) -> str:
    """The file of a type: its first name, without what files cannot be called."""
    return cls.type_names[0].replace("::", "_") + ".md"


def _index(known: Known) -> str:
    lines = [
        "# Types",
        "",
        "One page per type: formula, keys, ranges, normalisation, an example, the decisions that "
        "fixtures keep, and which implementations agree. Made by "
        "`python -m hs3.conformance.pages` from the docstrings, the fixtures and the newest of "
        "`conformance/results`.",
    ]
    for family in FAMILIES:
        lines += ["", f"## {family.name.capitalize()}", ""]
        rows = []
        for cls in typed(family):
            found = known.of_any(cls.type_names)
            said = text.inline(text.sections(cls)[""].split("\n\n")[0])
            names = ", ".join(f"`{name}`" for name in cls.type_names)
            counts = [sum(role(f) == one for f in found) for one in ("typical", "edge", "negative")]
            rows.append([f"[{names}]({file(cls)})", said, *map(str, counts)])
        head = ("type", "what it is", "typical", "edge", "negative")
        lines += text.table(head, rows)
    return "\n".join(lines) + "\n"


def _page(family: Family, cls: type[Typed], schema: Mapping[str, Any], known: Known) -> str:
    first, *others = cls.type_names
    found = known.of_any(cls.type_names)
    parts = text.sections(cls)
    lines = [f"# {first}", "", f"A {family.name}."]
    if others:
        lines[-1] += f" Also spelled {', '.join(f'`{name}`' for name in others)}."
    lines += ["", text.prose(parts[""]), "", "## Keys", "", *_keys(cls, schema)]
    if issubclass(cls, Distribution):
        lines += ["", "## Normalisation", "", _normalisation(cls)]
    example = _example(family, cls, found)
    if example:
        lines += ["", "## Example", "", "```json", example, "```"]
    for name in ("Deviations", "Source"):
        if parts.get(name):
            lines += ["", f"## {name}", "", text.prose(parts[name])]
    lines += ["", "## Fixtures", "", *_fixtures(found)]
    lines += ["", "## Implementations", "", *_implementations(found, known)]
    return "\n".join(lines)


def _keys(cls: type[Typed], schema: Mapping[str, Any]) -> list[str]:
    entry = schema[cls.__name__]
    said = text.attributes(cls)
    rows = [
        [
            f"`{key}`",
            "yes" if key in entry.get("required", ()) else "",
            _form(part),
            said.get(key, ""),
        ]
        for key, part in entry["properties"].items()
        if key not in ("type", "name")
    ]
    return text.table(("key", "required", "value", "meaning"), rows)


_WORDS = {
    ("string", "number"): "number or name",
    ("string",): "text or name",
    ("number",): "number",
    ("integer",): "whole number",
    ("boolean",): "true or false",
    ("object",): "object",
    ("array",): "list",
    ("string", "number", "object"): "text, number or object",
}


def _form(part: Mapping[str, Any]) -> str:
    """What a key may hold, in words."""
    if "anyOf" in part:
        kinds = [form for form in part["anyOf"] if form != {"type": "null"}]
        plain = [form["type"] for form in kinds if set(form) == {"type"}]
        rest = [_form(form) for form in kinds if set(form) != {"type"}]
        own = [_WORDS.get(tuple(plain), " or ".join(map(str, plain)))] if plain else []
        return ", or ".join(dict.fromkeys([*own, *rest]))
    if "enum" in part:
        return " or ".join(f"`{value!r}`".replace("'", '"') for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if "items" in part:
        return f"list of {_form(part['items']).replace('number or name', 'numbers or names')}"
    if "$ref" in part:
        return "object"
    kinds = part.get("type", "object")
    listed = [kinds] if isinstance(kinds, str) else kinds
    key = tuple(kind for kind in listed if kind != "null")
    return _WORDS.get(key, " or ".join(key))


def _normalisation(cls: type[Distribution]) -> str:
    from hs3.engine.density.density import log_integral

    if cls is ProductDist:
        return (
            "Over the ranges of its observables: factors that share none are normalised one by "
            "one, others as a whole, numerically, to a relative accuracy of 1e-8 that is checked."
        )
    closed = log_integral.dispatch(cls) is not log_integral.dispatch(Distribution)
    how = (
        "by a formula of its own where no parameter depends on the variable (else numerically)"
        if closed
        else "numerically, to a relative accuracy of 1e-8 that is checked"
    )
    return f"Over the ranges of its observables; the integral is computed {how}."


def _example(family: Family, cls: type[Typed], found: Sequence[Fixture]) -> str:
    """The first entry of the type in a typical fixture."""
    for fixture in found:
        if role(fixture) != "typical":
            continue
        data = document(fixture) or {}
        entries = data.get(PLACES.get(family.name, ""), [])
        if family.name == "domain":
            entries = data.get("domains", [])
        if family.name == "modifier":
            samples = [s for d in data.get("distributions", ()) for s in d.get("samples", ())]
            entries = [m for s in samples for m in s.get("modifiers", ())]
        for entry in entries:
            if entry.get("type") in cls.type_names:
                return text.compact(entry)
    return ""


def _fixtures(found: Sequence[Fixture]) -> list[str]:
    if not found:
        return ["None of its own: every document has one."]
    rows = []
    for fixture in found:
        said = "; ".join(fixture.metadata.get("notes", ())) or fixture.metadata["description"]
        sources = [s for check in fixture.checks for s in check.get("sources", ())]
        names = dict.fromkeys(f"{s['software']}{_mark(s)}" for s in sources)
        rows.append([role(fixture), link(fixture, UP), said, ", ".join(names)])
    lines = text.table(("role", "fixture", "what it keeps", "numbers from"), rows)
    return [*lines, "", "≠: this software gives other numbers; the note in the fixture says which."]


def _mark(source: Mapping[str, Any]) -> str:
    return " ≠" if "note" in source else ""


def _implementations(found: Sequence[Fixture], known: Known) -> list[str]:
    rows = known.agreement([fixture.name for fixture in found])
    if not rows:
        return ["No result of other implementations is kept yet."]
    assert known.result is not None
    lines = text.table(("implementation", "version", "of these fixtures"), rows)
    place = "../../conformance/results/README.md"
    return [*lines, "", f"As run on {known.result.date}; reasons are in [the results]({place})."]
