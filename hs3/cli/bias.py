"""`hs3 bias`: toys with an injected signal, and how the fit finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hs3.cli.options import Bound, Fix, Json, Plot
from hs3.cli.rounding import number, rounded
from hs3.cli.source import Chosen
from hs3.cli.terminal import console, print_remarks, row, say, say_json, table
from hs3.cli.values import assignments, bounds, held
from hs3.cli.work import Seed, Work

if TYPE_CHECKING:
    from hs3.engine.diagnostics import BiasStudy


def bias(
    source: Chosen,
    work: Work,
    inject: Annotated[
        list[str],
        typer.Option(metavar="NAME=VALUE", help="What the toys are drawn with (repeatable)."),
    ],
    size: Annotated[
        int, typer.Option("--size", metavar="N", min=2, help="Number of toys for each value.")
    ] = 1000,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="NAME=VALUE",
            help="True value of another parameter; its best fit without (repeatable).",
        ),
    ] = None,
    fix: Fix = None,
    bound: Bound = None,
    seed: Seed = 0,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Fit toys with injected values of one parameter: bias, pulls and coverage.

    Errors are statistical, those of the number of toys. Exit status 0 when all fits converged,
    else 1.
    """
    import hs3

    values = [assignments([text]) for text in inject]
    names = {name for one in values for name in one}
    if len(names) != 1:
        raise typer.BadParameter(f"--inject is for one parameter, not for {', '.join(names)}")
    (name,) = names
    model, report = source.model()
    with work.split("toys", size * len(values)) as split:
        found = hs3.bias_study(
            model,
            name,
            [one[name] for one in values],
            toys=size,
            seed=seed,
            values=assignments(at or ()),
            fixed=held(model, fix or ()),
            bounds=bounds(bound or ()),
            **split,
        )
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.bias(found), plot)
    if json:
        say_json({**found.to_dict(), "findings": report.to_dict()["findings"]})
    else:
        _show(found, size)
        print_remarks(report)
    return 1 if any(one.failed for one in found.injections) else 0


def _show(found: BiasStudy, size: int) -> None:
    columns = ("injected", "bias", "mean of pulls", "width of pulls", "coverage")
    title = f"Fits of {found.poi} to {size} toys for each injected value"
    out = table(title, *columns, right=columns)
    for one in found.injections:
        cells = (one.bias, one.mean, one.width, one.coverage)
        row(out, number(one.injected), *(" ± ".join(rounded(*cell)) for cell in cells))
    console().print(out)
    for one in found.injections:
        where = f"{found.poi} = {number(one.injected)}"
        if one.at_bound:
            said = f"note: {one.at_bound} fits with {where} ended at a bound, which makes a bias"
            say(said + " (--bound)", style="yellow")
        if one.failed:
            say(f"NOT CONVERGED: {one.failed} fits with {where}", style="bold red")
