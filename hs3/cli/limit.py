"""`hs3 limit`: upper limits on a signal, of one model or of all patches of a patchset."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import PYHF, Bound, Fix, Json, Plot, Poi, Starts
from hs3.cli.rounding import number, rounded, short
from hs3.cli.source import Measured
from hs3.cli.terminal import BANDS, console, print_remarks, progress, row, say, say_json, table
from hs3.cli.values import assignments, bounds, held, numbers
from hs3.cli.work import Toys

if TYPE_CHECKING:
    from hs3.engine.inference import HypoTest, Limit, Limits


def limit(
    source: Measured,
    work: Toys,
    poi: Poi = None,
    cl: Annotated[float, typer.Option(metavar="P", help="Confidence level.")] = 0.95,
    statistic: Annotated[str, typer.Option(metavar="NAME", help="q~ or q.")] = "q~",
    use_cls: Annotated[
        bool,
        typer.Option(
            "--cls/--p-value",
            help="Where CLs falls to 1 - CL, or the p-value of the signal, which also excludes "
            "signals that the data are not sensitive to.",
        ),
    ] = True,
    points: Annotated[
        str | None,
        typer.Option(
            metavar="LOW:HIGH:COUNT",
            help="Also give p-values and CLs of these values (or numbers with commas).",
        ),
    ] = None,
    fix: Fix = None,
    bound: Bound = None,
    starts: Starts = None,
    patchset: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Limits for all patches of this patchset, with one compiled program.",
            rich_help_panel=PYHF,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Of the patchset, patches of this name; * is any text (repeatable).",
            rich_help_panel=PYHF,
        ),
    ] = None,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Upper limit on the parameter of interest by CLs, observed and expected.

    With --patchset, of every signal in it. Exit status 0 when all fits converged and every model
    has a limit, else 1.
    """
    options: dict[str, Any] = {"poi": poi, "statistic": statistic, "bounds": bounds(bound or ())}
    rule: dict[str, Any] = {"cl": cl, "use_cls": use_cls}
    if patchset is not None:
        if work.toys or points:
            raise typer.BadParameter("--toys and --points are for one model, not for a patchset")
        if work.seed or work.conditional:
            raise typer.BadParameter("--seed and --conditional need --toys")
        if source.constrain or source.asimov is not None or starts:
            said = "--constrain, --asimov and --starts are for one model, not for a patchset"
            raise typer.BadParameter(said)
        options |= {**rule, "fixed": assignments(fix or ())}
        return _patches(source, work, patchset, only or ["*"], options, plot, json)
    if only:
        raise typer.BadParameter("--only needs --patchset")
    values = numbers(points) if points else []
    options |= work.with_starts(starts)
    return _single(source, work, rule, values, options, fix, plot, json)


# --- one model ------------------------------------------------------------------------------------


def _single(
    source: Measured,
    work: Toys,
    rule: dict[str, Any],
    points: Sequence[float],
    options: dict[str, Any],
    fix: Sequence[str] | None,
    plot: str | None,
    json: bool,
) -> int:
    import hs3

    model, report = source.model()
    options["fixed"] = held(model, fix or ())
    with work.drawn() as split:
        found: Limit = hs3.upper_limit(model, **rule, **options, **split)
        tests = _tests(model, points, options, split)
    if plot is not None:
        from hs3 import plot as drawing

        with progress("drawing"):
            curve = tests if len(points) > 1 else hs3.hypotests(model, _around(found), **options)
            drawing.save(drawing.cls(curve, found), plot)
    if json:
        out = {**found.to_dict(), "findings": report.to_dict()["findings"]}
        if points:
            out["tests"] = [test.to_dict() for test in tests]
        say_json(out)
        return 0
    _show(found)
    if tests:
        _show_tests(tests)
    print_remarks(report, found.notes)
    return 0


