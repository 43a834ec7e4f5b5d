"""A model in other frameworks: agreement, and where they part."""

from __future__ import annotations

import importlib.util
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shared
from process import command

import hs3
from hs3.adapters.root import process as root
from hs3.conformance.cross_check import CrossCheck, cross_check
from hs3.engine import Model


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")


def channel(name: str, signal: float, contents: list[float]) -> dict[str, Any]:
    normsys = {
        "name": "a",
        "type": "normsys",
        "parameter": "a",
        "constraint": "Gauss",
        "data": {"hi": 1.2, "lo": 0.85},
    }
    return {
        "name": name,
        "type": "histfactory_dist",
        "axes": [{"name": f"x_{name}", "min": 0, "max": 2, "nbins": 2}],
        "samples": [
            {
                "name": "signal",
                "data": {"contents": [signal, 2 * signal]},
                "modifiers": [{"name": "mu", "type": "normfactor", "parameter": "mu"}],
            },
            {"name": "background", "data": {"contents": contents}, "modifiers": [normsys]},
        ],
    }


def data(name: str, contents: list[float]) -> dict[str, Any]:
    axes = [{"name": f"x_{name}", "min": 0, "max": 2, "nbins": 2}]
    return {"name": f"data_{name}", "type": "binned", "axes": axes, "contents": contents}


DOCUMENT: dict[str, Any] = {
    "metadata": {"hs3_version": "0.2.9"},
    "distributions": [channel("sr", 5.0, [20.0, 30.0]), channel("cr", 0.1, [200.0, 300.0])],
    "data": [data("sr", [28.0, 37.0]), data("cr", [190.0, 312.0])],
    "likelihoods": [
        {"name": "l", "distributions": ["sr", "cr"], "data": ["data_sr", "data_cr"]},
        {"name": "unused", "distributions": ["sr"], "data": ["data_sr"]},
    ],
    "domains": [
        {
            "name": "default_domain",
            "type": "product_domain",
            "axes": [{"name": "mu", "min": -5, "max": 10}, {"name": "a", "min": -5, "max": 5}],
        }
    ],
    "parameter_points": [
        {
            "name": "default_values",
            "parameters": [{"name": "mu", "value": 1.0}, {"name": "a", "value": 0.0}],
        }
    ],
    "analyses": [
        {
            "name": "search",
            "likelihood": "l",
            "domains": ["default_domain"],
            "init": "default_values",
            "parameters_of_interest": ["mu"],
        }
    ],
}


@pytest.fixture(scope="module")
def model() -> Model:
    return hs3.compile(hs3.Workspace.from_json(DOCUMENT))


def compared(model: Model, backend: str, **options: Any) -> CrossCheck:
    return cross_check(model, [f"fake_backends:{backend}"], points=3, **options)


def test_mistakes_are_told_by_channel_constraint_and_parameter(model: Model) -> None:
    found = compared(model, "Parted")
    (one,) = found.comparisons
    assert (one.status, one.version, found.ok) == ("differs", "7", False)
    assert "-2 ln L is off by" in one.message
    assert list(one.channels) == ["cr"]
    assert list(one.constraints) == ["a"]
    assert set(one.parameters) == {"a", "mu"}
    # half of a² between the best fit and the point where it is largest, of what is 50 % too tight
    best = found.points[0].values["a"]
    moves = np.array([0.5 * (p.values["a"] ** 2 - best**2) for p in found.points])
    assert one.constraints["a"] == pytest.approx(moves[np.argmax(np.abs(moves))])


def test_agreement_and_the_fit_of_the_other(model: Model) -> None:
    found = compared(model, "Right", fits=True)
    (one,) = found.comparisons
    assert found.ok
    assert one.status == "agrees"
    assert one.worst < 1e-9
    error = found.fit.errors["mu"]
    assert one.fit == {"mu": pytest.approx((1e3 - found.fit.values["mu"]) / error)}
    labels = [p.label for p in found.points]
    assert labels[:5] == ["best fit", "start", "random 1", "random 2", "random 3"]
    assert {"mu + 1σ", "a - 2σ"} <= set(labels)


def test_totals_alone_tell_the_parameter(model: Model) -> None:
    (one,) = compared(model, "Scanning").comparisons
    assert one.status == "differs"
    assert list(one.parameters) == ["a"]
    assert not one.channels


def test_what_cannot_be_expressed_is_not_a_difference(model: Model) -> None:
    found = compared(model, "Partial")
    assert [c.status for c in found.comparisons] == ["cannot"]
    assert not found.ok


def test_pyhf_finds_the_same(model: Model) -> None:
    pytest.importorskip("pyhf")
    found = cross_check(model, ["pyhf"], points=3, fits=True)
    (one,) = found.comparisons
    assert (one.status, found.ok) == ("agrees", True), one.message
    assert one.worst < 1e-9
    assert max(map(abs, one.fit.values())) < 0.01


def test_points_stay_where_the_likelihood_is_defined() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    document["distributions"][0]["samples"][0]["data"]["contents"] = [500.0, 1.0]
    model = hs3.compile(hs3.Workspace.from_json(document))
    found = cross_check(model, ["fake_backends:Right"], points=5)
    assert np.isfinite(found.twice_delta_nll).all()
    assert found.ok


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "model.hs3.json"
    path.write_text(json.dumps(DOCUMENT))
    arguments = ("conform", "check", str(path), "--points", "2", "--against")
    fakes = Path(__file__).with_name("fake_backends.py")
    good = command(*arguments, f"{fakes}:Right,{fakes}:Partial")
    assert good.returncode == 0, good.stderr
    assert "agrees within" in good.stdout
    assert "cannot express it" in good.stdout
    bad = command(*arguments, f"{fakes}:Parted", "--json")
    assert bad.returncode == 1
    told = json.loads(bad.stdout)
    assert told["ok"] is False
    assert list(told["comparisons"][0]["channels"]) == ["cr"]
    assert len(told["points"]) == len(told["comparisons"][0]["deviations"])


# --- the real frameworks --------------------------------------------------------------------------

SBOTTOM = "likelihoods/atlas_sbottom_SUSY-2018-31/RegionC"
REAL: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    "sbottom": (
        f"{SBOTTOM}/BkgOnly.json",
        f"{SBOTTOM}/patch.sbottom_900_250_60.json",
        ("root", "pyhf"),
    ),
    "ttbar": ("likelihoods/agc_cms_opendata_ttbar/workspace.json", None, ("root", "pyhf")),
    "a ROOT file": ("workspaces/histfactory_all_modifiers.root", None, ("root",)),
    "unbinned": ("", None, ("root", "zfit")),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", REAL)
def test_frameworks_find_the_same_likelihood(case: str) -> None:
    name, patch, against = REAL[case]
    own = Path(__file__).parents[2] / "conformance/fixtures/likelihood_extended/hs3.json"
    options = {"patch": str(shared(*patch.split("/")))} if patch else {}
    workspace, _ = hs3.read(shared(*name.split("/")) if name else own, **options)  # type: ignore[arg-type]
    usable = [b for b in against if _usable(b)]
    if not usable:
        pytest.skip(f"none of {', '.join(against)} is installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hs3.HS3Warning)
        model = hs3.compile(workspace)
    found = cross_check(model, usable, points=5)
    told = {c.backend: (c.status, c.message) for c in found.comparisons}
    assert set(told.values()) == {("agrees", "")}, told


def _usable(backend: str) -> bool:
    return root.available() if backend == "root" else importlib.util.find_spec(backend) is not None
