"""`hs3 convert`: from one format to another, and what was assumed on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hs3.cli.options import Json
from hs3.cli.python_object import names_object, read_object
from hs3.cli.source import Document
from hs3.cli.terminal import progress, written
from hs3.errors import ConversionError
from hs3.findings import Report
from hs3.reading import quoted

if TYPE_CHECKING:
    from hs3.workspace import Workspace


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

    What kind of document FILE is, its content tells. ``package.module:name`` and ``file.py:name``
    run that code, and stand for the zfit loss that it calls so, or that a function of that name
    returns.
    """
    import hs3

    with progress(f"converting {source.file}"):
        content, found = _content(source)
        report = found + hs3.convert(
            content,
            target,
            to=to,
            analysis=analysis,
            approximate=approximate,
            root_version=root_version,
            **source.reading,
        )
    written(report, target, json)
    return 0


def _content(source: Document) -> tuple[str | Workspace, Report]:
    """The path of a file, which is still to be read, or the workspace of a Python object."""
    if not names_object(source.file):
        return source.file, Report()
    if source.reading:
        message = f"{quoted(source.reading)} can be given for files, and this is a Python object"
        raise ConversionError(message, code="conversion.option", value=source.file)
    return read_object(source.file)
