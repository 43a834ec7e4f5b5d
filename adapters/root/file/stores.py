"""Data stores of RooFit, in columns: vectors, trees, and combinations of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from .objects import RootObject
from .variables import category

Trees = Callable[[RootObject], dict[str, NDArray[Any]]]
"""The branches of the tree of a RooTreeDataStore."""

Errors = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


@dataclass(frozen=True)
class Table:
    """Rows of a store: columns by variable, and the columns of weights among them.

    `errors` are the (low, high) errors that are stored along with a column.
    """

    columns: dict[str, NDArray[Any]]
    weight: str | None = None
    errors: Errors = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max((len(column) for column in self.columns.values()), default=0)


def table(store: RootObject, trees: Trees) -> Table:
    """The rows of a store.

    Raises:
        ReadError: its class is not known, or its columns differ in length.
    """
    if store.class_name == "RooCompositeDataStore":
        found = _composite(store, trees)
    else:
        found = _simple(store, trees)
    if len({len(column) for column in found.columns.values()}) > 1:
        message = f"the columns of {store.name!r} differ in length"
        raise ReadError(message, code="root.corrupt", path=store.path)
    return found


def _simple(store: RootObject, trees: Trees) -> Table:
    """The rows of a store that has no parts."""
    if store.class_name == "RooVectorDataStore":
        return _vectors(store)
    if store.class_name == "RooTreeDataStore":
        return _tree(store, trees)
    raise ReadError(
        f"data in a {store.class_name} are not supported here",
        code="root.unsupported",
        path=store.path,
        value=store.class_name,
    )


def _weight_name(store: RootObject) -> str | None:
    weight = store.members.get("_wgtVar")
    return weight.name if isinstance(weight, RootObject) else None


def _vectors(store: RootObject) -> Table:
    columns: dict[str, NDArray[Any]] = {}
    errors = {}
    for column in store.proxies("_realStoreList") + store.proxies("_realfStoreList"):
        name = _name(column, "_nativeReal", "_real")
        columns[name] = column.member("_vec")
        low, high, symmetric = (
            _full(column, n, columns[name]) for n in ("_vecEL", "_vecEH", "_vecE")
        )
        if low is not None and high is not None:
            errors[name] = (low, high)
        elif symmetric is not None:
            errors[name] = _symmetric(symmetric)
    for column in store.proxies("_catStoreList"):
        columns[_name(column, "_cat")] = _indices(column.member("_vec"))
    return Table(columns, _weight_name(store), errors)


def _full(column: RootObject, name: str, values: NDArray[Any]) -> NDArray[np.float64] | None:
    """Errors of a column, where there is one for each value."""
    errors = column.members.get(name)
    return errors if isinstance(errors, np.ndarray) and len(errors) == len(values) else None


def _symmetric(errors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Below and above; RooFit writes -1 for no error."""
    known = np.where(errors < 0, np.nan, errors)
    return -known, known


def _name(column: RootObject, *members: str) -> str:
    for member in members:
        variable = column.members.get(member)
        if isinstance(variable, RootObject):
            return variable.name
    raise ReadError("a column without a variable", code="root.corrupt", path=column.path)


def _indices(values: Any) -> NDArray[Any]:
    """Indices of states: stored as numbers, formerly as states."""
    if isinstance(values, np.ndarray):
        return values
    return np.array([int(state.member("_value")) for state in values], dtype=np.int32)


def _tree(store: RootObject, trees: Trees) -> Table:
    branches = trees(store)
    columns: dict[str, NDArray[Any]] = {}
    errors = {}
    for variable in store.proxies("_varsww" if "_varsww" in store.members else "_vars"):
        name = variable.name
        for branch in (name, f"{name}_idx"):
            if branch in branches:
                columns[name] = branches[branch]
                break
        else:
            raise ReadError(
                f"the tree of {store.name!r} has no branch {name!r}",
                code="root.corrupt",
                path=store.path,
                value=name,
            )
        low, high = branches.get(f"{name}_aerr_lo"), branches.get(f"{name}_aerr_hi")
        if low is not None and high is not None:
            errors[name] = (low, high)
        elif f"{name}_err" in branches:
            errors[name] = _symmetric(branches[f"{name}_err"])
    return Table(columns, _weight_name(store), errors)


def _composite(store: RootObject, trees: Trees) -> Table:
    """Parts, one after the other, each with its state of the index category.

    A variable that a part does not have has no value there (NaN).
    """
    index = store.member("_indexCat")
    parts = {state: _simple(part, trees) for state, part in _parts(store).items()}
    names = list(dict.fromkeys(n for p in parts.values() for n in p.columns if n != p.weight))
    columns = {
        name: _joined(p.columns.get(name, np.full(p.rows, np.nan)) for p in parts.values())
        for name in names
    }
    columns[index.name] = _joined(
        np.full(part.rows, state, dtype=np.int32) for state, part in parts.items()
    )
    weight = next((part.weight for part in parts.values() if part.weight), None)
    if weight is None:
        return Table(columns)
    columns[weight] = _joined(
        p.columns[p.weight] if p.weight else np.ones(p.rows) for p in parts.values()
    )
    return Table(columns, weight, _joined_errors(list(parts.values()), weight))


def _joined(parts: Iterable[NDArray[Any]]) -> NDArray[Any]:
    arrays = list(parts)
    return np.concatenate(arrays) if arrays else np.empty(0)


def _joined_errors(parts: list[Table], weight: str) -> Errors:
    """The errors of the weights, where every part has some."""
    found = [part.errors[part.weight] for part in parts if part.weight in part.errors]
    if len(found) < len(parts):
        return {}
    return {weight: (_joined(low for low, _ in found), _joined(high for _, high in found))}


def _parts(store: RootObject) -> dict[int, RootObject]:
    """The parts by state; formerly by the label of the state."""
    parts = store.member("_dataMap")
    if len({id(part) for part in parts.values()}) < len(parts):
        raise ReadError("a part of combined data twice", code="root.corrupt", path=store.path)
    labels = {label: state for state, label in category(store.member("_indexCat")).states.items()}
    return {labels.get(key, key): part for key, part in parts.items() if part is not None}
