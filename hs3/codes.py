"""The code of every finding, with its severity, its meaning and its cure.

A code is a promise: it is never renamed, and never used for anything else. `spec/errors.md` is
generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Code:
    """What a finding code stands for: `severity`, `meaning` (what is so) and `cure` (what to do)."""

    severity: Literal["error", "warning", "note"]
    meaning: str
    cure: str


CODES: dict[str, Code] = {
    # --- document: the shape of the JSON ---------------------------------------------------
    "document.invalid": Code(
        "error",
        "A value does not have the form that the standard gives this key.",
        "Give the value the form that the message names.",
    ),
    "document.unknown_key": Code(
        "note",
        "A key that this project does not know is kept and written back, and has no effect.",
        "Check the spelling; remove the key if it was meant to have an effect.",
    ),
    "document.unknown_section": Code(
        "note",
        "A top-level section that the standard does not have is kept and has no effect.",
        "Move private information to `misc`.",
    ),
    "document.unknown_type": Code(
        "warning",
        "An entry of a type that this project does not know is kept; what depends on it cannot be evaluated.",
        "Use a type of the standard, or register the type (see CONTRIBUTING.md).",
    ),
    "document.missing_metadata": Code(
        "warning",
        "The section `metadata` or its `hs3_version` is missing.",
        'Add "metadata": {"hs3_version": "0.2.9"}.',
    ),
}
