"""What the commands print: results on stdout, everything about them on stderr.

Text from documents is untrusted: it reaches the terminal without control characters, and is never
read as markup.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hs3.errors import FindingsError, HS3Error
from hs3.findings import Finding, Report

_WIDE = 1000
"""Columns where the output is not a terminal: no line is ever cut or wrapped."""

BANDS = ("-2σ", "-1σ", "median", "+1σ", "+2σ")
"""What expected values are called, in their order in results."""

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def console(*, stderr: bool = False) -> Console:
    """A console on stdout (or stderr) that reads no markup and cuts nothing when redirected."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def safe(text: object) -> str:
    """`text` with every character that could steer a terminal written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


def say(text: str, style: str = "") -> None:
    """Print one line for a person on stdout."""
    console().print(Text(safe(text), style=style))


def say_json(data: Any) -> None:
    """Print `data` on stdout as strict JSON; a number that JSON does not have becomes null."""
    print(json.dumps(_strict(data), indent=2, ensure_ascii=False, allow_nan=False))


def _strict(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_strict(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


class _Titled(Table):
    """A table under its name, which may be longer than the table is wide."""

    def __init__(self, name: str) -> None:
        super().__init__(box=box.SIMPLE_HEAD)
        self.name = name

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(safe(self.name), style="bold")
        yield from super().__rich_console__(console, options)


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table; the columns named in `right` are aligned to the right."""
    out = _Titled(title)
    for column in columns:
        justify = "right" if column in right else "left"
        out.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    return out


def row(out: Table, *cells: object, style: str | None = None) -> None:
    """Add a row of plain text to a table."""
    out.add_row(*(Text(safe(cell)) for cell in cells), style=style)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show on stderr, if that is a terminal, that `what` is going on."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield
        return
    with out.status(Text(f"{what} …")):
        yield


# --- findings and errors ------------------------------------------------------------------------


def print_findings(report: Report) -> None:
    """The findings on stdout, errors first; of one code at most five, of a note only the first."""
    for group in _by_code(report):
        shown = 1 if group[0].severity == "note" else 5
        for finding in group[:shown]:
            _print_finding(finding)
        if len(group) > shown:
            say(f"{_INDENT}… and {len(group) - shown} more like this")


def print_remarks(report: Report, notes: Sequence[str] = ()) -> None:
    """What a reader of a result has to know: notes, warnings, and which conventions were applied.

    Those of reading the document stand in a line, by their codes: `hs3 validate` explains them.
    """
    for note in notes:
        say(f"note: {note}", style="yellow")
    own = [f for f in report.sorted() if f.severity != "note" or f.code.startswith("command.")]
    print_findings(Report(tuple(own)))
    codes = Counter(f.code for f in report.of("note") if not f.code.startswith("command."))
    if codes:
        said = ", ".join(code + (f" ({n})" if n > 1 else "") for code, n in codes.items())
        say(f"conventions applied in reading: {said}; `hs3 validate` explains them", style="cyan")


def summary(report: Report) -> str:
    """``2 errors, 1 warning, 12 notes``, or ``nothing found``."""
    counts = [
        f"{len(found)} {severity}{'s' if len(found) > 1 else ''}"
        for severity in ("error", "warning", "note")
        if (found := report.of(severity))
    ]
    return ", ".join(counts) or "nothing found"


def written(report: Report, target: str, json: bool, told: Mapping[str, Any] | None = None) -> None:
    """Say what was found on the way, and that the file is written; in JSON what is `told`, too."""
    if json:
        say_json({**report.to_dict(), **(told or {}), "written": target})
        return
    print_findings(report)
    say(f"{target} written: {summary(report)}.")


def _by_code(report: Report) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in report.sorted():
        groups.setdefault(finding.code, []).append(finding)
    return list(groups.values())


_INDENT = 9 * " "


def _print_finding(finding: Finding) -> None:
    hint = f" (did you mean {' or '.join(finding.suggestions)}?)" if finding.suggestions else ""
    where = f" at {finding.path}" if finding.path else ""
    label = (f"{finding.severity:9s}", _STYLES[finding.severity])
    out = console()
    out.print(Text.assemble(label, safe(finding.code + where)))
    out.print(Padding(Text(safe(finding.message + hint)), (0, 0, 0, len(_INDENT)), expand=False))


def print_error(error: HS3Error) -> None:
    """One sentence about `error` on stderr."""
    console(stderr=True).print(Text.assemble(("error ", "bold red"), safe(error)))


def error_data(error: HS3Error) -> dict[str, Any]:
    """``{"error": {"code", "path", "message", …}}``, what ``--json`` prints instead of a result."""
    out: dict[str, Any] = {"code": error.code, "path": error.path, "message": error.message}
    if error.suggestions:
        out["suggestions"] = list(error.suggestions)
    if isinstance(error, FindingsError) and len(error.findings) > 1:
        out["findings"] = Report(error.findings).to_dict()["findings"]
    return {"error": out}
