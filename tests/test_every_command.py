"""Every command on every file of the reference material works, or says in a sentence why not."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import pytest
import typer
from conftest import SHARED, label, shared, shared_files

import hs3
import hs3.dialects
from hs3.cli.app import app, run
from hs3.codes import CODES
from hs3.reading import json_of
from hs3.resolve import resolve

FOLDERS = ("likelihoods", "workspaces", "conformance")
FILES = [p for folder in FOLDERS for p in shared_files(f"{folder}/**/*") if p.is_file()]
assert hs3.dialects.RULES  # they declare codes

LIGHT = {
    "validate": ("validate", "{file}"),
    "show": ("show", "{file}"),
    "convert": ("convert", "{file}", "{out}"),
    "for pyhf": ("convert", "{file}", "{out}.pyhf.json", "--to", "pyhf"),
    "for root": ("convert", "{file}", "{out}.root.json", "--to", "root-json"),
    "for xml": ("convert", "{file}", "{out}.xml", "--to", "xml"),
    "graph": ("graph", "{file}", "-o", "{out}.dot"),
    "drawing": ("graph", "{file}", "-o", "{out}.svg"),
    "select": ("select", "{file}", "-o", "{out}"),
    "rename": ("rename", "{file}", "*=r_*", "-o", "{out}"),
    "diff": ("diff", "{file}", "{file}"),
    "meaning": ("diff", "{file}", "{file}", "--meaning"),
    "upgrade": ("upgrade", "{file}", "-o", "{out}"),
    "reduce": ("reduce", "{file}", "-o", "{out}", "--prune", "--no-effect"),
    "combine": ("combine", "{file}", "{file}", "-o", "{out}", "--name", "a", "--name", "b"),
    "twice": ("combine", "{file}", "{file}", "-o", "{out}", "--config", "{folder}/keep.json"),
    "canonical": ("canonical", "{file}"),
    "hash": ("hash", "{file}"),
    "verify": ("verify", "{file}"),
}
HEAVY = {
    "fit": ("fit", "{file}"),
    "archive": ("archive", "{file}", "{out}.zip"),
    "verify": ("verify", "{out}.zip"),
    "scan": ("scan", "{file}", "-p", "{name}", "--points", "3"),
    "limit": ("limit", "{file}", "--poi", "{name}"),
    "hypotest": ("hypotest", "{file}", "{name}=1"),
    "significance": ("significance", "{file}", "--poi", "{name}"),
    "toys": ("toys", "{file}", "--size", "2"),
    "bias": ("bias", "{file}", "--inject", "{name}=1", "--size", "2"),
    "impacts": ("impacts", "{file}", "--poi", "{name}"),
    "pulls": ("pulls", "{file}"),
    "pruning": ("pruning", "{file}", "--poi", "{name}"),
    "gof": ("gof", "{file}"),
    "yields": ("yields", "{file}"),
    "constrain": ("constrain", "{file}", "{name}=1±0.5", "-o", "{out}"),
    "covariance": ("covariance", "{file}", "-o", "{out}.cov.json"),
    "systematics": (
        "systematics",
        "add",
        "{file}",
        "--covariance",
        "{out}.cov.json",
        "-o",
        "{out}",
    ),
    "simplify": ("simplify", "{file}", "-o", "{out}", "--no-compare"),
    "reduce": ("reduce", "{file}", "-o", "{out}", "--prune", "--freeze", "{name}"),
    "reinterpret": ("reinterpret", "{file}", "{folder}/table.json", "-o", "{out}.signals"),
    "check": ("conform", "check", "{file}", "--against", "pyhf", "--points", "1"),
}
OTHERS = {
    "schema": "reads no file",
    "conform run": "reads fixtures",
}
"""Commands that do not take a model."""

WORK = {*LIGHT} - {
    *("for pyhf", "for root", "for xml", "select", "combine", "twice"),
    *("canonical", "hash", "verify"),
}
"""What works on every document that can be read; `select` and `combine` need a likelihood."""


def told(
    arguments: tuple[str, ...], path: Path, folder: Path, name: str = "mu"
) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command line."""
    names = {"file": str(path), "out": str(folder / "out.json"), "folder": str(folder)}
    names["name"] = name
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


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason=f"reference material not available: {SHARED.name}")
@pytest.mark.parametrize("path", FILES, ids=label)
def test_light_commands(path, tmp_path):
    readable = is_readable(path)
    keep = {"overlap": "keep", "decorrelate": ["*"]}
    (tmp_path / "keep.json").write_text(json.dumps(keep), encoding="utf-8")
    for name, arguments in LIGHT.items():
        status, out, err = told(arguments, path, tmp_path)
        assert_clear(status, out, err)
        if readable and name in WORK and name != "validate":
            refused = re.match(r"error \[(graph\.too_large|edit|rename|upgrade)", err)
            assert status == 0 or refused, (name, err)
            assert not err.startswith("error [upgrade.check]"), err
        if not readable and name in WORK | {"select"}:
            assert status == 1, name


def prepared(path: Path, folder: Path) -> str:
    """A parameter of the model, if there is one; writes a table of signals that fits it."""
    channels: dict[str, list[float]] = {"SR": [1.0]}
    name = "mu"
    with contextlib.suppress(hs3.HS3Error):
        graph = resolve(hs3.read(path)[0])
        channels = {c.name: [1.0] * c.bins for c in graph.channels[:1]} or channels
        free = [p.name for p in graph.parameters if not p.const]
        name = next(iter((*graph.pois, *free)), name)
    table = {"points": {"p": {"channels": channels}}}
    (folder / "table.json").write_text(json.dumps(table), encoding="utf-8")
    return name


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason=f"reference material not available: {SHARED.name}")
@pytest.mark.parametrize("path", FILES, ids=label)
def test_heavy_commands(path, tmp_path):
    """All of them one after the other: the first one compiles what the others need, too."""
    name = prepared(path, tmp_path)
    status = {}
    for command, arguments in HEAVY.items():
        status[command], out, err = told(arguments, path, tmp_path, name)
        assert_clear(status[command], out, err)
    assert status["verify"] == status["archive"]
    jax.clear_caches()


def commands(group: Any, before: str = "") -> Iterator[str]:
    """The names of all commands of the command line."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_no_command_is_left_out():
    tried = {" ".join(a[:2]) for a in (*LIGHT.values(), *HEAVY.values())}
    tried |= {a[0] for a in (*LIGHT.values(), *HEAVY.values())}
    every = set(commands(typer.main.get_command(app)))
    assert every - tried == OTHERS.keys()
    assert OTHERS.keys() <= every


@pytest.mark.slow
def test_json_alone_has_a_canonical_form(tmp_path):
    root = shared("workspaces", "generic_composite.root")
    status, _, err = told(LIGHT["hash"], root, tmp_path)
    assert (status, err) == (1, "error [read.format]: this is a ROOT file, where JSON is needed\n")
    document = shared("likelihoods", "hs3_written_by_root640", "agc_ttbar_workspace.hs3.json")
    status, out, _ = told(LIGHT["canonical"], document, tmp_path)
    assert status == 0
    (tmp_path / "canonical.json").write_text(out, encoding="utf-8")
    assert json_of(tmp_path / "canonical.json") == json_of(document)
