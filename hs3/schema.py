"""JSON Schema (draft 2020-12) of the documents that this project reads, made from the typed model.

The schema accepts what `Workspace.from_json` accepts, with two exceptions that JSON Schema cannot
or need not say: 1.0 counts as an integer, and keys that exclude each other or lists that must have
one length (`hs3.distributions`) are not compared. ``python -m hs3.schema`` prints it; the file
``spec/schema/hs3-0.2.9.schema.json`` is this output.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from hs3 import jsonio
from hs3.base import Part, Typed
from hs3.data import DATA
from hs3.distributions import DISTRIBUTIONS
from hs3.domains import DOMAINS
from hs3.functions import FUNCTIONS
from hs3.histfactory.modifiers import MODIFIERS
from hs3.registry import Family
from hs3.workspace import Workspace

FAMILIES: tuple[Family, ...] = (DISTRIBUTIONS, FUNCTIONS, DATA, DOMAINS, MODIFIERS)
"""The families whose entries are told apart by their `type`."""


def json_schema() -> dict[str, Any]:
    """The schema, with every type that is registered now."""
    typed = [cls for family in FAMILIES for cls in [*family.classes(), family.fallback] if cls]
    _, generated = models_json_schema([(cls, "validation") for cls in [Workspace, *typed]])
    defs = {name: _tidy(schema) for name, schema in generated["$defs"].items()}
    for cls in _parts(Part):
        if cls.__name__ in defs:
            _describe(cls, defs[cls.__name__])
    for family in FAMILIES:
        defs[family.name] = _family(family, defs)
    workspace = defs.pop("Workspace")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "hs3-0.2.9.schema.json",
        **workspace,
        "title": "HS3 document, version 0.2.9",
        "$defs": dict(sorted(defs.items())),
    }


def _family(family: Family, defs: dict[str, Any]) -> dict[str, Any]:
    """One of the registered types, or an entry of another type, of which only the base is known."""
    assert family.fallback is not None
    unknown = defs[family.fallback.__name__]["properties"]["type"]
    unknown["not"] = {"enum": sorted(family.types)}
    names = [cls.__name__ for cls in [*family.classes(), family.fallback]]
    return {
        "description": f"Any {family.name}; which one is told by its `type`.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in names],
    }


def _parts(cls: type[Part]) -> Iterator[type[Part]]:
    for part in cls.__subclasses__():
        yield part
        yield from _parts(part)


def _describe(cls: type[Part], schema: dict[str, Any]) -> None:
    """Take title, type strings and descriptions from the class."""
    summary, attributes = docs(cls)
    schema["description"] = summary
    for key, text in attributes.items():
        if key in schema["properties"]:
            schema["properties"][key]["description"] = text
    if issubclass(cls, Typed) and cls.type_names:
        schema["title"] = cls.type_names[0]
        schema["properties"]["type"] = {"enum": list(cls.type_names)}


def docs(cls: type[Part]) -> tuple[str, dict[str, str]]:
    """First sentence of a class docstring, and the texts of its section ``Attributes:``."""
    text = inspect.cleandoc(cls.__doc__ or "")
    section = re.search(r"^Attributes:\n((?: .*\n?|\n)+)", text, re.MULTILINE)
    entries = re.findall(
        r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section.group(1) if section else "", re.MULTILINE
    )
    return _plain(text.split("\n\n")[0]), {key: _plain(entry) for key, entry in entries}


def _plain(text: str) -> str:
    """Running text without the markup of the docstrings."""
    text = re.sub(r":math:`([^`]*)`", r"$\1$", text)
    return re.sub(r"\s+", " ", text).strip()


def _tidy(schema: Any) -> Any:
    """Drop what says nothing: titles of fields, defaults of JSON Schema, "integer" beside "number".

    Versions of pydantic differ in how much of that they write.
    """
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {
        key: _tidy(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and (key, value) not in (("default", None), ("additionalProperties", True))
    }
    if isinstance(tidied.get("const"), str | int):
        return {key: tidied[key] for key in tidied.keys() - {"type", "enum"}}
    if isinstance(tidied.get("enum"), list):
        tidied.pop("type", None)
    if {"type": "number"} in tidied.get("anyOf", ()):
        tidied["anyOf"] = [form for form in tidied["anyOf"] if form != {"type": "integer"}]
    forms = tidied.get("anyOf", [])
    if forms and all(form.keys() == {"type"} for form in forms):
        types = [form["type"] for form in tidied.pop("anyOf")]
        return {"type": types if types[1:] else types[0], **tidied}
    return tidied


if __name__ == "__main__":
    print(jsonio.dumps(json_schema(), indent=2))
