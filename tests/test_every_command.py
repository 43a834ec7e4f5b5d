"""Every command on every file of the reference material works, or says in a sentence why not."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from conftest import SHARED, label, shared, shared_files

import hs3
import hs3.dialects
from hs3.cli.app import run
from hs3.codes import CODES
from hs3.reading import json_of

pytestmark = pytest.mark.slow

FOLDERS = ("likelihoods", "workspaces", "conformance")
FILES = [p for folder in FOLDERS for p in shared_files(f"{folder}/**/*") if p.is_file()]
assert hs3.dialects.RULES  # they declare codes

SMALL = 60_000
"""Bytes up to which a file is combined with itself, archived and fitted."""

LIGHT = {
    "validate": ("validate", "{file}"),
    "show": ("show", "{file}"),
    "convert": ("convert", "{file}", "{out}"),
    "graph": ("graph", "{file}", "-o", "{out}.dot"),
    "drawing": ("graph", "{file}", "-o", "{out}.svg"),
    "select": ("select", "{file}", "-o", "{out}"),
    "rename": ("rename", "{file}", "*=r_*", "-o", "{out}"),
    "diff": ("diff", "{file}", "{file}"),
    "meaning": ("diff", "{file}", "{file}", "--meaning"),
    "upgrade": ("upgrade", "{file}", "-o", "{out}"),
    "reduce": ("reduce", "{file}", "-o", "{out}", "--prune", "--no-effect"),
    "canonical": ("canonical", "{file}"),
    "hash": ("hash", "{file}"),
    "verify": ("verify", "{file}"),
}
SELF = ("combine", "{file}", "{file}", "-o", "{out}", "--name", "one", "--name", "two")
HEAVY = {
    "archive": ("archive", "{file}", "{out}.zip"),
    "fit": ("fit", "{file}"),
    "combine": SELF,
}
WORK = {*LIGHT} - {"select", "canonical", "hash", "verify"}
"""What works on every document that can be read; `select` needs a likelihood."""


def told(arguments: tuple[str, ...], path: Path, folder: Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command line."""
    names = {"file": str(path), "out": str(folder / "out.json")}
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run([text.format(**names) for text in arguments])
    out.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()  # type: ignore[attr-defined]


def assert_clear(status: int, out: str, err: str) -> None:
    """Success without a word on stderr, or one sentence with a code; never a defect."""
    if status == 0:
        assert err == ""
        return
    assert status in (1, 2)
    if err == "":  # a verdict: not valid, a fit that did not converge
        assert out.strip()
        return
    found = re.fullmatch(r"error \[([a-z0-9_.]+)\][^\n]+\n", err)
    assert found is not None, err
    assert found[1] != "command.internal", err
    assert found[1] in CODES or found[1].startswith("command."), err


def is_readable(path: Path) -> bool:
    try:
        hs3.read(path)
    except hs3.HS3Error:
        return False
    return True


@pytest.mark.skipif(not FILES, reason=f"reference material not available: {SHARED.name}")
@pytest.mark.parametrize("path", FILES, ids=label)
def test_light_commands(path, tmp_path):
    readable = is_readable(path)
    for name, arguments in LIGHT.items():
        status, out, err = told(arguments, path, tmp_path)
        assert_clear(status, out, err)
        if readable and name in WORK and name != "validate":
            refused = re.match(r"error \[(graph\.too_large|edit|rename|upgrade)", err)
            assert status == 0 or refused, (name, err)
            assert not err.startswith("error [upgrade.check]"), err
        if not readable and name in WORK | {"select"}:
            assert status == 1, name


SEVERAL = [p for i, p in enumerate(FILES) if p.stat().st_size < SMALL and i % 5 == 0]
"""A part of the small files: compiling a likelihood takes seconds."""


@pytest.mark.skipif(not FILES, reason=f"reference material not available: {SHARED.name}")
@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.parametrize("path", SEVERAL, ids=label)
def test_heavy_commands(path, name, tmp_path):
    assert_clear(*told(HEAVY[name], path, tmp_path))


def test_json_alone_has_a_canonical_form(tmp_path):
    root = shared("workspaces", "generic_composite.root")
    status, _, err = told(LIGHT["hash"], root, tmp_path)
    assert (status, err) == (1, "error [read.format]: this is a ROOT file, where JSON is needed\n")
    document = shared("likelihoods", "hs3_written_by_root640", "agc_ttbar_workspace.hs3.json")
    status, out, _ = told(LIGHT["canonical"], document, tmp_path)
    assert status == 0
    (tmp_path / "canonical.json").write_text(out, encoding="utf-8")
    assert json_of(tmp_path / "canonical.json") == json_of(document)
