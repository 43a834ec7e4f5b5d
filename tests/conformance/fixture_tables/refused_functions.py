"""Functions without a meaning, each as the mean of a Gaussian: plain data."""

from __future__ import annotations

from typing import Any

from builders import domain, point
from fixture import Json
from function_cases import GRID

PLACE = "/functions/0"
SQUARE = {"name": "w", "type": "generic_function", "expression": "k*k"}


def mean(function: Json, *more: Json) -> Json:
    """A likelihood of one event whose mean is the function `f` of `k`, `a` and `q`."""
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "f", "sigma": 1.0}
        ],
        "functions": [{"name": "f", **function}, *more],
        "data": [
            {
                "name": "d",
                "type": "unbinned",
                "axes": [{"name": "x", "min": -5, "max": 5}],
                "entries": [[0.5]],
            }
        ],
        "likelihoods": [{"name": "l", "distributions": ["g"], "data": ["d"]}],
        "domains": domain(k=(-5, 5), a=(-5, 5), q=(-5, 5)),
        "parameter_points": point(k=1.0, a=0.5, q=1.0),
    }


def interpolation(kind: str, **keys: Any) -> Json:
    return {"type": kind, "vars": ["a"], "nom": 1.0, "low": [0.5], "high": [1.5], **keys}


MEANINGS: list[tuple[str, Json, tuple[str, ...], str, str, str]] = [
    (
        "sum_unresolved",
        mean({"type": "sum", "summands": ["nowhere"]}),
        ("sum",),
        "nothing has that name",
        "parameter.no_value",
        PLACE + "/summands/0",
    ),
    (
        "sum_of_itself",
        mean({"type": "sum", "summands": ["k", "f"]}),
        ("sum",),
        "a function cannot be part of itself",
        "reference.cycle",
        PLACE,
    ),
    (
        "product_of_truth_value",
        mean({"type": "product", "factors": [True]}),
        ("product",),
        "a factor is a number or a name",
        "document.invalid",
        PLACE + "/factors/0",
    ),
    (
        "weighted_sum_coefficients",
        mean({"type": "weighted_sum", "samples": ["k", "a"], "coefficients": [1, 2, 3]}),
        ("weighted_sum",),
        "there are as many coefficients as samples, or one fewer",
        "compile.failed",
        PLACE,
    ),
    (
        "generic_function_unknown",
        mean({"type": "generic_function", "expression": "bessel(k)"}),
        ("generic_function",),
        "neither the standard nor ROOT has that function",
        "expression.unknown_function",
        PLACE + "/expression",
    ),
    (
        "generic_division_by_zero",
        mean({"type": "generic_function", "expression": "1/(k - 1)"}),
        ("generic_function",),
        "the mean is not a finite number",
        "evaluate.negative_density",
        "/distributions/0",
    ),
    (
        "recursive_fraction_of_nothing",
        mean({"type": "roorecursivefraction_dist", "list": []}),
        ("roorecursivefraction_dist",),
        "there is no fraction",
        "compile.failed",
        PLACE,
    ),
    (
        "derivative_order",
        mean({"type": "derivative", "function": "w", "x": "k", "order": 4}, SQUARE),
        ("derivative",),
        "the order of a derivative is 1, 2 or 3",
        "compile.failed",
        PLACE,
    ),
    (
        "integral_unresolved",
        mean({"type": "integral", "integrand": "nowhere", "variables": ["k"]}),
        ("integral",),
        "nothing has that name",
        "parameter.no_value",
        PLACE + "/integrand",
    ),
    *(
        (
            f"{kind}_{what}",
            mean(interpolation(kind, **keys)),
            (kind,),
            why,
            code,
            PLACE,
        )
        for kind in ("interpolation0d", "interpolation")
        for what, keys, why, code in (
            (
                "lengths",
                {"low": [0.5, 0.6]},
                "there is one variation per parameter",
                "document.invalid",
            ),
            (
                "code",
                {"interpolationCodes": [9]},
                "no interpolation has that code",
                "compile.failed",
            ),
        )
    ),
    (
        "spline_lengths",
        mean({"type": "spline", "x": "k", "x0": [1, 2, 3], "y0": [1, 2]}),
        ("spline",),
        "there is one height per knot",
        "document.invalid",
        PLACE,
    ),
    (
        "spline_not_ascending",
        mean({"type": "spline", "x": "k", "x0": [1, 3, 2], "y0": [1, 2, 3]}),
        ("spline",),
        "knots ascend",
        "compile.failed",
        PLACE,
    ),
    (
        "spline_log_of_negative",
        mean({"type": "spline", "x": "k", "x0": [1, 2, 3], "y0": [1, -2, 3], "logy": True}),
        ("spline",),
        "a spline of logarithms needs heights above zero",
        "compile.failed",
        PLACE,
    ),
    (
        "process_normalization_lengths",
        mean({"type": "CMS::process_normalization", "thetaList": ["a"], "logKappa": [0.1, 0.2]}),
        ("CMS::process_normalization",),
        "an uncertainty belongs to a parameter, and there are more of them",
        "document.invalid",
        PLACE,
    ),
    (
        "process_normalization_pairs",
        mean(
            {
                "type": "CMS::process_normalization",
                "asymmThetaList": ["a"],
                "logAsymmKappa": [[0.1]],
            }
        ),
        ("CMS::process_normalization",),
        "an asymmetric uncertainty is two numbers",
        "document.invalid",
        PLACE,
    ),
    (
        "asympow_negative",
        mean({"type": "CMS::asympow", "kappaLow": -1.0, "kappaHigh": 1.2, "theta": "a"}),
        ("CMS::asympow",),
        "a factor is above zero",
        "evaluate.negative_density",
        "/distributions/0",
    ),
    (
        "histogram_function_order",
        mean({"type": "histogram", "data": GRID, "interpolationOrder": 9}),
        ("histogram",),
        "an interpolation of order 9 needs more bins",
        "document.invalid",
        PLACE,
    ),
    (
        "step_of_nothing",
        mean({"type": "step"}),
        ("step",),
        "a step function needs `data` or `parameters`",
        "document.invalid",
        PLACE,
    ),
    (
        "step_length",
        mean(
            {
                "type": "step",
                "variables": ["k"],
                "parameters": [1, 2, 3],
                "axes": [{"name": "k", "edges": [0, 1, 2]}],
            }
        ),
        ("step",),
        "there is one value per bin",
        "compile.failed",
        PLACE,
    ),
    (
        "binvolume_of_sum",
        mean(
            {"type": "binvolume", "histogram": "h"},
            {"name": "h", "type": "sum", "summands": ["k"]},
        ),
        ("binvolume",),
        "a sum has no bins",
        "compile.failed",
        PLACE,
    ),
    (
        "polynomial_not_list",
        mean({"type": "polynomial", "x": "k", "coefficients": "k"}),
        ("polynomial",),
        "`coefficients` is a list",
        "document.invalid",
        PLACE + "/coefficients",
    ),
    (
        "gauss_model_function_width_zero",
        mean({"type": "gauss_model_function", "x": "k", "mean": 0, "sigma": 0.0}),
        ("gauss_model_function",),
        "sigma is above zero",
        "evaluate.negative_density",
        "/distributions/0",
    ),
]
