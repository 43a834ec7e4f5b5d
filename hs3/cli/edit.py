"""`hs3 rename`, `select`, `constrain`, `upgrade`: one workspace out of another."""

from __future__ import annotations

from typing import Annotated

import typer

from hs3.cli.options import Analysis, Json, Likelihood, Target
from hs3.cli.source import Document
from hs3.cli.terminal import progress, written
from hs3.cli.values import measurements
from hs3.errors import HS3Error


def rename(
    source: Document,
    names: Annotated[
        list[str],
        typer.Argument(metavar="OLD=NEW", help="Names; * stands for any text.", min=1),
    ],
    output: Target,
    section: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only in: values, data, likelihoods, domains, …"),
    ] = None,
    json: Json = False,
) -> int:
    """Give things other names, everywhere they occur."""
    import hs3

    new = dict(_pair(text) for text in names)
    workspace, report = source.read()
    if section:
        renamed, findings = hs3.rename(workspace, new, sections=section)
    else:
        renamed, findings = hs3.rename(workspace, new)
    hs3.save(renamed, output)
    written(report + findings, output, json)
    return 0


def select(
    source: Document,
    output: Target,
    channel: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Keep this channel; give it once for each."),
    ] = None,
    analysis: Analysis = None,
    likelihood: Likelihood = None,
    json: Json = False,
) -> int:
    """Keep what an analysis, or some of its channels, need, and nothing else."""
    import hs3

    workspace, report = source.read()
    made, findings = hs3.select(
        workspace, channels=channel or (), analysis=analysis, likelihood=likelihood
    )
    hs3.save(made, output)
    written(report + findings, output, json)
    return 0


def constrain(
    source: Document,
    measured: Annotated[
        list[str],
        typer.Argument(
            metavar="FUNCTION=VALUE±ERROR",
            help="Of a parameter, a function, or an expression as 'mu_1 - mu_2'; a comma may stand "
            "for ±.",
        ),
    ],
    output: Target,
    analysis: Analysis = None,
    likelihood: Likelihood = None,
    json: Json = False,
) -> int:
    """Add measurements of functions of the parameters to a likelihood, as Gaussian factors."""
    import hs3

    workspace, report = source.read()
    for function, (value, error) in measurements(measured).items():
        workspace = hs3.constrain(
            workspace, function, value, error, analysis=analysis, likelihood=likelihood
        )
    hs3.save(workspace, output)
    written(report, output, json)
    return 0


def upgrade(
    source: Document,
    output: Target,
    changes: Annotated[bool, typer.Option("--changes", help="Print every change.")] = False,
    json: Json = False,
) -> int:
    """Write a document of another version or dialect in the words of the current standard.

    The likelihoods stay what they are: what a convention of the writer decided is written out.
    """
    import hs3
    from hs3.cli.compare import differences

    workspace, report = source.read()
    with progress("upgrading"):
        made, findings = hs3.upgrade(workspace)
    hs3.save(made, output)
    found = hs3.diff(workspace, made) if changes else ()
    told = {"changes": [d.to_dict() for d in found]} if changes else {}
    if found and not json:
        differences(found, "Changes", "before", "after")
    written(report + findings, output, json, told)
    return 0


def _pair(text: str) -> tuple[str, str]:
    """``OLD=NEW``; the first equals sign separates."""
    old, sign, new = text.partition("=")
    if not sign or not old or not new:
        raise HS3Error(f"{text!r} is not OLD=NEW", code="command.usage", value=text)
    return old, new
