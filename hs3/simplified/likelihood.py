"""`simplify`: a likelihood of the bins alone, with the background's covariance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

import hs3
from hs3.canonical import sha256
from hs3.errors import EditError
from hs3.findings import Finding, Report
from hs3.graph import Graph
from hs3.histfactory.meaning import FloatArray
from hs3.upgrading import upgrade
from hs3.workspace import Workspace

from .shifts import Shifts, eigenvectors, multivariate

Json = dict[str, Any]
When = Literal["postfit", "prefit"]
Form = Literal["multivariate", "eigenvectors"]
DOMAIN, POINT = "default_domain", "default_values"


def simplify(
    ws: Workspace,
    *,
    analysis: str | None = None,
    when: When = "postfit",
    control: Sequence[str] = (),
    form: Form = "multivariate",
    values: Mapping[str, float] | None = None,
) -> tuple[Workspace, Report]:
    r"""A simplified likelihood: signal templates on a background whose bins fluctuate together.

    .. math::
        L(\mu, \delta) = \prod_i \mathrm{Pois}(n_i \mid \mu s_i + b_i + \delta_i)\;
        N(\delta \mid 0, V)

    with the total background :math:`b` and its covariance :math:`V = J C J^T` from all parameters
    but those of interest. The signal keeps its nominal templates and parameters of interest; its
    uncertainties are left out. What is approximated is reported, and written into
    ``metadata.simplified_from``; how far it goes, `hs3.simplified.compare` tells.

    Args:
        ws: the document, with HistFactory channels only.
        analysis: the analysis; by default the one that `compile` takes.
        when: ``postfit``: values and covariance of the fit without signal; ``prefit``: those of
            the auxiliary measurements.
        control: channels whose fit alone gives values and covariance, as in a fit with the signal
            regions masked; they are not part of the result. What they do not tell is as before the
            fit. Without them a postfit covariance knows the data of the bins that it is used with.
        form: how the shifts are written: ``multivariate``, a factor for each bin and one
            multivariate normal distribution; ``eigenvectors``, independent variations of shape,
            which pyhf and ROOT also have.
        values: of the parameters of interest without signal, 0 by default.

    Source:
        CMS-NOTE-2017-001; ATL-PHYS-PUB-2021-038 (one variation there, all of them here).

    Raises:
        EditError: no parameter of interest, a term that is no channel, nothing that is signal, or
            parameters of which nothing tells the width.
        FitError: the fit does not converge.
        HS3Error: as `hs3.compile`.
    """
    from hs3 import engine
    from hs3.edit import select
    from hs3.engine import background as known_from
    from hs3.resolve import resolve

    full, _ = upgrade(ws)
    graph = resolve(full, analysis=analysis)
    pois = _pois(graph, values or {})
    signal = known_from.signals(graph, pois)
    if not signal:
        message = f"no sample depends on {', '.join(pois)}"
        raise EditError([Finding("simplify.no_signal", "", message, next(iter(pois)))])
    model = engine.compile(graph)
    if control:
        part = select(full, channels=control, analysis=analysis)[0]
        known = known_from.after_control_fit(model, engine.compile(resolve(part)), pois)
    elif when == "postfit":
        known = known_from.after_background_fit(model, pois)
    else:
        known = known_from.before_any_fit(model, pois)
    names = [c.name for c in graph.channels if c.name not in _with_prefix(control)]
    if not names:
        message = "all channels are control channels: nothing is left to simplify"
        raise EditError([Finding("simplify.no_signal", "", message, len(control))])
    values_at = dict(zip(model.names, known.theta.tolist(), strict=True))
    templates = _templates(full, graph, values_at, pois, signal)
    blocks = known_from.covariance(model, known, signal)
    matrix = np.block([[blocks[a, b] for b in names] for a in names])
    bins = [(name, b) for name in names for b in range(blocks[name, name].shape[0])]
    counts = np.concatenate([templates[name][0] for name in names])
    write = {"multivariate": multivariate, "eigenvectors": eigenvectors}[form]
    shifts = write(bins, counts, matrix)
    made = _document(full, graph, pois, names, templates, shifts, values_at)
    origin = {
        "sha256": sha256(ws.to_json()),
        "analysis": graph.analysis,
        "covariance": "control" if control else when,
        **({"control": list(control)} if control else {}),
        "form": form,
        "background_at": dict(pois),
    }
    made["metadata"]["simplified_from"] = {k: v for k, v in origin.items() if v is not None}
    findings = _told(graph, signal, names, shifts, bool(control), when, len(bins))
    return Workspace.from_json(made), Report(tuple(findings))


def _with_prefix(control: Sequence[str]) -> set[str]:
    return {*control, *(f"model_{name}" for name in control)}


def _pois(graph: Graph, values: Mapping[str, float]) -> dict[str, float]:
    if graph.terms:
        name = graph.terms[0].distribution.name
        message = f"{name!r} is no HistFactory channel, and has no bins to simplify"
        raise EditError([Finding("simplify.terms", graph.terms[0].path, message, name)])
    unknown = [name for name in values if name not in graph.pois]
    if not graph.pois or unknown:
        message = f"parameters of interest are {', '.join(graph.pois) or 'not given'}"
        raise EditError([Finding("simplify.no_signal", "", message, next(iter(unknown), None))])
    return {name: float(values.get(name, 0.0)) for name in graph.pois}


Templates = dict[str, tuple[FloatArray, list[Json]]]
"""Channel → counts of the background, and the samples of the signal."""


def _templates(
    full: Workspace,
    graph: Graph,
    values: Mapping[str, float],
    pois: Mapping[str, float],
    signal: Mapping[str, set[str]],
) -> Templates:
    """Every sample at these values, the signal as a function of the parameters of interest."""
    from hs3.reduction.freezing import at_values

    others = {name: value for name, value in values.items() if name not in pois}
    frozen = {entry["name"]: entry for entry in at_values(full, others)}
    out: Templates = {}
    for channel in graph.channels:
        total = np.zeros(channel.bins)
        kept: list[Json] = []
        for sample in frozen[channel.name]["samples"]:
            if sample["name"] in signal.get(channel.name, ()):
                kept.append({**sample, "data": {"contents": sample["data"]["contents"]}})
            else:
                total += np.array(sample["data"]["contents"], dtype=np.float64)
        out[channel.name] = (total, kept)
    return out


# --- the document -----------------------------------------------------------------------------


def _document(
    full: Workspace,
    graph: Graph,
    pois: Mapping[str, float],
    names: Sequence[str],
    templates: Templates,
    shifts: Shifts,
    values_at: Mapping[str, float],
) -> Json:
    old = full.to_json()
    entries = {d["name"]: d for d in old["distributions"]}
    data = {d["name"]: d for d in old["data"]}
    channels, used = [], []
    for channel in graph.channels:
        if channel.name not in names:
            continue
        counts, signal = templates[channel.name]
        modifiers = shifts.modifiers[channel.name]
        background = {"name": "background", "data": {"contents": counts.tolist()}}
        samples = [*signal, {**background, "modifiers": modifiers}]
        axes = entries[channel.name]["axes"]
        channels.append(
            {"name": channel.name, "type": "histfactory_dist", "axes": axes, "samples": samples}
        )
        used.append(channel.data)
    functions, leaves = _functions(full, channels)
    parameters = {p.name: p for p in graph.parameters}
    axes = [_axis(p, parameters[p].min, parameters[p].max) for p in pois]
    values = [{"name": p, "value": parameters[p].value} for p in pois]
    others = sorted(n for n in leaves if n not in pois and n in values_at)
    values += [{"name": n, "value": values_at[n], "const": True} for n in others]
    likelihood = {"name": graph.name, "distributions": [c["name"] for c in channels], "data": used}
    if shifts.distributions:
        likelihood["aux_distributions"] = [d["name"] for d in shifts.distributions]
    return {
        "metadata": {
            "hs3_version": "0.2.9",
            "packages": [{"name": "hs3-reference", "version": hs3.__version__}],
        },
        "distributions": [*channels, *shifts.distributions],
        **({"functions": functions} if functions else {}),
        "data": [data[name] for name in used if name is not None],
        "likelihoods": [likelihood],
        "domains": [
            {"name": DOMAIN, "type": "product_domain", "axes": [*axes, *shifts.axes]},
        ],
        "parameter_points": [{"name": POINT, "parameters": [*values, *shifts.values]}],
        "analyses": [
            {
                "name": graph.analysis or graph.name,
                "likelihood": graph.name,
                "parameters_of_interest": list(pois),
                "domains": [DOMAIN],
                "init": POINT,
            }
        ],
    }


def _functions(full: Workspace, channels: Sequence[Json]) -> tuple[list[Json], set[str]]:
    """The functions that steer the signal, and what they depend on."""
    from hs3.edit.occurrences import of_entry

    table = full.tables["functions"]
    todo = [
        m["parameter"]
        for c in channels
        for s in c["samples"]
        for m in s.get("modifiers") or ()
        if m.get("parameter") in table
    ]
    found: dict[str, Json] = {}
    leaves: set[str] = set()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        index, entry = table[name]
        found[name] = entry.to_json()
        inside = [o.name for o in of_entry(full, entry, ("functions", index))]
        todo += [n for n in inside if n in table]
        leaves.update(n for n in inside if n not in table)
    return list(found.values()), leaves


def _axis(name: str, low: float, high: float) -> Json:
    bounds = {"min": low, "max": high}
    return {"name": name, **{k: v for k, v in bounds.items() if np.isfinite(v)}}


def _told(
    graph: Graph,
    signal: Mapping[str, set[str]],
    names: Sequence[str],
    shifts: Shifts,
    control: bool,
    when: When,
    bins: int,
) -> list[Finding]:
    kept = [
        (len(sample.modifiers), channel.name)
        for channel in graph.channels
        for sample in channel.samples
        if channel.name in names and sample.name in signal.get(channel.name, ())
    ]
    message = (
        f"the background of {bins} bins is Gaussian and linear in {shifts.count} shifts, whatever "
        "the shape of its likelihood was"
    )
    out = [Finding("simplify.approximated", "", message, bins)]
    if sum(count - 1 for count, _ in kept):
        message = f"the uncertainties of {len(kept)} signal templates are left out"
        out.append(Finding("simplify.signal", "", message, len(kept)))
    if not control and when == "postfit":
        message = "the covariance comes from a fit to the same data, which count twice"
        out.append(Finding("simplify.data_twice", "", message))
    return out + shifts.findings
