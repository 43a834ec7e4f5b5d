"""What holds without zfit: frozen numbers of it, and the message that says how to get it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import hs3

FROZEN: dict[str, Any] = json.loads(Path(__file__).with_name("zfit_frozen.json").read_text())
"""Documents that zfit losses became, with zfit's differences of -log L (make_zfit_frozen.py)."""


def test_without_zfit_the_message_says_how_to_get_it() -> None:
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'zfit' else real(name, *a)\n"
        "from hs3.errors import MissingDependency\n"
        "try:\n    import hs3.adapters.zfit\n"
        "except MissingDependency as e: print(e)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert 'pip install "hs3-reference[zfit]"' in done.stdout


@pytest.mark.parametrize("name", FROZEN)
def test_the_engine_agrees_with_frozen_numbers_of_zfit(name: str) -> None:
    case = FROZEN[name]
    model = hs3.compile(hs3.Workspace.from_json(case["document"]))
    ours = np.diff([float(model.nll(point)) for point in case["points"]])
    np.testing.assert_allclose(ours, case["differences"], rtol=0, atol=1e-8)
