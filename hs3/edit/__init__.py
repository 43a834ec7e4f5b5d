"""Changes of workspaces that keep their meaning: new names, a part of one, comparison."""

from __future__ import annotations

from .renaming import rename
from .selection import select

__all__ = ["rename", "select"]
