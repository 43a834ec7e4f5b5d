"""Functions to try generic tests on: plain data, one entry per form of a type.

Each case is a dict with

- `id`: short name, unique;
- `document`: the `functions` and `distributions` of an HS3 document; the function is called `f`;
- `points`: values of everything else, several sets, none at a kink or step;
- `ranges`: range of each name that has one (default none).
"""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]


def case(
    id: str,
    function: dict[str, Any],
    *points: dict[str, float],
    functions: tuple[dict[str, Any], ...] = (),
    distributions: tuple[dict[str, Any], ...] = (),
    **ranges: tuple[float, float],
) -> Case:
    """A case for the function `f`."""
    return {
        "id": id,
        "document": {
            "distributions": list(distributions),
            "functions": [{"name": "f", **function}, *functions],
        },
        "points": list(points),
        "ranges": ranges,
    }


GRID = {
    "axes": [
        {"name": "x", "min": 0, "max": 2, "nbins": 2},
        {"name": "y", "edges": [0, 1, 2, 4]},
    ],
    "contents": [1, 2, 3, 4, 5, 6.5],
}
STEPS = {
    "name": "h",
    "type": "step",
    "variables": ["x", "y"],
    "parameters": ["p", 2, 3, 4, "q", 6],
    "axes": GRID["axes"],
}
PLACES = [
    {"x": x, "y": y} for x, y in ((0.5, 0.2), (1.5, 3.9), (0.1, 1.5), (2.5, 1.5), (-1.0, 9.0))
]
GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"}
WAVE = {"name": "w", "type": "generic_function", "expression": "a*sin(b*x) + x^3"}
ALPHAS = (-2.0, -0.7, -0.3, 0.2, 0.6, 0.95, 1.7)


def interpolation(kind: str, *codes: int, **more: Any) -> Case:
    """Two variations, the second one with the last of the codes."""
    nominal: dict[str, Any] = {"nom": 1.2, "low": [0.9, 1.15], "high": [1.4, 1.3]}
    if kind == "interpolation":
        nominal |= {"nom": "n", "low": ["l", 1.15]}
    points = [{"a": a, "b": 0.8 - a} for a in ALPHAS]
    if kind == "interpolation":
        points = [p | {"n": 1.2 + 0.1 * p["a"], "l": 0.9} for p in points]
    return case(
        f"{kind}_{'_'.join(map(str, codes))}{'_positive' if more else ''}",
        {
            "type": kind,
            "vars": ["a", "b"],
            **nominal,
            "interpolationCodes": list(codes),
            **more,
        },
        *points,
    )


