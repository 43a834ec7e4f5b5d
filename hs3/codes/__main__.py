"""``python -m hs3.codes`` prints spec/errors.md."""

from __future__ import annotations

import hs3.dialects  # its rules declare codes of their own
from hs3.codes import CODES, Code

_HEAD = """# Findings

Every finding has one of the codes below, a severity, a JSON pointer to its place, and where it
helps the value and the nearest valid names. An *error* means that what it touches cannot be used,
a *warning* that it probably does not say what its author meant, a *note* that a convention was
applied, a default taken, or something kept but not understood. Codes never change their meaning.
The codes that begin with `dialect.` are explained in dialects.md.

This page is printed by `python -m hs3.codes`.
"""


def page(codes: dict[str, Code]) -> str:
    """The text of spec/errors.md."""
    lines = [_HEAD]
    for group in dict.fromkeys(code.split(".")[0] for code in codes):
        lines += [f"## {group}", "", "| code | severity | meaning | cure |", "|---|---|---|---|"]
        for name, code in codes.items():
            if name.split(".")[0] == group:
                lines.append(f"| `{name}` | {code.severity} | {code.meaning} | {code.cure} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    assert hs3.dialects.RULES
    print(page(CODES), end="")
