"""Changes of workspaces that keep their meaning, and what tells their parts and differences."""

from __future__ import annotations

from .constraining import constrain
from .difference import Difference, diff
from .drawing import Drawing, draw
from .renaming import rename
from .selection import select

__all__ = ["Difference", "Drawing", "constrain", "diff", "draw", "rename", "select"]
