"""Builds the graph of a selection: factors, auxiliary measurements, then what they depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from hs3.checks.names import duplicates
from hs3.dialects.base import Log
from hs3.dialects.distributions import one_tail
from hs3.dialects.functions import codes_missing, spline_logx
from hs3.distributions.crystalball import CrystalBallDist
from hs3.findings import Report
from hs3.functions.interpolation import Interpolation0D, InterpolationFunction, SplineFunction
from hs3.graph import Graph, Parameter
from hs3.workspace import Workspace

from .auxiliary import Auxiliary
from .factors import Factors
from .measurement import Recogniser
from .scope import Scope
from .selection import Selection


def build(
    ws: Workspace, selection: Selection, log: Log, histosys: Literal["absolute", "additive"]
) -> tuple[Graph | None, Report]:
    """The graph of a selection, or None where there are errors, and everything that was found."""
    scope = Scope.of(ws, selection, log, histosys)
    recogniser = Recogniser(ws, scope.values, scope.uses, log)
    factors = Factors(scope, recogniser)
    for pair in selection.pairs:
        factors.add(pair)
    auxiliary = Auxiliary(scope, factors, recogniser)
    auxiliary.settle()
    auxiliary.tell_left_out(_distributions(scope, factors))
    _tell_readings(scope)
    parameters = _parameters(scope, auxiliary.observed)
    _check_interest(scope, parameters)
    _check_duplicates(scope, factors)
    scope.values.tell()
    report = Report((*log.report(), *scope.findings))
    graph = _graph(scope, factors, auxiliary, parameters, report) if report.ok else None
    return graph, report


def _graph(
    scope: Scope,
    factors: Factors,
    auxiliary: Auxiliary,
    parameters: list[Parameter],
    report: Report,
) -> Graph:
    terms = (*factors.terms, *auxiliary.terms)
    top = {t.distribution.name for t in terms}
    order: list[Any] = [(n.section, scope.uses.part(n)) for n in scope.uses.order]
    known = {p.name for p in parameters}
    return Graph(
        workspace=scope.ws,
        name=scope.selection.name,
        analysis=scope.selection.analysis,
        channels=tuple(factors.channels),
        terms=terms,
        constraints=tuple(auxiliary.constraints),
        functions=tuple(part for section, part in order if section == "functions"),
        distributions=tuple(
            part for section, part in order if section == "distributions" and part.name not in top
        ),
        parameters=tuple(parameters),
        pois=tuple(p for p in scope.selection.pois if p in known),
        report=report,
    )


def _parameters(scope: Scope, observed: dict[str, None]) -> list[Parameter]:
    """Every parameter: those of the initial point in its order, then by first use."""
    used = scope.used
    names = dict.fromkeys(n for n in scope.values.order() if n in used)
    names.update(dict.fromkeys(used))
    made = (scope.values.parameter(n, used[n], scope.claims) for n in names)
    parameters = [p for p in made if p is not None]
    for p in parameters:
        if not p.min <= p.value <= p.max:
            message = f"{p.name!r} is {p.value:g}, outside of [{p.min:g}, {p.max:g}]"
            scope.log.add("parameter.outside_bounds", p.path, message, p.value)
    return [replace(p, const=True) if p.name in observed else p for p in parameters]


def _distributions(scope: Scope, factors: Factors) -> set[str]:
    """Names of all distributions that are part of the likelihood."""
    nodes = {n.name for n in scope.uses.order if n.section == "distributions"}
    channels = {c.name for c in factors.channels}
    terms = {t.distribution.name for t in factors.terms}
    return nodes | channels | terms | {c.name for c in factors.constraints}


def _tell_readings(scope: Scope) -> None:
    """Report what is read otherwise than the text or its keys say."""
    for node in scope.uses.order:
        part = scope.uses.part(node)
        if isinstance(part, CrystalBallDist) and part.is_cb_shape:
            scope.log.apply(one_tail, scope.uses.path(node), part.name)
        if isinstance(part, SplineFunction) and part.logx:
            scope.log.apply(spline_logx, scope.uses.path(node), part.name)
        interpolation = isinstance(part, Interpolation0D | InterpolationFunction)
        if interpolation and "interpolationCodes" not in part.model_fields_set:
            scope.log.apply(codes_missing, scope.uses.path(node), node.name)


def _check_interest(scope: Scope, parameters: list[Parameter]) -> None:
    known = {p.name for p in parameters}
    for name in scope.selection.pois:
        if name not in known:
            message = f"the likelihood does not depend on the parameter of interest {name!r}"
            scope.log.add("reference.unused_interest", scope.selection.path, message, name)


def _check_duplicates(scope: Scope, factors: Factors) -> None:
    needed = {n.name for n in scope.uses.order} | {c.name for c in factors.channels}
    for name, paths in duplicates(scope.ws).items():
        if name in needed:
            message = f"{name!r} stands at {', '.join(paths[:4])}"
            scope.log.add("reference.duplicate", paths[-1], message, name)
