"""Backends that have a short name, and how any backend is started."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_WORKER = _HERE.parent / "worker.py"
# A script started by its path would have its folder first in `sys.path`.
_START = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"

PROGRAM = "cmd:"
"""What the name of a backend begins with that is a program of its own."""


@dataclass(frozen=True)
class Known:
    """A backend of this project.

    Attributes:
        place: ``module:Class``, or ``file.py:Class`` in this folder where the interpreter need not
            have this package.
        title: what it is called in reports.
        about: how it gets its numbers.
        help: how to get what it needs.
    """

    place: str
    title: str
    about: str
    help: str = ""


def _extra(name: str) -> str:
    return f'pip install "hs3-reference[{name}]", or name an interpreter that has it with --python'


BACKENDS: Mapping[str, Known] = {
    "hs3": Known("hs3.conformance.backends.reference:Backend", "hs3", "this implementation"),
    "root": Known(
        "root.py:Backend",
        "ROOT",
        "RooFit on what RooJSONFactoryWSTool makes of the document",
        "the environment variable HS3_ROOT_PYTHON, or --python, names an interpreter with ROOT",
    ),
    "root-json": Known(
        "hs3.conformance.backends.rewritten:Backend",
        "ROOT (rewritten)",
        "RooFit on the document as `hs3 convert --to root-json` writes it",
        "the environment variable HS3_ROOT_PYTHON names an interpreter with ROOT",
    ),
    "pyhf": Known(
        "hs3.conformance.backends.pyhf:Backend",
        "pyhf",
        "pyhf on the document converted to its format",
        _extra("pyhf"),
    ),
    "zfit": Known(
        "hs3.conformance.backends.zfit:Backend",
        "zfit",
        "zfit on the loss that the document is converted to",
        _extra("zfit"),
    ),
    "pyhs3": Known(
        "pyhs3.py:Backend",
        "pyhs3",
        "pyhs3 reads the document itself",
        "pip install pyhs3, or name an interpreter that has it with --python",
    ),
    "nextstat": Known(
        "hs3.conformance.backends.nextstat:Backend",
        "NextStat",
        "NextStat on the document converted to pyhf's format",
        "pip install nextstat, or name an interpreter that has it with --python",
    ),
}
"""Backends by their short names."""


def command(backend: str, python: str | None = None) -> list[str]:
    """How the process of a backend is started.

    Args:
        backend: a short name, ``module:Class``, ``path/to/file.py:Class``, or ``cmd:`` and a
            command line whose program speaks JSON lines.
        python: the interpreter for one in Python; by default that which runs this, or for ROOT
            that of the environment variable ``HS3_ROOT_PYTHON``.

    Raises:
        MissingDependency: no interpreter with ROOT is known.
    """
    if backend.startswith(PROGRAM):
        return shlex.split(backend.removeprefix(PROGRAM))
    if backend == "root" and python is None:
        from hs3.adapters.root.process import interpreter

        python = interpreter()
    known = BACKENDS.get(backend)
    place = known.place if known else backend
    if known and place.partition(":")[0].endswith(".py"):
        place = str(_HERE / place)
    return [python or sys.executable, "-W", "ignore", "-c", _START, str(_WORKER), place]


def help_for(backend: str) -> str:
    """How to get what a backend needs, in words."""
    return BACKENDS[backend].help if backend in BACKENDS else ""


def title(backend: str) -> str:
    """What a backend is called in reports."""
    return BACKENDS[backend].title if backend in BACKENDS else backend
