"""`constrain`: a measurement of a function of the parameters, as one more factor."""

from __future__ import annotations

from typing import Any

from hs3.dialects.base import Log
from hs3.errors import EditError, ResolveError
from hs3.expressions import ROOT_CONSTANTS, names, parse
from hs3.findings import Finding, nearest
from hs3.resolve import resolve
from hs3.resolve.selection import select as choose
from hs3.workspace import Workspace


def constrain(
    ws: Workspace,
    function: str,
    value: float,
    error: float,
    *,
    name: str | None = None,
    analysis: str | None = None,
    likelihood: str | None = None,
) -> Workspace:
    r"""The document with the factor :math:`N(\mathrm{value} \mid f(\theta), \mathrm{error})`.

    It is an auxiliary measurement as all others: toys draw it, Asimov data have it at what is
    expected, and the document can be saved. To fix a function exactly, see `hs3.fit_with`.

    Args:
        function: name of a parameter or function of the document, or an expression of them, as
            ``mu_1 - mu_2``.
        value: what was measured.
        error: its standard deviation.
        name: of the new distribution; without, ``constraint_`` and a number that is free.
        analysis, likelihood: where to put it, as for `hs3.compile`.

    Raises:
        EditError: the error is not above zero, a name is taken, or one in the expression is
            neither that of a parameter nor of a function.
        ResolveError: there is no such analysis or likelihood.
    """
    if not error > 0.0:
        message = f"the error of a measurement is above zero, not {error:g}"
        raise EditError([Finding("constrain.invalid", "", message, error)])
    log = Log()
    chosen = choose(ws, log, analysis=analysis, likelihood=likelihood)
    errors = [f for f in log.report() if f.severity == "error"]
    if chosen is None or errors:
        raise ResolveError(errors)
    data = ws.to_json()
    taken = _names(data)
    free = (f"constraint_{i}" for i in range(len(taken) + 1))
    name = next(n for n in free if n not in taken) if name is None else name
    if name in taken:
        message = f"there is already something named {name!r}"
        raise EditError([Finding("rename.clash", "", message, name)])
    mean = function
    if function not in taken:
        _check(ws, function, taken, analysis, likelihood)
        mean = f"{name}_function"
        entry = {"name": mean, "type": "generic_function", "expression": function}
        data.setdefault("functions", []).append(entry)
    factor = {"name": name, "type": "gaussian_dist", "x": f"{name}_measured", "mean": mean}
    data.setdefault("distributions", []).append(factor | {"sigma": float(error)})
    place = data["likelihoods"][ws.tables["likelihoods"][chosen.name][0]]
    place["distributions"] = [*place["distributions"], name]
    place["data"] = [*place["data"], float(value)]
    return Workspace.from_json(data)


def _check(
    ws: Workspace, function: str, known: set[str], analysis: str | None, likelihood: str | None
) -> None:
    """Whether all names in an expression are known; those that no part declares are looked up.

    Raises:
        EditError: there is neither a parameter nor a function of a name.
        ExpressionError: a text is neither a name nor an expression.
    """
    used = [name for name in names(parse(function)) if name not in ROOT_CONSTANTS]
    if all(name in known for name in used):
        return
    known = known | {
        p.name for p in resolve(ws, analysis=analysis, likelihood=likelihood).parameters
    }
    for name in used:
        if name not in known:
            hints = nearest(name, sorted(known))
            message = f"the document has no function or parameter {name!r}"
            raise EditError([Finding("constrain.unknown", "", message, name, hints)])


def _names(data: Any) -> set[str]:
    """Every name that is given to something, and of every parameter."""
    found: set[str] = set()
    for section in ("distributions", "functions", "data"):
        found |= {str(entry.get("name")) for entry in data.get(section) or ()}
    for section, key in (("domains", "axes"), ("parameter_points", "parameters")):
        for group in data.get(section) or ():
            found |= {str(entry.get("name")) for entry in group.get(key) or ()}
    return found
