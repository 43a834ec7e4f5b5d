"""`diff`: what two documents say differently."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hs3.workspace import Workspace

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        kind: ``added`` (only in the second), ``removed`` (only in the first) or ``changed``.
        path: where: keys, and the names of entries in lists of named entries.
        first: what the first document says; None where it is added.
        second: what the second document says; None where it is removed.
    """

    kind: Literal["added", "removed", "changed"]
    path: str
    first: Any
    second: Any

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"kind": self.kind, "path": self.path, "first": self.first, "second": self.second}


def diff(first: Workspace, second: Workspace, *, tolerance: float = 0.0) -> tuple[Difference, ...]:
    """What two documents say differently; nothing if they mean the same word by word.

    The order of keys and of named entries does not count, nor whether a number is written as an
    integer. Entries of lists are matched by name, and type where that is needed, else by position.

    Args:
        first: one document.
        second: another one.
        tolerance: relative difference up to which numbers are equal.
    """
    return tuple(_walk(first.to_json(), second.to_json(), tolerance))


def _walk(first: Any, second: Any, tolerance: float) -> Iterator[Difference]:
    stack: list[tuple[str, Any, Any]] = [("", first, second)]
    while stack:
        path, a, b = stack.pop()
        one, two = _children(a, b), _children(b, a)
        if one is None or two is None:
            if not _equal(a, b, tolerance):
                yield Difference("changed", path or "/", a, b)
            continue
        for key in (k for k in one if k not in two):
            yield Difference("removed", f"{path}/{_text(key)}", one[key], None)
        for key in (k for k in two if k not in one):
            yield Difference("added", f"{path}/{_text(key)}", None, two[key])
        stack += [(f"{path}/{_text(k)}", one[k], two[k]) for k in reversed(one) if k in two]


def _children(value: Any, other: Any) -> dict[Key, Any] | None:
    """The parts of a value that are compared one by one, None where it is compared as a whole."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {(k,): v for k, v in value.items()}
    if not isinstance(value, list) or not isinstance(other, list):
        return None
    for keys in (("name",), ("name", "type")):
        if _named(value, keys) and _named(other, keys):
            return {tuple(v.get(k) for k in keys): v for v in value}
    if len(value) == len(other) and any(isinstance(v, dict | list) for v in value):
        return {(i,): v for i, v in enumerate(value)}
    return None


def _named(items: list[Any], keys: tuple[str, ...]) -> bool:
    if not all(isinstance(v, dict) and isinstance(v.get("name"), str) for v in items):
        return False
    return len({tuple(str(v.get(k)) for k in keys) for v in items}) == len(items)


def _text(key: Key) -> str:
    return " ".join(str(k) for k in key if k is not None)


def _equal(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_equal(x, y, tolerance) for x, y in zip(a, b, strict=True))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=0.0)
    return bool(a == b)
