"""Fits of toys against NextStat's `fit_toys`, on one workspace, one after the other.

    python benchmarks/toys.py WORKSPACE.json [--toys 1000] [--peer PYTHON] [--json FILE]

``--peer`` is a Python that has nextstat. Both draw their own toys at their best fit; NextStat 0.10
keeps the auxiliary measurements, so these toys are conditional, too. Mean and spread of the
parameter of interest have to agree.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

PEER = """
import json, sys, time
import nextstat, numpy
model = nextstat.from_pyhf(open(sys.argv[1]).read())
at, size = nextstat.fit(model).parameters, int(sys.argv[2])
nextstat.fit_toys(model, at, n_toys=8, seed=1)
start = time.perf_counter()
fits = nextstat.fit_toys(model, at, n_toys=size, seed=2)
seconds = time.perf_counter() - start
mu = numpy.array([fit.parameters[model.poi_index()] for fit in fits if fit.converged])
print(json.dumps({"version": nextstat.__version__, "seconds": seconds, "converged": len(mu),
                  "mean": mu.mean(), "std": mu.std()}))
"""


def ours(path: str, size: int) -> dict[str, Any]:
    """Time of drawing and fitting toys, once the program is compiled."""
    import hs3

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = hs3.compile(path)
    at = hs3.fit(model).values
    first = time.perf_counter()
    hs3.toys(model, size, seed=1, values=at)
    start = time.perf_counter()
    found = hs3.toys(model, size, seed=2, values=at, conditional=True)
    seconds = time.perf_counter() - start
    mu = found.value(model.pois[0])[found.converged]
    return {
        "version": hs3.__version__,
        "first_s": start - first,
        "seconds": seconds,
        "converged": int(found.converged.sum()),
        "mean": float(mu.mean()),
        "std": float(mu.std()),
    }


def theirs(python: str, path: str, size: int) -> dict[str, Any]:
    command = [python, "-c", PEER, path, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Time fits of toys against NextStat.")
    parser.add_argument("workspace")
    parser.add_argument("--toys", type=int, default=1000)
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    both = {
        "hs3": ours(options.workspace, options.toys),
        "nextstat": theirs(options.peer, options.workspace, options.toys),
    }
    ratio = both["nextstat"]["seconds"] / both["hs3"]["seconds"]
    for name, result in both.items():
        print(name, "  ".join(f"{key} {value}" for key, value in result.items()))
    print(f"ratio {ratio:.1f}")
    spread = both["hs3"]["std"] * (2.0 / options.toys) ** 0.5
    assert abs(both["hs3"]["mean"] - both["nextstat"]["mean"]) < 5.0 * spread, "means differ"
    if options.json:
        text = json.dumps({**both, "ratio": ratio}, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
