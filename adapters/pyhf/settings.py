"""An analysis as a measurement of pyhf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hs3.errors import ConversionError
from hs3.findings import Finding, pointer
from hs3.graph import Graph

from . import schema
from .groups import Group
from .measurement import parameter_of_interest
from .parameters import ParameterSet, configured_sets
from .verbatim import Stored
from .wanted import Wanted, close, same

Sets = Mapping[str, ParameterSet]
_WIDTH = {"normal": "sigmas", "poisson": "factors"}


def measurement_json(
    graph: Graph, groups: Sequence[Group], defaults: dict[str, ParameterSet], kept: Stored
) -> tuple[dict[str, Any], list[Finding]]:
    """The measurement of one analysis, and what pyhf cannot say of it.

    The stored spelling is taken where it means what the document means.

    Raises:
        ConversionError: a constraint, or a setting, that pyhf cannot express.
    """
    wanted = Wanted(graph)
    sets = {g.name: wanted.set(g, defaults[g.name]) for g in groups}
    sets = {name: sets[name] for name in defaults}
    poi = _poi(graph, groups)
    spelled = kept.measurement(graph.analysis)
    if spelled is not None and _means(spelled, sets, poi, defaults):
        return kept.measurements[graph.analysis or ""], wanted.findings
    findings = wanted.findings
    if spelled is not None:
        message = f"the stored measurement {spelled.name!r} is not what the document says now"
        path = pointer("misc", "pyhf", "measurements", graph.analysis or "")
        findings.append(Finding("pyhf.stored_outdated", path, message, spelled.name))
    for group in groups:
        findings += _not_fixable(group, sets[group.name], defaults[group.name])
    parameters = [s for name in sets if (s := _settings(sets[name], defaults[name]))]
    config = {"poi": poi or "", "parameters": parameters}
    written = {"name": graph.analysis or graph.name, "config": config}
    configured_sets(defaults, schema.Measurement.model_validate(written), "")
    return written, findings


def _poi(graph: Graph, groups: Sequence[Group]) -> str | None:
    """The first parameter of interest, as pyhf calls it."""
    for group in groups:
        if graph.pois and graph.pois[0] in group.parameters:
            return group.name if len(group.parameters) == 1 else None
    return None


def confirmed(
    graphs: Sequence[Graph],
    groups: Sequence[Group],
    defaults: dict[str, ParameterSet],
    kept: Stored,
) -> set[str]:
    """Names of the groups for which every stored measurement gives what its analysis says."""
    names = {g.name for g in groups}
    for graph in graphs:
        wanted, spelled = Wanted(graph), kept.measurement(graph.analysis)
        try:
            found = configured_sets(defaults, spelled, "") if spelled is not None else {}
            names &= {
                g.name
                for g in groups
                if g.name in found and same(found[g.name], wanted.set(g, defaults[g.name]))
            }
        except ConversionError:
            return set()
    return names


def _means(
    spelled: schema.Measurement, sets: Sets, poi: str | None, defaults: dict[str, ParameterSet]
) -> bool:
    try:
        found = configured_sets(defaults, spelled, "")
    except ConversionError:
        return False
    alike = all(same(found[name], sets[name]) for name in sets)
    return alike and parameter_of_interest(spelled.config.poi, found) == poi


def _settings(wanted: ParameterSet, default: ParameterSet) -> dict[str, Any]:
    """What a measurement must say to make `wanted` of `default`; empty for nothing."""
    out: dict[str, Any] = {}
    if wanted.inits != default.inits:
        out["inits"] = list(wanted.inits)
    if wanted.bounds != default.bounds:
        out["bounds"] = [list(b) for b in wanted.bounds]
    if not close(wanted.auxdata, default.auxdata):
        out["auxdata"] = list(wanted.auxdata)
    if not close(wanted.width, default.width):
        out[_WIDTH[wanted.kind]] = list(wanted.width)
    if wanted.fixed != default.fixed and len(set(wanted.fixed)) == 1:
        out["fixed"] = wanted.fixed[0]
    return {"name": wanted.name, **out} if out else {}


def _not_fixable(group: Group, wanted: ParameterSet, default: ParameterSet) -> list[Finding]:
    """A finding where single bins are constant in a way that pyhf's settings cannot say."""
    if wanted.fixed == default.fixed or len(set(wanted.fixed)) == 1:
        return []
    pairs = zip(group.parameters, wanted.fixed, default.fixed, strict=True)
    names = ", ".join(repr(name) for name, a, b in pairs if a != b)
    message = f"pyhf keeps all bins of {group.name!r} constant or none; it differs for {names}"
    return [Finding("pyhf.fixed_bins", group.places[0].modifier.path, message, group.name)]
