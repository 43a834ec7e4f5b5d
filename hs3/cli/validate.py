"""`hs3 validate`: is the document right, and what has to be assumed to read it?"""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import (
    File,
    Interpolation,
    Json,
    Mass,
    Measurement,
    Morphing,
    Patch,
    PatchName,
    RootDir,
    WorkspaceName,
)
from hs3.cli.terminal import print_findings, progress, say, say_json, summary


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(validate)


def validate(
    file: File,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    patch: Patch = None,
    patch_name: PatchName = None,
    measurement: Measurement = None,
    interpolation: Interpolation = None,
    root_dir: RootDir = None,
    workspace: WorkspaceName = None,
    mass: Mass = None,
    morphing: Morphing = None,
    json: Json = False,
) -> int:
    """Check a document: its form, its names, its numbers.

    Exit status 0 when no error was found (with --strict: nor a warning), else 1.
    """
    import hs3

    with progress(f"checking {file}"):
        report = hs3.validate(
            file,
            patch=patch,
            patch_name=patch_name,
            measurement=measurement,
            interpolation=interpolation,
            root_dir=root_dir,
            workspace=workspace,
            mass=mass,
            morphing=morphing,
        )
    ok = report.ok and not (strict and report.warnings)
    if json:
        say_json({**report.to_dict(), "ok": ok})
    else:
        print_findings(report)
        say(f"{file} is {'valid' if ok else 'not valid'}: {summary(report)}.")
    return 0 if ok else 1
