"""Runs of several backends on the same fixtures, as a file that is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hs3 import jsonio

from .compare import Outcome, Status
from .runner import Run
from .suite import Fixture
from .worker import plain

RESULTS = Path(__file__).with_name("results")
"""Dated results of this project's own runs."""

STATUSES: tuple[Status, ...] = ("passed", "failed", "error", "unsupported")


@dataclass(frozen=True)
class Result:
    """What several implementations did with the same fixtures.

    Attributes:
        date: ISO date of the run.
        runs: one per backend.
        subjects: what each fixture is about, by its name.
        about: description of each fixture, by its name.
    """

    date: str
    runs: tuple[Run, ...]
    subjects: Mapping[str, tuple[str, ...]]
    about: Mapping[str, str]

    @classmethod
    def of(cls, date: str, runs: Sequence[Run], fixtures: Sequence[Fixture]) -> Result:
        """Put runs together."""
        return cls(
            date,
            tuple(runs),
            {f.name: f.subjects for f in fixtures},
            {f.name: str(f.metadata.get("description", "")) for f in fixtures},
        )

    @cached_property
    def verdicts(self) -> Mapping[str, Mapping[str, Status]]:
        """How each fixture went on each backend: backend → fixture → status."""
        return {run.backend: fixture_verdicts(run.outcomes) for run in self.runs}

    def counts(self, subject: str | None = None) -> dict[str, Counter[Status]]:
        """Of each backend, how many fixtures (about a subject) went how."""
        names = {n for n, about in self.subjects.items() if subject is None or subject in about}
        return {
            backend: Counter(status for name, status in found.items() if name in names)
            for backend, found in self.verdicts.items()
        }

    # --- files ------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Plain data without the numbers.

        A letter per check, and for those that did not pass the place of their message among the
        ``texts``.
        """
        texts: dict[str, int] = {}
        checks: dict[str, dict[str, str]] = {name: {} for name in self.subjects}
        for run in self.runs:
            for outcome in run.outcomes:
                checks.setdefault(outcome.fixture, {})[outcome.check] = outcome.kind
        return {
            "date": self.date,
            "statuses": dict(_LETTERS),
            "fixtures": {
                name: {
                    "about": self.about.get(name, ""),
                    "subjects": list(self.subjects.get(name, ())),
                    "checks": found,
                }
                for name, found in checks.items()
            },
            "backends": {
                run.backend: {
                    "version": run.version,
                    "outcomes": _letters(run.outcomes, checks),
                    "messages": _messages(run.outcomes, texts),
                }
                for run in self.runs
            },
            "texts": list(texts),
        }

    def dumps(self) -> str:
        """The text of its file: one line per fixture and backend."""
        data = self.to_json()
        backends = ",\n".join(
            f'  {json.dumps(name)}: {{\n   "version": {json.dumps(entry["version"])},\n'
            f'   "outcomes": {_lines(entry["outcomes"])},\n'
            f'   "messages": {_lines(entry["messages"])}\n  }}'
            for name, entry in data["backends"].items()
        )
        return (
            f'{{\n "date": {json.dumps(self.date)},\n "statuses": {json.dumps(data["statuses"])},\n'
            f' "fixtures": {_lines(data["fixtures"])},\n "backends": {{\n{backends}\n }},\n'
            f' "texts": {json.dumps(data["texts"], indent=1, ensure_ascii=False)}\n}}\n'
        )

    @classmethod
    def read(cls, path: Path) -> Result:
        """The result in a file."""
        data = jsonio.read(path)
        fixtures = data["fixtures"]
        runs = tuple(
            Run(name, entry["version"], tuple(_outcomes(entry, fixtures, data["texts"])))
            for name, entry in data["backends"].items()
        )
        subjects = {name: tuple(entry["subjects"]) for name, entry in fixtures.items()}
        about = {name: entry["about"] for name, entry in fixtures.items()}
        return cls(data["date"], runs, subjects, about)


def fixture_verdicts(outcomes: Iterable[Outcome]) -> dict[str, Status]:
    """How each fixture went: as a check that went wrong, passed where one did, else unsupported.

    That a document is JSON says nothing of a backend, and that its names are found counts for
    little where numbers are asked for.
    """
    checks: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.kind != "static_integrity":
            checks.setdefault(outcome.fixture, []).append(outcome)
    return {name: _verdict(found) for name, found in checks.items()}


def _verdict(outcomes: Sequence[Outcome]) -> Status:
    found = {o.status for o in outcomes}
    if "failed" in found:
        return "failed"
    if "error" in found:
        return "error"
    numbers = {o.status for o in outcomes if o.kind != "structure_import"}
    return "passed" if "passed" in (numbers or found) else "unsupported"


def run_to(run: Run) -> dict[str, Any]:
    """A run with all its numbers as plain data; what is not finite is text."""
    outcomes = [plain(outcome.to_dict(numbers=True)) for outcome in run.outcomes]
    return {"backend": run.backend, "version": run.version, "outcomes": outcomes}


def run_from(data: Mapping[str, Any]) -> Run:
    """The run that `run_to` wrote."""
    outcomes = []
    for entry in data["outcomes"]:
        numbers = tuple((place, wanted, got) for place, wanted, got in entry["numbers"])
        off = entry["deviation"]
        values = {"numbers": numbers, "deviation": None if off is None else float(off)}
        outcomes.append(Outcome(**{**entry, **values}))
    return Run(data["backend"], data["version"], tuple(outcomes))


def latest(folder: Path = RESULTS) -> Path:
    """The newest result of a folder.

    Raises:
        FileNotFoundError: there is none.
    """
    found = sorted(folder.glob("20*.json"))
    if not found:
        raise FileNotFoundError(f"no result in {folder}")
    return found[-1]


def _lines(value: Mapping[str, Any]) -> str:
    rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
    return "{\n" + rows + "\n }"


_MESSAGE = 240
"""Characters of a message that are kept."""


_LETTERS: Mapping[str, Status] = {status[0]: status for status in STATUSES}
_NONE = "-"


def _letters(
    outcomes: Sequence[Outcome], checks: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Of each fixture, the first letter of the status of each of its checks."""
    found = {(o.fixture, o.check): o.status[0] for o in outcomes}
    return {
        fixture: "".join(found.get((fixture, check), _NONE) for check in names)
        for fixture, names in checks.items()
    }


def _messages(outcomes: Sequence[Outcome], texts: dict[str, int]) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for o in outcomes:
        if o.message and o.status != "passed":
            place = texts.setdefault(o.message[:_MESSAGE], len(texts))
            out.setdefault(o.fixture, {})[o.check] = place
    return out


def _outcomes(
    entry: Mapping[str, Any], fixtures: Mapping[str, Any], texts: Sequence[str]
) -> Iterator[Outcome]:
    for fixture, letters in entry["outcomes"].items():
        told = entry["messages"].get(fixture, {})
        for (check, kind), letter in zip(fixtures[fixture]["checks"].items(), letters, strict=True):
            if letter != _NONE:
                message = texts[told[check]] if check in told else ""
                yield Outcome(fixture, check, kind, _LETTERS[letter], message)
