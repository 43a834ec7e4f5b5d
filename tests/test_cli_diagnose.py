"""The commands scan, impacts, pulls, gof and yields, and the figures of their results."""

from __future__ import annotations

import json

import pytest

import hs3

COMMANDS = ("scan", "impacts", "pulls", "pruning", "gof", "yields")
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def model(file):
    return hs3.compile(file)


def test_impacts(call, file, model):
    status, out, _ = call("impacts", file, "--group", "theory=norm,shape", "--json")
    data = json.loads(out)
    assert status == 0
    assert data["poi"] == "mu"
    assert data["converged"]
    own = hs3.impacts(model, groups={"theory": ["norm", "shape"]})
    assert [p["name"] for p in data["parameters"]] == [p.name for p in own.parameters]
    assert data["groups"] == pytest.approx(own.groups)
    assert data["breakdown"]["error"] == pytest.approx(own.fit.errors["mu"])
    status, out, _ = call("impacts", file, "--top", 2)
    assert status == 0
    assert out.index("norm") < out.index("lumi")
    assert "and 4 more" in out


def test_pulls(call, file, model):
    status, out, _ = call("pulls", file, "--json")
    data = json.loads(out)
    assert status == 0
    own = {p.name: p.pull for p in hs3.pulls(model).parameters}
    assert {n: p["pull"] for n, p in data["parameters"].items()} == pytest.approx(own)
    assert "norm" in call("pulls", file)[1]


def test_pruning(call, file, model):
    status, out, _ = call("pruning", file, "--norm", "0.05", "--on-error", "0.01", "--json")
    data = json.loads(out)
    assert status == 0
    own = hs3.pruning(model, norm=0.05, on_error=0.01)
    assert data["suggested"] == list(own.suggested)
    assert {p["name"]: p["norm"] for p in data["parameters"]} == pytest.approx(
        {e.name: e.norm for e in own.effects}
    )
    status, out, _ = call("pruning", file, "--norm", "1", "--shape", "1", "--on-error", "1")
    assert status == 0
    assert f"{len(own.effects)} of {len(own.effects)} systematics could be left out" in out


def test_gof(call, file, model):
    status, out, _ = call("gof", file, "--json")
    data = json.loads(out)
    assert status == 0
    assert data["statistic"] == pytest.approx(hs3.goodness_of_fit(model).statistic)
    assert data["degrees"] == 4
    assert data["toys"] is None
    assert "4 degrees of freedom" in call("gof", file)[1]


def test_yields(call, file, model):
    status, out, _ = call("yields", file, "--prefit", "--json")
    data = json.loads(out)
    assert status == 0
    assert data["when"] == "prefit"
    names = list(data["channels"])
    assert [data["channels"][n]["samples"]["bkg"]["total"] for n in names] == pytest.approx(
        [sum(model.sample_yields()[n]["bkg"]) for n in names]
    )
    status, out, _ = call("yields", file)
    assert status == 0
    assert "total" in out


def test_scan(call, file, model):
    status, out, _ = call("scan", file, "-p", "mu", "--points", "0:2:3", "--json")
    data = json.loads(out)
    assert status == 0
    assert data["points"] == [[0.0], [1.0], [2.0]]
    own = hs3.scan(model, "mu", [0.0, 1.0, 2.0])
    assert data["twice_delta_nll"] == pytest.approx(own.twice_delta_nll.tolist())
    assert data["intervals"][0]["upper"] == pytest.approx(hs3.interval(model, "mu").upper)
    status, out, _ = call("scan", file, "-p", "mu", "--points", "0,1.5")
    assert status == 0
    assert "profile" in out


def test_a_scan_with_contours(call, file):
    points = ["--points", "0:2:2", "--points", "0:1:2"]
    status, out, _ = call("scan", file, "-p", "mu", "-p", "norm", *points, "--contours", "--json")
    assert status == 0
    assert [c["closed"] for c in json.loads(out)["contours"]] == [True, True]


