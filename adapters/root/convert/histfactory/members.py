"""Members of nodes as numbers: a damaged file may have anything in their place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from ...file import RootObject

Floats = NDArray[np.float64]


def floats(node: RootObject, name: str) -> Floats:
    """A member that is a list of numbers.

    Raises:
        ReadError: it is not there, or something else.
    """
    value = node.member(name)
    if not isinstance(value, list | np.ndarray):
        raise _wrong(node, name, "a list of numbers")
    try:
        return np.asarray(value, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        raise _wrong(node, name, "a list of numbers") from None


def number(node: RootObject, name: str) -> float:
    """A member that is a number.

    Raises:
        ReadError: it is not there, or something else.
    """
    value = node.member(name)
    if not isinstance(value, int | float):
        raise _wrong(node, name, "a number")
    return float(value)


def integers(node: RootObject, name: str) -> list[int]:
    """A member that is a list of whole numbers.

    Raises:
        ReadError: it is not there, or something else.
    """
    values = floats(node, name)
    if not np.array_equal(values, np.floor(values)):
        raise _wrong(node, name, "a list of whole numbers")
    return [int(v) for v in values.tolist()]


def integer(value: Any) -> int:
    """A whole number, 0 for anything else."""
    return value if isinstance(value, int) else 0


def _wrong(node: RootObject, name: str, what: str) -> ReadError:
    message = f"the member {name!r} of {node.class_name} {node.name!r} is not {what}"
    return ReadError(message, code="root.member", path=node.path, value=name)
