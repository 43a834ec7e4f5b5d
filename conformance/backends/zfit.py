"""zfit, on the loss and the pdfs that the document is converted to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import zfit

from hs3.adapters.zfit import to_zfit
from hs3.adapters.zfit.shapes import Scope, shape
from hs3.adapters.zfit.values import Values
from hs3.resolve import resolve
from hs3.workspace import Workspace

from ..hs3suite_backend import points_of
from .likelihood import CannotDo, Likelihood, LikelihoodBackend, Parts, Point, refusals


class ZfitLikelihood(Likelihood):
    """A loss of zfit."""

    def __init__(self, workspace: Workspace) -> None:
        self.loss = to_zfit(workspace)
        found = self.loss.get_params(floating=None, is_yield=None)
        self.found = {p.name: p for p in found if p.independent}
        self.names = _names(workspace)
        self.start = {name: float(p.value()) for name, p in self.found.items()}

    @property
    def parameters(self) -> Sequence[str]:
        """Names of the parameters."""
        return tuple(self.found)

    def _set(self, point: Point) -> None:
        _set(self.found, {**self.start, **point})

    def twice_nll(self, point: Point) -> float:
        """Twice the full value of the loss."""
        self._set(point)
        return 2.0 * float(self.loss.value(full=True))

    def parts(self, point: Point) -> Parts:
        """The losses of each model alone, and each constraint."""
        total = self.twice_nll(point)
        if not hasattr(self.loss, "constraints"):
            return Parts(total)
        kind = type(self.loss)
        channels = {
            name: 2.0 * float(kind([model], [data]).value(full=True))
            for name, model, data in zip(self.names, self.loss.model, self.loss.data, strict=True)
        }
        constraints: dict[str, float] = {}
        for constraint in self.loss.constraints:
            name = ", ".join(sorted(p.name for p in constraint.get_params(floating=None)))
            constraints[name] = constraints.get(name, 0.0) + 2.0 * float(constraint.value())
        return Parts(total, channels, constraints)

    def fit(self, start: Point, fixed: Sequence[str]) -> dict[str, Any]:
        """MINUIT and HESSE."""
        self._set(start)
        for name in fixed:
            self.found[name].floating = False
        free = [p for p in self.loss.get_params() if p.name not in fixed]
        minimizer = zfit.minimize.Minuit(tol=1e-6, gradient="zfit", mode=2)
        found = minimizer.minimize(self.loss, params=free)
        if not found.converged:
            raise RuntimeError(f"the fit did not converge: {found.message}")
        found.hesse(method="hesse_np")
        parameters = {
            p.name: {"value": float(p.value()), "error": float(found.params[p]["hesse"]["error"])}
            for p in free
        }
        return {"parameters": parameters, "twice_nll": 2.0 * float(self.loss.value(full=True))}


def _names(workspace: Workspace) -> list[str]:
    """The distributions of the likelihood, in the order of the loss."""
    return [t.distribution.name for t in resolve(workspace).terms if t.data is not None]


def _set(parameters: Mapping[str, Any], point: Point) -> None:
    """Set values; limits hold for fits and would move them without a word."""
    for name, value in point.items():
        if name in parameters:
            parameter = parameters[name]
            parameter.lower, parameter.upper = None, None
            parameter.set_value(float(value))


class Backend(LikelihoodBackend):
    """zfit with TensorFlow."""

    name = "zfit"
    version = zfit.__version__

    def likelihood(self, workspace: Workspace) -> ZfitLikelihood:
        """The loss of the document's likelihood."""
        return ZfitLikelihood(workspace)

    def run_pdf_scan(self, workspace: Workspace, check: Any, path: str) -> list[float]:
        """The density of a zfit pdf, normalised over the observables."""
        target, reference = check["target"], dict(check["reference_point"])
        pdf, parameters = self._pdf(workspace, target)
        out: list[float] = []
        points = [{**reference, **point} for point in points_of(check)]
        # zfit takes many events at once, and one value of each parameter
        for _, group in groupby(points, lambda at: [at.get(name) for name in parameters]):
            same = list(group)
            _set(parameters, same[0])
            place = np.array([[at[name] for name in pdf.obs] for at in same])
            out += map(float, np.asarray(pdf.pdf(zfit.Data(place, obs=pdf.space))))
        return out

    def run_sampling(self, workspace: Workspace, check: Any, path: str) -> list[list[float]]:
        """Events of ``pdf.sample``."""
        target = check["target"]
        if "pdf" not in target:
            raise CannotDo("toys of channels")
        pdf, parameters = self._pdf(workspace, target)
        _set(parameters, check["reference_point"])
        zfit.settings.set_seed(int(check.get("seed", 1)))
        events = pdf.sample(int(check["size"]))
        rows: list[list[float]] = np.column_stack(
            [np.asarray(events[name]) for name in target["observables"]]
        ).tolist()
        return rows

    def _pdf(self, workspace: Workspace, target: Any) -> tuple[Any, Mapping[str, Any]]:
        with refusals():
            graph = resolve(workspace, pdf=target["pdf"], observables=target["observables"])
            if not graph.terms:
                raise CannotDo("HistFactory channels have no equal in zfit")
            (term,) = graph.terms
            values = Values(graph)
            pdf = shape(term.distribution, Scope(values, term.observables, {}, term.path))
            if set(pdf.obs) != set(term.observables):
                raise CannotDo(f"{target['pdf']!r} depends on {', '.join(pdf.obs)} alone")
            return pdf, values.parameters
