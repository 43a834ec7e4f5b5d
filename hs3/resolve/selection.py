"""What is to be resolved: which analysis, likelihood, or pdf with its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hs3.analyses import Analysis
from hs3.dialects import document as rules
from hs3.dialects.base import Log
from hs3.findings import nearest, pointer
from hs3.likelihoods import Likelihood
from hs3.workspace import Workspace


@dataclass(frozen=True)
class Pair:
    """A distribution and what it is evaluated at: name of a data object, a number, or nothing."""

    distribution: str
    data: str | int | float | None
    path: str
    data_path: str


@dataclass(frozen=True)
class Selection:
    """What a graph is made of.

    Attributes:
        name: of the likelihood, or of the pdf.
        analysis: name of the analysis, or None.
        pairs: distributions with their data.
        auxiliary: names of auxiliary distributions, with the places that name them.
        domains: names of the domains of the analysis.
        init: name of the initial point, or None.
        pois: names of the parameters of interest.
        observables: names that are observables although no data say so.
        path: the place in the document that describes the selection.
    """

    name: str
    analysis: str | None
    pairs: tuple[Pair, ...]
    auxiliary: tuple[tuple[str, str], ...] = ()
    domains: tuple[str, ...] = ()
    init: str | None = None
    pois: tuple[str, ...] = ()
    observables: tuple[str, ...] = ()
    path: str = ""


def select(
    ws: Workspace,
    log: Log,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
    observables: Sequence[str] = (),
) -> Selection | None:
    """What was asked for, or the only sensible selection; None (reported) if there is none."""
    asked = [
        k for k, v in {"analysis": analysis, "likelihood": likelihood, "pdf": pdf}.items() if v
    ]
    if len(asked) > 1 or (data and not pdf):
        names = " and ".join(asked + (["data"] if data else []))
        log.add("selection.conflict", "", f"{names} cannot be asked for together")
        return None
    if pdf:
        return _of_pdf(ws, pdf, data, observables, log)
    if likelihood:
        return _of_likelihood(ws, likelihood, log)
    if analysis is None and ws.analyses:
        analysis = _first(ws.analyses, "analysis", "analyses", log)
    if analysis:
        return _of_analysis(ws, analysis, log)
    if ws.likelihoods:
        return _of_likelihood(ws, _first(ws.likelihoods, "likelihood", "likelihoods", log), log)
    _nothing(ws, log)
    return None


def _first(entries: Sequence[Any], what: str, section: str, log: Log) -> str:
    if len(entries) > 1:
        names = [e.name for e in entries]
        others = ", ".join(repr(n) for n in names[1:6]) + (" …" if len(names) > 6 else "")
        message = f"{what} {names[0]!r} is taken; there are also {others}"
        log.add("selection.ambiguous", pointer(section), message, names[0])
    name: str = entries[0].name
    return name


def _nothing(ws: Workspace, log: Log) -> None:
    pdfs = ", ".join(repr(d.name) for d in (ws.distributions or ())[:5])
    data = ", ".join(repr(d.name) for d in (ws.data or ())[:5])
    valid = f"distributions: {pdfs or 'none'}; data: {data or 'none'}"
    log.add(
        "selection.none",
        "",
        f"there is neither an analysis nor a likelihood; ask for a pdf and its data ({valid})",
    )


def find(ws: Workspace, section: str, name: str, path: str, log: Log) -> tuple[int, Any] | None:
    """Index and entry of the part called `name`; None, reported at `path`, if there is none."""
    table = ws.tables[section]
    if name in table:
        return table[name]
    log.add(
        "reference.unresolved",
        path,
        f"there is nothing called {name!r} in `{section}`",
        name,
        nearest(name, table),
    )
    return None


def _of_pdf(
    ws: Workspace, pdf: str, data: str | None, observables: Sequence[str], log: Log
) -> Selection | None:
    if pdf not in ws.tables["distributions"] and pdf in combined(ws, "distributions"):
        return _of_combined(ws, pdf, data, log)
    if find(ws, "distributions", pdf, "", log) is None:
        return None
    if data is not None and find(ws, "data", data, "", log) is None:
        return None
    pair = Pair(pdf, data, pointer("distributions", ws.tables["distributions"][pdf][0]), "")
    return Selection(pdf, None, (pair,), observables=tuple(observables), path=pair.path)


def combined(ws: Workspace, what: str) -> Mapping[str, Any]:
    """ROOT's simultaneous pdfs (`distributions`) or `datasets` by name, from `misc`."""
    internal = (ws.misc or {}).get("ROOT_internal")
    found = internal.get(f"combined_{what}") if isinstance(internal, dict) else None
    return found if isinstance(found, dict) else {}


