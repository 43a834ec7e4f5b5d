"""Ask other software for the numbers of the fixtures, and keep how far it is off.

A number has a second source where one of them can express the model: what it says is compared, and
a difference is noted. Backends are those of `hs3 conform run`.

Usage: python tests/conformance/ask_others.py BACKEND[=INTERPRETER] … [--filter PATTERN]
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import make_fixtures  # noqa: F401 - the folders of the tests come first
from fixture_tables import others

from hs3.conformance import suite
from hs3.conformance.backends import BACKENDS
from hs3.conformance.runner import run

PRECISION = {
    "root": "float64, numerical integrals to 1e-10",
    "pyhf": "float64",
    "zfit": "float64, numerical integrals by a fixed rule",
}
WORDS = 160
"""How much is kept of what is said about a difference."""


def checks(patterns: Sequence[str] = ()) -> Iterator[tuple[suite.Fixture, Any]]:
    """Every check of a fixture with numbers."""
    for fixture in suite.fixtures(patterns=patterns):
        for check in fixture.checks:
            if "expected" in check:
                yield fixture, check


def asked(fixture: suite.Fixture, check: Any) -> str:
    """The key of a check; see `others.key`."""
    return others.key(json.loads(fixture.document.read_text()), check)


def said(backend: str, python: str | None, patterns: Sequence[str]) -> dict[str, Any]:
    """What one backend says of every check: None for one that it cannot do."""
    wanted = list(checks(patterns))
    fixtures = {fixture.name: fixture for fixture, _ in wanted}
    only = [
        suite.Fixture(f.name, f.folder, tuple(c for c in f.checks if "expected" in c), f.metadata)
        for f in fixtures.values()
    ]
    found = run(only, backend, python=python, timeout=60.0)
    outcomes = {(o.fixture, o.check): o for o in found.outcomes}
    out: dict[str, Any] = {}
    for fixture, check in wanted:
        out[asked(fixture, check)] = None
        one = outcomes[fixture.name, check["id"]]
        if one.status not in ("passed", "failed") or one.deviation is None:
            continue
        entry: dict[str, Any] = {
            "software": BACKENDS[backend].title,
            "version": found.version,
            "precision": PRECISION[backend],
        }
        if math.isfinite(one.deviation):
            entry["deviation"] = float(f"{one.deviation:.2g}")
        if one.status == "failed":
            entry["note"] = one.message[:WORDS]
        out[asked(fixture, check)] = entry
    return out


def main() -> None:
    """Ask each backend, and replace what was kept of it for what it was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="+", metavar="BACKEND[=INTERPRETER]")
    parser.add_argument("--filter", action="append", default=[], metavar="PATTERN")
    given = parser.parse_args()
    for argument in given.backends:
        backend, _, python = argument.partition("=")
        answers = said(backend, python or None, given.filter)
        known = json.loads(others.FILE.read_text()) if others.FILE.exists() else {}
        title = BACKENDS[backend].title
        merged = {}
        for key in sorted({asked(fixture, check) for fixture, check in checks()}):
            kept = [e for e in known.get(key, []) if key not in answers or e["software"] != title]
            merged[key] = [*kept, *([answers[key]] if answers.get(key) else [])]
        rows = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in merged.items() if v]
        others.FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")
        print(f"{title}: {sum(a is not None for a in answers.values())} checks")


if __name__ == "__main__":
    main()
