"""Everything that is wrong, doubtful or assumed in a document: `validate`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hs3 import expressions, jsonio
from hs3.base import expression_of
from hs3.codes import CODES
from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects.base import Log, Writer
from hs3.distributions.histfactory import HistFactoryDist
from hs3.errors import FindingsError, HS3Error
from hs3.findings import Finding, Report, nearest, pointer
from hs3.graph import Graph
from hs3.workspace import Workspace, loads

from . import data as data_checks
from .axes import axes_of, check_axis
from .keys import check_keys, check_sections
from .names import duplicates, section_duplicates


def validate(document: Workspace | Any) -> Report:
    """Every finding in a document: schema, references, axes, data, and each likelihood resolved.

    Args:
        document: a workspace, or the JSON data of one. A document that does not fit the data
            model is no exception here: its findings are the report.
    """
    if not isinstance(document, Workspace):
        try:
            # Through the text: what JSON cannot say (NaN, 10^400, a loop) is refused by name.
            document = loads(jsonio.dumps(document))
        except HS3Error as error:
            return Report(_of_error(error))
    log = Log("the document")
    check_sections(document, log)
    check_keys(document, log)
    check_duplicates(document, log)
    check_points(document, log)
    check_domains(document, log)
    check_data(document, log)
    check_expressions(document, log)
    found, used = _likelihoods(document)
    told = {f.path for f in found if f.severity == "error"}
    elsewhere = [f for f in _elsewhere(document, used) if f.path not in told]
    return Report(_distinct((*log.report(), *found, *elsewhere))).sorted()


def _of_error(error: HS3Error) -> tuple[Finding, ...]:
    if isinstance(error, FindingsError):
        return error.findings
    code = error.code if error.code in CODES else "document.invalid"
    return (Finding(code, error.path, error.message, error.value, error.suggestions),)


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: what several analyses share is found several times."""
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.code, finding.path, finding.message), finding)
    return tuple(seen.values())


# --- single entries ---------------------------------------------------------------------------


def check_duplicates(ws: Workspace, log: Log) -> None:
    """Report names that stand for two entries."""
    for name, paths in (*duplicates(ws).items(), *section_duplicates(ws)):
        message = f"{name!r} stands at {', '.join(paths[:4])}"
        log.add("reference.duplicate", paths[-1], message, name)


def check_points(ws: Workspace, log: Log) -> None:
    """Report names that a point lists twice or that are functions, and ranges upside down."""
    functions = ws.tables["functions"]
    for i, point in enumerate(ws.parameter_points or ()):
        values: dict[str, Any] = {}
        for j, entry in enumerate(point.parameters or ()):
            path = pointer("parameter_points", i, "parameters", j)
            if entry.name in values and values[entry.name] != entry.value:
                message = f"{entry.name!r} stands twice in {point.name!r}; the first value counts"
                log.add("parameter.listed_twice", path, message, entry.name)
            values.setdefault(entry.name, entry.value)
            if entry.name in functions:
                message = f"{entry.name!r} is a function; its value in {point.name!r} has no effect"
                log.add("reference.shadowed", path, message, entry.name)
            if entry.min is not None and entry.max is not None and entry.min > entry.max:
                message = f"{entry.name!r} runs from {entry.min} to {entry.max}"
                log.add("domain.empty_range", path, message, entry.name)


def check_domains(ws: Workspace, log: Log) -> None:
    """Report ranges upside down, names that a domain lists twice, and analyses without a domain."""
    for i, domain in enumerate(ws.domains or ()):
        seen: dict[str, tuple[Any, Any]] = {}
        for j, axis in enumerate(axes_of(domain)):
            path = pointer("domains", i, "axes", j)
            if seen.setdefault(axis.name, (axis.min, axis.max)) != (axis.min, axis.max):
                message = f"{axis.name!r} stands twice in {domain.name!r}; the first range counts"
                log.add("parameter.listed_twice", path, message, axis.name)
            if axis.min is not None and axis.max is not None and axis.min > axis.max:
                message = f"{axis.name!r} runs from {axis.min} to {axis.max}"
                log.add("domain.empty_range", path, message, axis.name)
    for i, analysis in enumerate(ws.analyses or ()):
        if not analysis.domain_names:
            message = f"analysis {analysis.name!r} names no domain"
            log.add("domain.missing", pointer("analyses", i), message, analysis.name)


def check_data(ws: Workspace, log: Log) -> None:
    """Report data that do not fit their axes, and counts or events that look wrong."""
    for i, data in enumerate(ws.data or ()):
        path = pointer("data", i)
        for j, axis in enumerate(axes_of(data)):
            check_axis(axis, f"{path}/axes/{j}", log)
        if isinstance(data, BinnedData):
            if data_checks.check_binned(data, path, log):
                data_checks.check_uncertainty(data, path, log)
        elif isinstance(data, UnbinnedData) and data_checks.check_unbinned(data, path, log):
            data_checks.check_events(data, path, log)


