"""Fixtures on disk: documents with checks, in the format of the official HS3 test suite."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hs3 import files, jsonio
from hs3.errors import ReadError

FIXTURES = Path(__file__).with_name("fixtures")
"""The fixtures of this project."""

EXTENSION = "extension.json"
"""File of a fixture with checks of kinds that the official suite does not have."""


@dataclass(frozen=True)
class Fixture:
    """One document with its checks.

    Attributes:
        name: of its folder.
        folder: where ``hs3.json``, ``expected.json`` and ``metadata.json`` are.
        checks: from ``expected.json``, then from ``extension.json`` if there is one.
        metadata: where the numbers come from; empty where the file is not there.
    """

    name: str
    folder: Path
    checks: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]

    @property
    def document(self) -> Path:
        """The HS3 document."""
        return self.folder / "hs3.json"

    @property
    def types(self) -> tuple[str, ...]:
        """Every type string of the document, sorted; none where it is not JSON."""
        found: set[str] = set()
        try:
            todo: list[Any] = [jsonio.read(self.document)]
        except ReadError:
            return ()
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                todo.extend(value.values())
                if isinstance(value.get("type"), str):
                    found.add(value["type"])
            elif isinstance(value, list):
                todo.extend(value)
        return tuple(sorted(found))

    @property
    def subjects(self) -> tuple[str, ...]:
        """What the fixture is about: ``semantic`` of its metadata, else the types of it.

        Types that every document needs to be one are left out where there are others.
        """
        told = self.metadata.get("semantic")
        if isinstance(told, list) and told and self.metadata.get("conformance"):
            return tuple(str(subject) for subject in told)
        own = tuple(t for t in self.types if t not in _EVERYWHERE)
        return own or self.types


_EVERYWHERE = ("product_domain", "unbinned", "binned")


def fixtures(folder: str | Path = FIXTURES, patterns: Sequence[str] = ()) -> list[Fixture]:
    """The fixtures below a folder, sorted by name.

    Args:
        folder: one fixture, or anything that holds fixtures at any depth.
        patterns: keep those whose name fits one of these (``density_*``); all without.

    Raises:
        ReadError: there is none, or a file is not of the form.
    """
    paths = sorted(Path(folder).rglob("expected.json"))
    chosen = [p.parent for p in paths if not patterns or _fits(p.parent.name, patterns)]
    if not chosen:
        fitting = f" fitting {' or '.join(patterns)}" if patterns else ""
        raise ReadError(
            f"no fixture{fitting} below {folder}", code="read.failed", value=str(folder)
        )
    return [_fixture(path) for path in chosen]


def _read(path: Path) -> Any:
    """JSON as Python's reader takes it: the official suite has NaN among its numbers.

    Raises:
        ReadError: it is no JSON even so.
    """
    try:
        return json.loads(files.read_bytes(path, size=jsonio.LIMITS.size))
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path} is not JSON: {error}", code="conformance.form") from error


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _fixture(folder: Path) -> Fixture:
    checks = _checks(folder / "expected.json")
    if (folder / EXTENSION).is_file():
        checks += _checks(folder / EXTENSION)
    described = folder / "metadata.json"
    metadata = jsonio.read(described) if described.is_file() else {}
    return Fixture(folder.name, folder, tuple(checks), metadata)


def _checks(path: Path) -> list[Mapping[str, Any]]:
    data = _read(path)
    checks = data.get("checks") if isinstance(data, dict) else None
    if not isinstance(checks, list) or not all(
        isinstance(c, dict) and isinstance(c.get("kind"), str) for c in checks
    ):
        message = f"{path} has no list `checks` of objects with a `kind`"
        raise ReadError(message, code="conformance.form", value=path.parent.name)
    return checks
