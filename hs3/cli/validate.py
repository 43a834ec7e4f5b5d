"""`hs3 validate`: is the document right, and what has to be assumed to read it?"""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import Json
from hs3.cli.source import Document
from hs3.cli.terminal import print_findings, progress, say, say_json, summary


def validate(
    source: Document,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    json: Json = False,
) -> int:
    """Check a document: its form, its names, its numbers.

    Exit status 0 when no error was found (with --strict: nor a warning), else 1.
    """
    import hs3

    with progress(f"checking {source.file}"):
        report = hs3.validate(source.file, **source.reading)
    ok = report.ok and not (strict and report.warnings)
    if json:
        say_json({**report.to_dict(), "ok": ok})
    else:
        print_findings(report)
        say(f"{source.file} is {'valid' if ok else 'not valid'}: {summary(report)}.")
    return 0 if ok else 1
