"""`hs3 reinterpret`: other signals in a measurement, and limits on them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.limit import show_limits
from hs3.cli.options import Analysis, Json
from hs3.cli.source import Document
from hs3.cli.terminal import (
    print_findings,
    progress,
    say,
    say_json,
    summary,
)

if TYPE_CHECKING:
    from hs3.engine.inference import Limits
    from hs3.findings import Report
    from hs3.reinterpretation import Reinterpreted


def reinterpret(
    source: Document,
    signals: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="Yields of signals: YAML, JSON or CSV (docs/reinterpretation.md)."
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DST", help="Folder, or the file of one point."),
    ] = None,
    point: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this hypothesis; * for any text (repeatable)."),
    ] = None,
    limit: Annotated[bool, typer.Option("--limit", help="Upper limit of each.")] = False,
    analysis: Analysis = None,
    json: Json = False,
) -> int:
    """Put signals of a table into a model: one document, or one limit, for each hypothesis."""
    import hs3

    if output is None and not limit:
        raise typer.BadParameter("nothing is asked for: give --output, --limit, or both")
    workspace, report = source.read()
    with progress("putting in the signals"):
        documents = hs3.reinterpret(workspace, signals, points=point or ("*",))
        written, told = _write(documents, output)
    report += told
    out: dict[str, Any] = {"written": written}
    limits: Limits | None = None
    if limit:
        with progress("finding limits"):
            limits = hs3.upper_limits(documents.models(analysis=analysis))
        out["limits"] = limits.to_dict()
    if json:
        say_json({**report.to_dict(), **out})
    else:
        print_findings(report)
        if limits is not None:
            show_limits(limits, 0.95, "point")
        if output is not None:
            say(f"{len(written)} documents written to {output}: {summary(report)}.")
    return 0 if limits is None or limits.converged else 1


def _write(documents: Reinterpreted, output: str | None) -> tuple[dict[str, str], Report]:
    """Each document into its file; what was found, each thing once."""
    import hs3
    from hs3.errors import WriteError
    from hs3.findings import Report

    single = output is not None and len(documents) == 1 and output.endswith(".json")
    if output is not None and not single:
        try:
            os.makedirs(output, exist_ok=True)
        except OSError as error:
            raise WriteError(f"cannot make the folder {output}: {error.strerror}") from error
    written: dict[str, str] = {}
    findings: dict[Any, None] = {}
    for name in documents:
        made, told = documents.made(name)
        findings.update(dict.fromkeys(told))
        if output is not None:
            file = re.sub(r"[^\w.+-]", "_", name)
            target = output if single else os.path.join(output, f"{file}.hs3.json")
            if target in written.values():
                raise WriteError(f"two hypotheses would be written to {target}")
            hs3.save(made, target)
            written[name] = target
    return written, Report(tuple(findings))
