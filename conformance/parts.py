"""The engine's likelihood in parts: the data of each channel, and each constraint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hs3.engine import Model, compile
from hs3.graph import Graph

Point = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class OurParts:
    """Twice the negative log-likelihood of parts of a graph, at points.

    Attributes:
        graph: the likelihood.
        points: parameter values; those left out are the document's.
    """

    graph: Graph
    points: Sequence[Point]

    @cached_property
    def channels(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Of the data of each distribution."""
        out = {}
        for channel in self.graph.channels:
            out[channel.name] = self._values(channels=(channel,), terms=(), constraints=())
        for term in self.graph.terms:
            name = term.distribution.name
            values = self._values(channels=(), terms=(term,), constraints=())
            out[name] = out[name] + values if name in out else values
        return out

    @cached_property
    def constraints(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Of each constrained parameter, with all others at the document's values."""
        if not self.graph.constraints:
            return {}
        model = self._part(channels=(), terms=(), constraints=self.graph.constraints)
        zero = model.twice_nll()
        names = dict.fromkeys(c.parameter for c in self.graph.constraints)
        return {
            name: np.array([model.twice_nll({name: p[name]}) - zero for p in self.points])
            for name in names
            if name in model.names and name in self.points[0]
        }

    def _part(self, **parts: object) -> Model:
        return compile(replace(self.graph, **parts))  # type: ignore[arg-type]

    def _values(self, **parts: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        model = self._part(**parts)
        return np.array([model.twice_nll(point) for point in self.points])
