"""Values and derivatives of functions against ROOT 6.40, mpmath and the frozen fixtures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from conftest import label, shared_files

from hs3.base import references
from hs3.engine.functions import evaluate, evaluate_all, formula
from hs3.errors import CompileError
from hs3.expressions import names, parse
from hs3.functions import FUNCTIONS, Function
from hs3.functions.calculus import DerivativeFunction, IntegralFunction
from hs3.functions.resolution import GaussModelFunction, TruthModelFunction


def function(type: str, **keys: Any) -> Function:
    return read({"name": "f", "type": type, **keys})


def read(entry: dict[str, Any]) -> Function:
    return FUNCTIONS.class_of(entry).model_validate(entry)


AXIS = {"name": "x", "edges": [0, 1, 3, 6]}
HISTOGRAM = {"axes": [AXIS], "contents": [3, 7, 12]}
GRID = {
    "axes": [
        {"name": "x", "min": 0, "max": 2, "nbins": 2},
        {"name": "y", "min": 0, "max": 3, "nbins": 3},
    ],
    "contents": [1, 2, 3, 4, 5, 6],
}
X0, Y0 = [0.5, 1, 2, 5, 10], [1, 2, 2.5, 1.5, 0.7]


def flexible(*codes: int) -> Function:
    few = slice(len(codes))
    return function(
        "interpolation0d",
        vars=["a", "b"][few],
        nom=1.2,
        low=[0.9, 1.15][few],
        high=[1.4, 1.3][few],
        interpolationCodes=list(codes),
    )


def piecewise(*codes: int) -> Function:
    few = slice(len(codes))
    return function(
        "interpolation",
        vars=["a", "b"][few],
        nom="n",
        low=["l", 1.15][few],
        high=["h", 1.3][few],
        interpolationCodes=list(codes),
    )


NLH = {"n": 1.2, "l": 0.9, "h": 1.4}

# function, values, expected: all of ROOT 6.40.00 unless the comment says else
CASES: list[tuple[str, Function, dict[str, float], float]] = [
    ("sum", function("sum", summands=[1.8, 4, "k", "1.5"]), {"k": 0.7}, 8.0),
    ("sum_empty", function("sum", summands=[]), {}, 0.0),
    ("product", function("product", factors=["k", 2, "k"]), {"k": 0.7}, 0.98),
    ("product_zero", function("product", factors=["k", "m"]), {"k": 0.0, "m": 3.0}, 0.0),
    (
        "weighted_sum",
        function("weighted_sum", samples=["k", "m"], coefficients=["c", 2]),
        {"k": 3.0, "m": 5.0, "c": 0.25},
        10.75,
    ),
    (
        "weighted_sum_one_fewer",
        function("weighted_sum", samples=["k", "m"], coefficients=["c"]),
        {"k": 3.0, "m": 5.0, "c": 0.25},
        4.5,
    ),
    (
        "recursive_fraction",  # ROOT keeps its list in reverse order of the constructor's
        function("roorecursivefraction_dist", list=["u", "v", "w"]),
        {"u": 0.6, "v": 0.5, "w": 0.2},
        0.24,
    ),
    (
        "flat_fraction",
        function("roorecursivefraction_dist", list=["u", "v"], recursive=False),
        {"u": 0.6, "v": 0.2},
        0.75,
    ),
    (
        "polynomial",
        function("polynomial", x="x", coefficients=["1.0", "a1", 0, 2]),
        {"x": 3.0, "a1": 0.5},
        56.5,
    ),
    ("polynomial_empty", function("polynomial", x="x", coefficients=[]), {"x": 3.0}, 0.0),
    (
        "generic",
        function("generic_function", expression="0.5*(erf((t-1)/0.5)+1)"),
        {"t": 1.2},
        0.5 * (1.0 + math.erf(0.4)),
    ),
    ("generic_2026", function("generic", expression="2*s"), {"s": 3.0}, 6.0),
    *(
        (f"interpolation0d_{code}_at_{a}", flexible(code), {"a": a}, expected)
        for code, row in {
            0: [0.6, 0.9, 1.05, 1.2, 1.26, 1.4, 1.54],
            1: [0.675, 0.9, 1.0392304845413263, 1.2, 1.2567974270601294, 1.4, 1.5595194243711856],
            2: [0.55, 0.9, 1.0625, 1.2, 1.2705, 1.4, 1.505],
            3: [0.55, 0.9, 1.0625, 1.2, 1.2705, 1.4, 1.505],
            4: [0.675, 0.9, 1.0479775181044504, 1.2, 1.2673292658651336, 1.4, 1.5595194243711856],
            5: [0.675, 0.9, 1.0479775181044504, 1.2, 1.2673292658651336, 1.4, 1.5595194243711856],
        }.items()
        for a, expected in zip([-2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 1.7], row, strict=True)
    ),
    *(
        (f"interpolation_{code}_at_{a}", piecewise(code), {"a": a, **NLH}, expected)
        for code, row in {
            0: [0.6, 0.9, 1.05, 1.2, 1.26, 1.4, 1.54],
            1: [0.675, 0.9, 1.0392304845413263, 1.2, 1.2567974270601294, 1.4, 1.5595194243711856],
            2: [0.55, 0.9, 1.0625, 1.2, 1.2705, 1.4, 1.505],
            3: [0.55, 0.9, 1.0625, 1.2, 1.2705, 1.4, 1.505],
            4: [0.6, 0.9, 1.05517578125, 1.2, 1.2670550812499999, 1.4, 1.54],
            5: [0.675, 0.9, 1.0479775181044504, 1.2, 1.2673292658651336, 1.4, 1.5595194243711856],
            6: [0.6, 0.9, 1.05517578125, 1.2, 1.2670550812499999, 1.4, 1.54],
        }.items()
        for a, expected in zip([-2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 1.7], row, strict=True)
    ),
    *(
        (f"interpolation0d_{codes}", flexible(*codes), {"a": 0.7, "b": -1.3}, expected)
        for codes, expected in {
            (0, 1): 1.2678748028509836,
            (1, 0): 1.271730935175302,
            (4, 5): 1.267449057286004,
            (4, 4): 1.267449057286004,
            (0, 5): 1.2678748028509836,
        }.items()
    ),
    *(
        (f"interpolation_{codes}", piecewise(*codes), {"a": 0.7, "b": -1.3, **NLH}, expected)
        for codes, expected in {
            (0, 1): 1.2678748028509836,
            (1, 0): 1.271730935175302,
            (4, 5): 1.2696373676299677,
            (5, 4): 1.2745500351802952,
            (5, 5): 1.267449057286004,
            (6, 0): 1.2768628312499999,
            (2, 6): 1.2773479166666664,
            (4, 4): 1.2768628312499999,
        }.items()
    ),
    (
        "interpolation0d_without_codes",
        function("interpolation0d", vars=["a"], nom=1.2, low=[0.9], high=[1.4]),
        {"a": 0.5},
        1.3,
    ),
    (
        "interpolation0d_ratio_zero",
        function("interpolation0d", vars=["a"], nom=1, low=[1], high=[0], interpolationCodes=[5]),
        {"a": 0.5},
        0.314453125,
    ),
    (
        "interpolation0d_cut",
        function("interpolation0d", vars=["a"], nom=1.2, low=[0.1], high=[2.4]),
        {"a": -3.0},
        2.2250738585072014e-308,
    ),
    (
        "interpolation_positive",
        function("interpolation", vars=["a"], nom=1.2, low=[-2], high=[1.4], positiveDefinite=True),
        {"a": -2.0},
        0.0,
    ),
    (
        "interpolation_negative",
        function("interpolation", vars=["a"], nom=1.2, low=[-2], high=[1.4]),
        {"a": -2.0},
        -5.2,
    ),
    *(
        (f"histogram_at_{x}", function("histogram", data=HISTOGRAM), {"x": x}, expected)
        for x, expected in {
            **{-2.0: 0.0, -0.1: 0.0, 0.0: 3.0, 0.5: 3.0, 1.0: 7.0, 2.99: 7.0, 3.0: 12.0},
            **{5.0: 12.0, 6.0: 12.0, 6.5: 0.0, 9.0: 0.0},
        }.items()
    ),
    *(
        (f"histogram_2d_at_{x}_{y}", function("histogram", data=GRID), {"x": x, "y": y}, expected)
        for (x, y), expected in {
            **{(0.5, 0.5): 1.0, (0.5, 1.5): 2.0, (0.5, 2.5): 3.0},
            **{(1.5, 0.5): 4.0, (1.5, 1.5): 5.0, (1.5, 2.5): 6.0, (2.5, 0.5): 0.0},
        }.items()
    ),
    ("step_with_data", function("step", data=GRID), {"x": 1.5, "y": 0.5}, 4.0),
    *(
        (
            f"step_at_{x}_{y}",
            function(
                "step",
                variables=["x", "y"],
                parameters=["p", 2, 3, 4, 5, "q"],
                axes=GRID["axes"],
            ),
            {"x": x, "y": y, "p": 1.0, "q": 6.0},
            expected,
        )
        for (x, y), expected in {
            **{(0.5, 0.5): 1.0, (0.5, 1.5): 3.0, (0.5, 2.5): 5.0, (1.5, 0.5): 2.0},
            **{(1.5, 1.5): 4.0, (1.5, 2.5): 6.0, (2.5, 3.5): 6.0},
        }.items()
    ),
    *(
        (
            f"spline_{'poly3' if order is None else order}_at_{x}",
            function("spline", x="x", x0=X0, y0=Y0, **({"interpolation": order} if order else {})),
            {"x": x},
            expected,
        )
        for order, row in {
            None: {
                **{-1.0: -8.016274509803916, 0.5: 1.0, 0.7: 1.486141045751634, 2.0: 2.5},
                **{1.5: 2.416214596949891, 3.0: 2.357276688453159, 9.9: 0.640697995642702},
                **{10.0: 0.7, 15.0: 11.844989106753806},
            },
            "poly5": {
                **{-1.0: -5.8503334768980135, 0.5: 1.0, 0.7: 1.4697766919037154, 2.0: 2.5},
                **{1.5: 2.4534102315860142, 3.0: 2.0782522359155533, 9.9: 0.7451548068049361},
                **{10.0: 0.7, 15.0: -3.4422298136302434},
            },
        }.items()
        for x, expected in row.items()
    ),
    *(
        (
            f"spline_{order}_log_{'x' * logx}{'y' * logy}_at_{x}",
            function("spline", x="x", x0=X0, y0=Y0, interpolation=order, logx=logx, logy=logy),
            {"x": x},
            expected,
        )
        for order, logx, logy, x, expected in [
            ("poly3", False, True, 0.7, 1.4148511306172127),
            ("poly3", False, True, 7.0, 0.9977395333219123),
            ("poly5", False, True, 7.0, 2.010105040320875),
            ("poly3", True, False, 0.2, 2.068951989088702),
            ("poly3", True, False, 0.5, 1.4404383537380223),
            ("poly5", True, False, 0.5, 1.4421602822774886),
            ("poly5", True, True, 0.7, 0.9878583431887054),
        ]
    ),
    (
        "spline_of_two",
        function("spline", x="x", x0=X0[:2], y0=Y0[:2]),
        {"x": 3.0},
        6.0,
    ),
    (
        "spline_poly1_between",
        function("spline", x="x", x0=[0.5, 1.0, 2.0], y0=[1.0, 2.0, 2.5], interpolation="poly1"),
        {"x": 1.75},
        2.375,
    ),
    (
        "spline_poly1_beyond",
        function("spline", x="x", x0=[0.5, 1.0, 2.0], y0=[1.0, 2.0, 2.5], interpolation="poly1"),
        {"x": 4.0},
        3.5,
    ),
    (
        "spline_poly5_of_three",
        function("spline", x="x", x0=X0[:3], y0=Y0[:3], interpolation="poly5"),
        {"x": 3.0},
        1.0,
    ),
]


@pytest.mark.parametrize("f, values, expected", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_value(f: Function, values: dict[str, float], expected: float) -> None:
    result = evaluate(f, values)
    assert result.dtype == jnp.float64
    assert float(result) == pytest.approx(expected, rel=1e-13)


def batches() -> list[Any]:
    """Each function once, with all points at which a case has it, shape (points,) per name."""
    found: dict[str, tuple[str, Function, list[dict[str, float]], list[float]]] = {}
    for name, f, values, expected in CASES:
        if "(" in name and not name.endswith("(5, 4)"):
            continue  # pairs of codes: one stands for all
        _, _, points, results = found.setdefault(repr(f), (name, f, [], []))
        points.append(values)
        results.append(expected)
    return [
        pytest.param(f, {k: np.array([p[k] for p in points]) for k in points[0]}, results, id=name)
        for name, f, points, results in found.values()
        if points[0]
    ]


@pytest.mark.parametrize("f, values, expected", batches())
def test_arrays_jit_vmap_and_gradient(
    f: Function, values: dict[str, np.ndarray], expected: list[float]
) -> None:
    at = jax.jit(lambda v: evaluate(f, v))
    if f.type != "step" or f.data is not None:  # parameters of steps are no arrays
        np.testing.assert_allclose(at(values), expected, rtol=1e-13)
    np.testing.assert_allclose(jax.vmap(at)(values), expected, rtol=1e-13)
    slope = jax.jit(jax.vmap(jax.grad(at)))
    assert all(np.all(np.isfinite(s)) for s in slope(values).values())
    off_kinks = {k: v + 1e-3 for k, v in values.items()}  # alpha = 0 and edges have two slopes
    slopes = slope(off_kinks)
    for name, v in off_kinks.items():
        h = 1e-6 * np.maximum(1.0, np.abs(v))
        up, down = (jax.vmap(at)(off_kinks | {name: v + s * h}) for s in (1, -1))
        np.testing.assert_allclose(slopes[name], (up - down) / (2 * h), rtol=1e-6, atol=1e-7)


NEED_DENSITIES = {DerivativeFunction, IntegralFunction}
"""Tried with the densities: test_function_oracles.py and test_composites.py."""

RESOLUTIONS = {GaussModelFunction, TruthModelFunction}
"""Tried by `test_resolution_models` and, in decays, by the cases of densities."""


def test_resolution_models() -> None:
    gauss = function("gauss_model_function", x="x", mean="m", sigma=0.7)
    expected = mp.npdf(mp.mpf("0.4"), mp.mpf("0.1"), mp.mpf("0.7"))
    assert float(evaluate(gauss, {"x": 0.4, "m": 0.1})) == pytest.approx(float(expected), rel=1e-14)
    truth = function("truth_model_function", x="x")
    assert evaluate(truth, {"x": jnp.array([-0.1, 0.0, 0.1])}).tolist() == [0.0, math.inf, 0.0]


def test_every_type_with_a_formula_is_a_case() -> None:
    covered = {type(case[1]) for case in CASES} | {type(f) for f in CMS.values()} | {type(VOLUME)}
    assert covered | NEED_DENSITIES | RESOLUTIONS == set(formula.registry) - {object, Function}


# --- 6th-order polynomial with exponential outside, by its definition ----------------------------


def poly6_exponential(alpha: float, low: float, high: float) -> Any:
    """The polynomial from its seven conditions, solved in 50 digits."""
    if abs(alpha) >= 1:
        return mp.mpf(high) ** alpha if alpha > 0 else mp.mpf(low) ** -alpha
    log_hi, log_lo = mp.log(high), -mp.log(low)
    rows, targets = [[mp.mpf(k == 0) for k in range(7)]], [mp.mpf(1)]
    for a, value, log in ((1, mp.mpf(high), log_hi), (-1, mp.mpf(low), log_lo)):
        for order in range(3):
            rows.append(
                [
                    mp.mpf(math.perm(k, order)) * mp.mpf(a) ** (k - order) if k >= order else 0
                    for k in range(7)
                ]
            )
            targets.append(value * log**order)
    solution = mp.lu_solve(mp.matrix(rows), mp.matrix(targets))
    return sum(solution[k] * mp.mpf(alpha) ** k for k in range(7))


@pytest.mark.parametrize("low, high", [(0.9, 1.4), (1.3, 0.6), (0.2, 5.0), (1.0, 1.0 + 1e-7)])
@pytest.mark.parametrize("alpha", [-3.0, -1.0, -0.99, -0.3, 0.0, 1e-8, 0.5, 1.0, 2.5])
def test_poly6_exponential_against_mpmath(low: float, high: float, alpha: float) -> None:
    f = function(
        "interpolation0d", vars=["a"], nom=1, low=[low], high=[high], interpolationCodes=[5]
    )
    with mp.workdps(50):
        expected = float(poly6_exponential(alpha, low, high))
    assert float(evaluate(f, {"a": alpha})) == pytest.approx(expected, rel=1e-14)


def test_interpolation_of_arrays_and_many_variations() -> None:
    x = np.linspace(0.0, 1.0, 5)
    n, rng = 40, np.random.default_rng(7)
    values = {f"a{i}": v for i, v in enumerate(rng.normal(size=n))}
    values |= {f"l{i}": 1.0 - 0.02 * x * i / n for i in range(n)} | {"n": 1.0 + x}
    f = function(
        "interpolation",
        vars=[f"a{i}" for i in range(n)],
        nom="n",
        low=[f"l{i}" for i in range(n)],
        high=[1.05] * n,
        interpolationCodes=[4] * n,
    )
    result = evaluate(f, values)
    assert result.shape == x.shape
    one_by_one = [
        float(evaluate(f, values | {k: v[i] for k, v in values.items() if k[0] in "ln"}))
        for i in range(len(x))
    ]
    np.testing.assert_allclose(result, one_by_one, rtol=1e-13)
    equations = len(jax.make_jaxpr(lambda v: evaluate(f, v))(values).eqns)
    assert equations < 4 * n  # collecting the names only: the formula stands there once


# --- CMS, bin volumes, order of evaluation -------------------------------------------------------

CMS = {
    "asympow": function("CMS::asympow", kappaLow=0.8, kappaHigh="k", theta="t"),
    "norm": function(
        "CMS::process_normalization",
        nominalValue=12.5,
        thetaList=["t", "u", "v"],
        logKappa=[0.1, -0.2],
        asymmThetaList=["v"],
        logAsymmKappa=[[-0.3, 0.2]],
        otherFactorList=["r", 2],
    ),
}


def log_kappa(theta: float, log_low: float, log_high: float) -> float:
    """CombineMathFuncs.h (2026) in words: linear in its step function within half a unit."""
    if abs(theta) >= 0.5:
        return log_high if theta >= 0 else -log_low
    average, half = 0.5 * (log_high - log_low), 0.5 * (log_high + log_low)
    t = 2 * theta
    return average + half * (t / 8) * (t**2 * (3 * t**2 - 10) + 15)


@pytest.mark.parametrize("theta", [-2.0, -0.5, -0.4, -0.1, 0.0, 0.2, 0.5, 1.0, 3.0])
def test_cms_functions(theta: float) -> None:
    expected = math.exp(theta * log_kappa(theta, math.log(0.8), math.log(1.3)))
    assert float(evaluate(CMS["asympow"], {"k": 1.3, "t": theta})) == pytest.approx(expected)
    values = {"t": 0.3, "u": -1.0, "v": theta, "r": 1.1}
    shift = 0.03 + 0.2 + theta * log_kappa(theta, -0.3, 0.2)
    norm = float(evaluate(CMS["norm"], values))
    assert norm == pytest.approx(12.5 * math.exp(shift) * 1.1 * 2)
    slope = jax.grad(lambda v: evaluate(CMS["norm"], values | {"v": v}))
    h = 1e-6
    up, down = (float(evaluate(CMS["norm"], values | {"v": theta + s * h})) for s in (1, -1))
    assert float(slope(theta)) == pytest.approx((up - down) / (2 * h), rel=1e-7)


VOLUME = read({"name": "w", "type": "binwidth", "histogram": "f", "divideByBinWidth": True})


@pytest.mark.parametrize("x, volume", [(-2.0, 1.0), (0.5, 1.0), (1.0, 2.0), (6.0, 3.0), (9.0, 1.0)])
def test_bin_volume(x: float, volume: float) -> None:
    histogram = function("histogram", data=HISTOGRAM)
    plain = VOLUME.model_copy(update={"divideByBinWidth": False})
    assert float(evaluate(VOLUME, {"x": x}, [histogram])) == pytest.approx(1 / volume, rel=1e-15)
    assert float(evaluate(plain, {"x": x}, [histogram])) == volume
    later = read({"name": "w", "type": "inverse_binvolume", "histogram": "f"})
    results = evaluate_all([histogram, later], {"x": x})
    assert float(results["w"]) == pytest.approx(1 / volume, rel=1e-15)


def test_bin_volume_of_two_axes_and_of_steps() -> None:
    axes = [{"name": "x", "edges": [0, 1, 3]}, {"name": "y", "edges": [0, 2, 2.5]}]
    step = function("step", variables=["y", "x"], parameters=[1, 2, 3, 4], axes=axes)
    volume = read({"name": "w", "type": "binvolume", "histogram": "f"})
    results = evaluate_all([step, volume], {"x": np.array([0.5, 2.0]), "y": np.array([1.0, 2.2])})
    np.testing.assert_array_equal(results["w"], [2.0, 1.0])
    np.testing.assert_array_equal(results["f"], [1.0, 4.0])


def test_steps_whose_values_are_functions_of_events() -> None:
    axes = [{"name": "x", "edges": [0, 1, 3]}]
    step = function("step", variables=["x"], parameters=["k", 2], axes=axes)
    x, k = np.array([0.5, 2.0, 0.2]), np.array([5.0, 6.0, 7.0])
    np.testing.assert_array_equal(evaluate(step, {"x": x, "k": k}), [5.0, 2.0, 7.0])
    np.testing.assert_array_equal(evaluate(step, {"x": 0.5, "k": k}), k)
    np.testing.assert_array_equal(evaluate(step, {"x": x, "k": k[:1]}), [5.0, 2.0, 5.0])
    assert evaluate(step, {"x": 0.5, "k": 4.0}).shape == ()


def test_evaluate_all_in_order() -> None:
    first = read({"name": "g", "type": "product", "factors": ["k", "k"]})
    second = function("sum", summands=["g", 1])
    results = evaluate_all([first, second], {"k": np.array([1.0, 3.0])})
    assert list(results) == ["g", "f"]
    np.testing.assert_array_equal(results["f"], [2.0, 10.0])
    with pytest.raises(CompileError, match="'g' has no value"):
        evaluate_all([second, first], {"k": 2.0})


@pytest.mark.parametrize(
    "f, message",
    [
        (function("no_such_type"), "'no_such_type' cannot be evaluated"),
        (
            function("derivative", function="g", x="x", order=1),
            "'derivative' needs the distributions",
        ),
        (function("sum", summands=["y"]), "'y' has no value"),
        (function("generic_function", expression="z + x"), "'z' has no value"),
        (flexible(6), "interpolation code 6; a interpolation0d can have 0, 1, 2, 3, 5, 4"),
        (piecewise(7), "interpolation code 7"),
        (function("weighted_sum", samples=["x"], coefficients=["x", 1, 2]), "3 coefficients for 1"),
        (function("roorecursivefraction_dist", list=[]), "has no fractions"),
        (
            function("histogram", data={"axes": [{"name": "x"}], "contents": [1]}),
            "needs ascending bins of 'x'",
        ),
        (function("step", variables=["x"], parameters=[1, 2]), "no binning of 'x'"),
        (function("binvolume", histogram="h"), "'h', which is no step function"),
        (function("spline", x="x", x0=[1, 1, 2], y0=[1, 2, 3]), "needs ascending `x0`"),
        (function("spline", x="x", x0=[0, 1], y0=[1, 2], logx=True), "`x0`, which is not positive"),
    ],
    ids=lambda v: v.type if isinstance(v, Function) else "",
)
def test_errors_name_what_is_wrong(f: Function, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        evaluate(f, {"x": 1.0, "a": 0.0, **NLH})
    assert message in caught.value.message


# --- frozen function scans of ROOT ---------------------------------------------------------------


def scans() -> list[Any]:
    found = []
    for path in shared_files("conformance/*/**/expected.json"):
        for i, check in enumerate(json.loads(path.read_text())["checks"]):
            if check["kind"] == "function_scan":
                found.append(pytest.param(path, check, id=f"{label(path.parent)}-{i}"))
    return found


def needed(document: dict[str, Any], name: str) -> list[Function]:
    """The functions that `name` depends on, dependencies first."""
    entries = {f["name"]: read(f) for f in document["functions"]}
    order: dict[str, Function] = {}

    def visit(name: str) -> None:
        if name not in entries or name in order:
            return
        f = entries[name]
        inner = [r.name for r in references(f)]
        if hasattr(f, "expression"):
            inner += names(parse(f.expression))
        for other in inner:
            visit(other)
        order[name] = f

    visit(name)
    return list(order.values())


@pytest.mark.parametrize("path, check", scans())
def test_function_scan(path: Path, check: dict[str, Any]) -> None:
    document = json.loads((path.parent / "hs3.json").read_text())
    target = check["target"]["function"]
    functions = needed(document, target)
    types = {f.type for f in functions}
    if types & {"integral", "derivative"}:
        pytest.skip("integrals and derivatives need the densities: test_composites.py")
    point = {p["name"]: p["value"] for p in document["parameter_points"][0]["parameters"]}
    point |= check["reference_point"]
    got = [
        float(
            evaluate_all(
                functions, point | dict(zip(check["scan_parameters"], values, strict=True))
            )[target]
        )
        for values in check["scan_points"]
    ]
    tolerance = check["tolerance"]
    np.testing.assert_allclose(
        got, check["expected"], rtol=tolerance["rtol"], atol=tolerance["atol"]
    )
