"""Partial correlation: parameters as functions of independent ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, pointer

from .config import Partial, wrong
from .correlation import decompose
from .draft import Draft, Where

Member = list[tuple[int, str]]
"""One parameter of the combination: the inputs that have it, and its name there."""


def correlate_partly(draft: Draft, partial: Partial, where: Where) -> None:
    """Replace the parameters of `partial` by functions of independent ones.

    Raises:
        EditError: the matrix is none of correlations, or a parameter has no Gaussian constraint.
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
    facts = [_gaussian(draft, m, name, where) for m in members]
    independent = [draft.new(f"{name}_{k + 1}") for k in range(factor.shape[1])]
    start = np.linalg.lstsq(factor, np.array([(v - o) / s for o, s, v, _ in facts]), rcond=None)
    reach = max(r for *_, r in facts)
    for z, value in zip(independent, start[0].tolist(), strict=True):
        bounds = {"min": -reach, "max": reach} if np.isfinite(reach) else {}
        plan.added[z] = {"value": round(value, 15) + 0.0, **bounds}
        constraint = {"type": "gaussian_dist", "x": z, "mean": 0, "sigma": 1}
        plan.constraints.append({"name": draft.new(f"{z}_constraint"), **constraint})
    for member, row, (observed, scale, *_) in zip(members, factor, facts, strict=True):
        terms: list[Any] = [
            {"type": "product", "factors": [float(w * scale), z]}
            for w, z in zip(row, independent, strict=True)
            if w != 0.0
        ]
        new = draft.new(f"{draft.labels[member[0][0]]}_{member[0][1]}")
        for index, old in member:
            draft.set_free(index, old)
            draft.replace(index, old, new)
        draft.add_sum(new, ([observed] if observed else []) + terms)
    message = f"{len(members)} parameters of {name!r} follow {len(independent)} independent"
    plan.findings.append(Finding("combine.decomposed", "", message, len(independent)))


def _gaussian(
    draft: Draft, members: Member, name: str, where: Where
) -> tuple[float, float, float, float]:
    """Observed value and width of a parameter's constraint, its start and range in widths."""
    found = set()
    for index, old in members:
        source = draft.sources[index]
        parameter = source.parameters[old]
        made = source.constraints.get(old, ())
        if parameter.const or len(made) != 1 or made[0].kind != "gauss":
            message = f"{old!r} of {source.label!r} is not free with a Gaussian constraint"
            raise _bad(name, message, where)
        o, s = made[0].observed, made[0].scale
        if isinstance(o, str) or isinstance(s, str):
            raise _bad(name, f"the constraint of {old!r} is not one of numbers", where)
        reach = max(abs(parameter.min - o), abs(parameter.max - o)) / s
        found.add((float(o), float(s), float(parameter.value), float(reach)))
    if len(found) > 1:
        raise _bad(name, f"the inputs do not agree about {members[0][1]!r}", where)
    return found.pop()


def _bad(name: str, message: str, where: Where) -> EditError:
    return EditError([Finding("combine.correlation", pointer(*where), f"{name!r}: {message}")])
