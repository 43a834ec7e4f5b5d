"""Reading, converting and writing files."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- read: from a file to JSON --------------------------------------------------------------
    "read.failed": Code(
        "error",
        "A file cannot be opened.",
        "Check the path and the permissions.",
    ),
    "read.format": Code(
        "error",
        "A file is neither an HS3 document nor a pyhf workspace.",
        "Convert it with the software that wrote it, or give the file that was meant.",
    ),
    "read.python": Code(
        "error",
        "A Python object named to `hs3 convert` is not there, or its code fails.",
        "Give `package.module:name` or `file.py:name` of a zfit loss, or of a function that makes "
        "one.",
    ),
    "read.archive": Code(
        "error",
        "A file is no archive of this package, or damaged.",
        "Give a file that `hs3 archive` wrote, as it was.",
    ),
    "read.syntax": Code(
        "error",
        "The text is not strict JSON (RFC 8259).",
        "Correct it at the line and column that the message gives.",
    ),
    "read.too_large": Code(
        "error",
        "The text is larger than what is read from an untrusted source.",
        "Split the document, or raise `limits` in `hs3.jsonio`.",
    ),
    "read.too_deep": Code(
        "error",
        "The text nests deeper than what is read from an untrusted source.",
        "Flatten the document, or raise `limits` in `hs3.jsonio`.",
    ),
    # --- conversion and writing -----------------------------------------------------------------
    "conversion.failed": Code(
        "error",
        "What was asked for cannot be expressed in the other format without changing its meaning.",
        "Remove or replace the part that the message names.",
    ),
    "conversion.format": Code(
        "error",
        "The format to convert to is not known.",
        "Choose one of the formats that the message names.",
    ),
    "conversion.option": Code(
        "error",
        "An option does not apply to the format of the file.",
        "Leave the option out.",
    ),
    "archive.errors": Code(
        "error",
        "A document with errors is not archived.",
        "Correct what `hs3 validate` names.",
    ),
    "archive.no_numbers": Code(
        "error",
        "No likelihood of the document can be evaluated, so that nothing could check an archive.",
        "Add an analysis or a likelihood, or what its evaluation lacks.",
    ),
    "write.failed": Code(
        "error",
        "The output cannot be written.",
        "Check the path, the permissions and the space that is left.",
    ),
}
