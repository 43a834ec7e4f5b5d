"""`upgrade`: an older document, or one of another dialect, in the words of the current standard."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import hs3
from hs3.base import Part, is_number, reference_plan
from hs3.canonical import sha256
from hs3.findings import Finding, Report, pointer
from hs3.workspace import NAMED_SECTIONS, Workspace

from . import parameters
from .check import check
from .constraints import distribution
from .likelihoods import BY_KIND, Meaning, meaning
from .modifiers import Speller

Json = dict[str, Any]
VERSION = "0.2.9"
_TYPES = {
    "generic": "generic_function",
    "ARGUS_dist": "argus_dist",
    "binsampling": "binsampling_dist",
}
"""Types of other writers that mean exactly what one of the standard, or ROOT's reader, does."""


def upgrade(ws: Workspace) -> tuple[Workspace, Report]:
    """The same likelihoods in a document that says all that it means in the current standard.

    What a convention of a writer decides is written out: names, constraints, interpolation and
    cuts of modifiers, uncertainties per bin, constraint distributions in ``aux_distributions``,
    values, ranges and constancy of parameters. `metadata.packages` no longer decides anything and
    names this package; what stood there is kept in ``metadata.upgraded_from``. Nothing that is not
    understood is lost. The result is resolved and compared with the original before it is returned.

    Args:
        ws: the document.

    Returns:
        the new document, and the rules by which the old one was read, with what was changed. The
        document itself, where there is nothing to change.

    Raises:
        EditError: the result would not mean the same, which is a defect of this package.
    """
    means = meaning(ws)
    data = ws.to_json()
    findings = [*_sections(data), *_entries(data, ws), *_likelihoods(data, means)]
    changed = parameters.write(data, means)
    if changed:
        shown = ", ".join(list(changed)[:5]) + (" …" if len(changed) > 5 else "")
        message = f"value, range or constancy of {len(changed)} parameters: {shown}"
        findings.append(Finding("upgrade.parameters", "/parameter_points", message, len(changed)))
    anew = data != ws.to_json()
    findings += _metadata(data, ws, means, anew)
    if data == ws.to_json():
        return ws, means.report
    made = Workspace.from_json(data)
    check(means, meaning(made))
    return made, means.report + findings


def _sections(data: Json) -> Iterator[Finding]:
    """Sections that hold nothing."""
    for section in NAMED_SECTIONS:
        if section in data and data[section] is None:
            del data[section]
            yield Finding("upgrade.spelled", pointer(section), f"`{section}` is null, and left out")
    for i, point in enumerate(data.get("parameter_points") or ()):
        if "parameters" in point and point["parameters"] is None:
            point["parameters"] = []
            path = pointer("parameter_points", i, "parameters")
            yield Finding("upgrade.spelled", path, "null is written as an empty list")


def _entries(data: Json, ws: Workspace) -> Iterator[Finding]:
    """Types and numbers of distributions and functions."""
    for section in ("distributions", "functions"):
        for i, (entry, part) in enumerate(
            zip(data.get(section) or (), getattr(ws, section) or (), strict=True)
        ):
            new = _TYPES.get(entry.get("type", ""))
            if new is not None:
                message = f"the type {entry['type']!r} is {new!r} in the standard"
                yield Finding("upgrade.spelled", pointer(section, i, "type"), message, new)
                entry["type"] = new
            count = 0
            kind: type[Part] = type(part)
            for key, kinds in reference_plan(kind):
                if "value" in kinds and isinstance(entry.get(key), list):
                    count += sum(isinstance(v, str) and is_number(v) for v in entry[key])
                    entry[key] = [
                        float(v) if isinstance(v, str) and is_number(v) else v for v in entry[key]
                    ]
            if count:
                message = f"{count} numbers of {entry['name']!r} are written as text"
                yield Finding("upgrade.spelled", pointer(section, i), message, count)
            codes = entry.get("type") in ("interpolation0d", "interpolation")
            if codes and "interpolationCodes" not in entry:
                entry["interpolationCodes"] = [0] * len(entry.get("vars") or ())
                message = f"the interpolation codes of {entry['name']!r} are written out"
                yield Finding("upgrade.spelled", pointer(section, i), message)


def _likelihoods(data: Json, means: Meaning) -> Iterator[Finding]:
    """Channels, and the constraints that they name or that cannot be given by kind."""
    speller = Speller(means)
    known = means.ws.tables["distributions"]
    before = {n: _named(data["distributions"][_index(means, n)], known) for n in means.channels}
    for name, channel in means.channels.items():
        speller.channel(data["distributions"][_index(means, name)], channel)
    if speller.changed:
        message = f"{speller.changed} modifiers say what a convention of their writer decided"
        yield Finding("upgrade.spelled", "/distributions", message, speller.changed)
    taken = {*means.ws.tables["distributions"], *means.ws.tables["functions"]}
    made: dict[str, str] = {}
    for one in means.likelihoods:
        index = means.ws.tables["likelihoods"][one.likelihood][0]
        entry = data["likelihoods"][index]
        named = [n for c in one.graph.channels for n in before[c.name]]
        for constraint in one.graph.constraints:
            observed = isinstance(constraint.observed, str)
            if BY_KIND not in constraint.path:
                continue
            if observed or constraint.parameter in speller.explicit:
                if constraint.parameter not in made:
                    new, functions = distribution(constraint, taken)
                    made[constraint.parameter] = new["name"]
                    data.setdefault("distributions", []).append(new)
                    if functions:
                        data["functions"] = [*(data.get("functions") or ()), *functions]
                named.append(made[constraint.parameter])
        listed = entry.get("aux_distributions") or []
        new_names = [n for n in dict.fromkeys(named) if n not in listed]
        if new_names:
            entry["aux_distributions"] = [*listed, *new_names]
            message = f"{len(new_names)} constraints are listed in `aux_distributions`"
            path = pointer("likelihoods", index)
            yield Finding("upgrade.auxiliary", path, message, len(new_names))


def _index(means: Meaning, name: str) -> int:
    return means.ws.tables["distributions"][name][0]


def _named(entry: Json, known: Container[str]) -> list[str]:
    """The constraint distributions that the modifiers of a channel name."""
    found: list[str] = []
    for sample in entry["samples"]:
        for modifier in sample.get("modifiers") or ():
            given = (modifier.get("constraint_name"), *(modifier.get("constraints") or ()))
            found += [n for n in given if n is not None]
            if modifier.get("constraint_name") is None and modifier.get("constraint") in known:
                found.append(modifier["constraint"])
    return found


def _metadata(data: Json, ws: Workspace, means: Meaning, changed: bool) -> Iterator[Finding]:
    """Version and writers; who wrote the channels that are left as they are still counts."""
    metadata = data.get("metadata") or {}
    version = metadata.get("hs3_version")
    own = [{"name": "hs3-reference", "version": hs3.__version__}]
    old = metadata.get("packages")
    by_us = means.writer.packages.keys() <= {"hs3-reference"}
    if not changed and version == VERSION and (by_us or means.left):
        return
    new = {**metadata, "hs3_version": VERSION}
    if not by_us and not means.left:
        new["packages"] = own
    told = {"hs3_version": version, "packages": old, "sha256": sha256(ws.to_json())}
    new["upgraded_from"] = {k: v for k, v in told.items() if v is not None}
    data["metadata"] = new
    if version != VERSION:
        message = f"version {version or '(none)'} becomes {VERSION}"
        yield Finding("upgrade.version", "/metadata/hs3_version", message, VERSION)
