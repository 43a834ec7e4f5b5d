"""`select`: what an analysis or some of its channels need, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hs3.analyses import Analysis
from hs3.checks.axes import axes_of
from hs3.dialects.base import Log
from hs3.dialects.histfactory import channel_name
from hs3.errors import EditError, ResolveError
from hs3.findings import Finding, Report, nearest, pointer
from hs3.resolve.selection import Selection
from hs3.resolve.selection import select as choose
from hs3.workspace import NAMED_SECTIONS, Workspace

from .explicit import explicit
from .occurrences import VALUES, of_entry

Json = dict[str, Any]


def select(
    ws: Workspace,
    *,
    channels: Sequence[str] = (),
    analysis: str | None = None,
    likelihood: str | None = None,
) -> tuple[Workspace, Report]:
    """The part of a document that one analysis needs, with all channels or with some.

    What is dropped are other analyses and likelihoods, distributions, functions, data, domains and
    points that nothing refers to, and entries of domains and points for names that do not occur.
    With `channels`, an auxiliary distribution that concerns none of the parameters that are left
    is dropped too.

    Args:
        ws: the document.
        channels: names of the likelihood's distributions to keep, with or without ROOT's prefix
            ``model_``; all of them by default.
        analysis: the analysis; without it and `likelihood` the one that `compile` takes.
        likelihood: a likelihood instead; no analysis is kept then.

    Raises:
        ResolveError: there is no such analysis or likelihood, or nothing to choose from.
        EditError: a channel is not part of the likelihood.
    """
    log = Log()
    chosen = choose(ws, log, analysis=analysis, likelihood=likelihood)
    errors = [f for f in log.report() if f.severity == "error"]
    if chosen is None or errors:
        raise ResolveError(errors)
    ws = explicit(ws)
    data = ws.to_json()
    entry = data["likelihoods"][ws.tables["likelihoods"][chosen.name][0]]
    analyses = [a for a in ws.analyses or () if a.name == chosen.analysis]
    findings = list(log.report())
    if channels:
        findings += _keep_channels(ws, chosen, entry, channels)
    needed = _Needed(ws)
    needed.entry(entry, analyses)
    out = _reduced(ws, data, needed, entry, chosen)
    made = Workspace.from_json(out)
    findings += _dropped(ws, made)
    return made, Report(tuple(findings))


def _keep_channels(
    ws: Workspace, chosen: Selection, entry: Json, channels: Sequence[str]
) -> Iterator[Finding]:
    names = [pair.distribution for pair in chosen.pairs]
    known = {channel_name(n): n for n in names} | {n: n for n in names}
    unknown = [c for c in channels if c not in known]
    if unknown:
        message = "{!r} is not a distribution of the likelihood {!r}"
        raise EditError(
            [
                Finding(
                    "select.unknown",
                    pointer("likelihoods", ws.tables["likelihoods"][chosen.name][0]),
                    message.format(c, chosen.name),
                    c,
                    nearest(c, known) or tuple(names[:5]),
                )
                for c in unknown
            ]
        )
    kept = {known[c] for c in channels}
    pairs = [(p.distribution, p.data) for p in chosen.pairs if p.distribution in kept]
    entry["distributions"], entry["data"] = [list(column) for column in zip(*pairs, strict=True)]
    auxiliary = entry.get("aux_distributions")
    if auxiliary:
        entry["aux_distributions"] = _concerned(ws, entry, auxiliary)
        for name in dict.fromkeys(auxiliary):
            if name not in entry["aux_distributions"]:
                where = pointer("distributions", ws.tables["distributions"].get(name, (0,))[0])
                message = f"{name!r} concerns no parameter of the channels that are left"
                yield Finding("select.constraint_dropped", where, message, name)


def _concerned(ws: Workspace, entry: Json, auxiliary: Sequence[str]) -> list[str]:
    """The auxiliary distributions that share a parameter with what is kept, directly or not."""
    needed = _Needed(ws)
    needed.values(entry["distributions"])
    kept: set[str] = set()
    while True:
        more = [n for n in auxiliary if n not in kept and _leaves(ws, n) & needed.names[VALUES]]
        if not more:
            return [n for n in auxiliary if n in kept]
        kept.update(more)
        needed.values(more)


def _leaves(ws: Workspace, name: str) -> set[str]:
    needed = _Needed(ws)
    needed.values([name])
    return {n for n in needed.names[VALUES] if n not in ws.tables["distributions"]}


class _Needed:
    """The names that something depends on, by namespace, followed through the document."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.names: dict[str, set[str]] = {s: set() for s in (VALUES, "data", "domains")}
        self._in_points = {
            e.name for point in ws.parameter_points or () for e in point.parameters or ()
        }

    def entry(self, likelihood: Json, analyses: Iterable[Analysis]) -> None:
        """Follow a likelihood and the analyses of it."""
        self.values(likelihood.get("distributions") or ())
        self.values(likelihood.get("aux_distributions") or ())
        self._data(n for n in likelihood.get("data") or () if isinstance(n, str))
        for analysis in analyses:
            self.names["domains"] |= set(analysis.domain_names)
            terms = analysis.aux_likelihood_terms or ()
            self.values((*analysis.pois, *terms, *([analysis.prior] if analysis.prior else ())))

    def values(self, names: Iterable[str]) -> None:
        """Follow names of distributions, functions and parameters."""
        stack = [n for n in names if n not in self.names[VALUES]]
        tables = [self.ws.tables["distributions"], self.ws.tables["functions"]]
        self.names[VALUES].update(stack)
        while stack:
            name = stack.pop()
            # ROOT keeps the observed value of a parameter's constraint under this name.
            found = [f"nom_{name}"] if f"nom_{name}" in self._in_points else []
            for section, table in zip(("distributions", "functions"), tables, strict=True):
                if name not in table:
                    continue
                for o in of_entry(self.ws, table[name][1], (section, table[name][0])):
                    if o.space == VALUES:
                        found.append(o.name)
                    elif o.space == "data":
                        self._data([o.name])
                    else:
                        self.names[o.space].add(o.name)
            new = [n for n in dict.fromkeys(found) if n not in self.names[VALUES]]
            self.names[VALUES].update(new)
            stack += new

    def _data(self, names: Iterable[str]) -> None:
        for name in names:
            self.names["data"].add(name)
            found = self.ws.tables["data"].get(name)
            self.values(a.name for a in (axes_of(found[1]) if found else ()))


