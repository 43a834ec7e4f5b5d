"""Partial correlation: parameters as functions of independent ones."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, pointer
from hs3.histfactory.claims import describe
from hs3.resolve.measurement_checks import NEGLIGIBLE, outside

from .config import Partial, wrong
from .correlation import decompose
from .draft import Draft, Where

Member = list[tuple[int, str]]
"""One parameter of the combination: the inputs that have it, and its name there."""


@dataclass(frozen=True)
class Facts:
    """What is known of a parameter with a Gaussian constraint, or of the logarithm of one.

    Attributes:
        logarithm: whether it is the logarithm.
        observed, width: of the constraint.
        start, reach: where a fit starts and how far it may go, in widths from `observed`.
    """

    logarithm: bool
    observed: float
    width: float
    start: float
    reach: float


def correlate_partly(draft: Draft, partial: Partial, where: Where) -> None:
    """Replace the parameters of `partial` by functions of independent ones.

    Raises:
        EditError: the matrix is none of correlations, or a parameter has neither a Gaussian nor a
            log-normal constraint.
    """
    for name, members in _groups(draft, partial, where):
        _replace(draft, partial, name, members, where)


def _groups(draft: Draft, partial: Partial, where: Where) -> Iterator[tuple[str, list[Member]]]:
    """The members; with patterns once for each text that ``*`` stands for in all of them."""
    if not is_pattern(partial.name):
        yield partial.name, [_found(draft, m, where, k) for k, m in enumerate(partial.parameters)]
        return
    tables = [_matches(draft, m, where, k) for k, m in enumerate(partial.parameters)]
    common = [key for key in tables[0] if all(key in table for table in tables)]
    if not common:
        message = f"no text stands for `*` in all parameters of {partial.name!r}"
        raise EditError([wrong(message, *where, "parameters", value=partial.name)])
    for key in common:
        yield _fill(partial.name, key), [table[key] for table in tables]


def _found(draft: Draft, given: Mapping[str, str] | str, where: Where, k: int) -> Member:
    place = (*where, "parameters", k)
    if isinstance(given, str):
        found = list(draft.members(given))
        if not found:
            draft.unknown(given, draft.known(), place)
        return found
    if not given:
        raise EditError([wrong("needs an input and its parameter", *place)])
    return [draft.parameter(label, name, place) for label, name in given.items()]


def _matches(
    draft: Draft, given: Mapping[str, str] | str, where: Where, k: int
) -> dict[tuple[str, ...], Member]:
    """What ``*`` may stand for → the member."""
    place = (*where, "parameters", k)
    if isinstance(given, str):
        keys = _keys(given, draft.known())
        return {key: list(draft.members(_fill(given, key))) for key in keys}
    tables = []
    for label, text in given.items():
        index = draft.input(label, place)
        names = draft.sources[index].parameters
        tables.append({key: (index, _fill(text, key)) for key in _keys(text, names)})
    if not tables:
        raise EditError([wrong("needs an input and its parameter", *place)])
    common = [key for key in tables[0] if all(key in table for table in tables)]
    return {key: [table[key] for table in tables] for key in common}


def _keys(text: str, names: Mapping[str, Any]) -> list[tuple[str, ...]]:
    found = (pattern(text).fullmatch(name) for name in names)
    return [match.groups() for match in found if match]


def _fill(text: str, key: Sequence[str]) -> str:
    parts = iter(key)
    return "".join(next(parts, "") if c in "*?" else c for c in text)


def _replace(
    draft: Draft, partial: Partial, name: str, members: Sequence[Member], where: Where
) -> None:
    try:
        factor = decompose(partial.matrix, partial.method)
        if len(factor) != len(members):
            raise ValueError(f"{len(members)} parameters need a matrix of that size")
    except ValueError as error:
        raise _bad(name, str(error), where) from None
    plan = draft.plan
    facts = [_facts(draft, m, name, where) for m in members]
    independent = [draft.new(f"{name}_{k + 1}") for k in range(factor.shape[1])]
    start = np.linalg.lstsq(factor, np.array([f.start for f in facts]), rcond=None)
    reach = max(f.reach for f in facts)
    for z, value in zip(independent, start[0].tolist(), strict=True):
        bounds = {"min": -reach, "max": reach} if np.isfinite(reach) else {}
        plan.added[z] = {"value": round(value, 15) + 0.0, **bounds}
        constraint = {"type": "gaussian_dist", "x": z, "mean": 0, "sigma": 1}
        plan.constraints.append({"name": draft.new(f"{z}_constraint"), **constraint})
    for member, row, one in zip(members, factor, facts, strict=True):
        terms: list[Any] = [
            {"type": "product", "factors": [float(w * one.width), z]}
            for w, z in zip(row, independent, strict=True)
            if w != 0.0
        ]
        new = draft.new(f"{draft.labels[member[0][0]]}_{member[0][1]}")
        for index, old in member:
            draft.set_free(index, old)
            draft.replace(index, old, new)
        _add(draft, new, one, terms)
    message = f"{len(members)} parameters of {name!r} follow {len(independent)} independent"
    plan.findings.append(Finding("combine.decomposed", "", message, len(independent)))


def _add(draft: Draft, name: str, facts: Facts, terms: list[Any]) -> None:
    """The function that takes the place of a parameter."""
    terms = ([facts.observed] if facts.observed else []) + terms
    if not facts.logarithm:
        draft.add_sum(name, terms)
        return
    inner = draft.new("log_" + re.sub(r"\W", "_", name))
    draft.add_sum(inner, terms)
    entry = {"name": name, "type": "generic_function", "expression": f"exp({inner})"}
    draft.plan.functions.append(entry)


def _facts(draft: Draft, members: Member, name: str, where: Where) -> Facts:
    """What the inputs say about a parameter and its constraint."""
    found = set()
    for index, old in members:
        source = draft.sources[index]
        parameter = source.parameters[old]
        made = source.constraints.get(old, ())
        said = f"{old!r} of {source.label!r}"
        if parameter.const:
            raise _bad(name, f"{said} is constant", where)
        if len(made) != 1 or made[0].kind not in ("gauss", "lognormal"):
            has = " and ".join(map(describe, made)) or "none"
            message = f"{said} needs a Gaussian or log-normal constraint, not {has}"
            raise _bad(name, message, where)
        o, s = made[0].observed, made[0].scale
        if isinstance(o, str) or isinstance(s, str):
            raise _bad(name, f"the constraint of {said} is not one of numbers", where)
        if outside(made[0], float(parameter.value), (parameter.min, parameter.max)) > NEGLIGIBLE:
            raise _bad(name, f"the Gaussian constraint of {said} is cut off", where)
        values = (o, parameter.value, parameter.min, parameter.max)
        logarithm = made[0].kind == "lognormal"
        o, value, low, high = map(_log, values) if logarithm else map(float, values)
        found.add(Facts(logarithm, o, s, (value - o) / s, max(abs(low - o), abs(high - o)) / s))
    if len(found) > 1:
        raise _bad(name, f"the inputs do not agree about {members[0][1]!r}", where)
    return found.pop()


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def _bad(name: str, message: str, where: Where) -> EditError:
    return EditError([Finding("combine.correlation", pointer(*where), f"{name!r}: {message}")])
