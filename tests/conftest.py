"""Helpers that all tests share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
"""Root of the checkout."""

DATA = Path(__file__).resolve().parent / "data"
"""Documents made by hand for the tests."""

SHARED = Path(os.environ.get("HS3_SHARED", ROOT.parent / "shared"))
"""Published models and reference numbers, which the repository does not hold."""


def shared(*parts: str) -> Path:
    """Path of a file or folder of the reference material; the test skips when it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference material not available: {'/'.join(parts) or 'shared'}")
    return path


def shared_files(pattern: str) -> list[Path]:
    """Files of the reference material that match a glob pattern; empty when it is not there."""
    return sorted(SHARED.glob(pattern)) if SHARED.is_dir() else []


def shared_documents() -> list[Path]:
    """Every HS3 document of the reference material."""
    return sorted({*shared_files("**/hs3.json"), *shared_files("**/*.hs3.json")})


def label(path: Path) -> str:
    """Short test id of a file: its path below the reference material or the test data."""
    for base in (SHARED, DATA, ROOT):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name


def same_json(a: Any, b: Any) -> bool:
    """True when two JSON values are equal to the bit: 1 is not 1.0, 0.0 is not -0.0.

    The order of keys in an object does not count.
    """
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    """A file with the workspace of `diagnostic_spec`."""
    from diagnostic_spec import SPEC

    path = tmp_path_factory.mktemp("model") / "model.json"
    path.write_text(json.dumps(SPEC))
    return str(path)


@pytest.fixture
def call(capsys):
    """Run a command line: (status, stdout, stderr)."""
    from hs3.cli.app import run

    def run_it(*arguments):
        status = run([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run_it


@pytest.fixture
def call_json(call):
    """Run a command line with ``--json``: (status, parsed stdout)."""

    def run_it(*arguments):
        status, out, _ = call(*arguments, "--json")
        return status, json.loads(out)

    return run_it


HEAVY = {
    "test_composites.py",
    "test_densities.py",
    "test_extension.py",
    "test_expression_values.py",
    "test_function_oracles.py",
    "test_functions.py",
    "test_hs3suite_backend.py",
    "test_sampling.py",
    "test_terms.py",
}
"""Files that compile a program for every type and point: cross-checks, run by `make test-slow`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count the tests of heavy files among the slow ones."""
    for item in items:
        if item.path.name in HEAVY:
            item.add_marker(pytest.mark.slow)