def _reduced(ws: Workspace, data: Json, needed: _Needed, entry: Json, chosen: Selection) -> Json:
    values = needed.names[VALUES]
    out = dict(data)
    for section, wanted in (
        ("distributions", values),
        ("functions", values),
        ("data", needed.names["data"]),
        ("analyses", {chosen.analysis}),
    ):
        if out.get(section):
            out[section] = [e for e in out[section] if e["name"] in wanted]
    out["likelihoods"] = [entry]
    kept = needed.names["domains"] | {chosen.init}
    for section, key in (("domains", "axes"), ("parameter_points", "parameters")):
        if out.get(section):
            parts = (_only(part, key, values) for part in out[section])
            out[section] = [p for p in parts if p.get(key) or p["name"] in kept]
    return {k: v for k, v in out.items() if v or k not in NAMED_SECTIONS}


def _only(part: Json, key: str, names: set[str]) -> Json:
    """A domain or point without the entries for other names."""
    if not isinstance(part.get(key), list):
        return part
    return {**part, key: [e for e in part[key] if e.get("name") in names]}


def _dropped(before: Workspace, after: Workspace) -> Iterator[Finding]:
    for section in NAMED_SECTIONS:
        count = len(getattr(before, section) or ()) - len(getattr(after, section) or ())
        if count:
            yield Finding("select.dropped", pointer(section), f"{count} of `{section}` left out")
