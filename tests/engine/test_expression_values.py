"""Values and derivatives of generic expressions against mpmath and against ROOT."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hs3.engine.expressions import OPERATORS, compile_expression
from hs3.engine.mathematics import FORMULAS
from hs3.errors import CompileError, ExpressionError
from hs3.expressions import FUNCTIONS, parse

POINT = {"a": 3.0, "b": 2.0}


def value(text: str, **values: Any) -> float:
    return float(compile_expression(text)(values or POINT))


# RooFormulaVar of ROOT 6.40.00 at a = 3, b = 2.
ROOT_640 = {
    "2^3^2": 512.0,
    "-a^2": -9.0,
    "(-a)^2": 9.0,
    "a^-2": 0.1111111111111111,
    "-a^-2": -0.1111111111111111,
    "a^-1^2": 0.3333333333333333,
    "2^-2^2": 0.0625,
    "2^a^2": 512.0,
    "pow(a,b)^2": 81.0,
    "a**2": 9.0,
    "2**3**2": 512.0,
    "!a^2": 0.0,
    "!a==0": 1.0,
    "!(a>5)": 1.0,
    "a>b>0": 1.0,
    "a<b<1": 1.0,
    "1<2==1": 1.0,
    "a>1?b>1?1:2:3": 1.0,
    "a>5?1:b>5?2:3": 3.0,
    "a>1 || b>5 && 0": 1.0,
    "a>b?1:0+5": 1.0,
    "--0.5": 0.5,
    "a--b": 5.0,
    "a/2": 1.5,
    "1e2/3": 33.333333333333336,
    "a && b": 1.0,
    "fabs(-a)": 3.0,
    "log(a)": 1.0986122886681098,
    "log10(a)": 0.47712125471966244,
    "log2(a)": 1.584962500721156,
    "cbrt(a)": 1.4422495703074083,
    "cbrt(a-11)": -2.0,
    "erf(a)": 0.9999779095030014,
    "erfc(a)": 2.2090496998585438e-05,
    "sinh(a)": 10.017874927409903,
    "asinh(a)": 1.8184464592320668,
    "cosH(a)": 10.067661995777765,
    "sinH(a)": 10.017874927409903,
    "erfInverse(a/10)": 0.2724627147267544,
    "sqrt2()*a": 4.242640687119286,
    "logE()*a": 1.3028834457097553,
    "acosh(a)": 1.762747174039086,
    "atanh(0.5)": 0.5493061443340548,
    "atan2(a,b)": 0.982793723247329,
    "hypot(a,b)": 3.605551275463989,
    "round(a/2)": 2.0,
    "round(-2.5)": -3.0,
    "TMath::Nint(2.5)": 2.0,
    "TMath::Nint(3.5)": 4.0,
    "floor(a/2)": 1.0,
    "ceil(a/2)": 2.0,
    "trunc(-a/2)": -1.0,
    "fmod(-5.5,3)": -2.5,
    "sq(a)": 9.0,
    "tgamma(-1.5)": 2.363271801207355,
    "lgamma(-1.5)": 0.8600470153764809,
    "expm1(a)": 19.085536923187668,
    "log1p(a)": 1.3862943611198906,
    "exp2(a)": 8.0,
    "pi": 3.141592653589793,
    "e": 2.718281828459045,
    "sqrt2": 1.4142135623730951,
    "ln10": 2.302585092994046,
    "loge": 0.4342944819032518,
    "true ? 1 : 2": 1.0,
    "std::pow(a,b)": 9.0,
    "std::max(1.,a)": 3.0,
    "TMath::Exp(a)": 20.085536923187668,
    "TMath::Power(a,b)": 9.0,
    "TMath::Sq(a)": 9.0,
    "TMath::Sign(a,-b)": -3.0,
    "TMath::Gaus(a)": 0.011108996538242306,
    "TMath::Gaus(a,b)": 0.6065306597126334,
    "TMath::Gaus(a,b,1,true)": 0.24197072451914337,
    "TMath::Gaus(a,b,2,kTRUE)": 0.17603266338214976,
    "TMath::Gaus(a,b,2,kFALSE)": 0.8824969025845955,
    "TMath::Gaus(a,b,-2,true)": -0.17603266338214976,
    "TMath::BreitWigner(a)": 0.017205939793718417,
    "TMath::BreitWigner(a,1,2)": 0.06366197723675814,
    "TMath::Gamma(a)": 2.0,
    "TMath::Gamma(a,b)": 0.32332358381693643,
    "TMath::LnGamma(a)": 0.6931471805599453,
    "TMath::Beta(a,b)": 0.08333333333333333,
    "TMath::Poisson(a,b)": 0.18044704431548356,
    "TMath::Freq(a)": 0.9986501019683699,
    "TMath::ErfInverse(0.5)": 0.4769362762044698,
    "TMath::Pi()": 3.141592653589793,
    "TMath::TwoPi()": 6.283185307179586,
    "TMath::PiOver2()": 1.5707963267948966,
    "TMath::E()": 2.718281828459045,
    "TMath::LogE()": 0.4342944819032518,
    "TMath::DegToRad()": 0.017453292519943295,
    "ROOT::Math::gaussian_pdf(a,2,1)": 0.12098536225957168,
    "ROOT::Math::normal_pdf(a,2,1)": 0.12098536225957168,
    "ROOT::Math::gaussian_cdf(a,2,1)": 0.8413447460685429,
    "ROOT::Math::normal_cdf_c(a,2,1)": 0.15865525393145707,
    "ROOT::Math::breitwigner_pdf(a,2,1)": 0.06366197723675814,
    "ROOT::Math::cauchy_pdf(a,2,1)": 0.07957747154594767,
    "ROOT::Math::exponential_pdf(a,0.5)": 0.11156508007421491,
    "ROOT::Math::lognormal_pdf(a,0.5,0.7)": 0.13179263436856636,
    "ROOT::Math::poisson_pdf(3,b)": 0.18044704431548356,
}


@pytest.mark.parametrize("text", ROOT_640)
def test_agrees_with_root(text: str) -> None:
    assert value(text) == pytest.approx(ROOT_640[text], rel=4e-14)


@pytest.mark.parametrize(
    "text, here, root",
    [("1/2", 0.5, 0.0), ("7/2 + a", 6.5, 6.0), ("(a>1)/2", 0.5, 0.0), ("0.1+0.2==0.3", 1.0, 0.0)],
)
def test_where_the_standard_differs_from_root(text: str, here: float, root: float) -> None:
    assert value(text) == here != root


@pytest.mark.parametrize(
    "text, expected",
    [
        ("TRUE + FALSE", 1.0),
        ("PI", math.pi),
        ("EULER", math.e),
        ("1 == 1.0000000000000002", 1.0),
        ("1 === 1.0000000000000002", 0.0),
        ("1 != 1.0000000000000002", 0.0),
        ("1 !== 1.0000000000000002", 1.0),
        ("1 == 1.000000000000003", 0.0),
        ("0 == 1e-300", 0.0),
        ("0 == -0", 1.0),
        ("1/0 == 1/0", 1.0),
        ("1/0 == -1/0", 0.0),
        ("1/0 == 5", 0.0),
        ("3 > 2 && 2 >= 2", 1.0),
        ("3 < 2 || 2 <= 1", 0.0),
        ("!0 + !7", 1.0),
        ("(2 && 3) + (0 || 5)", 2.0),
        ("min(1, 2) + max(3, 4)", 5.0),
        ("log(0)", -math.inf),
    ],
)
def test_values(text: str, expected: float) -> None:
    assert value(text) == expected


def test_every_function_and_operator_has_a_formula() -> None:
    assert {signature.meaning for signature in FUNCTIONS.values()} == set(FORMULAS)
    assert len(OPERATORS) == 20


# --- random expressions, evaluated by mpmath without this project's parser --------------------

UNARY: dict[str, Callable[[Any], Any]] = {
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "abs": abs,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "tanh": mp.tanh,
    "erf": mp.erf,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "<": lambda x, y: mp.mpf(x < y),
    ">=": lambda x, y: mp.mpf(x >= y),
    "&&": lambda x, y: mp.mpf(x != 0 and y != 0),
    "||": lambda x, y: mp.mpf(x != 0 or y != 0),
}
TREES = st.recursive(
    st.sampled_from(["a", "b", "0.5", "2", "3.25", "PI"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([*UNARY, "-", "!"]), inner),
        st.tuples(st.sampled_from([*BINARY]), inner, inner),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner),
        st.tuples(st.just("?"), inner, inner, inner),
    ),
    max_leaves=12,
)


def written(tree: Any) -> str:
    match tree:
        case str():
            return tree
        case ("?", test, then, other):
            return f"({written(test)} ? {written(then)} : {written(other)})"
        case ("min" | "max", x, y):
            return f"{tree[0]}({written(x)}, {written(y)})"
        case (symbol, x, y):
            return f"({written(x)} {symbol} {written(y)})"
        case ("-" | "!", x):
            return f"({tree[0]}{written(x)})"
        case (name, x):
            return f"{name}({written(x)})"
    raise AssertionError(tree)


def exact(tree: Any) -> Any:
    """The value at the present precision; hypothesis drops what is not real and moderate."""
    match tree:
        case str():
            return mp.pi if tree == "PI" else mp.mpf(POINT.get(tree, tree))
        case ("?", test, then, other):
            return exact(then) if exact(test) != 0 else exact(other)
        case ("min" | "max", x, y):
            return (min if tree[0] == "min" else max)(exact(x), exact(y))
        case (symbol, x, y):
            inner = exact(x), exact(y)
            assume(not (symbol == "/" and inner[1] == 0) and not (symbol == "^" and inner[0] <= 0))
            assume(symbol != "^" or abs(inner[1] * mp.log(inner[0])) < 200)
            result = BINARY[symbol](*inner)
        case ("-", x):
            result = -exact(x)
        case ("!", x):
            result = mp.mpf(exact(x) == 0)
        case (name, x):
            inner = exact(x)
            assume(name != "log" or inner > 0)
            assume(name != "exp" or abs(inner) < 200)
            assume(name not in ("asin", "acos") or abs(inner) <= 1)
            assume(name != "sqrt" or inner >= 0)
            result = UNARY[name](inner)
    assume(result == 0 or 1e-100 < abs(result) < 1e100)
    return result


@settings(deadline=None, max_examples=150)
@given(TREES)
def test_random_expressions_agree_with_mpmath(tree: Any) -> None:
    with mp.workdps(60):
        expected = exact(tree)
    with mp.workprec(53):
        rounded = exact(tree)
    assume(abs(rounded - expected) <= 1e-12 * abs(expected))  # ill-conditioned ones say nothing
    assert value(written(tree)) == pytest.approx(float(expected), rel=1e-9, abs=0.0)


# --- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a*b - b/a",
        "a^b",
        "(-a)^2",
        "sqrt(a*b)",
        "log(a)*exp(-b)",
        "a > b ? a^2 : b^2",
        "min(a, b) + max(a*a, b)",
        "abs(b - a)",
        "sin(a)*cos(b)*tan(a/4)",
        "asin(a/4) + acos(b/4) + atan(a*b)",
        "TMath::Gaus(a, b, 2, TRUE)",
        "TMath::Gamma(a) * lgamma(b)",
        "TMath::Gamma(a, b)",
        "TMath::Poisson(a, b)",
        "TMath::Beta(a, b)",
        "atan2(a, b) + hypot(a, b) + cbrt(a)",
        "ROOT::Math::lognormal_pdf(a, b, 0.7, 0.5)",
        "ROOT::Math::exponential_pdf(a, b, 0.5)",
        "ROOT::Math::normal_cdf(a, 2, b) + erf(a/b)",
        "asinh(a) + acosh(a) + atanh(b/4) + erfinv(b/4)".replace("erfinv", "TMath::ErfInverse"),
    ],
)
def test_gradient_against_finite_differences(text: str) -> None:
    evaluate = compile_expression(text)

    def at(theta: Any) -> Any:
        return evaluate({"a": theta[0], "b": theta[1]})

    point, h = np.array([3.0, 2.0]), 1e-5
    steps = np.eye(2) * h
    numerical = [
        (8 * (at(point + s) - at(point - s)) - (at(point + 2 * s) - at(point - 2 * s))) / (12 * h)
        for s in steps
    ]
    np.testing.assert_allclose(jax.grad(at)(point), numerical, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(jax.jacfwd(at)(point), numerical, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    "text, x, slope",
    [
        ("x*sqrt(x)", 0.0, 0.0),
        ("sqrt(x*x)", 0.0, 0.0),
        ("x^2", 0.0, 0.0),
        ("x^1", 0.0, 1.0),
        ("x^1.5", 0.0, 0.0),
        ("x^0", 0.0, 0.0),
        ("x^2.5", 0.0, 0.0),
        ("pow(x, 3)/x^0", -2.0, 12.0),
        ("(x - 1)^3", -1.0, 12.0),
        ("2^x", 0.0, math.log(2.0)),
        ("x > 0 ? sqrt(x) : x", 0.0, 1.0),
        ("x > 0 ? log(x) : 2*x", 0.0, 2.0),
        ("x < 1 ? 3*x : 1/(x - 1)", 1e-3, 3.0),
        ("x == 0 ? 1 + x : sin(x)/x", 0.0, 1.0),
        ("x < 0 ? log(-x) : x < 1 ? x^2 : log(x - 1)", 0.5, 1.0),
        ("x < 0 ? log(-x) : x < 1 ? x^2 : log(x - 1)", 0.0, 0.0),
        ("(x > 0 ? log(x) : 1) < 0 ? 5*x : 7*x", 0.0, 7.0),
        ("x > 0 && log(x) > 0 ? 1 : x", 0.0, 1.0),
        ("TMath::Poisson(0, x)", 0.0, -1.0),
        ("ROOT::Math::exponential_pdf(x, 2)", -1.0, 0.0),
        ("ROOT::Math::lognormal_pdf(x, 0, 1)", -1.0, 0.0),
    ],
)
def test_slope_is_finite_where_the_formula_is(text: str, x: float, slope: float) -> None:
    evaluate = compile_expression(text)

    def at(v: Any) -> Any:
        return evaluate({"x": v})

    assert float(jax.grad(at)(x)) == pytest.approx(slope, abs=1e-12)
    assert float(jax.jacfwd(at)(x)) == pytest.approx(slope, abs=1e-12)
    assert math.isfinite(float(jax.grad(jax.grad(at))(x))) or "sqrt" in text or "1.5" in text


def test_slopes_of_a_power_in_both() -> None:
    gradient = jax.grad(lambda t: compile_expression("x^n")({"x": t[0], "n": t[1]}))
    forward = jax.jacfwd(lambda t: compile_expression("x^n")({"x": t[0], "n": t[1]}))
    for slope in (gradient, forward):
        np.testing.assert_allclose(slope(jnp.array([2.0, 3.0])), [12.0, 8.0 * math.log(2.0)])
        np.testing.assert_array_equal(slope(jnp.array([-2.0, 3.0])), [12.0, 0.0])
        np.testing.assert_array_equal(slope(jnp.array([0.0, 1.0])), [1.0, 0.0])


def test_slope_of_sqrt() -> None:
    slope = jax.grad(lambda x: compile_expression("sqrt(x)")({"x": x}))
    assert float(slope(4.0)) == 0.25
    assert float(slope(0.0)) > 1e150  # infinite in truth: no optimiser can take it for a number
    assert math.isnan(float(slope(-1.0)))
    assert math.isnan(value("sqrt(a)", a=-1.0))


# --- arrays, tracing, errors ----------------------------------------------------------------------


def test_arrays_broadcast_under_jit_and_vmap() -> None:
    text = "x > m ? exp(-(x - m)^2/s) : s*x"
    evaluate = compile_expression(text)
    x, m, s = np.linspace(-1.0, 2.0, 7), 0.5, 1.5
    expected = np.where(x > m, np.exp(-((x - m) ** 2) / s), s * x)
    np.testing.assert_allclose(evaluate({"x": x, "m": m, "s": s}), expected, rtol=1e-15)
    jitted = jax.jit(lambda v: evaluate(v))({"x": x, "m": m, "s": s})
    np.testing.assert_allclose(jitted, expected, rtol=1e-14)
    mapped = jax.vmap(lambda v: evaluate({"x": v, "m": m, "s": s}))(jnp.asarray(x))
    np.testing.assert_allclose(mapped, expected, rtol=1e-14)
    slopes = jax.vmap(jax.grad(lambda v: evaluate({"x": v, "m": m, "s": s})))(jnp.asarray(x))
    assert np.all(np.isfinite(slopes))


def test_values_are_float64() -> None:
    for text in ("1", "a > b", "a", "TRUE", "TMath::Pi()", "!a", "a ? 1 : 0", "+a"):
        result = compile_expression(text)({"a": 1, "b": np.float32(2)})
        assert result.dtype == jnp.float64, text


def test_a_long_chain_and_a_deep_nest() -> None:
    assert value("+".join(["a"] * 3000)) == 9000.0
    assert value("-" * 499 + "a") == -3.0
    assert value("a > 0 ? " * 200 + "b" + " : 1" * 200) == 2.0


def test_a_name_of_the_model_wins_over_a_constant_of_root() -> None:
    assert value("pi*a", a=1.0) == math.pi
    assert value("pi*a", a=1.0, pi=3.0) == 3.0


def test_a_name_without_value_is_an_error() -> None:
    with pytest.raises(CompileError, match="'alpha_1' has no value") as caught:
        compile_expression("2*alpha_1")({"alpha_2": 1.0})
    assert caught.value.suggestions == ("alpha_2",)


def test_ordinals_need_a_list() -> None:
    with pytest.raises(CompileError, match=r"x\[0\] .* needs an argument list"):
        compile_expression("2*x[0]")


def test_a_text_that_is_no_expression() -> None:
    with pytest.raises(ExpressionError):
        compile_expression("import os")
    assert compile_expression(parse("a"))(POINT) == 3.0
