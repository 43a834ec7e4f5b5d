"""The numbers of a model that an archive keeps, computed."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from hs3.errors import HS3Error

if TYPE_CHECKING:
    from hs3.engine import Model
    from hs3.workspace import Workspace


def reference(ws: Workspace, *, fit: bool = True) -> dict[str, Any]:
    """Numbers of each analysis, or of each likelihood where there is no analysis.

    ``{"analyses": {name: {"points": {point: twice_nll}, "fit": {…}}}, "likelihoods": …}``. What
    cannot be evaluated has an ``error`` instead.
    """
    kind = "analyses" if ws.analyses else "likelihoods"
    entries = ws.analyses or ws.likelihoods or ()
    key = {"analyses": "analysis", "likelihoods": "likelihood"}[kind]
    return {kind: {entry.name: _numbers(ws, {key: entry.name}, fit) for entry in entries}}


def _numbers(ws: Workspace, choice: dict[str, str], fit: bool) -> dict[str, Any]:
    import hs3

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", hs3.HS3Warning)  # findings are kept by themselves
            model = hs3.compile(
                ws, analysis=choice.get("analysis"), likelihood=choice.get("likelihood")
            )
        start = model.twice_nll()
        if not math.isfinite(start):
            return {"error": "the likelihood vanishes at the start"}
        out: dict[str, Any] = {"start": start, "points": _points(ws, model)}
        if fit:
            out["fit"] = _fit(model)
    except HS3Error as error:
        return {"error": str(error)}
    return out


def _points(ws: Workspace, model: Model) -> dict[str, float | None]:
    """Twice the negative logarithm of the likelihood at each parameter point of the document."""
    out: dict[str, float | None] = {}
    for point in ws.parameter_points or ():
        values = {p.name: float(p.value) for p in point.parameters or () if p.value is not None}
        known = {name: value for name, value in values.items() if name in model.names}
        if known:
            value = model.twice_nll(known)
            out[point.name] = value if math.isfinite(value) else None
    return out


def _fit(model: Model) -> dict[str, Any]:
    from hs3 import engine

    result = engine.fit(model)
    return {
        "converged": result.converged,
        "twice_nll": result.twice_nll,
        "values": result.values,
        "errors": {k: v if math.isfinite(v) else None for k, v in result.errors.items()},
    }
