"""What every command on a model can be told: measurements that are added, Asimov data."""

from __future__ import annotations

import pytest

import hs3
from hs3.cli.values import measurements


def values(data):
    return {name: p["value"] for name, p in data["parameters"].items()}


# --- measurements ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["mu - 1=0.3±0.05", "mu - 1=0.3,0.05", "mu - 1= 0.3 +- 5e-2"])
def test_a_measurement_is_written_in_one_of_three_ways(text):
    assert measurements([text]) == {"mu - 1": (0.3, 0.05)}


def test_the_last_equals_sign_separates():
    assert measurements(["mu == 1=0,0.1"]) == {"mu == 1": (0.0, 0.1)}


def test_measurements_are_factors_of_the_likelihood(call_json, file):
    function, value, error = "mu*(1 + 0.1*norm)", 2.0, 0.3
    status, data = call_json("fit", file, "--constrain", f"{function}={value}±{error}")
    assert status == 0
    best = values(data)
    off = best["mu"] * (1.0 + 0.1 * best["norm"]) - value
    # where the sum of both is stationary, the slope of one is minus that of the other
    model = hs3.compile(file)
    slopes = dict(zip(model.names, model.gradient(best), strict=True))
    assert slopes["mu"] == pytest.approx(-off / error**2 * (1.0 + 0.1 * best["norm"]), abs=1e-3)
    assert slopes["norm"] == pytest.approx(-off / error**2 * 0.1 * best["mu"], abs=1e-3)


@pytest.mark.slow
def test_every_command_knows_measurements(call_json, file):
    """A tight one leaves nothing to the data."""
    tight = ("--constrain", "mu=2,0.001")
    assert call_json("impacts", file, *tight)[1]["error"] == pytest.approx(0.001, rel=1e-3)
    interval = call_json("scan", file, "-p", "mu", "--points", "2,2.001", *tight)[1]["intervals"][0]
    assert (interval["lower"], interval["upper"]) == pytest.approx((1.999, 2.001), abs=1e-5)
    toys = call_json("toys", file, *tight, "--size", "20", "--at", "mu=2")[1]
    assert toys["parameters"]["mu"]["std"] < 0.002
    assert call_json("limit", file, *tight)[1]["observed"] == pytest.approx(2.0, abs=0.01)
    shown = call_json("show", file, *tight)[1]
    assert "constraint_0" in [entry["name"] for entry in shown["distributions"]]


def test_a_document_with_measurements_can_be_kept(call, call_json, file, tmp_path):
    target = tmp_path / "more.json"
    status, out, _ = call("constrain", file, "mu=1,0.2", "norm - shape=0±0.5", "-o", target)
    assert status == 0
    assert "written" in out
    options = ("--constrain", "mu=1,0.2", "--constrain", "norm - shape=0±0.5")
    kept, given = call_json("fit", target)[1], call_json("fit", file, *options)[1]
    assert kept["twice_nll"] == pytest.approx(given["twice_nll"], abs=1e-9)


@pytest.mark.parametrize(
    "given, status, said",
    [
        ("mu=1", 2, "not FUNCTION=VALUE±ERROR"),
        ("=1,2", 2, "not FUNCTION=VALUE±ERROR"),
        ("mu=1,0", 1, "above zero"),
        ("mux=1,0.1", 1, "no function or parameter 'mux' (did you mean mu?)"),
        ("2*mux=1,0.1", 1, "no function or parameter 'mux' (did you mean mu?)"),
        ("2*=1,0.1", 1, "expression"),
    ],
)
def test_what_is_no_measurement_is_refused(call, file, given, status, said):
    found, out, message = call("fit", file, "--constrain", given)
    assert found == status
    assert not out
    assert said in message


def test_measurements_need_a_likelihood(call, file):
    status, _, said = call("fit", file, "--pdf", "x", "--constrain", "mu=1,0.1")
    assert status == 2
    assert "--pdf has none" in said
    twice = ("--constrain", "mu=1,0.1", "--constrain", "mu=2,0.1")
    assert "two measurements of 'mu'" in call("fit", file, *twice)[2]


# --- Asimov data ----------------------------------------------------------------------------------


def test_asimov_data_give_back_what_they_were_made_with(call, call_json, file):
    status, data = call_json("fit", file, "--asimov", "--at", "mu=2", "--at", "norm=0.5")
    assert status == 0
    expected = {**dict.fromkeys(values(data), 0.0), "mu": 2.0, "norm": 0.5}
    expected |= {name: 1.0 for name in expected if name.startswith("stat")}
    assert values(data) == pytest.approx(expected, abs=1e-5)
    assert data["findings"][-1]["code"] == "command.asimov"
    found = call_json("significance", file, "--asimov")[1]
    assert found["observed"] == pytest.approx(found["expected"][2], rel=1e-6)


def test_asimov_data_are_told_to_people(call, file):
    assert "what is expected at mu = 2" in call("pulls", file, "--asimov", "--at", "mu=2")[1]
    status, _, said = call("fit", file, "--at", "mu=2")
    assert status == 2
    assert "give --asimov" in said


def test_a_patchset_takes_neither(call, file):
    status, _, said = call("limit", file, "--patchset", file, "--asimov")
    assert status == 2
    assert "for one model" in said
