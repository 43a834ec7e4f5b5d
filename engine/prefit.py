"""What was known about each parameter before the fit: its auxiliary measurement."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hs3.histfactory.meaning import Constraint, FloatArray

from . import constraints as aux
from . import kernels
from .likelihood import Arrays
from .model import Model


@dataclass(frozen=True)
class Prefit:
    r"""Value and width that the auxiliary measurements of a parameter give it.

    ========================= ====================== ===========================
    constraint                value                  width
    ========================= ====================== ===========================
    Gaussian, also truncated  a                      s
    Poisson, gamma            :math:`a/\tau`         :math:`\sqrt{a}/\tau`
    lognormal                 a                      :math:`a s`
    ========================= ====================== ===========================

    The value is where the term is largest, the width is from its curvature there. Several
    measurements of one parameter are averaged with their weights.
    """

    value: float
    width: float


def prefits(model: Model) -> dict[str, Prefit]:
    """By name, for every parameter that is measured directly."""
    constraints = aux.ordered(model.graph.constraints)
    values = model.data.auxiliary
    numbers = dict(zip(model.names, model.start.tolist(), strict=True))
    sums: dict[str, tuple[float, float]] = {}
    for constraint in constraints:
        name = constraint.parameter
        if name not in numbers:
            continue
        a = float(values[constraint.name])
        value, width = _of(constraint, a, numbers)
        weight = 1.0 / width**2 if width > 0.0 else 0.0
        old = sums.get(name, (0.0, 0.0))
        sums[name] = old[0] + weight * value, old[1] + weight
    return {name: Prefit(s / w, w**-0.5) for name, (s, w) in sums.items() if w > 0.0}


def _of(constraint: Constraint, a: float, numbers: dict[str, float]) -> tuple[float, float]:
    scale = constraint.scale
    s = numbers.get(scale, np.nan) if isinstance(scale, str) else float(scale)
    if constraint.kind in ("poisson", "gamma"):
        return a / s, np.sqrt(a) / s
    return (a, a * s) if constraint.kind == "lognormal" else (a, s)


def constraint_curvature(model: Model, theta: FloatArray) -> FloatArray:
    r"""Second derivatives of :math:`-\ln` of all auxiliary measurements, shape (T, T)."""
    bare = Arrays(None, model.arrays.constraints)
    index = np.arange(len(model.names))
    program = replace(model.program, terms=None)
    observed = replace(model.observed, terms=())
    at = kernels.expand(theta, index, np.float64(1.0), program, bare, observed)
    return np.asarray(at.curvature)
