"""The suite notices faults of the engine: of every type, in sign, by a factor, by leaving out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from interpreter import interpreted
from mutants import NOT_PASSED, Mutant, mutants

from hs3.conformance import suite
from hs3.conformance.hs3suite_backend import HS3TestSuiteBackend
from hs3.conformance.suite import FIXTURES
from hs3.conformance.verdicts import judge
from hs3.engine import kernels, likelihood
from hs3.errors import HS3Error

ALL = mutants()
FAST = ("constraint gauss: left out", "normsys: sign", "GaussianDist")
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


def survives(mutant: Mutant) -> bool:
    """Whether evaluation comes by a fault, and no fixture notices it."""
    for fixture in candidates(mutant):
        with mutant.fault():
            noticed = notices(fixture)
        if noticed and sound(fixture):
            return False
    return bool(mutant.passed) or not mutant.on_the_way


TYPES = sorted({name.split(":")[0] for name, mutant in ALL.items() if mutant.on_the_way})
OTHERS = [name for name, mutant in ALL.items() if not mutant.on_the_way]


def marked(names: Iterable[str]) -> list[Any]:
    return [pytest.param(n, id=n, marks=() if n in FAST else pytest.mark.slow) for n in names]


# a fault may well overflow
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("name", marked(OTHERS))
def test_a_fault_is_noticed(name: str) -> None:
    assert not survives(ALL[name])


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("cls", marked(TYPES))
def test_every_fault_on_the_way_of_a_type_is_noticed(cls: str) -> None:
    """A type has several places for a fault; evaluation comes by some of them, and by one at least.

    A mixture, for instance, is asked for its density, or for its shape, but not for both.
    """
    own = [m for name, m in ALL.items() if name.split(":")[0] == cls and m.on_the_way]
    assert not [m.name for m in own if survives(m)]
    assert any(m.passed for m in own) != (cls in NOT_PASSED)
