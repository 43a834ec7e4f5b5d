"""`hs3 impacts`, `pulls`, `pruning`, `gof` and `yields`: what is looked at beside the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hs3.cli.options import Fix, Free, Group, Json, Plot, Poi
from hs3.cli.rounding import number, pull, rounded, signed
from hs3.cli.source import Measured
from hs3.cli.terminal import console, print_remarks, progress, row, say, say_json, table
from hs3.cli.values import document_groups, groups_of
from hs3.cli.work import Work

if TYPE_CHECKING:
    from hs3.engine.diagnostics import Breakdown, Impacts, Yields


def impacts(
    source: Measured,
    poi: Poi = None,
    group: Group = None,
    top: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    fix: Fix = None,
    free: Free = None,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Rank parameters by their impact on the parameter of interest.

    Each is held one error above and below its best fit, and all others are fitted again. The
    breakdown of the error stands below, with the groups of a datacard where --group gives no
    others. Exit status 0 when all fits converged, else 1.
    """
    groups = groups_of(group)
    found = source.fitted(fix, free)
    if not groups:
        chosen = {poi} if poi else set(found.model.pois)
        groups = document_groups(found.model, set(found.fit.free) - chosen)
    with progress("fitting with each parameter moved"):
        from hs3.engine import diagnostics

        result = diagnostics.impacts(found.model, poi, groups=groups, best=found.fit)
        parts = diagnostics.breakdown(found.model, result.poi, groups=groups, best=found.fit)
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.impacts(result, top), plot)
    if json:
        say_json(result.to_dict() | {"breakdown": parts.to_dict()} | found.findings())
    else:
        _show_impacts(result, parts, top)
        print_remarks(found.report)
    return 0 if result.converged else 1


def _show_impacts(result: Impacts, parts: Breakdown, top: int) -> None:
    own = result.fit.parameters[result.poi]
    value, error = rounded(own.value, own.error)
    right = ("impact up", "impact down", "linear", "pull", "constraint")
    title = f"Impacts on {result.poi} = {value} ± {error}"
    out = table(title, "parameter", *right, "remark", right=right)
    for p in result.parameters[:top]:
        width = "" if p.constraint is None else f"{p.constraint:.2f}"
        remark = "cut at a bound" if p.cut else ""
        remark = "A FIT FAILED" if p.name in result.failed else remark
        shifts = (signed(shift, own.error) for shift in (p.up, p.down, p.linear))
        row(out, p.name, *shifts, pull(p.pull), width, remark)
    console().print(out)
    if len(result.parameters) > top:
        say(f"… and {len(result.parameters) - top} more (--top)")
    out = table(f"Parts of the error of {result.poi}", "part", "error", "by", right=("error",))
    propagated = "propagation of what was measured"
    for name, size, by in (
        ("data", parts.data, propagated),
        *((name, size, propagated) for name, size in parts.groups.items()),
        ("statistical", parts.statistical, "all constrained parameters frozen"),
        *((name, size, "freezing the group") for name, size in parts.frozen.items()),
        ("total", parts.error, ""),
    ):
        row(out, name, signed(size, parts.error).lstrip("+"), by)
    console().print(out)
    if result.failed:
        say(f"NOT CONVERGED: refits of {', '.join(result.failed)}", style="bold red")


