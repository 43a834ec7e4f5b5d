"""Datacards of CMS Combine against a plain numpy evaluation of what Combine's code says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import uproot
from conftest import shared
from datacard_oracle import Oracle, asym_pow

import hs3
from hs3.adapters.datacard import from_datacard
from hs3.cli.app import run
from hs3.errors import ConversionError, ReadError
from hs3.workspace import Workspace

COUNTING = """
imax 2 number of channels
jmax * number of backgrounds
kmax 6
-----
bin         a    b
observation 12   4
-----
bin         a      a     b     b     b
process     sig    bkg   sig   bkg   fake
process     0      1     0     1     2
rate        1.5    9.2   0.7   3.1   0.64
-----
lumi     lnN    1.11   1.11  1.11  1.11  -
scale    lnN    0.9/1.2 -    -     0.8/0.95 1.1  # asymmetric
free     lnU    -      1.5   -     -     -
side     gmN 4  -      -     -     -     0.16
ratio    param  1.0 0.1
skew     param  2.0 -0.2/+0.3 [-4,9]
norm     rateParam a bkg 1.1 [0,5]
ratio    rateParam b bkg 1
skew     extArg 2.0
both     rateParam b fake (@0*@1/2.2) norm,skew
th group = lumi scale
th group += free
"""

GROUPS = """
imax 1
jmax 1
kmax 3
-----
bin         a
observation 23
-----
bin         a      a
process     sig    bkg
process     0      1
rate        8.0    12.0
-----
lumi     lnN    1.03   1.03
scale    lnN    -      1.2
eff      lnN    1.1    -
th group = lumi scale
"""

FORMULAS = {"both": "norm*skew/2.2"}

SHAPES = """
imax 1
jmax 2
kmax *
-----
shapes * * shapes.root $CHANNEL/$PROCESS $CHANNEL/$PROCESS_$SYSTEMATIC
-----
bin         ch
observation -1
-----
bin         ch     ch    ch
process     sig    top   dy
process     0      1     2
rate        -1     -1    40.0
-----
lumi     lnN     1.05   1.05  1.05
tilt     shape   -      1     0.5
jes      shape?  1      1     1.07
wide     shapeU  -      2     -
dy_free  rateParam ch dy 1.2
"""

EDGES = np.array([0.0, 1.0, 2.0, 4.0, 7.0])


def write_shapes(folder: Path) -> None:
    """Templates in TH1D with errors; the last bin of `dy` is poor, that of `sig` empty."""
    from hs3.adapters.xml.histograms import _model

    nominal = {
        "data_obs": [31.0, 42.0, 28.0, 6.0],
        "sig": [1.0, 4.0, 2.0, 0.0],
        "top": [20.0, 25.0, 12.0, 3.0],
        "dy": [10.0, 14.0, 15.0, 1.0],
    }
    errors = {
        "data_obs": [5.6, 6.5, 5.3, 2.4],
        "sig": [0.1, 0.2, 0.2, 0.0],
        "top": [1.0, 1.2, 0.9, 0.9],
        "dy": [2.0, 2.1, 2.0, 1.3],
    }
    shifts = {"tilt": [-0.2, -0.05, 0.1, 0.3], "jes": [0.1, 0.02, -0.03, -0.1]}
    shifts["wide"] = [0.03, -0.04, 0.05, -0.06]
    with uproot.recreate(folder / "shapes.root") as file:
        for name, contents in nominal.items():
            values = np.array(contents)
            file[f"ch/{name}"] = _model((EDGES,), values, np.array(errors[name]))
            for syst, shift in shifts.items():
                if name == "data_obs" or (name, syst) == ("dy", "jes"):
                    continue
                for side, sign in (("Up", 1.0), ("Down", -0.8)):
                    varied = values * (1.0 + sign * np.array(shift))
                    made = _model((EDGES,), varied, np.sqrt(varied))
                    file[f"ch/{name}_{syst}{side}"] = made


def write(folder: Path, text: str) -> Path:
    path = folder / "card.txt"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cards")
    write_shapes(made)
    return made


def start_of(model: hs3.engine.Model) -> dict[str, float]:
    return {p.name: p.value for p in model.parameters}


def compare(workspace: Workspace, oracle: Oracle, tolerance: float, seed: int = 1) -> None:
    """The likelihoods agree at the start, and at random values around it."""
    model = hs3.compile(workspace)
    start, random = start_of(model), np.random.default_rng(seed)
    points = [start]
    for width in (0.3, 1.0):
        points.append(
            {
                p.name: float(np.clip(p.value + width * random.normal(), p.min + 0.01, p.max))
                for p in model.parameters
                if not p.const
            }
        )
    for point in points:
        expected = oracle.nll({**start, **point}, start)
        assert model.nll(point) == pytest.approx(expected, rel=0, abs=tolerance)


def test_counting_card(tmp_path: Path) -> None:
    path = write(tmp_path, COUNTING.replace("skew     extArg 2.0\n", ""))
    workspace, report = from_datacard(path)
    assert report.ok
    assert workspace.to_json()["misc"]["combine"]["groups"] == {"th": ["lumi", "scale", "free"]}
    compare(workspace, Oracle(path, formulas=FORMULAS), 1e-9)


def test_groups_are_those_of_the_impacts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The breakdown of the error has the card's groups: what freezing each of them takes away."""
    path = write(tmp_path, GROUPS)
    assert run(["impacts", str(path), "--json"]) == 0
    sizes = json.loads(capsys.readouterr().out)["groups"]
    result = hs3.fit(hs3.load(path))
    held = {n: result.values[n] for n in ("lumi", "scale")}
    frozen = hs3.fit(hs3.load(path), fixed=held)
    expected = np.sqrt(result.errors["r"] ** 2 - frozen.errors["r"] ** 2)
    assert sizes == {"th": pytest.approx(expected, rel=1e-4)}


