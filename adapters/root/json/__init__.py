"""HS3 JSON that ROOT's importer reads and evaluates as the document means it."""

from __future__ import annotations

from .exporter import VERSIONS, to_root_json

__all__ = ["VERSIONS", "to_root_json"]
