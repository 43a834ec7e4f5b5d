"""`hs3 conform run`: the conformance suite, on this implementation or on another one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from hs3.cli.options import Json
from hs3.cli.terminal import console, row, say, say_json, table

if TYPE_CHECKING:
    from hs3.conformance.compare import Outcome

group = typer.Typer(
    help="Compare implementations of HS3 with frozen numbers.", no_args_is_help=True
)

STATUSES = ("passed", "failed", "error", "unsupported")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="conform")


@group.callback()
def _group() -> None:
    """Compare implementations of HS3 with frozen numbers."""


@group.command()
def run(
    backend: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="hs3 (this implementation), or module:Class of an installed backend.",
        ),
    ] = "hs3",
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
    json: Json = False,
) -> int:
    """Run the checks of fixtures on a backend.

    Exit status 0 when every check passed that the backend says it can do, else 1.
    """
    from hs3 import files
    from hs3.conformance import junit as xml
    from hs3.conformance import runner, suite

    chosen = suite.fixtures(fixtures or suite.FIXTURES, filter or ())
    total = sum(len(fixture.checks) for fixture in chosen)
    outcomes: list[Outcome] = []
    out = console(stderr=True)
    if out.is_terminal:
        from rich.progress import Progress

        with Progress(console=out, transient=True) as bar:
            task = bar.add_task("checks", total=total)
            outcomes = list(
                runner.run(
                    chosen, backend, timeout=timeout, tell=lambda _: bar.advance(task)
                ).outcomes
            )
    else:
        outcomes = list(runner.run(chosen, backend, timeout=timeout).outcomes)
    if junit is not None:
        files.write_atomic(junit, xml.junit(outcomes, backend))
    counts: Counter[str] = Counter(outcome.status for outcome in outcomes)
    ok = counts["failed"] == counts["error"] == 0
    if json:
        summary = {status: counts[status] for status in STATUSES}
        checks = [outcome.to_dict() for outcome in outcomes]
        say_json({"ok": ok, "backend": backend, **summary, "checks": checks})
    else:
        _show(outcomes, counts, backend)
    return 0 if ok else 1


def _show(outcomes: list[Outcome], counts: Counter[str], backend: str) -> None:
    """A line per fixture that has something to say, then the sums."""
    wrong = [o for o in outcomes if o.status != "passed"]
    if wrong:
        out = table(f"Checks that {backend} did not pass", "fixture", "check", "status", "message")
        for outcome in wrong:
            style = "yellow" if outcome.status == "unsupported" else "red"
            row(out, outcome.fixture, outcome.check, outcome.status, outcome.message, style=style)
        console().print(out)
    fixtures = len({outcome.fixture for outcome in outcomes})
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    say(f"{len(outcomes)} checks of {fixtures} fixtures: {told}.")
