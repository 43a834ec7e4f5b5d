"""`hs3 significance`, `hs3 toys`: what a likelihood says about a signal, and what toys do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Bound, Fix, Json, Poi, Starts
from hs3.cli.rounding import number, probability, rounded, short
from hs3.cli.source import Chosen, Measured
from hs3.cli.terminal import (
    BANDS,
    console,
    print_remarks,
    row,
    safe,
    say,
    say_json,
    table,
)
from hs3.cli.values import assignments, bounds, held
from hs3.cli.work import Conditional, Seed, Toys, Work

if TYPE_CHECKING:
    from hs3.engine import Model
    from hs3.engine.inference import FitBatch, Significance


def significance(
    source: Measured,
    work: Toys,
    poi: Poi = None,
    signal: Annotated[
        float, typer.Option(metavar="VALUE", help="The signal for which values are expected.")
    ] = 1.0,
    fix: Fix = None,
    bound: Bound = None,
    starts: Starts = None,
    json: Json = False,
) -> None:
    """Discovery significance of a signal, observed and expected.

    Exit status 0 when all fits converged.
    """
    import hs3

    model, report = source.model()
    options: dict[str, Any] = {"poi": poi, "fixed": held(model, fix or ())}
    options |= {"bounds": bounds(bound or ()), **work.with_starts(starts)}
    with work.drawn() as split:
        expected: dict[str, Any] = {} if split else {"expected_signal": signal}
        found: Significance = hs3.significance(model, **options, **expected, **split)
    if json:
        say_json({**found.to_dict(), "findings": report.to_dict()["findings"]})
        return
    out = table(f"Significance of {found.poi} > 0", "", "sigma", right=("sigma",))
    row(out, "observed", f"{found.observed:.3f}", style="bold")
    _bands(out, found.expected)
    if found.asymptotic is not None:
        row(out, "observed, asymptotic", f"{found.asymptotic.observed:.3f}")
    console().print(out)
    if found.expected:
        say(f"expected: for {found.poi} = {short(found.expected_signal)}")
    said = probability(found.p_value)
    if found.p_error:
        said = f"{' ± '.join(rounded(found.p_value, found.p_error))} ({found.toys} toys)"
    say(f"p-value without signal: {said}")
    print_remarks(report, found.notes)


def toys(
    source: Chosen,
    work: Work,
    size: Annotated[int, typer.Option("--size", metavar="N", min=1, help="Number of toys.")] = 1000,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="NAME=VALUE", help="True value (repeatable)."),
    ] = None,
    fix: Fix = None,
    bound: Bound = None,
    seed: Seed = 0,
    conditional: Conditional = False,
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
    with work.split("toys", size) as split:
        found = hs3.toys(
            model,
            size,
            values=assignments(at or ()),
            fixed=held(model, fix or ()),
            bounds=bounds(bound or ()),
            covariance=True,
            seed=seed,
            conditional=conditional,
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
        print_remarks(report)
    return 1 if failed else 0


# --- tables ---------------------------------------------------------------------------------------


def _bands(out: Any, expected: Sequence[float]) -> None:
    for band, value in zip(BANDS, expected, strict=False):
        row(out, f"expected {band}", f"{value:.3f}")


def _study(found: FitBatch, name: str, truth: float) -> dict[str, float]:
    """Mean and spread of one parameter and of its pull over the toys that converged."""
    import numpy as np

    good = found.converged
    values, errors = found.value(name)[good], found.error(name)[good]
    if len(values) < 2:
        names = ("mean", "std", "pull_mean", "pull_std")
        return {"true": float(truth), **dict.fromkeys(names, math.nan)}
    with np.errstate(divide="ignore", invalid="ignore"):
        pulls = (values - truth) / errors
        width = float(pulls.std(ddof=1))
    return {
        "true": float(truth),
        "mean": float(values.mean()),
        "mean_error": float(values.std(ddof=1)) / math.sqrt(len(values)),
        "std": float(values.std(ddof=1)),
        "pull_mean": float(pulls.mean()),
        "pull_mean_error": width / math.sqrt(len(values)),
        "pull_std": width,
        "pull_std_error": width / math.sqrt(2.0 * (len(values) - 1)),  # of normal pulls
    }


def _show(model: Model, studies: dict[str, dict[str, float]], size: int) -> None:
    columns = ("parameter", "true", "mean", "std", "mean of pulls", "width of pulls")
    out = table(f"{size} toys of {model.name}", *columns, right=columns[1:])
    for name in sorted(studies, key=lambda name: name not in model.pois):
        found = studies[name]
        cells = [number(found["true"])]
        for key in ("mean", "std", "pull_mean", "pull_std"):
            error = found.get(f"{key}_error", math.nan)
            cells.append(" ± ".join(rounded(found[key], error)) if error > 0 else short(found[key]))
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
