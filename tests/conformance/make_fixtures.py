"""Write this project's fixtures from the tables in `fixture_tables`.

Usage: python tests/conformance/make_fixtures.py
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
FOLDERS = (TESTS.parent, TESTS, *(TESTS / part for part in ("conformance", "engine", "adapters")))
sys.path[:0] = map(str, FOLDERS)

from fixture import FIXTURES, Fixture, entries  # noqa: E402 - the folders of the tests come first
from fixture_tables import ALL, kept, others  # noqa: E402

__all__ = ["FIXTURES", "Fixture", "entries", "files", "fixtures", "main"]


def fixtures() -> Iterator[Fixture]:
    """All of them."""
    for table in ALL:
        yield from table()


def files(fixture: Fixture) -> dict[str, Any]:
    """The files of a fixture, with what further software said of it."""
    return fixture.files(others.of(fixture))


def manifest(made: list[Fixture]) -> str:
    """The text of the manifest."""
    listed = {
        "schema_version": 1,
        "generated_by": "tests/conformance/make_fixtures.py",
        "fixtures": [fixture.entry() for fixture in made if fixture.document is not None],
    }
    return json.dumps(listed, indent=1) + "\n"


def main() -> None:
    """Write the folder anew."""
    made = list(fixtures())
    kept.save()
    shutil.rmtree(FIXTURES, ignore_errors=True)
    for fixture in made:
        folder = FIXTURES / fixture.name
        folder.mkdir(parents=True)
        for name, content in files(fixture).items():
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(raw)
    (FIXTURES.parent / "manifest.json").write_text(manifest(made), encoding="utf-8")


if __name__ == "__main__":
    main()
