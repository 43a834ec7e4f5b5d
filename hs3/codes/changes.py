"""Codes of what becomes of a workspace that is upgraded, reduced, simplified or given signals."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- the current standard -----------------------------------------------------------------
    "upgrade.version": Code(
        "note",
        "The document said that it follows another version of the standard.",
        "Nothing to do.",
    ),
    "upgrade.spelled": Code(
        "note",
        "Something was written in the words of the current standard.",
        "Nothing to do; `hs3 diff` shows every change.",
    ),
    "upgrade.auxiliary": Code(
        "note",
        "Constraints that modifiers named, or that no kind describes, are listed as auxiliary.",
        "Nothing to do.",
    ),
    "upgrade.parameters": Code(
        "note",
        "What a convention said about parameters is written in points and domains.",
        "Nothing to do.",
    ),
    "upgrade.left": Code(
        "warning",
        "A likelihood cannot be resolved, so that its channels were not touched.",
        "Correct what `hs3 validate` names, and upgrade again.",
    ),
    "upgrade.check": Code(
        "error",
        "The upgraded document would not mean what the original does.",
        "Please report it as a defect.",
    ),
}
