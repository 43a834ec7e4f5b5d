"""Markdown from docstrings and JSON."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Sequence
from typing import Any

SECTIONS = ("Attributes", "Source", "Deviations")


def sections(cls: type) -> dict[str, str]:
    """The parts of a docstring: what comes first under ``""``, then its sections by name."""
    out, name = {"": ""}, ""
    for line in inspect.cleandoc(cls.__dict__.get("__doc__") or "").split("\n"):
        if line.rstrip(":") in SECTIONS and line.endswith(":"):
            name = line.rstrip(":")
            out[name] = ""
        else:
            out[name] += line + "\n"
    return {key: text.rstrip() for key, text in out.items()}


def prose(text: str) -> str:
    """Running text, with formulas as GitHub shows them."""
    parts = re.split(r"^\.\. math::\n((?:[ \t]+.*\n?|\n)+)", text + "\n", flags=re.MULTILINE)
    out = []
    for i, part in enumerate(parts):
        if i % 2:
            out.append("```math\n" + inspect.cleandoc("\n" + part) + "\n```")
        elif part.strip():
            out.append("\n\n".join(inline(p) for p in re.split(r"\n\s*\n", part.strip())))
    return "\n\n".join(out)


def inline(text: str) -> str:
    """One paragraph on one line."""
    text = re.sub(r":math:`([^`]*)`", r"$\1$", text)
    text = re.sub(r"``([^`]*)``", r"`\1`", text)
    return re.sub(r"\s+", " ", text).strip()


def attributes(cls: type) -> dict[str, str]:
    """What docstrings of a class and its bases say of keys."""
    out: dict[str, str] = {}
    for part in reversed(cls.__mro__):
        text = sections(part).get("Attributes", "") if "__doc__" in part.__dict__ else ""
        found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
        out |= {key: inline(entry) for key, entry in found}
    return out


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    rule = "|---" * len(head) + "|"
    return [_row(head), rule, *map(_row, escaped)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def compact(value: Any, indent: int = 0, width: int = 92) -> str:
    """JSON, on one line where it fits."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= width or not isinstance(value, dict | list) or not value:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(k)}: {compact(v, indent + 2, width)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    rows = [pad + compact(v, indent + 2, width) for v in value]
    return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
