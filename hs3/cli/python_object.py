"""Python objects on the command line: ``package.module:name`` and ``file.py:name``.

Only who writes such an argument has code run; no file that is read as data ever runs any.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hs3.errors import ReadError
from hs3.findings import nearest

if TYPE_CHECKING:
    from hs3.findings import Report
    from hs3.workspace import Workspace

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_OBJECT = re.compile(rf"(?:(?P<file>.+\.py)|(?P<module>{_NAME})):(?P<name>{_NAME})", re.ASCII)


def names_object(text: str) -> bool:
    """Whether an argument names a Python object; a file that is called so is a file."""
    return _OBJECT.fullmatch(text) is not None and not os.path.exists(text)


def read_object(text: str) -> tuple[Workspace, Report]:
    """The workspace of a zfit loss, or of what a function without arguments returns.

    Modules are looked for as ``python -m`` does, the current folder first; a file is run as a
    module, beside its siblings. What the code prints goes to stderr.

    Raises:
        ReadError: there is no such module, file or name, or its code fails.
        MissingDependency: zfit is not installed.
        ConversionError: as `hs3.adapters.zfit.from_zfit`.
    """
    found = _OBJECT.fullmatch(text)
    assert found is not None
    path, module, name = found["file"], found["module"], found["name"]
    with contextlib.redirect_stdout(sys.stderr):
        with _running(text):
            space = _module_of(path) if path else _imported(module)
        value = _attribute(space, name, text)
        if inspect.isroutine(value):  # losses can be called too
            with _running(text):
                value = value()
        from hs3.adapters.zfit import from_zfit

        return from_zfit(value)


def _imported(module: str) -> Any:
    with _first_on_path(os.getcwd()):
        return import_module(module)


def _module_of(path: str) -> Any:
    """The module that a file is; it stays among the modules, where its functions look for it."""
    if not os.path.isfile(path):
        raise ReadError(f"there is no file {path}", value=path)
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(f"_hs3_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with _first_on_path(os.path.dirname(os.path.abspath(path))):
        spec.loader.exec_module(module)
    return module


def _attribute(space: Any, name: str, text: str) -> Any:
    try:
        return reduce(getattr, name.split("."), space)
    except AttributeError:
        raise ReadError(
            f"{text.rpartition(':')[0]} has no {name!r}",
            code="read.python",
            value=name,
            suggestions=nearest(name, [key for key in vars(space) if not key.startswith("_")]),
        ) from None


@contextlib.contextmanager
def _first_on_path(folder: str) -> Iterator[None]:
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


@contextlib.contextmanager
def _running(text: str) -> Iterator[None]:
    """What a user's code raises, as one sentence with the place."""
    try:
        yield
    except ReadError:
        raise
    except (Exception, SystemExit) as error:
        trace, place = error.__traceback__, ""
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.endswith(".py") and file not in (__file__, importlib.__file__):
                place = f" ({file}, line {trace.tb_lineno})"
            trace = trace.tb_next
        message = f"{text} fails: {type(error).__name__}: {error}{place}"
        raise ReadError(message, code="read.python", value=text) from error