def pulls(
    source: Measured,
    fix: Fix = None,
    free: Free = None,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Show what the fit did to the parameters with auxiliary measurements."""
    found = source.fitted(fix, free)
    from hs3.engine import diagnostics

    result = diagnostics.pulls(found.model, best=found.fit)
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.pulls(result), plot)
    if json:
        say_json(result.to_dict() | found.findings())
        return 0
    right = ("before", "after", "pull", "constraint")
    out = table(f"Pulls of {found.model.name}", "parameter", *right, right=right)
    for p in result.parameters:
        before = " ± ".join(rounded(p.prefit_value, p.prefit_error))
        after = " ± ".join(rounded(p.value, p.error))
        row(out, p.name, before, after, pull(p.pull), f"{p.constraint:.2f}")
    console().print(out)
    print_remarks(found.report)
    return 0


def pruning(
    source: Measured,
    poi: Poi = None,
    norm: Annotated[float, typer.Option(min=0, help="Threshold of normalisations.")] = 0.005,
    shape: Annotated[float, typer.Option(min=0, help="Threshold of shapes.")] = 0.005,
    on_error: Annotated[
        float,
        typer.Option(min=0, help="Threshold of the growth of the parameter of interest's error."),
    ] = 0.005,
    fix: Fix = None,
    free: Free = None,
    json: Json = False,
) -> int:
    """Suggest systematics that could be left out: all their effects are below the thresholds.

    `hs3 reduce --prune` leaves systematics out of a document.
    """
    found = source.fitted(fix, free)
    with progress("fitting with each parameter frozen"):
        from hs3.engine import diagnostics

        result = diagnostics.pruning(
            found.model, poi, norm=norm, shape=shape, on_error=on_error, best=found.fit
        )
    if json:
        say_json(result.to_dict() | found.findings())
        return 0
    right = ("normalisation", "shape", f"error of {result.poi}")
    out = table("Effects of systematics", "parameter", *right, "remark", right=right)
    for one in result.effects:
        effects = (f"{100.0 * v:.3f} %" for v in (one.norm, one.shape, one.on_error))
        row(out, one.name, *effects, "could be left out" if one.prune else "")
    console().print(out)
    say(f"{len(result.suggested)} of {len(result.effects)} systematics could be left out")
    print_remarks(found.report)
    return 0


def gof(
    source: Measured,
    work: Work,
    bins: Annotated[
        int | None, typer.Option(min=2, help="Count unbinned data in as many bins per axis.")
    ] = None,
    toys: Annotated[int, typer.Option(min=0, help="How many toys to fit, too.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the toys.")] = 0,
    fix: Fix = None,
    free: Free = None,
    json: Json = False,
) -> int:
    """Test the goodness of the fit against the saturated model.

    Exit status 1 when the fit, or that of a toy, did not converge.
    """
    found = source.fitted(fix, free)
    with work.split("toys", toys) as split:
        from hs3.engine import diagnostics

        result = diagnostics.goodness_of_fit(
            found.model, bins=bins, toys=toys, seed=seed, best=found.fit, **split
        )
    if json:
        say_json(result.to_dict() | found.findings())
    else:
        say(f"-2 ln(L / L saturated) = {result.statistic:.4f}, {result.degrees} degrees of freedom")
        if result.p_value is not None:
            say(f"p-value = {result.p_value:.4g} (chi-square)")
        if result.p_range is not None:
            low, high = result.p_range
            say(f"p-value between {low:.4g} and {high:.4g} (binned after the fit; toys tell it)")
        if result.p_toys is not None:
            error = f"{result.p_toys_error:.2g}"
            say(f"p-value = {result.p_toys:.4g} ± {error} ({toys - result.failed} toys)")
        if result.failed:
            say(f"NOT CONVERGED: the fits of {result.failed} toys", style="bold red")
        print_remarks(found.report)
    return 1 if result.failed else 0


def yields(
    source: Measured,
    prefit: Annotated[bool, typer.Option("--prefit", help="Before the fit.")] = False,
    sampling: Annotated[
        int, typer.Option(min=0, metavar="N", help="Errors from N draws of the parameters.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
    fix: Fix = None,
    free: Free = None,
    plot: Plot = None,
    json: Json = False,
) -> int:
    """Show the expected counts of channels and samples with their uncertainty."""
    found = source.fitted(fix, free)
    from hs3.engine import diagnostics

    result = diagnostics.yields(
        found.model,
        "prefit" if prefit else "postfit",
        method="sampling" if sampling else "linear",
        size=sampling or 2,
        seed=seed,
        best=None if prefit else found.fit,
    )
    if plot is not None:
        from hs3 import plot as drawing

        drawing.save(drawing.yields(result), plot)
    if json:
        say_json(result.to_dict() | found.findings())
    else:
        _show_yields(result)
        print_remarks(found.report)
    return 0


def _show_yields(result: Yields) -> None:
    when = "Before the fit" if result.when == "prefit" else "After the fit"
    out = table(when, "channel", "sample", "expected", "observed", right=("expected", "observed"))
    for channel in result.channels.values():
        for name, found in channel.samples.items():
            row(out, channel.name, name, " ± ".join(rounded(found.total, found.total_error)), "")
        total = " ± ".join(rounded(channel.expected.total, channel.expected.total_error))
        row(out, channel.name, "total", total, number(channel.observed.sum()), style="bold")
    console().print(out)
    if result.left_out:
        say(f"not shown, as they are no channels: {', '.join(result.left_out)}", style="yellow")
