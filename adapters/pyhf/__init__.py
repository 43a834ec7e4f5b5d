"""pyhf's JSON workspaces in both directions; pyhf itself is not needed."""

from __future__ import annotations

from .exporter import to_pyhf
from .importer import from_pyhf
from .patch import apply_patch, patches_of
from .schema import is_patchset, is_pyhf

__all__ = ["apply_patch", "from_pyhf", "is_patchset", "is_pyhf", "patches_of", "to_pyhf"]
