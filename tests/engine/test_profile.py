"""Scans, intervals, contours and functions of parameters, against MINOS and closed forms."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from diagnostic_spec import SPEC
from histfactory_models import channel, graph_of, parameter, sample
from scipy.stats import chi2

import hs3
from hs3 import engine
from hs3.engine import scans
from hs3.engine.minuit import _minuit
from hs3.engine.profile import Profile
from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, NormFactor


@pytest.fixture(scope="module")
def model():
    return hs3.compile(SPEC)


@pytest.fixture(scope="module")
def best(model):
    return engine.fit(model)


@pytest.fixture(scope="module")
def minuit(model, best):
    """MINUIT at the same minimum."""
    profile = Profile.of(model, (), best)
    found = _minuit(profile.problem, model.theta(best.values))
    found.migrad()
    return found


def counting(n=(7.0,), high=50.0):
    """One bin of expectation mu."""
    signal = sample("s", np.ones(len(n)), [NormFactor("mu", "mu", "")])
    graph = graph_of([channel("c", [signal], n)], [], [parameter("mu", 1.0, 1e-3, high)])
    return engine.compile(graph)


# --- scans ----------------------------------------------------------------------------------------


def test_a_scan_is_a_fit_at_every_point(model, best):
    points = [-0.5, 2.0, 0.7]
    scan = hs3.scan(model, "mu", points, best=best)
    assert scan.converged
    np.testing.assert_array_equal(scan.points[:, 0], points)
    for value, rise, theta in zip(points, scan.twice_delta_nll, scan.values, strict=True):
        alone = engine.fit(model, fixed={"mu": value})
        assert rise == pytest.approx(alone.twice_nll - best.twice_nll, abs=1e-7)
        np.testing.assert_allclose(theta, list(alone.values.values()), atol=1e-4)


@pytest.mark.slow
def test_points_in_step_are_those_alone(model, best):
    """The batch of an accelerator gives what fits one after the other give."""
    profile = Profile.of(model, ("mu",), best)
    grid = np.linspace(-0.5, 3.0, 7)[:, None]
    together, alone = scans._in_step(profile, grid), scans._along(profile, grid)
    assert together["ok"].all()
    np.testing.assert_allclose(together["nll"], alone["nll"], atol=1e-8)
    np.testing.assert_allclose(together["theta"], alone["theta"], atol=1e-3)


def test_a_scan_can_be_interrupted(model, best, tmp_path, monkeypatch):
    points = np.linspace(0.0, 2.0, 5)
    whole = hs3.scan(model, "mu", points, best=best)
    hs3.scan(model, "mu", points, best=best, chunk=2, folder=tmp_path)
    files = sorted(tmp_path.rglob("*.npz"))
    assert len(files) == 3
    files[1].unlink()
    done = []
    work = scans._points
    monkeypatch.setattr(scans, "_points", lambda *part: done.append(part[1]) or work(*part))
    again = hs3.scan(model, "mu", points, best=best, chunk=2, folder=tmp_path)
    assert [part.ravel().tolist() for part in done] == [points[2:4].tolist()]
    np.testing.assert_allclose(again.nll, whole.nll, atol=1e-8)


def test_a_scan_follows_the_closed_form():
    """-2 ln of a Poisson ratio: 2 (mu - n + n ln(n/mu))."""
    scan = hs3.scan(counting(), "mu", np.linspace(1.0, 20.0, 9))
    expected = 2.0 * (scan.axes[0] - 7.0 + 7.0 * np.log(7.0 / scan.axes[0]))
    np.testing.assert_allclose(scan.twice_delta_nll, expected, rtol=1e-9, atol=1e-9)


def test_a_scan_of_two_parameters_is_a_grid(model, best):
    scan = hs3.scan(model, ("mu", "norm"), ([0.0, 1.0, 2.0], [-0.5, 0.5]), best=best)
    assert scan.twice_delta_nll.shape == (3, 2)
    alone = engine.fit(model, fixed={"mu": 2.0, "norm": -0.5})
    assert scan.twice_delta_nll[2, 0] == pytest.approx(alone.twice_nll - best.twice_nll, abs=1e-7)
    assert json.loads(scan.to_json())["points"][4] == [2.0, -0.5]


def test_a_scan_without_points_stays_inside_the_bounds():
    scan = hs3.scan(counting((0.5,), high=2.0), "mu")
    assert scan.axes[0][0] == 1e-3
    assert scan.axes[0][-1] == 2.0


def test_a_scan_that_finds_a_lower_minimum_says_so():
    """mu^2 measured: minima at both signs, one lower through a second measurement."""
    square = [NormFactor("mu", "mu", ""), NormFactor("mu", "mu", "")]
    graph = graph_of(
        [channel("c", [sample("s", [10.0], square)], [40.0])],
        [Constraint("aux", "gauss", "mu", 0.2, 2.0, "")],
        [parameter("mu", -2.0, -5.0, 5.0)],
    )
    model = engine.compile(graph)
    assert engine.fit(model).values["mu"] < 0.0
    scan = hs3.scan(model, "mu", [-2.0, 1.5, 2.0])
    assert "lower" in scan.message
    assert scan.best.values["mu"] == pytest.approx(2.0, abs=0.1)
    assert np.nanmin(scan.twice_delta_nll) >= 0.0
    profile = Profile.of(model, ("mu",))
    with pytest.raises(FitError, match="local minimum"):
        profile.rise(profile.at(np.array([2.0])))


@pytest.mark.parametrize(
    "names, points, said",
    [
        ("nu", [1.0], "no parameter 'nu'"),
        (("mu", "norm"), [[1.0]], "needs 2 sequences"),
        ("mu", [], "needs 1 sequences"),
    ],
)
def test_senseless_scans_are_refused(model, best, names, points, said):
    with pytest.raises(FitError, match=said):
        hs3.scan(model, names, np.array(points), best=best)


def test_what_was_held_cannot_be_scanned_and_stays_held(model):
    held = engine.fit(model, fixed={"norm": 0.5})
    with pytest.raises(FitError, match="does not float"):
        hs3.scan(model, "norm", [0.0], best=held)
    scan = hs3.scan(model, "mu", [0.0, 1.0], best=held)
    assert (scan.values[:, model.position("norm")] == 0.5).all()


# --- intervals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mu", "norm", "shape", "stat[1]"])
def test_intervals_are_those_of_minos(model, best, minuit, name):
    minuit.minos(name)
    error = minuit.merrors[name]
    minus, plus = hs3.interval(model, name, best=best).errors
    assert minus == pytest.approx(error.lower, abs=1e-3 * best.errors[name])
    assert plus == pytest.approx(error.upper, abs=1e-3 * best.errors[name])


def test_the_ends_of_an_interval_lie_at_its_level():
    """n = 7: where 2 (mu - n + n ln(n/mu)) is the level."""
    level = float(chi2.ppf(0.95, 1))
    found = hs3.interval(counting(), "mu", level=level)
    for end in (found.lower, found.upper):
        assert 2.0 * (end - 7.0 + 7.0 * np.log(7.0 / end)) == pytest.approx(level, rel=1e-5)
    assert found.lower < 7.0 < found.upper


def test_an_interval_beyond_a_bound_is_infinite():
    found = hs3.interval(counting(high=8.0), "mu")
    assert found.upper == np.inf
    assert found.to_dict()["upper"] is None
    assert np.isfinite(found.lower)


# --- contours -------------------------------------------------------------------------------------


def test_contours_lie_at_their_level_and_agree_with_minuit(model, best, minuit):
    (contour,) = hs3.contours(model, ("mu", "norm"), (0.68,), points=16, best=best)
    assert contour.closed
    np.testing.assert_array_equal(contour.points[0], contour.points[-1])
    for mu, norm in contour.points[::6]:
        there = engine.fit(model, fixed={"mu": mu, "norm": norm})
        rise = there.twice_nll - best.twice_nll
        assert rise == pytest.approx(chi2.ppf(0.68, 2), abs=1e-4)
    peer = minuit.mncontour("mu", "norm", cl=0.68, size=12)
    low, high = contour.points.min(axis=0), contour.points.max(axis=0)
    width = [best.errors["mu"], best.errors["norm"]]
    assert (np.abs(low - peer.min(axis=0)) < 0.1 * np.array(width)).all()
    assert (np.abs(high - peer.max(axis=0)) < 0.1 * np.array(width)).all()


def test_contours_end_at_bounds(model):
    narrow = [replace(p, min=0.9) if p.name == "mu" else p for p in model.graph.parameters]
    cut = engine.compile(replace(model.graph, parameters=tuple(narrow)))
    (contour,) = hs3.contours(cut, ("mu", "norm"), (0.68,), points=16)
    assert not contour.closed
    assert contour.points[:, 0].min() >= 0.9
    assert contour.points[[0, -1], 0] == pytest.approx([0.9, 0.9], abs=0.05)


@pytest.mark.parametrize("names, levels", [(("mu", "mu"), (0.5,)), (("mu", "norm"), (68.0,))])
def test_senseless_contours_are_refused(model, best, names, levels):
    with pytest.raises(FitError):
        hs3.contours(model, names, levels, best=best)


# --- functions of parameters ----------------------------------------------------------------------


def test_errors_of_functions_are_propagated(model, best):
    found = hs3.derived(model, best, lambda v: v["mu"] * (1.0 + 0.1 * v["norm"]))
    mu, norm = best.values["mu"], best.values["norm"]
    own = [best.free.index(name) for name in ("mu", "norm")]
    gradient = np.array([1.0 + 0.1 * norm, 0.1 * mu])
    variance = gradient @ best.covariance[np.ix_(own, own)] @ gradient
    assert found.value == pytest.approx(mu * (1.0 + 0.1 * norm))
    assert found.error == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert hs3.derived(model, best, "mu").error == pytest.approx(best.errors["mu"])


@pytest.mark.parametrize(
    "function, said",
    [("nothing", "no function or parameter"), (lambda v: [v["mu"], v["norm"]], "not a number")],
)
def test_functions_that_are_none_are_refused(model, best, function, said):
    with pytest.raises(FitError, match=said):
        hs3.derived(model, best, function)


def test_a_parameter_with_a_value_is_a_conditional_fit(model):
    constrained = hs3.fit_with(model, {"mu": 2.0})
    fixed = engine.fit(model, fixed={"mu": 2.0})
    assert constrained.converged
    assert constrained.nll == pytest.approx(fixed.nll, abs=1e-8)
    for name in fixed.free:
        assert constrained.values[name] == pytest.approx(fixed.values[name], abs=1e-5)
        assert constrained.errors[name] == pytest.approx(fixed.errors[name], rel=1e-4)


def test_a_sum_with_a_value_has_the_closed_form():
    """Two counts, 30 and 20, whose expectations add up to 60: shared out as 3 to 2."""
    parts = [sample(n, row, [NormFactor(n, n, "")]) for n, row in (("a", [1, 0]), ("b", [0, 1]))]
    ranges = [parameter(n, 10.0, 1e-3, 200.0) for n in ("a", "b")]
    model = engine.compile(graph_of([channel("c", parts, [30.0, 20.0])], [], ranges))
    result = hs3.fit_with(model, [(lambda v: v["a"] + v["b"], 60.0)])
    assert result.values["a"] == pytest.approx(36.0, rel=1e-8)
    assert result.values["b"] == pytest.approx(24.0, rel=1e-8)
    # along a + b = 60 the curvature is 30/36^2 + 20/24^2
    expected = (30.0 / 36.0**2 + 20.0 / 24.0**2) ** -0.5
    assert result.errors["a"] == pytest.approx(expected, rel=1e-6)
    assert result.covariance[0, 1] == pytest.approx(-(expected**2), rel=1e-6)


def test_constraints_that_cannot_be_met_are_an_error():
    with pytest.raises(FitError, match="no values of the parameters"):
        hs3.fit_with(counting(), {"mu": 100.0})
