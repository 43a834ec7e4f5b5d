"""Upper limits on a signal in one bin with few events: exact, by formulas, by toys.

The bin expects the background b and sees n events; the exact CLs limit is the signal s at which
P(≤ n | s + b) / P(≤ n | b) falls to 5 %. Prints the table of docs/inference.md::

    python examples/low_counts/table.py
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from scipy.optimize import brentq
from scipy.stats import poisson

import hs3

CASES = ((0, 0.5), (1, 0.5), (3, 3.0), (10, 10.0), (100, 100.0))
"""Observed events and expected background."""

TOYS, SEED = 4000, 1


def model(n: int, b: float) -> hs3.Model:
    """One bin with the signal `mu` on the background `b`, and `n` observed events."""
    signal = {"name": "mu", "type": "normfactor", "data": None}
    samples = [
        {"name": "signal", "data": [1.0], "modifiers": [signal]},
        {"name": "background", "data": [b], "modifiers": []},
    ]
    bounds = {"name": "mu", "bounds": [[0.0, 10.0 * (n + 10.0)]], "inits": [1.0]}
    document = {
        "channels": [{"name": "bin", "samples": samples}],
        "observations": [{"name": "bin", "data": [n]}],
        "measurements": [{"name": "counting", "config": {"poi": "mu", "parameters": [bounds]}}],
        "version": "1.0.0",
    }
    return hs3.compile(document)


def exact(n: int, b: float) -> float:
    """The CLs limit from the Poisson probabilities."""

    def excess(s: float) -> float:
        return float(poisson.cdf(n, s + b) / poisson.cdf(n, b)) - 0.05

    return float(brentq(excess, 0.0, 10.0 * (n + 10.0)))


def row(n: int, b: float) -> str:
    """A line of the table."""
    found = hs3.upper_limit(model(n, b), toys=TOYS, seed=SEED)
    assert found.asymptotic is not None
    assert found.error is not None
    limits = f"{exact(n, b):.2f} | {found.asymptotic.observed:.2f}"
    return f"| {n} | {b:g} | {limits} | {found.observed:.2f} ± {found.error:.2f} |"


def main(cases: Sequence[tuple[int, float]] = CASES) -> None:
    """Print the table."""
    print("| n | b | exact | asymptotic | toys |")
    print("|---|---|---|---|---|")
    for n, b in cases:
        print(row(n, b), flush=True)


if __name__ == "__main__":
    sys.exit(main())
