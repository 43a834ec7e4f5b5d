"""Compute the oracle's numbers of the table of densities that are not in the file yet.

Usage: python tests/oracles/freeze.py [--all]
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import mpmath

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "engine")]


def numbers(at: int) -> tuple[str, Any] | None:
    """Key and numbers of one case; None where the oracle fails, which the tests will tell."""
    from density_cases import CASES
    from test_densities import bench

    from oracles import frozen

    one = bench(at)
    known = None if "--all" in sys.argv else frozen.get(one.key)
    try:
        return one.key, (known or one.computed()).to_json()
    except Exception as error:
        print(f"{CASES[at]['id']}: {type(error).__name__} {error}", file=sys.stderr)
        return None


def main() -> None:
    """Write the file."""
    from density_cases import CASES

    from oracles import frozen
    from oracles.oracle import DIGITS

    with ProcessPoolExecutor(2) as pool:
        found = [pair for pair in pool.map(numbers, range(len(CASES))) if pair is not None]
    source = {"mpmath": mpmath.__version__, "digits": DIGITS}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(found)]
    body = ",\n".join(lines)
    frozen.FILE.write_text(f'{{"source": {json.dumps(source)},\n"cases": {{\n{body}\n}}}}\n')


if __name__ == "__main__":
    main()
