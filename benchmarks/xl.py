"""A very large model (pyhf JSON of about 100 MB): time and memory until its first gradient.

    python benchmarks/xl.py [--size xl] [--json FILE]

A process of its own, with an empty compile cache, loads, compiles and evaluates -ln L with its
gradient. Asked for is less than 60 s and 6 GB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
import models

CHILD = """
import json, resource, sys, time
start = time.perf_counter()
import hs3
workspace = hs3.load(sys.argv[1])
loaded = time.perf_counter()
model = hs3.compile(workspace)
compiled = time.perf_counter()
value, gradient = model.value_and_gradient()
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kB, on macOS in bytes
peak *= 1 if sys.platform == "darwin" else 1024
again = time.perf_counter()
model.value_and_gradient()
warm = time.perf_counter() - again
print(json.dumps({"load": loaded - start, "compile": compiled - loaded, "first": done - compiled,
                  "all": done - start, "warm": warm, "peak": peak, "nll": value,
                  "parameters": len(gradient)}))
"""


def main() -> None:
    settings = measure.options(__doc__, ("--size", {"default": "xl"}))
    record = measure.Record("xl")
    with tempfile.TemporaryDirectory() as folder:
        path = models.write(settings.size, Path(folder))
        megabytes = path.stat().st_size / 1e6
        environment = {
            "PYTHONPATH": str(Path(__file__).parent.parent),
            **os.environ,
            "HS3_CACHE_DIR": str(Path(folder) / "cache"),
        }
        command = [sys.executable, "-c", CHILD, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"the child failed:\n{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    steps = {"load": "read", "compile": "resolve and pack", "first": "compile, first gradient"}
    for key, what in steps.items():
        record.row(settings.size, what, {"hs3": found[key]})
    notes = f"{found['parameters']} parameters, {megabytes:.0f} MB"
    record.row(settings.size, "gradient, compiled", {"hs3": found["warm"]}, notes)
    record.at_most(settings.size, "from the file to a gradient", found["all"], 60.0, "s")
    record.at_most(settings.size, "memory", found["peak"] / 1e9, 6.0, "GB")
    record.finish(settings.json)


if __name__ == "__main__":
    main()
