"""Other signals in a measurement."""

from __future__ import annotations

import json
import warnings

import pytest
from builders import document, point, sample
from conftest import ROOT, shared

import hs3
from hs3.cli.app import run
from hs3.errors import EditError
from hs3.reinterpretation import read_signals, reinterpret

FOLDER = ROOT / "examples" / "workspaces"
SEARCH, TABLE = FOLDER / "search.hs3.json", FOLDER / "signals.yaml"
MU = {"name": "mu", "type": "normfactor", "parameter": "mu"}


def compiled(ws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hs3.compile(ws)


def signal_of(ws, channel=0):
    return ws.to_json()["distributions"][channel]["samples"][0]


def test_each_hypothesis_gets_its_signal():
    found = reinterpret(hs3.load(SEARCH), TABLE)
    assert list(found) == ["m100", "m200", "m300"]
    assert (found.labels, found.values_of("m200")) == (("mass",), (200.0,))
    m200 = signal_of(found["m200"])
    assert m200["name"] == "resonance"
    assert m200["data"]["contents"] == pytest.approx([0.72, 4.8, 3.28, 0.48])
    kinds = {m["name"]: m for m in m200["modifiers"]}
    assert kinds["acceptance"]["data"] == {"hi": 1.06, "lo": 0.95}
    assert kinds["alpha_scale"]["data"]["hi"]["contents"][3] == pytest.approx(0.64)
    assert found["m100"].metadata.to_json()["reinterpreted_from"]["point"] == "m100"
    assert [f.code for f in found.found] == ["reinterpret.removed", "reinterpret.staterror"]
    assert found["m100"].analyses[0].pois == ("mu",)
    axes = {a.name: (a.min, a.max) for a in found["m100"].domains[0].axes}
    assert axes["mu"] == (-2.0, 10.0)
    assert axes["acceptance"] == (-5.0, 5.0)


def test_all_hypotheses_have_one_shape_and_the_numbers_of_the_table():
    found = reinterpret(hs3.load(SEARCH), TABLE)
    models = [compiled(found[name]) for name in found]
    assert len({m.graph.parameters for m in models}) == 1
    counts = [m.sample_yields({"mu": 2.0})["model_SR"]["resonance"] for m in models]
    assert counts[2] == pytest.approx([0.2, 1.2, 5.9, 4.4])
    varied = models[1].sample_yields({"mu": 1.0, "acceptance": 1.0, "alpha_scale": -1.0})
    wanted = [0.8 * 1.06 * v for v in (1.1, 6.3, 3.6, 0.5)]
    assert varied["model_SR"]["resonance"] == pytest.approx(wanted)
    # the neutral variations of the others do nothing
    same = models[0].sample_yields({"mu": 1.0, "acceptance": 2.0, "alpha_scale": 1.5})
    assert same["model_SR"]["resonance"] == pytest.approx([7.5, 2.1, 0.4, 0.0])


def test_a_table_of_columns_with_errors(tmp_path):
    table = tmp_path / "signal.csv"
    rows = [
        "point,channel,bin,yield,error",
        *(f"p,model_SR,{i},{i + 1},0.{i + 1}" for i in range(4)),
    ]
    table.write_text("\n".join(rows), encoding="utf-8")
    ws = reinterpret(hs3.load(SEARCH), table)["p"]
    made = signal_of(ws)
    assert made["data"]["contents"] == [1.0, 2.0, 3.0, 4.0]
    (stat,) = [m for m in made["modifiers"] if m["type"] == "shapesys"]
    assert stat["data"]["vals"] == pytest.approx([0.1] * 4)
    widths = {c.parameter: c.scale for c in compiled(ws).graph.constraints}
    assert widths["gamma_signal_SR_bin_2"] == pytest.approx(0.1)


def test_signals_are_added_with_parameters_of_their_own():
    table = {
        "replace": [],
        "parameters": ["mu", {"name": "mu_new", "samples": ["new_*"], "max": 50}],
        "points": {"x": {"samples": {"new_a": {"SR": [1] * 4}, "b": {"CR": [2, 2]}}}},
    }
    ws = reinterpret(hs3.load(SEARCH), table)["x"]
    assert ws.analyses[0].pois == ("mu", "mu_new")
    data = ws.to_json()["distributions"]
    assert [s["name"] for s in data[0]["samples"]] == ["new_a", "signal", "background"]
    assert [m["name"] for m in data[0]["samples"][0]["modifiers"]] == ["mu", "mu_new"]
    assert [m["name"] for m in data[1]["samples"][0]["modifiers"]] == ["mu"]
    model = compiled(ws)
    assert model.graph.parameter("mu_new").max == 50.0


WRONG = {
    "no channel 'XR'": {"points": {"a": {"channels": {"XR": [1]}}}},
    "3 yields for 4 bins": {"points": {"a": {"channels": {"SR": [1, 2, 3]}}}},
    "needs one of": {"points": {"a": {}}},
    "1 numbers for 2 bins": {
        "points": {"a": {"channels": {"SR": {"contents": [1, 2], "errors": [1]}}}}
    },
    "Extra inputs": {"points": {"a": {"channels": {"SR": [1] * 4}, "cross_section": 2}}},
    "no sample 'sig'": {"replace": ["sig"], "points": {"a": {"channels": {"SR": [1] * 4}}}},
    "`replace` takes it away": {
        "replace": [], "sample": "background", "points": {"a": {"channels": {"SR": [1] * 4}}}
    },
    "greater than or equal to 0": {"points": {"a": {"scale": -1, "channels": {"SR": [1] * 4}}}},
}  # fmt: skip


@pytest.mark.parametrize("message", WRONG)
def test_tables_that_do_not_fit_are_refused(message):
    with pytest.raises(EditError) as caught:
        reinterpret(hs3.load(SEARCH), WRONG[message])["a"]
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("channel,bin\nSR,0", "of which channel, bin, yield are needed"),
        ("channel,bin,yield\nSR,0,x", "row 2"),
        ("channel,bin,yield\nSR,1,3", "counted from 0"),
        ("channel,bin,yield\nSR,0,3\nSR,0,3", "twice"),
        ("channel,bin,yield,error\nSR,0,3,1\nSR,1,3,", "no error"),
        ("channel,bin,yield\nSR,0", "row 2"),
    ],
)
def test_columns_that_do_not_fit_are_refused(text, message, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(EditError, match=message):
        read_signals(table)


def test_unknown_hypotheses():
    found = reinterpret(hs3.load(SEARCH), TABLE, points=["m2*"])
    assert list(found) == ["m200"]
    assert "m100" not in found
    with pytest.raises(EditError, match="no hypothesis 'm2000'"):
        reinterpret(hs3.load(SEARCH), TABLE, points=["m2000"])


def test_a_document_without_analysis_gets_one():
    ws = hs3.Workspace.from_json(document(sample(name="b")))
    made = reinterpret(ws, {"points": {"a": {"channels": {"ch": [1, 2]}}}})["a"]
    assert made.analyses[0].pois == ("mu",)
    assert compiled(made).pois == ("mu",)


def test_without_signal_nothing_is_left():
    ws = hs3.Workspace.from_json(
        document(
            sample(MU),
            parameter_points=point(mu=1.0),
            analyses=[{"name": "a", "likelihood": "l", "parameters_of_interest": ["mu"]}],
        )
    )
    with pytest.raises(EditError, match="no samples but those of the signal"):
        reinterpret(ws, {"points": {"a": {"channels": {"ch": [1, 2]}}}})


def test_json_patches_change_documents_of_hs3_too(tmp_path, capsys):
    place = "/distributions/0/samples/0/data/contents"
    patch = [{"op": "replace", "path": place, "value": [2, 2, 2, 2]}]
    entry = {"metadata": {"name": "flat", "values": [1]}, "patch": patch}
    metadata = {"name": "set", "description": "", "digests": {}, "labels": ["x"], "references": {}}
    patchset = {"metadata": metadata, "patches": [entry], "version": "1.0.0"}
    for given in (patch, patchset):
        file = tmp_path / "patch.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        assert signal_of(hs3.load(SEARCH, patch=file))["data"]["contents"] == [2, 2, 2, 2]
    target = tmp_path / "patched.json"
    command = ["convert", str(SEARCH), str(target), "--patch", str(file), "--patch-name", "flat"]
    assert run(command) == 0
    assert signal_of(hs3.load(target))["data"]["contents"] == [2, 2, 2, 2]
    file.write_text(json.dumps([{"op": "remove", "path": "/nothing"}]), encoding="utf-8")
    assert run(["show", str(SEARCH), "--patch", str(file)]) == 1
    assert "does not fit" in capsys.readouterr().err


@pytest.mark.slow
def test_a_table_gives_the_same_likelihood_as_the_published_patch():
    """Signal of sbottom region A by the patch of the analysis, and by a table of its yields."""
    folder = "likelihoods", "atlas_sbottom_SUSY-2018-31", "RegionA"
    base, patch = shared(*folder, "BkgOnly.json"), shared(*folder, "patch.sbottom_1300_850_60.json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patched, plain = hs3.load(base, patch=patch), hs3.load(base)
    name = "sbottom_1300_850_60"
    upgraded = hs3.upgrade(patched)[0].to_json()
    channels, strengths = {}, {"mu_SIG": None}
    for entry in upgraded["distributions"]:
        for found in entry.get("samples") or ():
            if found["name"] != name:
                continue
            systematics = {}
            for m in found["modifiers"]:
                if m["type"] == "histosys":
                    sides = {k: m["data"][k]["contents"] for k in ("hi", "lo")}
                    systematics[m["parameter"]] = sides
                elif m["type"] == "normsys":
                    systematics[m["parameter"]] = m["data"]
                elif m["type"] == "normfactor":
                    strengths[m["parameter"]] = None
            channels[entry["name"]] = {**found["data"], "systematics": systematics}
    table = {
        "sample": name,
        "statistics": "shared",
        "parameters": [{"name": n, "interest": n == "mu_SIG"} for n in strengths],
        "points": {"x": {"channels": channels}},
    }
    kept = patched.likelihoods[0].distributions  # the patch takes a validation region away
    plain = hs3.select(plain, channels=kept)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        a, b = hs3.compile(patched), hs3.compile(reinterpret(plain, table)["x"])
    assert sorted(a.names) == sorted(b.names)
    for values in ({}, {"mu_SIG": 0.3}, {"mu_SIG": 2.0, b.names[3]: 0.7, b.names[5]: -1.2}):
        assert b.nll(values) == pytest.approx(a.nll(values), rel=1e-12)


@pytest.mark.slow
def test_limits_of_all_hypotheses_on_the_command_line(tmp_path, capsys):
    arguments = ["reinterpret", str(SEARCH), str(TABLE), "-o", str(tmp_path / "out"), "--limit"]
    assert run([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["limits"]["limits"]) == {"m100", "m200", "m300"}
    assert told["limits"]["values"]["m300"] == [300.0]
    one = hs3.load(told["written"]["m200"])
    alone = hs3.upper_limit(one).observed
    assert told["limits"]["limits"]["m200"]["observed"] == pytest.approx(alone, rel=1e-4)


def test_one_document_on_the_command_line(tmp_path, capsys):
    target = tmp_path / "one.json"
    command = ["reinterpret", str(SEARCH), str(TABLE), "--point", "m100"]
    assert run([*command, "-o", str(target)]) == 0
    assert signal_of(hs3.load(target))["data"]["contents"] == [7.5, 2.1, 0.4, 0.0]
    assert run(command) == 2
    assert "nothing is asked for" in capsys.readouterr().err
