"""What a document holds, as plain data: `hs3 show --json` prints it, `hs3 show` lays it out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from hs3.findings import Report
from hs3.graph import Graph
from hs3.histfactory.meaning import Channel, Constraint
from hs3.workspace import NAMED_SECTIONS, Workspace

Json = dict[str, Any]


def contents(workspace: Workspace, graph: Graph | None, report: Report) -> Json:
    """The document's sections, and what the resolved `graph` of one likelihood consists of.

    Keys: ``hs3_version``, ``packages``, ``sections`` (number of entries), ``analyses``,
    ``likelihoods``, ``distributions``, ``functions`` and ``data`` (names and types); of the graph
    ``likelihood``, ``analysis``, ``channels``, ``terms`` and ``parameters``; and ``findings``.
    """
    metadata = workspace.metadata
    return {
        "hs3_version": metadata.hs3_version if metadata else None,
        "packages": [p.to_json() for p in (metadata.packages or ())] if metadata else [],
        "sections": {s: len(entries) for s in NAMED_SECTIONS if (entries := getattr(workspace, s))},
        "analyses": [_analysis(a) for a in workspace.analyses or ()],
        "likelihoods": [_likelihood(entry) for entry in workspace.likelihoods or ()],
        "distributions": _typed(workspace.distributions),
        "functions": _typed(workspace.functions),
        "data": _typed(workspace.data),
        **(_graph(graph) if graph else {}),
        "findings": report.to_dict()["findings"],
    }


def _analysis(analysis: Any) -> Json:
    return {
        "name": analysis.name,
        "likelihood": analysis.likelihood,
        "parameters_of_interest": list(analysis.pois),
    }


def _likelihood(likelihood: Any) -> Json:
    return {
        "name": likelihood.name,
        "distributions": list(likelihood.distributions or ()),
        "data": list(likelihood.data or ()),
        "aux_distributions": list(likelihood.aux_distributions or ()),
    }


def _typed(entries: Iterable[Any] | None) -> list[Json]:
    return [{"name": entry.name, "type": entry.type} for entry in entries or ()]


# --- the resolved graph -------------------------------------------------------------------------


def _graph(graph: Graph) -> Json:
    constraints: dict[str, list[Json]] = {}
    for constraint in graph.constraints:
        constraints.setdefault(constraint.parameter, []).append(_constraint(constraint))
    return {
        "likelihood": graph.name,
        "analysis": graph.analysis,
        "channels": [_channel(channel) for channel in graph.channels],
        "terms": [_term(term) for term in graph.terms],
        "parameters": [
            {
                "name": p.name,
                "value": p.value,
                "min": _finite(p.min),
                "max": _finite(p.max),
                "const": p.const,
                "interest": p.name in graph.pois,
                "constraints": constraints.get(p.name, []),
            }
            for p in graph.parameters
        ],
    }


def _channel(channel: Channel) -> Json:
    return {
        "name": channel.name,
        "observables": list(channel.axes),
        "bins": channel.bins,
        "data": channel.data,
        "observed": None if channel.observed is None else float(channel.observed.sum()),
        "nominal": float(sum(sample.nominal.sum() for sample in channel.samples)),
        "samples": [
            {
                "name": sample.name,
                "nominal": float(sample.nominal.sum()),
                "modifiers": [
                    {"name": m.name, "type": getattr(m, "kind", type(m).__name__.lower())}
                    for m in sample.modifiers
                ],
            }
            for sample in channel.samples
        ],
    }


def _term(term: Any) -> Json:
    data = term.data
    return {
        "name": term.distribution.name,
        "type": term.distribution.type,
        "data": data if data is None or isinstance(data, int | float) else data.name,
        "observables": {name: list(map(_finite, r)) for name, r in term.observables.items()},
    }


def _constraint(constraint: Constraint) -> Json:
    return {
        "name": constraint.name,
        "kind": constraint.kind,
        "observed": constraint.observed,
        "scale": constraint.scale,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
