"""Whether inputs mean the same by a parameter, and what the combination takes it to be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hs3.errors import EditError
from hs3.findings import Finding, pointer
from hs3.graph import Parameter
from hs3.histfactory.claims import describe
from hs3.histfactory.meaning import Constraint

from .config import Config
from .config import Parameter as Settled
from .draft import Plan
from .inputs import Source


@dataclass(frozen=True)
class Shared:
    """A parameter of the combination.

    Attributes:
        parameter: its name, value, range and constancy.
        members: the inputs that have it, by index, with its name there.
        constraints: the constraints that count.
        keeper: the input from which they are.
        more: what the inputs say about it besides: unit, description …
    """

    parameter: Parameter
    members: tuple[tuple[int, str], ...]
    constraints: tuple[Constraint, ...]
    keeper: int | None
    more: Mapping[str, Any]


def agree(sources: Sequence[Source], plan: Plan, config: Config) -> dict[str, Shared]:
    """The parameters of the combination.

    Raises:
        EditError: with one finding for each thing about which inputs do not agree.
    """
    members: dict[str, list[tuple[int, str]]] = {}
    for i, source in enumerate(sources):
        for name in source.parameters:
            if name not in plan.replaced[i]:
                members.setdefault(plan.names[i][name], []).append((i, name))
    conflicts: list[Finding] = []
    out = {}
    for name, found in members.items():
        settled = config.settled(name)
        conflicts += _conflicts(name, found, sources, plan, settled)
        out[name] = _shared(name, found, sources, plan, settled)
    if conflicts:
        raise EditError(conflicts)
    return out


def _facts(source: Source, name: str, counts: bool) -> dict[str, Any]:
    parameter = source.parameters[name]
    return {
        "value": parameter.value,
        "min": parameter.min,
        "max": parameter.max,
        "const": parameter.const,
        "unit": _unit(source.more(name)),
        "constraint": source.constraints.get(name, ()) if counts else None,
    }


def _unit(more: Mapping[str, Any]) -> Any:
    return more.get("unit", more.get("units"))


def _conflicts(
    name: str,
    found: Sequence[tuple[int, str]],
    sources: Sequence[Source],
    plan: Plan,
    settled: Settled,
) -> Iterator[Finding]:
    facts = [_facts(sources[i], old, old not in plan.free[i]) for i, old in found]
    follows = settled.source in {sources[i].label for i, _ in found}
    for key in facts[0]:
        if getattr(settled, key, None) is not None or (follows and key != "constraint"):
            continue
        told = list(range(len(facts)))
        if key == "constraint":
            told = _constraining(facts, [sources[i].only_measures for i, _ in found])
        given = [(k, facts[k][key]) for k in told]
        for k, value in given[1:]:
            if not _same(given[0][1], value):
                first, other = (sources[found[n][0]].label for n in (given[0][0], k))
                cure = f"settle it by `parameters: {{{name}: {{{key}: …}}}}`"
                if key == "unit":
                    cure += " if the numbers have the same one, else use `rescale`"
                shown = _show(given[0][1], value)
                message = (
                    f"{name!r} has the {key} {shown[0]} in {first!r} and {shown[1]} in {other!r}; "
                    f"{cure}, or name it under `decorrelate`"
                )
                yield Finding("combine.conflict", pointer("parameters", name, key), message, name)
                break


def _constraining(facts: Sequence[dict[str, Any]], only_measures: Sequence[bool]) -> list[int]:
    """The inputs whose constraint, or lack of one, has to agree with that of the others.

    Not those of which the configuration says that it does not count (None). An input that does
    nothing but measure may add a constraint to parameters that are free in all others.
    """
    counts = [k for k, f in enumerate(facts) if f["constraint"] is not None]
    having = [k for k in counts if facts[k]["constraint"]]
    return having if all(only_measures[k] for k in having) else counts


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same_constraint, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return bool(a == b)


def _same_constraint(a: Constraint, b: Constraint) -> bool:
    return a.kind == b.kind and all(
        _same(x, y) for x, y in zip(_numbers(a), _numbers(b), strict=True)
    )


def _numbers(c: Constraint) -> tuple[Any, ...]:
    return (c.observed, c.scale, *map(float, c.support))


def _show(*values: Any) -> list[str]:
    """The values in few digits, or in all of them where few do not tell them apart."""
    short = [_shown(value) for value in values]
    if len(set(short)) == len(short):
        return short
    return [" and ".join(map(_whole, v)) if isinstance(v, tuple) else repr(v) for v in values]


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return " and ".join(map(describe, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _whole(c: Constraint) -> str:
    low, high = c.support
    return f"{c.kind}(observed {c.observed!r} of {low} to {high}, scale {c.scale!r})"


def _shared(
    name: str,
    found: Sequence[tuple[int, str]],
    sources: Sequence[Source],
    plan: Plan,
    settled: Settled,
) -> Shared:
    first, old = next((m for m in found if sources[m[0]].label == settled.source), found[0])
    parameter = replace(sources[first].parameters[old], name=name)
    given = {k: getattr(settled, k) for k in ("value", "min", "max", "const")}
    parameter = replace(parameter, **{k: v for k, v in given.items() if v is not None})
    counting = [(i, n) for i, n in found if n not in plan.free[i] and n in sources[i].constraints]
    # A distribution can be named, and so counts before a kind.
    counting.sort(key=lambda m: all(_by_kind(c) for c in sources[m[0]].constraints[m[1]]))
    constraints = sources[counting[0][0]].constraints[counting[0][1]] if counting else ()
    more: dict[str, Any] = {}
    for i, n in [(first, old), *found]:
        more = {**sources[i].more(n), **more}
    if settled.unit is not None:
        more = {k: v for k, v in more.items() if k != "units"} | {"unit": settled.unit}
    keeper = counting[0][0] if counting else None
    return Shared(parameter, tuple(found), constraints, keeper, more)


def _by_kind(constraint: Constraint) -> bool:
    """True when a modifier asks for the constraint by its kind alone."""
    return "/modifiers/" in constraint.path
