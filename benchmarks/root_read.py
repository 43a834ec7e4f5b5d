"""Time of reading the workspaces of ROOT files, without ROOT.

    python benchmarks/root_read.py FILE.root … [--repeat 5] [--json FILE]

Prints the time of opening and of reading everything, the best of several, in milliseconds of
processor time, also by megabyte (decompressed) and by thousand nodes. `root_make.py` writes a large
workspace.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hs3.adapters.root.file import RootFile, open_root


def best(action: Callable[[], Any], repeat: int) -> float:
    """Shortest of several times of an action, in milliseconds of processor time."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        action()
        times.append(1e3 * (time.process_time() - start))
    return min(times)


def measured(path: Path, workspace: str, repeat: int) -> dict[str, Any]:
    """Times and sizes of a workspace."""
    file: RootFile = open_root(path)
    graph = file.workspace(workspace)
    megabytes = len(file.content(file.find(workspace).seek, workspace)[0]) / 1e6
    reading = best(lambda: open_root(path).workspace(workspace), repeat)
    return {
        "file": path.name,
        "workspace": workspace,
        "megabytes": round(megabytes, 3),
        "nodes": len(graph.nodes),
        "datasets": len(graph.datasets) + len(graph.embedded),
        "opening_ms": round(best(lambda: open_root(path), repeat), 1),
        "reading_ms": round(reading, 1),
        "ms_per_megabyte": round(reading / megabytes, 1),
        "ms_per_1000_nodes": round(1e3 * reading / len(graph.nodes), 1),
    }


def main() -> None:
    """Measure the files of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = [
        measured(path, workspace, options.repeat)
        for path in options.files
        for workspace in open_root(path).workspaces
    ]
    for result in results:
        print("  ".join(f"{key} {value}" for key, value in result.items()))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