@pytest.mark.parametrize("stats", ["", "* autoMCStats 20", "ch autoMCStats 0 1 2"])
def test_shapes(folder: Path, stats: str) -> None:
    path = write(folder, SHAPES + stats)
    workspace, report = from_datacard(path)
    assert report.ok
    # A template whose bins start empty has Combine's floor of 1e-9, before or after the shift.
    compare(workspace, Oracle(path), 2e-8)


LOGARITHMIC = SHAPES.replace("tilt     shape ", "tilt     shapeN").replace(
    "jes      shape?  1      1     1.07\nwide     shapeU  -      2     -",
    "jes      shapeN? 1      1     1.07\nwide     shapeN2 -      2     -",
)
"""`top` has a standard and a wide systematic, `dy` one of half a standard deviation."""


@pytest.mark.parametrize("stats", ["", "* autoMCStats 20", "ch autoMCStats 0 1 2"])
def test_logarithms_of_shapes(folder: Path, stats: str) -> None:
    """`shapeN` interpolates logarithms and normalises anew, by functions of the standard."""
    assert LOGARITHMIC.count("shapeN") == 3
    path = write(folder, LOGARITHMIC + stats)
    workspace, report = from_datacard(path)
    assert report.ok
    assert any("their logarithms" in f.message for f in report)
    assert "vertical_morph" not in hs3.dumps(workspace)
    assert hs3.validate(workspace).ok
    compare(workspace, Oracle(path), 2e-8)


def test_logarithms_by_hand(tmp_path: Path) -> None:
    """Up doubles the first of two equal bins: at x = 1 it holds two thirds, at x = 2 four fifths.

    The integral of up is 27/16 of the nominal one, which goes with the power x. A bin that is empty
    stays so, whatever up has there.
    """
    from hs3.adapters.xml.histograms import _model

    contents = {"data_obs": [9.0, 7.0, 0.0], "b": [8.0, 8.0, 0.0], "b_tUp": [16.0, 8.0, 3.0]}
    contents["b_tDown"] = contents["b"]
    edges = EDGES[:4]
    with uproot.recreate(tmp_path / "n.root") as file:
        for name, values in contents.items():
            file[name] = _model((edges,), np.array(values), np.ones(3))
    text = "imax 1\njmax 0\nkmax 1\nshapes * * n.root $PROCESS $PROCESS_$SYSTEMATIC\nbin a\n"
    text += "observation -1\nbin a\nprocess b\nprocess 1\nrate -1\nt shapeN 1\n"
    model = hs3.compile(from_datacard(write(tmp_path, text))[0])
    for x in (1.0, 2.0):
        ratio, total = 2.0**x, 16.0 * (27.0 / 16.0) ** x
        expected = [total * ratio / (1.0 + ratio), total / (1.0 + ratio), 0.0]
        found = model.expected_counts({"t": x})["pdf_bina"]
        assert found == pytest.approx(expected, rel=1e-6)  # six digits of the factor


