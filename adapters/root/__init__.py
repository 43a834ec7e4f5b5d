"""ROOT's workspaces as HS3; ROOT itself is not needed to read them."""

from __future__ import annotations

from .importer import from_root

__all__ = ["from_root"]
