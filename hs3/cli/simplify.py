"""`hs3 simplify`: a likelihood of the bins alone, and how far it goes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Analysis, Json, Poi, Target
from hs3.cli.rounding import number
from hs3.cli.source import Document
from hs3.cli.terminal import (
    console,
    progress,
    row,
    say,
    table,
    written,
)
from hs3.cli.values import assignments

if TYPE_CHECKING:
    from hs3.simplified import Comparison


class When(StrEnum):
    """Where the covariance comes from."""

    postfit = "postfit"
    prefit = "prefit"


class Form(StrEnum):
    """How the shifts of bins are written."""

    multivariate = "multivariate"
    eigenvectors = "eigenvectors"


def simplify(
    source: Document,
    output: Target,
    analysis: Analysis = None,
    when: Annotated[When, typer.Option(help="Covariance after or before the fit.")] = When.postfit,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL", help="Fit these channels alone, and leave them out (repeatable)."
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--form", help="How the shifts are written.")
    ] = Form.multivariate,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Parameter of interest without signal; 0 else."),
    ] = None,
    compare: Annotated[bool, typer.Option(help="Compare with the full likelihood.")] = True,
    poi: Poi = None,
    json: Json = False,
) -> int:
    """Write a simplified likelihood: signal templates on a background of correlated bins.

    Profiles and limits of it are compared with those of the full likelihood, and what was found is
    written into its metadata.
    """
    import hs3
    from hs3 import simplified

    full, report = source.read()
    with progress("fitting the background"):
        made, told = simplified.simplify(
            full,
            analysis=analysis,
            when=when.value,
            control=control or (),
            form=form.value,
            values=assignments(at or ()),
        )
    report += told
    found: dict[str, Any] = {}
    if compare:
        with progress("comparing with the full likelihood"):
            comparison = simplified.compare(full, made, poi=poi, analysis=analysis)
        found = {"comparison": comparison.to_dict()}
        made = _with(made, found)
    hs3.save(made, output)
    if compare and not json:
        _show(comparison)
    written(report, output, json, found)
    return 0


def _with(workspace: Any, found: dict[str, Any]) -> Any:
    """The document with what was found in its metadata."""
    import hs3

    data = workspace.to_json()
    data["metadata"]["simplified_from"] |= found
    return hs3.Workspace.from_json(data)


def _show(c: Comparison) -> None:
    columns = ("full", "simplified")
    out = table(f"-2 Δ ln L at values of {c.poi}", c.poi, *columns, right=(c.poi, *columns))
    for point, a, b in zip(c.points, c.full, c.simplified, strict=True):
        row(out, number(point), f"{a:.4f}", f"{b:.4f}")
    console().print(out)
    (value, error), (other, width) = c.best
    say(f"{c.poi} = {value:.4g} ± {error:.4g}, simplified {other:.4g} ± {width:.4g}")
    if c.limits is not None:
        (a, e), (b, x) = c.limits
        said = f"upper limit {a:.4g} (expected {e:.4g}), simplified {b:.4g} (expected {x:.4g})"
        say(f"{said}: {100 * (b / a - 1):+.1f} %")
