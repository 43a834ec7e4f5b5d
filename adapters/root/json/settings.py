"""Domains, parameter points, analyses and metadata for ROOT."""

from __future__ import annotations

from typing import Any

import hs3
from hs3.graph import Graph
from hs3.workspace import Workspace

from .draft import Draft, Json
from .likelihood import Written
from .names import Names, cleaned

DIALECT = "6.40.00"
"""The version of ROOT whose conventions the documents follow."""


def metadata_json(workspace: Workspace) -> Json:
    """The document's metadata; the packages say whose conventions hold."""
    kept = workspace.metadata.to_json() if workspace.metadata else {}
    packages = [{"name": "ROOT", "version": DIALECT}]
    packages.append({"name": "hs3-reference", "version": hs3.__version__})
    return {**kept, "hs3_version": "0.2", "packages": packages}


def domains_json(draft: Draft) -> Json:
    """ROOT takes ranges from the domain of this name only."""
    axes = [v.axis(name) for name, v in draft.variables.items()]
    return {"name": "default_domain", "type": "product_domain", "axes": axes}


def points_json(draft: Draft) -> list[Json]:
    """ROOT takes values from `default_values`; every other point becomes a snapshot."""
    first = [v.entry(name) for name, v in draft.variables.items()]
    points: list[Json] = [{"name": "default_values", "parameters": first}]
    names = Names()
    names.of("default_values")
    for point in draft.workspace.parameter_points or ():
        if point.name == "default_values":
            continue
        values = [_value(draft, p) for p in point.parameters or () if p.value is not None]
        points.append({"name": names.of(point.name), "parameters": values})
    return points


def _value(draft: Draft, given: Any) -> Json:
    name = draft.names.of(given.name)
    known = draft.variables.get(name)
    const = given.const if given.const is not None else known is not None and known.const
    entry: Json = {"name": name, "value": given.value}
    return {**entry, "const": True} if const else entry


def analysis_json(draft: Draft, graph: Graph, made: Written) -> tuple[Json, list[Json]]:
    """The entry of an analysis, and its domains: ROOT makes the sets of a ModelConfig from them."""
    name = cleaned(graph.analysis or graph.name)
    pois = [draft.names.of(p) for p in graph.pois]
    floating = [draft.names.of(p.name) for p in graph.parameters if not p.const]
    groups = {
        "nuisance_parameters": [n for n in floating if n not in pois],
        "global_observables": made.globals,
        "parameters_of_interest": pois,
    }
    domains = [
        {
            "name": f"{name}_{kind}",
            "type": "product_domain",
            "axes": [draft.variables[n].axis(n) for n in members],
        }
        for kind, members in groups.items()
    ]
    entry = {
        "name": name,
        "likelihood": made.name,
        "domains": [d["name"] for d in domains],
        "parameters_of_interest": pois,
    }
    return entry, domains
