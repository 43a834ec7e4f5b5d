"""Findings: what a reader has to know about a document, each with a stable code and a JSON path.

A finding is an `error` (the document cannot be used for what it touches), a `warning` (it can, but
probably not as its author meant) or a `note` (a convention was applied, a default taken, something
kept but not understood). Codes are declared once, in `hs3.codes`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from hs3.codes import CODES
from hs3.errors import shortened

Severity = Literal["error", "warning", "note"]
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Finding:
    """One statement about one place of a document.

    Attributes:
        code: stable name, declared in `hs3.codes.CODES`.
        path: JSON pointer (RFC 6901) to the place.
        message: one sentence for a person.
        value: the offending value, or None.
        suggestions: nearest valid names or values.
        severity: taken from the declaration of the code.
    """

    code: str
    path: str
    message: str
    value: Any = None
    suggestions: tuple[str, ...] = ()
    severity: Severity = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", CODES[self.code].severity)
        object.__setattr__(self, "message", shortened(self.message))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data: severity, code, path, message, and value and suggestions if any."""
        out: dict[str, Any] = {
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "message": self.message,
        }
        if self.value is not None:
            out["value"] = _shown(self.value)
        if self.suggestions:
            out["suggestions"] = list(self.suggestions)
        return out

    def __str__(self) -> str:
        hint = f" (did you mean {' or '.join(self.suggestions)}?)" if self.suggestions else ""
        return f"{self.severity}: {self.code} at {self.path or '/'}: {self.message}{hint}"


@dataclass(frozen=True)
class Report:
    """An ordered collection of findings; `ok` means that it holds no error."""

    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """True when there is no finding of severity `error`."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that make what they touch unusable."""
        return self.of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that probably do not say what the author meant."""
        return self.of("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Conventions applied, defaults taken, things kept but not understood."""
        return self.of("note")

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Findings of one severity, in order."""
        return tuple(f for f in self.findings if f.severity == severity)

    def sorted(self) -> Report:
        """The same findings, errors first, otherwise in order."""
        return Report(tuple(sorted(self.findings, key=lambda f: _ORDER[f.severity])))

    def __add__(self, other: Report | Iterable[Finding]) -> Report:
        return Report(self.findings + tuple(other))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def to_dict(self) -> dict[str, Any]:
        """``{"ok": …, "findings": […]}``, the form of ``hs3 validate --json``."""
        return {"ok": self.ok, "findings": [f.to_dict() for f in self.findings]}


def _shown(value: Any) -> str | int | float:
    """A value as JSON, of bounded length."""
    if isinstance(value, int | float):
        return value
    return shortened(value) if isinstance(value, str) else repr(value)[:200]


LONGEST_NAME = 200
"""Letters up to which names are compared, which takes their number squared."""


def nearest(name: str, valid: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to `count` of the `valid` names that look most like `name`, best first."""
    if len(name) > LONGEST_NAME:
        return ()
    known = [other for other in islice(valid, 5000) if len(other) <= LONGEST_NAME]
    return tuple(difflib.get_close_matches(name, known, n=count, cutoff=0.6))


def pointer(*parts: str | int) -> str:
    """JSON pointer (RFC 6901) from its parts: ``pointer("data", 0)`` is ``/data/0``."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)
