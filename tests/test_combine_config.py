"""What the configuration of a combination can say beyond which parameters are the same."""

from __future__ import annotations

import json

import numpy as np
import pytest
from combinations import (
    combined,
    counting,
    measured,
    poisson,
    refusal,
    two,
    unbinned,
    unit,
)
from conftest import ROOT, shared

import hs3
from hs3.cli.app import run
from hs3.engine import compile as compile_graph
from hs3.resolve import resolve
from hs3.workspace import sha256


def codes(report):
    return {finding.code for finding in report}


# --- inputs ---------------------------------------------------------------------------------------


def saved(folder, **documents):
    paths = []
    for name, data in documents.items():
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(json.dumps(data), encoding="utf-8")
    return paths


def test_a_signal_patch_is_found_beside_the_configuration(tmp_path, monkeypatch):
    pyhf = {
        "channels": [
            {"name": "sr", "samples": [{"name": "b", "data": [9.0, 4.0], "modifiers": []}]}
        ],
        "observations": [{"name": "sr", "data": [10.0, 5.0]}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }
    factor = {"name": "mu", "type": "normfactor", "data": None}
    signal = {"name": "s", "data": [1.0, 2.0], "modifiers": [factor]}
    patch = [{"op": "add", "path": "/channels/0/samples/-", "value": signal}]
    folder = tmp_path / "inputs"
    folder.mkdir()
    paths = saved(folder, search=pyhf, other=counting(n=14.0), signal=patch)
    config = folder / "combine.yaml"
    config.write_text(
        "inputs: {search: {patch: signal.json}}\nparameters: {mu: {min: 0, max: 10}}\n"
    )
    monkeypatch.chdir(tmp_path)
    ws, _ = hs3.combine(paths[:2], config="inputs/combine.yaml")
    model = hs3.compile(ws)
    nu = [9 + 0.5, 4 + 1.0, (2.5 + 10) * 1.03]
    expected = sum(map(poisson, [10, 5, 14], nu)) + unit(0.3)
    assert model.nll({"mu": 0.5, "alpha": 0.3}) == pytest.approx(expected, rel=1e-12)


def test_a_document_without_likelihood_says_how_to_ask():
    bare = unbinned() | {"likelihoods": []}
    message = refusal([bare, counting()], "combine.input").message
    assert "`inputs: {a: {pdf: …, data: …}}`" in message


def test_options_of_reading_are_for_files():
    error = refusal(two(), "combine.config", inputs={"a": {"mass": 125.0}})
    assert error.path == "/inputs/a/mass"


def test_a_distribution_with_data_of_a_document_without_likelihoods():
    bare = unbinned() | {"likelihoods": []}
    taken = {"a": {"pdf": "g", "data": "ev"}}
    error = refusal([bare, counting()], "combine.conflict", inputs=taken)
    assert error.path == "/parameters/alpha/constraint"  # which a distribution alone has not
    settled = {"alpha": {"constraint": "b"}}
    ws = combined([bare, counting()], inputs=taken, parameters=settled)[0]
    whole = combined([unbinned(), counting()])[0]
    point = {"mh": 124.0, "alpha": 0.7, "mu": 1.0}
    assert hs3.compile(ws).nll(point) == pytest.approx(hs3.compile(whole).nll(point), rel=1e-12)


def both():
    """Two channels in one document."""
    data = counting()
    more = counting(n=14.0, name="cr")
    for section in ("distributions", "data"):
        data[section] += more[section]
    for key in ("distributions", "data"):
        data["likelihoods"][0][key] += more["likelihoods"][0][key]
    return data


@pytest.mark.parametrize("channels", [["cr"], ["!sr"], ["*", "!model_s*"]])
def test_regions_that_overlap_are_left_out(channels):
    refusal([counting(), both()], "combine.overlap")
    ws, report = combined([counting(), both()], inputs={"b": {"channels": channels}})
    model = hs3.compile(ws)
    assert len(model.graph.channels) == 2
    wanted = hs3.compile(combined(two())[0])
    point = {"mu": 0.4, "alpha": -0.7}
    assert model.nll(point) == pytest.approx(wanted.nll(point), rel=1e-12)
    assert not codes(report) & {"combine.same_data", "combine.shared_bins"}


def test_one_file_twice_splits_a_source_between_its_channels():
    inputs = {"a": {"channels": ["sr"]}, "b": {"channels": ["!sr"]}}
    model = hs3.compile(combined([both(), both()], inputs=inputs, decorrelate=["alpha"])[0])
    nu = [(5 * 0.4 + 10) * (1 + 0.1 * x) for x in (0.3, -0.9)]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + unit(0.3) + unit(-0.9)
    found = model.nll({"mu": 0.4, "a_alpha": 0.3, "b_alpha": -0.9})
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("channels", [["nothing"], ["!*"]])
def test_channels_that_are_not_there(channels):
    refusal(two(), "combine.input", inputs={"b": {"channels": channels}})


def test_files_of_all_formats_in_one_likelihood(tmp_path):
    """HistFactory XML, a datacard, a RooWorkspace, pyhf JSON, and events in HS3."""
    files = {
        "xml": shared(
            "likelihoods/pyhf_validation_xml/multichannel_histfactory/config/example.xml"
        ),
        "card": ROOT / "examples" / "datacard" / "counting.txt",
        "root": shared(
            "workspaces/1ch_bkgRooExp_sigGauss_shapeFloat_npOn_constrGauss_yield10x.root"
        ),
        "pyhf": ROOT / "examples" / "demo" / "workspace.json",
        "mass": ROOT / "examples" / "combine" / "mass.hs3.json",
    }
    config = {"decorrelate": ["*"], "overlap": "keep", "clip_at_zero": False}
    ws, report = hs3.combine(list(files.values()), names=list(files), config=config)
    assert "constraint.left_out" in codes(report)  # in the RooWorkspace
    recorded = {r["name"]: r["sha256"] for r in ws.metadata.model_extra["combined_from"]}
    expected = 0.0
    for name, path in files.items():
        single, _ = hs3.read(path)
        assert recorded[name] == sha256(single)
        expected += compile_graph(resolve(single)).nll()
    assert hs3.compile(ws).nll() == pytest.approx(expected, rel=1e-12)


# --- parameters -----------------------------------------------------------------------------------


def other_start():
    data = counting(n=14.0, name="cr")
    for entry in data["parameter_points"][0]["parameters"]:
        entry["value"] = -1.0
    data["domains"][0]["axes"][0]["min"] = -2
    return data


def test_disagreements_are_settled_by_an_input_and_by_patterns():
    refusal([counting(), other_start()], "combine.conflict")
    rules = {"*": {"from": "b"}, "mu": {"min": 0.0, "value": 2.0}}
    ws = combined([counting(), other_start()], parameters=rules)[0]
    found = {p.name: (p.value, p.min, p.max) for p in hs3.compile(ws).parameters}
    assert found == {"mu": (2.0, 0.0, 50.0), "alpha": (-1.0, -5.0, 5.0)}


def test_an_infinite_bound_settles():
    changed = counting(n=14.0, name="cr")
    changed["domains"][0]["axes"][0]["max"] = 20
    rules = {"mu": {"max": float("inf")}}
    ws = combined([counting(), changed], parameters=rules)[0]
    assert hs3.compile(ws).graph.parameter("mu").max == float("inf")
    refusal(two(), "combine.config", parameters={"mu": {"max": float("nan")}})


@pytest.mark.parametrize(
    "parameters",
    [{"x*": {"value": 1}}, {"mu": {"from": "c"}}, {"x": {"from": "a"}}],
)
def test_rules_for_nothing(parameters):
    refusal(two(), "combine.config", parameters=parameters)


def test_units_are_kept_and_conflicts_of_units_settled():
    inputs = [measured(1.0, 1.0, unit="GeV"), measured(2.0, 1.0, unit="MeV")]
    assert refusal(inputs, "combine.conflict").path == "/parameters/alpha/unit"
    rescale = {"input": "b", "parameter": "alpha", "of": "alpha", "scale": 1000.0}
    ws = combined(inputs, rescale=[rescale])[0]
    units = {p.name: p.model_extra.get("unit") for p in ws.parameter_points[0].parameters}
    assert units["alpha"] == "GeV"
    ws = combined(inputs, parameters={"alpha": {"unit": "GeV"}})[0]
    assert ws.parameter_points[0].parameters[1].model_extra["unit"] == "GeV"


def test_numbers_that_differ_in_late_digits_are_shown_in_full():
    changed = counting(n=14.0, name="cr")
    changed["parameter_points"][0]["parameters"][1]["value"] = 0.25 + 1e-8
    assert "0.25000001" in refusal([counting(), changed], "combine.conflict").message


# --- functions ------------------------------------------------------------------------------------


def test_couplings_with_a_common_width():
    """Production times decay, mu_i = kappa_i² kappa_g² / kappa_H², in the kappa framework."""
    parameter = {"value": 1, "min": 0, "max": 3}
    ws = combined(
        two(),
        definitions={"kH2": "0.75*kb^2 + 0.25*kg^2", "decay": "kb^2/kH2"},
        functions=[{"input": "*", "parameter": "mu", "expression": "kg^2*decay"}],
        parameters={"kb": parameter, "kg": parameter},
        parameters_of_interest=["kg", "kb"],
    )[0]
    kb, kg = 1.2, 0.8
    mu = kg**2 * kb**2 / (0.75 * kb**2 + 0.25 * kg**2)
    expected = poisson(10, 5 * mu + 10) + poisson(14, 5 * mu + 10) + unit(0)
    found = hs3.compile(ws).nll({"kb": kb, "kg": kg, "alpha": 0})
    assert found == pytest.approx(expected, rel=1e-12)
    assert hs3.validate(ws).ok


def test_branching_fractions_out_of_signal_strengths():
    """Of each signal strength its branching fraction over that of the Standard Model."""
    functions = [
        {"input": "a", "parameter": "mu", "expression": "BR_bb/0.58"},
        {"input": "b", "parameter": "mu", "expression": "BR_tt/0.063"},
    ]
    parameters = {
        "BR_bb": {"value": 0.58, "min": 0, "max": 1},
        "BR_tt": {"value": 0.063, "min": 0, "max": 1},
    }
    ws = combined(
        two(), functions=functions, parameters=parameters, parameters_of_interest=[*parameters]
    )[0]
    separate = [hs3.fit(hs3.Workspace.from_json(d), fixed={"alpha": 0.0}) for d in two()]
    result = hs3.fit(ws, fixed={"alpha": 0.0})
    assert separate[1].values["mu"] == pytest.approx(0.8, rel=1e-6)
    assert result.values["BR_tt"] == pytest.approx(0.8 * 0.063, rel=1e-6)
    assert result.errors["BR_tt"] == pytest.approx(0.063 * separate[1].errors["mu"], rel=1e-6)


def test_a_scaled_parameter_of_interest():
    """A signal that one analysis normalises to twice the cross section of the other."""
    rescale = {"input": "b", "parameter": "mu", "of": "mu", "scale": 0.5}
    ws = combined(two(), rescale=[rescale])[0]
    expected = poisson(10, 5 * 0.6 + 10) + poisson(14, 5 * 0.3 + 10) + unit(0)
    found = hs3.compile(ws).nll({"mu": 0.6, "alpha": 0})
    assert found == pytest.approx(expected, rel=1e-12)


def test_many_sources_are_rescaled_by_a_pattern():
    one = counting(alpha="JES_1")
    other = counting(n=14.0, name="cr", alpha="scale_1")
    rule = {"input": "b", "parameter": "scale_*", "of": "JES_*", "scale": -2.0}
    ws = combined([one, other], rescale=[rule])[0]
    nu = [15 * (1 + 0.1 * x) for x in (0.4, -0.8)]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + unit(0.4)
    found = hs3.compile(ws).nll({"mu": 1.0, "JES_1": 0.4})
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "config",
    [
        {"definitions": {"mu": "alpha"}},
        {"definitions": {"x": "nothing"}},
        {"definitions": {"x": "mu +"}},
        {"functions": [{"input": "c*", "parameter": "mu", "expression": "alpha"}]},
        {"functions": [{"input": "*", "parameter": "nothing", "expression": "alpha"}]},
        {"rescale": [{"input": "a", "parameter": "x_*", "of": "y_*"}]},
        {"partial": [{"name": "x_*", "parameters": [{"a": "x_*"}, {"b": "y_*"}], "matrix": [[1]]}]},
    ],
)
def test_what_does_not_fit(config):
    refusal(two(), "combine.config", **config)