def _tests(
    model: Any, points: Sequence[float], options: dict[str, Any], split: dict[str, Any]
) -> tuple[HypoTest, ...]:
    import hs3

    if not split:
        return hs3.hypotests(model, points, **options) if points else ()
    return tuple(hs3.hypotest(model, value, **options, **split) for value in points)


def _around(found: Limit) -> list[float]:
    """Values for a curve of CLs that shows the limit and its bands."""
    high = 1.3 * max(found.observed, *found.expected)
    return [high * (i + 1) / 40 for i in range(40)]


def _show(found: Limit) -> None:
    other = found.asymptotic
    columns = ("limit",) if other is None else ("limit", "asymptotic")
    title = f"Upper limit on {found.poi} at {100 * found.cl:g}% CL ({found.method})"
    out = table(title, "", *columns, right=columns)
    beside = () if other is None else (short(other.observed),)
    observed = " ± ".join(rounded(found.observed, found.error)) if found.error else None
    row(out, "observed", observed or short(found.observed), *beside, style="bold")
    for place, (band, value) in enumerate(zip(BANDS, found.expected, strict=True)):
        beside = () if other is None else (short(other.expected[place]),)
        row(out, f"expected {band}", short(value), *beside)
    console().print(out)
    if found.toys:
        say(f"{found.toys} toys of each hypothesis")


def _show_tests(tests: Sequence[HypoTest]) -> None:
    ((name,),) = {tuple(test.tested) for test in tests}
    columns = (name, tests[0].statistic, "p-value", "CLb", "CLs", "expected CLs")
    out = table(f"Tests of {name}", *columns, right=columns)
    for test in tests:
        median = short(test.expected_cls[2]) if test.expected_cls else ""
        values = (test.observed, test.p_value, test.p_alternative, test.cls)
        cells = ("" if v is None else short(v) for v in values)
        row(out, number(test.tested[name]), *cells, median)
    console().print(out)


# --- a patchset -----------------------------------------------------------------------------------


def _patches(
    source: Measured,
    work: Toys,
    patchset: str,
    only: Sequence[str],
    options: dict[str, Any],
    plot: str | None,
    json: bool,
) -> int:
    import hs3

    foreign = sorted(source.reading.keys() - {"measurement", "interpolation"})
    if foreign:
        given = ", ".join("--" + name.replace("_", "-") for name in foreign)
        raise typer.BadParameter(f"{given} cannot be given together with --patchset")
    with progress(f"reading {patchset}"):
        models = hs3.patched(source.file, patchset, only, **source.reading, **source.choice)
    with work.split("limits", len(models)) as split, warnings.catch_warnings():
        warnings.simplefilter("ignore", hs3.HS3Warning)  # they stand in the result
        found: Limits = hs3.upper_limits(models, **options, **split)
    if plot is not None and found.limits:
        from hs3 import plot as drawing

        drawing.save(drawing.limits(found), plot)
    if json:
        say_json(found.to_dict() | {"converged": found.converged})
    else:
        show_limits(found, options["cl"], "patch")
    return 0 if found.converged else 1


def show_limits(found: Limits, cl: float, what: str) -> None:
    """A table of the limits, why others have none, and what there is to note.

    Args:
        what: what the models stand for.
    """
    columns = (*found.labels, "observed", *BANDS)
    out = table(f"Upper limits at {100 * cl:g}% CL", what, *columns, right=columns)
    for name, one in found.limits.items():
        values = [v if isinstance(v, str) else number(v) for v in found.values.get(name, ())]
        row(out, name, *values, *(short(v) for v in (one.observed, *one.expected)))
    console().print(out)
    for name, why in found.failed.items():
        say(f"{name}: NO LIMIT: {why}", style="bold red")
    for note in found.notes:
        say(f"note: {note}", style="yellow")
    several = {note for one in found.limits.values() for note in one.notes}
    for note in sorted(several):
        names = [name for name, one in found.limits.items() if note in one.notes]
        say(f"note: {note} ({', '.join(names[:5])}{' …' if names[5:] else ''})", style="yellow")
