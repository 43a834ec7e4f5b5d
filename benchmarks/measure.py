"""How benchmarks take times, compare them with targets, and tell the result."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Action = Callable[[], Any]
Json = dict[str, Any]

FORMATS = ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "µs"))


@dataclass(frozen=True)
class Row:
    """Times of one thing, in seconds, by who does it."""

    case: str
    what: str
    seconds: Mapping[str, float]
    notes: str = ""


@dataclass(frozen=True)
class Target:
    """What is asked for: at least a ratio of times, or at most an absolute number."""

    case: str
    what: str
    asked: str
    found: float
    passed: bool


@dataclass
class Record:
    """Everything that one benchmark finds; printed as it comes."""

    question: str
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def row(self, case: str, what: str, seconds: Mapping[str, float], notes: str = "") -> None:
        """Keep and print times; the ratios are those to the first one, which is this engine."""
        self.rows.append(Row(case, what, dict(seconds), notes))
        own = next(iter(seconds.values()))
        parts = [f"{who} {shown(s)} ({s / own:.3g}×)" for who, s in seconds.items()]
        print(f"{case:10s} {what:34s}", "   ".join(parts), notes, flush=True)

    def faster(self, case: str, what: str, peer: str, least: float) -> None:
        """Ask for a ratio, of the row with this case and subject, where the peer is there."""
        row = next((r for r in self.rows if (r.case, r.what) == (case, what)), None)
        if row is None or peer not in row.seconds:
            return
        ratio = row.seconds[peer] / next(iter(row.seconds.values()))
        self._target(case, f"{what}, against {peer}", f"≥ {least:g}×", ratio, ratio >= least)

    def at_most(self, case: str, what: str, found: float, most: float, unit: str = "") -> None:
        """Ask for a number that is not too large."""
        self._target(case, what, f"≤ {most:g} {unit}".strip(), found, found <= most)

    def _target(self, case: str, what: str, asked: str, found: float, passed: bool) -> None:
        self.targets.append(Target(case, what, asked, found, passed))
        verdict = "PASS" if passed else "FAIL"
        print(f"{verdict}  {case}: {what}: asked {asked}, found {found:.3g}", flush=True)

    def without(self, peer: str, why: str) -> None:
        """A peer that is not there."""
        self.left_out[peer] = why
        print(f"left out: {peer} ({why})", flush=True)

    def finish(self, path: Path | None) -> None:
        """Write everything as JSON where asked for."""
        if path is not None:
            text = json.dumps(asdict(self), indent=1)
            path.write_text(text + "\n", encoding="utf-8")


def options(description: str, *extra: tuple[str, Json]) -> argparse.Namespace:
    """The command line that all benchmarks share, and `extra` options."""
    parser = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    for name, settings in extra:
        parser.add_argument(name, **settings)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    return parser.parse_args()


def shown(seconds: float) -> str:
    """Seconds with a unit that suits them."""
    factor, unit = next((f, u) for least, f, u in FORMATS if seconds >= least)
    return f"{factor * seconds:.3g} {unit}"


def once(action: Action) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turns(actions: Mapping[str, Action], rounds: int, in_a_row: int = 1) -> dict[str, float]:
    """Median seconds of each; in every round each has its turn, several calls in a row.

    The first call of each is not counted. A turn gives the median of its calls, so that what an
    action reads is in the cache, as in a fit.
    """
    for action in actions.values():
        action()
    times: dict[str, list[float]] = {who: [] for who in actions}
    for _ in range(rounds):
        for who, action in actions.items():
            times[who].append(statistics.median(once(action) for _ in range(in_a_row)))
    return {who: statistics.median(t) for who, t in times.items()}


def repeated(action: Action, budget: float = 3.0, most: int = 50) -> float:
    """Median seconds of calls that together take about `budget` seconds; at least one."""
    times: list[float] = []
    while not times or (sum(times) < budget and len(times) < most):
        times.append(once(action))
    return statistics.median(times)


def installed(record: Record, *names: str) -> list[str]:
    """Those of the peers that can be imported; the others are told to be left out."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in names:
        try:
            record.versions[name] = version(name)
            found.append(name)
        except PackageNotFoundError:
            record.without(name, "not installed")
    return found


def root(record: Record, script: str, request: Json) -> Json | None:
    """What a script gives in the Python that has ROOT, which ``HS3_ROOT_PYTHON`` names."""
    python = os.environ.get("HS3_ROOT_PYTHON")
    if not python:
        record.without("RooFit", "HS3_ROOT_PYTHON names no Python with ROOT")
        return None
    command = [python, str(Path(__file__).with_name(script)), json.dumps(request)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed in {python}:\n{done.stderr}")
    answer: Json = json.loads(done.stdout.splitlines()[-1])
    record.versions["ROOT"] = answer["version"]
    return answer
