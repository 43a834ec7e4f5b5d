"""`hs3 diff`, `hs3 graph`: what differs, and what refers to what."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from hs3.cli.options import File, Json
from hs3.cli.source import Document, command
from hs3.cli.terminal import progress, row, say, say_json, table


class Form(StrEnum):
    """What `hs3 graph` writes."""

    dot = "dot"
    graphml = "graphml"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    command(app, diff)
    command(app, graph)


def diff(
    first: File,
    second: File,
    tolerance: Annotated[
        float, typer.Option(help="Relative difference up to which numbers are equal.", min=0)
    ] = 0.0,
    json: Json = False,
) -> int:
    """Tell what two models say differently; exit status 1 if anything."""
    import hs3

    with progress("comparing"):
        found = hs3.diff(hs3.read(first)[0], hs3.read(second)[0], tolerance=tolerance)
    if json:
        say_json({"equal": not found, "differences": [d.to_dict() for d in found]})
    elif found:
        from hs3.cli.terminal import console

        out = table("Differences", "", "where", "first", "second")
        for d in found:
            row(out, d.kind, d.path, _short(d.first), _short(d.second))
        console().print(out)
    else:
        say("No differences.")
    return 1 if found else 0


def graph(
    source: Document,
    around: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the neighbourhood of this name.")
    ] = None,
    depth: Annotated[int, typer.Option(help="How far that goes.", min=0)] = 1,
    form: Annotated[Form, typer.Option("--format", help="For Graphviz, or GraphML.")] = Form.dot,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="DST", help="File to write.")
    ] = None,
) -> int:
    """Print what refers to what, for Graphviz or other programs."""
    from hs3 import files
    from hs3.edit import draw

    made = draw(source.read()[0], around=around, depth=depth)
    text = made.dot() if form is Form.dot else made.graphml()
    if output is None:
        sys.stdout.write(text)
    else:
        files.write_atomic(output, text)
        say(f"{output} written: {len(made.nodes)} nodes, {len(made.edges)} edges.")
    return 0


def _short(value: Any) -> str:
    from hs3 import jsonio

    text = "" if value is None else jsonio.dumps(value)
    return text if len(text) <= 60 else text[:59] + "…"
