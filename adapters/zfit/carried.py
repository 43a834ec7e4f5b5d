"""A zfit loss that calls the engine of this package."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import zfit

from hs3.face import HS3Warning
from hs3.graph import Graph

from .values import Values


def carried(graph: Graph, reason: str) -> Any:
    """A ``SimpleLoss`` with the value and the exact gradient that this package computes.

    It has no models that zfit could sample or plot; minimisers, errors and limits work.
    An `HS3Warning` says why.
    """
    from hs3.engine import compile as compile_graph

    warnings.warn(
        f"[zfit.carried] zfit calls hs3.engine for this likelihood: {reason}",
        HS3Warning,
        stacklevel=4,
    )
    model = compile_graph(graph)
    known = Values(graph).parameters
    params = [known[name] for name in model.names]

    def theta() -> Any:
        return np.array([float(p.value()) for p in params])

    def value(_: Any) -> Any:
        return float(model.nll(theta()))

    def gradient(wanted: Any) -> Any:
        slopes = dict(zip(model.names, np.ravel(model.gradient(theta())), strict=True))
        return np.array([slopes[p.name] for p in wanted])

    return zfit.loss.SimpleLoss(value, params, errordef=0.5, gradient=gradient)
