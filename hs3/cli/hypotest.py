"""`hs3 hypotest`: test values of one or more parameters of interest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Bound, Fix, Json, Starts
from hs3.cli.rounding import number, rounded, short
from hs3.cli.source import Measured
from hs3.cli.terminal import BANDS, console, print_remarks, row, say, say_json, table
from hs3.cli.values import assignments, bounds, held
from hs3.cli.work import Toys

if TYPE_CHECKING:
    from hs3.engine.inference import HypoTest


def hypotest(
    source: Measured,
    work: Toys,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE…",
            help="What is tested; of several parameters, all at once. A number alone is a value of "
            "the parameter of interest.",
        ),
    ],
    statistic: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="t, t~, q, q~, q0 or r (docs/inference.md); by default q~ for one parameter, t "
            "for several.",
        ),
    ] = None,
    fix: Fix = None,
    bound: Bound = None,
    starts: Starts = None,
    json: Json = False,
) -> None:
    """Test values of parameters of interest: p-values, CLs, and what was to be expected.

    Exit status 0 when all fits converged.
    """
    import hs3

    tested = _tested(values)
    several = not isinstance(tested, float) and len(tested) > 1
    model, report = source.model()
    options: dict[str, Any] = {
        "statistic": statistic or ("t" if several else "q~"),
        "fixed": held(model, fix or ()),
        "bounds": bounds(bound or ()),
        **work.with_starts(starts),
    }
    with work.drawn() as split:
        found = hs3.hypotest(model, tested, **options, **split)
    if json:
        say_json({**found.to_dict(), "findings": report.to_dict()["findings"]})
        return
    _show(found)
    print_remarks(report, found.notes)


def _tested(given: Sequence[str]) -> float | dict[str, float]:
    """Values by name, or the value of the parameter of interest."""
    if len(given) == 1:
        try:
            return float(given[0])
        except ValueError:
            pass
    return assignments(given)


def _show(found: HypoTest) -> None:
    said = ", ".join(f"{name} = {number(value)}" for name, value in found.tested.items())
    title = f"Test of {said} with {found.statistic}"
    columns = ["observed", *(["asymptotic"] if found.asymptotic else ())]
    columns += [f"expected {band}" for band in (BANDS if found.expected_cls else ())]
    out = table(title, "", *columns, right=columns)
    other, errors = found.asymptotic, found.errors or (None, None, None)
    row(out, found.statistic, short(found.observed))
    for place, (label, name, expected) in enumerate(
        (
            ("p-value", "p_value", found.expected_p_value),
            ("CLb", "p_alternative", ()),
            ("CLs", "cls", found.expected_cls),
        )
    ):
        value = getattr(found, name)
        if value is not None:
            beside = [short(getattr(other, name))] if other else []
            error = errors[place]
            cell = " ± ".join(rounded(value, error)) if error else short(value)
            row(out, label, cell, *beside, *map(short, expected))
    console().print(out)
    if len(found.tested) > 1:
        say(f"{len(found.tested)} degrees of freedom")
    if 0.0 < found.p_value < 0.5:
        say(f"p-value {short(found.p_value)} is {found.significance:.2f} σ (one-sided)")
    if found.p_value == 0.0 and found.toys:
        say("no toy is as extreme")
    say("best fit: " + ", ".join(f"{n} = {short(v)}" for n, v in found.best.items()))
    if found.toys:
        say(f"{found.toys} toys of each hypothesis")
