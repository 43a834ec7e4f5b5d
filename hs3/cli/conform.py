"""`hs3 conform`: the conformance suite, on this implementation or on others; cross-checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hs3.cli import cross_check
from hs3.cli.options import Json
from hs3.cli.signature import command
from hs3.cli.terminal import console, row, say, say_json, table

if TYPE_CHECKING:
    from hs3.conformance.compare import Outcome
    from hs3.conformance.runner import Run

group = typer.Typer(
    help="Compare implementations of HS3 with frozen numbers.", no_args_is_help=True
)

Status = Literal["passed", "failed", "error", "unsupported"]
STATUSES: tuple[Status, ...] = ("passed", "failed", "error", "unsupported")


@group.callback()
def _group() -> None:
    """Compare implementations of HS3 with frozen numbers."""


command(group, cross_check.check)


@group.command()
def run(
    backend: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="hs3 (this implementation, the default), root, root-json, pyhf, zfit, pyhs3, "
            "nextstat, module:Class, file.py:Class, or 'cmd: ./program' that speaks JSON lines "
            "(repeatable).",
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Interpreter in which the backend runs."),
    ] = None,
    fixtures: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Folder of fixtures; this project's by default."),
    ] = None,
    filter: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only fixtures of such names (repeatable)."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one check may take.")] = 300.0,
    junit: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write JUnit XML here.")
    ] = None,
    html: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Also write a page with all numbers (needs the extra `report`)."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Run the checks of fixtures on one or more backends.

    Exit status 0 when every check passed that the backends say they can do, else 1.
    """
    from hs3 import files
    from hs3.conformance import junit as xml
    from hs3.conformance import report, runner, suite
    from hs3.conformance.explained import explanations
    from hs3.conformance.results import Result

    chosen = suite.fixtures(fixtures or suite.FIXTURES, filter or ())
    total = sum(len(fixture.checks) for fixture in chosen)
    runs = []
    for name in backend or ["hs3"]:
        with _bar(name, total) as tell:
            runs.append(runner.run(chosen, name, python=python, timeout=timeout, tell=tell))
    if junit is not None:
        files.write_atomic(junit, xml.junit(runs))
    if html is not None:
        result = Result.of(date.today().isoformat(), runs, chosen)
        files.write_atomic(html, report.html(result, explanations()).encode())
    if json:
        told = [_plain(one) for one in runs]
        say_json(told[0] if len(told) == 1 else {"ok": all(r.ok for r in runs), "runs": told})
    else:
        for one in runs:
            _show(one)
    return 0 if all(one.ok for one in runs) else 1


@contextmanager
def _bar(backend: str, total: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar on a terminal, and what moves it."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda _: None
        return
    from rich.progress import Progress

    with Progress(console=out, transient=True) as bar:
        task = bar.add_task(backend, total=total)
        yield lambda _: bar.advance(task)


def _plain(one: Run) -> dict[str, Any]:
    return {
        "ok": one.ok,
        "backend": one.backend,
        "version": one.version,
        **{status: one.count(status) for status in STATUSES},
        "checks": [outcome.to_dict() for outcome in one.outcomes],
    }


def _show(one: Run) -> None:
    """A line per check that has something to say, then the sums."""
    wrong = [o for o in one.outcomes if o.status != "passed"]
    if wrong:
        title = f"Checks that {one.backend} did not pass"
        out = table(title, "fixture", "check", "status", "message")
        for outcome in wrong:
            style = "yellow" if outcome.status == "unsupported" else "red"
            row(out, outcome.fixture, outcome.check, outcome.status, outcome.message, style=style)
        console().print(out)
    fixtures = len({outcome.fixture for outcome in one.outcomes})
    told = ", ".join(f"{n} {status}" for status in STATUSES if (n := one.count(status)))
    name = f"{one.backend} {one.version}".strip()
    say(f"{name}: {len(one.outcomes)} checks of {fixtures} fixtures: {told}.")