def test_all_kinds_of_statistical_parameters(folder: Path) -> None:
    """Above the threshold one per bin, up to it one per process: Poisson, or Gaussian."""
    workspace, _ = from_datacard(write(folder, SHAPES + "* autoMCStats 20"))
    names = {p.name for p in hs3.compile(workspace).parameters if p.name.startswith("prop")}
    # 137 to 224 effective events in the first bins; (3 + 1.2 · 1)² / (0.9² + (1.2 · 1.3)²) = 5 at
    # the end, where `top` has 11 and the error of `dy` is larger than its content.
    assert names == {
        "prop_binch_bin0",
        "prop_binch_bin1",
        "prop_binch_bin2",
        "prop_binch_bin3_top",
        "prop_binch_bin3_dy",
    }
    kinds = {d.name: d.type for d in workspace.distributions}
    assert kinds["prop_binch_bin3_top_Pdf"] == "poisson_dist"
    assert kinds["prop_binch_bin3_dy_Pdf"] == "gaussian_dist"


def test_floor_can_be_left_out(folder: Path) -> None:
    path = write(folder, SHAPES)
    exact, _ = hs3.read(path)
    workspace, report = hs3.read(path, morphing="histosys")
    assert "CMS::vertical_morph" in hs3.dumps(exact)
    assert "CMS::vertical_morph" not in hs3.dumps(workspace)
    assert "datacard.floor" in {f.code for f in report}
    point = {"tilt": 0.4, "jes": -0.3, "r": 1.3}
    there = hs3.compile(workspace).nll(point)
    assert hs3.compile(exact).nll(point) == pytest.approx(there, abs=2e-8)


def test_findings(folder: Path) -> None:
    text = SHAPES.replace("40.0", "0").replace("lumi  ", "lumi[nofloat]") + "idle lnN - - 1.1\n"
    text = text.replace("tilt     shape   -      1     0.5", "jes2 flatParam")
    text = text.replace("dy_free  rateParam ch dy 1.2\n", "")
    report = hs3.validate(write(folder, text))
    codes = {f.code for f in report if f.code.startswith("datacard.")}
    assert {"datacard.no_effect", "datacard.nofloat", "datacard.signal_strength"} <= codes
    assert {"datacard.interpolation", "datacard.morph"} <= codes


