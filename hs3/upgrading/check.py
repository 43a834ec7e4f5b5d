"""Whether an upgraded document means what the original does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from hs3.dialects.base import Log
from hs3.errors import EditError
from hs3.findings import Finding
from hs3.histfactory import meaning as hf
from hs3.resolve.measurement import numbers_of
from hs3.resolve.selection import select
from hs3.resolve.values import Values

from .likelihoods import Meaning, Resolved


def check(old: Meaning, new: Meaning) -> None:
    """Compare two documents, likelihood by likelihood.

    Raises:
        EditError: they do not mean the same.
    """
    after = {(r.likelihood, r.analysis): r for r in new.likelihoods}
    problems: list[str] = []
    for one in old.likelihoods:
        other = after.get((one.likelihood, one.analysis))
        name = one.analysis or one.likelihood
        if other is None:
            reason = next((f.message for f in new.report if f.code == "upgrade.left"), "")
            problems.append(f"{name!r} does not resolve any more: {reason}")
            continue
        found = (*_parameters(one, other), *_constraints(old, one, new, other))
        problems += [f"{name}: {text}" for text in (*found, *_channels(one, other))]
    if problems:
        raise EditError([Finding("upgrade.check", "", text) for text in problems[:5]])


def _parameters(old: Resolved, new: Resolved) -> Iterator[str]:
    def table(one: Resolved) -> dict[str, tuple[Any, ...]]:
        return {p.name: (p.value, p.min, p.max, p.const) for p in one.graph.parameters}

    first, second = table(old), table(new)
    for name in dict.fromkeys((*first, *second)):
        if first.get(name) != second.get(name):
            yield f"the parameter {name!r} is {second.get(name)}, not {first.get(name)}"


def _constraints(first: Meaning, old: Resolved, second: Meaning, new: Resolved) -> Iterator[str]:
    def count(means: Meaning, one: Resolved) -> Counter[tuple[str, ...]]:
        asked = {"analysis": one.analysis} if one.analysis else {"likelihood": one.likelihood}
        chosen = select(means.ws, Log(), **asked)
        assert chosen is not None
        values = Values(means.ws, chosen, means.writer, Log())
        found: Counter[tuple[str, ...]] = Counter()
        for constraint in one.graph.constraints:
            c = numbers_of(constraint, values)
            numbers = (c.observed, c.scale, *c.support)
            shown = (f"{v:.9g}" if isinstance(v, int | float) else v for v in numbers)
            found[(c.parameter, c.kind, *shown)] += 1
        return found

    a, b = count(first, old), count(second, new)
    for lost in list(a - b)[:3]:
        yield f"the constraint {' '.join(lost)} is lost"
    for more in list(b - a)[:3]:
        yield f"the constraint {' '.join(more)} should not be there"
    names = [sorted(t.distribution.name for t in one.graph.terms) for one in (old, new)]
    if names[0] != names[1]:
        yield f"the terms are {names[1]}, not {names[0]}"


def _channels(old: Resolved, new: Resolved) -> Iterator[str]:
    after = {c.name: c for c in new.graph.channels}
    for channel in old.graph.channels:
        other = after.get(channel.name)
        if other is None or len(channel.samples) != len(other.samples):
            yield f"the channel {channel.name!r} has not the same samples"
            continue
        for a, b in zip(channel.samples, other.samples, strict=True):
            same = a.clip == b.clip and np.array_equal(a.nominal, b.nominal)
            if not same or [_mark(m) for m in a.modifiers] != [_mark(m) for m in b.modifiers]:
                yield f"the sample {a.name!r} of {channel.name!r} is not the same"


def _mark(modifier: hf.Modifier) -> tuple[Any, ...]:
    """What a modifier does, without its place."""
    match modifier:
        case hf.NormFactor():
            return (modifier.parameter,)
        case hf.NormSys():
            return (modifier.parameter, modifier.hi, modifier.lo, modifier.interpolation)
        case hf.HistoSys():
            shapes = (modifier.hi.tobytes(), modifier.lo.tobytes())
            return (modifier.parameter, *shapes, modifier.interpolation)
        case hf.BinFunction():
            return (modifier.function,)
    return tuple(modifier.parameters)
