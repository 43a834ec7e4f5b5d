"""Datacards of CMS Combine; neither Combine nor ROOT is needed."""

from __future__ import annotations

from .importer import from_datacard
from .parser import is_datacard

__all__ = ["from_datacard", "is_datacard"]
