"""Documents of other writers and versions in the words of the current standard."""

from __future__ import annotations

from .document import upgrade

__all__ = ["upgrade"]
