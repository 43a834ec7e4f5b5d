"""Whether a random sample fits what is expected of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .compare import Verdict

SIGMAS = 5.0
"""Deviations that are allowed by default; chance exceeds them in 6 of 10 million cases."""


def sampling(check: Mapping[str, Any], answer: Any, document: Path) -> Verdict:
    """Fractions of events in regions (binomial), or mean and variance of counts per bin.

    The answer is a list of events, each a list of the target's observables, or of toys, each a
    list of the channel's bins.
    """
    size, sigmas = int(check["size"]), float(check.get("sigmas", SIGMAS))
    if not isinstance(answer, list) or len(answer) != size:
        got = f"{len(answer)} rows" if isinstance(answer, list) else repr(answer)
        return Verdict("failed", f"a sample of {size} is expected, got {got}")
    rows = _regions(check, answer) if "regions" in check else _bins(check, answer)
    numbers = tuple(row[:3] for row in rows)
    off = [abs(row[2] - row[1]) / (sigmas * row[3]) for row in rows]
    worst = max(range(len(rows)), key=lambda i: off[i])
    place, wanted, found, width = rows[worst]
    if off[worst] <= 1.0:
        return Verdict("passed", "", off[worst], numbers)
    message = f"{found!r} ± {width:.2g}, not {wanted!r}, for {place}"
    return Verdict("failed", message, off[worst], numbers)


Row = tuple[str, float, float, float]
"""What, expected, found, and its statistical width."""


def _regions(check: Mapping[str, Any], events: Sequence[Sequence[float]]) -> list[Row]:
    names = check["target"]["observables"]
    out = []
    for region in check["regions"]:
        ranges = [(names.index(name), *edges) for name, edges in region["range"].items()]
        inside = sum(all(low <= event[i] < high for i, low, high in ranges) for event in events)
        p = float(region["probability"])
        width = math.sqrt(max(p * (1.0 - p), 1.0 / len(events)) / len(events))
        place = ", ".join(f"{low} ≤ {names[i]} < {high}" for i, low, high in ranges)
        out.append((f"fraction in {place}", p, inside / len(events), width))
    return out


def _bins(check: Mapping[str, Any], toys: Sequence[Sequence[float]]) -> list[Row]:
    """Counts are independent and Poisson: the variance of a sample variance is known."""
    n = len(toys)
    out = []
    for i, mean in enumerate(check["means"]):
        counts = [float(toy[i]) for toy in toys]
        found = math.fsum(counts) / n
        spread = math.fsum((c - found) ** 2 for c in counts) / (n - 1)
        out.append((f"mean of bin {i}", mean, found, math.sqrt(max(mean, 1e-12) / n)))
        # var(s²) = (μ₄ - σ⁴ (n-3)/(n-1)) / n with the fourth moment λ (1 + 3 λ) of Poisson
        width = math.sqrt(max(mean + 2.0 * mean * mean, 1e-12) / n)
        out.append((f"variance of bin {i}", mean, spread, width))
    return out
