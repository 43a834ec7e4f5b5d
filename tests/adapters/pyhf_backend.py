"""The real pyhf as a reference: models, points to compare at, and their numbers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from pyhf_models import CODES

Point = dict[str, float]


@contextmanager
def quiet() -> Iterator[None]:
    """Without pyhf's log, and without numpy's warnings about rates below zero."""
    logging.disable(logging.CRITICAL)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        logging.disable(logging.NOTSET)


@dataclass(frozen=True)
class Reference:
    """One measurement as a pyhf model with its data."""

    model: Any
    data: list[float]

    @classmethod
    def of(cls, workspace: dict[str, Any], measurement: str, interpolation: str) -> Reference:
        """Build the model; the test skips without pyhf."""
        pyhf = pytest.importorskip("pyhf")
        with quiet():
            spec = pyhf.Workspace(workspace)
            chosen = next(m for m in workspace["measurements"] if m["name"] == measurement)
            sets = {
                m["name"]
                for c in workspace["channels"]
                for s in c["samples"]
                for m in s["modifiers"]
            }
            poi = chosen["config"]["poi"] if chosen["config"]["poi"] in sets else None
            model = spec.model(
                measurement_name=measurement, poi_name=poi, modifier_settings=CODES[interpolation]
            )
            return cls(model, spec.data(model))

    @property
    def names(self) -> list[str]:
        return list(self.model.config.par_names)

    def twice_nll(self, values: np.ndarray) -> float:
        with quiet():
            return float(-2 * self.model.logpdf(values, self.data)[0])

    def expected(self, values: np.ndarray) -> dict[str, list[float]]:
        """Expected counts per channel."""
        with quiet():
            counts = self.model.expected_actualdata(values)
        slices = self.model.config.channel_slices
        return {name: counts[part].tolist() for name, part in slices.items()}

    def minimum(self) -> float:
        """Lowest -2 log L that pyhf finds, with MINUIT, or with SLSQP where MINUIT gives up."""
        import pyhf

        backend = pyhf.get_backend()
        for optimizer in (pyhf.optimize.minuit_optimizer(tolerance=1e-3), "scipy"):
            pyhf.set_backend("numpy", optimizer)
            try:
                with quiet():
                    found = pyhf.infer.mle.fit(self.data, self.model, return_fitted_val=True)
                return float(found[1])
            except pyhf.exceptions.FailedMinimization:
                continue
            finally:
                pyhf.set_backend(*backend)
        raise AssertionError("pyhf finds no minimum")

    def points(self, inside: int = 20, near: int = 10, seed: int = 1) -> list[np.ndarray]:
        """The start, points anywhere within the bounds, and points near the start."""
        config, rng = self.model.config, np.random.default_rng(seed)
        start = np.array(config.suggested_init(), dtype=np.float64)
        low, high = np.array(config.suggested_bounds(), dtype=np.float64).T
        fixed = np.array(config.suggested_fixed())
        moved = [rng.uniform(low, high) for _ in range(inside)]
        width = 0.05 * (high - low)
        moved += [np.clip(start + rng.uniform(-width, width), low, high) for _ in range(near)]
        return [start, *(np.where(fixed, start, point) for point in moved)]
