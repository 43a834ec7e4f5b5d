"""`hs3 diff`, `hs3 graph`: what differs, and what refers to what."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import File, Json
from hs3.cli.source import Document
from hs3.cli.terminal import console, progress, row, say, say_json, table

if TYPE_CHECKING:
    from hs3.edit import Difference


class Form(StrEnum):
    """What `hs3 graph` writes."""

    dot = "dot"
    graphml = "graphml"
    svg = "svg"


def diff(
    first: File,
    second: File,
    tolerance: Annotated[
        float, typer.Option(help="Relative difference up to which numbers are equal.", min=0)
    ] = 0.0,
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Compare what they mean, whatever their dialects.")
    ] = False,
    json: Json = False,
) -> int:
    """Tell what two models say differently; exit status 1 if anything."""
    import hs3

    with progress("comparing"):
        documents = [hs3.read(file)[0] for file in (first, second)]
        if meaning:
            documents = [hs3.upgrade(document)[0] for document in documents]
        found = hs3.diff(*documents, tolerance=tolerance)
    if json:
        say_json({"equal": not found, "differences": [d.to_dict() for d in found]})
    elif found:
        differences(found, "Differences", "first", "second")
    else:
        say("No differences.")
    return 1 if found else 0


def graph(
    source: Document,
    around: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the neighbourhood of this name.")
    ] = None,
    depth: Annotated[int, typer.Option(help="How far that goes.", min=0)] = 1,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="dot for Graphviz, graphml, or svg; by the name of DST."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="DST", help="File to write.")
    ] = None,
) -> int:
    """Show what refers to what: an image, or for Graphviz and other programs."""
    from hs3 import files
    from hs3.edit import draw

    made = draw(source.read()[0], around=around, depth=depth)
    suffix = (output or "").rpartition(".")[2].lower()
    chosen = form or next((f for f in Form if f.value == suffix), Form.dot)
    text = {Form.dot: made.dot, Form.graphml: made.graphml, Form.svg: made.svg}[chosen]()
    if output is None:
        sys.stdout.write(text)
    else:
        files.write_atomic(output, text)
        say(f"{output} written: {len(made.nodes)} nodes, {len(made.edges)} edges.")
    return 0


def differences(found: Iterable[Difference], title: str, first: str, second: str) -> None:
    """Print what differs as a table."""
    out = table(title, "", "where", first, second)
    for d in found:
        old, new = d.first, d.second
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            parts = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
            for i in parts[:5]:
                row(out, d.kind, f"{d.path}/{i}", _short(old[i]), _short(new[i]))
            if len(parts) > 5:
                row(out, d.kind, d.path, f"… {len(parts)} of {len(old)} entries", "")
        else:
            row(out, d.kind, d.path, _short(old), _short(new))
    console().print(out)


def _short(value: Any) -> str:
    from hs3 import jsonio

    text = "" if value is None else jsonio.dumps(value)
    return text if len(text) <= 60 else text[:59] + "…"
