"""Simplified likelihoods: exact where theory says so, and close where it does not."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from builders import document, point, sample
from conftest import ROOT

import hs3
from hs3.cli.app import run
from hs3.errors import EditError
from hs3.simplified import compare, simplify

SEARCH = ROOT / "examples" / "workspaces" / "search.hs3.json"
NOMINAL = np.array([30.0, 20.0])
SHIFTS = np.array([[3.0, -1.0], [0.5, 2.0]])


def linear():
    """A background with two systematics that are linear and Gaussian: simplifying it is exact."""
    modifiers = [
        {
            "name": f"a{k}",
            "type": "histosys",
            "parameter": f"a{k}",
            "constraint": "Gauss",
            "interpolation": "lin",
            "data": {
                "hi": {"contents": (NOMINAL + shift).tolist()},
                "lo": {"contents": (NOMINAL - shift).tolist()},
            },
        }
        for k, shift in enumerate(SHIFTS)
    ]
    mu = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    ranges = [{"name": "mu", "min": 0, "max": 10}]
    ranges += [{"name": f"a{k}", "min": -8, "max": 8} for k in range(2)]
    return hs3.Workspace.from_json(
        document(
            sample(mu, name="signal", contents=(2.0, 8.0)),
            sample(*modifiers, name="b", contents=NOMINAL.tolist()),
            data=[
                {
                    "name": "d",
                    "type": "binned",
                    "axes": [{"name": "x", "min": 0, "max": 2, "nbins": 2}],
                    "contents": [35, 25],
                }
            ],
            parameter_points=point(mu=1.0, a0=0.0, a1=0.0),
            domains=[{"name": "dom", "type": "product_domain", "axes": ranges}],
            analyses=[
                {
                    "name": "search",
                    "likelihood": "l",
                    "parameters_of_interest": ["mu"],
                    "domains": ["dom"],
                    "init": "default_values",
                }
            ],
        )
    )


def scanned(ws, points):
    model = hs3.compile(ws)
    return hs3.scan(model, "mu", points).twice_delta_nll


@pytest.mark.parametrize(
    "form", [pytest.param("multivariate", marks=pytest.mark.slow), "eigenvectors"]
)
def test_it_is_exact_for_linear_gaussian_systematics(form):
    full = linear()
    made, report = simplify(full, when="prefit", form=form)
    points = [0.2, 0.8, 1.6, 2.4]
    assert scanned(made, points) == pytest.approx(scanned(full, points), abs=2e-7)
    assert [f.code for f in report] == ["simplify.approximated"]


def test_the_covariance_is_that_of_the_bins():
    made, _ = simplify(linear(), when="prefit")
    expected = SHIFTS.T @ SHIFTS
    found = np.array(made.distribution("background_covariance").covariances)
    assert found * np.outer(NOMINAL, NOMINAL) == pytest.approx(expected, rel=1e-12)
    origin = made.metadata.to_json()["simplified_from"]
    assert origin["sha256"] == hs3.workspace.sha256(linear())
    assert (origin["covariance"], origin["background_at"]) == ("prefit", {"mu": 0.0})


def test_after_the_fit_values_and_covariance_are_those_of_the_fit():
    """The fit without signal in closed form, by its normal equations, iterated."""
    made, report = simplify(linear())
    observed, a = np.array([35.0, 25.0]), np.zeros(2)
    for _ in range(50):
        rate = NOMINAL + a @ SHIFTS
        hessian = np.eye(2) + (SHIFTS * (observed / rate**2)) @ SHIFTS.T
        a = a - np.linalg.solve(hessian, a + SHIFTS @ (1.0 - observed / rate))
    background = made.to_json()["distributions"][0]["samples"][1]["data"]["contents"]
    assert background == pytest.approx((NOMINAL + a @ SHIFTS).tolist(), rel=1e-7)
    found = np.array(made.distribution("background_covariance").covariances)
    expected = SHIFTS.T @ np.linalg.inv(hessian) @ SHIFTS
    assert found * np.outer(background, background) == pytest.approx(expected, rel=1e-6)
    assert "simplify.data_twice" in [f.code for f in report]


@pytest.mark.slow
def test_a_covariance_without_inverse_is_said():
    data = linear().to_json()
    del data["distributions"][0]["samples"][1]["modifiers"][1]
    full = hs3.Workspace.from_json(data)
    made, report = simplify(full, when="prefit")
    assert "simplify.ridge" in [f.code for f in report]
    by_vectors, report = simplify(full, when="prefit", form="eigenvectors")
    assert "simplify.ridge" not in [f.code for f in report]
    assert {p.name for p in by_vectors.parameter_points[0].parameters} == {"mu", "shift_1"}
    points = [0.5, 1.5]
    exact = scanned(full, points)
    assert scanned(by_vectors, points) == pytest.approx(exact, abs=2e-7)
    assert scanned(made, points) == pytest.approx(exact, abs=1e-4)


def test_functions_of_the_signal_keep_their_other_parameters_as_constants():
    data = linear().to_json()
    data["distributions"][0]["samples"][0]["modifiers"][0]["parameter"] = "rate"
    expression = {"name": "rate", "type": "generic_function", "expression": "mu * (1 + 0.1 * a0)"}
    data["functions"] = [expression]
    made, _ = simplify(hs3.Workspace.from_json(data), when="prefit", form="eigenvectors")
    model = hs3.compile(made)
    assert {p.name: p.const for p in model.graph.parameters}["a0"] is True
    assert model.sample_yields({"mu": 2.0})["ch"]["signal"] == pytest.approx([4.0, 16.0])


@pytest.mark.slow
def test_control_regions_mask_the_signal_regions():
    full = hs3.load(SEARCH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hs3.HS3Warning)
        made, report = simplify(full, control=["CR"])
        found = compare(full, made)
    assert [d.name for d in made.distributions] == ["model_SR", "background_covariance"]
    assert "simplify.data_twice" not in [f.code for f in report]
    assert found.largest < 0.4
    (full_limit, _), (limit, _) = found.limits
    assert limit == pytest.approx(full_limit, rel=0.05)
    assert found.best[1][0] == pytest.approx(found.best[0][0], abs=0.02)


def test_what_cannot_be_simplified_is_refused():
    data = linear().to_json()
    del data["analyses"][0]["parameters_of_interest"]
    with pytest.raises(EditError, match="parameters of interest"):
        simplify(hs3.Workspace.from_json(data))
    data = linear().to_json()
    data["distributions"][0]["samples"][1]["modifiers"].append(
        {"name": "free", "type": "normfactor", "parameter": "free"}
    )
    data["parameter_points"][0]["parameters"].append({"name": "free", "value": 1.0})
    with pytest.raises(EditError, match="width of free"):
        simplify(hs3.Workspace.from_json(data), when="prefit")
    mass = hs3.load(ROOT / "examples" / "combine" / "mass.hs3.json")
    with pytest.raises(EditError, match="no HistFactory channel"):
        simplify(mass)


@pytest.mark.slow
def test_on_the_command_line(tmp_path, capsys):
    source, target = tmp_path / "full.json", tmp_path / "simple.json"
    hs3.save(linear(), source)
    assert run(["simplify", str(source), "-o", str(target), "--when", "prefit", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["largest_difference"] < 1e-5
    kept = hs3.load(target).metadata.to_json()["simplified_from"]["comparison"]
    assert kept["limits"][0]["observed"] == pytest.approx(kept["limits"][1]["observed"], rel=1e-4)
    assert run(["simplify", str(source), "-o", str(target)]) == 0
    assert "simplify.data_twice" in capsys.readouterr().out
