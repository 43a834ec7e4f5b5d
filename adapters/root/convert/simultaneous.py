"""RooSimultaneous: which density belongs to which state of a category."""

from __future__ import annotations

from dataclasses import dataclass

from ..file import RootObject
from ..file.objects import content
from ..file.variables import category
from .builder import Builder


@dataclass(frozen=True)
class Simultaneous:
    """A simultaneous density.

    Attributes:
        name: of the RooSimultaneous.
        index: name of its category.
        indices: of each state that has a density, in the order of the category.
        densities: by the state's label, in that order.
    """

    name: str
    index: str
    indices: dict[str, int]
    densities: dict[str, RootObject]


def simultaneous(node: RootObject, builder: Builder) -> Simultaneous | None:
    """The channels of a RooSimultaneous; None (reported) where its index is no plain category."""
    index = node.proxy("_indexCat")
    if index is None or index.class_name != "RooCategory":
        kind = "nothing" if index is None else f"the {index.class_name} {index.name!r}"
        message = f"{node.name!r} is indexed by {kind}; only a RooCategory can be followed"
        builder.add("root.index_category", node, message, node.name)
        return None
    parts: dict[str, RootObject] = {}
    for proxy in content(node.member("_pdfProxyList")) or ():
        target = proxy.members.get("_arg") if isinstance(proxy, RootObject) else None
        if isinstance(target, RootObject):
            parts[proxy.name] = target
    states = {label: i for i, label in category(index).states.items() if label in parts}
    return Simultaneous(node.name, index.name, states, {label: parts[label] for label in states})
