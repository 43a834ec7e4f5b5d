"""`hs3 limit`, `hs3 significance`, `hs3 toys`: what a likelihood says about a signal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Bound, Fix, Json, Poi
from hs3.cli.rounding import number, rounded
from hs3.cli.source import Chosen, command
from hs3.cli.terminal import (
    console,
    print_findings,
    progress,
    row,
    safe,
    say,
    say_json,
    table,
)
from hs3.cli.values import assignments, bounds, held

if TYPE_CHECKING:
    from hs3.engine import Model
    from hs3.engine.inference import FitBatch, Limit, Significance
    from hs3.findings import Report

TOYS = "Toys"
Toys = Annotated[
    int,
    typer.Option(
        metavar="N", min=0, help="Toys per hypothesis; 0: asymptotic.", rich_help_panel=TOYS
    ),
]
Seed = Annotated[int, typer.Option(help="Of the random numbers.", rich_help_panel=TOYS)]
Conditional = Annotated[
    bool,
    typer.Option("--conditional", help="Keep the auxiliary measurements.", rich_help_panel=TOYS),
]
Folder = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", help="Keep finished chunks here, and resume from them.", rich_help_panel=TOYS
    ),
]
Workers = Annotated[
    int, typer.Option(metavar="N", min=1, help="Processes for the toys.", rich_help_panel=TOYS)
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    command(app, limit)
    command(app, significance)
    command(app, toys)


def limit(
    source: Chosen,
    poi: Poi = None,
    cl: Annotated[float, typer.Option(metavar="P", help="Confidence level.")] = 0.95,
    statistic: Annotated[str, typer.Option(metavar="NAME", help="q~ or q.")] = "q~",
    fix: Fix = None,
    bound: Bound = None,
    toys: Toys = 0,
    seed: Seed = 0,
    conditional: Conditional = False,
    folder: Folder = None,
    workers: Workers = 1,
    json: Json = False,
) -> None:
    """Upper limit on the parameter of interest by CLs, observed and expected.

    Exit status 0 when all fits converged.
    """
    import hs3

    model, report = source.model()
    options: dict[str, Any] = {"poi": poi, "statistic": statistic, "fixed": held(model, fix or ())}
    options["bounds"] = bounds(bound or ())
    with _split(toys, seed, conditional, folder, workers) as split:
        found: Limit = hs3.upper_limit(model, cl=cl, **options, **split)
    if json:
        say_json({**found.to_dict(), "findings": report.to_dict()["findings"]})
        return
    out = table(f"Upper limit on {found.poi} at {100 * cl:g}% CL", "", "limit", right=("limit",))
    row(out, "observed", rounded(found.observed, found.error)[0], style="bold")
    _bands(out, found.expected)
    console().print(out)
    if found.error is not None:
        say(f"statistical error of the observed limit: {number(found.error)} ({toys} toys)")
    _end(found.notes, report)


def significance(
    source: Chosen,
    poi: Poi = None,
    fix: Fix = None,
    bound: Bound = None,
    toys: Toys = 0,
    seed: Seed = 0,
    conditional: Conditional = False,
    folder: Folder = None,
    workers: Workers = 1,
    json: Json = False,
) -> None:
    """Discovery significance of a signal, observed and expected for a signal of 1.

    Exit status 0 when all fits converged.
    """
    import hs3

    model, report = source.model()
    options: dict[str, Any] = {"poi": poi, "fixed": held(model, fix or ())}
    options["bounds"] = bounds(bound or ())
    with _split(toys, seed, conditional, folder, workers) as split:
        found: Significance = hs3.significance(model, **options, **split)
    if json:
        say_json({**found.to_dict(), "findings": report.to_dict()["findings"]})
        return
    out = table(f"Significance of {found.poi} > 0", "", "sigma", right=("sigma",))
    row(out, "observed", f"{found.observed:.3f}", style="bold")
    _bands(out, found.expected)
    console().print(out)
    error = f" ± {number(found.p_error)} ({found.toys} toys)" if found.p_error else ""
    say(f"p-value without signal: {number(found.p_value)}{error}")
    _end(found.notes, report)


def toys(
    source: Chosen,
    size: Annotated[int, typer.Option("--size", metavar="N", min=1, help="Number of toys.")] = 1000,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="NAME=VALUE", help="True value (repeatable)."),
    ] = None,
    fix: Fix = None,
    bound: Bound = None,
    seed: Seed = 0,
    conditional: Conditional = False,
    folder: Folder = None,
    workers: Workers = 1,
    output: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write all fits here, as arrays (.npz of numpy)."),
    ] = None,
    json: Json = False,
) -> int:
    """Draw toys, fit each of them, and show how the fits are distributed.

    Exit status 0 when all fits converged, else 1.
    """
    import hs3

    model, report = source.model()
    with _split(size, seed, conditional, folder, workers) as split:
        del split["toys"]
        found = hs3.toys(
            model,
            size,
            values=assignments(at or ()),
            fixed=held(model, fix or ()),
            bounds=bounds(bound or ()),
            covariance=True,
            **split,
        )
    if output is not None:
        _save(found, output)
    truth = model.theta(assignments(at or ()))
    studies = {name: _study(found, name, truth[model.position(name)]) for name in found.free}
    failed = int((~found.converged).sum())
    if json:
        findings = report.to_dict()["findings"]
        out = {"toys": size, "failed": failed, "parameters": studies, "findings": findings}
        say_json(out)
    else:
        _show(model, studies, size)
        for number_ in (~found.converged).nonzero()[0][:5]:
            say(f"toy {number_} NOT CONVERGED: {found.message(int(number_))}", style="bold red")
        print_findings(report)
    return 1 if failed else 0


# --- options --------------------------------------------------------------------------------------


@contextmanager
def _split(
    toys: int, seed: int, conditional: bool, folder: str | None, workers: int
) -> Iterator[dict[str, Any]]:
    """The options about toys, with a progress bar and processes while they are in use."""
    if not toys:
        if seed or conditional or folder or workers > 1:
            raise typer.BadParameter("--seed, --conditional, --folder, --workers need --toys")
        with progress("fitting (a model of a new shape is compiled first)"):
            yield {}
        return
    from rich.progress import Progress

    spawned = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    out = console(stderr=True)
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("toys", total=toys)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        try:
            yield {
                "toys": toys,
                "seed": seed,
                "conditional": conditional,
                "folder": folder,
                "executor": spawned,
                "progress": advance,
            }
        finally:
            if spawned is not None:
                spawned.shutdown(cancel_futures=True)


# --- tables ---------------------------------------------------------------------------------------


def _bands(out: Any, expected: Sequence[float]) -> None:
    for band, value in zip((-2, -1, 0, 1, 2), expected, strict=False):
        row(out, f"expected {band:+d}σ" if band else "expected median", number(value))


def _end(notes: Sequence[str], report: Report) -> None:
    for note in notes:
        say(f"note: {note}", style="yellow")
    print_findings(report)


def _study(found: FitBatch, name: str, truth: float) -> dict[str, float]:
    """Mean and spread of one parameter and of its pull over the toys that converged."""
    import numpy as np

    good = found.converged
    values, errors = found.value(name)[good], found.error(name)[good]
    if len(values) < 2:
        return {"true": truth, "mean": math.nan, "std": math.nan}
    with np.errstate(divide="ignore", invalid="ignore"):
        pulls = (values - truth) / errors
    return {
        "true": float(truth),
        "mean": float(values.mean()),
        "std": float(values.std(ddof=1)),
        "pull_mean": float(pulls.mean()),
        "pull_std": float(pulls.std(ddof=1)),
    }


def _show(model: Model, studies: dict[str, dict[str, float]], size: int) -> None:
    columns = ("parameter", "true", "mean", "std", "pull mean", "pull std")
    out = table(f"{size} toys of {model.name}", *columns, right=columns[1:])
    for name, study in studies.items():
        cells = [number(value) for value in study.values()]
        row(out, safe(name), *cells, style="bold" if name in model.pois else None)
    console().print(out)


def _save(found: FitBatch, path: str) -> None:
    import io

    import numpy as np

    from hs3 import files

    buffer = io.BytesIO()
    arrays: dict[str, Any] = {**found.to_arrays(), "names": np.array(found.names)}
    np.savez(buffer, **arrays, free=np.array(found.free))
    files.write_atomic(path, buffer.getvalue())
