"""Channels of HistFactory in a workspace, recognised by structure: trees of a RooRealSumPdf."""

from __future__ import annotations

from ...file import RootObject
from ..builder import Builder
from .channels import Channels

__all__ = ["Channels", "recognise"]


def recognise(node: RootObject, builder: Builder) -> bool:
    """Add a ``histfactory_dist`` where a node is a channel; whether it is one, or part of one."""
    channels = builder.channels
    entry = channels.entries.get(node.name)
    if entry is not None:
        builder.distributions[node.name] = entry
        return True
    return node.name in channels.absorbed