def _of_combined(ws: Workspace, pdf: str, data: str | None, log: Log) -> Selection | None:
    path = pointer("misc", "ROOT_internal", "combined_distributions", pdf)
    entry = combined(ws, "distributions")[pdf]
    names, labels = _strings(entry, "distributions"), _strings(entry, "labels")
    if not names or len(names) != len(labels):
        log.add("document.invalid", path, "needs as many `labels` as `distributions`")
        return None
    log.fired(rules.combined_distribution, path)
    pairs = tuple(
        Pair(name, None if data is None else f"{data}_{label}", f"{path}/distributions/{i}", "")
        for i, (name, label) in enumerate(zip(names, labels, strict=True))
    )
    return Selection(pdf, None, pairs, path=path)


def _strings(entry: Any, key: str) -> list[str]:
    value = entry.get(key) if isinstance(entry, dict) else None
    strings = value if isinstance(value, list | tuple) else ()
    return [v for v in strings if isinstance(v, str)]


def _of_analysis(ws: Workspace, name: str, log: Log) -> Selection | None:
    found = find(ws, "analyses", name, "", log)
    if found is None:
        return None
    index, entry = found
    assert isinstance(entry, Analysis)
    path = pointer("analyses", index)
    inner = _of_likelihood(ws, entry.likelihood, log, f"{path}/likelihood")
    if inner is None:
        return None
    for i, domain in enumerate(entry.domain_names):
        find(ws, "domains", domain, path + ("/domain" if entry.domain else f"/domains/{i}"), log)
    if entry.init is not None:
        find(ws, "parameter_points", entry.init, f"{path}/init", log)
    terms = entry.aux_likelihood_terms or ()
    extra = tuple((t, f"{path}/aux_likelihood_terms/{i}") for i, t in enumerate(terms))
    known = ws.tables
    return Selection(
        name=inner.name,
        analysis=name,
        pairs=inner.pairs,
        auxiliary=inner.auxiliary + extra,
        domains=tuple(d for d in entry.domain_names if d in known["domains"]),
        init=entry.init if entry.init in known["parameter_points"] else None,
        pois=entry.pois,
        path=path,
    )


def _of_likelihood(ws: Workspace, name: str, log: Log, asked_at: str = "") -> Selection | None:
    found = find(ws, "likelihoods", name, asked_at, log)
    if found is None:
        return None
    index, entry = found
    assert isinstance(entry, Likelihood)
    path = pointer("likelihoods", index)
    distributions, data = entry.distributions or (), entry.data or ()
    if not distributions and not entry.aux_distributions:
        log.add("likelihood.empty", path, f"likelihood {name!r} has no distributions")
        return None
    if len(distributions) != len(data):
        message = f"{len(distributions)} distributions, but {len(data)} data"
        log.add("likelihood.length", path, message)
        return None
    pairs = tuple(
        Pair(d, x, f"{path}/distributions/{i}", f"{path}/data/{i}")
        for i, (d, x) in enumerate(zip(distributions, data, strict=True))
    )
    auxiliary = tuple(
        (a, f"{path}/aux_distributions/{i}") for i, a in enumerate(entry.aux_distributions or ())
    )
    return Selection(name, None, pairs, auxiliary, path=path)
