"""`hs3 show`: what is in a document, and how it is understood."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hs3.cli.options import Json
from hs3.cli.rounding import number
from hs3.cli.source import Chosen
from hs3.cli.terminal import console, print_findings, progress, row, say, say_json, table


def show(
    source: Chosen,
    json: Json = False,
) -> int:
    """Show what a document holds: sections, channels and samples, parameters, what was assumed.

    What can be shown is shown, whatever is wrong with the rest. Exit status 1 when an analysis,
    likelihood or distribution was asked for by name and is not complete.
    """
    from hs3.cli.contents import contents
    from hs3.resolve import attempt

    workspace, report = source.read()
    with progress(f"resolving {source.file}"):
        graph, findings = attempt(workspace, **source.choice)
    report += findings
    told = contents(workspace, graph, report)
    if json:
        say_json(told)
    else:
        _document(source.file, told)
        if graph is not None:
            _likelihood(told)
        print_findings(report)
    asked = source.choice["analysis"] or source.choice["likelihood"] or source.choice["pdf"]
    return 1 if graph is None and asked else 0


# --- the document ---------------------------------------------------------------------------------


def _document(file: str, told: dict[str, Any]) -> None:
    say(f"{file}: HS3 {told['hs3_version'] or '(no version)'}", style="bold")
    packages = [f"{p['name']} {p.get('version') or ''}".strip() for p in told["packages"]]
    if packages:
        say(f"written by {', '.join(packages)}")
    say(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told["sections"].items()))
    kinds = Counter(f"{entry['type']}" for entry in told["distributions"] + told["functions"])
    say(", ".join(f"{count} × {kind}" for kind, count in kinds.items()))
    if told["analyses"]:
        out = table("Analyses", "analysis", "likelihood", "parameters of interest")
        for a in told["analyses"]:
            row(out, a["name"], a["likelihood"], ", ".join(a["parameters_of_interest"]))
        console().print(out)
    if told["likelihoods"]:
        out = table("Likelihoods", "likelihood", "distributions and data", "auxiliary")
        for entry in told["likelihoods"]:
            pairs = zip(entry["distributions"], entry["data"], strict=False)
            said = ", ".join(f"{distribution} ← {data}" for distribution, data in pairs)
            row(out, entry["name"], said, len(entry["aux_distributions"]) or "")
        console().print(out)


# --- the likelihood that was chosen ---------------------------------------------------------------


def _likelihood(told: dict[str, Any]) -> None:
    if told["channels"]:
        _channels(told["channels"])
    if told["terms"]:
        out = table("Other terms", "distribution", "type", "data", "observables")
        for term in told["terms"]:
            ranges = [f"{name} {_range(*r)}" for name, r in term["observables"].items()]
            row(out, term["name"], term["type"], term["data"] or "", ", ".join(ranges))
        console().print(out)
    out = table(
        "Parameters", "parameter", "value", "range", "constraint", "remark", right=("value",)
    )
    for p in told["parameters"]:
        constraint = "; ".join(_constraint(c) for c in p["constraints"])
        remarks = [text for key, text in _REMARKS.items() if p[key]]
        range_ = _range(p["min"], p["max"])
        row(out, p["name"], number(p["value"]), range_, constraint, ", ".join(remarks))
    console().print(out)


_REMARKS = {"interest": "parameter of interest", "const": "constant"}


def _channels(channels: list[dict[str, Any]]) -> None:
    out = table(
        "Channels (counts summed over the bins)",
        *("channel", "bins", "sample", "nominal", "modifiers"),
        right=("bins", "nominal"),
    )
    for channel in channels:
        label, bins = channel["name"], channel["bins"]
        for sample in channel["samples"]:
            kinds = Counter(modifier["type"] for modifier in sample["modifiers"])
            said = ", ".join(k if n == 1 else f"{n} {k}" for k, n in kinds.items())
            row(out, label, bins, sample["name"], number(sample["nominal"]), said)
            label = bins = ""
        row(out, "", "", "all samples", number(channel["nominal"]), "", style="bold")
        observed = channel["observed"]
        if observed is not None:
            row(out, "", "", f"observed ({channel['data']})", number(observed), "", style="bold")
        out.add_section()
    console().print(out)


def _constraint(constraint: dict[str, Any]) -> str:
    observed, scale = (_said(constraint[key]) for key in ("observed", "scale"))
    match constraint["kind"]:
        case "gauss":
            return f"Gauss {observed} ± {scale}"
        case "lognormal":
            return f"log-normal {observed}, width {scale}"
        case kind:
            return f"{kind} {observed} of {scale}"


def _range(low: float | None, high: float | None) -> str:
    return f"[{'-∞' if low is None else number(low)}, {'∞' if high is None else number(high)}]"


def _said(value: float | str) -> str:
    return value if isinstance(value, str) else number(value)
