"""Upper limit with its expected band: compiled, as a fresh process, and against pyhf with numpy.

    python benchmarks/limit.py [BACKGROUND.json [PATCH.json]] [--low 0.05] [--high 5] [--json FILE]

Without a file: the synthetic model of size small. pyhf 0.7.6 searches between ``--low`` and
``--high`` with TOMS 748, which fails with its JAX backend (arrays of JAX are not hashable). Asked
for is less than 1 s compiled and 8 s as a fresh process, limits within 1e-3 of pyhf's and CLs
within 1e-5; and the published CLs of pyhf's two-bin example.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import measure
import models

import hs3

WHAT = "upper limit with expected band"
HYPOTHESIS = 1.0
"""Signal strength at which the CLs values are compared."""

PUBLISHED = (([12.0, 11.0], 0.0525), ([5.0, 6.0], 0.3365))
"""Signal of the two-bin example, and CLs at signal strength 1."""


def ours(path: str, patch: str | None) -> tuple[float, list[float], float]:
    """Seconds compiled, the limits, and CLs."""
    model = hs3.compile(hs3.load(path, patch=patch))
    hs3.upper_limit(model)
    seconds = measure.repeated(lambda: hs3.upper_limit(model), most=10)
    found = hs3.upper_limit(model)
    tested = hs3.hypotest(model, HYPOTHESIS)
    return seconds, [found.observed, *found.expected], tested.cls


def fresh(path: str, patch: str | None) -> float:
    """Seconds of the command line in a process of its own; its programs are in the cache."""
    command = [sys.executable, "-m", "hs3", "limit", path, "--json"]
    if patch:
        command += ["--patch", patch]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return time.perf_counter() - start


def pyhfs(path: str, patch: str | None, low: float, high: float) -> tuple[float, list[float], Any]:
    """Seconds, the limits, and CLs of pyhf."""
    import jsonpatch
    import pyhf

    pyhf.set_backend("numpy")
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    if patch:
        spec = jsonpatch.apply_patch(spec, Path(patch).read_text(encoding="utf-8"))
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    data = workspace.data(model)
    start = time.perf_counter()
    observed, expected = pyhf.infer.intervals.upper_limits.toms748_scan(data, model, low, high)
    seconds = time.perf_counter() - start
    cls = pyhf.infer.hypotest(HYPOTHESIS, data, model, test_stat="qtilde")
    return seconds, [float(v) for v in (observed, *expected)], float(cls)


def two_bins(signal: list[float]) -> dict[str, Any]:
    """The first example of pyhf: background 50 and 52, data 51 and 48, uncertainties 3 and 7."""
    uncertain = {"name": "uncorr_bkguncrt", "type": "shapesys", "data": [3.0, 7.0]}
    strength = {"name": "mu", "type": "normfactor", "data": None}
    samples = [
        {"name": "signal", "data": signal, "modifiers": [strength]},
        {"name": "background", "data": [50.0, 52.0], "modifiers": [uncertain]},
    ]
    return {
        "channels": [{"name": "singlechannel", "samples": samples}],
        "observations": [{"name": "singlechannel", "data": [51.0, 48.0]}],
        "measurements": [{"name": "Measurement", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }


def published(record: measure.Record) -> None:
    """The numbers in pyhf's README."""
    for signal, cls in PUBLISHED:
        found = hs3.hypotest(hs3.compile(two_bins(signal)), 1.0).cls
        name = f"CLs with signal {signal[0]:g}, {signal[1]:g}: {found:.6f}, away from {cls}"
        record.at_most("two bins", name, abs(found - cls), 1e-4)


def main() -> None:
    settings = measure.options(
        __doc__,
        ("background", {"nargs": "?"}),
        ("patch", {"nargs": "?"}),
        ("--low", {"type": float, "default": 0.05}),
        ("--high", {"type": float, "default": 5.0}),
    )
    record = measure.Record("limit")
    warnings.simplefilter("ignore")
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parent.parent))
    with tempfile.TemporaryDirectory() as folder:
        path = settings.background or str(models.write("small", Path(folder)))
        case = Path(path).parent.name if settings.background else "small"
        compiled, limits, cls = ours(path, settings.patch)
        fresh(path, settings.patch)
        seconds = {"hs3": compiled, "hs3, a fresh process": fresh(path, settings.patch)}
        if measure.installed(record, "pyhf"):
            found = pyhfs(path, settings.patch, settings.low, settings.high)
            seconds["pyhf with numpy"], theirs, their_cls = found
            worst = max(abs(a - b) for a, b in zip(limits, theirs, strict=True))
            record.at_most(case, "limits, away from pyhf's", worst, 1e-3)
            record.at_most(case, "CLs, away from pyhf's", abs(cls - their_cls), 1e-5)
    record.row(case, WHAT, seconds)
    record.at_most(case, f"{WHAT}, compiled", compiled, 1.0, "s")
    record.at_most(case, f"{WHAT}, a fresh process", seconds["hs3, a fresh process"], 8.0, "s")
    published(record)
    record.finish(settings.json)


if __name__ == "__main__":
    main()
