"""The functions of `import hs3`: what kind of file it is, its content tells."""

from __future__ import annotations

import io
import json
import warnings

import numpy as np
import pytest
from conftest import ROOT

import hs3

DEMO = ROOT / "examples" / "demo" / "workspace.json"
TWO_BIN = ROOT / "examples" / "two_bin" / "workspace.json"


def parsed(path=TWO_BIN):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def model():
    return hs3.compile(DEMO)


# --- reading ------------------------------------------------------------------------------------


def sources(path):
    """The same document as every kind of source that `read` takes."""
    return [
        path,
        str(path),
        io.BytesIO(path.read_bytes()),
        io.StringIO(path.read_text(encoding="utf-8")),
        json.loads(path.read_text(encoding="utf-8")),
    ]


@pytest.mark.parametrize("form", ["pyhf", "hs3"])
def test_all_sources_give_the_same_workspace(tmp_path, form):
    path = TWO_BIN
    if form == "hs3":
        path = tmp_path / "model.txt"
        hs3.save(hs3.load(TWO_BIN), path)
    texts = {hs3.dumps(hs3.load(source)) for source in sources(path)}
    assert len(texts) == 1


def test_reading_pyhf_reports_the_conventions_and_reading_hs3_reports_nothing(tmp_path):
    ws, report = hs3.read(DEMO)
    assert report.ok
    assert "pyhf.interpolation" in {finding.code for finding in report}
    hs3.save(ws, tmp_path / "model.json")
    again, nothing = hs3.read(tmp_path / "model.json")
    assert len(nothing) == 0
    assert again == ws


def test_interpolation_codes_can_be_chosen():
    spec = parsed(DEMO)
    texts = {hs3.dumps(hs3.load(spec, interpolation=code)) for code in ("code4", "code1")}
    assert len(texts) == 2
    assert hs3.dumps(hs3.load(spec)) in texts


def test_a_patch_may_be_a_file_or_data(tmp_path):
    operations = [{"op": "replace", "path": "/observations/0/data", "value": [50.0, 50.0]}]
    (tmp_path / "patch.json").write_text(json.dumps(operations))
    texts = {
        hs3.dumps(hs3.load(TWO_BIN, patch=patch))
        for patch in (operations, tmp_path / "patch.json", str(tmp_path / "patch.json"))
    }
    assert len(texts) == 1
    assert hs3.dumps(hs3.load(TWO_BIN)) not in texts


@pytest.mark.parametrize("option", ["patch_name", "measurement", "interpolation"])
def test_options_for_pyhf_are_refused_for_hs3(option):
    ws = hs3.load(TWO_BIN).to_json()
    with pytest.raises(hs3.ConversionError, match=option):
        hs3.load(ws, **{option: "x"})


def test_an_unknown_option_is_a_type_error():
    with pytest.raises(TypeError):
        hs3.load(TWO_BIN, pach=[])


