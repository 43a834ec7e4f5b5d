"""The command fit: functions that are held, bounds, several starts, weights, correlations."""

from __future__ import annotations

import json

import numpy as np
import pytest

import hs3


def test_functions_can_be_held(call, call_json, file):
    plain = call_json("fit", file, "--fix", "mu=1.5")[1]
    status, data = call_json("fit", file, "--fix", "2*mu - 1=2")
    assert status == 0
    assert data["held"] == {"2*mu - 1": 2.0}
    assert data["twice_nll"] == pytest.approx(plain["twice_nll"], abs=1e-6)
    assert data["parameters"]["mu"]["value"] == pytest.approx(1.5, abs=1e-6)
    for name, found in plain["parameters"].items():
        assert data["parameters"][name]["error"] == pytest.approx(found["error"], abs=1e-4)
    status, out, _ = call("fit", file, "--fix", "mu - norm=0.2", "--function", "mu - norm")
    assert status == 0
    assert "mu - norm = 0.2 (held)" in out


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (["--fix", "2*mux=1"], 1, "no function or parameter 'mux'"),
        (["--fix", "2*mu=1", "--minos", "norm"], 2, "--minos: not for fits in which functions"),
        (["--fix", "2*mu=1", "--bound", "mu=0:1", "--starts", "3"], 2, "--bound, --starts"),
        (["--function", "mux"], 1, "no function or parameter 'mux'"),
        (["--sandwich"], 1, "no unbinned data"),
        (["--sandwich", "--minos", "mu"], 2, "takes no account of weights"),
        (["--bound", "mu=2:1"], 1, "no range"),
    ],
)
def test_what_makes_no_sense_is_refused(call, file, arguments, status, said):
    found, out, message = call("fit", file, *arguments)
    assert found == status
    assert not out
    assert said in message


def test_functions_have_errors(call_json, file):
    data = call_json("fit", file, "--function", "mu/2 - norm")[1]
    names = data["covariance"]["parameters"]
    slope = np.array([{"mu": 0.5, "norm": -1.0}.get(name, 0.0) for name in names])
    found = data["functions"]["mu/2 - norm"]
    best = data["parameters"]
    assert found["value"] == pytest.approx(best["mu"]["value"] / 2 - best["norm"]["value"])
    variance = slope @ np.array(data["covariance"]["matrix"]) @ slope
    assert found["error"] == pytest.approx(np.sqrt(variance))


def test_bounds_hold(call_json, file):
    status, data = call_json("fit", file, "--bound", "mu=-3:-1")
    assert status == 0
    assert data["at_bound"] == ["mu"]
    assert data["parameters"]["mu"]["value"] == -1.0
    model = hs3.compile(file)
    found = hs3.fit(model, bounds={"mu": (2.0, 3.0)}, minimizer="minuit")
    assert found.values["mu"] == pytest.approx(2.0, abs=1e-6)
    with pytest.raises(hs3.FitError, match="outside of its bounds"):
        hs3.fit(model, bounds={"mu": (2.0, 3.0)}, start={"mu": 1.0})


def test_several_starts(call, file):
    status, out, _ = call("fit", file, "--starts", "mu=3,norm=1", "--starts", "mu=0")
    assert status == 0
    assert "3 of 3 starts led to the same minimum" in out
    for command in (["fit"], ["scan", "-p", "mu", "--points", "0,1"], ["limit"]):
        assert call(*command, file, "--starts", "2")[0] == 0
    status, _, said = call("hypotest", file, "1", "--toys", "2", "--starts", "2")
    assert status == 2
    assert "not for --toys" in said


def test_correlations(call, file):
    matrix = hs3.fit(hs3.compile(file)).correlation
    large = np.argwhere(np.abs(np.tril(matrix, -1)) >= 0.2)
    status, out, _ = call("fit", file, "--correlations", "0.2")
    assert status == 0
    below = out[out.index("Correlations") :]
    assert len(large) > 0
    for i, j in large:
        assert f"{matrix[i, j]:+.3f}" in below


@pytest.mark.slow
def test_weighted_events(call_json, tmp_path):
    rng = np.random.default_rng(7)
    events, weights = rng.exponential(1.0 / 3.0, 100), rng.uniform(0.2, 2.0, 100)
    document = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [{"name": "f", "type": "exponential_dist", "x": "x", "c": "c"}],
        "data": [
            {
                "name": "d", "type": "unbinned", "entries": [[x] for x in events.tolist()],
                "axes": [{"name": "x", "min": 0.0, "max": 20.0}], "weights": weights.tolist(),
            }
        ],
        "domains": [
            {
                "name": "default_domain", "type": "product_domain",
                "axes": [{"name": "c", "min": 0.5, "max": 10.0}],
            }
        ],
        "parameter_points": [{"name": "p", "parameters": [{"name": "c", "value": 2.5}]}],
    }  # fmt: skip
    path = tmp_path / "weighted.json"
    path.write_text(json.dumps(document))
    status, data = call_json("fit", path, "--pdf", "f", "--data", "d", "--sandwich")
    assert status == 0
    c = data["parameters"]["c"]
    expected = np.sqrt((weights**2 * (1.0 / c["value"] - events) ** 2).sum())
    expected *= c["value"] ** 2 / weights.sum()  # the closed form for an exponential
    assert c["error"] == pytest.approx(expected, rel=1e-5)
    assert data["notes"] == []
    status, data = call_json("fit", path, "--pdf", "f", "--data", "d")
    assert data["parameters"]["c"]["error"] < c["error"]
    assert "--sandwich corrects that" in data["notes"][0]
