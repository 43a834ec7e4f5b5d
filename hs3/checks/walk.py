"""Every part of a document with its place, without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hs3.base import Part
from hs3.findings import pointer


def parts(root: Part) -> Iterator[tuple[str, Part]]:
    """`root` and every part inside it, in document order, each with its JSON pointer."""
    stack: list[tuple[str, Any]] = [("", root)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, Part):
            yield path, item
            inner: Any = item.__dict__.items()
        else:
            inner = enumerate(item)
        stack += reversed([(path + pointer(k), v) for k, v in inner if _holds_parts(v)])


def _holds_parts(value: Any) -> bool:
    if isinstance(value, Part):
        return True
    return isinstance(value, tuple) and any(isinstance(v, Part) for v in value[:1])
