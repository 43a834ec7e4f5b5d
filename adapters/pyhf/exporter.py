"""HS3 → pyhf JSON, from the meaning of the document; spec/pyhf.md says what can be carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hs3.errors import ConversionError, ResolveError
from hs3.findings import Finding, Report, pointer
from hs3.graph import Graph
from hs3.histfactory.meaning import Channel

from . import schema
from .checks import check
from .groups import Group, Grouping, refuse
from .losses import losses
from .names import Names
from .parameters import default_sets
from .settings import confirmed, measurement_json
from .templates import Templates
from .verbatim import Document, Stored, stored
from .wanted import Wanted, constant_parameters

if TYPE_CHECKING:
    from hs3.workspace import Workspace


def to_pyhf(
    ws: Workspace, *, analysis: str | None = None, approximate: bool = False
) -> tuple[dict[str, Any], Report]:
    """The pyhf workspace that means what an HS3 document means.

    Args:
        ws: a document whose likelihood consists of HistFactory channels and constraints.
        analysis: carry over only this analysis; else every analysis of the same channels and
            data becomes a measurement.
        approximate: replace what pyhf has not by the nearest that it has, with a warning: shared
            Poisson constraints by Gaussian ones of the same width, interpolation codes by pyhf's.
            Without it they are refused.

    Returns:
        pyhf JSON, and findings: conventions by which the document was read, and what pyhf cannot
        hold (binning, clipping, ...).

    Raises:
        ResolveError: the document does not resolve.
        ConversionError: pyhf cannot express the likelihood; the message names what.
    """
    graphs, findings = _graphs(ws, analysis)
    first = graphs[0]
    findings = [*first.report, *findings, *losses(ws, first, approximate)]
    document = Document(ws)
    kept, more = stored(document)
    names = _channel_names(first, kept)
    grouping = Grouping(first, names, approximate)
    groups = grouping.groups()
    constant = constant_parameters(graphs, groups)
    trust: set[str] = {g.name for g in groups} if kept.measurements else set()
    while True:
        templates = Templates(document, kept, groups, Wanted(first), constant, trust)
        out = _unmeasured(first, names, templates, document, kept)
        defaults = default_sets(_checked({**out, "measurements": [_ANY_MEASUREMENT]}))
        known = confirmed(graphs, groups, defaults, kept)
        if trust <= known:
            break
        trust &= known
    findings += [*more, *grouping.findings, *templates.findings, *_renamed(groups)]
    for graph in graphs:
        try:
            measurement, more = measurement_json(graph, groups, defaults, kept)
        except ConversionError as error:
            if graph is first:
                raise
            more = [_left_out(graph.analysis or "", error.message)]
        else:
            out["measurements"].append(measurement)
        findings += more
    return out, Report(tuple(f for i, f in enumerate(findings) if f not in findings[:i]))


def parameter_names(ws: Workspace) -> tuple[dict[str, str], dict[str, str]]:
    """What `to_pyhf` calls the parameters and channels of a document: name → name in pyhf.

    Raises:
        ConversionError: pyhf cannot express the likelihood.
    """
    graph = _graphs(ws, None)[0][0]
    kept, _ = stored(Document(ws))
    channels = _channel_names(graph, kept)
    groups = Grouping(graph, channels, approximate=False).groups()
    pairs = (pair for g in groups for pair in zip(g.parameters, g.pyhf_names, strict=True))
    return dict(pairs), channels


def _unmeasured(
    graph: Graph,
    names: Mapping[str, str],
    templates: Templates,
    document: Document,
    kept: Stored,
) -> dict[str, Any]:
    """Channels and observations."""
    channels = sorted(graph.channels, key=_position)
    return {
        "channels": [templates.channel(c, names[c.name]) for c in channels],
        "observations": _observations(graph, names, document, kept),
        "measurements": [],
        "version": schema.VERSION,
    }


_ANY_MEASUREMENT = {"name": "", "config": {"poi": "", "parameters": []}}


def _checked(data: dict[str, Any]) -> schema.PyhfWorkspace:
    """The typed form of what is about to be handed out: pyhf's own rules hold for it."""
    source = schema.read(data)
    check(source)
    return source


def _graphs(ws: Workspace, analysis: str | None) -> tuple[list[Graph], list[Finding]]:
    """One graph per analysis; those that are not about the channels of the first are left out."""
    from hs3.resolve import resolve

    names: list[str | None] = [analysis]
    if analysis is None and ws.analyses:
        names = [a.name for a in ws.analyses]
    graphs, findings = [resolve(ws, analysis=names[0])], []
    _check_histfactory(graphs[0])
    for name in names[1:]:
        try:
            graph = resolve(ws, analysis=name)
        except ResolveError as error:
            findings.append(_left_out(name, error.message))
            continue
        if _pairs(graph) == _pairs(graphs[0]) and not graph.terms:
            graphs.append(graph)
        else:
            findings.append(_left_out(name, "it is not about the same channels and data"))
    return graphs, findings


def _pairs(graph: Graph) -> set[tuple[str, str | None]]:
    return {(c.name, c.data) for c in graph.channels}


def _left_out(analysis: str | None, reason: str) -> Finding:
    message = f"the analysis {analysis!r} is left out: {reason}"
    return Finding("pyhf.analysis_left_out", "/analyses", message, analysis)


def _check_histfactory(graph: Graph) -> None:
    for term in graph.terms:
        name = term.distribution.name
        message = (
            f"{name!r} ({term.distribution.type}) is not HistFactory, and pyhf has nothing else"
        )
        refuse(message, term.path, name)
    for channel in graph.channels:
        if channel.observed is None:
            refuse(f"the channel {channel.name!r} has no data", channel.path, channel.name)
    if not graph.channels:
        refuse(f"the likelihood {graph.name!r} has no HistFactory channel", "", graph.name)


def _position(channel: Channel) -> tuple[int, str]:
    """Place of a channel among the distributions of the document."""
    last = channel.path.rsplit("/", 1)[-1]
    return (int(last) if last.isdigit() else 0), channel.name


def _channel_names(graph: Graph, kept: Stored) -> dict[str, str]:
    """The channels' names in pyhf: those stored, else the distributions' without ``model_``."""
    names = Names()
    return {
        c.name: names.take(kept.channels.get(c.name) or c.name.removeprefix("model_") or c.name)
        for c in sorted(graph.channels, key=_position)
    }


def _observations(
    graph: Graph, names: Mapping[str, str], document: Document, kept: Stored
) -> list[dict[str, Any]]:
    """Observations in the order of the document's data, those without a channel included."""
    out = []
    for index, data in enumerate(document.json.get("data") or ()):
        path = pointer("data", index, "contents")
        users = [c for c in graph.channels if c.data == data["name"]]
        for channel in users:
            assert channel.observed is not None
            contents = document.numbers(path, channel.observed)
            out.append({"name": names[channel.name], "data": contents})
        spare = document.raw(path)
        if not users and data["name"] in kept.observations and spare:
            out.append({"name": kept.observations[data["name"]], "data": spare})
    return out


def _renamed(groups: Sequence[Group]) -> list[Finding]:
    findings = []
    for group in groups:
        names = group.pyhf_names
        if names != group.parameters:
            message = f"{group.parameters[0]!r} is called {names[0]!r} in pyhf"
            if len(names) > 1:
                message += f", and so on to {names[-1]!r}"
            path = group.places[0].modifier.path
            findings.append(Finding("pyhf.parameter_name", path, message, group.parameters[0]))
    return findings
