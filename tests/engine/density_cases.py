"""Distributions to try generic tests on: plain data, one entry per form of a type.

Each case is a dict with

- `id`: short name, unique;
- `document`: the `distributions` and `functions` of an HS3 document;
- `pdf`: name of the distribution under test;
- `observables`: range of each observable that the density is normalised over;
- `points`: values of everything else, several sets, edges of the allowed values among them;
- `closed`: whether the integral over the whole range has a closed form (default True);
- `cuts`: values of the (only) observable where an oracle should cut its numerical integral;
- `counting`: True where the observable is a count (integrals are sums over integers).
"""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]


def case(
    id: str,
    pdf: dict[str, Any],
    observables: dict[str, tuple[float, float]],
    *points: dict[str, float],
    helpers: tuple[dict[str, Any], ...] = (),
    functions: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Case:
    """A case for the distribution `pdf`, which is called `p`."""
    document = {
        "distributions": [{"name": "p", **pdf}, *helpers],
        "functions": list(functions),
    }
    return {
        "id": id,
        "document": document,
        "pdf": "p",
        "observables": observables,
        "points": list(points) or [{}],
        **more,
    }


def generic(name: str, expression: str) -> dict[str, Any]:
    """A function given by an expression."""
    return {"name": name, "type": "generic_function", "expression": expression}


CASES: list[Case] = [
    case(
        "gaussian",
        {"type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": (-5.0, 5.0)},
        {"mu": 0.3, "s": 1.2},
        {"mu": 12.0, "s": 0.5},
        {"mu": 1.0, "s": 1e-4},
    ),
    case(
        "exponential",
        {"type": "exponential_dist", "x": "x", "c": "c"},
        {"x": (-1.0, 10.0)},
        {"c": 0.7},
        {"c": -0.4},
        {"c": 0.0},
        {"c": 1e-9},
        {"c": 300.0},
    ),
    case(
        "exponential_inverted",
        {"type": "exponential_dist", "x": "x", "c": "c_inverted"},
        {"x": (0.0, 10.0)},
        {"c": -0.7},
        functions=(generic("c_inverted", "-c"),),
    ),
]
