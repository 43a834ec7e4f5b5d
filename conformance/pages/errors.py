"""The page of findings: every code with its meaning, its cure and an example."""

from __future__ import annotations

from hs3 import dialects
from hs3.codes import CODES

from .. import uncovered
from ..suite import Fixture
from . import text
from .known import Known, findings, link

_HEAD = """# Findings

Every finding has one of the codes below, a severity, a JSON pointer to its place, and where it
helps the value and the nearest valid names. An *error* means that what it touches cannot be used,
a *warning* that it probably does not say what its author meant, a *note* that a convention was
applied, a default taken, or something kept but not understood. Codes never change their meaning.
The codes that begin with `dialect.` are explained in [dialects.md](dialects.md).

The last column is an example: a fixture with a document (or an input file) that has the finding,
and its place there; or why there can be none.

This page is made by `python -m hs3.conformance.pages`.
"""


def page(known: Known) -> str:
    """The text of ``spec/errors.md``."""
    assert dialects.RULES  # they declare codes of their own
    lines = [_HEAD]
    for group in dict.fromkeys(code.split(".")[0] for code in CODES):
        rows = [
            [f"`{code}`", known_as.severity, known_as.meaning, known_as.cure, _example(code, known)]
            for code, known_as in CODES.items()
            if code.split(".")[0] == group
        ]
        lines += [f"## {group}", ""]
        lines += text.table(("code", "severity", "meaning", "cure", "example"), rows)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _example(code: str, known: Known) -> str:
    found = known.about.get(f"finding:{code}")
    if found:
        own = [f for f in found if f.name == "finding_" + code.replace(".", "_")]
        return _shown((own or list(found))[0], code)
    elsewhere = uncovered.why(code)
    return f"none: {elsewhere.why}" if elsewhere else ""


def _shown(fixture: Fixture, code: str) -> str:
    place = next((f["path"] for f in findings(fixture) if f["code"] == code and f.get("path")), "")
    return f"{link(fixture)}{f' at `{place}`' if place else ''}"
