"""A document as a backend takes it, and the names that it has there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hs3.adapters.root.json import to_root_json
from hs3.adapters.root.writer import dataset_of, renamed
from hs3.graph import Graph
from hs3.workspace import Workspace

from .likelihood import reduced


@dataclass(frozen=True)
class Dressed:
    """A document with one likelihood, for one backend.

    Attributes:
        document: what the backend reads.
        target: ``likelihood``, or what else the backend needs to find it.
        names: the backend's name of a parameter or channel, where it has another one.
    """

    document: dict[str, Any]
    target: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)

    def point(self, point: Mapping[str, float]) -> dict[str, float]:
        """A point in the backend's names."""
        return {self.names.get(name, name): value for name, value in point.items()}

    def original(self) -> dict[str, str]:
        """The document's name, by the backend's."""
        return {new: old for old, new in self.names.items()}


def dressed(graph: Graph, backend: str) -> Dressed:
    """The likelihood of a graph for a backend.

    ROOT gets the document that it reads as it is meant (`hs3.adapters.root.json`); every other
    backend the document itself, reduced to the likelihood.

    Raises:
        ConversionError: ROOT cannot be told what the document means.
    """
    workspace = alone(graph)
    if backend != "root":
        return Dressed(workspace.to_json(), {"likelihood": _only(workspace)})
    document, _ = to_root_json(workspace)
    analysis = document["analyses"][0]["name"]
    target = {
        "likelihood": document["likelihoods"][0]["name"],
        "dataset": dataset_of(document, analysis),
        "model_config": document["misc"]["ROOT_internal"]["ModelConfigs"][analysis]["mcName"],
    }
    names = renamed(document)
    return Dressed(document, target, names | _labels(document, names))


def _labels(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Distribution → label of its channel in ROOT."""
    (index,) = document["misc"]["ROOT_internal"]["combined_distributions"].values()
    original = {new: old for old, new in names.items()}
    pairs = zip(index["distributions"], index["labels"], strict=True)
    return {original.get(name, name): label for name, label in pairs}


def alone(graph: Graph) -> Workspace:
    """The document with the likelihood of a graph as its only one."""
    workspace = graph.workspace
    if graph.analysis is not None:
        chosen = tuple(a for a in workspace.analyses or () if a.name == graph.analysis)
        name = chosen[0].likelihood
        likelihoods = tuple(e for e in workspace.likelihoods or () if e.name == name)
        return workspace.model_copy(update={"analyses": chosen, "likelihoods": likelihoods})
    if any(e.name == graph.name for e in workspace.likelihoods or ()):
        return reduced(workspace, {"likelihood": graph.name})
    told = [t.data for t in graph.terms] + [c.data for c in graph.channels]
    data = getattr(told[0], "name", told[0])
    return reduced(workspace, {"pdf": graph.name, "data": data})


def _only(workspace: Workspace) -> str:
    (entry,) = workspace.likelihoods or ()
    return str(entry.name)
