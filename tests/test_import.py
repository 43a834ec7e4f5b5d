"""`import hs3` is light, and the commands load only what they need."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from process import python

HEAVY = ("jax", "iminuit", "scipy", "uproot", "pyhf", "zfit", "ROOT", "matplotlib")
THIRD = (*HEAVY, "pydantic", "numpy", "typer", "rich", "lark", "jsonschema", "jsonpatch")
DEMO = ROOT / "examples" / "demo" / "workspace.json"


def loaded(code: str, modules: tuple[str, ...]) -> list[str]:
    """Which of the modules a fresh process has loaded after running `code`."""
    found = f"[m for m in {modules!r} if m in sys.modules]"
    done = python("-c", f"{code}\nimport sys, json; print(); print(json.dumps({found}))")
    assert done.returncode == 0, done.stderr
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return names


def test_import_loads_no_third_package():
    assert loaded("import hs3", THIRD) == []


def test_import_takes_less_than_half_a_second():
    code = "import time; t = time.perf_counter(); import hs3; print(time.perf_counter() - t)"
    assert min(float(python("-c", code).stdout) for _ in range(3)) < 0.5


def test_reading_loads_no_heavy_package():
    assert loaded(f"import hs3; hs3.read({str(DEMO)!r})", HEAVY) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["validate", str(DEMO)],
        ["show", str(DEMO)],
        ["hash", str(DEMO)],
        ["canonical", str(DEMO)],
        ["schema"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_do_not_fit_do_not_load_jax(arguments):
    code = f"from hs3.cli.app import run; assert run({arguments!r}) == 0"
    assert loaded(code, HEAVY) == []