CASES: list[Case] = [
    case("sum", {"type": "sum", "summands": [1.8, 4, "k", "1.5", "k"]}, {"k": 0.7}, {"k": -3.0}),
    case("product", {"type": "product", "factors": ["k", 2, "m"]}, {"k": 0.7, "m": 0.0}),
    case(
        "weighted_sum",
        {"type": "weighted_sum", "samples": ["k", "m"], "coefficients": ["c", 2]},
        {"k": 3.0, "m": 5.0, "c": 0.25},
    ),
    case(
        "weighted_sum_one_fewer",
        {"type": "weighted_sum", "samples": ["k", "g"], "coefficients": ["c"]},
        {"k": 3.0, "c": 0.25, "x": 0.4, "mu": 1.0, "s": 0.7},
        distributions=(GAUSS,),
    ),
    case(
        "recursive_fraction",
        {"type": "roorecursivefraction_dist", "list": ["u", "v", "w"]},
        {"u": 0.6, "v": 0.5, "w": 0.2},
    ),
    case(
        "flat_fraction",
        {"type": "roorecursivefraction_dist", "list": ["u", "v"], "recursive": False},
        {"u": 0.6, "v": 0.2},
    ),
    case(
        "polynomial",
        {"type": "polynomial", "x": "x", "coefficients": ["1.0", "a1", 0, 2]},
        {"x": 3.0, "a1": 0.5},
        {"x": -1.5, "a1": 0.0},
    ),
    case(
        "generic",
        {"type": "generic_function", "expression": "k > 1 ? exp(-k^2/2)*erf(m) : sqrt(k) + PI*m"},
        {"k": 1.5, "m": 0.2},
        {"k": 0.5, "m": 0.2},
    ),
    case(
        "generic_2026", {"type": "generic", "expression": "max(k, 2*m) - 1/3"}, {"k": 1.0, "m": 3.0}
    ),
    *(interpolation("interpolation0d", code, code) for code in range(6)),
    interpolation("interpolation0d", 0, 5),
    interpolation("interpolation0d", 4, 2),
    *(interpolation("interpolation", code, code) for code in range(7)),
    interpolation("interpolation", 5, 4),
    interpolation("interpolation", 4, 5),
    interpolation("interpolation", 6, 1),
    interpolation("interpolation", 4, 4, positiveDefinite=True),
    case("histogram", {"type": "histogram", "data": GRID}, *PLACES),
    *(
        case(
            f"histogram_order_{order}",
            {
                "type": "histogram",
                "interpolationOrder": order,
                "data": {
                    "axes": [{"name": "x", "edges": [0, 1, 2.5, 3, 5, 6]}],
                    "contents": [3, -1.5, 4, 2, 5],
                },
            },
            *({"x": x} for x in (-0.5, 0.2, 0.9, 2.1, 3.3, 4.4, 5.7, 7.0)),
        )
        for order in (1, 2, 4)
    ),
    case("step_with_data", {"type": "step", "data": GRID}, *PLACES),
    case(
        "step",
        {k: v for k, v in STEPS.items() if k != "name"},
        *(place | {"p": 1.0, "q": 7.0} for place in PLACES),
    ),
    case("binvolume", {"type": "binvolume", "histogram": "h"}, *PLACES, functions=(STEPS,)),
    case(
        "inverse_binvolume",
        {"type": "inverse_binvolume", "histogram": "h"},
        *PLACES,
        functions=(STEPS,),
    ),
    case(
        "binwidth",
        {"type": "binwidth", "histogram": "h", "divideByBinWidth": True},
        *PLACES,
        functions=({"name": "h", "type": "histogram", "data": GRID},),
    ),
    *(
        case(
            f"spline_{order}{'_logx' * logx}{'_logy' * logy}",
            {
                "type": "spline",
                "x": "x",
                "x0": [0.5, 1, 2, 5, 10],
                "y0": [1, 2, 2.5, 1.5, 0.7],
                "interpolation": order,
                **({"logx": True} if logx else {}),
                **({"logy": True} if logy else {}),
            },
            *({"x": x} for x in ((0.2, 0.9) if logx else (-1.0, 0.7, 1.4, 3.0, 9.9, 15.0))),
        )
        for order in ("poly3", "poly5")
        for logx, logy in ((False, False), (False, True), (True, False))
    ),
    case(
        "spline_of_three",
        {"type": "spline", "x": "x", "x0": [0.5, 1, 2], "y0": [1, 2, 2.5]},
        {"x": 0.7},
        {"x": 3.0},
    ),
    *(
        case(
            f"derivative_{order}",
            {"type": "derivative", "function": "w", "x": "x", "order": order, "eps": 0.001},
            {"x": 0.7, "a": 1.3, "b": 2.1},
            {"x": -4.0, "a": 0.0, "b": 0.1},
            functions=(WAVE,),
        )
        for order in (1, 2, 3)
    ),
    case(
        "derivative_of_density",
        {
            "type": "derivative",
            "function": "g",
            "x": "x",
            "order": 1,
            "eps": 0.001,
            "normalization": ["x"],
        },
        {"x": 0.7, "mu": 0.2, "s": 0.9},
        distributions=(GAUSS,),
        x=(-2.0, 3.0),
    ),
    case(
        "derivative_of_shape",
        {"type": "derivative", "function": "g", "x": "mu", "order": 2, "eps": 0.001},
        {"x": 0.7, "mu": 0.2, "s": 0.9},
        distributions=(GAUSS,),
    ),
    case(
        "integral",
        {"type": "integral", "integrand": "w", "variables": ["x"]},
        {"a": 1.3, "b": 2.1},
        functions=(WAVE,),
        x=(-1.0, 3.0),
    ),
    case(
        "integral_of_shape",
        {"type": "integral", "integrand": "g", "variables": ["x"]},
        {"mu": 0.2, "s": 0.9},
        distributions=(GAUSS,),
        x=(-2.0, 3.0),
    ),
    case(
        "integral_of_density",
        {"type": "integral", "integrand": "g", "variables": ["x"], "normalization": ["x"]},
        {"mu": 0.2, "s": 0.9},
        distributions=(GAUSS,),
        x=(-2.0, 3.0),
    ),
    case(
        "gauss_model",
        {"type": "gauss_model_function", "x": "x", "mean": "mu", "sigma": "s"},
        {"x": 0.7, "mu": 0.2, "s": 0.9},
    ),
    case(
        "asympow",
        {"type": "CMS::asympow", "kappaLow": "k", "kappaHigh": 1.3, "theta": "a"},
        *({"a": a, "k": 0.8} for a in ALPHAS),
    ),
    case(
        "process_normalization",
        {
            "type": "CMS::process_normalization",
            "nominalValue": 12.5,
            "thetaList": ["a", "b"],
            "logKappa": [0.1, -0.2],
            "asymmThetaList": ["a"],
            "logAsymmKappa": [[-0.3, 0.2]],
            "otherFactorList": ["r", 2],
        },
        *({"a": a, "b": 0.7, "r": 1.1} for a in ALPHAS),
    ),
]
