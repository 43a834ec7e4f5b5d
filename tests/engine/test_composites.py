"""What is particular to densities that are made of others: yields, ranges, measurements, bins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.stats import norm

import hs3
from hs3.engine.density import (
    DensityScope,
    Options,
    definitions_of,
    expected_events,
    log_density,
    log_probability,
)
from hs3.engine.density.counts import bin_counts
from hs3.engine.density.romberg import nodes, romberg
from hs3.engine.functions import evaluate
from hs3.errors import CompileError
from hs3.workspace import Workspace

GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": "s"}
FALL = {"name": "e", "type": "exponential_dist", "x": "x", "c": "c"}
RANGE = {"x": (0.0, 10.0)}
VALUES = {"mu": 4.0, "s": 0.5, "c": 0.4}


def scope(
    values: Mapping[str, Any],
    *parts: dict[str, Any],
    ranges: Mapping[str, tuple[float, float]] = RANGE,
    options: Options | None = None,
    **sections: Any,
) -> DensityScope:
    """A scope with the given distributions and functions (those with an expression)."""
    functions = [p for p in parts if p["type"] in ("generic_function", "integral", "derivative")]
    others = [p for p in parts if p not in functions]
    document = {"distributions": others, "functions": functions, **sections}
    definitions = definitions_of(Workspace.from_json(document), options=options)
    return DensityScope(values, definitions, ranges)


def density(at: DensityScope, name: str = "p") -> Any:
    return np.exp(log_density(at.distribution(name), at, tuple(at.ranges)))[()]


def domain(name: str, **axes: tuple[float, float]) -> dict[str, Any]:
    rows = [{"name": k, "min": low, "max": high} for k, (low, high) in axes.items()]
    return {"name": name, "type": "product_domain", "axes": rows}


def truncated(x: float, mean: float, sigma: float, low: float, high: float) -> float:
    inside = norm.cdf(high, mean, sigma) - norm.cdf(low, mean, sigma)
    return float(norm.pdf(x, mean, sigma) / inside)


# --- mixtures -------------------------------------------------------------------------------------


def mixture(**keys: Any) -> dict[str, Any]:
    return {"name": "p", "type": "mixture_dist", "summands": ["g", "e"], **keys}


def test_slope_at_a_yield_of_zero() -> None:
    """A summand of weight zero keeps its slope, however much higher it is."""
    part = mixture(coefficients=["n", 100.0])

    def value(n: Any) -> Any:
        at = scope({**VALUES, "n": n, "x": 4.0}, part, GAUSS, FALL)
        return log_density(at.distribution("p"), at, ("x",))

    at = scope({**VALUES, "x": 4.0}, GAUSS, FALL)
    ratio = density(at, "g") / density(at, "e")
    assert float(jax.grad(value)(0.0)) == pytest.approx((ratio - 1.0) / 100.0, rel=1e-10)


@pytest.mark.parametrize(
    "keys, events",
    [
        ({"coefficients": ["n", 7]}, 10.0),
        ({"coefficients": ["n", 7], "extended": True}, 10.0),
        ({"coefficients": ["n", 7], "extended": False}, None),
        ({"coefficients": ["n"]}, None),
    ],
)
def test_expected_events_of_mixtures(keys: dict[str, Any], events: float | None) -> None:
    at = scope({**VALUES, "n": 3.0}, mixture(**keys), GAUSS, FALL)
    assert expected_events(at.distribution("p"), at) == events


def test_mixture_without_coefficients_needs_extended_summands() -> None:
    at = scope({**VALUES, "x": 4.0}, mixture(), GAUSS, FALL)
    with pytest.raises(CompileError, match="'g' is not extended"):
        density(at)


def test_reference_of_coefficients() -> None:
    at = scope({**VALUES, "n": 3.0, "b": 5.0, "x": 4.0}, *_reference("n"), GAUSS, FALL)
    assert density(at) == pytest.approx(density(at, "g") + 5.0 / 3.0 * density(at, "e"), rel=1e-12)
    at = scope({**VALUES, "n": 3.0, "b": 5.0, "x": 4.0}, *_reference("x"), GAUSS, FALL)
    assert density(at) == pytest.approx((3 * density(at, "g") + 5 * density(at, "e")) / 8)
    at = scope({**VALUES, "n": 3.0, "b": 5.0, "x": 4.0}, *_reference("k"), GAUSS, FALL)
    with pytest.raises(CompileError, match="'k', which is neither"):
        density(at)


def _reference(name: str) -> list[dict[str, Any]]:
    return [mixture(coefficients=["n", "b"], ref_coef_norm=name)]


# --- products -------------------------------------------------------------------------------------


def test_factor_without_observables_is_a_measurement_of_its_variate() -> None:
    """Normalised over its own variate: in the domain, or on the real line."""
    product = {"name": "p", "type": "product_dist", "factors": ["g", "m"]}
    measured = {"name": "m", "type": "gaussian_dist", "x": "mu", "mean": 3.5, "sigma": 2.0}
    values = {**VALUES, "x": 4.1}
    free = scope(values, product, GAUSS, measured)
    shape = density(free, "g")
    assert density(free) == pytest.approx(shape * norm.pdf(4.0, 3.5, 2.0), rel=1e-12)
    bounded = scope(
        values, product, GAUSS, measured, domains=[domain("default_domain", mu=(3.0, 9.0))]
    )
    expected = shape * truncated(4.0, 3.5, 2.0, 3.0, 9.0)
    assert density(bounded) == pytest.approx(expected, rel=1e-12)


def test_measurement_by_a_mixture_and_of_a_number() -> None:
    """Each summand over the real line; a number among the variates counts as one."""
    a = {"name": "a", "type": "gaussian_dist", "x": "t", "mean": 0.0, "sigma": 1.0}
    b = {"name": "b", "type": "gaussian_dist", "x": 0.3, "mean": "t", "sigma": 3.0}
    both = {"name": "p", "type": "mixture_dist", "summands": ["a", "b"], "coefficients": [0.4]}
    at = scope({"t": 0.7}, both, a, b, ranges={})
    expected = 0.4 * norm.pdf(0.7) + 0.6 * norm.pdf(0.3, 0.7, 3.0)
    assert density(at) == pytest.approx(expected, rel=1e-12)


def test_measurement_whose_variate_nothing_tells() -> None:
    shape = {"name": "f", "type": "generic_function", "expression": "exp(-a*a - b*b)"}
    part = {"name": "p", "type": "density_function_dist", "function": "f"}
    at = scope({"a": 1.0, "b": 2.0}, part, shape, ranges={})
    with pytest.raises(CompileError, match="which of a, b is the variable"):
        density(at)


def test_measurement_by_a_function_of_one_parameter() -> None:
    """A numerical integral over the real line."""
    shape = {"name": "f", "type": "generic_function", "expression": "exp(-abs(t)^3)"}
    part = {"name": "p", "type": "density_function_dist", "function": "f"}
    at = scope({"t": 0.7}, part, shape, ranges={})
    expected = mp.exp(-(mp.mpf("0.7") ** 3)) / (2 * mp.gamma(mp.mpf(4) / 3))
    assert density(at) == pytest.approx(float(expected), rel=1e-9)


def test_uniform_in_what_it_does_not_depend_on() -> None:
    at = scope({**VALUES, "x": 4.1, "y": 0.3}, GAUSS, ranges={**RANGE, "y": (-1.0, 4.0)})
    assert density(at, "g") == pytest.approx(truncated(4.1, 4.0, 0.5, 0.0, 10.0) / 5.0, rel=1e-12)


# --- numbers of events ----------------------------------------------------------------------------


def test_events_in_a_part_of_the_range() -> None:
    """ROOT: the yield counts events in the named range."""
    part = {"name": "p", "type": "extend_pdf", "pdf": "e", "norm": "n", "range": "signal"}
    at = scope(
        {**VALUES, "n": 30.0, "x": np.array([1.0, 2.0])},
        part,
        FALL,
        domains=[domain("signal", x=(2.0, 5.0))],
    )
    inside = (math.exp(-0.8) - math.exp(-2.0)) / (1.0 - math.exp(-4.0))
    events = expected_events(at.distribution("p"), at)
    assert events is not None
    assert events.shape == ()
    assert float(events) == pytest.approx(30.0 / inside, rel=1e-12)


def test_unknown_range() -> None:
    part = {"name": "p", "type": "extend_pdf", "pdf": "e", "norm": 3, "range": "sgnal"}
    at = scope(VALUES, part, FALL, domains=[domain("signal", x=(2.0, 5.0))])
    with pytest.raises(CompileError, match="no domain 'sgnal'"):
        expected_events(at.distribution("p"), at)


def test_events_of_a_rate_density() -> None:
    line = {"name": "f", "type": "generic_function", "expression": "3 + a*x"}
    part = {"name": "p", "type": "rate_density_dist", "x": "x", "density": "f"}
    at = scope({"a": 0.5, "x": np.arange(4.0)}, part, line)
    events = expected_events(at.distribution("p"), at)
    assert events is not None
    assert events.shape == ()
    assert float(events) == pytest.approx(55.0, rel=1e-13)


BINS = (jnp.array([0.0, 1.0, 4.0]), jnp.array([1.0, 4.0, 10.0]))


def test_counts_in_bins() -> None:
    line = {"name": "f", "type": "generic_function", "expression": "3 + a*x"}
    axes = [{"name": "x", "edges": [0, 1, 4, 10]}]
    parts = (
        {"name": "p", "type": "bincounts_extended_dist", "rate": 50, "dist": "e", "axes": axes},
        {"name": "q", "type": "bincounts_density_dist", "density": "f", "axes": axes},
    )
    at = scope({**VALUES, "a": 0.5}, *parts, FALL, line)
    low, high = (np.asarray(side) for side in BINS)
    expected = 50.0 * (np.exp(-0.4 * low) - np.exp(-0.4 * high)) / (1.0 - math.exp(-4.0))
    got = bin_counts(at.distribution("p"), at, {"x": BINS})
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    got = bin_counts(at.distribution("q"), at, {"x": BINS})
    np.testing.assert_allclose(got, 3.0 * (high - low) + 0.25 * (high**2 - low**2), rtol=1e-12)


def test_counts_in_other_bins_than_those_of_the_distribution() -> None:
    axes = [{"name": "x", "min": 0, "max": 10, "nbins": 5}]
    part = {"name": "p", "type": "bincounts_extended_dist", "rate": 50, "dist": "e", "axes": axes}
    at = scope(VALUES, part, FALL)
    with pytest.raises(CompileError, match="5 bins, and its data have 3"):
        bin_counts(at.distribution("p"), at, {"x": BINS})
    with pytest.raises(CompileError, match="needs binned data"):
        density(at)


# --- averages and convolutions --------------------------------------------------------------------


def test_average_over_bins() -> None:
    part = {"name": "p", "type": "binsampling_dist", "pdf": "e", "observable": "x"}
    edges = [0.0, 2.0, 3.0, 10.0]
    axis = {"name": "x", "edges": edges}
    data = {"name": "d", "type": "binned", "axes": [axis], "contents": [1, 2, 3]}
    at = scope({**VALUES, "x": np.array([0.0, 1.9, 2.0, 5.0, 10.0])}, part, FALL, data=[data])
    cdf = (1.0 - np.exp(-0.4 * np.array(edges))) / (1.0 - math.exp(-4.0))
    heights = np.diff(cdf) / np.diff(edges)
    np.testing.assert_allclose(density(at), heights[[0, 0, 1, 2, 2]], rtol=1e-12)
    box = {"x": (jnp.array([0.0, 1.0]), jnp.array([1.0, 2.5]))}
    got = jnp.exp(log_probability(at.distribution("p"), at, box))
    np.testing.assert_allclose(got, [heights[0], heights[0] + 0.5 * heights[1]], rtol=1e-12)


def test_average_without_bins() -> None:
    part = {"name": "p", "type": "binsampling_dist", "pdf": "e", "observable": "x"}
    with pytest.raises(CompileError, match="neither data nor domains"):
        density(scope({**VALUES, "x": 1.0}, part, FALL))


SMEAR = {"name": "r", "type": "gaussian_dist", "x": "x", "mean": 0.3, "sigma": "w"}
CONVOLUTION = {"name": "p", "type": "fft_conv_pdf", "conv_var": "x", "pdf1": "g", "pdf2": "r"}
PLACES = np.array([0.0, 1.0, 3.7, 4.3, 6.0, 9.9])


@pytest.mark.parametrize("s, w", [(0.5, 0.7), (2.0, 0.01), (1e-3, 1.5), (3.0, 3.0)])
def test_convolution_of_two_normal_distributions(s: float, w: float) -> None:
    at = scope({"mu": 4.0, "s": s, "w": w, "x": PLACES}, CONVOLUTION, GAUSS, SMEAR)
    both = math.hypot(s, w)
    inside = norm.cdf(10.0, 4.3, both) - norm.cdf(0.0, 4.3, both)
    np.testing.assert_allclose(
        log_density(at.distribution("p"), at, ("x",)),
        norm.logpdf(PLACES, 4.3, both) - math.log(inside),
        rtol=1e-11,
        atol=1e-11,
    )
    assert max(at.errors) < 1e-9


def test_gradient_of_a_convolution() -> None:
    def value(w: Any) -> Any:
        at = scope({"mu": 4.0, "s": 0.5, "w": w, "x": 5.0}, CONVOLUTION, GAUSS, SMEAR)
        return log_density(at.distribution("p"), at, ("x",))

    def exact(w: float) -> float:
        return math.log(truncated(5.0, 4.3, math.hypot(0.5, w), 0.0, 10.0))

    slope = (exact(0.7 + 1e-5) - exact(0.7 - 1e-5)) / 2e-5
    assert float(jax.grad(value)(0.7)) == pytest.approx(slope, rel=1e-8)


def test_convolution_in_a_function_of_the_observable() -> None:
    """The variable of the convolution is not the observable; the result is normalised in that."""
    wave = {"name": "f", "type": "generic_function", "expression": "2*z + 1"}
    part = {**CONVOLUTION, "conv_func": "f"}
    at = scope(
        {"mu": 4.0, "s": 0.5, "w": 0.7, "x": 0.0, "z": 1.6},
        part,
        GAUSS,
        SMEAR,
        wave,
        ranges={"z": (0.0, 4.0)},
    )
    expected = truncated(1.6, 1.65, math.hypot(0.5, 0.7) / 2.0, 0.0, 4.0)
    assert density(at) == pytest.approx(expected, rel=1e-9)


def test_convolution_as_root_samples_it() -> None:
    """The same where the ends of the range are far away, up to half a bin of 10,000."""
    options = Options(fft=True)
    at = scope(
        {"mu": 4.0, "s": 0.5, "w": 0.7, "x": PLACES}, CONVOLUTION, GAUSS, SMEAR, options=options
    )
    expected = norm.pdf(PLACES, 4.3, math.hypot(0.5, 0.7))
    np.testing.assert_allclose(density(at), expected, atol=3e-4)
    box = {"x": (jnp.array([0.0, 4.0]), jnp.array([4.0, 10.0]))}
    assert jnp.exp(log_probability(at.distribution("p"), at, box)).sum() == pytest.approx(1.0)


# --- integrals ------------------------------------------------------------------------------------


def test_cumulative_distribution_over_a_domain() -> None:
    """rf110 of ROOT: the range called CDF holds a part, the default domain the whole."""
    domains = [domain("CDF", x=(-10.0, 0.0)), domain("default_domain", x=(-10.0, 10.0))]
    integral = {"name": "i", "type": "integral", "integrand": "g", "variables": ["x"]}
    integral |= {"domain": "CDF", "normalization": ["x"]}
    at = scope({"mu": -2.0, "s": 3.0}, GAUSS, integral, ranges={}, domains=domains)
    whole = norm.cdf(10.0, -2.0, 3.0) - norm.cdf(-10.0, -2.0, 3.0)
    part = norm.cdf(0.0, -2.0, 3.0) - norm.cdf(-10.0, -2.0, 3.0)
    assert float(at("i")) == pytest.approx(part / whole, rel=1e-12)


def test_integral_needs_the_document() -> None:
    integral = {"name": "i", "type": "integral", "integrand": "g", "variables": ["x"]}
    function = (Workspace.from_json({"functions": [integral]}).functions or ())[0]
    with pytest.raises(CompileError, match="needs the distributions"):
        evaluate(function, {"x": 1.0})


def test_integrals_that_take_all_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = {"name": "w", "type": "generic_dist", "expression": "2 + sin(x*y)"}
    part = {"name": "p", "type": "projected_dist", "input_pdf": "w", "observables": ["y"]}
    ranges = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
    at = scope({"x": np.linspace(0.0, 1.0, 1000)}, wave, part, ranges=ranges)
    assert np.isfinite(log_density(at.distribution("p"), at, ("x",))).all()
    monkeypatch.setattr("hs3.engine.density.quadrature.MOST_VALUES", 1e5)
    with pytest.raises(CompileError, match=r"an integral over y takes .* values at once"):
        log_density(at.distribution("p"), at, ("x",))


def test_channels_know_no_integrals() -> None:
    """The message is about the integral, and not about its variable, which has no value."""
    functions = [
        {"name": "line", "type": "generic_function", "expression": "k*z"},
        {"name": "i", "type": "integral", "integrand": "line", "variables": ["z"]},
    ]
    sample = {"name": "s", "data": {"contents": [3.0]}, "modifiers": []}
    sample["modifiers"] = [{"name": "i", "type": "normfactor", "parameter": "i"}]
    axes = [{"name": "x", "min": 0, "max": 1, "nbins": 1}]
    document = {
        "distributions": [
            {"name": "ch", "type": "histfactory_dist", "axes": axes, "samples": [sample]}
        ],
        "functions": functions,
        "data": [{"name": "d", "type": "binned", "axes": axes, "contents": [3.0]}],
        "likelihoods": [{"name": "l", "distributions": ["ch"], "data": ["d"]}],
        "domains": [domain("default_domain", k=(0.0, 2.0), z=(0.0, 1.0))],
        "parameter_points": [{"name": "p", "parameters": [{"name": "k", "value": 1.0}]}],
    }
    with pytest.raises(CompileError, match="'i' of type 'integral' needs the dist") as refused:
        hs3.compile(Workspace.from_json(document))
    assert refused.value.path == "/functions/1"


def test_derivative_of_an_order_that_is_not_there() -> None:
    derivative = {"name": "d", "type": "derivative", "function": "g", "x": "x", "order": 4}
    at = scope({**VALUES, "x": 1.0}, GAUSS, derivative)
    with pytest.raises(CompileError, match="order 4"):
        at("d")


def test_romberg_stops_where_root_does() -> None:
    """Good to about 1e-7, as ROOT; both limits may be arrays."""
    x = nodes(0.0, jnp.array([1.0, 2.0]), 1)
    got = romberg(jnp.exp(-x * x * 9.0), jnp.array([1.0, 2.0]))
    exact = np.array([math.erf(3.0), math.erf(6.0)]) * math.sqrt(math.pi) / 6.0
    np.testing.assert_allclose(got, exact, rtol=1e-6)
    assert np.abs(got / exact - 1.0).max() > 1e-12
