"""From the object of a workspace to its graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dataset import Dataset, dataset_of
from .graph import WorkspaceGraph
from .objects import RootObject, content, guarded, objects_in
from .trees import Trees

if TYPE_CHECKING:
    from .source import Key, RootFile

_MODEL_CONFIG = "RooStats::ModelConfig"


def graph_of(file: RootFile, key: Key) -> WorkspaceGraph:
    """The graph of the workspace that a key holds.

    Raises:
        ReadError: its bytes are not what they claim to be.
    """
    return _graph(*file.record(key), file)


@guarded
def _graph(workspace: RootObject, unread: list[RootObject], file: RootFile) -> WorkspaceGraph:
    generic = [inner for obj in workspace.proxies("_genObjects") for inner in _unwrapped(obj)]
    nodes = {node.name: node for node in workspace.proxies("_allOwnedNodes")}
    beside = [obj for obj in _configs(file) if _belongs(obj, workspace, nodes)]
    trees = Trees(file).branches
    return WorkspaceGraph(
        name=workspace.name,
        title=workspace.title,
        root_version=file.root_version,
        source=workspace,
        nodes=nodes,
        datasets=_datasets(workspace, "_dataList", trees),
        embedded=_datasets(workspace, "_embeddedDataList", trees),
        snapshots={s.name: list(objects_in(s)) for s in _optional(workspace, "_snapshots")},
        sets=_sets(workspace),
        model_configs=[obj for obj in generic + beside if obj.class_name == _MODEL_CONFIG],
        objects=[obj for obj in generic if obj.class_name != _MODEL_CONFIG],
        unread=unread,
    )


def _configs(file: RootFile) -> list[RootObject]:
    """The configurations that have a key of their own; of each name the highest cycle."""
    keys = [key for key in file.keys if key.class_name == _MODEL_CONFIG]
    return [file.read(k.name, k.cycle) for k in keys if file.find(k.name) == k]


def _belongs(config: RootObject, workspace: RootObject, nodes: dict[str, RootObject]) -> bool:
    """Whether a configuration is one of this workspace: formerly it says so, now its pdf does."""
    of = config.members.get("fWSName", "")
    return config.member("fPdfName") in nodes and of in ("", workspace.name)


def _optional(workspace: RootObject, name: str) -> list[RootObject]:
    """The content of a list that workspaces of older versions do not have."""
    return workspace.proxies(name) if name in workspace.members else []


def _unwrapped(obj: RootObject) -> list[RootObject]:
    """What a RooTObjWrap wraps; any other object itself."""
    if obj.class_name != "RooTObjWrap":
        return [obj]
    if "_obj" in obj.members:  # version 1
        inner = obj.proxy("_obj")
        return [inner] if inner is not None else []
    return obj.proxies("_list")


def _datasets(workspace: RootObject, name: str, trees: Any) -> dict[str, Dataset]:
    unique = {id(data): data for data in _optional(workspace, name)}
    return {data.name: dataset_of(data, trees) for data in unique.values()}


def _sets(workspace: RootObject) -> dict[str, list[str]]:
    sets = workspace.members.get("_namedSets") or {}
    return {
        name: [node.name for node in objects_in(of)]
        for name, of in sets.items()
        if content(of) is not None
    }
