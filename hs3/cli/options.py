"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

File = Annotated[str, typer.Argument(metavar="FILE", help="HS3 or pyhf JSON.", show_default=False)]

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]

Patch = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="JSON Patch or patchset to apply to a pyhf workspace."),
]
PatchName = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which patch of a patchset to apply.")
]
Measurement = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which measurement of a pyhf workspace to take.")
]
Interpolation = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="How the systematics of a pyhf workspace interpolate: code4 (default; codes 4 and 4p, "
        "as pyhf's command line and ROOT) or code1 (codes 1 and 0, as pyhf's library).",
    ),
]
Analysis = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which analysis of the document to use.")
]
Likelihood = Annotated[
    str | None, typer.Option(metavar="NAME", help="A likelihood to use instead of an analysis.")
]