# --- partial correlation --------------------------------------------------------------------------


def sources(name, n):
    """One channel with two sources, s_1 of 10 % and s_2 of 20 %."""
    data = counting(n=n, name=name, alpha="s_1")
    more = counting(n=n, name=name, alpha="s_2", hi=1.2)
    for sample, other in zip(
        data["distributions"][0]["samples"], more["distributions"][0]["samples"], strict=True
    ):
        sample["modifiers"].append(other["modifiers"][-1])
    data["domains"][0]["axes"].append(more["domains"][0]["axes"][1])
    data["parameter_points"][0]["parameters"].append(more["parameter_points"][0]["parameters"][1])
    return data


def test_patterns_correlate_each_source_with_its_partner():
    rule = {
        "name": "corr_*",
        "parameters": [{"a": "s_*"}, {"b": "s_*"}],
        "matrix": [[1, 0.5], [0.5, 1]],
    }
    inputs = [sources("sr", 10.0), sources("cr", 14.0)]
    ws, report = combined(inputs, partial=[rule])
    model = hs3.compile(ws)
    assert sorted(model.names) == ["corr_1_1", "corr_1_2", "corr_2_1", "corr_2_2", "mu"]
    assert [f.code for f in report].count("combine.decomposed") == 2
    z = {"corr_1_1": 0.3, "corr_1_2": -0.4, "corr_2_1": 0.9, "corr_2_2": 0.1}
    left = np.sqrt(0.75)
    a = {1: z["corr_1_1"], 2: z["corr_2_1"]}
    b = {k: 0.5 * z[f"corr_{k}_1"] + left * z[f"corr_{k}_2"] for k in (1, 2)}
    nu = [15 * (1 + 0.1 * s[1]) * (1 + 0.2 * s[2]) for s in (a, b)]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + sum(map(unit, z.values()))
    assert model.nll({**z, "mu": 1.0}) == pytest.approx(expected, rel=1e-12)


