"""`hs3 systematics add` and `hs3 covariance`: covariance matrices of templates, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hs3.cli.options import Fix, Free, Json, Target
from hs3.cli.rounding import number
from hs3.cli.signature import command
from hs3.cli.source import Chosen, Document
from hs3.cli.terminal import console, print_findings, progress, row, say, say_json, table, written

if TYPE_CHECKING:
    from hs3.engine.diagnostics import TemplateCovariance

group = typer.Typer(help="Systematic uncertainties of a model.", no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Systematic uncertainties of a model."""


def add(
    source: Document,
    output: Target,
    covariance: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="YAML or JSON (docs/covariance.md), or the matrix alone in CSV, npy or npz.",
        ),
    ],
    prefix: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the nuisance parameters are called.")
    ] = None,
    fraction: Annotated[
        float | None,
        typer.Option(help="Keep leading eigenvectors up to this part of the trace."),
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave the rest out, instead of adding it bin by bin.")
    ] = False,
    relative: Annotated[
        bool, typer.Option("--relative", help="The matrix is in units of the counts.")
    ] = False,
    json: Json = False,
) -> int:
    """Add a covariance matrix of templates as systematic uncertainties."""
    import hs3

    wanted: dict[str, Any] = {
        "prefix": prefix,
        "fraction": fraction,
        "relative": relative or None,
        "remainder": "drop" if drop else None,
    }
    given = {key: value for key, value in wanted.items() if value is not None}
    workspace, report = source.read()
    made, findings = hs3.add_systematics(workspace, config=covariance, **given)
    hs3.save(made, output)
    written(report + findings, output, json)
    return 0


command(group, add)


def covariance(
    source: Chosen,
    postfit: Annotated[
        bool, typer.Option("--postfit", help="After a fit; else from the constraints alone.")
    ] = False,
    by: Annotated[
        Literal["sample", "channel"], typer.Option(help="Every sample, or sums of samples.")
    ] = "sample",
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only what these contribute (repeatable)."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DST", help="Also write .json, .csv or .npz."),
    ] = None,
    fix: Fix = None,
    free: Free = None,
    json: Json = False,
) -> int:
    """Show the covariance of the expected counts that a model implies."""
    if postfit:
        found = source.fitted(fix, free)
        model, best, report = found.model, found.fit, found.report
    else:
        (model, report), best = source.model(), None
    with progress("propagating"):
        from hs3.engine import diagnostics

        result = diagnostics.template_covariance(
            model, "postfit" if postfit else "prefit", by=by, parameters=parameter or (), best=best
        )
    if output is not None:
        from hs3.systematics.writing import write

        write(result.to_dict(), output)
    if json:
        say_json({**result.to_dict(), "findings": report.to_dict()["findings"]})
        return 0
    _show(result)
    print_findings(report)
    if output is not None:
        say(f"{output} written: {len(result.bins)} rows.")
    return 0


def _show(result: TemplateCovariance) -> None:
    """The errors, and how each bin is correlated with the next one and with all others."""
    right = ("counts", "error", "with next", "largest", "with")
    title = f"Expected counts, {result.when}: errors and correlations"
    out = table(title, "bin", "counts", "error", "with next", "largest", "with", right=right[:4])
    correlation = result.correlation
    for i, name in enumerate(result.bins[:_SHOWN]):
        others = abs(correlation[i])
        others[i] = -1.0
        other = int(others.argmax())
        varies = result.errors[i] > 0.0 and others[other] > 0.0
        following = f"{correlation[i, i + 1]:+.2f}" if varies and i + 1 < len(result.bins) else ""
        largest = f"{correlation[i, other]:+.2f}" if varies else ""
        cells = (number(float(result.counts[i])), number(float(result.errors[i])), following)
        row(out, name, *cells, largest, result.bins[other] if largest else "")
    console().print(out)
    if len(result.bins) > _SHOWN:
        say(f"… and {len(result.bins) - _SHOWN} more (-o FILE, --json)")


_SHOWN = 40
