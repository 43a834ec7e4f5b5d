"""From the errors of pydantic to findings: one per place, in the words of the document."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hs3.findings import Finding, pointer

Path = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "none_required": "null",
    "tuple_type": "an array",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def findings_of(error: ValidationError, data: Any) -> tuple[Finding, ...]:
    """What is wrong with `data`, one finding for each place, in document order of discovery.

    A value that fits none of several forms is reported once, with all of them; where it fits one
    of them except for something inside it, only that inner place is reported.
    """
    wrong: dict[Path, list[str]] = {}
    other: dict[tuple[Path, str], None] = {}
    for detail in error.errors(include_url=False, include_input=False):
        path = _place(detail, data)
        expected = _expected(detail)
        if expected:
            forms = wrong.setdefault(path, [])
            forms += [form for form in (expected,) if form not in forms]
        else:
            other.setdefault((path, _sentence(detail)))
    inner = {path[:n] for path in [*wrong, *(p for p, _ in other)] for n in range(len(path))}
    findings = [
        _finding(path, f"must be {_either(forms)}", data)
        for path, forms in wrong.items()
        if path not in inner
    ]
    findings += [_finding(path, sentence, data) for path, sentence in other]
    return tuple(findings)


def _place(detail: ErrorDetails, data: Any) -> Path:
    """The part of pydantic's location that is a path in the data; the rest names union branches."""
    path: list[str | int] = []
    for key in detail["loc"]:
        if _holds(data, key):
            data = data[key]
            path.append(key)
    return tuple(path)


def _holds(data: Any, key: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(key, int) and key < len(data)
    return isinstance(data, dict) and key in data


def _expected(detail: ErrorDetails) -> str | None:
    """What pydantic wanted to see, or None when the message says more than that."""
    if detail["type"] == "literal_error":
        return str(detail["ctx"]["expected"]).replace("'", '"')
    return _EXPECTED.get(detail["type"])


def _sentence(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return f"the key `{detail['loc'][-1]}` is missing"
    return detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _either(forms: list[str]) -> str:
    """``a, b or c``; an integer needs no mention beside a number."""
    if "a number" in forms:
        forms = [form for form in forms if form != "an integer"]
    return " or ".join([", ".join(forms[:-1]), forms[-1]] if forms[1:] else forms)


def _finding(path: Path, message: str, data: Any) -> Finding:
    for key in path:
        data = data[key]
    shown = "" if isinstance(data, dict | list) else f", not {_short(data)}"
    if not message.startswith("must be"):
        shown = ""
    elif isinstance(data, dict | list):
        shown = ", not an object" if isinstance(data, dict) else ", not an array"
    return Finding("document.invalid", pointer(*path), message + shown, value=_short(data))


def _short(value: Any) -> str:
    """The value as JSON would show it, at most 80 characters."""
    if isinstance(value, dict):
        return f"an object with {len(value)} keys"
    if isinstance(value, list):
        return f"an array of {len(value)} values"
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
