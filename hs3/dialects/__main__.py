"""``python -m hs3.dialects`` prints spec/dialects.md."""

from __future__ import annotations

from hs3.codes import CODES
from hs3.dialects import RULES

_HEAD = """# Dialect rules

Documents of different writers mean different things by the same keys (see semantics.md). Each
convention is one rule below: a small function in `hs3/dialects`, reported under its code whenever
it changes or settles a meaning. Firings in one channel are counted into one finding.

This page is printed by `python -m hs3.dialects`.
"""


def page() -> str:
    """The text of spec/dialects.md."""
    lines = [_HEAD]
    for module in dict.fromkeys(r.function.__module__ for r in RULES.values()):
        lines += [f"## {module.rsplit('.', 1)[-1]}", ""]
        for made in RULES.values():
            if made.function.__module__ == module:
                lines += [f"### `{made.code}` ({CODES[made.code].severity})", "", made.reading, ""]
                lines += [f"Written by: {made.writers}.", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
