"""The hook for HistFactory: trees of a RooRealSumPdf that are channels of a binned measurement."""

from __future__ import annotations

from ..file import RootObject
from .builder import Builder


def recognise(node: RootObject, builder: Builder) -> bool:
    """Add a ``histfactory_dist`` where a node is a channel; whether it is one."""
    return False
