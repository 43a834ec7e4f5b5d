"""What a code is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Code:
    """What a code stands for: `severity`, `meaning` (what is so) and `cure` (what to do)."""

    severity: Literal["error", "warning", "note"]
    meaning: str
    cure: str