# --- overlaps -------------------------------------------------------------------------------------


def binned(name, observable, edges, contents):
    """A channel whose data have this binning."""
    data = counting(name=name)
    axis = {"name": observable, "min": edges[0], "max": edges[-1], "edges": edges}
    data["distributions"][0]["axes"] = [axis]
    data["data"][0] |= {"axes": [axis], "contents": contents}
    for sample in data["distributions"][0]["samples"]:
        sample["data"]["contents"] = [10.0] * len(contents)
    return data


@pytest.mark.parametrize(
    "other, said",
    [
        # bins of another width over part of the range
        (binned("cr", "m", [20, 40, 80, 100], [35.0, 90.0, 7.0]), "2 bins"),
        # no common edges, but four counts in a row
        (binned("cr", "bin", [0, 1, 2, 3, 4, 5], [3.0, 12.0, 20.0, 15.0, 41.0]), "4 bins"),
    ],
)
def test_regions_with_counts_in_common(other, said):
    one = binned("sr", "m", [0, 20, 30, 40, 60, 80], [12.0, 20.0, 15.0, 41.0, 49.0])
    report = combined([one, other])[1]
    (finding,) = report.of("warning")
    assert finding.code == "combine.shared_bins"
    assert said in finding.message


def test_counts_that_agree_by_chance_are_not_told():
    one = binned("sr", "m", [0, 20, 40, 60], [12.0, 20.0, 15.0])
    for other in (
        binned("cr", "m", [20, 40, 60], [20.0, 16.0]),
        binned("cr", "bin", [0, 1, 2, 3], [20.0, 15.0, 1.0]),
        counting(n=12.0, name="cr"),
    ):
        assert not combined([one, other])[1].of("warning")


