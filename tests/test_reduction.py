"""Smaller workspaces: what is exact stays exact, what is not is said."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from builders import HISTOSYS, NORMSYS, ROOT_640, document, modifier, point, sample
from conftest import ROOT, shared

import hs3
from hs3.cli.app import run
from hs3.errors import EditError
from hs3.reduction import freeze, merge_bins, merge_samples, prune, scale_samples

SEARCH = ROOT / "examples" / "workspaces" / "search.hs3.json"
MU = {"name": "mu", "type": "normfactor", "parameter": "mu"}


def compiled(ws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hs3.compile(ws)


def codes(report):
    return [f.code for f in report]


def nominal(ws, channel=0, place=0):
    return ws.to_json()["distributions"][channel]["samples"][place]["data"]["contents"]


# --- freezing ------------------------------------------------------------------------------------


def assert_only_a_constant_is_lost(full, small, report, values, seed=2):
    """-ln L at any point differs by what the report says."""
    a, b = compiled(full), compiled(small)
    # of several likelihoods the first, which is the one that is compiled
    lost = next((f.value for f in report if f.code == "freeze.constraint"), 0.0)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        moved = dict(zip(b.names, b.start + rng.normal(0.0, 0.2, len(b.names)), strict=True))
        moved |= {n: values[n] for n in moved if n in values}
        moved |= {n: float(b.start[b.position(n)]) for n in moved if n.startswith("nom_")}
        both = moved | values
        both = {n: v for n, v in both.items() if n in a.names}
        assert a.nll(both) == pytest.approx(b.nll(moved) + lost, rel=1e-12, abs=1e-10)
    return b


def test_frozen_parameters_are_gone_and_the_likelihood_is_the_same():
    full = hs3.load(SEARCH)
    values = {"alpha_scale": 0.7, "alpha_xsec": -0.4, "alpha_lumi": 1.3}
    small, report = freeze(full, values)
    model = assert_only_a_constant_is_lost(full, small, report, values)
    assert not [n for n in model.names if "alpha" in n]
    assert "Constraint" not in json.dumps(small.to_json()["distributions"])


def test_staterrors_keep_their_widths_when_the_signal_is_frozen():
    full = hs3.load(SEARCH)
    small, report = freeze(full, {"mu": 3.0})
    model = assert_only_a_constant_is_lost(full, small, report, {"mu": 3.0})
    assert model.pois == ()
    assert nominal(small)[2] == pytest.approx(18.0)


@pytest.mark.slow
@pytest.mark.parametrize("mu", [0.0, 1.0])
def test_all_factors_of_bins_can_be_frozen(mu):
    full = hs3.load(SEARCH)
    values = {f"gamma_stat_SR_bin_{i}": v for i, v in enumerate((0.9, 1.1, 1.05, 0.97))}
    values["mu"] = mu
    small, report = freeze(full, values)
    model = assert_only_a_constant_is_lost(full, small, report, values)
    assert "mu" not in model.names


def test_one_bin_of_several_stays_as_a_constant():
    full = hs3.load(SEARCH)
    small, report = freeze(full, {"gamma_stat_SR_bin_1": 1.1})
    assert "freeze.constant" in codes(report)
    point = {p.name: p for p in small.parameter_point("default_values").parameters}
    assert (point["gamma_stat_SR_bin_1"].value, point["gamma_stat_SR_bin_1"].const) == (1.1, True)


CUT = {"hi": {"contents": [-2, 25]}, "lo": {"contents": [9, 18]}}
EXACT = {
    "every interpolation": (
        document(
            sample(
                MU,
                *(modifier(NORMSYS, name=f"n{c}", parameter=f"n{c}", interpolation=c)
                  for c in (0, 1, 2, 4, 5)),
                *(modifier(HISTOSYS, name=f"h{c}", parameter=f"h{c}", interpolation=c)
                  for c in (0, 2, 4)),
            ),
            packages=ROOT_640,
            parameter_points=point(
                mu=1.0, **{f"{k}{c}": 0.0 for k in "nh" for c in (0, 1, 2, 4, 5)}
            ),
        ),
        {"n0": 0.3, "n1": -0.6, "n2": 1.4, "n4": 0.5, "n5": -1.2, "h0": -0.2, "h2": 0.8, "h4": 0.4},
    ),
    "shapes that are exponential": (
        document(
            sample(MU, modifier(HISTOSYS, interpolation=5)),
            packages=ROOT_640,
            parameter_points=point(mu=1.0, b=0.0),
        ),
        {"b": 0.35},
    ),
    "functions and expressions": (
        document(
            sample({"name": "k", "type": "normfactor", "parameter": "k"}, NORMSYS),
            functions=[
                {"name": "k", "type": "generic_function", "expression": "mu * c^2 + c"},
                {"name": "unused", "type": "sum", "summands": ["c", 2]},
            ],
            parameter_points=point(mu=1.0, a=0.1, c=1.5),
        ),
        {"c": 1.4},
    ),
    "cut at zero": (
        document(
            sample(MU, modifier(HISTOSYS, data=CUT)),
            packages=ROOT_640,
            parameter_points=point(mu=1.0, b=0.0),
        ),
        {"b": 1.5},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_substitution_is_exact(name):
    data, values = EXACT[name]
    full = hs3.Workspace.from_json(data)
    small, report = freeze(full, values)
    model = assert_only_a_constant_is_lost(full, small, report, values)
    assert not set(values) & set(model.names)


def test_what_cannot_be_frozen_is_an_error():
    full = hs3.load(SEARCH)
    with pytest.raises(EditError, match="no parameter 'alpha_scal'"):
        freeze(full, {"alpha_scal": None})
    with pytest.raises(EditError, match="outside"):
        freeze(full, {"mu": 11.0})


@pytest.mark.slow
def test_freezing_all_systematics_of_a_published_likelihood():
    path = shared("likelihoods", "hs3_written_by_root640", "sbottom_RegionC_900_250_60.hs3.json")
    full = hs3.load(path)
    model = compiled(full)
    values = {n: 0.1 for n in model.names if n.startswith("alpha_")}
    small, report = freeze(full, dict.fromkeys(["alpha_*"], 0.1))
    assert_only_a_constant_is_lost(full, small, report, values)


# --- merging -------------------------------------------------------------------------------------


def test_bins_are_merged_with_data_variations_and_errors():
    full = hs3.load(SEARCH)
    small, report = merge_bins(full, "SR", 2)
    data = small.to_json()
    signal = data["distributions"][0]["samples"][0]
    assert signal["data"]["contents"] == [5.0, 8.0]
    assert signal["data"]["errors"] == pytest.approx([0.05**0.5, 0.13**0.5])
    assert signal["modifiers"][2]["data"]["hi"]["contents"] == pytest.approx([4.6, 8.9])
    assert data["data"][0]["contents"] == [109.0, 45.0]
    assert data["distributions"][0]["axes"][0]["nbins"] == 2
    assert data["data"][0]["axes"][0]["nbins"] == 2
    model = compiled(small)
    assert {n for n in model.names if "gamma" in n} == {f"gamma_stat_SR_bin_{i}" for i in (0, 2)}
    assert "merge.approximated" in codes(report)  # ROOT cuts each bin at zero
    counts = model.expected_counts()["model_SR"]
    assert counts == pytest.approx(
        np.add.reduceat(compiled(full).expected_counts()["model_SR"], [0, 2])
    )


def test_bins_by_edges():
    small, _ = merge_bins(hs3.load(SEARCH), "model_SR", [0.0, 100.0, 400.0])
    assert nominal(small, 0, 1) == [60.0, 78.0]
    assert small.to_json()["distributions"][0]["axes"][0]["edges"] == [0.0, 100.0, 400.0]
    with pytest.raises(EditError, match="edges"):
        merge_bins(hs3.load(SEARCH), "SR", [0.0, 130.0, 400.0])
    with pytest.raises(EditError, match="cannot be merged 3 by 3"):
        merge_bins(hs3.load(SEARCH), "SR", 3)
    with pytest.raises(EditError, match="no channel 'VR'"):
        merge_bins(hs3.load(SEARCH), "VR", 2)


def test_two_axes_are_merged_one_at_a_time():
    axes = [{"name": "x", "min": 0, "max": 2, "nbins": 2}, {"name": "y", "edges": [0, 1, 3, 7]}]
    shape = {
        "name": "s", "type": "shapesys", "constraint": "Poisson",
        "parameters": [f"g{i}{j}" for i in range(2) for j in range(3)],
        "data": {"vals": [0.1] * 6},
    }  # fmt: skip
    data = document(
        sample(MU, shape, contents=range(1, 7)),
        channel={"axes": axes},
        data=[{"name": "d", "type": "binned", "axes": axes, "contents": [1, 2, 3, 4, 5, 6]}],
        parameter_points=point(mu=1.0),
    )
    ws = hs3.Workspace.from_json(data)
    small = merge_bins(ws, "ch", [0, 3, 7], axis="y")[0].to_json()
    made = small["distributions"][0]["samples"][0]
    assert made["data"]["contents"] == [3, 3, 9, 6]
    assert made["modifiers"][1]["parameters"] == ["g00", "g02", "g10", "g12"]
    vals = made["modifiers"][1]["data"]["vals"]
    assert vals == pytest.approx([0.1 * 5**0.5 / 3, 0.1, 0.1 * 41**0.5 / 9, 0.1])
    assert small["data"][0]["contents"] == [3, 3, 9, 6]
    assert merge_bins(ws, "ch", 2, axis="x")[0].to_json()["data"][0]["contents"] == [5, 7, 9]
    with pytest.raises(EditError, match="axis"):
        merge_bins(ws, "ch", 2)


def test_parameters_of_bins_that_other_channels_share_are_not_merged():
    data = document(
        sample({"name": "f", "type": "shapefactor", "parameters": ["f0", "f1"]}),
        parameter_points=point(f0=1.0, f1=1.0),
    )
    second = json.loads(json.dumps(data["distributions"][0])) | {"name": "other"}
    data["distributions"].append(second)
    with pytest.raises(EditError, match="'other' too"):
        merge_bins(hs3.Workspace.from_json(data), "ch", 2)


@pytest.mark.parametrize("kind", ["custom", "normfactor"])
def test_bins_with_a_function_of_the_observable_are_not_merged(kind):
    modifier = {"name": "tilt", "type": kind}
    if kind == "normfactor":
        modifier["parameter"] = "tilt"
    data = document(
        sample(MU, modifier),
        functions=[{"name": "tilt", "type": "generic_function", "expression": "exp(k*x)"}],
        parameter_points=point(mu=1.0, k=0.3),
    )
    ws = hs3.Workspace.from_json(data)
    assert len(set(compiled(ws).expected_counts()["ch"])) == 2  # x is the axis of the channel
    with pytest.raises(EditError, match="'tilt' is evaluated in the middle of each bin") as refused:
        merge_bins(ws, "ch", 2)
    assert refused.value.findings[0].path == "/distributions/0/samples/0/modifiers/1"


def test_factors_that_are_functions_of_parameters_stay_when_bins_are_merged():
    data = document(
        sample(MU, {"name": "scale", "type": "custom"}),
        functions=[{"name": "scale", "type": "generic_function", "expression": "1 + k*k"}],
        parameter_points=point(mu=1.0, k=0.5),
    )
    ws = hs3.Workspace.from_json(data)
    counts = compiled(merge_bins(ws, "ch", 2)[0]).expected_counts()["ch"]
    assert counts == pytest.approx(
        [1.25 * sum(data["distributions"][0]["samples"][0]["data"]["contents"])]
    )


TWO_SAMPLES = document(
    sample(NORMSYS, HISTOSYS, name="one"),
    sample(NORMSYS, modifier(HISTOSYS, name="o", parameter="o"), name="two", contents=(11, 19)),
    sample(MU, name="signal", contents=(1, 2)),
    parameter_points=point(a=0.1, b=0.0, o=0.0, mu=1.0),
)


def test_samples_with_the_same_factors_are_merged_exactly():
    full = hs3.Workspace.from_json(TWO_SAMPLES)
    small, report = merge_samples(full, ["one", "two"], "background")
    names = [s["name"] for s in small.to_json()["distributions"][0]["samples"]]
    assert names == ["background", "signal"]
    assert codes(report) == ["merge.samples"]
    a, b = compiled(full), compiled(small)
    for values in ({}, {"a": 0.4, "b": -0.7, "o": 1.2}, {"a": -1.6, "b": 1.4, "o": 0.2}):
        assert b.nll(values) == pytest.approx(a.nll(values), rel=1e-13)


def test_samples_with_different_factors_are_refused_or_approximated():
    data = json.loads(json.dumps(TWO_SAMPLES))
    data["distributions"][0]["samples"][1]["modifiers"][0]["data"] = {"hi": 1.3, "lo": 0.8}
    full = hs3.Workspace.from_json(data)
    with pytest.raises(EditError, match="normsys 'n' of 'one' is not the same"):
        merge_samples(full, ["one", "two"], "background")
    small, report = merge_samples(full, ["one", "two"], "background", approximate=True)
    assert "merge.approximated" in codes(report)
    a, b = compiled(full), compiled(small)
    for alpha in (0.0, 1.0, -1.0):
        values = {"a": alpha, "mu": 2.0}
        assert b.nll(values) == pytest.approx(a.nll(values), rel=1e-12)
    with pytest.raises(EditError, match="normfactor 'mu'"):
        merge_samples(full, ["one", "signal"], "all", approximate=True)
    with pytest.raises(EditError, match="no sample"):
        merge_samples(full, ["three"], "all")


def test_samples_are_scaled_with_all_that_goes_with_them():
    small, _ = scale_samples(hs3.load(SEARCH), {"signal": 2.0})
    signal = small.to_json()["distributions"][0]["samples"][0]
    assert signal["data"] == {"contents": [2.0, 8.0, 12.0, 4.0], "errors": [0.2, 0.4, 0.6, 0.4]}
    assert signal["modifiers"][2]["data"]["lo"]["contents"] == [2.4, 8.6, 10.8, 3.6]
    with pytest.raises(EditError, match="cannot be scaled"):
        scale_samples(hs3.load(SEARCH), {"signal": -1.0})


# --- pruning -------------------------------------------------------------------------------------


def small_systematics():
    shape = {"hi": {"contents": [10.01, 20.02]}, "lo": {"contents": [9.99, 19.98]}}
    only_norm = {"hi": {"contents": [11.0, 22.01]}, "lo": {"contents": [9.0, 18.01]}}
    only_shape = {"hi": {"contents": [11.0, 19.02]}, "lo": {"contents": [9.0, 21.0]}}
    return document(
        sample(
            MU,
            modifier(NORMSYS, name="small", parameter="s", data={"hi": 1.001, "lo": 0.998}),
            NORMSYS,
            modifier(HISTOSYS, name="flat", parameter="f", data=shape),
            modifier(HISTOSYS, name="norm", parameter="b", data=only_norm),
            modifier(HISTOSYS, name="shape", parameter="c", data=only_shape),
            {"name": "st", "type": "staterror", "parameters": ["e0", "e1"], "constraint": "Gauss"},
            errors=(0.05, 3.0),
        ),
        parameter_points=point(mu=1.0, a=0.0, s=0.0, f=0.0, b=0.0, c=0.0, e0=1.0, e1=1.0),
        analyses=[{"name": "x", "likelihood": "l", "parameters_of_interest": ["mu"]}],
    )


def test_negligible_systematics_are_pruned_by_normalisation_and_shape():
    ws = hs3.Workspace.from_json(small_systematics())
    small, report = prune(ws, norm=0.01, shape=0.01, stat=0.02)
    made = {m["name"]: m for m in small.to_json()["distributions"][0]["samples"][0]["modifiers"]}
    assert set(made) == {"mu", "n", "norm", "shape", "st"}
    assert made["norm"]["type"] == "normsys"
    assert made["norm"]["data"] == pytest.approx({"hi": 33.01 / 30, "lo": 27.01 / 30})
    assert sum(made["shape"]["data"]["hi"]["contents"]) == pytest.approx(30.0)
    told = {f.code: f.value for f in report}
    assert told["prune.modifier"] == "f"
    assert told["prune.bin"] == "e0"
    names = {p.name: p for p in small.parameter_points[0].parameters}
    assert not {"s", "f"} & names.keys()
    assert names["e0"].const is True
    nothing, report = prune(ws, norm=0.0, shape=0.0)
    assert codes(report) == ["prune.done"]
    assert hs3.diff(hs3.upgrade(ws)[0], nothing) == ()


def test_thresholds_are_not_negative():
    with pytest.raises(EditError, match="negative"):
        prune(hs3.load(SEARCH), norm=-0.1)


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_on_the_command_line(tmp_path, capsys):
    target = tmp_path / "small.json"
    arguments = ["reduce", str(SEARCH), "-o", str(target), "--freeze", "alpha_lumi=0.5"]
    arguments += ["--prune", "--norm", "0.2", "--shape", "0.2", "--merge-bins", "SR=2"]
    arguments += ["--scale", "signal=2", "--json"]
    assert run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    (effect,) = told["effect"]
    assert effect["poi"] == "mu"
    assert abs(effect["after"]["value"]) < 2.0
    assert nominal(hs3.load(target)) == pytest.approx([10.1, 16.16], rel=1e-3)


def test_channels_are_dropped_on_the_command_line(tmp_path, capsys):
    target = tmp_path / "small.json"
    drop = ["reduce", str(SEARCH), "-o", str(target), "--drop", "CR", "--no-effect"]
    assert run(drop) == 0
    assert "small.json written" in capsys.readouterr().out
    assert hs3.load(target).likelihoods[0].distributions == ("model_SR",)
    assert run(["reduce", str(SEARCH), "-o", str(target)]) == 2
    assert "nothing to do" in capsys.readouterr().err
