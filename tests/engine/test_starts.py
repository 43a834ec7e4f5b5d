"""More starting points, in fits, tests and limits of likelihoods with several minima."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from histfactory_models import channel, graph_of, parameter, sample

import hs3.engine as engine
from hs3.engine.inference import (
    hypotest,
    significance,
    toy_hypotest,
    upper_limit,
    upper_limits,
)
from hs3.engine.problem import problem_of
from hs3.engine.scans import scan
from hs3.engine.starts import points_of
from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, Interpolation, NormFactor, NormSys


def branched(k: float) -> engine.Model:
    """The square of k is a background, which a second bin tells the sign of; fits start at `k`."""
    square = [NormFactor("k", "k", ""), NormFactor("k", "k", "")]
    tilt = NormSys("k", "k", 1.3, 0.7, Interpolation.LINEAR, "")
    samples = [
        sample("signal", [5.0, 1.0], [NormFactor("mu", "mu", "")]),
        sample("background", [10.0, 0.0], square),
        sample("tilted", [5.0, 20.0], [tilt]),
    ]
    parameters = [parameter("mu", 1.0, 0.0, 30.0), parameter("k", k, -5.0, 5.0)]
    constraint = Constraint("aux", "gauss", "k", 0.0, 2.0, "")
    graph = graph_of([channel("c", samples, [53.0, 26.0])], [constraint], parameters)
    return engine.compile(graph)


@pytest.fixture(scope="module")
def wrong() -> engine.Model:
    return branched(-2.0)


@pytest.fixture(scope="module")
def right() -> engine.Model:
    return branched(2.0)


def test_points_are_spread_over_where_the_parameters_can_be(right: engine.Model) -> None:
    problem = problem_of(right, {}, {}, ())
    points = np.array(points_of(problem, 10))
    assert points.shape == (10, 2)
    np.testing.assert_array_equal(points, points_of(problem, 10))
    assert sorted(np.floor(points[:, 0] / 3.0)) == list(range(10))  # one in each tenth of the range
    assert np.abs(points[:, 1]).max() > 2.0  # one standard deviation
    assert abs(points[:, 1].mean()) < 1.0
    held = np.array(points_of(problem_of(right, {}, {"mu": 3.0}, ()), 4))
    assert (held[:, 0] == 3.0).all()
    assert points_of(problem, 0) == []
    given = points_of(problem, [{"k": -1.0}])
    np.testing.assert_array_equal(given, [[1.0, -1.0]])


@pytest.mark.parametrize(
    "starts, said", [(-1, "-1 starting points"), ([{"l": 1.0}], "no parameter"),
                     ([{"k": 9.0}], "outside of its bounds")],
)  # fmt: skip
def test_points_that_cannot_be_are_refused(right: engine.Model, starts: Any, said: str) -> None:
    for of in (engine.fit, upper_limit):
        with pytest.raises(FitError, match=said):
            of(right, starts=starts)


def test_a_fit_finds_the_lowest_minimum(wrong: engine.Model, right: engine.Model) -> None:
    signal = {"mu": 1.0}
    alone, lowest = engine.fit(wrong, fixed=signal), engine.fit(right, fixed=signal)
    assert alone.nll > lowest.nll + 0.1
    found = engine.fit(wrong, fixed=signal, starts=8)
    assert found.nll == pytest.approx(lowest.nll, abs=1e-8)
    assert "9 of 9 starts led to 2 minima" in found.message
    assert "in nll below that of the first" in found.message
    assert "below" not in engine.fit(right, fixed=signal, starts=8).message


def test_scans_find_it_too(wrong: engine.Model, right: engine.Model) -> None:
    points = [0.0, 2.0, 12.0]
    lowest, found = scan(right, "mu", points, starts=4), scan(wrong, "mu", points, starts=8)
    np.testing.assert_allclose(found.nll, lowest.nll, atol=1e-7)
    assert "lower minimum" in found.message
    assert scan(wrong, "mu", points).message == ""


def test_tests_and_limits_find_it_too(wrong: engine.Model, right: engine.Model) -> None:
    limit, followed, found = upper_limit(right), upper_limit(wrong), upper_limit(wrong, starts=8)
    assert abs(followed.observed - limit.observed) > 0.02 * limit.observed
    assert followed.expected[2] < 0.5 * limit.expected[2]
    assert found.observed == pytest.approx(limit.observed, rel=1e-5)
    assert found.expected == pytest.approx(limit.expected, rel=1e-5)
    assert "other starting points led to a lower minimum" in found.notes[0]
    many = upper_limits([wrong], starts=8).limits["0"]
    assert many.observed == found.observed
    assert many.notes == found.notes
    for of in (hypotest, lambda model, value, **o: toy_hypotest(model, value, toys=10, **o)):
        best = of(right, 2.0)
        one = of(wrong, 2.0, starts=[{"k": 1.0}])
        assert one.observed == pytest.approx(best.observed, abs=1e-6)
        assert one.notes
        assert not best.notes
    z = significance(wrong, starts=8)
    assert z.observed == pytest.approx(significance(right).observed, abs=1e-6)
