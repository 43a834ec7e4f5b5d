"""What all results of diagnostics share."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from hs3.errors import FitError
from hs3.findings import nearest

Groups = Mapping[str, str | Sequence[str]]
"""Patterns (as of a shell) of parameter names, by the name of the group."""


class Result(ABC):
    """Plain data with a form for JSON."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers that JSON does not have may stand in it."""

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as strict JSON; null for what is infinite or undefined."""
        return json.dumps(strict(self.to_dict()), indent=indent, allow_nan=False)


def strict(data: Any) -> Any:
    """`data` with lists for arrays and None for numbers that JSON does not have."""
    if isinstance(data, Mapping):
        return {key: strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [strict(value) for value in data]
    if isinstance(data, np.ndarray):
        return strict(data.tolist())
    return None if isinstance(data, float) and not np.isfinite(data) else data


def members(groups: Groups, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names that belong to each group.

    Raises:
        FitError: a pattern matches nothing.
    """
    out = {}
    for group, patterns in groups.items():
        given = [patterns] if isinstance(patterns, str) else list(patterns)
        for pattern in given:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise FitError(
                    f"no floating parameter matches {pattern!r} of the group {group!r}",
                    code="fit.unknown_parameter",
                    value=pattern,
                    suggestions=nearest(pattern, names),
                )
        out[group] = tuple(n for n in names if any(fnmatchcase(n, p) for p in given))
    return out
