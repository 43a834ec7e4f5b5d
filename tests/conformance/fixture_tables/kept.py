"""Numbers of oracles that take long, kept in a file under the hash of what they were computed for.

`make_fixtures.py` computes what is missing and drops what is no longer asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from oracles import frozen

FILE = Path(__file__).with_name("kept.json")
_asked: dict[str, Any] = {}


def numbers(question: Any, answer: Callable[..., Any], *arguments: Any) -> Any:
    """What is kept for a question, else what ``answer(*arguments)`` says."""
    key = frozen.key(question)
    if key not in _asked:
        known = _read()
        _asked[key] = known[key] if key in known else answer(*arguments)
    return _asked[key]


@cache
def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def save() -> None:
    """Keep what was asked for since the start, and nothing else."""
    rows = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(_asked.items())]
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")
