"""Groups of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from hs3.errors import FitError
from hs3.findings import nearest

Groups = Mapping[str, str | Sequence[str]]
"""Patterns (as of a shell) of parameter names, by the name of the group."""


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
