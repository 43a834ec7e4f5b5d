"""The fuzz run: `python tests/fuzz/fuzzing.py --cases 100000`.

Cases are judged in a child with limits on its memory; a child that dies or hangs is one failed
case, and the next one goes on behind it. Failed cases are written to a folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from select import select
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from long_run import record  # noqa: E402 - the folders of the tests come first

HANG = 600.0
"""Seconds without any answer after which a child counts as hanging."""

BATCH = 5
"""Cases between two answers."""


def child(seed: int, first: int, last: int) -> None:
    """Judge some cases; one line of JSON for each bad one and every `BATCH`."""
    sys.path.insert(0, str(HERE))
    import judge
    from cases import case

    judge.prepare()
    judge.limit_memory()
    outcomes: Counter[str] = Counter()
    for number in range(first, last):
        raw, how = case(seed, number)
        print(f"at {number}", file=sys.stderr, flush=True)
        start = time.process_time()
        outcome, wrong = judge.judge(raw, number)
        outcomes[outcome] += 1
        if wrong:
            print(json.dumps({"case": number, "how": how, "wrong": wrong}), flush=True)
        if time.process_time() - start > 2.0:
            print(json.dumps({"long": number, "s": time.process_time() - start}), flush=True)
        if (number + 1 - first) % BATCH == 0 or number + 1 == last:
            print(json.dumps({"done": number + 1, "outcomes": outcomes}), flush=True)
            outcomes.clear()


def answers(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The lines of a child; it is ended when it says nothing for long."""
    assert process.stdout is not None
    while select([process.stdout], [], [], HANG)[0]:
        line = process.stdout.readline()
        if not line:
            return
        yield json.loads(line)
    process.kill()


def run(seed: int, first: int, last: int, keep: Path | None = None) -> dict[str, Any]:
    """Judge the cases from `first` to `last`: counts of outcomes, and what is wrong by number."""
    sys.path.insert(0, str(HERE))
    from cases import case

    outcomes: Counter[str] = Counter()
    failures: dict[int, str] = {}
    start, longest = time.monotonic(), 0.0
    while first < last:
        arguments = [sys.executable, str(HERE / "fuzzing.py"), "--child", f"{seed},{first},{last}"]
        log = Path(tempfile.mkstemp(prefix="fuzz-")[1])
        with (
            open(log, "w") as told,
            subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=told, text=True) as process,
        ):
            for answer in answers(process):
                if "case" in answer:
                    failures[answer["case"]] = f"{answer['how']}: {answer['wrong']}"
                    print(f"case {answer['case']}: {failures[answer['case']]}", flush=True)
                elif "long" in answer:
                    longest = max(longest, answer["s"])
                else:
                    outcomes.update(answer["outcomes"])
                    first = answer["done"]
        said = log.read_text()
        log.unlink()
        if first < last:
            at = [line for line in said.splitlines() if line.startswith("at ")]
            number = int(at[-1].split()[1]) if at else first
            rest = "\n".join(said.splitlines()[-6:])
            failures[number] = f"the process ended ({process.returncode}):\n{rest}"
            print(f"case {number}: {failures[number]}", flush=True)
            outcomes["died"] += 1
            first = number + 1
    for number in failures if keep else ():
        assert keep is not None
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{seed}-{number}.json").write_bytes(case(seed, number)[0])
    seconds = round(time.monotonic() - start, 1)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    times = {"seconds": seconds, "longest": round(longest, 2), "largest_process_mib": memory}
    return {"outcomes": outcomes, "failures": failures, **times}


def shared_out(
    seed: int, first: int, last: int, keep: Path | None = None, jobs: int = 1
) -> dict[str, Any]:
    """As `run`, in several processes at once, each with its part of the cases."""
    start = time.monotonic()
    edges = [first + (last - first) * i // jobs for i in range(jobs + 1)]
    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(lambda a, b: run(seed, a, b, keep), edges[:-1], edges[1:]))
    found: dict[str, Any] = {"outcomes": Counter(), "failures": {}}
    for part in parts:
        found["outcomes"].update(part["outcomes"])
        found["failures"].update(part["failures"])
    for most in ("longest", "largest_process_mib"):
        found[most] = max(part[most] for part in parts)
    return {**found, "seconds": round(time.monotonic() - start, 1)}


def main() -> int:
    """Run, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="for failed cases")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what came out as JSON")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(*map(int, given.child.split(",")))
        return 0
    last = given.first + given.cases
    found = shared_out(given.seed, given.first, last, given.keep, given.jobs)
    print(f"{given.cases} cases in {found['seconds']} s: {dict(found['outcomes'])}")
    print(f"longest: {found['longest']:.1f} s; {len(found['failures'])} failed", flush=True)
    if given.report:
        told = {"seed": given.seed, "first": given.first, "cases": given.cases}
        found["failures"] = {str(number): why for number, why in found["failures"].items()}
        record(given.report, "damaged documents", **told, **found)
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
