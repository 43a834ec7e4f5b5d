"""Results in forms that others know: columns for tables, histograms for hist and mplhep."""

from __future__ import annotations

import numpy as np
import pytest
from diagnostic_spec import SPEC
from histfactory_models import channel, graph_of, parameter, sample

import hs3
from hs3 import engine
from hs3.histfactory.meaning import NormFactor


@pytest.fixture(scope="module")
def model():
    return hs3.compile(SPEC)


@pytest.fixture(scope="module")
def best(model):
    return engine.fit(model, minos=["mu"])


@pytest.fixture(scope="module")
def yields(model, best):
    return hs3.yields(model, best=best)


def lengths(columns):
    assert all(column.ndim == 1 for column in columns.values())
    return {len(column) for column in columns.values()}


def test_results_are_columns(model, best, yields):
    columns = best.columns()
    assert lengths(columns) == {len(model.names)}
    place = columns["name"].tolist().index("mu")
    assert columns["value"][place] == best.values["mu"]
    assert (columns["minus"][place], columns["plus"][place]) == best.parameters["mu"].minos
    assert np.isnan(columns["pull"][place])  # mu was not measured before
    assert columns["fixed"].dtype == bool

    impacts = hs3.impacts(model, best=best)
    assert lengths(impacts.columns()) == {len(impacts.parameters)}
    assert impacts.columns()["size"].tolist() == [p.size for p in impacts.parameters]
    pulls = hs3.pulls(model, best=best)
    assert pulls.columns()["name"].tolist() == [p.name for p in pulls.parameters]
    scan = hs3.scan(model, ("mu", "norm"), ([0.0, 1.0], [0.0, 0.5, 1.0]), best=best)
    assert scan.columns()["norm"].tolist() == [0.0, 0.5, 1.0] * 2
    assert scan.columns()["twice_delta_nll"].tolist() == scan.twice_delta_nll.ravel().tolist()

    columns = yields.columns()
    assert lengths(columns) == {3 + 3 + 3 + 2 + 2}  # sig, bkg and all in SR; bkg and all in CR
    own = (columns["channel"] == "model_SR") & (columns["sample"] == "")
    assert columns["expected"][own].tolist() == yields.channels["model_SR"].expected.counts.tolist()
    assert columns["observed"][own].tolist() == [58.0, 72.0, 60.0]


def test_columns_are_a_table_of_pandas(best, yields):
    pandas = pytest.importorskip("pandas", reason="the table is one of pandas")
    table = pandas.DataFrame(best.columns()).set_index("name")
    assert table.loc["mu", "error"] == best.errors["mu"]
    counts = pandas.DataFrame(yields.columns())
    assert counts.groupby(["channel", "sample"])["expected"].sum()[
        "model_SR", "bkg"
    ] == pytest.approx(yields.channels["model_SR"].samples["bkg"].total)


# --- histograms -----------------------------------------------------------------------------------


def test_yields_are_histograms(yields):
    pytest.importorskip("hist", reason="the histograms are those of hist")
    found, own = yields.to_hist()["model_SR"], yields.channels["model_SR"]
    assert list(found) == ["observed", "expected", "samples"]
    assert found["observed"].values().tolist() == [58.0, 72.0, 60.0]
    np.testing.assert_array_equal(found["expected"].values(), own.expected.counts)
    np.testing.assert_allclose(np.sqrt(found["expected"].variances()), own.expected.errors)
    total = sum(h.values() for h in found["samples"].values())
    np.testing.assert_allclose(total, found["expected"].values())
    assert found["expected"].axes[0].name == own.axes[0]


def test_channels_of_two_axes_keep_them():
    pytest.importorskip("hist", reason="the histograms are those of hist")
    counts = np.arange(1.0, 7.0)
    samples = [sample("s", counts.tolist(), [NormFactor("mu", "mu", "")])]
    one = channel("c", samples, counts.tolist())
    edges = (np.array([0.0, 1.0, 3.0]), np.array([10.0, 20.0, 30.0, 50.0]))
    from dataclasses import replace

    graph = graph_of([replace(one, axes=("x", "y"), edges=edges)], [], [parameter("mu", 1.0, 0, 9)])
    found = hs3.yields(engine.compile(graph)).to_hist()["c"]["observed"]
    assert [axis.name for axis in found.axes] == ["x", "y"]
    assert found.axes[1].edges.tolist() == [10.0, 20.0, 30.0, 50.0]
    assert found.values().tolist() == counts.reshape(2, 3).tolist()


def test_mplhep_draws_them(yields):
    mplhep = pytest.importorskip("mplhep", reason="drawn by mplhep")
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    found = yields.to_hist()["model_SR"]
    stacked = list(found["samples"].values())
    mplhep.histplot(stacked, stack=True, histtype="fill", label=list(found["samples"]), ax=axes)
    top = np.max([patch.get_data().values for patch in axes.patches], axis=0)
    np.testing.assert_allclose(top, found["expected"].values())
    (data,) = mplhep.histplot(found["observed"], histtype="errorbar", color="black", ax=axes)
    np.testing.assert_array_equal(data.errorbar.lines[0].get_ydata(), [58.0, 72.0, 60.0])
