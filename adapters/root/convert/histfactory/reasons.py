"""Why a tree is not a channel."""

from __future__ import annotations

from ...file import RootObject


class NotAChannel(Exception):
    """A node of the tree is not what HistFactory makes; the tree is converted piece by piece.

    Attributes:
        node: the one.
        reason: what is wrong with it, a clause.
    """

    def __init__(self, node: RootObject, reason: str) -> None:
        super().__init__(f"{node.class_name} {node.name!r}: {reason}")
        self.node = node
        self.reason = reason
