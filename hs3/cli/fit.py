"""`hs3 fit`: maximise a likelihood, and say what came out so that a physicist can read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Bound, Free, Json, Starts
from hs3.cli.rounding import asymmetric, number, pull, rounded
from hs3.cli.source import Measured
from hs3.cli.terminal import console, print_remarks, progress, row, say, say_json, table
from hs3.cli.values import assignments, bounds, held, starting_points

if TYPE_CHECKING:
    from hs3.engine import FitResult, FittedParameter, Model
    from hs3.findings import Report


def fit(
    source: Measured,
    minimizer: Annotated[str, typer.Option(metavar="NAME", help="newton or minuit.")] = "newton",
    minos: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Asymmetric errors of this parameter (repeatable)."),
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=VALUE]",
            help="Hold a parameter constant, or a function or an expression as 'mu_1 - mu_2' at a "
            "value (repeatable).",
        ),
    ] = None,
    free: Free = None,
    bound: Bound = None,
    start: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Start value (repeatable)."),
    ] = None,
    starts: Starts = None,
    function: Annotated[
        list[str] | None,
        typer.Option(
            "--function",
            metavar="NAME",
            help="Value and error of this function or expression (repeatable).",
        ),
    ] = None,
    sandwich: Annotated[
        bool, typer.Option("--sandwich", help="Errors that hold for weighted events.")
    ] = False,
    correlations: Annotated[
        float | None,
        typer.Option(metavar="MIN", min=0.0, max=1.0, help="List correlations of MIN and more."),
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write the result here, as JSON.")
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also draw the correlations (needs the extra `plot`)."),
    ] = None,
    json: Json = False,
) -> int:
    """Fit a model to its data.

    Exit status 0 when the fit converged, else 1.
    """
    from hs3 import files, jsonio

    model, report = source.model()
    parameters, conditions = _held(model, fix or ())
    options: dict[str, Any] = {"start": assignments(start or ()), "fixed": parameters}
    options["free"] = free or ()
    others: dict[str, Any] = {
        "bounds": bounds(bound or ()),
        "minos": minos or (),
        "starts": starting_points(starts),
    }
    if minimizer != "newton":
        others["minimizer"] = minimizer
    if conditions and (given := [name for name, value in others.items() if value]):
        said = ", ".join("--" + _SPELLED.get(name, name) for name in given)
        raise typer.BadParameter(f"{said}: not for fits in which functions are held")
    if sandwich and minos:
        raise typer.BadParameter("--minos takes no account of weights: not with --sandwich")
    with progress("fitting (a model of a new shape is compiled first)"):
        from hs3 import engine
        from hs3.engine.derived import derived, fit_with
        from hs3.engine.weighted import is_weighted
        from hs3.engine.weighted import sandwich as corrected

        if conditions:
            result = fit_with(model, conditions, **options)
        else:
            result = engine.fit(model, **options, **others)
        if sandwich:
            result = corrected(model, result)
        functions = {name: derived(model, result, name) for name in function or ()}
    counted = source.asimov is None and not sandwich and is_weighted(model)
    notes = (WEIGHTED,) if counted else ()
    findings = report.to_dict()["findings"]
    out = {**result.to_dict(), "notes": list(notes), "findings": findings}
    if conditions:
        out["held"] = conditions
    if functions:
        out["functions"] = {name: found.to_dict() for name, found in functions.items()}
    if output is not None:
        files.write_atomic(output, jsonio.dumps(out, indent=2) + "\n")
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.correlation(result), plot)
    if json:
        say_json(out)
        return 0 if result.converged else 1
    _show(model, result)
    if correlations is not None:
        _show_correlations(result, correlations)
    for name, value in conditions.items():
        say(f"{name} = {number(value)} (held)")
    for name, found in functions.items():
        say(f"{name} = " + " ± ".join(rounded(found.value, found.error)))
    _end(result, report, notes)
    return 0 if result.converged else 1


WEIGHTED = "events have weights, and these errors take them for counts: --sandwich corrects that"

_SPELLED = {"bounds": "bound"}


def _held(model: Model, given: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Parameters that are held, and functions or expressions that are."""
    values = held(model, given)
    parameters = {name: value for name, value in values.items() if name in model.names}
    return parameters, {name: value for name, value in values.items() if name not in parameters}


# --- the table ------------------------------------------------------------------------------------


def _show(model: Model, result: FitResult) -> None:
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


def _end(result: FitResult, report: Report, notes: Sequence[str]) -> None:
    say(f"-2 ln L = {result.twice_nll:.6f}")
    if result.converged:
        say(result.message)
    else:
        say(f"NOT CONVERGED: {result.message}", style="bold red")
    print_remarks(report, notes)


def _show_correlations(result: FitResult, least: float) -> None:
    """Pairs of parameters, the most correlated ones first."""
    matrix, names = result.correlation.tolist(), result.free
    pairs = [(matrix[i][j], names[i], names[j]) for i in range(len(names)) for j in range(i)]
    columns = ("parameter", "with", "correlation")
    out = table(f"Correlations of {least:g} and more", *columns, right=columns[2:])
    for size, one, other in sorted(pairs, key=lambda pair: -abs(pair[0])):
        if abs(size) >= least:
            row(out, other, one, f"{size:+.3f}")
    console().print(out)


def _cells(parameter: FittedParameter, *remarks: str) -> tuple[str, ...]:
    value, error = rounded(parameter.value, parameter.error)
    error = f"± {error}" if error else ""
    if parameter.minos is not None:
        error += f" ({' '.join(asymmetric(parameter.value, *parameter.minos)[1:])})"
    if parameter.at_bound:
        remarks = (*remarks, f"at its {parameter.at_bound} bound, ± from curvature alone")
    if not parameter.parabolic and parameter.minos is None:
        remarks = (*remarks, "not parabolic: see --minos")
    if parameter.fixed:
        error, remarks = "", (*remarks, "fixed")
    return parameter.name, value, error, pull(parameter.pull), ", ".join(remarks)
