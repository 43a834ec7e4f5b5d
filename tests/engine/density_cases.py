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
    case(
        "gaussian_mean_of_x",
        {"type": "gaussian_dist", "x": "x", "mean": "m", "sigma": "s"},
        {"x": (-2.0, 3.0)},
        {"s": 0.7},
        functions=(generic("m", "0.3*x*x"),),
        closed=False,
    ),
    case(
        "bifurkated_gaussian",
        {
            "type": "bifurkated_gaussian_dist",
            "x": "x",
            "mean": "mu",
            "sigmaL": "l",
            "sigmaR": "r",
        },
        {"x": (-5.0, 5.0)},
        {"mu": 0.33, "l": 1.2, "r": 0.4},
        {"mu": 7.0, "l": 0.3, "r": 2.0},
        {"mu": -9.0, "l": 0.3, "r": 0.5},
    ),
    case(
        "generalized_normal",
        {"type": "generalized_normal_dist", "x": "x", "mean": "mu", "alpha": "a", "beta": "b"},
        {"x": (-5.0, 5.0)},
        {"mu": 0.33, "a": 1.2, "b": 2.0},
        {"mu": 0.33, "a": 1.0, "b": 8.0},
        {"mu": -0.1, "a": 0.7, "b": 1.0},
        {"mu": 0.1, "a": 3.0, "b": 20.0},
        {"mu": 7.0, "a": 1.0, "b": 8.0},
    ),
    case(
        "polynomial",
        {"type": "polynomial_dist", "x": "x", "coefficients": ["a", "b", 0.3, "1.0"]},
        {"x": (-1.0, 4.0)},
        {"a": 4.0, "b": 0.2},
        {"a": 1.5, "b": -0.1},
    ),
    case(
        "polynomial_constant",
        {"type": "polynomial_dist", "x": "x", "coefficients": [2.0]},
        {"x": (1.0, 4.0)},
    ),
    case(
        "chebychev",
        {"type": "chebychev_dist", "x": "x", "coefficients": ["a", "b", -0.1, 0.05]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3, "b": -0.2},
        {"a": -0.5, "b": 0.1},
    ),
    case(
        "chebychev_none",
        {"type": "chebychev_dist", "x": "x", "coefficients": []},
        {"x": (-2.0, 7.0)},
    ),
    case(
        "bernstein",
        {"type": "bernstein_poly_dist", "x": "x", "coefficients": ["a", "b", 0.5, 2.0]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3, "b": 1.2},
        {"a": 0.0, "b": 0.0},
    ),
    case(
        "bernstein_constant",
        {"type": "bernstein_poly_dist", "x": "x", "coefficients": ["a"]},
        {"x": (-2.0, 7.0)},
        {"a": 0.3},
    ),
    case(
        "uniform",
        {"type": "uniform_dist", "x": "x"},
        {"x": (-2.0, 7.0)},
    ),
    case(
        "uniform_two",
        {"type": "uniform_dist", "x": ["x", "y"]},
        {"x": (-2.0, 7.0), "y": (1.0, 2.0)},
    ),
    case(
        "poisson",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"n": (0.0, 40.0)},
        {"mu": 7.5},
        {"mu": 60.0},
        {"mu": 2000.0},
        {"mu": 1e-8},
        counting=True,
    ),
    case(
        "poisson_integer",
        {"type": "poisson_dist", "x": "n", "mean": "mu", "integer": True},
        {"n": (5.0, 40.0)},
        {"mu": 7.5},
        {"mu": 0.01},
        counting=True,
    ),
    case(
        "poisson_of_mean",
        {"type": "poisson_dist", "x": "n", "mean": "mu"},
        {"mu": (1.0, 20.0)},
        {"n": 4.0},
        {"n": 2.5},
    ),
    case(
        "lognormal",
        {"type": "lognormal_dist", "x": "x", "mu": "mu", "sigma": "s"},
        {"x": (0.0, 10.0)},
        {"mu": 0.5, "s": 0.4},
        {"mu": 5.0, "s": 0.3},
        {"mu": 0.0, "s": 0.001},
    ),
    case(
        "lognormal_median",
        {"type": "lognormal_dist", "x": "x", "mu": "m0", "k": "k"},
        {"x": (-1.0, 10.0)},
        {"m0": 2.0, "k": 1.4},
        {"m0": 2.0, "k": 0.7},
    ),
    case(
        "crystalball_left",
        {"type": "crystalball_dist", "m": "x", "m0": "m0", "sigma": "s", "alpha": "a", "n": "n"},
        {"x": (-10.0, 10.0)},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 2.5},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 1.0},
        {"m0": 1.0, "s": 1.1, "a": 1.3, "n": 1.0000001},
        {"m0": 1.0, "s": 1.1, "a": 0.7, "n": 0.5},
        {"m0": 1.0, "s": 1.1, "a": -0.8, "n": 140.0},
        {"m0": 1.0, "s": 1.1, "a": -1e-3, "n": 3.0},
        {"m0": 1.0, "s": 0.1, "a": 20.0, "n": 3.0},
    ),
    case(
        "crystalball_sides",
        {
            "type": "crystalball_doublesided_dist",
            "m": "x",
            "m0": "m0",
            "sigma_L": "sl",
            "sigma_R": "sr",
            "alpha_L": "al",
            "alpha_R": "ar",
            "n_L": "nl",
            "n_R": 3,
        },
        {"x": (-10.0, 10.0)},
        {"m0": 1.0, "sl": 1.1, "sr": 0.7, "al": 1.3, "ar": 2.0, "nl": 1.0},
        {"m0": 13.0, "sl": 1.1, "sr": 0.7, "al": 1.3, "ar": 2.0, "nl": 2.0},
    ),
    case(
        "crystalball_arrays",
        {
            "type": "crystalball_dist",
            "m": "x",
            "m0": 0.5,
            "sigma": "s",
            "alpha": ["al", "ar"],
            "n": 2,
        },
        {"x": (-10.0, 10.0)},
        {"s": 1.1, "al": 1.3, "ar": 0.5},
    ),
    case(
        "crystalball_one_side",
        {
            "type": "crystalball_doublesided_dist",
            "m": "x",
            "m0": 0.5,
            "sigma_L": "sl",
            "sigma_R": "sr",
            "alpha_L": "a",
            "n_L": 2,
        },
        {"x": (-10.0, 10.0)},
        {"sl": 1.1, "sr": 0.4, "a": 1.3},
        {"sl": 1.1, "sr": 0.4, "a": -1.3},
    ),
    case(
        "barlow_beeston",
        {
            "type": "barlow_beeston_lite_poisson_constraint_dist",
            "x": ["g1", "g2", 1.1],
            "expected": ["t", 40.0, 12.0],
        },
        {"g1": (0.0, 5.0), "g2": (0.0, 5.0)},
        {"t": 9.0},
        {"t": 5000.0},
        closed=False,
    ),
]
