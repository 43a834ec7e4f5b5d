"""Fits of toys: binned ones against NextStat's `fit_toys`, unbinned ones against RooFit.

    python benchmarks/toys.py [--toys 1000] [--size small] [--events 1000] [--json FILE]

Both sides draw their own toys and fit them. NextStat 0.10 keeps the auxiliary measurements, so
those toys are conditional. Mean and spread of a parameter have to agree. Asked for is at least 5
times the throughput of either.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from typing import Any

import measure
import models
import numpy as np

import hs3

Json = dict[str, Any]
BINNED, UNBINNED = "toys drawn and fitted, each", "unbinned toys drawn and fitted, each"


def moments(values: np.ndarray[Any, np.dtype[np.float64]]) -> Json:
    """Number, mean and spread."""
    return {"count": len(values), "mean": float(values.mean()), "std": float(values.std())}


def ours(model: Any, name: str, size: int, **options: Any) -> tuple[float, Json]:
    """Seconds per toy, the program compiled, and what was found."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        at = hs3.fit(model).values if model.pois else dict(models.START)
    hs3.toys(model, size, seed=1, values=at, **options)
    start = time.perf_counter()
    found = hs3.toys(model, size, seed=2, values=at, **options)
    seconds = time.perf_counter() - start
    return seconds / size, moments(found.value(name)[found.converged])


def nextstats(spec: Json, size: int) -> tuple[float, Json]:
    import nextstat

    model = nextstat.from_pyhf(json.dumps(spec))
    at = nextstat.fit(model).parameters
    nextstat.fit_toys(model, at, n_toys=8, seed=1)
    start = time.perf_counter()
    fits = nextstat.fit_toys(model, at, n_toys=size, seed=2)
    seconds = time.perf_counter() - start
    mu = [fit.parameters[model.poi_index()] for fit in fits if fit.converged]
    return seconds / size, moments(np.array(mu))


def agree(who: str, own: Json, other: Json) -> str:
    """Refuse to compare different distributions; the differences in standard deviations.

    For a normal distribution the variance of the mean is s²/n, that of the spread s²/2n.
    """
    scale = own["std"] * math.sqrt(1.0 / own["count"] + 1.0 / other["count"])
    mean = (own["mean"] - other["mean"]) / scale
    spread = (own["std"] - other["std"]) / scale * math.sqrt(2.0)
    if abs(mean) > 5.0 or abs(spread) > 5.0:
        raise SystemExit(f"toys of {who} are distributed otherwise: {own}, {other}")
    return f"mean and spread differ by {mean:.1f} and {spread:.1f} standard deviations"


def binned(record: measure.Record, size: str, count: int) -> None:
    """HistFactory toys."""
    spec = models.workspace(size)
    model = hs3.compile(spec)
    seconds, own = ours(model, model.pois[0], count, conditional=True)
    times, notes = {"hs3": seconds}, ""
    if measure.installed(record, "nextstat"):
        times["NextStat"], other = nextstats(spec, count)
        notes = agree("NextStat", own, other)
    record.row(size, BINNED, times, notes)
    record.faster(size, BINNED, "NextStat", 5.0)


def unbinned(record: measure.Record, events: int, count: int) -> None:
    """Toys of a peak on a falling background."""
    case = f"{events:,}"
    model = hs3.compile(hs3.Workspace.from_json(models.unbinned(models.events(events))))
    seconds, own = ours(model, "mean", count)
    times, notes = {"hs3": seconds}, ""
    answer = measure.root(record, "roofit.py", {"toys": count, "events": events})
    for backend, found in (answer or {"backends": {}})["backends"].items():
        times[f"RooFit {backend}"] = found["seconds"] / count
        notes = agree(f"RooFit {backend}", own, found["mean"])
    record.row(case, UNBINNED, times, notes)
    for backend in ("cpu", "codegen"):
        record.faster(case, UNBINNED, f"RooFit {backend}", 5.0)


def main() -> None:
    settings = measure.options(
        __doc__,
        ("--toys", {"type": int, "default": 1000}),
        ("--size", {"default": "small"}),
        ("--events", {"type": int, "default": 1000}),
    )
    record = measure.Record("toys")
    binned(record, settings.size, settings.toys)
    unbinned(record, settings.events, settings.toys)
    record.finish(settings.json)


if __name__ == "__main__":
    main()
