"""What holds for the repository as a whole."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

import hs3
from hs3.codes import CODES

FOLDERS = ("hs3", "engine", "adapters", "conformance")


def tracked() -> list[str]:
    """Every file under version control; the test skips outside of a checkout."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def sources():
    """Path and syntax tree of every module of the package."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name",
    [
        *FOLDERS,
        *("tests", "spec", "examples", "benchmarks"),
        *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff"),
        *("pyproject.toml", "constraints.txt", "Makefile", ".ci/run"),
    ],
)
def test_the_layout_stands(name):
    assert (ROOT / name).exists()


def test_ci_can_be_run():
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111 == 0o111


# --- the public face ----------------------------------------------------------------------------


def test_every_public_name_is_there_and_documented():
    for name in hs3.__all__:
        value = getattr(hs3, name)
        assert name.startswith("__") or value.__doc__, name


def test_all_names_are_listed_once_and_sorted():
    assert sorted(set(hs3.__all__)) == sorted(hs3.__all__)
    assert set(hs3.__all__) <= set(dir(hs3))


def test_type_checkers_see_the_same_names_as_the_running_program():
    tree = ast.parse((ROOT / "hs3" / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hs3.")
        for alias in node.names
    }
    assert imported == hs3._HOME
    assert set(hs3.__all__) == {*hs3._HOME, "__version__"}


def test_no_module_hides_a_public_function():
    """A submodule `hs3.fit`, once imported, would replace the function `hs3.fit`."""
    modules = {path.stem for path in (ROOT / "hs3").iterdir()} | set(FOLDERS)
    assert modules & set(hs3.__all__) == set()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="lod"):
        hs3.lod  # noqa: B018


@pytest.mark.parametrize("module", sorted(set(hs3._HOME.values())))
def test_the_modules_of_the_face_import(module):
    importlib.import_module(module)


# --- contracts ----------------------------------------------------------------------------------


def codes_in(tree: ast.Module):
    """Every literal finding or error code: ``code="…"`` and the first argument of ``Finding``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        if isinstance(node.func, ast.Name) and node.func.id == "Finding":
            given += node.args[:1]
        yield from (g.value for g in given if isinstance(g, ast.Constant))


def test_every_code_is_declared():
    used = {(code, path.name) for path, tree in sources() for code in codes_in(tree)}
    undeclared = sorted(pair for pair in used if isinstance(pair[0], str) and pair[0] not in CODES)
    assert undeclared == []


def test_the_core_imports_neither_jax_nor_a_framework():
    heavy = {"jax", "pyhf", "ROOT", "zfit", "uproot", "iminuit", "matplotlib"}
    for path in sorted((ROOT / "hs3").rglob("*.py")):
        if path.parent == ROOT / "hs3" / "plot":
            continue  # figures, imported by who asks for one
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & heavy, path


FORBIDDEN = {
    "a registry of packages": r"pypi\.o\x72g|pythonhoste\x64|deb\.debia\x6e|registry\.npmj\x73",
    "a path of some machine": r"(^|[^A-Za-z0-9_.])/(work|tmp|root|home|farm)/[A-Za-z]",
    "a leftover": r"\bTOD\x4f\b|\bFIXM\x45\b|raise NotImplementedErro\x72",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_files_do_not_contain(what):
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    for name in tracked():
        if name.endswith(".json") or "/data/" in name:
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        found = pattern.search(text)
        assert found is None, f"{name}: {found}"
