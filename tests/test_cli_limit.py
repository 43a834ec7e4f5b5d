"""The command limit: one model with toys and tests, a patchset, figures."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from diagnostic_spec import SPEC
from patchset_spec import BACKGROUND, BOUNDS, PATCHSET

import hs3

TWO_BIN = str(ROOT / "examples" / "two_bin" / "workspace.json")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("patchset")
    background, patchset = folder / "background.json", folder / "patchset.json"
    background.write_text(json.dumps(BACKGROUND))
    patchset.write_text(json.dumps(PATCHSET))
    return str(background), str(patchset)


def test_limits_of_a_patchset(call, files, tmp_path):
    background, patchset = files
    common = (background, "--patchset", patchset, "--bound", "mu=0:10", "--folder", tmp_path)
    status, out, _ = call("limit", *common, "--only", "*i*t", "--only", "heavy", "--json")
    assert status == 1  # one of the three has no limit inside the bounds
    data = json.loads(out)
    assert not data["converged"]
    assert list(data["limits"]) == ["light", "heavy"]
    alone = hs3.upper_limit(hs3.load(background, patch=patchset, patch_name="light"), bounds=BOUNDS)
    assert data["limits"]["light"]["observed"] == pytest.approx(alone.observed, rel=1e-6)
    assert data["values"]["heavy"] == [300.0]
    assert list(data["failed"]) == ["faint"]
    status, out, _ = call("limit", *common, "--only", "light", "--only", "heavy")
    assert status == 0
    assert "mass" in out
    assert out.index("light") < out.index("heavy")
    status, out, _ = call("limit", *common, "--only", "*i*t", "--only", "heavy")
    assert "faint: NO LIMIT" in out


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (["--only", "light"], 2, "--only needs --patchset"),
        (["--patchset", "PATCHSET", "--only", "nix"], 1, "no patch 'nix'"),
        (["--patchset", "PATCHSET", "--toys", "10"], 2, "for one model"),
        (["--patchset", "PATCHSET", "--patch-name", "light"], 2, "--patch-name cannot be given"),
        (["--patchset", "BACKGROUND"], 1, "no patchset"),
        (["--workers", "2"], 2, "need --toys"),
    ],
)
def test_what_makes_no_sense_is_refused(call, files, arguments, status, said):
    names = dict(zip(("BACKGROUND", "PATCHSET"), files, strict=True))
    given = [names.get(argument, argument) for argument in arguments]
    found, _, message = call("limit", files[0], *given)
    assert found == status
    assert said in message


@pytest.mark.filterwarnings("ignore:.*shapesys")
def test_tests_of_values_stand_beside_the_limit(call):
    status, out, _ = call("limit", TWO_BIN, "--points", "0.5,1", "--json")
    assert status == 0
    tests = json.loads(out)["tests"]
    assert [test["tested"]["mu"] for test in tests] == [0.5, 1.0]
    assert tests[1]["cls"] == pytest.approx(0.0525, abs=5e-5)  # the published one
    status, out, _ = call("limit", TWO_BIN, "--points", "0.5,1")
    assert "0.05252" in out


@pytest.mark.slow
def test_toys_stand_beside_formulas(call):
    status, out, _ = call("limit", TWO_BIN, "--toys", "100", "--json")
    assert status == 0
    data = json.loads(out)
    assert data["toys"] == 100
    assert data["asymptotic"]["observed"] == pytest.approx(hs3.upper_limit(TWO_BIN).observed)
    assert call("significance", TWO_BIN, "--toys", "100")[1].count("observed") == 2


# --- figures --------------------------------------------------------------------------------------


@pytest.fixture
def plot():
    pytest.importorskip("mplhep", reason="figures need hs3-reference[plot]")
    from hs3 import plot

    return plot


def test_commands_draw(call, files, tmp_path, plot):
    target = tmp_path / "figure.png"
    background, patchset = files
    assert call("limit", TWO_BIN, "--plot", target)[0] == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    target.unlink()
    common = (background, "--patchset", patchset, "--bound", "mu=0:10", "--only", "light")
    assert call("limit", *common, "--plot", target)[0] == 0
    assert target.read_bytes().startswith(b"\x89PNG")


def test_figures_show_the_numbers(files, plot):
    models = hs3.patched(*files, ["light", "middle", "heavy"])
    found = hs3.upper_limits(models, bounds=BOUNDS)
    axes = plot.limits(found).axes[0]
    observed = next(line for line in axes.lines if line.get_label() == "observed")
    assert observed.get_xdata().tolist() == [100.0, 200.0, 300.0]
    assert observed.get_ydata().tolist() == [one.observed for one in found.limits.values()]
    tests = hs3.hypotests(models["light"], [2.0, 1.0], bounds=BOUNDS)
    axes = plot.cls(tests, found.limits["light"]).axes[0]
    observed = next(line for line in axes.lines if line.get_label() == "observed")
    assert observed.get_ydata().tolist() == [tests[1].cls, tests[0].cls]
    plain = hs3.upper_limits({"a": models["light"], "b": models["heavy"]}, bounds=BOUNDS)
    rows = [t.get_text() for t in plot.limits(plain).axes[0].get_yticklabels()]
    assert rows == ["a", "b"]


def test_two_values_make_a_map(plot):
    from hs3.engine.inference import Limit, Limits

    def one(value: float) -> Limit:
        return Limit("mu", 0.95, "q~", "CLs", value, (0.5, 0.7, 1.0, 1.4, 2.0), 0.0, 1)

    found = Limits(
        {"a": one(0.5), "b": one(2.0), "c": one(4.0)}, {},
        {"a": (1.0, 5.0), "b": (2.0, 5.0), "c": (2.0, 7.0)}, ("m1", "m2"),
    )  # fmt: skip
    axes = plot.limits(found).axes[0]
    assert axes.collections[0].get_array().tolist() == [0.5, 2.0, 4.0]
    assert axes.collections[1].get_offsets().tolist() == [[1.0, 5.0]]  # what is excluded


def test_a_fit_tells_functions_and_draws_correlations(call, tmp_path, plot):
    path, target = tmp_path / "model.hs3.json", tmp_path / "figure.png"
    ws = hs3.load(SPEC).to_json()
    entry = {"name": "double", "type": "generic_function", "expression": "2*mu"}
    path.write_text(json.dumps(ws | {"functions": [*ws.get("functions", []), entry]}))
    arguments = ("fit", path, "--function", "double", "--plot", target)
    status, out, _ = call(*arguments, "--json")
    assert status == 0
    data = json.loads(out)
    own = data["parameters"]["mu"]
    assert data["functions"]["double"]["value"] == pytest.approx(2 * own["value"])
    assert data["functions"]["double"]["error"] == pytest.approx(2 * own["error"])
    assert target.read_bytes().startswith(b"\x89PNG")
    assert "double = " in call(*arguments)[1]
    status, _, said = call("fit", path, "--function", "nix")
    assert status == 1
    assert "no function or parameter 'nix'" in said
