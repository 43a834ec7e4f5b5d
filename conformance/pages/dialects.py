"""The page of dialect rules: who writes what, how it is read, how it is written, its fixture."""

from __future__ import annotations

from hs3.codes import CODES
from hs3.dialects import RULES

from .known import Known, findings, link

_HEAD = """# Dialect rules

Documents of different writers mean different things by the same keys (see
[semantics.md](semantics.md)). Each convention is one rule below: a small function in
`hs3/dialects`, reported under its code whenever it changes or settles a meaning. Firings in one
channel are counted into one finding.

**How it is written.** Writing HS3 changes nothing: what was read is written back key by key, in
the dialect it came in. `hs3 upgrade` writes the meaning in the words of the standard, so that no
rule is needed any more; `hs3 convert` to another format says the meaning in that format's words,
or refuses by name.

Each rule has a fixture: a document that needs it, the finding, and where it has a meaning in
numbers the likelihood, written by hand.

This page is made by `python -m hs3.conformance.pages`.
"""


def page(known: Known) -> str:
    """The text of ``spec/dialects.md``."""
    lines = [_HEAD]
    for module in dict.fromkeys(rule.function.__module__ for rule in RULES.values()):
        lines += [f"## {module.rsplit('.', 1)[-1]}", ""]
        for made in RULES.values():
            if made.function.__module__ != module:
                continue
            lines += [f"### `{made.code}` ({CODES[made.code].severity})", "", made.reading, ""]
            lines += [f"Written by: {made.writers}.", "", f"Fixture: {_fixture(made.code, known)}."]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _fixture(code: str, known: Known) -> str:
    found = known.about.get(code.replace("dialect.", "dialect:"), ())
    shown = []
    for fixture in found:
        numbers = any("expected" in check for check in fixture.checks)
        place = next((f["path"] for f in findings(fixture) if f.get("path")), "")
        what = "the finding and the likelihood" if numbers else "the finding"
        shown.append(f"{link(fixture)}, {what}{f' at `{place}`' if place else ''}")
    return "; ".join(shown) or "none"