def test_one_bin_that_is_called_the_same():
    other = counting(hi=1.2)
    assert "combine.same_data" in codes(combined([counting(), other])[1])


def test_events_in_common():
    other = unbinned()
    other["data"][0]["entries"] = [[124.0], [118.25], [131.5]]
    (finding,) = combined([unbinned(), other])[1].of("warning")
    assert finding.code == "combine.shared_events"
    assert "1 of its 3 events" in finding.message
    other["data"][0]["entries"] = [[124.0], [118.0], [118.0], [118.0]]  # values in steps of 1
    assert not combined([unbinned(), other])[1].of("warning")


def test_overlaps_are_settled_channel_by_channel():
    error = refusal([both(), both()], "combine.overlap", overlap={"s*": "merge"})
    assert "'model_cr'" in error.message
    made = combined([both(), both()], overlap={"sr": "merge", "*": "keep"})[0]
    assert len(hs3.compile(made).graph.channels) == 3


# --- the command ----------------------------------------------------------------------------------


def test_all_conflicts_are_told_at_once(tmp_path, capsys):
    files = list(map(str, saved(tmp_path, one=counting(), two=other_start())))
    out = str(tmp_path / "out.json")
    assert run(["combine", *files, "-o", out]) == 1
    told = capsys.readouterr()
    assert told.out.count("combine.conflict") == 3
    assert len(told.err.splitlines()) >= 1
    assert run(["combine", *files, "-o", out, "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert {f["path"] for f in error["findings"]} == {
        "/parameters/mu/value",
        "/parameters/mu/min",
        "/parameters/alpha/value",
    }
