"""HistFactory XML with its histograms in both directions; neither ROOT nor pyhf is needed."""

from __future__ import annotations

from .exporter import to_xml
from .importer import from_xml

__all__ = ["from_xml", "to_xml"]
