"""The commands hypotest and bias: tests of one and of several parameters, toys with a signal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import ROOT
from scipy.stats import chi2, norm

import hs3

TWO_BIN = str(ROOT / "examples" / "two_bin" / "workspace.json")


@pytest.fixture(scope="module")
def model(file):
    return hs3.compile(file)


# --- hypotest -------------------------------------------------------------------------------------


def test_one_parameter(call, call_json):
    status, data = call_json("hypotest", TWO_BIN, "1")
    assert status == 0
    assert data["tested"] == {"mu": 1.0}
    assert data["statistic"] == "q~"
    assert data["cls"] == pytest.approx(0.0525, abs=5e-5)  # the published one
    assert data["significance"] == pytest.approx(norm.isf(data["p_value"]))
    assert call_json("hypotest", TWO_BIN, "mu=1")[1] == data
    status, out, _ = call("hypotest", TWO_BIN, "mu=1")
    assert status == 0
    assert "0.05252" in out
    assert "expected median" in out


def test_several_parameters_have_as_many_degrees_of_freedom(call, call_json, file, model):
    status, data = call_json("hypotest", file, "mu=1", "norm=0.5", "shape=0")
    assert status == 0
    held = hs3.fit(model, fixed={"mu": 1.0, "norm": 0.5, "shape": 0.0})
    t = held.twice_nll - hs3.fit(model).twice_nll
    assert data["statistic"] == "t"
    assert data["observed"] == pytest.approx(t, abs=1e-6)
    assert data["p_value"] == pytest.approx(chi2.sf(t, 3), rel=1e-5)
    assert data["cls"] is None
    assert "3 degrees of freedom" in call("hypotest", file, "mu=1", "norm=0.5", "shape=0")[1]


@pytest.mark.slow
def test_toys_stand_beside_formulas(call, call_json, file):
    options = ("mu=2.5", "norm=0", "--toys", "200", "--seed", "1")
    status, data = call_json("hypotest", file, *options)
    assert status == 0
    formula = data["asymptotic"]["p_value"]
    error = math.sqrt(formula * (1.0 - formula) / 200)
    assert data["p_value"] == pytest.approx(formula, abs=4.0 * error)
    assert "asymptotic" in call("hypotest", file, *options)[1]


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (["mu"], 2, "not NAME=VALUE"),
        (["mu=1", "1"], 2, "not NAME=VALUE"),
        (["nu=1"], 1, "nu"),
        (["mu=1", "norm=0", "--statistic", "q~"], 1, "take t for several"),
        (["mu=1", "--statistic", "z"], 1, "unknown test statistic"),
        (["mu=1", "--seed", "3"], 2, "need --toys"),
        (["mu=1", "--fix", "mu"], 1, "cannot be fixed"),
    ],
)
def test_what_makes_no_sense_is_refused(call, file, arguments, status, said):
    found, out, message = call("hypotest", file, *arguments)
    assert found == status
    assert not out
    assert said in message


def test_limits_by_the_p_value_are_lower(call, call_json, file):
    by_p, by_cls = (call_json("limit", file, rule)[1] for rule in ("--p-value", "--cls"))
    assert by_p["method"] == "p-value"
    assert by_p["observed"] < by_cls["observed"]
    assert "(p-value)" in call("limit", file, "--p-value")[1]


def test_intervals_of_other_levels(call, call_json, file, model):
    options = ("-p", "mu", "--points", "0,1", "--level", "0.95", "--level", "0.9")
    found = call_json("scan", file, *options)[1]["intervals"]
    own = hs3.interval(model, "mu", level=chi2.ppf(0.95, 1))
    assert (found[0]["lower"], found[0]["upper"]) == pytest.approx((own.lower, own.upper))
    assert found[0]["upper"] > found[1]["upper"]
    assert "(95 %, profile)" in call("scan", file, *options)[1]
    assert call("scan", file, "-p", "mu", "--level", "95")[0] == 2


# --- bias -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_injected_signals(call, call_json, file, model, tmp_path):
    options = ("--inject", "mu=0", "--inject", "mu=2", "--size", "60", "--seed", "3")
    status, data = call_json("bias", file, *options, "--folder", tmp_path)
    assert status == 0
    assert data["poi"] == "mu"
    truth = hs3.fit(model).values
    for number, found in enumerate(data["injections"]):
        at = {**truth, "mu": found["injected"]}
        fits = hs3.toys(model, 60, seed=3, values=at, covariance=True, first=60 * number)
        pulls = (fits.value("mu") - found["injected"]) / fits.error("mu")
        assert found["mean"] == pytest.approx([pulls.mean(), pulls.std(ddof=1) / math.sqrt(60)])
        assert found["width"][0] == pytest.approx(pulls.std(ddof=1))
        assert found["coverage"][0] == pytest.approx((np.abs(pulls) <= 1.0).mean())
        assert (found["toys"], found["failed"]) == (60, 0)
    assert len(list(tmp_path.rglob("*.npz"))) == 2
    assert call_json("bias", file, *options, "--folder", tmp_path)[1] == data
    status, out, _ = call("bias", file, *options)
    assert status == 0
    assert "width of pulls" in out


def test_bounds_that_make_a_bias_are_told(call, file):
    status, out, _ = call("bias", file, "--inject", "mu=0", "--size", "20", "--bound", "mu=0:10")
    assert status == 0
    assert "ended at a bound, which makes a bias" in out


def test_one_parameter_is_injected(call, file):
    status, _, said = call("bias", file, "--inject", "mu=0", "--inject", "norm=1")
    assert status == 2
    assert "for one parameter" in said
    assert call("bias", file)[0] == 2


def test_pulls_are_drawn(call, file, tmp_path):
    pytest.importorskip("mplhep", reason="figures need hs3-reference[plot]")
    from hs3 import plot

    target = tmp_path / "pulls.png"
    options = ("--inject", "mu=0", "--inject", "mu=2", "--size", "20", "--plot", target)
    assert call("bias", file, *options)[0] == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    study = hs3.bias_study(hs3.compile(file), "mu", (1.0,), toys=20)
    (axes,) = plot.bias(study).axes
    drawn = axes.patches[0].get_data()
    assert drawn.values.sum() == 20
    assert study.columns()["width"][0] == study.injections[0].width[0]
