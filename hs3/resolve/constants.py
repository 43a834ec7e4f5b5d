"""Numbers that a document gives by name: constants, and sums and products of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hs3.base import as_float, is_number

from .values import Values

DEPTH = 8
"""Functions of functions that are followed."""


@dataclass(frozen=True)
class Number:
    """A number, and the names of the constants that it is made of."""

    value: float
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Constants:
    """Finds the numbers that names stand for; functions are those of the document."""

    functions: Mapping[str, tuple[int, Any]]
    values: Values

    def number(self, value: Any, used: Collection[str] = (), depth: int = DEPTH) -> Number | None:
        """The number that `value` stands for for ever; None where it might be another one.

        A constant on which something else depends, one of `used`, might be freed or moved there.
        """
        if is_number(value):
            number = as_float(value)
            return Number(number) if math.isfinite(number) else None
        if not isinstance(value, str) or depth == 0:
            return None
        if value in self.functions:
            return self._function(self.functions[value][1], used, depth - 1)
        stored = self.values.stored(value)
        if value in used or len(stored) != 1 or not self.values.is_const(value):
            return None
        return Number(stored.pop(), frozenset((value,)))

    def _function(self, function: Any, used: Collection[str], depth: int) -> Number | None:
        if function.type not in ("sum", "product"):
            return None
        parts = function.summands if function.type == "sum" else function.factors
        found = [self.number(part, used, depth) for part in parts]
        numbers = [n for n in found if n is not None]
        if not found or len(numbers) != len(found):
            return None
        values = [n.value for n in numbers]
        value = math.fsum(values) if function.type == "sum" else math.prod(values)
        return Number(value, _union(n.names for n in numbers)) if math.isfinite(value) else None


def _union(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(name for found in names for name in found)
