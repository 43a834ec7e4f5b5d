"""Damaged documents give findings or errors, in bounded time and memory.

`HS3_FUZZ` is the number of cases: 5000 in continuous integration, 100,000 in a long run
(``make fuzz``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "fuzz"))

from cases import case, corpus, know_the_types
from fuzzing import run

CASES = int(os.environ.get("HS3_FUZZ", "400"))


def test_no_crash_no_hang_no_memory_beyond_bounds() -> None:
    found = run(seed=1, first=0, last=CASES)
    assert not found["failures"]
    assert sum(found["outcomes"].values()) == CASES
    assert {"refused", "invalid", "resolved", "compiled"} <= found["outcomes"].keys()


def test_a_number_names_a_case_for_good() -> None:
    know_the_types()
    assert len(corpus()) > 200
    assert [case(1, i) for i in range(20)] == [case(1, i) for i in range(20)]
    assert len({case(1, i)[0] for i in range(50)}) == 50


def test_what_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception, slowness and memory each make a case fail."""
    import judge

    def spin(*_: object) -> tuple[str, str]:
        while True:
            pass

    def grow(*_: object) -> tuple[str, str]:
        return "resolved", "".join("" for _ in [bytearray(b"a") * (400 << 20)])

    def said(effect: object) -> tuple[str, str]:
        monkeypatch.setattr(judge, "_followed", effect)
        return judge.judge(b"{}", 0)

    monkeypatch.setattr(judge, "SECONDS", 0.2)
    monkeypatch.setattr(judge, "MEMORY", 0)
    assert said(lambda *_: 1 / 0)[0] == "crash"
    assert said(spin)[0] == "slow"
    monkeypatch.setattr(judge, "SECONDS", 20.0)
    assert "the process grew" in said(grow)[1]
