"""The wheel holds every module and data file, and says what it needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT
from wheel_check import FOLDERS, OPTIONAL, check_contents

pytest.importorskip("setuptools", minversion="77")


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory):
    """A folder with the wheel, built from a copy so that earlier builds do not get into it."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out)]
    build = [sys.executable, "-m", "pip", "wheel", *options, str(copy)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_the_wheel_is_complete(wheelhouse):
    check_contents(wheelhouse)


@pytest.mark.slow
def test_frameworks_are_optional(wheelhouse):
    (wheel,) = wheelhouse.glob("*.whl")
    archive = zipfile.ZipFile(wheel)
    (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = archive.read(path).decode()
    requires = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    needed = [line.split()[1].lower() for line in requires if "extra ==" not in line]
    assert needed
    assert not [name for name in needed if name.startswith(tuple(o.lower() for o in OPTIONAL))]
    assert "Name: hs3-reference" in metadata
    assert "License-Expression: BSD-3-Clause" in metadata
    (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "hs3 = hs3.cli:main" in archive.read(entry).decode()
