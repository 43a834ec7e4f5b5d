"""The columns of a TTree, as a RooTreeDataStore keeps them: branches of single numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from .objects import RootObject, content

if TYPE_CHECKING:
    from .source import RootFile

_LEAVES = {
    "TLeafB": "i1",
    "TLeafD": "f8",
    "TLeafF": "f4",
    "TLeafI": "i4",
    "TLeafL": "i8",
    "TLeafO": "?",
    "TLeafS": "i2",
}


def branches(file: RootFile, store: RootObject) -> dict[str, NDArray[Any]]:
    """The branches of the tree of a RooTreeDataStore, those of single numbers.

    ROOT 6 keeps the tree under a key of its own, ``RooTreeDataStore_<name>_<title>``; before, it
    stood in the store.

    Raises:
        ReadError: there is no tree, or it is damaged.
    """
    tree = store.members.get("_tree")
    if tree is None:
        tree = file.read(f"RooTreeDataStore_{store.name}_{store.title}".replace(" ", "_"))
    found = {}
    for branch in tree.proxies("fBranches"):
        leaves = branch.proxies("fLeaves")
        if len(leaves) == 1 and leaves[0].class_name in _LEAVES and leaves[0].member("fLen") == 1:
            found[branch.name] = _values(file, branch, leaves[0], tree.member("fEntries"))
    return found


def _values(file: RootFile, branch: RootObject, leaf: RootObject, entries: float) -> NDArray[Any]:
    kind = np.dtype(">" + _LEAVES[leaf.class_name])
    if leaf.class_name != "TLeafO" and leaf.member("fIsUnsigned"):
        kind = np.dtype(kind.str.replace("i", "u"))
    parts = [np.frombuffer(raw, kind, len(raw) // kind.itemsize) for raw in _baskets(file, branch)]
    values = np.concatenate([*parts, np.empty(0, kind)]).astype(kind.newbyteorder("="))
    if len(values) != entries:
        raise ReadError(
            f"the branch {branch.name!r} has {len(values)} values, the tree {entries} entries",
            code="root.corrupt",
            path=branch.path,
        )
    return values


def _baskets(file: RootFile, branch: RootObject) -> list[bytes]:
    """The bytes of the values, in order: baskets in the file, then those in the branch."""
    places = branch.member("fBasketSeek")
    embedded = content(branch.member("fBaskets")) or []
    raw = []
    count = min(int(branch.member("fWriteBasket")) + 1, max(len(places), len(embedded)))
    for index in range(count):
        inside = embedded[index] if index < len(embedded) else None
        if inside is not None:
            raw.append(inside.member("values"))
        elif index < len(places) and places[index]:
            raw.append(file.content(int(places[index]), branch.path)[0])
    return raw