@pytest.mark.parametrize(
    "raw, error, code",
    [
        (b"root\x00\x00", hs3.ReadError, "root.corrupt"),
        (b"  <xml/>", hs3.ReadError, "read.format"),
        (b'{"a": 1}', hs3.ReadError, "read.format"),
        (b"{", hs3.SyntaxReadError, "read.syntax"),
        (b"3", hs3.DocumentError, "document.invalid"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(raw, error, code):
    with pytest.raises(error) as caught:
        hs3.load(io.BytesIO(raw))
    assert caught.value.code == code


def test_doubts_are_one_warning():
    spec = parsed()
    spec["channels"][0]["samples"][0]["modifiers"] *= 2
    _, report = hs3.read(spec)
    assert report.warnings
    with pytest.warns(hs3.HS3Warning, match=report.warnings[0].code) as caught:
        hs3.load(spec)
    assert len(caught) == 1
    assert caught[0].filename == __file__


# --- writing ------------------------------------------------------------------------------------


def test_save_and_load_keep_every_key(tmp_path):
    document = {
        "metadata": {"hs3_version": "0.2.9", "private": [1, 2.0, 1e-300]},
        "of_my_own": {"x": None},
    }
    hs3.save(hs3.Workspace.from_json(document), tmp_path / "model.json")
    assert json.loads((tmp_path / "model.json").read_text()) == document


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(hs3.WriteError):
        hs3.save(hs3.load(TWO_BIN), target)
    with pytest.raises(hs3.WriteError):
        hs3.save(hs3.load(TWO_BIN), tmp_path / "absent" / "model.json")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_convert_replaces_the_target_and_reports(tmp_path):
    target = tmp_path / "model.json"
    target.write_text("old")
    report = hs3.convert(DEMO, target)
    assert report.ok
    assert hs3.load(target) == hs3.load(DEMO)


def test_convert_to_pyhf_and_back(tmp_path):
    hs3.convert(DEMO, tmp_path / "hs3.json")
    hs3.convert(tmp_path / "hs3.json", tmp_path / "pyhf.json", to="pyhf")
    assert parsed(tmp_path / "pyhf.json") == parsed(DEMO)


def test_formats_are_chosen_by_name(tmp_path):
    with pytest.raises(hs3.ConversionError) as caught:
        hs3.convert(DEMO, tmp_path / "model.json", to="pyfh")
    assert caught.value.suggestions == ("pyhf",)
    assert list(tmp_path.iterdir()) == []


# --- checking -----------------------------------------------------------------------------------


def test_validate_takes_files_workspaces_and_data(tmp_path):
    ws = hs3.load(DEMO)
    hs3.save(ws, tmp_path / "model.json")
    reports = [hs3.validate(s) for s in (ws, ws.to_json(), tmp_path / "model.json")]
    assert all(report.ok for report in reports)
    assert len({str(report) for report in reports}) == 1


def test_validate_includes_the_conversion_of_pyhf():
    spec = parsed()
    spec["channels"][0]["samples"][0]["data"] = [12.0]
    report = hs3.validate(spec)
    assert not report.ok
    assert {f.path for f in report.errors} >= {"/channels/0/samples/1/data"}


def test_validate_raises_only_where_there_is_nothing_to_check(tmp_path):
    assert not hs3.validate(io.BytesIO(b"{")).ok
    with pytest.raises(hs3.ReadError):
        hs3.validate(tmp_path / "absent.json")


# --- models and fits ----------------------------------------------------------------------------


def test_compile_takes_a_file_a_workspace_or_data(model):
    for source in (hs3.load(DEMO), parsed(DEMO)):
        assert hs3.compile(source).twice_nll() == model.twice_nll()


def test_fit_takes_what_compile_takes(model):
    best = hs3.fit(model)
    assert best.converged
    assert hs3.fit(DEMO, analysis="search").values == best.values
    assert best.twice_nll == pytest.approx(model.twice_nll(best.values), abs=1e-12)


def test_fit_passes_its_options_on(model):
    best = hs3.fit(model, start={"mu": 2.0}, fixed={"lumi": 1.01}, minos=["mu"])
    assert best.values["lumi"] == 1.01
    assert best.parameters["mu"].minos is not None
    minuit = hs3.fit(model, fixed={"lumi": 1.01}, minimizer="minuit")
    assert minuit.minimizer == "minuit"
    assert best.values["mu"] == pytest.approx(minuit.values["mu"], abs=1e-2)


def test_a_model_has_made_its_choice(model):
    with pytest.raises(hs3.FitError, match="analysis"):
        hs3.fit(model, analysis="search")


def test_asimov_data_give_the_parameters_back(model):
    truth = {"mu": 0.7, "mu_ttbar": 1.1}
    fitted = hs3.fit(model.with_data(model.expected_data(truth)), start=truth)
    assert fitted.values["mu"] == pytest.approx(0.7, abs=1e-6)
    assert fitted.values["mu_ttbar"] == pytest.approx(1.1, abs=1e-6)


def test_an_ambiguous_choice_is_a_warning(tmp_path):
    document = hs3.load(TWO_BIN).to_json()
    document["analyses"].append({**document["analyses"][0], "name": "other"})
    with pytest.warns(hs3.HS3Warning, match="selection.ambiguous"):
        hs3.compile(document)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hs3.compile(document, analysis="other")


def test_twice_nll_is_pyhfs():
    pyhf = pytest.importorskip("pyhf")
    workspace = pyhf.Workspace(parsed(DEMO))
    for code, (norm, shape) in {"code4": ("code4", "code4p"), "code1": ("code1", "code0")}.items():
        settings = {"normsys": {"interpcode": norm}, "histosys": {"interpcode": shape}}
        reference = workspace.model(modifier_settings=settings)
        model = hs3.compile(hs3.load(DEMO, interpolation=code))
        names, bounds = reference.config.par_names, reference.config.suggested_bounds()
        random = np.random.default_rng(1)
        for _ in range(5):
            low, high = np.clip(np.array(bounds).T, 0.5, 1.5)
            point = random.uniform(low, high)
            expected = -2.0 * float(reference.logpdf(point, workspace.data(reference))[0])
            got = model.twice_nll(dict(zip(names, point, strict=True)))
            assert got == pytest.approx(expected, rel=1e-12)
