"""How far a simplified likelihood goes: profiles and limits beside those of the full model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hs3.errors import FitError
from hs3.workspace import Workspace

if TYPE_CHECKING:
    from hs3.engine.inference import Limit
    from hs3.engine.model import Model


@dataclass(frozen=True)
class Comparison:
    """Full and simplified likelihood.

    Attributes:
        poi: the parameter of interest.
        points: its values.
        full, simplified: -2 Δ ln L at the points, each above its own minimum.
        best: best-fit value and error of both.
        limits: observed and expected upper limit of both; None where there is none.
    """

    poi: str
    points: tuple[float, ...]
    full: tuple[float, ...]
    simplified: tuple[float, ...]
    best: tuple[tuple[float, float], tuple[float, float]]
    limits: tuple[tuple[float, float], tuple[float, float]] | None

    @property
    def largest(self) -> float:
        """Largest difference of -2 Δ ln L at the points."""
        return max(abs(a - b) for a, b in zip(self.full, self.simplified, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        out: dict[str, Any] = {
            "poi": self.poi,
            "points": list(self.points),
            "full": list(self.full),
            "simplified": list(self.simplified),
            "largest_difference": self.largest,
            "best": [{"value": v, "error": e} for v, e in self.best],
        }
        if self.limits is not None:
            out["limits"] = [{"observed": o, "expected": e} for o, e in self.limits]
        return out


def compare(
    full: Workspace,
    simplified: Workspace,
    *,
    poi: str | None = None,
    points: Sequence[float] | None = None,
    analysis: str | None = None,
) -> Comparison:
    """Scan the parameter of interest in both, and set limits with both.

    Args:
        full: the document that was simplified.
        simplified: what became of it.
        poi: the parameter of interest; the only one by default.
        points: where to compare; by default 9 points within 2 errors of the full model's best fit.
        analysis: of the full document.

    Raises:
        FitError: a fit does not converge, or there are several parameters of interest.
    """
    from hs3 import engine
    from hs3.engine.profile import converged
    from hs3.engine.scans import scan
    from hs3.resolve import resolve

    models = (
        engine.compile(resolve(full, analysis=analysis)),
        engine.compile(resolve(simplified)),
    )
    fits = [converged(engine.fit(model)) for model in models]
    name = _poi(models[0], poi)
    if points is None:
        own, bounds = fits[0].parameters[name], models[0].graph.parameter(name)
        asked = [own.value + own.error * (i - 4) / 2.0 for i in range(9)]
        points = [p for p in asked if bounds.min <= p <= bounds.max]
    curves = [
        tuple(scan(m, name, list(points), best=f).twice_delta_nll.ravel().tolist())
        for m, f in zip(models, fits, strict=True)
    ]
    best = [(f.parameters[name].value, f.parameters[name].error) for f in fits]
    return Comparison(
        poi=name,
        points=tuple(float(p) for p in points),
        full=curves[0],
        simplified=curves[1],
        best=(best[0], best[1]),
        limits=_limits(models, name),
    )


def _poi(model: Model, name: str | None) -> str:
    if name is None and len(model.pois) != 1:
        message = f"name a parameter of interest: {', '.join(model.pois)}"
        raise FitError(message, code="fit.invalid", suggestions=model.pois)
    return name or model.pois[0]


def _limits(
    models: Sequence[Model], name: str
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    from hs3.engine import inference

    found = []
    for model in models:
        try:
            limit: Limit = inference.upper_limit(model, poi=name)
        except FitError:  # for instance beyond the bounds of the parameter
            return None
        found.append((limit.observed, limit.expected[2]))
    return found[0], found[1]