def check_expressions(ws: Workspace, log: Log) -> None:
    """Report where generic expressions go beyond the standard, each way once per entry."""
    for section in ("functions", "distributions"):
        for i, entry in enumerate(getattr(ws, section) or ()):
            text = expression_of(entry)
            if text is not None:
                _check_expression(text, pointer(section, i, "expression"), log)


def _check_expression(text: str, path: str, log: Log) -> None:
    try:
        found = expressions.extensions(expressions.parse(text))
    except HS3Error as error:
        log.add(error.code, path, error.message, text[:200])
        return
    told: dict[str, str] = {}
    for extension in found:
        if extension.name not in told:
            told[extension.name] = extension.text
            code = _EXPRESSION_CODES.get(extension.name, "expression.extension")
            message = f"{extension.name.replace('_', ' ')}: {extension.text!r}"
            log.add(code, path, message, extension.text)


_EXPRESSION_CODES = {
    "integer_division": "expression.integer_division",
    "chained_comparison": "expression.chained_comparison",
}


# --- likelihoods, and what no likelihood needs -------------------------------------------------


def _likelihoods(ws: Workspace) -> tuple[list[Finding], set[str]]:
    """Findings of every analysis and likelihood, and the names of the parts that they use."""
    # `hs3.resolve` uses the checks of this folder.
    from hs3.resolve import attempt

    findings: list[Finding] = []
    used: set[str] = set()
    covered = set()
    for i, analysis in enumerate(ws.analyses or ()):
        graph, report = attempt(ws, analysis=analysis.name)
        findings += report
        covered.add(analysis.likelihood)
        if graph is not None:
            used |= _names(graph)
            findings += _outside_domain(ws, graph, analysis.domain_names, pointer("analyses", i))
    for likelihood in ws.likelihoods or ():
        if likelihood.name not in covered:
            graph, report = attempt(ws, likelihood=likelihood.name)
            findings += report
            used |= _names(graph) if graph is not None else set()
    return findings, used


def _names(graph: Graph) -> set[str]:
    parts: list[Any] = [*graph.channels, *graph.constraints, *graph.functions, *graph.distributions]
    return {p.name for p in parts} | {t.distribution.name for t in graph.terms}


def _outside_domain(
    ws: Workspace, graph: Graph, domains: tuple[str, ...], path: str
) -> list[Finding]:
    """Free parameters that the analysis' domains do not list, though the standard asks for it."""
    tables = [ws.tables["domains"][d][1] for d in domains if d in ws.tables["domains"]]
    listed = {axis.name for t in tables for axis in axes_of(t)}
    names = [p.name for p in graph.parameters if not p.const and p.name not in listed]
    if not names or not domains:
        return []
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    message = f"{len(names)} free parameters are not in the domain of the analysis: {shown}"
    return [Finding("parameter.not_in_domain", path, message)]


def _elsewhere(ws: Workspace, used: set[str]) -> tuple[Finding, ...]:
    """Findings in distributions and functions that no likelihood uses."""
    from hs3.histfactory.claims import Claims
    from hs3.histfactory.interpret import Context, interpret
    from hs3.resolve.uses import Leaf, Node, Uses

    log = Log("the document")
    uses = Uses(ws, log)
    findings: list[Finding] = []
    writer = Writer.of(ws.metadata.packages if ws.metadata else ())
    context = Context(writer, Claims(), uses.distributions.__contains__)
    for section in ("functions", "distributions"):
        for i, entry in enumerate(getattr(ws, section) or ()):
            if entry.name in used:
                continue
            if isinstance(entry, HistFactoryDist):
                findings += interpret(entry, pointer(section, i), context)[1].report()
                continue
            node = Node("functions" if section == "functions" else "distributions", entry.name)
            uses.visit(node)
            for leaf in uses.direct(node):
                if isinstance(leaf, Leaf) and leaf.name not in uses.defined:
                    _undefined(leaf.name, leaf.path, uses, log)
    # That a type is not known is told once already, as a warning where nothing needs it.
    skip = ("reference.unknown_type", "likelihood.histfactory_inside")
    return (*(f for f in log.report() if f.code not in skip), *findings)


def _undefined(name: str, path: str, uses: Any, log: Log) -> None:
    valid = (*uses.defined, *uses.functions)
    message = f"nothing defines {name!r}: no parameter point, domain, data axis or function"
    log.add("reference.unresolved", path, message, name, nearest(name, valid))
