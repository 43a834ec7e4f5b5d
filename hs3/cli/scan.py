"""`hs3 scan`: the profile likelihood of one or two parameters, intervals and contours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Fix, Free, Json, Plot, Starts
from hs3.cli.rounding import asymmetric, number
from hs3.cli.source import Fitted, Measured
from hs3.cli.terminal import console, print_remarks, row, say, say_json, table
from hs3.cli.values import numbers, starting_points
from hs3.cli.work import Work

if TYPE_CHECKING:
    from hs3.engine.scans import Scan


def scan(
    source: Measured,
    work: Work,
    parameter: Annotated[
        list[str],
        typer.Option("--parameter", "-p", metavar="NAME", help="What to scan (repeatable)."),
    ],
    points: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOW:HIGH:COUNT",
            help="Values, or numbers with commas; once per parameter. Without, three errors to "
            "each side of the best fit.",
        ),
    ] = None,
    contours: Annotated[
        bool, typer.Option("--contours", help="Follow the contours of two parameters, too.")
    ] = False,
    level: Annotated[
        list[float] | None,
        typer.Option(
            "--level",
            metavar="P",
            help="Probability of intervals and contours (repeatable); without, 68.3 % for "
            "intervals, 68 % and 95 % for contours.",
        ),
    ] = None,
    fix: Fix = None,
    free: Free = None,
    starts: Starts = None,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Scan the profile likelihood.

    All other parameters are fitted at each point. Exit status 0 when all fits converged, else 1.
    """
    if points and len(points) != len(parameter):
        raise typer.BadParameter("give --points once for each --parameter")
    if contours and len(parameter) != 2:
        raise typer.BadParameter("contours need two parameters")
    if not all(0.0 < one < 1.0 for one in level or ()):
        raise typer.BadParameter("a level is a probability between 0 and 1")
    axes = [numbers(text) for text in points] if points else None
    points_of = starting_points(starts)
    found = source.fitted(fix, free)
    with work.split("points", len(parameter)) as split:
        from hs3.engine.contours import LEVELS
        from hs3.engine.contours import contours as follow
        from hs3.engine.profile import interval, rise_of
        from hs3.engine.scans import scan as scan_model

        result = scan_model(found.model, parameter, axes, best=found.fit, starts=points_of, **split)
        rises = [rise_of(one) for one in level or ()] or [1.0]
        ends = [
            interval(found.model, name, level=rise, best=result.best)
            for name in parameter
            for rise in rises
        ]
        pair = (parameter[0], parameter[-1])
        lines = follow(found.model, pair, level or LEVELS, best=result.best) if contours else ()
    out: dict[str, Any] = result.to_dict() | {"intervals": [e.to_dict() for e in ends]}
    if contours:
        out["contours"] = [line.to_dict() for line in lines]
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.scan(result, lines), plot)
    if json:
        say_json(out | found.findings())
    else:
        _show(result, found)
        for end in ends:
            minus, plus = end.errors
            said = f"{end.name} = {' '.join(asymmetric(end.value, minus, plus))}"
            say(f"{said} ({100.0 * end.probability:.3g} %, profile)")
            if not math.isfinite(plus - minus):
                say("∞: the likelihood does not fall enough before the bound", style="yellow")
        for line in lines:
            kind = "closed" if line.closed else "ends at bounds"
            say(f"contour {100 * line.level:g} %: {len(line.points)} points, {kind}")
        print_remarks(found.report)
    return 0 if result.converged else 1


def _show(result: Scan, found: Fitted) -> None:
    title = f"Profile likelihood of {found.model.name}"
    out = table(title, *result.names, "-2 Δln L", right=(*result.names, "-2 Δln L"))
    for point, rise, ok in zip(
        result.points.tolist(), result.twice_delta_nll.ravel().tolist(), result.ok, strict=True
    ):
        said = f"{rise:.4f}" if ok else "NOT CONVERGED"
        row(out, *(number(v) for v in point), said, style=None if ok else "bold red")
    console().print(out)
    if result.message:
        say(result.message, style="yellow")
