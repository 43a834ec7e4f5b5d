"""Histograms of hist and uproot, and columns of pandas, numpy and awkward."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hs3
from hs3.adapters.columns import to_numpy, to_pandas, unbinned_data
from hs3.adapters.histograms import axes_of, binned_data, sample, to_hist
from hs3.errors import ConversionError, MissingDependency

hist = pytest.importorskip("hist", reason="hist is not installed")


def weighted() -> Any:
    made = hist.Hist(hist.axis.Variable([0.0, 1.0, 3.0, 7.0], name="m"), storage="weight")
    made.fill([0.5, 0.6, 2.0, 5.0, 6.0], weight=[1.0, 0.5, 2.0, 0.25, 0.75])
    return made


def test_counts() -> None:
    made = hist.Hist.new.Reg(2, 0, 10, name="x").Reg(3, -1, 1, name="y").Double()
    made.fill([1, 1, 7, 8, 9], [-0.9, 0.0, 0.1, 0.9, 0.95])
    data, report = binned_data(made, "d")
    assert not report.findings
    assert data.to_json() == {
        "name": "d",
        "type": "binned",
        "axes": [
            {"name": "x", "min": 0.0, "max": 10.0, "nbins": 2},
            {"name": "y", "min": -1.0, "max": 1.0, "nbins": 3},
        ],
        "contents": [1.0, 1.0, 0.0, 0.0, 1.0, 2.0],
    }
    back = to_hist(data)
    assert np.array_equal(back.values(), made.values())
    assert [axis.name for axis in back.axes] == ["x", "y"]


def test_weights_are_uncertainties() -> None:
    made = weighted()
    data, _ = binned_data(made, "d", ["mass"])
    assert data.axes[0].edges == (0.0, 1.0, 3.0, 7.0)
    assert data.uncertainty is not None
    assert data.uncertainty.sigma == pytest.approx(np.sqrt([1.25, 4.0, 0.625]), rel=1e-15)
    back = to_hist(data)
    assert np.array_equal(back.values(), made.values())
    assert back.variances() == pytest.approx(made.variances(), rel=1e-15)


def test_overflow_is_told() -> None:
    made = weighted()
    made.fill([9.0, -1.0], weight=[2.0, 0.5])
    _, report = binned_data(made, "d")
    assert [(f.code, f.value) for f in report] == [("histogram.overflow", 2.5)]


def test_templates_make_a_channel() -> None:
    """A staterror takes the variances: the model knows their relative size."""
    made = weighted()
    modifier = {"name": "s", "type": "staterror", "constraint": "Gauss"}
    template, _ = sample(made, "bkg", [modifier])
    axes = [axis.to_json() for axis in axes_of(made)]
    data, _ = binned_data(made, "d")
    channel = {"name": "ch", "type": "histfactory_dist", "axes": axes}
    document = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [{**channel, "samples": [template.to_json()]}],
        "data": [{**data.to_json(), "contents": [1, 2, 1]}],
        "likelihoods": [{"name": "l", "distributions": ["ch"], "data": ["d"]}],
    }
    workspace = hs3.load(document)
    graph_errors = workspace.distributions[0].samples[0].data.errors  # type: ignore[attr-defined]
    assert graph_errors == pytest.approx(np.sqrt(made.variances()))
    back = to_hist(template, axes_of(made))
    assert np.array_equal(back.values(), made.values())


def test_uproot(tmp_path: Path) -> None:
    import uproot

    made = weighted()
    with uproot.recreate(tmp_path / "h.root") as file:
        file["h"] = made
    with uproot.open(tmp_path / "h.root") as file:
        data, _ = binned_data(file["h"], "d", ["m"])
    expected, _ = binned_data(made, "d")
    assert data == expected


@pytest.mark.parametrize(
    "made",
    [
        hist.Hist(hist.axis.StrCategory(["a", "b"]), storage="double"),
        hist.Hist(hist.axis.Regular(2, 0, 1), storage="mean"),
        hist.Hist(hist.axis.Variable([0, 1, np.inf]), storage="double"),
    ],
    ids=["categories", "means", "infinite"],
)
def test_no_counts(made: Any) -> None:
    with pytest.raises(ConversionError) as raised:
        binned_data(made, "d")
    assert raised.value.code == "histogram.form"


def test_bins_are_needed() -> None:
    template, _ = sample(weighted(), "bkg")
    with pytest.raises(ConversionError, match="3 contents"):
        to_hist(template)


# --- columns --------------------------------------------------------------------------------------

X, Y, W = [1.0, 2.5, 4.0], [0.1, -0.2, 0.3], [1.0, 0.5, 2.0]
RANGES = {"x": (0.0, 5.0), "y": (-1.0, 1.0)}


def tables() -> dict[str, Any]:
    record = np.zeros(3, dtype=[("x", float), ("y", float), ("w", float)])
    record["x"], record["y"], record["w"] = X, Y, W
    out: dict[str, Any] = {"dict": {"x": X, "y": Y, "w": W}, "record": record}
    try:
        import awkward

        out["awkward"] = awkward.zip({"x": X, "y": Y, "w": W})
    except ImportError:  # checked where it is installed
        pass
    try:
        import pandas

        out["pandas"] = pandas.DataFrame({"x": X, "y": Y, "w": W})
    except ImportError:
        pass
    return out


@pytest.mark.parametrize("kind", tables())
def test_columns(kind: str) -> None:
    data = unbinned_data(tables()[kind], "d", RANGES, weights="w")
    assert data.entries == tuple(zip(X, Y, strict=True))
    assert data.weights == tuple(W)
    back = to_numpy(data)
    assert {key: column.tolist() for key, column in back.items()} == {"x": X, "y": Y, "weight": W}


def test_arrays() -> None:
    both = unbinned_data(np.array([X, Y]).T, "d", RANGES)
    assert both.entries == tuple(zip(X, Y, strict=True))
    assert both.weights is None
    one = unbinned_data(np.array(X), "d", {"x": (0.0, 5.0)}, weights=W)
    assert one.entries == tuple((x,) for x in X)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"x": X}, "columns.form"),
        ({"x": X, "y": Y[:2]}, "columns.form"),
        ({"x": X, "y": [0.1, np.nan, 0.2]}, "columns.form"),
        ({"x": X, "y": ["a", "b", "c"]}, "columns.form"),
        ({"x": X, "y": [0.1, 0.2, 3.0]}, "columns.outside"),
        (np.zeros((3, 3)), "columns.form"),
    ],
)
def test_wrong_columns(table: Any, code: str) -> None:
    with pytest.raises(ConversionError) as raised:
        unbinned_data(table, "d", RANGES)
    assert raised.value.code == code


def test_pandas() -> None:
    data = unbinned_data(np.array(X), "d", {"x": (0.0, 5.0)})
    try:
        import pandas
    except ImportError:
        with pytest.raises(MissingDependency, match="pip install pandas"):
            to_pandas(data)
    else:
        assert to_pandas(data).equals(pandas.DataFrame({"x": X}))
