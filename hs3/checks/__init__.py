"""Checks with stable codes, shared by `hs3.resolve`, the command line and editors."""

from __future__ import annotations

from .document import validate

__all__ = ["validate"]
