"""A workspace as a graph of nodes, with its data, snapshots, sets and configurations."""

from __future__ import annotations

from dataclasses import dataclass, field

from .dataset import Dataset
from .objects import RootObject, objects_in


@dataclass(frozen=True)
class WorkspaceGraph:
    """A RooWorkspace.

    Attributes:
        name, title: as in the file.
        root_version: of the ROOT that wrote the file, for instance ``6.36/02``.
        nodes: every RooAbsArg (variables, categories, functions, densities) by its name.
        datasets: data by name, embedded ones (of RooHistPdf and the like) excluded.
        embedded: embedded data by name.
        snapshots: the variables as they were saved, by the snapshot's name.
        sets: names of the nodes in each named set, in the set's order.
        model_configs: RooStats::ModelConfig objects, in the workspace or in keys beside it.
        objects: other generic objects, in the order of the file.
        unread: objects that could not be read: their class is not described by the file.
        source: the workspace object.
    """

    name: str
    title: str
    root_version: str
    source: RootObject
    nodes: dict[str, RootObject] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    embedded: dict[str, Dataset] = field(default_factory=dict)
    snapshots: dict[str, list[RootObject]] = field(default_factory=dict)
    sets: dict[str, list[str]] = field(default_factory=dict)
    model_configs: list[RootObject] = field(default_factory=list)
    objects: list[RootObject] = field(default_factory=list)
    unread: list[RootObject] = field(default_factory=list)

    def servers(self, node: RootObject) -> list[RootObject]:
        """What a node depends on directly, in the order of the file."""
        return list(objects_in(node.members.get("_serverList")))

    def clients(self, node: RootObject) -> list[RootObject]:
        """What depends on a node directly, in the order of the file."""
        return list(objects_in(node.members.get("_clientList")))
