"""The columns of a TTree, as a RooTreeDataStore keeps them: branches of single numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from .objects import RootObject, content

if TYPE_CHECKING:
    from .source import RootFile

_LIMIT = 1 << 29
"""Bytes that the trees of a workspace may have after decompression."""

_LEAVES = {
    "TLeafB": "i1",
    "TLeafD": "f8",
    "TLeafF": "f4",
    "TLeafI": "i4",
    "TLeafL": "i8",
    "TLeafO": "?",
    "TLeafS": "i2",
}


class Trees:
    """The trees in which the data of one workspace are kept.

    No basket belongs to two branches: asking for one again is damage, or an attack.
    """

    def __init__(self, file: RootFile) -> None:
        self._file = file
        self._known: dict[int, dict[str, NDArray[Any]]] = {}
        self._beside: dict[int, RootObject] = {}
        self._taken: set[int] = set()
        self._left = _LIMIT

    def branches(self, store: RootObject) -> dict[str, NDArray[Any]]:
        """The branches of the tree of a RooTreeDataStore, those of single numbers.

        ROOT 6 keeps the tree under a key of its own, ``RooTreeDataStore_<name>_<title>``; before,
        it stood in the store.

        Raises:
            ReadError: there is no tree, or it is damaged.
        """
        tree = store.members.get("_tree")
        if tree is None:
            key = self._file.find(f"RooTreeDataStore_{store.name}_{store.title}".replace(" ", "_"))
            tree = self._beside.get(key.seek) or self._file.record(key)[0]
            self._beside[key.seek] = tree
        if id(tree) not in self._known:
            self._known[id(tree)] = self._read(tree)
        return self._known[id(tree)]

    def _read(self, tree: RootObject) -> dict[str, NDArray[Any]]:
        found = {}
        for branch in tree.proxies("fBranches"):
            leaves = branch.proxies("fLeaves")
            if (
                len(leaves) == 1
                and leaves[0].class_name in _LEAVES
                and leaves[0].member("fLen") == 1
            ):
                found[branch.name] = _values(self._baskets(branch), branch, leaves[0], tree)
        return found

    def _baskets(self, branch: RootObject) -> Iterator[bytes]:
        """The bytes of the values, in order: of baskets in the branch, else in the file."""
        places = branch.member("fBasketSeek")
        embedded = content(branch.member("fBaskets")) or []
        count = min(int(branch.member("fWriteBasket")) + 1, max(len(places), len(embedded)))
        for index in range(count):
            inside = embedded[index] if index < len(embedded) else None
            if inside is not None:
                yield self._counted(inside.member("values"), branch)
            elif index < len(places) and places[index]:
                yield self._counted(self._basket(int(places[index]), branch), branch)

    def _basket(self, seek: int, branch: RootObject) -> bytes:
        if seek in self._taken:
            raise ReadError("a basket is asked for twice", code="root.corrupt", path=branch.path)
        self._taken.add(seek)
        return self._file.content(seek, branch.path)[0]

    def _counted(self, raw: bytes, branch: RootObject) -> bytes:
        self._left -= len(raw)
        if self._left < 0:
            message = f"the trees hold more than {_LIMIT:,} bytes"
            raise ReadError(message, code="read.too_large", path=branch.path)
        return raw


def _values(
    baskets: Iterable[bytes], branch: RootObject, leaf: RootObject, tree: RootObject
) -> NDArray[Any]:
    entries = tree.member("fEntries")
    kind = np.dtype(">" + _LEAVES[leaf.class_name])
    if leaf.class_name != "TLeafO" and leaf.member("fIsUnsigned"):
        kind = np.dtype(kind.str.replace("i", "u"))
    parts = [np.frombuffer(raw, kind, len(raw) // kind.itemsize) for raw in baskets]
    values = np.concatenate([*parts, np.empty(0, kind)]).astype(kind.newbyteorder("="))
    if len(values) != entries:
        raise ReadError(
            f"the branch {branch.name!r} has {len(values)} values, the tree {entries} entries",
            code="root.corrupt",
            path=branch.path,
        )
    return values
