"""What a smaller workspace does to the result: refits before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hs3.workspace import Workspace


@dataclass(frozen=True)
class Effect:
    """A parameter of interest before and after.

    Attributes:
        poi: its name.
        before, after: best-fit value and error.
    """

    poi: str
    before: tuple[float, float]
    after: tuple[float, float]

    @property
    def shift(self) -> float:
        """Change of the value, in errors before."""
        return (self.after[0] - self.before[0]) / self.before[1]

    @property
    def growth(self) -> float:
        """Relative change of the error."""
        return self.after[1] / self.before[1] - 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        named = {"before": self.before, "after": self.after}
        told = {key: {"value": v, "error": e} for key, (v, e) in named.items()}
        return {"poi": self.poi, **told, "shift": self.shift, "growth": self.growth}


def effect(
    before: Workspace, after: Workspace, *, analysis: str | None = None
) -> tuple[Effect, ...]:
    """Fit both, and compare the parameters of interest that float in both.

    Raises:
        FitError: a fit does not converge.
        HS3Error: as `hs3.compile`.
    """
    from hs3 import engine
    from hs3.engine.profile import converged
    from hs3.resolve import resolve

    models = [engine.compile(resolve(ws, analysis=analysis)) for ws in (before, after)]
    fits = [converged(engine.fit(model)) for model in models]
    both = [p for p in models[0].pois if all(p in fit.free for fit in fits)]
    return tuple(
        Effect(poi, *((f.parameters[poi].value, f.parameters[poi].error) for f in fits))
        for poi in both
    )
