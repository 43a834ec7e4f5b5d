"""From the errors of pydantic to findings: one per place, in the words of the document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hs3 import jsonio
from hs3.findings import Finding, pointer

Path = tuple[str | int, ...]
Sort = Literal["form", "missing", "other"]

_FORMS = {
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
_AT_MOST = 1000


def findings_of(error: ValidationError, data: Any) -> tuple[Finding, ...]:
    """What is wrong with `data`: one finding for each place, at most 1000.

    A value that fits none of several forms is reported once, with all of them; where it fits one
    of them except for something inside it, only that inner place is reported.
    """
    problems: dict[tuple[Path, Sort], list[str]] = {}
    for detail in error.errors(include_url=False, include_input=False)[:_AT_MOST]:
        sort, text = _problem(detail)
        texts = problems.setdefault((_place(detail, data), sort), [])
        texts += [] if text in texts else [text]
    inside = {path[:n] for path, _ in problems for n in range(len(path))}
    return tuple(
        _finding(path, sort, texts, data)
        for (path, sort), texts in problems.items()
        if sort != "form" or path not in inside
    )


def _problem(detail: ErrorDetails) -> tuple[Sort, str]:
    """What sort of problem it is, and what to say about it."""
    if detail["type"] == "missing":
        return "missing", f"`{detail['loc'][-1]}`"
    if detail["type"] == "literal_error":
        return "form", str(detail["ctx"]["expected"]).replace("'", '"')
    if detail["type"] in _FORMS:
        return "form", _FORMS[detail["type"]]
    return "other", detail["msg"].removeprefix("Value error, ")


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


def _finding(path: Path, sort: Sort, texts: list[str], data: Any) -> Finding:
    for key in path:
        data = data[key]
    if sort == "form":
        if "a number" in texts:
            texts = [text for text in texts if text != "an integer"]
        message = f"must be {_listed(texts, 'or')}, not {_shown(data)}"
    elif sort == "missing":
        noun, verb = ("key", "is") if len(texts) == 1 else ("keys", "are")
        message = f"the {noun} {_listed(texts, 'and')} {verb} missing"
    else:
        message = "; ".join(texts)
    return Finding("document.invalid", pointer(*path), message, value=_short(data))


def _listed(words: list[str], last: str) -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _shown(value: Any) -> str:
    """The value as JSON shows it, or what it is when it has an inside."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return jsonio.dumps(_short(value))


def _short(value: Any) -> Any:
    """A value that is safe to carry around: long ones are cut or described."""
    if isinstance(value, dict | list):
        return f"{_shown(value)} of {len(value)}"
    if isinstance(value, str) and len(value) > 80:
        return value[:77] + "..."
    return value
