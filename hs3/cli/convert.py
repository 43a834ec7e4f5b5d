"""`hs3 convert`: from one format to another, and what was assumed on the way."""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import Json
from hs3.cli.source import Document, command
from hs3.cli.terminal import print_findings, progress, say, say_json, summary


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    command(app, convert)


def convert(
    source: Document,
    target: Annotated[
        str, typer.Argument(metavar="DST", help="File to write, or replace; for XML a new folder.")
    ],
    to: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="hs3, pyhf, xml, root-json or root."),
    ] = None,
    analysis: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Carry over this analysis only."),
    ] = None,
    approximate: Annotated[
        bool,
        typer.Option(
            "--approximate",
            help="To pyhf, ROOT: replace what it lacks by the nearest it has, with a warning.",
        ),
    ] = False,
    root_version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="For root-json: of ROOT, such as 6.38."),
    ] = None,
    json: Json = False,
) -> int:
    """Convert a document; DST is written wholly or not at all, and replaced when it is there.

    What kind of document FILE is, its content tells.
    """
    import hs3

    with progress(f"converting {source.file}"):
        report = hs3.convert(
            source.file,
            target,
            to=to,
            analysis=analysis,
            approximate=approximate,
            root_version=root_version,
            **source.reading,
        )
    if json:
        say_json({**report.to_dict(), "written": target})
    else:
        print_findings(report)
        say(f"{target} written: {summary(report)}.")
    return 0
