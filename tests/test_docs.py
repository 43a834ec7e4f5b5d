"""Every block of code in the documents runs, and prints what the document says."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT
from process import python

from hs3.cli.app import run

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PRINTS = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    language: str
    code: str


def blocks(document: Path, language: str) -> list[Block]:
    found = _BLOCK.findall(document.read_text(encoding="utf-8"))
    return [Block(kind, code) for kind, code in found if kind == language]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the examples, as a reader of the documents has them."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_python_blocks_print_what_their_comments_say(document, folder):
    # in a process of its own: a type that a document declares would stay registered
    code = "\n".join(block.code for block in blocks(document, "python"))
    done = python("-c", code, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == _PRINTS.findall(code)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_print_what_the_document_shows(document, folder):
    for block in blocks(document, "console"):
        for part in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            program, *arguments = shlex.split(command)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                status = run(arguments)
            assert (program, status) == ("hs3", 0)
            assert appear_in_order(shown, out.getvalue()), out.getvalue()


def appear_in_order(shown: list[str], output: str) -> bool:
    """Each shown line is one of the output, in order; an ellipsis stands for anything."""
    lines = iter([" ".join(line.split()) for line in output.splitlines()])
    wanted = [" ".join(line.split()) for line in shown]
    return all(
        any(re.fullmatch(re.escape(want).replace("…", ".*"), line) for line in lines)
        for want in wanted
        if want not in ("", "…")
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(document):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for block in blocks(document, "sh"):
        for target in re.findall(r"^make (\S+)", block.code, re.MULTILINE):
            assert target in targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link
