"""`resolve`, and `attempt`, which reports where `resolve` raises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hs3.dialects.base import Log
from hs3.errors import ResolveError
from hs3.findings import Report
from hs3.graph import Graph
from hs3.workspace import Workspace

from .build import build
from .selection import select


def resolve(
    ws: Workspace,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
    observables: Sequence[str] = (),
    histosys: Literal["absolute", "additive"] = "absolute",
) -> Graph:
    """The graph of one likelihood of a document.

    Without a choice, the only analysis is taken (with several: the first, and a warning), else
    the only or first likelihood.

    Args:
        ws: the document.
        analysis: name of an analysis.
        likelihood: name of a likelihood.
        pdf: name of a distribution, to be evaluated at `data` or, without, on its own.
        data: name of a data object, for `pdf`.
        observables: names that are observables of `pdf` where no data say so.
        histosys: ``additive`` reads the templates of a histosys as the text of the standard has
            it, as additions to the nominal one; no known writer means that.

    Raises:
        ResolveError: with every finding of severity error.
    """
    graph, report = attempt(
        ws,
        analysis=analysis,
        likelihood=likelihood,
        pdf=pdf,
        data=data,
        observables=observables,
        histosys=histosys,
    )
    if graph is None:
        raise ResolveError(report.errors)
    return graph


def attempt(
    ws: Workspace,
    *,
    analysis: str | None = None,
    likelihood: str | None = None,
    pdf: str | None = None,
    data: str | None = None,
    observables: Sequence[str] = (),
    histosys: Literal["absolute", "additive"] = "absolute",
) -> tuple[Graph | None, Report]:
    """As `resolve`, but with errors in the report; the graph is None when there are any."""
    log = Log()
    chosen = select(
        ws,
        log,
        analysis=analysis,
        likelihood=likelihood,
        pdf=pdf,
        data=data,
        observables=observables,
    )
    if chosen is None:
        return None, Report(log.report())
    return build(ws, chosen, log, histosys)
