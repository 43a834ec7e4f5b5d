"""Numbers with more than six digits, which ROOT would round.

ROOT's importer makes a constant of a number that stands where a name may stand, and names it by
its value: what is left is six digits (1.23456789 becomes 1.23457). The value of a parameter keeps
all of its digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hs3.base import Part, as_float, is_number, reference_plan
from hs3.distributions import Distribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.functions import Function

Json = dict[str, Any]

_MATRICES = {"covariances", "correlations"}
"""Where ROOT takes numbers only, and reads them well."""


def exact(section: str, entry: Json, constant: Callable[[float], str]) -> Json:
    """The entry with names instead of numbers that ROOT would round.

    Args:
        section: ``functions`` or ``distributions``.
        constant: gives the name of a constant parameter of a value.
    """
    family = Function.family if section == "functions" else Distribution.family
    cls = family.types.get(entry["type"])
    if cls is None or not issubclass(cls, Part) or issubclass(cls, HistFactoryDist):
        return entry
    keys = {key for key, kinds in reference_plan(cls) if {"value", "variable"} & set(kinds)}
    return {k: _named(v, constant) if k in keys - _MATRICES else v for k, v in entry.items()}


def _named(value: Any, constant: Callable[[float], str]) -> Any:
    if isinstance(value, list):
        return [_named(v, constant) for v in value]
    if not is_number(value) or float(f"{as_float(value):.6g}") == as_float(value):
        return value
    return constant(as_float(value))
