"""`combine`: several analyses in one likelihood."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from hs3 import jsonio
from hs3.edit import select
from hs3.edit.occurrences import of_entry
from hs3.edit.renaming import apply
from hs3.findings import Finding, Report
from hs3.workspace import Workspace

from .agree import Shared, agree
from .check import check
from .config import Config
from .config import read as read_config
from .document import document
from .draft import Plan
from .files import load_config, located
from .inputs import Source, convention, sources
from .merge import merge
from .overlap import overlaps
from .plan import plan
from .rewrite import rewrite

Json = dict[str, Any]


def combine(
    inputs: Sequence[Any],
    *,
    names: Sequence[str] | None = None,
    correlate: Mapping[str, Mapping[str, str]] | None = None,
    config: Config | Mapping[str, Any] | str | os.PathLike[str] | None = None,
) -> tuple[Workspace, Report]:
    """One document with one likelihood, the product of those of the inputs.

    Parameters of one name are the same parameter; the inputs must then agree about value, range,
    constancy, unit and constraint, which counts once. Distributions, functions and data of one name
    are the same thing where they are equal; else they get the input's name in front.

    Args:
        inputs: two workspaces or more, or files as for `load`.
        names: what the inputs are called in the configuration and in new names; by default after
            their files, else ``input1`` and so on.
        correlate: as in the configuration: parameter of the combination → input → its name there.
        config: the configuration (docs/combine.md): a file in YAML or JSON, or its data.

    Raises:
        EditError: the inputs disagree, overlap, or the configuration does not fit them.
        HS3Error: an input cannot be read.
    """
    settings = _settings(config, correlate)
    with jsonio.without_gc():
        return _combined(inputs, names, settings)


def _combined(
    inputs: Sequence[Any], names: Sequence[str] | None, settings: Config
) -> tuple[Workspace, Report]:
    given, report = sources(inputs, names, settings)
    follows = convention(given, settings)
    decided = plan(given, settings)
    gone, findings = overlaps(given, settings)
    shared = agree(given, decided, settings)
    _merge_constraints(given, decided, shared)
    parts = _parts(given, decided, shared, gone)
    moved, same = merge(parts, [s.label for s in given], _apart(parts), set(shared))
    final = [apply(ws, new)[0] if new else ws for ws, new in zip(parts, moved, strict=True)]
    data = document(given, final, decided, shared, settings, follows)
    made, _ = select(Workspace.from_json(data))
    check(made, given, decided, shared, gone)
    told = [*findings, *decided.findings, *_told(given, shared, moved, same)]
    return made, report + told


def _settings(config: Any, correlate: Mapping[str, Mapping[str, str]] | None) -> Config:
    if isinstance(config, str | os.PathLike):
        settings = located(read_config(load_config(config)), os.path.dirname(config))
    else:
        settings = read_config(config)
    if correlate is None:
        return settings
    both = {**settings.correlate, **{k: dict(v) for k, v in correlate.items()}}
    return read_config(
        {**settings.model_dump(exclude_unset=True, by_alias=True), "correlate": both}
    )


def _merge_constraints(
    given: Sequence[Source], decided: Plan, shared: Mapping[str, Shared]
) -> None:
    """Where inputs spell the same constraint in different ways, that of one of them is left."""
    for one in shared.values():
        having = [(i, n) for i, n in one.members if n in given[i].constraints]
        having = [(i, n) for i, n in having if n not in decided.free[i]]
        spelled = {_spelling(given[i], decided.names[i], n) for i, n in having}
        if len(spelled) > 1:
            for i, name in having:
                if i != one.keeper:
                    decided.free[i].add(name)


def _spelling(source: Source, names: Mapping[str, str], parameter: str) -> str:
    """How a constraint is asked for: by kind, or by a distribution of which content."""
    found = []
    for constraint in source.constraints[parameter]:
        if "/modifiers/" in constraint.path:
            found.append("kind")
            continue
        entry = source.ws.distribution(constraint.name)
        inside = [names.get(o.name, o.name) for o in of_entry(source.ws, entry)]
        numbers = {k: v for k, v in entry.to_json().items() if not isinstance(v, str)}
        found.append(f"{entry.name} {entry.type} {inside} {numbers}")
    return "; ".join(found)


def _parts(
    given: Sequence[Source],
    decided: Plan,
    shared: Mapping[str, Shared],
    gone: Sequence[set[str]],
) -> list[Workspace]:
    """The inputs under the names of the combination, without what it does not take over."""
    observables = _observables(given, decided, shared)
    parts = []
    for i, source in enumerate(given):
        names = {**observables[i], **decided.names[i]}
        made = rewrite(source, names, decided.free[i], {})
        parts.append(_reduced(made, {decided.names[i][n] for n in decided.replaced[i]}, gone[i]))
    return parts


def _observables(
    given: Sequence[Source], decided: Plan, shared: Mapping[str, Shared]
) -> list[dict[str, str]]:
    """Other names for observables and constants that another input has otherwise."""
    facts: dict[str, set[Any]] = {}
    mine: list[list[str]] = []
    for source in given:
        tables = source.ws.tables
        defined = {*tables["distributions"], *tables["functions"], *source.parameters}
        mine.append([n for n in source.names if n not in defined])
        for name in mine[-1]:
            constant = source.values.stored(name) if source.values.is_const(name) else ()
            facts.setdefault(name, set()).add((source.values.range(name), *constant))
    new = set(shared) | {f["name"] for f in decided.functions} | decided.added.keys()
    return [
        {n: f"{s.label}_{n}" for n in found if len(facts[n]) > 1 or n in new}
        for s, found in zip(given, mine, strict=True)
    ]


def _reduced(ws: Workspace, replaced: set[str], gone: set[str]) -> Workspace:
    """Without what the combination has once for all: points and ranges of parameters."""
    data = ws.to_json()
    analysis = ws.analyses[0] if ws.analyses else None
    init = {analysis.init if analysis else None, "default_values"}
    referred = {
        o.name
        for section in ("distributions", "functions")
        for entry in getattr(ws, section) or ()
        for o in of_entry(ws, entry, (section,))
        if o.space == "domains"
    } - {"default_domain"}
    data["domains"] = [d for d in data.get("domains") or () if d["name"] in referred]
    points = [p for p in data.get("parameter_points") or () if p["name"] not in init]
    for point in points:
        point["parameters"] = [
            p for p in point.get("parameters") or () if p["name"] not in replaced
        ]
    data["parameter_points"] = points
    likelihood = data["likelihoods"][0]
    pairs = zip(likelihood.get("distributions") or (), likelihood.get("data") or (), strict=True)
    kept = [(d, x) for d, x in pairs if d not in gone]
    likelihood["distributions"] = [d for d, _ in kept]
    likelihood["data"] = [x for _, x in kept]
    return Workspace.from_json(data)


def _apart(parts: Sequence[Workspace]) -> list[set[str]]:
    """The distributions with data of their own, of which each counts."""
    out = []
    for ws in parts:
        likelihood = ws.likelihoods[0]  # type: ignore[index]
        pairs = zip(likelihood.distributions or (), likelihood.data or (), strict=True)
        out.append({d for d, x in pairs if isinstance(x, str)})
    return out


def _told(
    given: Sequence[Source],
    shared: Mapping[str, Shared],
    moved: Sequence[Mapping[str, Mapping[str, str]]],
    same: Mapping[str, int],
) -> list[Finding]:
    findings = []
    several = [n for n, s in shared.items() if len(s.members) > 1]
    if several:
        shown = ", ".join(several[:8]) + (" …" if len(several) > 8 else "")
        message = f"{len(several)} parameters are shared: {shown}"
        findings.append(Finding("combine.shared", "", message, len(several)))
    for source, new in zip(given, moved, strict=True):
        changed = {old: now for table in new.values() for old, now in table.items()}
        if changed:
            pairs = [f"{old!r} → {now!r}" for old, now in list(changed.items())[:4]]
            more = " …" if len(changed) > 4 else ""
            message = f"{source.label}: {len(changed)} names clashed: {', '.join(pairs)}{more}"
            findings.append(Finding("combine.renamed", "", message, len(changed)))
        if source.ws.misc:
            message = f"{source.label}: `misc` is not taken over ({', '.join(source.ws.misc)})"
            findings.append(Finding("combine.dropped", "/misc", message))
    for section, count in same.items():
        message = f"{count} equal entries of `{section}` became one each"
        findings.append(Finding("combine.merged", f"/{section}", message, count))
    return findings
