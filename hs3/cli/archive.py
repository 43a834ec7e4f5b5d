"""`hs3 archive` and `hs3 verify`: a model in one file, with numbers to check it by."""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import Json
from hs3.cli.source import Document
from hs3.cli.terminal import progress, say, say_json, written


def archive(
    source: Document,
    target: Annotated[str, typer.Argument(metavar="DST", help="Archive to write, or replace.")],
    fit: Annotated[bool, typer.Option(help="Also keep the best fit of each analysis.")] = True,
    description: Annotated[
        str, typer.Option(metavar="TEXT", help="One line about the model, for HEPData.")
    ] = "",
    json: Json = False,
) -> int:
    """Put a model, its findings and reference numbers into one file.

    The file is a zip without dates: the same model gives the same bytes.
    """
    import hs3

    workspace, report = source.read()
    with progress("computing the numbers to check it by"):
        report += hs3.archive(workspace, target, fit=fit, description=description)
    written(report, target, json)
    return 0


def verify(
    file: Annotated[str, typer.Argument(metavar="ARCHIVE", help="What `hs3 archive` wrote.")],
    json: Json = False,
) -> int:
    """Check the checksums of an archive and compute its numbers anew.

    Exit status 0 when all of them hold, else 1.
    """
    import hs3

    with progress(f"checking {file}"):
        verification = hs3.verify(file)
    if json:
        say_json(verification.to_dict())
        return 0 if verification.ok else 1
    for check in verification.checks:
        style = "" if check.ok else "bold red"
        say(f"{'ok    ' if check.ok else 'FAILED'} {check.name}: {check.message}", style)
    failed = sum(not check.ok for check in verification.checks)
    say(f"{failed} of {len(verification.checks)} checks failed." if failed else "Everything holds.")
    return 0 if verification.ok else 1
