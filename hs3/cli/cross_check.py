"""`hs3 conform check`: the user's own model in other frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hs3.cli.options import Json
from hs3.cli.source import Chosen
from hs3.cli.terminal import progress, say, say_json

if TYPE_CHECKING:
    from hs3.conformance.cross_check import Comparison, CrossCheck


def check(
    source: Chosen,
    against: Annotated[
        str,
        typer.Option(
            metavar="NAME[,NAME…]",
            help="root, pyhf, zfit, pyhs3, nextstat, module:Class, file.py:Class, or "
            "'cmd: ./program' (alone).",
        ),
    ],
    points: Annotated[int, typer.Option(min=0, help="Number of random points.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the random points.")] = 1,
    tolerance: Annotated[
        float, typer.Option(help="Difference of -2 ln L that is put down to rounding.")
    ] = 1e-6,
    fit: Annotated[bool, typer.Option("--fit", help="Let the frameworks fit, too.")] = False,
    python: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Interpreter in which backends in Python run."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for each framework.")] = 600.0,
    json: Json = False,
) -> int:
    """Compare a model with what other frameworks make of it, and tell where they part.

    The change of -2 ln L from the best fit is compared at the start, at random points within two
    errors, and with each parameter alone one and two errors up and down. Exit status 0 when a
    framework could be compared and none parts or fails; else 1.
    """
    from hs3.conformance.cross_check import cross_check

    model, _ = source.model()
    names = [against] if against.startswith("cmd:") else against.split(",")
    with progress(f"comparing with {', '.join(names)}"):
        found = cross_check(
            model,
            [name.strip() for name in names],
            points=points,
            seed=seed,
            tolerance=tolerance,
            fits=fit,
            python=python,
            timeout=timeout,
        )
    if json:
        say_json(_plain(found))
    else:
        _show(found)
    return 0 if found.ok else 1


def _plain(found: CrossCheck) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "converged": found.fit.converged,
        "points": [
            {"label": p.label, "values": dict(p.values), "twice_delta_nll": value}
            for p, value in zip(found.points, found.twice_delta_nll, strict=True)
        ],
        "comparisons": [vars(c) | {"worst": c.worst} for c in found.comparisons],
    }


_WORDS = {"agrees": "green", "differs": "red", "cannot": "yellow", "fails": "red"}
_LISTED = 5


def _show(found: CrossCheck) -> None:
    """A paragraph per framework."""
    if not found.fit.converged:
        say(f"the fit did not converge ({found.fit.message}); its end is taken as the best fit")
    say(f"-2 ln L at {len(found.points)} points around the best fit:")
    for comparison in found.comparisons:
        name = f"{comparison.backend} {comparison.version}".strip()
        say(f"  {name}: {_verdict(comparison)}", style=_WORDS[comparison.status])
        for where, values in (
            ("data of", comparison.channels),
            ("constraint of", comparison.constraints),
            ("moving", comparison.parameters),
        ):
            if values:
                say(f"    {where} {_listed(values)}")
        if comparison.fit:
            worst = max(comparison.fit, key=lambda n: abs(comparison.fit[n]))
            say(f"    its fit: within {abs(comparison.fit[worst]):.1g} errors (worst: {worst})")


def _verdict(comparison: Comparison) -> str:
    if comparison.status == "agrees":
        more = f"; {comparison.message}" if comparison.message else ""
        return f"agrees within {comparison.worst:.1g}{more}"
    verb = {"differs": "differs", "cannot": "cannot express it", "fails": "fails"}
    return f"{verb[comparison.status]}: {comparison.message}"


def _listed(values: Mapping[str, float]) -> str:
    shown = ", ".join(f"{name} ({value:+.3g})" for name, value in list(values.items())[:_LISTED])
    more = len(values) - _LISTED
    return shown + (f" and {more} more" if more > 0 else "")