@pytest.mark.parametrize(
    "arguments, status",
    [
        (["scan", "-p", "mu", "--points", "0:2"], 2),
        (["scan", "-p", "mu", "--points", "0:2:3", "--points", "1"], 2),
        (["scan", "-p", "mu", "--contours"], 2),
        (["scan", "-p", "nu"], 1),
        (["impacts", "--group", "theory"], 2),
        (["impacts", "--poi", "nu"], 1),
        (["impacts", "--group", "theory=xyz"], 1),
        (["pulls", "--fix", "nu"], 1),
    ],
)
def test_what_makes_no_sense_is_refused(call, file, arguments, status):
    found, out, said = call(arguments[0], file, *arguments[1:])
    assert found == status
    assert not out
    assert said.startswith("error")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_fit_that_does_not_converge_is_a_failure(call, tmp_path, command):
    """Two free factors of one sample: only their product is measured."""
    factors = [{"name": n, "type": "normfactor", "data": None} for n in ("mu", "nu")]
    spec = {
        "channels": [
            {"name": "c", "samples": [{"name": "s", "data": [9.0], "modifiers": factors}]}
        ],
        "observations": [{"name": "c", "data": [10.0]}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(spec))
    more = ["-p", "mu"] if command == "scan" else []
    status, out, said = call(command, path, *more, "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "fit.not_converged"
    assert "do not determine" in said


def test_unbinned_data_have_no_saturated_model(call, tmp_path):
    entry = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "f", "type": "exponential_dist", "x": "x", "c": "c"},
        ],
        "data": [
            {
                "name": "d",
                "type": "unbinned",
                "axes": [{"name": "x", "min": 0.0, "max": 10.0}],
                "entries": [[0.5], [1.5], [3.0]],
            }
        ],
        "domains": [
            {
                "name": "default_domain",
                "type": "product_domain",
                "axes": [{"name": "c", "min": 0.01, "max": 5.0}],
            }
        ],
        "parameter_points": [{"name": "p", "parameters": [{"name": "c", "value": 0.5}]}],
    }
    path = tmp_path / "unbinned.json"
    path.write_text(json.dumps(entry))
    status, out, _ = call("gof", path, "--pdf", "f", "--data", "d", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "fit.no_saturated_model"


# --- figures --------------------------------------------------------------------------------------


@pytest.fixture
def plot():
    pytest.importorskip("mplhep", reason="figures need hs3-reference[plot]")
    from hs3 import plot

    return plot


@pytest.mark.parametrize(
    "command",
    [
        ["impacts"],
        ["pulls"],
        ["yields"],
        ["scan", "-p", "mu", "--points", "0:2:3"],
    ],
    ids=lambda command: command[0],
)
def test_commands_draw(call, file, tmp_path, plot, command):
    target = tmp_path / "figure.png"
    assert call(command[0], file, *command[1:], "--plot", target)[0] == 0
    assert target.read_bytes().startswith(PNG)


def test_figures_show_the_numbers(model, plot):
    result = hs3.impacts(model)
    axes = plot.impacts(result).axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()][::-1] == [
        p.name for p in result.parameters
    ]
    widths = sorted(round(bar.get_width(), 9) for bar in axes.patches)
    for p in result.parameters:
        assert round(p.up, 9) in widths
        assert round(p.prefit_down, 9) in widths
    matrix = plot.correlation(result.fit, threshold=0.3).axes[0].images[0].get_array()
    assert matrix.shape == (3, 3)  # mu with norm and lumi
    scan = hs3.scan(model, ("mu", "norm"), ([0.0, 1.0], [0.0, 1.0]))
    contours = hs3.contours(model, ("mu", "norm"), (0.68,), points=12)
    figure = plot.scan(scan, contours)
    drawn = figure.axes[0].lines[0].get_xydata()
    assert (drawn == contours[0].points).all()


def test_an_unknown_format_is_refused_and_nothing_written(call, file, tmp_path, plot):
    target = tmp_path / "figure.txt"
    status, _, said = call("pulls", file, "--plot", target)
    assert status == 1
    assert "no format" in said
    assert not target.exists()
