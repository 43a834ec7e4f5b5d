"""Random documents, many of them: `python tests/random_models/trying.py --documents 2000 --jobs 2`.

What fails is shrunk by hypothesis and kept in ``tests/data/random``, from where it is tried for
ever and becomes a fixture of the suite.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from long_run import record  # noqa: E402 - the folders of the tests come first

KEPT = HERE.parent / "data" / "random"
CHUNK = 50
"""Documents of one process."""

BATCH = 10
"""Documents of one seed; within one, hypothesis likes to repeat parts of what it made before."""


def chunk(seed: int, count: int, journeys: bool = False) -> dict[str, Any] | None:
    """Try random documents; what failed, shrunk, or None."""
    sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]
    import check
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from hs3.conformance.strategies import RandomModel, channel_models, models

    last: list[RandomModel] = []
    sizes = [BATCH] * (count // BATCH) + ([count % BATCH] if count % BATCH else [])
    test: Callable[[RandomModel], None] = check.check_journeys if journeys else check.check

    def batch(number: int, size: int) -> None:
        @seeded(100 * seed + number)
        @settings(
            max_examples=size,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
        )
        @given(channel_models(plain=seed % 2 == 0) if journeys and number % 2 else models())
        def run(model: RandomModel) -> None:
            last[:] = [model]
            test(model)

        run()

    try:
        with check.interpreting():
            for number, size in enumerate(sizes):
                batch(number, size)
    except Exception as error:
        said = "".join(traceback.format_exception_only(error)).strip()[:400]
        return {"found": said, "document": last[0].document, "points": last[0].points}
    return None


def keep(failure: dict[str, Any], folder: Path = KEPT) -> Path:
    """Write a shrunk document to where it will be tried again."""
    text = json.dumps(failure["document"], sort_keys=True)
    path = folder / f"{sha256(text.encode()).hexdigest()[:10]}.json"
    path.write_text(json.dumps(failure, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _child(seed: int, count: int, journeys: bool) -> None:
    failure = chunk(seed, count, journeys)
    import check

    told = {"types": check.TYPES, "journeys": check.JOURNEYS, "worst": check.WORST}
    print("\n" + json.dumps(told if failure is None else {**told, "failure": failure}))


def _told_by_child(one: tuple[int, int, bool]) -> dict[str, Any]:
    """What a process of its own says of a chunk; its death is a ``failure``, without a document."""
    command = [sys.executable, __file__, "--child", json.dumps(one)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return {"types": {}, "journeys": {}, "worst": {}, "failure": None}
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def main() -> int:
    """Run, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--journeys", action="store_true", help="through the adapters instead")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what came out as JSON")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _child(*json.loads(given.child))
        return 0
    start, types, journeys, failures = time.monotonic(), Counter[str](), Counter[str](), 0
    worst: dict[str, float] = {}
    sizes = [CHUNK] * (given.documents // CHUNK)
    sizes += [given.documents % CHUNK] if given.documents % CHUNK else []
    chunks = [(1000 * given.seed + i, size, given.journeys) for i, size in enumerate(sizes)]
    with ThreadPoolExecutor(given.jobs) as pool:
        for one, told in zip(chunks, pool.map(_told_by_child, chunks), strict=True):
            types.update(told["types"])
            journeys.update(told["journeys"])
            for what, size in told["worst"].items():
                worst[what] = max(worst.get(what, 0.0), size)
            failures += "failure" in told
            print(f"seed {one[0]}: {'FAILED' if 'failure' in told else 'ok'}", flush=True)
            if told.get("failure"):
                print(f"  {told['failure']['found']}\n  {keep(told['failure'])}", flush=True)
    seconds = time.monotonic() - start
    print(f"{given.documents} documents in {seconds:.0f} s, {failures} chunks failed")
    print("types: " + ", ".join(f"{k} {n}" for k, n in sorted(types.items(), key=lambda i: i[1])))
    print("further: " + ", ".join(f"{k} {n}" for k, n in sorted(journeys.items())))
    print("worst: " + ", ".join(f"{k} {n:.1e}" for k, n in sorted(worst.items())))
    if given.report:
        worst = {what: float(f"{size:.2g}") for what, size in sorted(worst.items())}
        sums = {"types": dict(sorted(types.items())), "further": dict(sorted(journeys.items()))}
        what = "journeys through adapters" if given.journeys else "engine against oracle"
        told = {"seed": given.seed, "documents": given.documents, "failures": failures}
        record(given.report, what, **told, worst=worst, seconds=round(seconds), **sums)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
