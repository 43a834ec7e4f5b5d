"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="HS3 or pyhf JSON, HistFactory XML, a ROOT file, or a datacard.",
        show_default=False,
    ),
]

Target = Annotated[
    str, typer.Option("--output", "-o", metavar="DST", help="File to write, or replace.")
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]

# --- how to read a pyhf workspace -----------------------------------------------------------------

PYHF = "pyhf workspaces"

Patch = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="JSON Patch or patchset to apply, also to HS3.", rich_help_panel=PYHF
    ),
]
PatchName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which patch of a patchset.", rich_help_panel=PYHF),
]
Measurement = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Take this measurement only.", rich_help_panel=PYHF),
]
Interpolation = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="How systematics interpolate: code4 (default; codes 4 and 4p, as pyhf's command line "
        "and ROOT) or code1 (codes 1 and 0, as pyhf's library).",
        rich_help_panel=PYHF,
    ),
]

RootDir = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="What the paths in HistFactory XML are relative to; nothing is read outside of it "
        "(for datacards: outside of which nothing is read).",
    ),
]

WorkspaceName = Annotated[
    str | None,
    typer.Option("--workspace", metavar="NAME", help="Of a ROOT file, the workspace of this name."),
]

Mass = Annotated[
    float | None,
    typer.Option(metavar="GEV", help="Of a datacard, the value of `$MASS`."),
]

Morphing = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="Of a datacard: exact (default), or histosys also where Combine cuts bins at zero.",
    ),
]

# --- what of the document to take -----------------------------------------------------------------

MODEL = "What to take from the document"

Analysis = Annotated[
    str | None, typer.Option(metavar="NAME", help="This analysis.", rich_help_panel=MODEL)
]
Likelihood = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="A likelihood instead of an analysis.", rich_help_panel=MODEL
    ),
]
Pdf = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A distribution instead of an analysis, with --data.",
        rich_help_panel=MODEL,
    ),
]
Data = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Data to use with --pdf.", rich_help_panel=MODEL),
]

Constrain = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FUNCTION=VALUE±ERROR",
        help="One more measurement, as a Gaussian factor: of a parameter, a function of the "
        "document, or an expression as 'mu_1 - mu_2'; a comma may stand for ± (repeatable).",
        rich_help_panel=MODEL,
    ),
]
Asimov = Annotated[
    bool,
    typer.Option(
        "--asimov",
        help="What is expected in place of the data: at the document's values, or those of --at.",
        rich_help_panel=MODEL,
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at", metavar="NAME=VALUE", help="True value of Asimov data (repeatable).",
        rich_help_panel=MODEL,
    ),
]  # fmt: skip

# --- fits -----------------------------------------------------------------------------------------

Fix = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME[=VALUE]", help="Hold a parameter constant (repeatable)."),
]
Free = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Let a constant parameter float (repeatable)."),
]
Bound = Annotated[
    list[str] | None,
    typer.Option("--bound", metavar="NAME=LOW:HIGH", help="Other bounds (repeatable)."),
]
Starts = Annotated[
    list[str] | None,
    typer.Option(
        "--starts",
        metavar="N|NAME=VALUE[,…]",
        help="Fit from N more points, spread over where parameters can be, or from this one "
        "(repeatable); the lowest minimum wins.",
    ),
]
Poi = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Parameter of interest; the document's only one without."),
]
Group = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=PATTERN[,PATTERN…]",
        help="Parameters to take together (repeatable); by default, the groups of a datacard.",
    ),
]
Plot = Annotated[
    str | None, typer.Option(metavar="FILE", help="Also draw it (needs the extra `plot`).")
]
