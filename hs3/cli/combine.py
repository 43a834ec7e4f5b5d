"""`hs3 combine`: several analyses in one likelihood."""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import Json, Target
from hs3.cli.terminal import print_findings, progress, written
from hs3.findings import Report


def combine(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Two models or more, of any readable format.", min=1),
    ],
    output: Target,
    config: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="YAML or JSON: what is correlated (docs/combine.md)."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="What an input is called; once for each, in order."),
    ] = None,
    json: Json = False,
) -> int:
    """Put analyses into one likelihood; parameters of one name are the same parameter."""
    import hs3

    try:
        with progress("combining " + ", ".join(files)):
            made, report = hs3.combine(files, names=name, config=config)
    except hs3.EditError as error:
        if len(error.findings) > 1 and not json:  # all that is to be settled, at once
            print_findings(Report(error.findings))
        raise
    hs3.save(made, output)
    written(report, output, json)
    return 0
