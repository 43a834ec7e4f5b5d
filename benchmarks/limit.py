"""Upper limit with its expected band against pyhf with numpy, in this process. Needs pyhf.

    python benchmarks/limit.py BACKGROUND.json [PATCH.json] [--low 0.05] [--high 5] [--json FILE]

pyhf 0.7.6 searches between ``--low`` and ``--high`` with TOMS 748, which fails with its JAX backend
(arrays of JAX are not hashable). The limits have to agree.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any


def ours(path: str, patch: str | None) -> dict[str, Any]:
    import hs3

    model = hs3.compile(hs3.load(path, patch=patch))
    start = time.perf_counter()
    hs3.upper_limit(model)
    warm = time.perf_counter()
    found = hs3.upper_limit(model)
    seconds = time.perf_counter() - warm
    limits = [found.observed, *found.expected]
    return {"first_s": warm - start, "seconds": seconds, "limits": limits}


def pyhfs(path: str, patch: str | None, low: float, high: float) -> dict[str, Any]:
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
    return {"seconds": seconds, "limits": [float(v) for v in (observed, *expected)]}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time an upper limit against pyhf.")
    parser.add_argument("background")
    parser.add_argument("patch", nargs="?")
    parser.add_argument("--low", type=float, default=0.05)
    parser.add_argument("--high", type=float, default=5.0)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    both = {
        "hs3": ours(options.background, options.patch),
        "pyhf": pyhfs(options.background, options.patch, options.low, options.high),
    }
    for name, result in both.items():
        print(name, "  ".join(f"{key} {value}" for key, value in result.items()))
    pairs = zip(both["hs3"]["limits"], both["pyhf"]["limits"], strict=True)
    worst = max(abs(a - b) for a, b in pairs)
    ratio = both["pyhf"]["seconds"] / both["hs3"]["seconds"]
    print(f"ratio {ratio:.0f}, largest difference {worst:.1e}")
    assert worst < 1e-3, "the limits differ"
    if options.json:
        text = json.dumps({**both, "ratio": ratio}, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
