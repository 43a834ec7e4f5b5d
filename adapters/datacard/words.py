"""Words of a datacard as numbers and names."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase

from .card import refuse


def unique(names: list[str], path: str) -> list[str]:
    """The names, when no two are equal."""
    for name, count in Counter(names).items():
        if count > 1:
            refuse(f"{name!r} is there twice", path, name)
    return names


def number(word: str, path: str) -> float:
    """A finite number."""
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        refuse(f"{word!r} is no number", path, word)
    return value


def integer(word: str, path: str) -> int:
    """A whole number."""
    if not is_integer(word):
        refuse(f"{word!r} is no whole number", path, word)
    return int(word)


def is_integer(word: str) -> bool:
    """True for a whole number of at most nine digits."""
    return re.fullmatch(r"[+-]?[0-9]{1,9}", word) is not None


def matching(pattern: str, names: Sequence[str]) -> list[str]:
    """Names that a shell pattern matches."""
    return [name for name in names if fnmatchcase(name, pattern)]
