"""What a dialect rule is: a named convention by which one writer's key is read.

A rule is a small function. Its docstring says how the key is read, `writers` says who writes it
so. A reader calls the rule through a `Log`, which reports that the rule fired::

    @rule("dialect.shapesys_vals_absolute", writers="pyhs3, NextStat")
    def absolute(vals, nominal):
        '''`vals` of a shapesys are absolute uncertainties: …'''
        return vals / nominal

    relative = log.apply(absolute, path, vals, nominal)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, ParamSpec, TypeVar

from hs3.codes import CODES, Code
from hs3.findings import Finding

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Rule(Generic[P, R]):
    """A named convention.

    Attributes:
        code: stable name, ``dialect.…``; also the code of the finding that reports it.
        writers: who writes documents that need the rule.
        reading: how the key is read, one sentence.
        function: what carries the rule out.
    """

    code: str
    writers: str
    reading: str
    function: Callable[P, R]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry the rule out without reporting it."""
        return self.function(*args, **kwargs)


RULES: dict[str, Rule[..., Any]] = {}
"""Every rule by its code."""


def rule(
    code: str,
    *,
    writers: str,
    severity: Literal["warning", "note"] = "note",
    cure: str = "Nothing, if this is what was meant.",
) -> Callable[[Callable[P, R]], Rule[P, R]]:
    """Declare a function as the rule `code`; its docstring's first paragraph is the reading."""

    def declare(function: Callable[P, R]) -> Rule[P, R]:
        reading = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        made = Rule(code, writers, reading, function)
        RULES[code] = made
        CODES[code] = Code(severity, reading, cure)
        return made

    return declare


@dataclass
class _Firing:
    path: str
    count: int
    detail: str
    value: Any


@dataclass
class Log:
    """Findings in the order in which they were made; firings of one rule are counted together.

    Attributes:
        scope: what the counting is done for, named in the message (``channel SR``).
    """

    scope: str = ""
    findings: list[Finding] = field(default_factory=list)
    _firings: dict[tuple[str, str], _Firing] = field(default_factory=dict)

    def add(
        self, code: str, path: str, message: str, value: Any = None, near: tuple[str, ...] = ()
    ) -> None:
        """Report one thing."""
        self.findings.append(Finding(code, path, message, value, near))

    def fired(self, made: Rule[..., Any], path: str, detail: str = "", value: Any = None) -> None:
        """Report that a rule applies at `path`; equal rule and detail are reported once."""
        firing = self._firings.get((made.code, detail))
        if firing is None:
            self._firings[made.code, detail] = _Firing(path, 1, detail, value)
        else:
            firing.count += 1

    def apply(self, made: Rule[P, R], path: str, *args: P.args, **kwargs: P.kwargs) -> R:
        """Report the rule and return what it makes of the arguments."""
        self.fired(made, path)
        return made.function(*args, **kwargs)

    def report(self) -> tuple[Finding, ...]:
        """All findings: first the single ones, then one for each rule that fired."""
        return (*self.findings, *(self._told(c, f) for (c, _), f in self._firings.items()))

    def _told(self, code: str, firing: _Firing) -> Finding:
        message = firing.detail or RULES[code].reading
        if firing.count > 1:
            place = f" in {self.scope}" if self.scope else ""
            message += f" ({firing.count} times{place}, first here)"
        return Finding(code, firing.path, message, firing.value)


_VERSION = re.compile(r"\d+")


@dataclass(frozen=True)
class Writer:
    """Who wrote a document, by `metadata.packages`: lower-case package name → version numbers."""

    packages: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, packages: Any) -> Writer:
        """From the value of ``metadata.packages``; entries without a name are left out."""
        found: dict[str, tuple[int, ...]] = {}
        for entry in packages if isinstance(packages, list | tuple) else ():
            name = _get(entry, "name")
            if isinstance(name, str):
                version = str(_get(entry, "version") or "")
                found[name.lower()] = tuple(int(n) for n in _VERSION.findall(version)[:4])
        return cls(found)

    @property
    def root(self) -> bool:
        """True for a document that ROOT wrote."""
        return "root" in self.packages

    def is_any(self, *names: str) -> bool:
        """True when one of the packages (lower case) took part in writing."""
        return any(name in self.packages for name in names)

    def root_before(self, *version: int) -> bool:
        """True for a document of a ROOT older than `version`, where the version is known."""
        written = self.packages.get("root")
        return bool(written) and (written or ()) < version


def _get(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, dict) else getattr(entry, key, None)
