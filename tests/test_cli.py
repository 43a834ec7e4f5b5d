"""The commands: what they print, their JSON, their exit status, and what they do with bad input."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import jsonschema
import pytest
from conftest import DATA, ROOT, shared
from process import HOME, command

import hs3
from hs3.cli.app import run

EXAMPLES = ROOT / "examples"
DEMO = str(EXAMPLES / "demo" / "workspace.json")
TWO_BIN = str(EXAMPLES / "two_bin" / "workspace.json")
COMMANDS = ("validate", "show", "convert", "fit", "schema", "canonical", "hash")


@pytest.fixture
def hs3_file(tmp_path):
    """The demo as an HS3 document."""
    path = tmp_path / "demo.hs3.json"
    hs3.convert(DEMO, path)
    return path


def broken(tmp_path, text):
    path = tmp_path / "broken.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- help, version, usage -----------------------------------------------------------------------


def test_help_names_every_command(call):
    status, out, _ = call("--help")
    assert status == 0
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(call, name):
    status, out, _ = call(name, "--help")
    assert status == 0
    assert "Usage" in out


def test_version(call):
    assert call("--version")[:2] == (0, f"hs3-reference {hs3.__version__}\n")


def test_nothing_asked_shows_the_help_and_is_a_usage_error(call):
    status, out, _ = call()
    assert status == 2
    assert "Usage" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["fitt"],
        ["validate"],
        ["validate", DEMO, "--no-such-option"],
        ["fit", TWO_BIN, "--set", "mu"],
        ["fit", TWO_BIN, "--set", "mu=one"],
        ["fit", TWO_BIN, "--fix", "mu=one"],
        ["fit", TWO_BIN, "--set", "=1"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_one_sentence_and_status_2(call, arguments):
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error [command.usage]")
    assert err.count("\n") == 1


# --- errors -------------------------------------------------------------------------------------

BAD = {
    "no such file": None,
    "empty": ("", "read.syntax"),
    "not JSON": ("{", "read.syntax"),
    "not UTF-8": (b'{"a": "\xff"}', "read.syntax"),
    "duplicate key": ('{"metadata": {}, "metadata": {}}', "read.syntax"),
    "too large a number": ('{"metadata": 1e400}', "read.syntax"),
    "too deep": ("[" * 200 + "]" * 200, "read.too_deep"),
    "damaged ROOT": (b"root\x00\x00\xf7\xa4", "root.corrupt"),
    "XML": ("<!DOCTYPE Combination><Combination/>", "xml.driver"),
    "some JSON": ('{"name": "x"}', "read.format"),
    "patchset": ('{"metadata": {}, "patches": []}', "read.format"),
    "array": ("[]", "document.invalid"),
    "wrong form": ('{"distributions": 1}', "document.invalid"),
    "wrong pyhf": ('{"channels": 1, "measurements": []}', "pyhf.invalid"),
}


@pytest.mark.parametrize("name", ["show", "fit"])
@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_cannot_be_read_is_one_sentence_and_status_1(call, tmp_path, name, kind):
    path = broken(tmp_path, BAD[kind][0]) if BAD[kind] else tmp_path / "absent.json"
    status, out, err = call(name, path)
    assert (status, out) == (1, "")
    assert err.startswith("error [")
    assert err.count("\n") == 1
    assert "command.internal" not in err


@pytest.mark.parametrize("kind", [kind for kind in BAD if BAD[kind]])
def test_validate_reports_what_cannot_be_read_as_findings(call_json, tmp_path, kind):
    text, code = BAD[kind]
    status, out = call_json("validate", broken(tmp_path, text))
    assert status == 1
    assert out["ok"] is False
    assert out["findings"][0]["code"] == code
    assert out["findings"][0]["severity"] == "error"


def test_an_error_with_json_is_an_error_object(call_json, tmp_path):
    status, out = call_json("fit", tmp_path / "absent.json")
    assert status == 1
    assert out["error"]["code"] == "read.failed"
    assert "absent.json" in out["error"]["message"]


def test_a_name_that_is_not_there_comes_with_the_nearest(call_json):
    status, out = call_json("fit", DEMO, "--analysis", "serch")
    assert status == 1
    assert out["error"]["suggestions"] == ["search"]


def test_text_of_a_document_cannot_steer_the_terminal(call, tmp_path):
    name = "\x1b]0;owned\x07[red]x"
    path = broken(tmp_path, json.dumps({"data": [{"name": name, "type": "binned"}]}))
    for command_name in ("validate", "show", "fit"):
        _, out, err = call(command_name, path)
        assert "\x1b" not in out + err
        assert "\x07" not in out + err


def test_an_unexpected_error_is_a_sentence(call, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr(hs3, "validate", fail)
    monkeypatch.delenv("HS3_DEBUG", raising=False)
    status, out, err = call("validate", DEMO)
    assert (status, out) == (1, "")
    assert "command.internal" in err
    assert "RuntimeError: boom" in err
    monkeypatch.setenv("HS3_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        run(["validate", DEMO])


# --- validate -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [DEMO, TWO_BIN])
def test_the_examples_are_valid(call, call_json, path):
    status, out, err = call("validate", path)
    assert (status, err) == (0, "")
    assert "is valid" in out
    status, out = call_json("validate", path, "--strict")
    assert status == 0
    assert out["ok"] is True
    assert all(set(f) >= {"severity", "code", "path", "message"} for f in out["findings"])


def test_strict_counts_warnings(call_json, hs3_file):
    document = json.loads(hs3_file.read_text())
    del document["metadata"]
    hs3_file.write_text(json.dumps(document))
    assert call_json("validate", hs3_file)[0] == 0
    status, out = call_json("validate", hs3_file, "--strict")
    assert (status, out["ok"]) == (1, False)
    assert "document.missing_metadata" in {f["code"] for f in out["findings"]}


def test_an_invalid_document_is_named_so(call, hs3_file):
    document = json.loads(hs3_file.read_text())
    document["likelihoods"][0]["data"][0] = "obsData_SR_"
    hs3_file.write_text(json.dumps(document))
    status, out, _ = call("validate", hs3_file)
    assert status == 1
    assert "is not valid: 1 error" in out
    assert "/likelihoods/0/data/0" in out
    assert "obsData_SR" in out


# --- show ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pyhf", "hs3"])
def test_show_tells_channels_samples_and_parameters(call, hs3_file, form):
    status, out, err = call("show", DEMO if form == "pyhf" else hs3_file)
    assert (status, err) == (0, "")
    for text in ("model_SR", "ttbar", "18.6", "histosys", "jet_energy_scale", "Gauss 0 ± 1"):
        assert text in out


def test_show_json(call_json):
    status, out = call_json("show", DEMO)
    assert status == 0
    assert out["analysis"] == "search"
    assert out["sections"]["distributions"] == 4
    channel = next(c for c in out["channels"] if c["name"] == "model_SR")
    assert channel["bins"] == 4
    assert channel["observed"] == 205.0
    assert channel["samples"][0]["nominal"] == pytest.approx(18.6)
    mu = next(p for p in out["parameters"] if p["name"] == "mu")
    assert (mu["value"], mu["min"], mu["max"], mu["interest"]) == (1.0, 0.0, 10.0, True)


def test_show_shows_what_is_there_even_when_the_likelihood_is_broken(call, hs3_file):
    document = json.loads(hs3_file.read_text())
    document["likelihoods"][0]["data"][0] = "nothing"
    hs3_file.write_text(json.dumps(document))
    status, out, _ = call("show", hs3_file)
    assert status == 0
    assert "search_likelihood" in out
    assert "reference.unresolved" in out
    assert call("show", hs3_file, "--analysis", "search")[0] == 1


# --- convert ------------------------------------------------------------------------------------


def test_pyhf_to_hs3_and_back_is_the_same_json(call, tmp_path):
    there, back = tmp_path / "there.json", tmp_path / "back.json"
    assert call("convert", DEMO, there)[0] == 0
    assert call("convert", there, back, "--to", "pyhf")[0] == 0
    assert json.loads(back.read_text()) == json.loads(
        (EXAMPLES / "demo/workspace.json").read_text()
    )


def test_convert_json_tells_what_was_assumed(call_json, tmp_path):
    status, out = call_json("convert", DEMO, tmp_path / "out.json")
    assert status == 0
    assert out["ok"] is True
    assert out["written"] == str(tmp_path / "out.json")
    assert "pyhf.interpolation" in {f["code"] for f in out["findings"]}


def test_a_patch_is_applied(call, tmp_path):
    patch = tmp_path / "patch.json"
    operation = {"op": "replace", "path": "/channels/0/samples/0/data", "value": [6.0, 5.5]}
    patch.write_text(json.dumps([operation]))
    assert call("convert", TWO_BIN, tmp_path / "out.json", "--patch", patch)[0] == 0
    ws = hs3.load(tmp_path / "out.json")
    assert ws.distributions[0].samples[0].data.contents == (6.0, 5.5)


@pytest.mark.parametrize(
    "options",
    [
        ["--to", "yaml"],
        ["--interpolation", "code7"],
        ["--measurement", "absent"],
        ["--patch-name", "signal"],
        ["--analysis", "search"],
        ["--approximate"],
    ],
    ids=" ".join,
)
def test_a_conversion_that_fails_writes_nothing(call, tmp_path, options):
    status, _, err = call("convert", DEMO, tmp_path / "out.json", *options)
    assert status == 1
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.root", "out.xml"])
def test_a_name_that_promises_another_format_is_refused(call, tmp_path, name):
    assert call("convert", DEMO, tmp_path / name)[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_the_version_of_root_can_be_chosen(call, tmp_path):
    out = tmp_path / "o.json"
    assert call("convert", DEMO, out, "--to", "root-json", "--root-version", "6.38")[0] == 0
    assert out.exists()
    for options, said in (
        (("--to", "root-json", "--root-version", "6.20"), "6.38, 6.40, not 6.20"),
        (("--root-version", "6.38"), "conversion.option"),
    ):
        status, _, err = call("convert", DEMO, tmp_path / "other.json", *options)
        assert (status, said in err) == (1, True), err


def test_options_for_pyhf_are_refused_for_hs3(call, tmp_path, hs3_file):
    status, _, err = call("convert", hs3_file, tmp_path / "o.json", "--interpolation", "code1")
    assert status == 1
    assert "conversion.option" in err


def test_a_folder_that_is_not_there_is_an_error(call, tmp_path):
    status, _, err = call("convert", DEMO, tmp_path / "absent" / "out.json")
    assert status == 1
    assert "write.failed" in err


# --- fit ----------------------------------------------------------------------------------------


def test_fit_prints_a_table(call):
    status, out, err = call("fit", DEMO)
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "mu 1.3 ± 0.6 parameter of interest" in lines
    assert "-2 ln L = 55.764001" in lines
    assert any(line.startswith("jet_energy_scale -0.4 ± 0.8 -0.42") for line in lines)
    assert any(line.startswith("converged") for line in lines)


@pytest.mark.parametrize("minimizer", ["newton", "minuit"])
def test_fit_json_has_the_numbers_of_pyhf(call_json, minimizer):
    pyhf = pytest.importorskip("pyhf")
    workspace = pyhf.Workspace(json.loads((EXAMPLES / "demo/workspace.json").read_text()))
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    status, out = call_json("fit", DEMO, "--minimizer", minimizer)
    assert status == 0
    assert out["converged"] is True
    best = [out["parameters"][name]["value"] for name in model.config.par_names]
    expected = -2.0 * model.logpdf(best, workspace.data(model))[0]
    assert out["twice_nll"] == pytest.approx(expected, rel=1e-10)
    _, minimum = pyhf.infer.mle.fit(workspace.data(model), model, return_fitted_val=True)
    assert out["twice_nll"] <= minimum + 1e-6


def test_fit_options(call_json, tmp_path):
    output = tmp_path / "fit.json"
    arguments = ["--fix", "lumi", "--fix", "mu_ttbar=1.05", "--set", "mu=2", "--minos", "mu"]
    status, out = call_json("fit", DEMO, *arguments, "--output", output)
    assert status == 0
    assert json.loads(output.read_text()) == out
    parameters = out["parameters"]
    assert parameters["mu_ttbar"] == {"value": 1.05, "error": 0.0, "fixed": True}
    assert parameters["lumi"]["value"] == 1.0
    assert parameters["mu"]["minos"][0] < 0.0 < parameters["mu"]["minos"][1]
    assert not set(out["covariance"]["parameters"]) & {"lumi", "mu_ttbar"}


def test_a_parameter_at_its_bound_is_marked(call):
    _, out, _ = call("fit", TWO_BIN, "--set", "mu=0.5")
    assert "at its lower bound" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fix", "muu"],
        ["--fix", "muu=1"],
        ["--set", "muu=1"],
        ["--minos", "muu"],
        ["--free", "muu"],
        ["--minimizer", "minut"],
        ["--set", "mu=20"],
        ["--likelihood", "absent"],
        ["--pdf", "absent"],
    ],
    ids=" ".join,
)
def test_a_fit_that_makes_no_sense_is_refused(call, tmp_path, arguments):
    output = tmp_path / "fit.json"
    status, out, err = call("fit", TWO_BIN, *arguments, "--output", output)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "command.internal" not in err
    assert not output.exists()


def test_a_fit_that_does_not_converge_is_a_failure(call, tmp_path):
    workspace = json.loads((EXAMPLES / "two_bin/workspace.json").read_text())
    workspace["channels"][0]["samples"] = workspace["channels"][0]["samples"][:1]
    workspace["channels"][0]["samples"][0]["data"] = [0.0, 0.0]
    status, out, err = call("fit", broken(tmp_path, json.dumps(workspace)))
    assert status == 1
    assert "NOT CONVERGED" in out or "error" in err


# --- the document as a text ---------------------------------------------------------------------


def test_the_hash_is_that_of_the_canonical_form(hs3_file, tmp_path):
    text = command("canonical", str(hs3_file)).stdout
    digest = command("hash", str(hs3_file)).stdout.strip()
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    shuffled = tmp_path / "shuffled.json"
    data = json.loads(hs3_file.read_text())
    shuffled.write_text(json.dumps(dict(reversed(data.items())), indent=7))
    assert command("hash", str(shuffled)).stdout.strip() == digest


def test_the_schema_accepts_the_demo(call, hs3_file):
    status, out, _ = call("schema")
    assert status == 0
    jsonschema.validate(json.loads(hs3_file.read_text()), json.loads(out))


# --- as processes -------------------------------------------------------------------------------


def test_a_process_exits_with_the_status(tmp_path):
    assert command("validate", DEMO).returncode == 0
    assert command("validate", str(tmp_path / "absent")).returncode == 1
    done = command("nothing")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_defect(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(HOME)!r}); from hs3.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert process.wait(60) == 1
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize("name", ["numbers", "nulls", "names", "all_types", "root_quirks"])
@pytest.mark.parametrize("command_name", ["validate", "show"])
def test_odd_documents_are_told_about(call, name, command_name):
    path = DATA / f"{name}.hs3.json"
    status, out, err = call(command_name, path)
    assert status in (0, 1)
    assert out
    assert "command.internal" not in err


def test_published_models_are_read_fast_and_fitted(call_json):
    folder = shared("likelihoods", "atlas_sbottom_SUSY-2018-31", "RegionA")
    background, patch = folder / "BkgOnly.json", folder / "patch.sbottom_1300_850_60.json"
    assert call_json("validate", background)[0] == 0
    status, out = call_json("fit", background, "--patch", patch)
    assert status == 0
    reference = json.loads(shared("likelihoods", "reference.json").read_text())
    best = reference["atlas_sbottom_SUSY-2018-31/RegionA/sbottom_1300_850_60"]["best_m2ll"]
    assert out["twice_nll"] == pytest.approx(best, abs=1e-4)
    assert out["twice_nll"] <= best + 1e-6
