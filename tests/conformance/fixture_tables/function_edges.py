"""Functions at the edge of what is allowed: plain data, at least one entry per type.

Each entry is a case of `function_cases` and the decision that it pins.
"""

from __future__ import annotations

from typing import Any

from function_cases import GAUSS, GRID, STEPS, case

Case = dict[str, Any]
UNIT = (-50.0, -1.0, -0.999999, 0.0, 0.999999, 1.0, 50.0)
ASYMMETRIC = {"vars": ["a"], "low": [0.5], "high": [1.5], "nom": 1.0}
SQUARE = {"name": "w", "type": "generic_function", "expression": "k*x^2"}


def at(name: str, *values: float, **others: float) -> list[dict[str, float]]:
    """Points at which one name moves."""
    return [{name: value, **others} for value in values]


CASES: list[tuple[Case, str]] = [
    (
        case("sum_of_one", {"type": "sum", "summands": ["k"]}, *at("k", 0.0, -1e300)),
        "A sum of one is that one.",
    ),
    (
        case(
            "sum_cancels",
            {"type": "sum", "summands": ["k", 1.0, "m"]},
            {"k": 1e15, "m": -1e15},
            {"k": 1e-300, "m": 0.0},
        ),
        "Large terms that cancel.",
    ),
    (
        case(
            "product_signs",
            {"type": "product", "factors": ["k", -1.0, "k"]},
            *at("k", 0.0, -3.0, 1e-100),
        ),
        "A factor may be 0, negative, or stand there twice.",
    ),
    (
        case(
            "weighted_sum_zero",
            {"type": "weighted_sum", "samples": ["k", "m"], "coefficients": [0, "c"]},
            *at("c", 0.0, -1.0, k=5.0, m=2.0),
        ),
        "Coefficients of 0 and below.",
    ),
    (
        case(
            "generic_limits",
            {"type": "generic_function", "expression": "k == 0 ? 1 : sin(k)/k"},
            *at("k", 0.0, 1e-8, -3.0),
        ),
        "Only the branch that is taken counts: the other one divides by zero.",
    ),
    (
        case(
            "recursive_fraction_ends",
            {"type": "roorecursivefraction_dist", "list": ["u", "v", "w"]},
            {"u": 1.0, "v": 0.0, "w": 0.0},
            {"u": 0.0, "v": 1.0, "w": 1.0},
            {"u": 1.0, "v": 1.0, "w": 0.0},
        ),
        "Fractions of 0 and 1.",
    ),
    (
        case(
            "derivative_at_extremum",
            {"type": "derivative", "function": "w", "x": "x", "order": 1, "eps": 0.001},
            *at("x", 0.0, 1e6, k=2.0),
            functions=(SQUARE,),
        ),
        "The derivative is exact: `eps`, the step of an approximation, does not count.",
    ),
    (
        case(
            "integral_of_nothing",
            {"type": "integral", "integrand": "w", "variables": ["x"]},
            *at("k", 0.0, -1e6, 1e-12),
            functions=(SQUARE,),
            x=(-1.0, 1.0),
        ),
        "An integral may be 0 or negative.",
    ),
    *(
        (
            case(
                f"interpolation0d_ends_{code}",
                {"type": "interpolation0d", **ASYMMETRIC, "interpolationCodes": [code]},
                *at("a", *UNIT[1:-1], 5.0, -5.0),
            ),
            "Where the pieces of an interpolation meet, at -1, 0 and 1.",
        )
        for code in (1, 4)
    ),
    *(
        (
            case(
                f"interpolation_ends_{code}",
                {"type": "interpolation", **ASYMMETRIC, "interpolationCodes": [code]},
                *at("a", *UNIT[1:-1], 5.0, -5.0),
            ),
            "Where the pieces of an interpolation meet, at -1, 0 and 1.",
        )
        for code in (2, 4)
    ),
    (
        case(
            "interpolation_cut_at_zero",
            {"type": "interpolation", **ASYMMETRIC, "interpolationCodes": [4]}
            | {"positiveDefinite": True, "high": [0.0]},
            *at("a", -1.0, 0.5, 1.0, 3.0),
        ),
        "`positiveDefinite` cuts at zero from below.",
    ),
    (
        case(
            "spline_at_knots",
            {"type": "spline", "x": "x", "x0": [0.5, 1, 2, 5], "y0": [1, 2, 2.5, 1.5]},
            *at("x", 0.5, 1.0, 2.0, 5.0, -10.0, 50.0),
        ),
        "A spline goes through its knots and on beyond the last ones with their polynomials.",
    ),
    (
        case(
            "process_normalization_empty",
            {"type": "CMS::process_normalization", "nominalValue": 3.5, "otherFactorList": ["r"]},
            *at("r", 1.0, 0.0),
        ),
        "Without systematics it is its nominal value.",
    ),
    (
        case(
            "process_normalization_joins",
            {
                "type": "CMS::process_normalization",
                "asymmThetaList": ["a"],
                "logAsymmKappa": [[-0.3, 0.2]],
            },
            *at("a", -0.5, 0.0, 0.5, 10.0),
        ),
        "Where the pieces of the interpolation meet, at half a unit; the nominal value is 1.",
    ),
    (
        case(
            "asympow_joins",
            {"type": "CMS::asympow", "kappaLow": 0.8, "kappaHigh": 1.3, "theta": "a"},
            *at("a", -0.5, 0.0, 0.5, 10.0, -10.0),
        ),
        "Where the pieces of the interpolation meet, at half a unit.",
    ),
    (
        case(
            "histogram_borders",
            {"type": "histogram", "data": GRID},
            {"x": 0.0, "y": 0.0},
            {"x": 1.0, "y": 1.0},
            {"x": 2.0, "y": 4.0},
            {"x": 2.0001, "y": 1.0},
        ),
        "A bin holds its lower edge, the last one both; outside the value is 0.",
    ),
    (
        case(
            "step_beyond",
            {k: v for k, v in STEPS.items() if k != "name"},
            {"x": -100.0, "y": -1.0, "p": 1.0, "q": 7.0},
            {"x": 100.0, "y": 4.0, "p": 1.0, "q": 7.0},
        ),
        "With parameters the nearest bin counts outside of the axes.",
    ),
    (
        case(
            "binvolume_outside",
            {"type": "binvolume", "histogram": "h"},
            {"x": 2.0, "y": 4.0},
            {"x": -1.0, "y": 9.0},
            functions=({"name": "h", "type": "histogram", "data": GRID},),
        ),
        "Outside of all bins the volume is 1.",
    ),
    (
        case(
            "polynomial_constant",
            {"type": "polynomial", "x": "x", "coefficients": ["k"]},
            *at("x", 0.0, 1e10, k=2.0),
        ),
        "A polynomial of order 0, at 0 and far out.",
    ),
    (
        case(
            "gauss_model_tail",
            {"type": "gauss_model_function", "x": "x", "mean": "mu", "sigma": "s"},
            {"x": 8.0, "mu": 0.0, "s": 1.0},
            {"x": 0.0, "mu": 0.0, "s": 1e-6},
        ),
        "The value is that of the formula, without normalisation in a range.",
    ),
    (
        case(
            "derivative_of_peak",
            {"type": "derivative", "function": "g", "x": "x", "order": 2, "eps": 0.001},
            {"x": 0.0, "mu": 0.0, "s": 0.01},
            distributions=(GAUSS,),
        ),
        "A distribution used as a function has the value of its formula, without normalisation.",
    ),
]
