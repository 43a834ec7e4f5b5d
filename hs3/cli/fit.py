"""`hs3 fit`: maximise a likelihood, and say what came out so that a physicist can read it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from hs3.cli.options import Fix, Free, Json
from hs3.cli.rounding import rounded
from hs3.cli.source import Chosen, command
from hs3.cli.terminal import console, print_findings, progress, row, say, say_json, table
from hs3.cli.values import assignments, held

if TYPE_CHECKING:
    from hs3.engine import FitResult, FittedParameter, Model
    from hs3.engine.derived import DerivedValue
    from hs3.findings import Report


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    command(app, fit)


def fit(
    source: Chosen,
    minimizer: Annotated[str, typer.Option(metavar="NAME", help="newton or minuit.")] = "newton",
    minos: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Asymmetric errors of this parameter (repeatable)."),
    ] = None,
    fix: Fix = None,
    free: Free = None,
    start: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Start value (repeatable)."),
    ] = None,
    function: Annotated[
        list[str] | None,
        typer.Option(
            "--function", metavar="NAME", help="Value and error of this function (repeatable)."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the result here, as JSON.")
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Also draw the correlations (needs hs3-reference[plot])."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Fit a model to its data.

    Exit status 0 when the fit converged, else 1.
    """
    from hs3 import files, jsonio

    model, report = source.model()
    with progress("fitting (a model of a new shape is compiled first)"):
        from hs3 import engine
        from hs3.engine.derived import derived as engine_derived

        result = engine.fit(
            model,
            start=assignments(start or ()),
            fixed=held(model, fix or ()),
            free=free or (),
            minimizer=minimizer,  # type: ignore[arg-type]
            minos=minos or (),
        )
        functions = {name: engine_derived(model, result, name) for name in function or ()}
    out = {**result.to_dict(), "findings": report.to_dict()["findings"]}
    if functions:
        out["functions"] = {name: found.to_dict() for name, found in functions.items()}
    if output is not None:
        files.write_atomic(output, jsonio.dumps(out, indent=2) + "\n")
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.correlation(result), plot)
    if json:
        say_json(out)
    else:
        _show(model, result, report, functions)
    return 0 if result.converged else 1


# --- the table ------------------------------------------------------------------------------------


def _show(
    model: Model, result: FitResult, report: Report, functions: Mapping[str, DerivedValue]
) -> None:
    out = table(
        f"Fit of {model.name}",
        *("parameter", "value", "± error", "pull", "remark"),
        right=("value", "pull"),
    )
    pois = [result.parameters[name] for name in model.pois if name in result.parameters]
    others = [p for p in result.parameters.values() if p.name not in model.pois]
    for parameter in pois:
        row(out, *_cells(parameter, "parameter of interest"), style="bold")
    for parameter in others:
        row(out, *_cells(parameter))
    console().print(out)
    for name, found in functions.items():
        say(f"{name} = " + " ± ".join(rounded(found.value, found.error)))
    say(f"-2 ln L = {result.twice_nll:.6f}")
    if result.converged:
        say(result.message)
    else:
        say(f"NOT CONVERGED: {result.message}", style="bold red")
    print_findings(report)


def _cells(parameter: FittedParameter, *remarks: str) -> tuple[str, ...]:
    value, error = rounded(parameter.value, parameter.error)
    error = f"± {error}" if error else ""
    if parameter.minos is not None:
        error += f" ({' '.join(_offset(parameter.value, x) for x in parameter.minos)})"
    if parameter.at_bound:
        remarks = (*remarks, f"at its {parameter.at_bound} bound, ± from curvature alone")
    if not parameter.parabolic and parameter.minos is None:
        remarks = (*remarks, "not parabolic: see --minos")
    if parameter.fixed:
        error, remarks = "", (*remarks, "fixed")
    pull = "" if parameter.pull is None else f"{parameter.pull:+.2f}"
    return parameter.name, value, error, pull, ", ".join(remarks)


def _offset(value: float, offset: float) -> str:
    """A MINOS offset with its sign; infinite where the likelihood never rises enough."""
    sign = "-" if offset < 0 else "+"
    return sign + ("∞" if math.isinf(offset) else rounded(value, abs(offset))[1])
