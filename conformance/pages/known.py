"""What pages are made from: fixtures by what they are about, and results of implementations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hs3 import jsonio

from .. import suite
from ..backends import BACKENDS
from ..results import Result, latest
from ..suite import Fixture

FOLDER = "../conformance/fixtures"
"""The fixtures, seen from ``spec/``."""

ROLES = ("typical", "edge", "negative")


@dataclass(frozen=True)
class Known:
    """Fixtures, and the newest result.

    Attributes:
        fixtures: all of them, by name.
        result: of several implementations; None where none was kept yet.
    """

    fixtures: Mapping[str, Fixture]
    result: Result | None

    @classmethod
    def of(cls) -> Known:
        """Those of this package."""
        found = {fixture.name: fixture for fixture in suite.fixtures()}
        try:
            return cls(found, Result.read(latest()))
        except FileNotFoundError:
            return cls(found, None)

    @cached_property
    def about(self) -> Mapping[str, Sequence[Fixture]]:
        """Fixtures by subject, in the order of their roles."""
        out: dict[str, list[Fixture]] = {}
        for fixture in self.fixtures.values():
            for subject in fixture.subjects:
                out.setdefault(subject, []).append(fixture)
        return {key: sorted(group, key=_order) for key, group in out.items()}

    def of_any(self, subjects: Sequence[str]) -> list[Fixture]:
        """The fixtures about any of some subjects, each once."""
        found = {f.name: f for subject in subjects for f in self.about.get(subject, ())}
        return sorted(found.values(), key=_order)

    def agreement(self, names: Sequence[str]) -> list[tuple[str, str, str]]:
        """Of each implementation: its title, its version, and how these fixtures went."""
        if self.result is None:
            return []
        out = []
        for run in self.result.runs:
            found = self.result.verdicts[run.backend]
            went = [found[name] for name in names if name in found]
            known = BACKENDS.get(run.backend)
            words = [
                f"{went.count(status)} {word}"
                for status, word in _WORDS.items()
                if went.count(status)
            ]
            title = known.title if known else run.backend
            out.append((title, run.version, ", ".join(words) or "not tried"))
        return out


_WORDS: dict[Any, str] = {
    "passed": "agree",
    "failed": "differ",
    "error": "fail",
    "unsupported": "cannot be expressed",
}


def role(fixture: Fixture) -> str:
    """Typical, edge or negative, from its tags."""
    tags = fixture.metadata.get("tags", ())
    return next((name for name in ROLES if name in tags), "")


def _order(fixture: Fixture) -> tuple[int, str]:
    place = ROLES.index(role(fixture)) if role(fixture) else len(ROLES)
    return place, fixture.name


def link(fixture: Fixture, up: int = 0) -> str:
    """A link to the folder of a fixture, from ``spec/`` or `up` folders below it."""
    return f"[{fixture.name}]({'../' * up}{FOLDER}/{fixture.name})"


def findings(fixture: Fixture) -> list[Mapping[str, Any]]:
    """Everything that its checks want to be reported."""
    return [one for check in fixture.checks for one in check.get("findings", ())]


def document(fixture: Fixture) -> dict[str, Any] | None:
    """Its document; None for a fixture of other files."""
    if not fixture.document.is_file():
        return None
    data = jsonio.read(fixture.document)
    return data if isinstance(data, dict) else None
