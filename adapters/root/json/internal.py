"""What a document says in ``misc.ROOT_internal``: names that ROOT's objects had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from hs3.workspace import Workspace

from .names import valid


class Internal:
    """Names of simultaneous pdfs, combined data, ModelConfigs and attributes, where given."""

    def __init__(self, workspace: Workspace) -> None:
        found = (workspace.misc or {}).get("ROOT_internal")
        self._sections = found if isinstance(found, dict) else {}

    def _entries(self, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
        found = self._sections.get(section)
        for name, entry in found.items() if isinstance(found, dict) else ():
            if isinstance(entry, dict):
                yield name, entry

    def simultaneous(
        self, distributions: Sequence[str]
    ) -> tuple[str, dict[str, tuple[str, int]]] | None:
        """Name of the simultaneous pdf of these distributions; the label and index of each."""
        for name, entry in self._entries("combined_distributions"):
            labels, members = entry.get("labels"), entry.get("distributions")
            if not _texts(labels) or not _texts(members) or len(labels) != len(members):
                continue
            if sorted(members) == sorted(distributions) and all(map(valid, [name, *labels])):
                given = entry.get("indices")
                plain = list(range(len(labels)))
                indices = given if _indices(given, len(labels)) else plain
                pairs = zip(labels, indices, strict=True)
                return name, dict(zip(members, pairs, strict=True))
        return None

    def index(self, simultaneous: str) -> str:
        """Name of the index category of a simultaneous pdf."""
        for name, entry in self._entries("combined_distributions"):
            category = entry.get("index_cat")
            if name == simultaneous and isinstance(category, str) and valid(category):
                return category
        return "channelCat"

    def model_config(self, analysis: str) -> str | None:
        """Name of the ModelConfig of an analysis."""
        for name, entry in self._entries("ModelConfigs"):
            if name == analysis and isinstance(entry.get("mcName"), str):
                return str(entry["mcName"])
        return None

    def attributes(self) -> dict[str, Any]:
        """Attributes of objects by their name."""
        return dict(self._entries("attributes"))


def _indices(value: Any, count: int) -> TypeGuard[list[int] | tuple[int, ...]]:
    """True for distinct whole numbers, one for each label."""
    if not isinstance(value, list | tuple) or len(value) != count:
        return False
    return all(type(v) is int for v in value) and len(set(value)) == count


def _texts(value: Any) -> TypeGuard[list[str] | tuple[str, ...]]:
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
