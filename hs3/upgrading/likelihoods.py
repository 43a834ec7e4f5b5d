"""What a document means: each of its likelihoods resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hs3.dialects.base import Writer
from hs3.distributions.histfactory import HistFactoryDist
from hs3.findings import Finding, Report, pointer
from hs3.graph import Graph
from hs3.histfactory.meaning import BinFactors, Channel, Constraint
from hs3.resolve import attempt
from hs3.workspace import Workspace

BY_KIND = "/modifiers/"
"""In the path of a constraint that a modifier asks for by its kind."""


@dataclass(frozen=True, eq=False)
class Resolved:
    """One likelihood, as an analysis takes it or by itself.

    Attributes:
        likelihood: its name.
        analysis: name of the analysis, or None.
        graph: what it means.
    """

    likelihood: str
    analysis: str | None
    graph: Graph

    @cached_property
    def constraints(self) -> Mapping[str, tuple[Constraint, ...]]:
        """The constraints of each parameter that has any."""
        found: dict[str, tuple[Constraint, ...]] = {}
        for constraint in self.graph.constraints:
            name = constraint.parameter
            found[name] = (*found.get(name, ()), constraint)
        return found


@dataclass(frozen=True, eq=False)
class Meaning:
    """A document with what its likelihoods mean.

    Attributes:
        ws: the document.
        likelihoods: those that can be resolved.
        report: what was found; also, for those that cannot be, why.
    """

    ws: Workspace
    likelihoods: tuple[Resolved, ...]
    report: Report

    @cached_property
    def writer(self) -> Writer:
        """Who wrote the document."""
        return Writer.of(self.ws.metadata.packages if self.ws.metadata else ())

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """Channels by name; one that several likelihoods use means the same in each."""
        return {c.name: c for r in self.likelihoods for c in r.graph.channels}

    @cached_property
    def left(self) -> tuple[str, ...]:
        """HistFactory channels of no likelihood that can be resolved."""
        channels = (d for d in self.ws.distributions or () if isinstance(d, HistFactoryDist))
        return tuple(d.name for d in channels if d.name not in self.channels)

    @cached_property
    def by_kind(self) -> Mapping[str, Constraint]:
        """The constraints, by parameter, that modifiers ask for by kind and give all numbers of."""
        return {
            c.parameter: c
            for r in self.likelihoods
            for c in r.graph.constraints
            if BY_KIND in c.path and not isinstance(c.observed, str)
        }

    @cached_property
    def constant(self) -> frozenset[str]:
        """Parameters that a fit keeps."""
        return frozenset(p.name for r in self.likelihoods for p in r.graph.parameters if p.const)

    @cached_property
    def bins(self) -> frozenset[str]:
        """Parameters that scale one bin each."""
        return frozenset(
            name
            for channel in self.channels.values()
            for sample in channel.samples
            for modifier in sample.modifiers
            if isinstance(modifier, BinFactors)
            for name in modifier.parameters
        )


def meaning(ws: Workspace) -> Meaning:
    """Resolve every analysis of a document, and every likelihood that no analysis takes."""
    taken = {a.likelihood for a in ws.analyses or ()}
    choices: list[tuple[str, str | None]] = [(a.likelihood, a.name) for a in ws.analyses or ()]
    choices += [(one.name, None) for one in ws.likelihoods or () if one.name not in taken]
    found: list[Resolved] = []
    findings: list[Finding] = []
    for name, analysis in choices:
        graph, report = attempt(ws, analysis=analysis, likelihood=None if analysis else name)
        if graph is not None:
            found.append(Resolved(name, analysis, graph))
            findings += report.findings
        else:
            findings += _unresolved(ws, analysis or name, analysis is not None, report)
    return Meaning(ws, tuple(found), Report(tuple(dict.fromkeys(findings))))


def _unresolved(ws: Workspace, name: str, analysis: bool, report: Report) -> Iterator[Finding]:
    section = "analyses" if analysis else "likelihoods"
    index = ws.tables[section].get(name, (0, None))[0]
    first = report.errors[0]
    message = f"{name!r} cannot be resolved, its channels stay as they are: {first.message}"
    yield Finding("upgrade.left", pointer(section, index), message, first.value, first.suggestions)
