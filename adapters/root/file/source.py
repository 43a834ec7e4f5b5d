"""Opening a ROOT file: its keys, and what they hold."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hs3.errors import ReadError
from hs3.files import SIZE_LIMIT, check_size, read_bytes
from hs3.findings import nearest
from hs3.jsonio import without_gc

from .classes import Classes
from .compression import decompress
from .graph import WorkspaceGraph
from .objects import RootObject
from .record import Record
from .streamers import OF_STREAMER_INFOS, layouts_of

OBJECT_LIMIT = 1 << 28
"""Bytes that one object may have after decompression, unless the caller says otherwise."""

_MAX_DEPTH = 20
_DIRECTORIES = {"TDirectory", "TDirectoryFile"}
_KEY = struct.Struct(">ihiIhh").unpack_from


@dataclass(frozen=True)
class Key:
    """An entry of a file: name (with the directories before it), cycle, class and title."""

    name: str
    cycle: int
    class_name: str
    title: str
    seek: int

    @property
    def label(self) -> str:
        """Name and cycle, as ROOT writes them: ``combined;1``."""
        return f"{self.name};{self.cycle}"


class RootFile:
    """A ROOT file in memory. Nothing in it is interpreted before it is asked for.

    Attributes:
        label: its name, for messages.
        keys: its entries, in the order of the file.
        root_version: of the ROOT that wrote it, for instance ``6.36/02``.
    """

    def __init__(self, data: bytes, label: str, *, object_limit: int = OBJECT_LIMIT) -> None:
        self.label = label
        self._data = data
        self._limit = object_limit
        self.keys, self.root_version, seek_info = _directory(data, label)
        self._classes = Classes(self._layouts(seek_info))

    def __repr__(self) -> str:
        return f"<RootFile {self.label}>"

    def _layouts(self, seek: int) -> dict[str, Any]:
        if seek == 0:
            return {}
        buffer, key_length = self.content(seek, "the streamer infos")
        record = Record(buffer, Classes(OF_STREAMER_INFOS), "StreamerInfo", key_length)
        return layouts_of(record.read("TList").proxies("elements"))

    @property
    def workspaces(self) -> list[str]:
        """Names of the workspaces in the file."""
        return list(dict.fromkeys(k.name for k in self.keys if k.class_name == "RooWorkspace"))

    def find(self, name: str, cycle: int | None = None) -> Key:
        """The entry of this name; of several cycles the highest, unless one is given.

        Raises:
            ReadError: there is none.
        """
        found = [k for k in self.keys if k.name == name and cycle in (None, k.cycle)]
        if not found:
            names = list(dict.fromkeys(k.name for k in self.keys))
            raise ReadError(
                f"{self.label} holds no {name!r} (it holds {', '.join(names[:20]) or 'nothing'})",
                code="root.key",
                value=name,
                suggestions=nearest(name, names),
            )
        return max(found, key=lambda key: key.cycle)

    def read(self, name: str, cycle: int | None = None) -> RootObject:
        """The object of a key, with everything it points at.

        Raises:
            ReadError: there is no such key, or its bytes are not what they claim to be.
        """
        return self.record(self.find(name, cycle))[0]

    def record(self, key: Key) -> tuple[RootObject, list[RootObject]]:
        """The object of a key, and the objects in it that could not be read."""
        buffer, key_length = self.content(key.seek, key.label)
        record = Record(buffer, self._classes, key.label, key_length)
        with without_gc():
            return record.read(key.class_name), record.unread

    def workspace(self, name: str | None = None) -> WorkspaceGraph:
        """The workspace of this name; without a name, the only one.

        Raises:
            ReadError: there is none, or several and no name.
        """
        from .build import graph_of

        with without_gc():
            return graph_of(self, self.find(self._chosen(name)))

    def _chosen(self, name: str | None) -> str:
        names = self.workspaces
        if name in names or (name is None and len(names) == 1):
            return name or names[0]
        which = f"no workspace {name!r}" if name is not None else "several workspaces"
        which = which if names else "no RooWorkspace"
        holds = ", ".join(names or dict.fromkeys(k.class_name for k in self.keys)) or "nothing"
        raise ReadError(
            f"{self.label} holds {which} (it holds {holds})",
            code="root.workspace",
            value=name,
            suggestions=nearest(name, names) if name else tuple(names[:3]),
        )

    def content(self, seek: int, where: str) -> tuple[bytes, int]:
        """The decompressed bytes of the key at a position, and the length of its header.

        Raises:
            ReadError: the bytes there are not those of a key, or are too many.
        """
        try:
            nbytes, _, size, _, key_length, _ = _KEY(self._data, seek)
        except struct.error:
            raise self._damaged(where, f"the file ends before offset {seek}") from None
        if not 18 <= key_length <= nbytes <= len(self._data) - seek:
            raise self._damaged(where, f"the key at offset {seek} reaches beyond the file")
        if not 0 <= size <= self._limit:
            message = f"{where} has {size:,} bytes, the limit is {self._limit:,}"
            raise ReadError(message, code="read.too_large", path=where, value=size)
        data = self._data[seek + key_length : seek + nbytes]
        return (data if len(data) == size else decompress(data, size, where)), key_length

    def _damaged(self, where: str, why: str) -> ReadError:
        message = f"{where} in {self.label} cannot be read: {why}"
        return ReadError(message, code="root.corrupt", path=where)


def open_root(
    source: str | os.PathLike[str] | bytes,
    *,
    limit: int = SIZE_LIMIT,
    object_limit: int = OBJECT_LIMIT,
) -> RootFile:
    """A ROOT file: a path, or its bytes.

    Args:
        source: path of the file, or its content.
        limit: bytes that the file may have.
        object_limit: bytes that one object may have after decompression.

    Raises:
        ReadError: it cannot be opened, is too large, is no ROOT file, or is damaged.
    """
    if isinstance(source, bytes):
        data, label = source, "the ROOT file"
    else:
        data, label = read_bytes(source, size=limit), os.path.basename(os.fspath(source))
    check_size(len(data), limit)
    if not data.startswith(b"root"):
        raise ReadError(f"{label} is not a ROOT file", code="read.format")
    return RootFile(data, label, object_limit=object_limit)


# --- what uproot reads: the header, the directories, their keys -----------------------------------


def _directory(data: bytes, label: str) -> tuple[list[Key], str, int]:
    """Keys, version of ROOT, and position of the streamer infos."""
    import uproot

    try:
        with uproot.open(io.BytesIO(data)) as directory:
            header = directory.file
            # files by uproot have a million less than the version that they follow
            if header.fVersion % 1_000_000 == 0 or header.fBEGIN <= 0:
                raise ReadError(f"{label} is not a ROOT file", code="root.corrupt")
            if header.fEND > len(data):
                message = f"{label} is cut off: {len(data):,} bytes of {header.fEND:,} are there"
                raise ReadError(message, code="root.corrupt")
            keys = list(_keys(directory, "", set()))
            return keys, _version(header.fVersion), int(header.fSeekInfo)
    except ReadError:
        raise
    except Exception as error:  # uproot and what it builds on have errors of many kinds
        raise ReadError(
            f"{label} cannot be opened as a ROOT file: {_first_line(error)}", code="root.corrupt"
        ) from error


def _version(number: int) -> str:
    """``6.36/02`` from 63602; files beyond 2 GB add a million."""
    major, rest = divmod(number % 1_000_000, 10_000)
    return f"{major}.{rest // 100:02d}/{rest % 100:02d}"


def _keys(directory: Any, prefix: str, seen: set[int], depth: int = 0) -> Iterator[Key]:
    if directory.fSeekDir in seen or depth > _MAX_DEPTH:
        return
    seen.add(directory.fSeekDir)
    for path in directory.iterkeys(recursive=False):
        key = directory.key(path)
        name = f"{prefix}{key.fName}"
        if key.fClassName in _DIRECTORIES:
            yield from _keys(key.get(), f"{name}/", seen, depth + 1)
        else:
            yield Key(name, key.fCycle, key.fClassName, key.fTitle, key.fSeekKey)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__
