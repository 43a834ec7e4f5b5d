"""The models of a patchset: one background, and a signal for each patch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from hs3.errors import ConversionError
from hs3.findings import Report, nearest
from hs3.reading import Source, json_of, read

if TYPE_CHECKING:
    from hs3.engine import Model


@dataclass(frozen=True, eq=False)
class PatchedModels(Mapping[str, "Model"]):
    """The models by the name of their patch, each made anew when it is asked for.

    Nothing is kept, as hundreds of them would fill the memory. It is plain data, which can be sent
    to other processes. Findings of severity `warning` are issued as an `HS3Warning`.

    Attributes:
        background: the pyhf workspace without signal, JSON data.
        patches: the operations of each patch by its name.
        labels: what the values of a patch are, for instance masses.
        points: the values of each patch by its name.
        reading: more options of `hs3.read`.
        choice: options of `hs3.compile`.
    """

    background: dict[str, Any] = field(repr=False)
    patches: Mapping[str, list[Any]] = field(repr=False)
    labels: tuple[str, ...]
    points: Mapping[str, tuple[float | str, ...]]
    reading: Mapping[str, Any]
    choice: Mapping[str, Any]

    def __getitem__(self, name: str) -> Model:
        from hs3 import engine
        from hs3.face import warn

        graph, report = self._graph(name)
        warn(report)
        return engine.compile(graph)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patches)

    def __len__(self) -> int:
        return len(self.patches)

    def report(self, name: str) -> Report:
        """What was assumed in reading one of them."""
        return self._graph(name)[1]

    def _graph(self, name: str) -> tuple[Any, Report]:
        from hs3.resolve import resolve

        if name not in self.patches:
            raise _unknown(name, self.patches)
        workspace, report = read(self.background, patch=self.patches[name], **self.reading)
        graph = resolve(workspace, **self.choice)
        return graph, report + graph.report

    def values_of(self, name: str) -> tuple[float | str, ...]:
        """The values that a patch stands for, in the order of `labels`."""
        return self.points[name]

    def only(self, names: Sequence[str]) -> PatchedModels:
        """Those of these names; ``*`` stands for any text.

        Raises:
            ConversionError: a name that no patch has.
        """
        for pattern in names:
            if not any(fnmatchcase(name, pattern) or name == pattern for name in self.patches):
                raise _unknown(pattern, self.patches)
        chosen = {
            name: patch
            for name, patch in self.patches.items()
            if any(fnmatchcase(name, pattern) or name == pattern for pattern in names)
        }
        return replace(self, patches=chosen, points={name: self.points[name] for name in chosen})

    @property
    def key(self) -> str:
        """A hash of all that the models follow from."""
        said = (self.background, self.patches, self.reading, self.choice)
        text = json.dumps([_plain(part) for part in said], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def patched(
    background: Source,
    patchset: Source,
    names: Sequence[str] = ("*",),
    *,
    measurement: str | None = None,
    interpolation: str | None = None,
    **choice: Any,
) -> PatchedModels:
    """The models of a pyhf patchset, made one by one when they are used.

    Args:
        background: the pyhf workspace without signal.
        patchset: the patchset for it; its digests are checked.
        names: which patches; ``*`` stands for any text.
        measurement, interpolation: as for `hs3.read`.
        choice: as for `hs3.compile`.

    Raises:
        ConversionError: the patchset is none, is for another workspace, or lacks a name.
        HS3Error: as `hs3.read`.
    """
    from hs3.adapters import pyhf

    data, patches = json_of(background), json_of(patchset)
    if not pyhf.is_pyhf(data):
        message = "patches belong to pyhf workspaces, and this is none"
        raise ConversionError(message, code="conversion.option")
    if not pyhf.is_patchset(patches):
        message = "this is no patchset: it lacks `patches` and `metadata`"
        raise ConversionError(message, code="pyhf.patch")
    labels, entries = pyhf.patches_of(data, patches)
    reading = {"measurement": measurement, "interpolation": interpolation}
    return PatchedModels(
        data,
        {name: operations for name, _, operations in entries},
        labels,
        {name: values for name, values, _ in entries},
        {key: value for key, value in reading.items() if value is not None},
        choice,
    ).only(names)


def _plain(data: Any) -> Any:
    return dict(data) if isinstance(data, Mapping) else data


def _unknown(name: str, known: Mapping[str, Any]) -> ConversionError:
    return ConversionError(
        f"there is no patch {name!r}: the patchset holds {len(known)} patches",
        code="pyhf.patch_name",
        path="/patches",
        value=name,
        suggestions=nearest(name, known) or list(known)[:5],
    )
