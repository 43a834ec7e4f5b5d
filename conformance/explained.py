"""Why implementations disagree with fixtures: one line each, in ``results/explanations.json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from hs3 import jsonio

from .compare import Outcome
from .results import RESULTS, Result

EXPLANATIONS = RESULTS / "explanations.json"


@dataclass(frozen=True)
class Explanation:
    """Why some checks fail on a backend.

    Attributes:
        backend: its name.
        why: the reason, in one line.
        fixtures: patterns of names of fixtures.
        message: pattern of the message of the outcome.
        kind: pattern of the kind of check.
    """

    backend: str
    why: str
    fixtures: tuple[str, ...] = ("*",)
    message: str = "*"
    kind: str = "*"

    def fits(self, backend: str, outcome: Outcome) -> bool:
        """Whether it explains an outcome of a backend."""
        return (
            backend == self.backend
            and any(fnmatchcase(outcome.fixture, pattern) for pattern in self.fixtures)
            and fnmatchcase(outcome.message, self.message)
            and fnmatchcase(outcome.kind, self.kind)
        )


def explanations(path: Path = EXPLANATIONS) -> tuple[Explanation, ...]:
    """Those of the file; the first that fits an outcome counts."""
    entries = jsonio.read(path) if path.is_file() else []
    return tuple(
        Explanation(**{**entry, "fixtures": tuple(entry.get("fixtures", ["*"]))})
        for entry in entries
    )


def why(backend: str, outcome: Outcome, known: Iterable[Explanation]) -> str:
    """The reason of a failure; empty where nobody knows it, and of what did not fail."""
    if outcome.status not in ("failed", "error"):
        return ""
    return next((e.why for e in known if e.fits(backend, outcome)), "")


def unexplained(result: Result, known: Sequence[Explanation]) -> list[tuple[str, Outcome]]:
    """Failures on other implementations that no explanation fits."""
    return [
        (run.backend, outcome)
        for run in result.runs
        for outcome in run.outcomes
        if outcome.status in ("failed", "error") and not why(run.backend, outcome, known)
    ]
