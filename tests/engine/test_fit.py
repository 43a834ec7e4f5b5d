"""Fits: minima, covariance, bounds, failures, and the comparison with MINUIT."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from histfactory_models import channel, graph_of, parameter, random_graph, sample, two_bin

import hs3.engine as engine
from hs3.engine.data import Dataset
from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, HistoSys, Interpolation, NormFactor

POLY6 = Interpolation.POLY6_LINEAR

FITS = {
    "two bins": two_bin(),
    "all codes": random_graph(11, bins=(4, 6), systematics=6),
    "smooth codes": random_graph(
        12, systematics=5, codes=[Interpolation.POLY6_LINEAR, Interpolation.POLY6_EXPONENTIAL]
    ),
    "many bins": random_graph(13, bins=(30, 2), samples=2, systematics=3),
}


@pytest.fixture(params=list(FITS), scope="module")
def model(request):
    return engine.compile(FITS[request.param])


def test_newton_and_minuit_find_the_same_minimum(model):
    newton = engine.fit(model)
    minuit = engine.fit(model, minimizer="minuit")
    assert newton.converged, newton.message
    assert minuit.converged, minuit.message
    assert newton.twice_nll == pytest.approx(minuit.twice_nll, abs=1e-5)
    assert newton.twice_nll <= minuit.twice_nll + 1e-9
    for name in newton.free:
        error = newton.parameters[name].error
        assert abs(newton.values[name] - minuit.values[name]) < 0.01 * error


def test_the_gradient_vanishes_where_nothing_is_at_a_bound(model):
    result = engine.fit(model)
    gradient = model.gradient(result.values)
    for i, name in enumerate(model.names):
        if model.kinked[i] and result.values[name] == 0.0:
            uphill = [model.gradient({**result.values, name: s})[i] * s for s in (-1e-9, 1e-9)]
            assert min(uphill) > 0.0
        elif name in result.free and name not in result.at_bound:
            assert abs(gradient[i]) * result.errors[name] < 1e-4


def test_covariance_is_the_inverse_of_the_hessian(model):
    result = engine.fit(model)
    free = [model.position(name) for name in result.free]
    hessian = model.hessian(result.values)[np.ix_(free, free)]
    np.testing.assert_allclose(result.covariance @ hessian, np.eye(len(free)), atol=1e-8)
    np.testing.assert_allclose(np.diag(result.correlation), 1.0)


def test_asimov_data_give_their_parameters_back(model):
    truth = {"mu": 0.7} if "mu" in model.names else {}
    result = engine.fit(model.with_data(model.asimov_data(truth)))
    for name, value in zip(model.names, model.theta(truth), strict=True):
        assert result.values[name] == pytest.approx(value, abs=1e-5 + 1e-4 * result.errors[name])


def test_fixed_parameters_stay():
    model = engine.compile(two_bin())
    held = engine.fit(model, fixed={"mu": 2.0})
    assert held.values["mu"] == 2.0
    assert held.errors["mu"] == 0.0
    assert held.parameters["mu"].fixed
    assert held.twice_nll > engine.fit(model).twice_nll
    assert engine.fit(model, fixed=["mu"]).values["mu"] == 1.0
    assert engine.fit(model, fixed=model.names).converged


def test_bounds_are_kept_and_named():
    graph = two_bin()
    low = [parameter("mu", 1.0, 0.5, 10.0), *graph.parameters[1:]]
    result = engine.fit(engine.compile(replace(graph, parameters=tuple(low))))
    assert result.at_bound == ("mu",)
    assert result.parameters["mu"].at_bound == "lower"
    assert result.values["mu"] == 0.5
    assert "mu" in result.message
    assert result.converged


def test_a_start_at_the_wrong_bound_is_left():
    graph = two_bin()
    start = [parameter("mu", 10.0, -5.0, 10.0), *graph.parameters[1:]]
    result = engine.fit(engine.compile(replace(graph, parameters=tuple(start))))
    assert result.converged
    assert result.values["mu"] == pytest.approx(
        engine.fit(engine.compile(graph), start={"mu": 0.1}).values["mu"], abs=0.2
    )


def test_flat_directions_are_named_and_not_converged():
    """Two free factors of one sample: only their product is measured."""
    both = sample("s", [10.0, 20.0], [NormFactor("mu", "mu", ""), NormFactor("nu", "nu", "")])
    parameters = [parameter("mu", 1.0, 0.1, 10.0), parameter("nu", 1.0, 0.1, 10.0)]
    result = engine.fit(engine.compile(graph_of([channel("c", [both], [12, 19])], [], parameters)))
    assert not result.converged
    assert "do not determine mu, nu" in result.message
    assert result.errors["mu"] == np.inf
    assert json.loads(result.to_json())["parameters"]["mu"]["error"] is None


def test_an_infinite_start_is_said():
    empty = sample("s", [0.0], [])
    graph = graph_of([channel("c", [empty], [3.0])], [], [parameter("mu", 1.0, 0.0, 2.0)])
    result = engine.fit(engine.compile(graph))
    assert not result.converged
    assert "infinite" in result.message


def test_minos_brackets_half_a_unit_of_the_profile():
    model = engine.compile(replace(two_bin(), parameters=(
        parameter("mu", 1.0, -5.0, 10.0), *two_bin().parameters[1:]
    )))  # fmt: skip
    result = engine.fit(model, minos=["mu"])
    best = result.values["mu"]
    minus, plus = result.parameters["mu"].minos
    for side in (minus, plus):
        profile = engine.fit(model, fixed={"mu": best + side})
        assert profile.nll - result.nll == pytest.approx(0.5, abs=2e-3)
    assert minus < 0 < plus


def test_minos_has_no_crossing_beyond_a_bound():
    result = engine.fit(engine.compile(two_bin()), minos=["mu"])
    assert result.parameters["mu"].minos[0] == -np.inf


def test_pulls_are_distances_in_units_of_the_constraint():
    constraint = Constraint("c", "gauss", "a", 0.5, 2.0, "")
    graph = graph_of([], [constraint], [parameter("a", 0.0, -5.0, 5.0)])
    result = engine.fit(engine.compile(graph))
    assert result.values["a"] == pytest.approx(0.5)
    assert result.errors["a"] == pytest.approx(2.0)
    held = engine.fit(engine.compile(graph), fixed={"a": 4.5})
    assert held.parameters["a"].pull == pytest.approx(2.0)


def test_an_error_above_that_of_the_constraint_is_said():
    # Both variations go up: the counts rise with a², and data above them flatten the likelihood,
    # whose second derivative at 0 is (1 - n/ν) ν'' + 1 with ν'' = 30 (hi + lo - 2 nom) / 16.
    nominal, shifted, observed = 100.0, 103.0, 106.0
    shape = HistoSys("s", "a", np.array([shifted]), np.array([shifted]), POLY6, "")
    constraint = Constraint("c", "gauss", "a", 0.0, 1.0, "")
    graph = graph_of(
        [channel("SR", [sample("b", [nominal], [shape])], [observed])],
        [constraint],
        [parameter("a", 0.0, -5.0, 5.0)],
    )
    result = engine.fit(engine.compile(graph))
    second = 30.0 * 2.0 * (shifted - nominal) / 16.0
    hessian = (1.0 - observed / nominal) * second + 1.0
    assert result.parameters["a"].constraint == pytest.approx(hessian**-0.5, rel=1e-9)
    assert not result.parameters["a"].parabolic
    assert "not parabolic, with errors above those of their constraints: a" in result.message
    low, high = engine.fit(engine.compile(graph), minos=["a"]).parameters["a"].minos
    assert -low == pytest.approx(high, rel=1e-3)
    assert result.errors["a"] > high > 1.0


def test_the_lowest_of_several_minima_wins():
    """mu^2 measured: a minimum at either sign, the positive one lower."""
    square = [NormFactor("mu", "mu", ""), NormFactor("mu", "mu", "")]
    model = engine.compile(
        graph_of(
            [channel("c", [sample("s", [10.0], square)], [40.0])],
            [Constraint("aux", "gauss", "mu", 0.2, 2.0, "")],
            [parameter("mu", -2.0, -5.0, 5.0)],
        )
    )
    assert engine.fit(model).values["mu"] == pytest.approx(-2.0, abs=0.1)
    result = engine.fit(model, starts=[{"mu": 1.0}, {"mu": -1.0}])
    assert result.values["mu"] == pytest.approx(2.0, abs=0.1)
    assert result.converged
    assert "3 of 3 starts led to 2 minima" in result.message


def test_constant_parameters_can_be_freed():
    graph = two_bin()
    constant = [parameter("mu", 1.0, 0.0, 10.0, const=True), *graph.parameters[1:]]
    model = engine.compile(replace(graph, parameters=tuple(constant)))
    assert "mu" not in engine.fit(model).free
    freed = engine.fit(model, free=["mu"])
    assert freed.values["mu"] == pytest.approx(engine.fit(engine.compile(graph)).values["mu"])


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"minimizer": "simplex"}, "newton and minuit"),
        ({"start": {"nu": 1.0}}, "no parameter 'nu'"),
        ({"start": {"mu": 11.0}}, "outside of its bounds"),
        ({"fixed": ["mu"], "minos": ["mu"]}, "floating"),
    ],
)
def test_senseless_requests_are_refused(arguments, said):
    with pytest.raises(FitError, match=said):
        engine.fit(engine.compile(two_bin()), **arguments)


def test_data_of_the_wrong_shape_are_refused():
    model = engine.compile(two_bin())
    with pytest.raises(FitError, match="needs 2 counts"):
        model.with_data(Dataset({"SR": np.zeros(3)}, model.data.auxiliary))
    with pytest.raises(FitError, match="lack the auxiliary"):
        model.with_data(Dataset(model.data.channels, {}))


def test_toys_follow_the_model():
    """Mean and variance of toys: Poisson counts, auxiliary measurements around their parameter."""
    model = engine.compile(FITS["all codes"])
    size = 4000
    toys = model.sample(1, size)
    expected = model.expected_data()
    for name, counts in toys.channels.items():
        mean = expected.channels[name]
        pull = (counts.mean(axis=0) - mean) / np.sqrt(mean / size)
        assert np.abs(pull).max() < 4.5
        assert counts.var(axis=0) == pytest.approx(mean, rel=0.15)
    for constraint in model.graph.constraints:
        values = toys.auxiliary[constraint.name]
        spread = values.std() / np.sqrt(size)
        target = expected.auxiliary[constraint.name]
        if constraint.kind == "lognormal":
            values, target = np.log(values), np.log(target)
            spread = values.std() / np.sqrt(size)
        assert abs(values.mean() - target) < 4.5 * spread
    again = model.sample(1, size)
    np.testing.assert_array_equal(again.channels["c0"], toys.channels["c0"])


def test_fits_of_toys_are_unbiased():
    model = engine.compile(replace(two_bin(), parameters=(
        parameter("mu", 1.0, -10.0, 20.0), *two_bin().parameters[1:]
    )))  # fmt: skip
    fits = [engine.fit(toy) for toy in model.toys(model.sample(5, 200, {"mu": 2.0}))]
    assert all(f.converged for f in fits)
    pulls = np.array([(f.values["mu"] - 2.0) / f.errors["mu"] for f in fits])
    assert abs(pulls.mean()) < 4 / np.sqrt(200)
    assert pulls.std() == pytest.approx(1.0, abs=0.2)


def test_blas_has_one_thread_in_fits_and_all_of_them_again_afterwards():
    from hs3.engine import threads

    def counts():
        return [library["num_threads"] for library in threads._libraries().info()]

    before = counts()
    assert before, "no BLAS found"
    with threads.one_thread():
        with threads.one_thread():
            assert set(counts()) == {1}
        assert set(counts()) == {1}
    assert counts() == before
