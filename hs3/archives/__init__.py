"""Archives: one file that holds a model, and the numbers by which it proves itself years later."""

from __future__ import annotations

from .check import Check, Verification, verify
from .make import archive

__all__ = ["Check", "Verification", "archive", "verify"]
