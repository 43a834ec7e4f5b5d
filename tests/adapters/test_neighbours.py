"""Packages that take our models: iminuit, hepstats, and cabinetry by way of pyhf."""

from __future__ import annotations

import runpy
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import hs3

DEMO = ROOT / "examples" / "demo" / "workspace.json"

with_hepstats = pytest.mark.filterwarnings("ignore")  # it imports zfit, which warns of much


@pytest.fixture(scope="module")
def model() -> hs3.engine.Model:
    return hs3.compile(DEMO)


def test_iminuit_takes_the_model(model: hs3.engine.Model) -> None:
    """The example fits the demo; errors are those of a negative log-likelihood."""
    minuit = runpy.run_path(str(ROOT / "examples" / "neighbours" / "minuit.py"))["minuit"]
    result = hs3.fit(model, minos=["mu"])
    assert minuit.valid
    assert minuit.errordef == 0.5
    assert minuit.values["mu"] == pytest.approx(result.values["mu"], abs=2e-3)
    found = result.parameters["mu"].minos
    assert found is not None
    lower, upper = found
    assert minuit.merrors["mu"].lower == pytest.approx(lower, rel=5e-3)
    assert minuit.merrors["mu"].upper == pytest.approx(upper, rel=5e-3)


def test_error_definitions(model: hs3.engine.Model) -> None:
    assert model.nll.errordef == 0.5  # type: ignore[attr-defined]
    assert model.twice_nll.errordef == 1.0  # type: ignore[attr-defined]


@with_hepstats
def test_hepstats(model: hs3.engine.Model) -> None:
    """Significance and CLs of hepstats are ours."""
    pytest.importorskip("hepstats", reason="hepstats is not installed")
    from hepstats.hypotests import Discovery, UpperLimit
    from hepstats.hypotests.calculators import AsymptoticCalculator
    from hepstats.hypotests.parameters import POI, POIarray

    from hs3.adapters.hepstats import Minimizer, loss

    made = loss(model)
    mu = made["mu"]
    calculator = AsymptoticCalculator(made, Minimizer())
    p_value, significance = Discovery(calculator, POI(mu, 0)).result(printlevel=0)
    ours = hs3.significance(model)
    assert significance == pytest.approx(ours.observed, abs=1e-6)
    assert p_value == pytest.approx(ours.p_value, rel=1e-5)
    limit = hs3.upper_limit(model)
    points = POIarray(mu, np.array([limit.observed, limit.expected[2]]))
    found = UpperLimit(calculator, points, POI(mu, 0), qtilde=True).pvalues(CLs=True)
    assert found["cls"][0] == pytest.approx(0.05, rel=1e-4)
    assert found["expected"][1] == pytest.approx(0.05, rel=1e-4)


@with_hepstats
def test_the_example_of_hepstats() -> None:
    """hepstats interpolates between its points: its limit is near ours."""
    pytest.importorskip("hepstats", reason="hepstats is not installed")
    found = runpy.run_path(str(ROOT / "examples" / "neighbours" / "hepstats_limit.py"))
    ours = found["ours"]
    assert found["limits"]["observed"] == pytest.approx(ours.observed, rel=0.01)
    assert found["limits"]["expected"] == pytest.approx(ours.expected[2], rel=0.01)


@with_hepstats
def test_hepstats_toys(model: hs3.engine.Model) -> None:
    """Toys are drawn at the values that hepstats sets, one after the other."""
    pytest.importorskip("hepstats", reason="hepstats is not installed")
    from hs3.adapters.hepstats import loss

    made = loss(model, seed=3)
    sampler = made.model[0].create_sampler()
    sampler.resample({made["mu"]: 0.0})
    first = sampler.dataset
    sampler.resample({made["mu"]: 0.0})
    expected = model.sample(3, 2, {"mu": 0.0})
    for number, drawn in enumerate((first, sampler.dataset)):
        toy = expected.toy(number)
        assert all(np.array_equal(drawn.channels[c], toy.channels[c]) for c in toy.channels)
    other = made.create_new(made.model, [sampler])
    assert other.value() != made.value()
    assert other.value() == model.with_data(sampler.dataset).nll()


@pytest.mark.filterwarnings("default")
def test_cabinetry(model: hs3.engine.Model) -> None:
    """cabinetry fits and draws the pyhf export, with its own names."""
    cabinetry = pytest.importorskip("cabinetry", reason="cabinetry is not installed")
    import matplotlib as mpl

    from hs3.adapters.pyhf import to_pyhf

    mpl.use("Agg")
    workspace, _ = to_pyhf(hs3.load(DEMO))
    pyhf_model, data = cabinetry.model_utils.model_and_data(workspace)
    found = cabinetry.fit.fit(pyhf_model, data)
    result = hs3.fit(model)
    assert set(found.labels) == set(result.values)
    values = dict(zip(found.labels, found.bestfit, strict=True))
    assert values["mu"] == pytest.approx(result.values["mu"], abs=2e-3)
    assert found.best_twice_nll == pytest.approx(2 * result.nll, abs=1e-3)
    prediction = cabinetry.model_utils.prediction(pyhf_model, fit_results=found)
    figures: Any = cabinetry.visualize.data_mc(
        prediction, data, save_figure=False, close_figure=True
    )
    assert [f["region"] for f in figures] == ["CR_multijet", "CR_ttbar", "SR"]
    legend = figures[2]["figure"].axes[0].get_legend().get_texts()
    assert {"signal", "ttbar", "wjets"} <= {text.get_text() for text in legend}
