"""`hs3 reduce`: a smaller workspace, and what that does to the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Json, Target
from hs3.cli.rounding import number
from hs3.cli.source import Document
from hs3.cli.terminal import (
    console,
    progress,
    row,
    table,
    written,
)
from hs3.cli.values import assignments

if TYPE_CHECKING:
    from hs3.findings import Report
    from hs3.workspace import Workspace


def reduce(
    source: Document,
    output: Target,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="CHANNEL", help="Leave a channel out (repeatable).")
    ] = None,
    freeze: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=VALUE]",
            help="Put the value in place of a parameter; * stands for any text (repeatable).",
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Leave out systematics without effect.")
    ] = False,
    norm: Annotated[float, typer.Option(min=0, help="Threshold of normalisations.")] = 0.005,
    shape: Annotated[float, typer.Option(min=0, help="Threshold of shapes.")] = 0.005,
    stat: Annotated[float, typer.Option(min=0, help="Threshold of errors of bins.")] = 0.0,
    merge_bins: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL=N|EDGES", help="Fewer bins: N to one, or edges that stay."),
    ] = None,
    merge_samples: Annotated[
        list[str] | None,
        typer.Option(metavar="NEW=A,B,…", help="One sample in place of several (repeatable)."),
    ] = None,
    approximate: Annotated[
        bool, typer.Option("--approximate", help="Merge samples also where that is not exact.")
    ] = False,
    scale: Annotated[
        list[str] | None,
        typer.Option(metavar="SAMPLE=FACTOR", help="Another cross section (repeatable)."),
    ] = None,
    effect: Annotated[bool, typer.Option(help="Fit before and after, and compare.")] = True,
    json: Json = False,
) -> int:
    """Make a workspace smaller, in this order: drop, freeze, prune, merge samples, bins, scale.

    What is not exact is reported; parameters of interest are fitted before and after.
    """
    import hs3

    before, report = source.read()
    with progress("reducing"):
        after, told = _reduced(
            before,
            _Asked(drop, freeze, prune, (norm, shape, stat), merge_samples, merge_bins, scale),
            approximate,
        )
    report += told
    hs3.save(after, output)
    effects: list[dict[str, Any]] = []
    if effect:
        from hs3.reduction import effect as compare

        with progress("fitting before and after"):
            effects = [e.to_dict() for e in compare(before, after)]
    if effects and not json:
        _show(effects)
    written(report, output, json, {"effect": effects} if effect else {})
    return 0


class _Asked:
    """What is to be done."""

    def __init__(
        self,
        drop: list[str] | None,
        freeze: list[str] | None,
        prune: bool,
        thresholds: tuple[float, float, float],
        samples: list[str] | None,
        bins: list[str] | None,
        scale: list[str] | None,
    ) -> None:
        self.drop, self.freeze, self.prune = drop, freeze, prune
        self.thresholds, self.samples, self.bins, self.scale = thresholds, samples, bins, scale
        if not (drop or freeze or prune or samples or bins or scale):
            raise typer.BadParameter("there is nothing to do: see the options")


def _reduced(ws: Workspace, asked: _Asked, approximate: bool) -> tuple[Workspace, Report]:
    from hs3 import reduction
    from hs3.findings import Report

    report = Report()
    if asked.drop:
        ws, told = reduction.drop_channels(ws, asked.drop)
        report += told
    if asked.freeze:
        plain: dict[str, float | None] = {n: None for n in asked.freeze if "=" not in n}
        values = assignments(n for n in asked.freeze if "=" in n)
        ws, told = reduction.freeze(ws, plain | values)
        report += told
    if asked.prune:
        norm, shape, stat = asked.thresholds
        ws, told = reduction.prune(ws, norm=norm, shape=shape, stat=stat)
        report += told
    for option in asked.samples or ():
        new, members = _pair(option, "NEW=A,B")
        ws, told = reduction.merge_samples(ws, members.split(","), new, approximate=approximate)
        report += told
    for option in asked.bins or ():
        channel, given = _pair(option, "CHANNEL=N or CHANNEL=EDGE,EDGE,…")
        ws, told = reduction.merge_bins(ws, channel, _bins(given))
        report += told
    if asked.scale:
        ws, told = reduction.scale_samples(ws, assignments(asked.scale))
        report += told
    return ws, report


def _pair(option: str, form: str) -> tuple[str, str]:
    name, equals, given = option.rpartition("=")
    if not equals or not name or not given:
        raise typer.BadParameter(f"{option!r} is not {form}")
    return name, given


def _bins(text: str) -> int | list[float]:
    try:
        return [float(e) for e in text.split(",")] if "," in text else int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a number of bins nor edges") from None


def _show(effects: list[dict[str, Any]]) -> None:
    columns = ("parameter", "before", "after", "shift / error", "error grows by")
    out = table("Parameters of interest", *columns, right=columns[1:])
    for e in effects:
        values = [f"{number(e[k]['value'])} ± {number(e[k]['error'])}" for k in ("before", "after")]
        row(out, e["poi"], *values, f"{e['shift']:+.4f}", f"{100 * e['growth']:+.3f} %")
    console().print(out)
