"""A workspace graph as an HS3 document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hs3.errors import ReadError
from hs3.findings import Report

from ..file import RootObject, WorkspaceGraph
from ..file.objects import guarded
from . import data, histfactory, likelihoods, variables
from .builder import CATEGORIES, VARIABLES, Builder, Entry
from .decays import is_internal
from .registry import CONVERTERS
from .simultaneous import Simultaneous, simultaneous

if TYPE_CHECKING:
    from hs3.workspace import Workspace

HS3_VERSION = "0.2.9"


def converted(graph: WorkspaceGraph) -> tuple[Workspace, Report]:
    """The document that means what the workspace means, and what was found on the way.

    Paths of findings are the workspace's name followed by that of the object.
    """
    from hs3.workspace import Workspace

    builder = Builder(graph)
    models = _models(builder)
    for node in graph.nodes.values():
        convert(node, builder)
    inferred = likelihoods.inference(builder, models)
    while builder.pending:
        convert(builder.pending.popleft(), builder)
    document: dict[str, Any] = {
        "distributions": list(builder.distributions.values()),
        "functions": list(builder.functions.values()),
        "data": [
            entry
            for d in graph.datasets.values()
            for entry in data.entries_of(d, list(models.values()), builder)
        ],
        "likelihoods": inferred.likelihoods,
        "domains": [*variables.domains(builder), *inferred.domains],
        "parameter_points": variables.points(builder),
        "analyses": inferred.analyses,
        "metadata": {
            "hs3_version": HS3_VERSION,
            "packages": [{"name": "ROOT", "version": graph.root_version.replace("/", ".")}],
        },
        "misc": _misc(builder, models, inferred),
    }
    _tell_left_out(builder)
    kept = {key: value for key, value in document.items() if value}
    return Workspace.from_json(kept), Report(tuple(builder.findings))


def _models(builder: Builder) -> dict[str, Simultaneous]:
    nodes = (n for n in builder.graph.nodes.values() if n.class_name == "RooSimultaneous")
    found = (simultaneous(node, builder) for node in nodes)
    return {model.name: model for model in found if model is not None}


def convert(node: RootObject, builder: Builder) -> None:
    """Add what a node stands for: by its class, or as it is."""
    kind = node.class_name
    if kind in VARIABLES or kind in CATEGORIES or kind == "RooSimultaneous" or is_internal(node):
        return
    if histfactory.recognise(node, builder):
        return
    if kind not in CONVERTERS:
        return builder.keep(node, "HS3 has nothing for its class")
    try:
        guarded(CONVERTERS[kind])(node, builder)
    except ReadError as error:
        builder.keep(node, error.message)


def _misc(
    builder: Builder, models: dict[str, Simultaneous], inferred: likelihoods.Inference
) -> dict[str, Any]:
    """What ROOT needs to build the workspace again, in its own spelling, and descriptions."""
    combined = {
        name: {
            "index_cat": model.index,
            "indices": list(model.indices.values()),
            "labels": list(model.indices),
            "distributions": [d.name for d in model.densities.values()],
        }
        for name, model in models.items()
    }
    internal = {
        "ModelConfigs": inferred.configs,
        "attributes": _attributes(builder),
        "combined_datasets": _combined_data(builder, models),
        "combined_distributions": combined,
    }
    own = {
        "workspace": builder.graph.name,
        "title": builder.graph.title,
        **variables.descriptions(builder),
    }
    return {"ROOT_internal": {k: v for k, v in internal.items() if v}, "ROOT": own}


def _combined_data(builder: Builder, models: dict[str, Simultaneous]) -> dict[str, Entry]:
    out = {}
    for name, dataset in builder.graph.datasets.items():
        index = next((m.index for m in models.values() if m.index in dataset.categories), None)
        if index is not None:
            own = {s for m in models.values() if m.index == index for s in m.densities}
            states = {s: i for i, s in dataset.categories[index].items() if s in own}
            out[name] = {
                "index_cat": index,
                "indices": list(states.values()),
                "labels": list(states),
            }
    return out


_OF_ROOFIT = frozenset({"SnapShot_ExtRefClone"})
"""Attributes that RooFit sets while it copies objects."""


def _attributes(builder: Builder) -> dict[str, Entry]:
    out = {}
    for name, node in builder.graph.nodes.items():
        tags, texts = sorted(node.attributes - _OF_ROOFIT), node.string_attributes
        if node.class_name != "RooConstVar" and (tags or texts):
            out[name] = {
                **({"tags": tags} if tags else {}),
                **({"dict": texts} if texts else {}),
            }
    return out


def _tell_left_out(builder: Builder) -> None:
    """Categories that are functions, and objects that are neither model nor data."""
    for node in builder.graph.nodes.values():
        if node.class_name in CATEGORIES - {"RooCategory"}:
            message = f"the {node.class_name} {node.name!r} has no place in HS3 and is left out"
            builder.add("root.left_out", node, message, node.class_name)
    for thing in builder.graph.objects:
        message = f"the {thing.class_name} {thing.name!r} is neither model nor data: left out"
        builder.add("root.left_out", thing, message, thing.class_name)
    for thing in builder.graph.unread:
        message = f"the {thing.class_name} {thing.name!r} could not be read and is left out"
        builder.add("root.left_out", thing, message, thing.class_name)
