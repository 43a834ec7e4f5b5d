"""What further software says of the numbers of the fixtures, kept in a file.

`python tests/conformance/ask_others.py` asks ROOT, pyhf and zfit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fixture import Fixture, Json
from oracles import frozen

FILE = Path(__file__).with_name("others.json")
NOT_ASKED = ("sources", "comparison")


def key(document: Any, check: Mapping[str, Any]) -> str:
    """Changes with anything that the comparison depends on."""
    return frozen.key(document, {k: v for k, v in check.items() if k not in NOT_ASKED})


def of(fixture: Fixture) -> dict[str, list[Json]]:
    """What others say, by the id of the check."""
    known = _read()
    found = {check["id"]: known.get(key(fixture.document, check), []) for check in fixture.checks}
    return {check: said for check, said in found.items() if said}


@cache
def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text()) if FILE.exists() else {}
