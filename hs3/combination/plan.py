"""The decisions about the parameters of a combination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hs3 import expressions
from hs3.edit.occurrences import variables
from hs3.edit.renaming import filled, is_pattern, pattern
from hs3.errors import EditError, HS3Error

from .config import Config, Function, Parameter, Rescale, wrong
from .draft import Draft, Plan, Where, used_by
from .inputs import Source
from .naming import correlate, decorrelate
from .partial import correlate_partly

__all__ = ["Plan", "plan"]


def plan(sources: Sequence[Source], config: Config) -> Plan:
    """The plan of a combination.

    Raises:
        EditError: the configuration names what is not there, or asks for what cannot be.
    """
    draft = Draft(sources, config)
    correlate(draft)
    decorrelate(draft)
    for index, source in enumerate(sources):
        for name in source.parameters:
            draft.plan.names[index].setdefault(name, name)
    for i, rescale in enumerate(config.rescale):
        _rescale(draft, rescale, ("rescale", i))
    _define(draft)
    for i, function in enumerate(config.functions):
        _express(draft, function, ("functions", i))
    for i, partial in enumerate(config.partial):
        correlate_partly(draft, partial, ("partial", i))
    _settle(draft)
    return draft.plan


def _rescale(draft: Draft, rescale: Rescale, where: Where) -> None:
    index = draft.input(rescale.input, where)
    table = draft.sources[index].parameters
    found = {rescale.parameter: rescale.of}
    if is_pattern(rescale.parameter) and rescale.parameter not in table:
        matches = {n: pattern(rescale.parameter).fullmatch(n) for n in table}
        found = {n: filled(rescale.of, m) for n, m in matches.items() if m}
    if not found or not found.keys() <= table.keys():
        draft.unknown(rescale.parameter, table, where)
    for name, of in found.items():
        new = draft.replace(index, name)
        product = {"type": "product", "factors": [rescale.scale, of]}
        draft.add_sum(new, [rescale.offset, product] if rescale.offset else [product])
        draft.need([of], where)
        if name in draft.sources[index].constraints:
            draft.need_constraint(of, where)
        draft.set_free(index, name)


def _define(draft: Draft) -> None:
    """The functions of the combination that others may refer to."""
    for name, text in draft.config.definitions.items():
        where = ("definitions", name)
        if name in draft.taken:
            raise EditError([wrong(f"{name!r} is the name of something else", *where, value=name)])
        draft.taken.add(name)
        draft.need(_variables(text, where), where)
        entry = {"name": name, "type": "generic_function", "expression": text}
        draft.plan.functions.append(entry)


def _variables(text: str, where: Where) -> tuple[str, ...]:
    try:
        expressions.parse(text)
    except HS3Error as error:
        raise EditError([wrong(f"{text!r}: {error}", *where, value=text)]) from None
    return variables(text)


def _express(draft: Draft, function: Function, where: Where) -> None:
    indices = draft.inputs(function.input, where)
    having = [i for i in indices if function.parameter in draft.sources[i].parameters]
    if not having:
        draft.unknown(function.parameter, draft.sources[indices[0]].parameters, where)
    names = _variables(function.expression, where)
    for index in having:
        name, source = function.parameter, draft.sources[index]
        if name in source.constraints and not function.drop_constraint:
            message = f"{name!r} of {source.label!r} has a constraint; set `drop_constraint`"
            raise EditError([wrong(message, *where, value=name)])
        draft.set_free(index, name)
        entry = {"type": "generic_function", "expression": function.expression}
        draft.plan.functions.append({"name": draft.replace(index, name), **entry})
    draft.need(names, where)


def _settle(draft: Draft) -> None:
    """Check `parameters`, and take new ones from there."""
    known = draft.known()
    used = {v for f in draft.plan.functions for v in used_by(f)}
    for key, given in draft.config.parameters.items():
        where = ("parameters", key)
        fits = [n for n in known if pattern(key).fullmatch(n)] if is_pattern(key) else []
        if key in draft.plan.added:
            draft.plan.added[key].update(_numbers(given))
            continue
        if key in known:
            fits.append(key)
        elif not fits and key in used:
            _add(draft, key, where)
        elif not fits:
            draft.unknown(key, known, where)
        for label in (given.constraint, given.source):
            if label is not None:
                index = draft.input(label, where)
                having = {n for n in fits if any(i == index for i, _ in draft.members(n))}
                if not having:
                    message = f"{label!r} does not have this parameter"
                    raise EditError([wrong(message, *where, value=label)])
    for name in known:
        keep = draft.config.settled(name).constraint
        members = list(draft.members(name))
        if keep is not None and any(draft.labels[i] == keep for i, _ in members):
            for index, old in members:
                if draft.labels[index] != keep:
                    draft.set_free(index, old)


def _add(draft: Draft, name: str, where: Where) -> None:
    settled = draft.config.settled(name)
    if settled.value is None:
        message = f"{name!r} is in no input, and needs a `value`"
        raise EditError([wrong(message, *where, value=name)])
    draft.plan.added[name] = _numbers(settled)


def _numbers(settled: Parameter) -> dict[str, Any]:
    given = {key: getattr(settled, key) for key in ("value", "min", "max", "const", "unit")}
    return {key: value for key, value in given.items() if value is not None}
