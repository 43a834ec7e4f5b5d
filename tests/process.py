"""Run the package under test in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import hs3

HOME = Path(hs3.__file__).resolve().parent.parent
"""Where the tested package lies: the checkout, or the place it is installed in."""


def python(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python with the tested package first on its path, warnings being errors."""
    environment = {**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"}
    pyhf = "ignore:jsonschema.RefResolver is deprecated:DeprecationWarning"
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", pyhf, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd or HOME,
        env=environment,
        check=False,
    )


def command(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``hs3`` with these arguments."""
    return python("-c", "from hs3.cli import main; main()", *arguments, cwd=cwd)
