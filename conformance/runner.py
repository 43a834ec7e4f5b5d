"""Run the checks of fixtures on a backend, in a process of its own.

A crash or a hang of the backend is one failed check: the process is started again for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hs3 import jsonio
from hs3.errors import HS3Error

from .backends import command, help_for
from .compare import Outcome, Status
from .process import Process
from .suite import Fixture
from .verdicts import judge

TIMEOUT = 300.0
"""Seconds that one check may take."""


@dataclass(frozen=True)
class Run:
    """What a backend did with fixtures.

    Attributes:
        backend: its name.
        version: what it says its version is.
        outcomes: of all checks, in order.
    """

    backend: str
    version: str
    outcomes: tuple[Outcome, ...]

    @property
    def ok(self) -> bool:
        """True when every check passed that the backend says it can do."""
        return all(outcome.status in ("passed", "unsupported") for outcome in self.outcomes)

    def count(self, status: Status) -> int:
        """Number of checks with a status."""
        return sum(outcome.status == status for outcome in self.outcomes)


def run(
    fixtures: Iterable[Fixture],
    backend: str = "hs3",
    *,
    python: str | None = None,
    timeout: float = TIMEOUT,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> Run:
    """The checks of fixtures on a backend.

    Args:
        fixtures: see `hs3.conformance.suite.fixtures`.
        backend: ``hs3`` or another short name of `hs3.conformance.backends.BACKENDS`;
            ``module:Class`` or ``file.py:Class`` of a class with the methods that the official
            suite asks for; or ``cmd:`` and the command line of a program that speaks JSON lines
            (docs/test_your_implementation.md).
        python: the interpreter in which a backend in Python runs.
        timeout: seconds that one check may take.
        tell: called with each outcome as it comes.

    Raises:
        ConversionError: the backend cannot be used.
        MissingDependency: no interpreter with ROOT is known, and ROOT is asked for.
    """
    out = []
    with Process(backend, command(backend, python), help_for(backend)) as process:
        for fixture in fixtures:
            for outcome in _outcomes(fixture, process, timeout):
                tell(outcome)
                out.append(outcome)
        return Run(backend, process.version, tuple(out))


def _outcomes(fixture: Fixture, process: Process, timeout: float) -> Iterator[Outcome]:
    for check in fixture.checks:
        name, kind = str(check.get("id", check["kind"])), check["kind"]
        if kind == "static_integrity":
            yield _integrity(fixture, name)
            continue
        request = {"path": str(fixture.document), "check": dict(check)}
        answer = process.ask(request, timeout)
        seconds = float(answer.get("seconds") or 0.0)
        if "error" in answer or "value" not in answer:
            status: Status = "unsupported" if answer.get("unsupported") else "error"
            message = str(answer.get("error", "the answer has neither a value nor an error"))
            yield Outcome(fixture.name, name, kind, status, message, seconds)
        else:
            found = judge(check, answer["value"], fixture.document)
            yield Outcome(fixture.name, name, kind, seconds=seconds, **vars(found))


def _integrity(fixture: Fixture, name: str) -> Outcome:
    """Whether the document is an object of strict JSON: nothing that a backend could do."""
    try:
        data = jsonio.read(fixture.document)
    except HS3Error as error:
        return Outcome(fixture.name, name, "static_integrity", "failed", str(error))
    status: Status = "passed" if isinstance(data, dict) else "failed"
    return Outcome(fixture.name, name, "static_integrity", status)
