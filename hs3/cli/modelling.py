"""From the options of a command to a compiled model and its fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from hs3.cli.options import held
from hs3.cli.terminal import progress

if TYPE_CHECKING:
    from hs3.engine import FitResult, Model
    from hs3.findings import Report

Fix = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME[=VALUE]", help="Hold a parameter constant (repeatable)."),
]
Free = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Let a constant parameter float (repeatable)."),
]
Poi = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Parameter of interest; the document's only one without."),
]
Group = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=PATTERN[,PATTERN…]", help="Parameters to take together (repeatable)."
    ),
]
Plot = Annotated[
    str | None, typer.Option(metavar="FILE", help="Also draw it (needs hs3-reference[plot]).")
]


class Choice(TypedDict):
    """Which part of a document to take."""

    analysis: str | None
    likelihood: str | None
    pdf: str | None
    data: str | None


@dataclass(frozen=True)
class Fitted:
    """A model, its fit, and what was found on the way."""

    model: Model
    fit: FitResult
    report: Report

    def findings(self) -> dict[str, Any]:
        """The findings as JSON data."""
        return {"findings": self.report.to_dict()["findings"]}


def fitted(
    file: str,
    choice: Choice,
    reading: dict[str, Any],
    fix: Sequence[str] | None,
    free: Sequence[str] | None,
) -> Fitted:
    """Read, compile and fit.

    Args:
        choice: of analysis, likelihood, pdf and data.
        reading: options for reading, where given.

    Raises:
        FitError: the fit did not converge.
        HS3Error: the file cannot be read or compiled.
    """
    import hs3
    from hs3.resolve import resolve

    with progress(f"reading {file}"):
        given = {key: value for key, value in reading.items() if value is not None}
        workspace, report = hs3.read(file, **given)
        graph = resolve(workspace, **choice)
    with progress("fitting (a model of a new shape is compiled first)"):
        from hs3 import engine
        from hs3.engine.profile import converged

        model = engine.compile(graph)
        result = converged(engine.fit(model, fixed=held(model, fix or ()), free=free or ()))
    return Fitted(model, result, report + graph.report)


def groups_of(given: Sequence[str] | None) -> dict[str, list[str]]:
    """``NAME=PATTERN,PATTERN`` options."""
    out: dict[str, list[str]] = {}
    for option in given or ():
        name, equals, patterns = option.partition("=")
        if not equals or not name or not patterns:
            raise typer.BadParameter(f"{option!r} is not NAME=PATTERN")
        out.setdefault(name, []).extend(patterns.split(","))
    return out


def numbers(text: str) -> list[float]:
    """``LOW:HIGH:COUNT``, or values separated by commas."""
    try:
        if ":" not in text:
            return [float(value) for value in text.split(",")]
        low, high, count = text.split(":")
        steps = int(count)
        if not 2 <= steps <= 100_000:
            raise ValueError
        width = (float(high) - float(low)) / (steps - 1)
        return [float(low) + i * width for i in range(steps)]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not LOW:HIGH:COUNT, or numbers and commas") from None
