"""HS3 → HS3 for ROOT, from the meaning of the document; spec/root.md says what is rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hs3.errors import ConversionError
from hs3.findings import Finding, Report, nearest
from hs3.graph import Graph

from .draft import Draft, Json
from .internal import Internal
from .likelihood import Written, write_likelihood
from .settings import analysis_json, domains_json, metadata_json, points_json

if TYPE_CHECKING:
    from hs3.workspace import Workspace

VERSIONS = ("6.38", "6.40")
"""Versions of ROOT whose importer the documents are written for."""


def to_root_json(
    workspace: Workspace,
    *,
    version: str = VERSIONS[-1],
    analysis: str | None = None,
    approximate: bool = False,
) -> tuple[dict[str, Any], Report]:
    """The HS3 document that ROOT's RooJSONFactoryWSTool reads and evaluates as `workspace` means.

    In ROOT it becomes a RooSimultaneous with one ModelConfig per analysis, combined data sets, and
    a snapshot for each parameter point.

    Args:
        workspace: the document.
        version: of ROOT, one of `VERSIONS`; what is written is the same for these, and checked
            with the real ROOT of each.
        analysis: carry over only this one; all of them by default.
        approximate: leave a sample to ROOT's cut at zero, with a warning, where that can happen
            within the bounds of the parameters; by default the sample is rewritten.

    Returns:
        JSON data, and findings: conventions by which the document was read, and what is rewritten.

    Raises:
        ResolveError: the document does not resolve.
        ConversionError: ROOT cannot be told what a part means (`root.not_expressible`), the
            analyses contradict one another (`root.analyses_differ`), or the version is not known.
    """
    if version not in VERSIONS:
        raise ConversionError(
            f"documents are written for ROOT {', '.join(VERSIONS)}, not {version}",
            code="root.version",
            value=version,
            suggestions=nearest(version, VERSIONS),
        )
    graphs = _graphs(workspace, analysis)
    draft = Draft.of(workspace, graphs, approximate)
    written = [write_likelihood(draft, graph) for graph in graphs]
    out = _document(draft, graphs, written)
    findings = [*(f for g in graphs for f in g.report), *draft.findings, *_renamed(draft)]
    return out, Report(tuple(dict.fromkeys(findings)))


def _graphs(workspace: Workspace, analysis: str | None) -> list[Graph]:
    from hs3.resolve import resolve

    names: list[str | None] = [analysis]
    if analysis is None and workspace.analyses:
        names = [a.name for a in workspace.analyses]
    return [resolve(workspace, analysis=name) for name in names]


def _document(draft: Draft, graphs: Sequence[Graph], written: Sequence[Written]) -> Json:
    known = Internal(draft.workspace)
    analyses: list[Json] = []
    likelihoods: list[Json] = []
    configs: Json = {}
    domains = [domains_json(draft)]
    for graph, made in zip(graphs, written, strict=True):
        entry, more = analysis_json(draft, graph, made)
        if entry["name"] in configs:
            continue
        analyses.append(entry)
        domains += more
        likelihoods.append(made.json())
        config = known.model_config(graph.analysis or "") or _config_name(analyses)
        configs[entry["name"]] = {"mcName": config, "pdfName": made.pdf}
    internal = {
        "ModelConfigs": configs,
        "attributes": _attributes(draft, known),
        "combined_datasets": {m.dataset: m.index("channels") for m in written},
        "combined_distributions": {m.pdf: m.index("distributions") for m in written},
    }
    return {
        "metadata": metadata_json(draft.workspace),
        "distributions": list(draft.distributions.values()),
        "functions": list(draft.functions.values()),
        "data": list(draft.data.values()),
        "likelihoods": likelihoods,
        "domains": domains,
        "parameter_points": points_json(draft),
        "analyses": analyses,
        "misc": {**_names_json(draft), "ROOT_internal": internal},
    }


def _attributes(draft: Draft, known: Internal) -> Json:
    """Attributes that the document has, and those that its pdfs need."""
    kept = {draft.names.made.get(n, n): entry for n, entry in known.attributes().items()}
    return {**kept, **{name: {"tags": tags} for name, tags in draft.tags.items()}}


def _config_name(analyses: Sequence[Json]) -> str:
    """``ModelConfig`` for the first analysis; ROOT has one object per name."""
    return "ModelConfig" if len(analyses) == 1 else f"ModelConfig_{analyses[-1]['name']}"


def _names_json(draft: Draft) -> Json:
    """The names that the document had, by those that ROOT gets."""
    changed = draft.names.changed()
    kept = {"names": changed, "samples": draft.samples}
    kept = {key: value for key, value in kept.items() if value}
    return {"hs3": kept} if kept else {}


def _renamed(draft: Draft) -> list[Finding]:
    changed = draft.names.changed()
    if not changed:
        return []
    shown = ", ".join(f"{old!r} → {new!r}" for new, old in list(changed.items())[:4])
    more = f" and {len(changed) - 4} more" if len(changed) > 4 else ""
    return [Finding("root.renamed", "", f"renamed for ROOT: {shown}{more}", len(changed))]
