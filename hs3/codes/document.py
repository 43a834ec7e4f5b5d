"""The form of a document, its expressions and names."""

from __future__ import annotations

from .code import Code

CODES: dict[str, Code] = {
    # --- document: the shape of the JSON --------------------------------------------------------
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
    "document.no_type": Code(
        "warning",
        "A distribution or function has no type. ROOT writes objects of classes that it cannot "
        "export so.",
        "Write the type, or convert the ROOT file itself.",
    ),
    "document.unknown_type": Code(
        "warning",
        "An entry of a type that this project does not know is kept; what depends on it cannot be "
        "evaluated.",
        "Use a type of the standard, or register the type (see CONTRIBUTING.md).",
    ),
    "document.missing_metadata": Code(
        "warning",
        "The section `metadata` or its `hs3_version` is missing.",
        'Add "metadata": {"hs3_version": "0.2.9"}.',
    ),
    # --- expression: generic expressions (chapter 3.1) ------------------------------------------
    "expression.invalid": Code(
        "error",
        "A generic expression does not follow the grammar of chapter 3.1.",
        "Correct the expression at the position that the message gives.",
    ),
    "expression.unknown_function": Code(
        "error",
        "A generic expression calls a function that neither the standard nor ROOT has.",
        "Use a function of chapter 3.1; spec/expressions.md lists them all.",
    ),
    "expression.extension": Code(
        "note",
        "A generic expression uses what chapter 3.1 does not define; it is read as ROOT reads it.",
        "Use the functions and operators of chapter 3.1, so that every implementation can read it.",
    ),
    "expression.root_constant": Code(
        "note",
        "A name in an expression that nothing in the document has is one of ROOT's constants "
        "(pi, e, sqrt2, ln10, loge, true, false).",
        "Use PI, EULER, TRUE, FALSE or the number.",
    ),
    "expression.integer_division": Code(
        "warning",
        "A quotient of two integers is a fraction by the standard; ROOT rounds it towards zero.",
        "Write one of the two as a floating point number, for instance 1.0/2.",
    ),
    "expression.chained_comparison": Code(
        "warning",
        "a < b < c compares the truth value of a < b, 0 or 1, with c.",
        "Write (a < b) && (b < c) if that was meant.",
    ),
    # --- reference: names -----------------------------------------------------------------------
    "reference.unresolved": Code(
        "error",
        "A name is used that nothing in the document has.",
        "Define it, or correct the spelling.",
    ),
}
