"""The suite notices faults of the engine: of every type, in sign, by a factor, by leaving out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from interpreter import interpreted
from mutants import Mutant, mutants

from hs3.conformance import suite
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend
from hs3.conformance.suite import FIXTURES
from hs3.conformance.verdicts import judge
from hs3.engine import kernels, likelihood
from hs3.errors import HS3Error

ALL = mutants()
FAST = ("constraint gauss: left out", "normsys: sign", "GaussianDist: density, twice")
"""Those that the default run tries; the others take minutes."""

NUMBERS = ("twice_delta_nll_scan", "pdf_scan", "function_scan")
MANIFEST = FIXTURES.parent / "manifest.json"


@pytest.fixture(autouse=True)
def _nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "evaluate", interpreted(likelihood.evaluate))


@cache
def numbered() -> tuple[tuple[str, frozenset[str]], ...]:
    """Fixtures with numbers, small ones first, with their types."""
    entries = json.loads(MANIFEST.read_text())["fixtures"]
    found = [
        (entry["test_id"], frozenset(entry["features"]["types"]))
        for entry in entries
        if set(entry["checks"]) & set(NUMBERS) and "conventions" not in entry
    ]
    return tuple(sorted(found, key=lambda f: (FIXTURES / f[0] / "hs3.json").stat().st_size))


def candidates(mutant: Mutant) -> list[str]:
    """The fixtures that are to notice a mutant."""
    if not mutant.types:
        return [name for name, _ in numbered() if name.startswith(("channel_", "likelihood_"))]
    return [name for name, types in numbered() if types & mutant.types]


def notices(name: str) -> bool:
    """Whether some number of a fixture is not as it should be, or is refused."""
    backend = HS3TestSuiteBackend()
    (fixture,) = suite.fixtures(FIXTURES / name)
    loaded = backend.load_workspace(fixture.document)
    for check in fixture.checks:
        if check["kind"] in NUMBERS:
            scan: Any = getattr(backend, f"run_{check['kind']}")
            try:
                answer = scan(loaded, check, Path(fixture.document))
            except HS3Error:
                return True
            if judge(check, answer, fixture.document).status != "passed":
                return True
    return False


@cache
def sound(name: str) -> bool:
    """Whether a fixture is content with the engine as it is."""
    return not notices(name)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, id=n, marks=() if n in FAST else pytest.mark.slow) for n in ALL],
)
def test_a_fault_is_noticed(name: str) -> None:
    mutant = ALL[name]
    tried = []
    for fixture in candidates(mutant):
        with mutant.fault():
            noticed = notices(fixture)
        if noticed and sound(fixture):
            return
        tried.append(fixture)
    pytest.fail(f"{name} survives {len(tried)} fixtures: {', '.join(tried[:8])}")