ERRORS = {
    "syntax": ("sig    top   dy", "sig    top"),
    "syntax kmax": ("kmax *", "kmax 7"),
    "syntax number": ("lnN     1.05", "lnN     1,05"),
    "syntax column": ("tilt     shape   -      1     0.5", "tilt shape 1"),
    "syntax sign": ("shape   -      1     0.5", "shape   -      -1     0.5"),
    "syntax name": ("rateParam ch dy", "rateParam ch dz"),
    "syntax empty": ("rate        -1", "rats        -1"),
    "unsupported shapeNU": ("tilt     shape ", "tilt     shapeNU"),
    "syntax mixture": ("tilt     shape ", "tilt     shapeN"),
    "unsupported edit": ("lumi  ", "nuisance edit freeze lumi\nlumi  "),
    "unsupported file": ("rateParam ch dy 1.2", "rateParam ch dy sm.root:w"),
    "unsupported workspace": ("$CHANNEL/$PROCESS ", "w:$PROCESS "),
    "unsupported keyword": ("$CHANNEL/$PROCESS ", "$WORD/$PROCESS "),
    "mass": ("$CHANNEL/$PROCESS ", "$CHANNEL/$PROCESS$MASS "),
    "normalisation": ("40.0", "41.0"),
    "normalisation data": ("observation -1", "observation 90"),
    "histogram": ("tilt     shape ", "till     shape "),
    "file": ("shapes.root", "nothing.root"),
    "outside": ("shapes.root", "../shapes.root"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(folder: Path, case: str) -> None:
    old, new = ERRORS[case]
    assert old in SHAPES
    path = write(folder, SHAPES.replace(old, new))
    with pytest.raises((ConversionError, ReadError)) as raised:
        hs3.read(path)
    assert raised.value.code == f"datacard.{case.split()[0]}"


def test_bins_must_agree(folder: Path) -> None:
    from hs3.adapters.xml.histograms import _model

    with uproot.update(folder / "shapes.root") as file:
        file["ch/odd"] = _model((EDGES + 1,), np.full(4, 10.0), np.ones(4))
    path = write(folder, SHAPES.replace("dy\n", "odd\n").replace("ch dy", "ch odd"))
    with pytest.raises(ConversionError, match="different bins") as raised:
        hs3.read(path)
    assert raised.value.code == "datacard.binning"


def test_options_are_checked(folder: Path) -> None:
    path = write(folder, SHAPES)
    with pytest.raises(ConversionError, match="exact and histosys"):
        hs3.read(path, morphing="root")
    with pytest.raises(ConversionError, match="cannot be given for a datacard"):
        hs3.read(path, measurement="m")
    with pytest.raises(ReadError, match="give its path"):
        from_datacard(path.read_bytes())


def test_htt_card() -> None:
    """A channel of H → ττ at 8 TeV, with 18 parameters."""
    folder = shared("likelihoods", "cms_htt_8TeV_cards")
    path = folder / "125" / "htt_em_0_8TeV.txt"
    workspace, report = hs3.read(path, root_dir=folder, mass=125)
    assert "datacard.small_normalisation" in {f.code for f in report}
    compare(workspace, Oracle(path, "125"), 2e-7)
    with pytest.raises(ReadError) as raised:
        hs3.read(path, mass=125)
    assert raised.value.code == "datacard.outside"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(13))
def test_htt_cards(number: int) -> None:
    folder = shared("likelihoods", "cms_htt_8TeV_cards")
    path = sorted((folder / "125").glob("*.txt"))[number]
    workspace, report = hs3.read(path, root_dir=folder, mass=125)
    assert report.ok
    assert hs3.validate(workspace).ok
    compare(workspace, Oracle(path, "125"), 3e-7)


# --- Combine's own code ---------------------------------------------------------------------------

# CombineMathFuncs.h of Combine (April 2026), compiled by the interpreter of ROOT 6.40.
ASYM_POW = [
    (-1.5, 0.8, 1.3, 0.7155417527999327),
    (-0.3, 0.8, 1.3, 0.9346112939707154),
    (0.1, 0.9, 0.95, 0.9998435013545162),
    (0.45, 1.2, 1.1, 1.0436716112799267),
    (2.0, 0.7, 1.25, 1.5625),
]

NOMINAL = [0.0, 0.2, 0.5, 0.3]
UP = {"tilt": [0.1, 0.2, 0.4, 0.3], "jes": [0.0, 0.4, 0.4, 0.2]}
DOWN = {"tilt": [0.0, 0.1, 0.6, 0.3], "jes": [0.05, 0.1, 0.5, 0.35]}
MORPHED = [
    (
        {"tilt": 0.4, "jes": -0.7},
        "1",
        (0.067545384375, 0.13466036875, 0.46186283125, 0.335931415625),
    ),
    ({"tilt": 3.0, "jes": -0.4}, "0.5", (0.1583692, 0.1767384, 0.3532616, 0.3116308)),
]


@pytest.mark.parametrize(("theta", "down", "up", "expected"), ASYM_POW)
def test_asymmetric_factor(
    tmp_path: Path, theta: float, down: float, up: float, expected: float
) -> None:
    assert asym_pow(theta, down, up) == pytest.approx(expected, rel=1e-14)
    row = "imax 1\njmax 0\nkmax 1\nbin a\nobservation 3\nbin a\nprocess b\nprocess 1\nrate 2.0\n"
    workspace, _ = from_datacard(write(tmp_path, f"{row}x lnN {down}/{up}\n"))
    counts = hs3.compile(workspace).expected_counts({"x": theta})["pdf_bina"]
    assert counts == pytest.approx([2.0 * expected], rel=1e-13)


@pytest.mark.parametrize(("point", "number", "expected"), MORPHED)
def test_morphed_template(
    tmp_path: Path, point: dict[str, float], number: str, expected: tuple[float, ...]
) -> None:
    """The number of the column, 1 or 0.5, scales parameters and the width of smoothing."""
    from hs3.adapters.xml.histograms import _model

    with uproot.recreate(tmp_path / "m.root") as file:
        for name, contents in (("data_obs", NOMINAL), ("b", NOMINAL)):
            file[name] = _model((EDGES,), np.array(contents), np.ones(4))
        for syst in UP:
            file[f"b_{syst}Up"] = _model((EDGES,), np.array(UP[syst]), np.ones(4))
            file[f"b_{syst}Down"] = _model((EDGES,), np.array(DOWN[syst]), np.ones(4))
    text = "imax 1\njmax 0\nkmax 2\nshapes * * m.root $PROCESS $PROCESS_$SYSTEMATIC\nbin a\n"
    text += "observation -1\nbin a\nprocess b\nprocess 1\nrate -1\n"
    text += f"tilt shape {number}\njes shape {number}\n"
    workspace, _ = from_datacard(write(tmp_path, text))
    counts = hs3.compile(workspace).expected_counts(point)["pdf_bina"]
    assert counts == pytest.approx(list(expected), abs=2e-9)
