"""`freeze`: parameters replaced by their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from hs3 import expressions
from hs3.base import Part, expression_of, references
from hs3.distributions.histfactory import HistFactoryDist
from hs3.edit.occurrences import variables
from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError, HS3Error
from hs3.findings import Finding, Report
from hs3.upgrading.constraints import distribution
from hs3.upgrading.likelihoods import BY_KIND
from hs3.workspace import Workspace

from .document import Draft, minus_log, unknown
from .interpolation import EXPONENTIAL, variation
from .templates import (
    KNOWN,
    PER_BIN,
    Json,
    Templates,
    channels,
    code_of,
    keep_widths,
    varied,
    widths,
)


def freeze(ws: Workspace, values: Mapping[str, float | None]) -> tuple[Workspace, Report]:
    """The same document with parameters replaced by numbers, in every likelihood.

    Templates take the values up, functions and distributions get the numbers, the constraints of
    the parameters go: the likelihood loses constant factors, which are reported, and nothing else.
    A parameter that cannot leave some place (one bin of several, the variable of a distribution, a
    correlated constraint) stays there as a constant, which is reported too.

    Args:
        ws: the document.
        values: name → value, None for the value that the document gives. In a name ``*`` stands
            for any text and ``?`` for any character.

    Raises:
        EditError: there is no such parameter, or a value is outside of its range.
    """
    draft = Draft(ws)
    chosen = _chosen(draft, values)
    kept: dict[str, str] = {}
    for channel in channels(draft.data):
        _channel(draft, channel, chosen, kept)
    _others(draft, chosen, kept)
    _constraints(draft, chosen, kept)
    _hold(draft, chosen, kept)
    gone = draft.forget(chosen)
    draft.orphans()
    if gone:
        shown = ", ".join(gone[:8]) + (" …" if len(gone) > 8 else "")
        draft.tell("freeze.done", "", f"{len(gone)} parameters are replaced: {shown}", len(gone))
    for name, reason in kept.items():
        draft.tell("freeze.constant", "", f"{name!r} stays as a constant: {reason}", name)
    return draft.made()


def _chosen(draft: Draft, values: Mapping[str, float | None]) -> dict[str, float]:
    known = draft.parameters
    chosen: dict[str, float] = {}
    for asked, value in values.items():
        text = pattern(asked) if is_pattern(asked) and asked not in known else None
        names = [n for n in known if text.fullmatch(n)] if text else [asked] * (asked in known)
        if not names:
            raise unknown(asked, known)
        for name in names:
            p = known[name]
            number = p.value if value is None else float(value)
            if not p.min <= number <= p.max:
                message = f"{name!r} = {number:g} is outside of [{p.min:g}, {p.max:g}]"
                raise EditError([Finding("reduce.value", p.path, message, number)])
            chosen[name] = number
    return chosen


# --- channels -------------------------------------------------------------------------------------


def _channel(
    draft: Draft, channel: Json, values: Mapping[str, float], kept: dict[str, str]
) -> None:
    before = widths(channel)
    for sample in channel["samples"]:
        templates = Templates(sample)
        _sample(templates, channel, values, kept)
        templates.write()
    _keep_widths(draft, channel, before)


def _keep_widths(draft: Draft, channel: Json, before: dict[tuple[str, ...], Any]) -> None:
    """Staterrors keep their constraints; by distributions where nothing is left to relate to."""
    lost = set(keep_widths(channel, before))
    if not lost:
        return
    taken = {*draft.ws.tables["distributions"], *draft.ws.tables["functions"]}
    for sample in channel["samples"]:
        for modifier in sample.get("modifiers") or ():
            if modifier["type"] == "staterror" and lost & set(modifier["parameters"]):
                lost |= set(modifier["parameters"])
                modifier["type"] = "shapefactor"
                modifier.pop("constraint", None)
    made: dict[str, str] = {}
    for one in draft.means.likelihoods:
        entry = next(e for e in draft.data["likelihoods"] if e["name"] == one.likelihood)
        for constraint in one.graph.constraints:
            if constraint.parameter not in lost or BY_KIND not in constraint.path:
                continue
            if constraint.parameter not in made:
                new, functions = distribution(constraint, taken)
                made[constraint.parameter] = new["name"]
                draft.data["distributions"].append(new)
                if functions:
                    draft.data["functions"] = [*(draft.data.get("functions") or ()), *functions]
            listed = entry.get("aux_distributions") or []
            if made[constraint.parameter] not in listed:
                entry["aux_distributions"] = [*listed, made[constraint.parameter]]


def _sample(
    templates: Templates, channel: Json, values: Mapping[str, float], kept: dict[str, str]
) -> None:
    """Substitute the values in one sample, or say which parameters have to stay."""
    where = f"{templates.sample['name']!r} of {channel['name']!r}"
    concerned = _concerned(templates.modifiers, values)
    if not concerned:
        return
    obstacle = next((m["type"] for m in templates.modifiers if m["type"] not in KNOWN), None)
    if obstacle is not None:
        kept.update(dict.fromkeys(concerned, f"a modifier of type {obstacle!r} acts on {where}"))
        return
    factor = np.ones_like(templates.nominal)
    shift = np.zeros_like(templates.nominal)
    clip, rest = templates.clip, []
    additive = _frozen(templates.histosys, values)
    left = [m for m in templates.histosys if m not in additive]
    if additive and any(code_of(m) in EXPONENTIAL for m in left):
        reason = f"another variation of {where} is exponential in the nominal counts"
        kept.update((m["parameter"], reason) for m in additive)
        additive = []
    for modifier in templates.modifiers:
        parameter = modifier.get("parameter", "")
        match modifier["type"]:
            case "normfactor" if parameter in values:
                factor = factor * values[parameter]
            case "normsys" if parameter in values:
                one = np.array(1.0)
                made = variation(*varied(modifier), one, code_of(modifier), values[parameter])
                factor = factor * made
            case "histosys" if modifier in additive:
                hi, lo = varied(modifier)
                made = variation(hi, lo, templates.nominal, code_of(modifier), values[parameter])
                shift = shift + made - templates.nominal
            case kind if kind in PER_BIN and all(p in values for p in modifier["parameters"]):
                factor = factor * np.array([values[p] for p in modifier["parameters"]])
            case kind if kind in PER_BIN:
                reason = f"it scales one bin of {where}, and other bins are free"
                kept.update((p, reason) for p in modifier["parameters"] if p in values)
                rest.append(modifier)
            case _:
                rest.append(modifier)
    if clip and (factor < 0.0).any():
        kept.update(dict.fromkeys(concerned, f"{where} is cut at zero, and would be negative"))
        return
    templates.modifiers = rest
    templates.add(shift)
    if clip and not templates.histosys:
        templates.nominal = np.maximum(templates.nominal, 0.0)
    templates.multiply(factor)


def _frozen(modifiers: list[Json], values: Mapping[str, float]) -> list[Json]:
    return [m for m in modifiers if m["parameter"] in values]


def _concerned(modifiers: list[Json], values: Mapping[str, float]) -> list[str]:
    found = [m["parameter"] for m in modifiers if m.get("parameter") is not None]
    found += [p for m in modifiers for p in m.get("parameters") or ()]
    return [p for p in dict.fromkeys(found) if p in values]


# --- functions and other distributions --------------------------------------------------------


def _others(draft: Draft, values: Mapping[str, float], kept: dict[str, str]) -> None:
    """Write the numbers in place of names; constraints of the parameters are seen to elsewhere."""
    goes = {d for name in values if name not in kept for d in draft.explicit(name)}
    for section in ("distributions", "functions"):
        for index, part in enumerate(getattr(draft.ws, section) or ()):
            if isinstance(part, HistFactoryDist) or part.name in goes:
                continue
            entry = draft.data[section][index]
            for name, new in _replaced(part, entry, values):
                if new is None:
                    kept[name] = f"{part.name!r} needs a name"
                else:
                    draft.data[section][index] = entry = new


def _replaced(
    part: Part, entry: Json, values: Mapping[str, float]
) -> Iterator[tuple[str, Json | None]]:
    """Each parameter of an entry, and the entry with its value in place; None if it has to stay."""
    found: dict[str, list[tuple[str | int, ...]]] = {}
    stays: dict[str, None] = {}
    for reference in references(part):
        if reference.name in values:
            found.setdefault(reference.name, []).append(reference.path)
            if reference.kinds != ("value",):
                stays[reference.name] = None
    inside = set(variables(expression_of(part) or "")) & values.keys()
    for name in dict.fromkeys((*found, *sorted(inside))):
        new = None if name in stays else _with_value(part, entry, name, found, inside, values)
        if new is not None:
            entry = new
        yield name, new


def _with_value(
    part: Part,
    entry: Json,
    name: str,
    found: Mapping[str, list[tuple[str | int, ...]]],
    inside: set[str],
    values: Mapping[str, float],
) -> Json | None:
    new = type(part).model_validate(entry).to_json()
    for path in found.get(name, ()):
        place: Any = new
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = values[name]
    if name in inside:
        new["expression"] = _in_text(new["expression"], name, values[name])
    try:
        type(part).model_validate(new)
    except (ValueError, HS3Error):  # the place takes names only
        return None
    return new


def _in_text(text: str, name: str, value: float) -> str:
    nodes = [n for n in expressions.parse(text).nodes if isinstance(n, expressions.Variable)]
    for node in sorted((n for n in nodes if n.name == name), key=lambda n: -n.offset):
        text = text[: node.offset] + f"({value!r})" + text[node.offset + len(name) :]
    return text


# --- constraints ----------------------------------------------------------------------------------


def _constraints(draft: Draft, values: Mapping[str, float], kept: dict[str, str]) -> None:
    """Take away the constraints of parameters that are gone, and say what the likelihood loses."""
    users = _users(draft, values)
    lost: dict[str, float] = {}
    gone: list[str] = []
    for name, value in values.items():
        explicit = draft.explicit(name)
        if name in kept or users.get(name, set()) - set(explicit):
            kept.setdefault(name, "something else needs its name")
            continue
        gone += explicit
        for likelihood, constraint in draft.constraints(name):
            lost[likelihood] = lost.get(likelihood, 0.0) + minus_log(constraint, value)
    if gone:
        draft.unlist(gone)
    for likelihood, size in lost.items():
        message = f"-ln L of {likelihood!r} loses the constant {size!r} of constraints"
        draft.tell("freeze.constraint", "", message, size)


def _users(draft: Draft, names: Mapping[str, float]) -> dict[str, set[str]]:
    """The distributions and functions that still refer to each of the names."""
    made = Workspace.from_json(draft.data)
    found: dict[str, set[str]] = {}
    for section in ("distributions", "functions"):
        for part in getattr(made, section) or ():
            used = {r.name for r in references(part)}
            used |= set(variables(expression_of(part) or ""))
            for name in used & names.keys():
                found.setdefault(name, set()).add(part.name)
    return found


def _hold(draft: Draft, values: Mapping[str, float], kept: Mapping[str, str]) -> None:
    """Parameters that stay are constant, at their values, where a fit starts."""
    for name in kept:
        for point in draft.data.get("parameter_points") or ():
            for entry in point.get("parameters") or ():
                if entry["name"] == name:
                    entry |= {"value": values[name], "const": True}


def at_values(ws: Workspace, values: Mapping[str, float]) -> list[Json]:
    """The channels of an upgraded document with numbers in place of these parameters.

    Raises:
        EditError: a modifier cannot take its value up.
    """
    draft = Draft(ws)
    kept: dict[str, str] = {}
    made = list(channels(draft.data))
    for channel in made:
        for sample in channel["samples"]:
            templates = Templates(sample)
            _sample(templates, channel, values, kept)
            templates.write()
    for name, reason in kept.items():
        raise EditError([Finding("reduce.value", "", f"{name!r} cannot be frozen: {reason}", name)])
    return made
