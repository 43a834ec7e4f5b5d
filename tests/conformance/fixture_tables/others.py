"""Numbers that further software gave for the fixtures, kept in a file.

`python tests/conformance/ask_others.py` asks ROOT, pyhf and others that are installed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fixture import Fixture, Json
from oracles import frozen

FILE = Path(__file__).with_name("others.json")


def question(fixture: Fixture, check: Json) -> str:
    """Changes with anything that the numbers depend on."""
    asked = {k: check[k] for k in check if k not in ("expected", "tolerance", "comparison")}
    return frozen.key(fixture.document, asked)


def of(fixture: Fixture) -> dict[str, list[Json]]:
    """The numbers of others, by the id of the check."""
    known = _read()
    asked = {check["id"]: known.get(question(fixture, check), []) for check in fixture.checks}
    return {check: numbers for check, numbers in asked.items() if numbers}


@cache
def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text()) if FILE.exists() else {}
