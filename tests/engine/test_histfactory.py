"""HistFactory models against a plain evaluator and automatic differentiation."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import reference_histfactory as reference
from histfactory_models import (
    channel,
    dense_graph,
    graph_of,
    parameter,
    random_graph,
    random_values,
    sample,
    two_bin,
)

import hs3.engine as engine
from hs3.engine import constraints as aux
from hs3.engine import expansion, kernels, likelihood
from hs3.engine.histfactory.layout import plan
from hs3.errors import CompileError, FitError
from hs3.histfactory.meaning import Constraint, HistoSys, Interpolation, NormFactor, NormSys

GRAPHS = {
    "two bins": two_bin(),
    "all codes": random_graph(1, systematics=6),
    "clipped": random_graph(2, clip=True),
    "one code": random_graph(3, codes=[Interpolation.POLY6_LINEAR]),
    "one bin": random_graph(4, bins=[1], samples=1),
    "wide and narrow": random_graph(5, bins=[40, 1, 1, 2, 1], samples=2),
}


@pytest.fixture(params=list(GRAPHS), scope="module")
def graph(request):
    return GRAPHS[request.param]


@pytest.mark.parametrize("spread", [0.3, 2.0])
def test_agrees_with_the_plain_evaluator(graph, spread):
    model = engine.compile(graph)
    rng = np.random.default_rng(0)
    for _ in range(5):
        values = random_values(graph, rng, spread)
        wanted = reference.twice_nll(graph, values)
        # A negative expectation has no likelihood: the plain formula gives NaN, we give infinity.
        wanted = wanted if np.isfinite(wanted) else np.inf
        assert model.twice_nll(values) == pytest.approx(wanted, rel=1e-12)
        for name, counts in model.expected_counts(values).items():
            np.testing.assert_allclose(counts, reference.expected(graph, values)[name], rtol=1e-12)


def test_derivatives_agree_with_automatic_differentiation(graph):
    model = engine.compile(graph)
    values = model.theta(random_values(graph, np.random.default_rng(1)))
    args = (model.program, model.arrays, model.observed)
    index, exact = np.arange(len(values)), np.float64(1.0)
    at = kernels.expand(values, index, exact, *args)
    value, gradient = model.value_and_gradient(values)
    hessian = jax.jit(jax.hessian(likelihood.nll), static_argnums=1)(values, *args)
    assert float(at.value) == pytest.approx(value, rel=1e-14)
    size = np.abs(hessian).max()
    np.testing.assert_allclose(at.gradient, gradient, rtol=1e-10, atol=1e-12 * size)
    np.testing.assert_allclose(model.hessian(values), hessian, rtol=1e-9, atol=1e-12 * size)


def test_gradient_agrees_with_finite_differences(graph):
    model = engine.compile(graph)
    theta = model.theta(random_values(graph, np.random.default_rng(2)))
    gradient = model.gradient(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = 1e-6
        slope = (model.nll(theta + step) - model.nll(theta - step)) / 2e-6
        assert gradient[i] == pytest.approx(slope, rel=2e-5, abs=2e-5)


def test_fisher_information_is_the_mean_hessian():
    """Averaged over data, the Hessian of the counts is the Fisher information; here exactly."""
    model = engine.compile(random_graph(6, codes=[Interpolation.LINEAR]))
    asimov = model.with_data(model.expected_data())
    np.testing.assert_allclose(asimov.hessian(), asimov.fisher_information(), atol=1e-9)


def test_no_expectation_and_no_count_is_certain():
    """A bin that expects nothing: empty it is certain, otherwise it is impossible."""
    nothing = sample("s", [0.0, 5.0], [NormFactor("mu", "mu", "")])
    graph = graph_of([channel("c", [nothing], [0.0, 5.0])], [], [parameter("mu", 1.0, 0.0, 2.0)])
    model = engine.compile(graph)
    wanted = -2.0 * reference.log_poisson(5.0, 5.0)
    assert model.twice_nll() == pytest.approx(wanted, rel=1e-14)
    assert np.isfinite(model.gradient()).all()
    occupied = engine.compile(replace(graph, channels=(channel("c", [nothing], [1.0, 5.0]),)))
    assert occupied.nll() == np.inf


def test_normfactor_at_zero_has_its_gradient():
    model = engine.compile(two_bin())
    at_zero = model.gradient({"mu": 0.0})
    step = (model.nll({"mu": 1e-6}) - model.nll({"mu": 0.0})) / 1e-6
    assert at_zero[0] == pytest.approx(step, rel=1e-5)


def test_exponential_interpolation_refuses_factors_below_zero():
    bad = NormSys("n", "a", 1.1, -0.1, Interpolation.EXPONENTIAL, "/where/it/stands")
    graph = graph_of([channel("c", [sample("s", [1.0], [bad])], [1.0])], [], [parameter("a", 0.0)])
    with pytest.raises(CompileError, match="factors above zero") as caught:
        engine.compile(graph)
    assert caught.value.path == "/where/it/stands"
    hi, lo = np.array([-1.0]), np.array([1.0])
    bad_shape = HistoSys("h", "a", hi, lo, Interpolation.EXPONENTIAL, "/shape")
    stack = [sample("s", [1.0], [bad_shape])]
    with pytest.raises(CompileError, match="sign"):
        engine.compile(replace(graph, channels=(channel("c", stack, [1.0]),)))


def test_same_systematic_twice_on_a_sample_counts_twice():
    twice = [NormSys("n", "a", 1.2, 0.9, Interpolation.POLY6_EXPONENTIAL, "")] * 2
    graph = graph_of(
        [channel("c", [sample("s", [7.0], twice)], [9.0])], [], [parameter("a", 0.0, -5.0, 5.0)]
    )
    model = engine.compile(graph)
    for a in (-1.5, -0.4, 0.6, 2.0):
        wanted = reference.twice_nll(graph, {"a": a})
        assert model.twice_nll({"a": a}) == pytest.approx(wanted, rel=1e-13)


def test_constraint_by_names_follows_the_global_observable():
    """A measured value and a width given by name move with those parameters."""
    constraint = Constraint("c", "gauss", "a", "nom_a", "width", "")
    parameters = [
        parameter("a", 0.3),
        parameter("nom_a", 0.0, const=True),
        parameter("width", 1.0, const=True),
    ]
    graph = graph_of([], [constraint], parameters)
    model = engine.compile(graph)
    for values in ({}, {"nom_a": 0.7}, {"width": 2.0, "a": -1.0}):
        assert model.nll(values) == pytest.approx(reference.twice_nll(graph, values) / 2)
    hessian = jax.hessian(likelihood.nll)(model.start, model.program, model.arrays, model.observed)
    np.testing.assert_allclose(model.hessian(), hessian, atol=1e-12)


@pytest.mark.parametrize("tau", [0.0, 3.0, 49.9, 50.1, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("value", [0.5, 1.0, 1.0 + 1e-6, 1.3])
def test_poisson_constraint_keeps_its_digits(tau, value):
    """Where the constraint is tight, the plain formula loses all of them by cancellation."""
    with mpmath.workdps(50):
        rate = mpmath.mpf(tau) * mpmath.mpf(value)
        log = mpmath.mpf(tau) * mpmath.log(rate) if tau else mpmath.mpf(0)
        wanted = float(rate - log + mpmath.loggamma(mpmath.mpf(tau) + 1))
    got = float(aux.poisson(jnp.asarray(tau), jnp.asarray(value), jnp.asarray(tau)))
    assert got == pytest.approx(wanted, rel=1e-14, abs=1e-14)


def test_poisson_constraint_is_smooth_at_zero():
    slope = jax.grad(aux.poisson, argnums=1)(*map(jnp.asarray, (0.0, 0.0, 1.0)))
    assert float(slope) == 1.0


def test_wide_channels_are_cut_into_blocks_and_put_together():
    layout = plan([100, 3, 3, 4])
    assert layout.width < 100
    values = [np.arange(n, dtype=float) + 10 * n for n in layout.bins]
    for back, value in zip(layout.per_channel(layout.stacked(values)), values, strict=True):
        np.testing.assert_array_equal(back, value)


def test_sample_yields_add_up_to_the_expected_counts(graph):
    model = engine.compile(graph)
    values = random_values(graph, np.random.default_rng(4), 0.3)
    yields = model.sample_yields(values)
    for name, counts in model.expected_counts(values).items():
        np.testing.assert_allclose(sum(yields[name].values()), counts, rtol=1e-12)


def test_unknown_names_are_refused_with_the_nearest():
    model = engine.compile(two_bin())
    with pytest.raises(FitError) as caught:
        model.nll({"gama[0]": 1.0})
    assert caught.value.suggestions[0].startswith("gamma")


def test_batches_give_the_same_numbers():
    graph = GRAPHS["all codes"]
    model = engine.compile(graph)
    rng = np.random.default_rng(3)
    points = jnp.stack([model.theta(random_values(graph, rng)) for _ in range(4)])
    batch = jax.vmap(lambda t: likelihood.nll(t, model.program, model.arrays, model.observed))
    np.testing.assert_allclose(batch(points), [model.nll(p) for p in points], rtol=1e-13)


def test_program_size_does_not_grow_with_systematics():
    """The number of compiled equations is a constant of the code, not of the model."""
    sizes = {n: program_sizes(n) for n in (2, 5, 12)}
    assert len(set(sizes.values())) == 1, sizes


def program_sizes(systematics: int) -> tuple[int, int]:
    """Equations of the gradient and of the second-order expansion."""
    model = engine.compile(dense_graph(systematics))
    theta, rest = model.start, (model.program, model.arrays, model.observed)
    gradient = jax.make_jaxpr(jax.value_and_grad(likelihood.nll), static_argnums=1)
    expand = jax.make_jaxpr(expansion.expand, static_argnums=3)
    index, tau = np.arange(len(theta)), np.float64(1.0)
    return equations(gradient(theta, *rest).jaxpr), equations(
        expand(theta, index, tau, *rest).jaxpr
    )


def equations(jaxpr) -> int:
    """Number of equations, those of inner programs included."""
    total = len(jaxpr.eqns)
    for equation in jaxpr.eqns:
        for value in equation.params.values():
            for inner in value if isinstance(value, tuple | list) else (value,):
                inner = getattr(inner, "jaxpr", inner)
                total += equations(inner) if hasattr(inner, "eqns") else 0
    return total


def test_a_channel_listed_twice_keeps_both_data():
    """The same distribution measured twice, with data of its own each time."""
    stack = [sample("s", [5.0, 7.0], [NormFactor("mu", "mu", "")])]
    channels = [channel("c", stack, [4.0, 9.0]), channel("c", stack, [6.0, 5.0])]
    graph = graph_of(channels, [], [parameter("mu", 1.0, 0.0, 5.0)])
    model = engine.compile(graph)
    assert list(model.data.channels) == ["c#0", "c#1"]
    assert model.with_data(model.data).nll() == model.nll()
    assert model.nll() == pytest.approx(0.5 * reference.twice_nll(graph), rel=1e-12)
    assert list(model.expected_counts()) == ["c#0", "c#1"]
    assert list(model.sample_yields()) == ["c#0", "c#1"]
