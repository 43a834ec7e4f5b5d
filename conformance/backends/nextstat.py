"""NextStat, on the document converted to pyhf's format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nextstat

from hs3.errors import ConversionError
from hs3.workspace import Workspace

from .exported import Exported
from .likelihood import CannotDo, Likelihood, LikelihoodBackend, Parts, Point

CODES = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
"""The interpolation of NextStat, which cannot be chosen."""


class NextStatLikelihood(Likelihood):
    """A HistFactory model of NextStat with its data."""

    def __init__(self, workspace: Workspace) -> None:
        self.exported = Exported.of(workspace)
        for kind, settings in self.exported.settings.items():
            if settings != CODES[kind]:
                raise ConversionError(
                    f"NextStat interpolates every {kind} with {CODES[kind]['interpcode']}, "
                    f"and the document means {settings['interpcode']}"
                )
        self.model = nextstat.from_pyhf(json.dumps(self.exported.spec))
        self.order: list[str] = list(self.model.parameter_names())
        places = {name: i for i, name in enumerate(self.order)}
        self.places = {
            name: places[other] for name, other in self.exported.names.items() if other in places
        }

    @property
    def parameters(self) -> Sequence[str]:
        """Names of the parameters."""
        return tuple(self.places)

    def _theta(self, point: Point) -> list[float]:
        theta = [float(value) for value in self.model.suggested_init()]
        for name, value in point.items():
            if name in self.places:
                theta[self.places[name]] = float(value)
        return theta

    def twice_nll(self, point: Point) -> float:
        """Twice NextStat's ``nll``."""
        return 2.0 * float(self.model.nll(self._theta(point)))

    def parts(self, point: Point) -> Parts:
        """The total alone: NextStat does not tell its terms."""
        return Parts(self.twice_nll(point))

    def counts(self, channel: str, point: Point) -> list[float]:
        """Expected counts of a channel."""
        name = self.exported.channels[channel]
        rows = self.model.expected_main_by_channel_sample(self._theta(point))
        return [float(v) for row in rows if row["channel_name"] == name for v in row["total"]]

    def fit(self, start: Point, fixed: Sequence[str]) -> dict[str, Any]:
        """NextStat's own minimiser."""
        if fixed:
            raise CannotDo("fits with fixed parameters")
        found = nextstat.fit(self.model, init_pars=self._theta(start))
        if not found.converged:
            raise RuntimeError(f"the fit did not converge: {found.termination_reason}")
        best, errors = list(found.bestfit), list(found.uncertainties)
        parameters = {
            name: {"value": float(best[i]), "error": float(errors[i])}
            for name, i in self.places.items()
        }
        return {"parameters": parameters, "twice_nll": float(found.twice_nll)}


class Backend(LikelihoodBackend):
    """NextStat in its deterministic mode."""

    name = "nextstat"
    version = nextstat.__version__

    def __init__(self) -> None:
        nextstat.set_eval_mode("parity")

    def likelihood(self, workspace: Workspace) -> NextStatLikelihood:
        """The model of the document's first measurement."""
        return NextStatLikelihood(workspace)
