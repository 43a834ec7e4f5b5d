"""Toys and scans on a GPU, the same code against the processor; says so where there is no GPU.

python benchmarks/gpu.py [--size medium] [--toys 4096] [--points 256] [--json FILE]
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import jax
import measure
import models
import numpy as np

import hs3
from hs3.engine.inference import fit_batch

NONE = "JAX finds no GPU"


def gpus() -> list[Any]:
    """The GPUs that JAX can use."""
    try:
        return list(jax.devices("gpu"))
    except RuntimeError:
        return []


def timed(device: Any, work: Callable[[Any], Any], spec: dict[str, Any]) -> tuple[float, Any]:
    """Seconds of work on a device, the program compiled, and its result."""
    with jax.default_device(device), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = hs3.compile(spec)
        work(model)
        start = time.perf_counter()
        found = work(model)
        return time.perf_counter() - start, found


def compare(record: measure.Record, case: str, what: str, count: int, work: Any) -> None:
    """The same work on both; the results have to agree."""
    spec = models.workspace(case)
    devices = {"hs3 on a GPU": gpus()[0], "hs3 on the processor": jax.devices("cpu")[0]}
    found = {who: timed(device, work, spec) for who, device in devices.items()}
    here, there = (result.nll for _, result in found.values())
    if not np.allclose(here, there, rtol=1e-8):
        raise SystemExit(f"{what}: the minima differ by {np.abs(here - there).max()}")
    record.row(case, what, {who: seconds / count for who, (seconds, _) in found.items()})


def main() -> None:
    settings = measure.options(
        __doc__,
        ("--size", {"default": "medium"}),
        ("--toys", {"type": int, "default": 4096}),
        ("--points", {"type": int, "default": 256}),
    )
    record = measure.Record("gpu")
    if not gpus():
        record.without("GPU", NONE)
    else:
        record.versions["GPU"] = gpus()[0].device_kind
        toys, points = settings.toys, np.linspace(0.0, 5.0, settings.points)
        compare(record, settings.size, "toys drawn and fitted, each", toys,
                lambda model: hs3.toys(model, toys, seed=1))  # fmt: skip
        compare(record, settings.size, "points of a scan, each", len(points),
                lambda model: fit_batch(model, points={model.pois[0]: points}))  # fmt: skip
    record.finish(settings.json)


if __name__ == "__main__":
    main()
