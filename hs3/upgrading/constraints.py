"""Constraints as distributions of their own."""

from __future__ import annotations

import math
from collections.abc import Container
from typing import Any

from hs3.histfactory.meaning import Constraint

Json = dict[str, Any]

WORDS = {"gauss": "Gauss", "poisson": "Poisson", "lognormal": "LogNormal", "gamma": "Gamma"}
"""How the standard calls the kinds of constraint."""


def relative(constraint: Constraint) -> float:
    """The relative uncertainty of a bin's factor that a constraint by kind stands for."""
    assert not isinstance(constraint.scale, str)
    if constraint.kind in ("poisson", "gamma"):
        return 1.0 / math.sqrt(constraint.scale)
    return constraint.scale


def fresh(wish: str, taken: Container[str]) -> str:
    """`wish`, or with a number behind it where that name is taken."""
    name, count = wish, 2
    while name in taken:
        name, count = f"{wish}_{count}", count + 1
    return name


def distribution(constraint: Constraint, taken: set[str]) -> tuple[Json, list[Json]]:
    """The distribution that a constraint is, and the functions it needs; names become taken."""
    name = fresh(constraint.name, taken)
    taken.add(name)
    functions: list[Json] = []
    observed, parameter, scale = constraint.observed, constraint.parameter, constraint.scale
    body: Json
    match constraint.kind:
        case "gauss" if isinstance(observed, str):
            body = {"type": "gaussian_dist", "x": observed, "mean": parameter, "sigma": scale}
        case "gauss":
            body = {"type": "gaussian_dist", "x": parameter, "mean": observed, "sigma": scale}
        case "poisson":
            rate = parameter
            if scale != 1.0:
                rate = fresh(f"{parameter}_rate", taken)
                taken.add(rate)
                functions.append({"name": rate, "type": "product", "factors": [scale, parameter]})
            body = {"type": "poisson_dist", "x": observed, "mean": rate}
        case "lognormal":
            assert not isinstance(scale, str)
            body = {"type": "lognormal_dist", "x": observed, "mu": parameter, "k": math.exp(scale)}
        case "gamma":
            assert not isinstance(scale, str)
            assert not isinstance(observed, str)
            body = {"type": "gamma_dist", "x": parameter, "gamma": observed + 1.0}
            body |= {"beta": 1.0 / scale, "mu": 0.0}
    return {"name": name, **body}, functions
