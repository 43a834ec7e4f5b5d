"""The committed matrix: every backend on every fixture, in a real run.

Usage: ``python -m hs3.conformance.matrix`` (see ``--help``), in an environment with the
frameworks; ROOT is taken from the interpreter that ``HS3_ROOT_PYTHON`` names.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hs3 import files, jsonio
from hs3.errors import HS3Error

from . import report, runner, suite
from .backends import BACKENDS, title
from .compare import Outcome
from .explained import explanations, unexplained, why
from .results import RESULTS, STATUSES, Result, run_from, run_to

TIMEOUT = 120.0
"""Seconds that one check may take here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, write ``DATE.json``, ``DATE.html`` and ``README.md``.

    Returns:
        1 where something is not explained, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m hs3.conformance.matrix", description=__doc__)
    parser.add_argument("--backend", action="append", metavar="NAME", help="all known by default")
    parser.add_argument("--fixtures", action="append", metavar="DIR", help="more folders of them")
    parser.add_argument("--filter", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="DIR")
    parser.add_argument("--date", default=date.today().isoformat())
    parser.add_argument("--timeout", type=float, default=TIMEOUT)
    parser.add_argument("--runs", type=Path, metavar="DIR", help="keep the run of each backend")
    parser.add_argument("--reuse", action="store_true", help="take runs that are kept there")
    chosen = parser.parse_args(arguments)
    folders = [suite.FIXTURES, *(Path(folder) for folder in chosen.fixtures or ())]
    fixtures = [f for folder in folders for f in suite.fixtures(folder, chosen.filter)]
    runs = []
    for name in chosen.backend or BACKENDS:
        try:
            runs.append(_run(name, fixtures, chosen))
        except HS3Error as error:
            print(f"\n{error.message}", file=sys.stderr)
            return 2
    result = Result.of(chosen.date, runs, fixtures)
    known = explanations()
    open_ = unexplained(result, known)
    chosen.output.mkdir(parents=True, exist_ok=True)
    files.write_atomic(chosen.output / f"{result.date}.json", result.dumps().encode())
    files.write_atomic(chosen.output / f"{result.date}.html", report.html(result, known).encode())
    files.write_atomic(chosen.output / "README.md", markdown(result).encode())
    for backend, outcome in open_:
        print(f"not explained: {backend} {outcome.fixture} {outcome.kind}: {outcome.message}")
    return 1 if open_ else 0


def _run(name: str, fixtures: Sequence[suite.Fixture], chosen: argparse.Namespace) -> runner.Run:
    """The run of a backend, kept as a file if asked for; a kept one with `--reuse`."""
    kept = chosen.runs and chosen.runs / f"{name}.json"
    if kept and chosen.reuse and kept.is_file():
        return run_from(jsonio.read(kept))
    run = runner.run(fixtures, name, timeout=chosen.timeout, tell=_Dots(name))
    if kept:
        chosen.runs.mkdir(parents=True, exist_ok=True)
        files.write_atomic(kept, json.dumps(run_to(run)).encode())
    return run


class _Dots:
    """A character per check on stderr."""

    def __init__(self, backend: str) -> None:
        print(f"\n{backend} ", end="", file=sys.stderr, flush=True)

    def __call__(self, outcome: Outcome) -> None:
        print({"passed": "."}.get(outcome.status, outcome.status[0]), end="", file=sys.stderr)
        sys.stderr.flush()


def markdown(result: Result) -> str:
    """The matrix as text, and every disagreement with its reason."""
    titles = [
        BACKENDS[r.backend].title if r.backend in BACKENDS else r.backend for r in result.runs
    ]
    lines = [
        f"# Conformance of {result.date}",
        "",
        f"{len(result.subjects)} fixtures on {len(result.runs)} implementations; the numbers are "
        f"in [{result.date}.html]({result.date}.html), which any browser opens. Made by "
        "`make conformance-matrix`.",
        "",
        "| implementation | version | numbers from | agrees | differs | fails | cannot |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, run in zip(titles, result.runs, strict=True):
        about = BACKENDS[run.backend].about if run.backend in BACKENDS else ""
        found = result.counts()[run.backend]
        counts = " | ".join(str(found[status]) for status in STATUSES)
        lines.append(f"| {name} | {run.version} | {about} | {counts} |")
    lines += [
        "",
        "Counted are fixtures. *Agrees*: every number within its tolerance. *Differs*: a number "
        "is off, or a document that has to be refused is accepted. *Fails*: it raised an error, "
        "crashed or hung. *Cannot*: it says so.",
    ]
    for section in report.sections(result):
        lines += ["", f"## {section['title']}", "", f"| | {' | '.join(titles)} |"]
        lines.append("|---" * (len(titles) + 1) + "|")
        for row in section["rows"]:
            cells = " | ".join(cell["text"] or "–" for cell in row["cells"])
            lines.append(f"| `{row['subject']}` | {cells} |")
    return "\n".join([*lines, "", *_reasons(result)]) + "\n"


def _reasons(result: Result) -> list[str]:
    """Each reason once per implementation, with the fixtures that it is about."""
    known, lines = explanations(), ["## Disagreements"]
    for run in result.runs:
        found: dict[str, list[str]] = {}
        for outcome in run.outcomes:
            if outcome.status in ("failed", "error"):
                reason = why(run.backend, outcome, known) or "not explained"
                names = found.setdefault(reason, [])
                names += [] if outcome.fixture in names else [outcome.fixture]
        if found:
            lines += ["", f"### {title(run.backend)}", ""]
        for reason, names in sorted(found.items(), key=lambda item: sorted(item[1])):
            listed = ", ".join(f"`{name}`" for name in sorted(names)[:4])
            more = f" and {len(names) - 4} more" if len(names) > 4 else ""
            lines.append(f"- {reason} ({listed}{more})")
    return lines


if __name__ == "__main__":
    sys.exit(main())
