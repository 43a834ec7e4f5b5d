"""pyhf, on the document converted to its format."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyhf

from hs3.workspace import Workspace

from .exported import Exported
from .likelihood import CannotDo, Likelihood, LikelihoodBackend, Parts, Point

logging.getLogger("pyhf").setLevel(logging.ERROR)


class PyhfLikelihood(Likelihood):
    """A pyhf model with its data.

    Parameters that pyhf does not have (nothing depends on them there) are left aside.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.exported = Exported.of(workspace)
        spec = pyhf.Workspace(self.exported.spec)
        measurement = self.exported.spec["measurements"][0]
        poi = measurement["config"]["poi"] or None
        self.model = spec.model(
            measurement_name=measurement["name"],
            poi_name=poi,
            modifier_settings=self.exported.settings,
        )
        self.data = np.asarray(spec.data(self.model))
        places = {name: i for i, name in enumerate(self.model.config.par_names)}
        self.places = {
            name: places[other] for name, other in self.exported.names.items() if other in places
        }

        config = self.model.config
        self.constrained = [
            config.param_set(name).constrained
            for name in config.par_order
            for _ in range(config.param_set(name).n_parameters)
        ]

    @property
    def parameters(self) -> Sequence[str]:
        """Names of the parameters."""
        return tuple(self.places)

    def _theta(self, point: Point) -> Any:
        theta = np.array(self.model.config.suggested_init(), dtype=float)
        for name, value in point.items():
            if name in self.places:
                theta[self.places[name]] = value
        return theta

    def twice_nll(self, point: Point) -> float:
        """``-2 logpdf``."""
        with np.errstate(all="ignore"):
            return float(-2.0 * self.model.logpdf(self._theta(point), self.data)[0])

    def parts(self, point: Point) -> Parts:
        """Poisson terms by channel, constraints by moving one parameter at a time."""
        theta, config = self._theta(point), self.model.config
        main, auxiliary = self.data[: config.nmaindata], self.data[config.nmaindata :]
        with np.errstate(all="ignore"):
            rates = np.asarray(self.model.expected_actualdata(theta))
            log = np.asarray(pyhf.tensorlib.poisson_logpdf(main, rates))
        channels = {
            name: float(-2.0 * log[config.channel_slices[other]].sum())
            for name, other in self.exported.channels.items()
        }
        return Parts(self.twice_nll(point), channels, self._constraints(theta, auxiliary))

    def _constraints(self, theta: Any, auxiliary: Any) -> dict[str, float]:
        start = np.array(self.model.config.suggested_init(), dtype=float)
        if not auxiliary.size:
            return {}

        def at(values: Any) -> float:
            with np.errstate(all="ignore"):
                return float(-2.0 * self.model.constraint_logpdf(auxiliary, values))

        zero, out = at(start), {}
        for name, place in self.places.items():
            if self.constrained[place]:
                moved = start.copy()
                moved[place] = theta[place]
                out[name] = at(moved) - zero
        return out

    def counts(self, channel: str, point: Point) -> list[float]:
        """Expected counts of a channel."""
        rates = np.asarray(self.model.expected_actualdata(self._theta(point)))
        name = self.exported.channels[channel]
        counts: list[float] = rates[self.model.config.channel_slices[name]].tolist()
        return counts

    def fit(self, start: Point, fixed: Sequence[str]) -> dict[str, Any]:
        """MINUIT with pyhf's bounds."""
        pyhf.set_backend("numpy", pyhf.optimize.minuit_optimizer(tolerance=1e-3, strategy=2))
        held = list(self.model.config.suggested_fixed())
        for name in fixed:
            held[self.places[name]] = True
        found, twice_nll = pyhf.infer.mle.fit(
            self.data,
            self.model,
            init_pars=self._theta(start).tolist(),
            fixed_params=held,
            return_uncertainties=True,
            return_fitted_val=True,
        )
        parameters = {
            name: {"value": float(found[i][0]), "error": float(found[i][1])}
            for name, i in self.places.items()
        }
        return {"parameters": parameters, "twice_nll": float(twice_nll)}


class Backend(LikelihoodBackend):
    """pyhf with NumPy."""

    name = "pyhf"
    version = pyhf.__version__

    def likelihood(self, workspace: Workspace) -> PyhfLikelihood:
        """The model of the document's first measurement."""
        return PyhfLikelihood(workspace)

    def run_upper_limit(self, workspace: Workspace, check: Any, path: str) -> dict[str, Any]:
        """CLs upper limit by pyhf's asymptotic calculator."""
        likelihood = self._of(workspace, check)
        assert isinstance(likelihood, PyhfLikelihood)
        if likelihood.exported.names.get(check["poi"]) != likelihood.model.config.poi_name:
            raise CannotDo(f"{check['poi']!r} is not the model's parameter of interest")
        statistic = {"q~": "qtilde", "q": "q"}[check.get("statistic", "q~")]
        observed, expected = pyhf.infer.intervals.upper_limits.upper_limit(
            likelihood.data,
            likelihood.model,
            level=1.0 - check.get("cl", 0.95),
            test_stat=statistic,
        )
        return {"observed": float(observed), "expected": [float(value) for value in expected]}
