"""RooFit workspaces read without ROOT: the same likelihood, the same parameters."""

from __future__ import annotations

from random import Random

import pytest
from process import command
from root_zoo_models import NAMES, OPTIONS, ZOO, Case, cases, compiled, said, workspace, worst
from test_root_fuzz import MUTATIONS, Damaged

import hs3
from hs3.adapters.root import from_root
from hs3.adapters.root.convert import converted
from hs3.adapters.root.file.source import RootFile
from hs3.codes import CODES
from hs3.errors import ConversionError, HS3Error, ReadError, ResolveError

TOLERANCE = 1e-8

LIGHT = {
    *("gaussian", "exponential", "sum_nested", "product_constraint", "simultaneous_linked"),
    *("hf_everything", "keys", "weighted", "generic"),
}
"""Cases of the default tests; the others are among the slow ones."""

OTHER_NORMALISATION = {"johnson-q-data_q": "RooFit leaves the threshold out of the normalisation"}


def marked() -> list[object]:
    return [
        pytest.param(c, id=c.label, marks=() if c.name in LIGHT else pytest.mark.slow)
        for c in cases()
        if c.label not in OTHER_NORMALISATION
    ]


@pytest.mark.parametrize("case", marked())
def test_the_likelihood_is_that_of_root(case: Case):
    model = compiled(workspace(case.name), case.said, OPTIONS.get(case.name))
    free = [p.name for p in model.parameters if not p.const]
    assert sorted(free) == sorted(case.said["floating"])
    names = case.said["floating"]
    ours = [model.nll(dict(zip(names, point, strict=True))) for point in case.said["points"]]
    for backend, roots in case.backends().items():
        assert worst(ours, roots) < TOLERANCE, backend


@pytest.mark.parametrize("name", NAMES)
def test_variables_have_roots_values_ranges_and_constancy(name):
    ws = workspace(name)
    values = {p.name: p for p in ws.parameter_point("default_values").parameters}
    ranges = {a.name: (a.min, a.max) for a in ws.domain("default_domain").axes}
    for expected in said(name)["variables"]:
        found = values[expected["name"]]
        assert found.value == expected["value"]
        assert bool(found.const) == expected["constant"]
        assert ranges[expected["name"]] == (expected["min"], expected["max"])
    assert len(values) == len(said(name)["variables"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_converted_is_a_valid_document(name):
    report = hs3.validate(workspace(name))
    assert report.ok, [str(f) for f in report.errors]


# --- what is found on the way -------------------------------------------------------------------

FOUND = {
    "oddities": {
        "root.floor": "/w/floored",
        "root.fft_buffer": "/w/convolved",
        "root.unknown_class": "/w/in_part",
        "root.index_category": "/w/over_both",
        "root.model_config": "/w/ModelConfig",
        "root.weight_errors": "/w/weighted_bins",
        "root.column_left_out": "/w/with_more",
        "root.parametrised_range": "/w/y",
        "root.snapshot_part": "/w/with_category",
        "root.left_out": "/w/note",
    },
    "johnson": {"root.johnson_threshold": "/w/q"},
    "histogram_order_2": {"root.histogram_normalisation": "/w/h_pdf"},
    "config_single": {"root.no_global_observables": "/w/ModelConfig"},
    "per_event_error": {"root.conditional": "/w/g"},
    "hf_constraint_gamma": {"root.measurement": "/combined/beta_xsecConstraint"},
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_not_carried_over_as_it_is_is_told(name):
    _, report = from_root(ZOO / f"{name}.root")
    places = {(f.code, f.path) for f in report}
    assert FOUND[name].items() <= places


def test_an_unknown_class_is_an_error_only_where_it_is_needed():
    ws, report = from_root(ZOO / "oddities.root")
    kept = ws.distribution("in_part").to_json()
    assert kept["type"] == "ROOT::RooChebychev"
    assert kept["members"]["_x"] == "x"
    assert set(kept["servers"]) == {"x", "f"}
    told = {f.value for f in report if f.code == "root.unknown_class"}
    assert told == {"RooChebychev", "RooGenericPdf"}
    hs3.compile(ws, pdf="p", data="data")
    with pytest.raises(ResolveError, match="ROOT::RooChebychev"):
        hs3.compile(ws, pdf="in_part", data="data")


def test_a_threshold_is_part_of_the_normalisation():
    """RooFit normalises RooJohnson as if there were none: so ROOT's number is that without."""
    ws = workspace("johnson")
    model = next(m for m in said("johnson")["models"] if m["pdf"] == "q")
    assert min(x for (x,) in ws.datum("data_q").entries) > 2.5
    without = hs3.compile(ws, pdf="p", data="data_q")
    values = [without.nll(dict(zip(model["floating"], p, strict=True))) for p in model["points"]]
    assert worst(values, model["nll"]["cpu"]) < TOLERANCE


def test_named_ranges_snapshots_units_and_attributes_survive():
    ws = workspace("gaussian")
    signal = {a.name: (a.min, a.max) for a in ws.domain("signal").axes}
    assert signal == {"x": (-1.0, 3.0)}
    moved = {p.name: (p.value, p.const) for p in ws.parameter_point("moved").parameters}
    assert moved == {"mean": (1.5, None), "sigma": (2.0, True)}
    errors = {p.name: p.error for p in ws.parameter_point("default_values").parameters}
    assert errors["mean"] == 0.25
    assert ws.misc["ROOT"]["units"] == {"x": "GeV"}
    attributes = ws.misc["ROOT_internal"]["attributes"]["mean"]
    assert attributes["tags"] == ["MyTag"]
    assert attributes["dict"]["origin"] == "zoo"


def test_a_model_config_becomes_an_analysis():
    ws = workspace("simultaneous_config")
    (analysis,) = ws.analyses
    assert analysis.pois == ("mu",)
    assert ws.likelihood(analysis.likelihood).distributions == ("fa", "fb")
    assert ws.likelihood(analysis.likelihood).data == ("data_a", "data_b")
    ranges = {a.name for a in ws.domain("model_data_nuisance_parameters").axes}
    assert ranges == {"alpha", "m", "my", "c", "d", "nba", "nbb"}
    internal = ws.misc["ROOT_internal"]
    assert internal["ModelConfigs"] == {"model_data": {"mcName": "ModelConfig", "pdfName": "model"}}
    assert internal["combined_datasets"]["data"]["labels"] == ["a", "b"]
    assert internal["combined_distributions"]["model"]["distributions"] == ["fa", "fb"]


# --- the public functions ------------------------------------------------------------------------


def test_the_content_tells_a_root_file(tmp_path):
    path = tmp_path / "named_otherwise.json"
    path.write_bytes((ZOO / "gaussian.root").read_bytes())
    assert hs3.load(path).distribution("g").type == "gaussian_dist"
    with path.open("rb") as stream:
        assert hs3.read(stream, workspace="w")[0].distribution("g").name == "g"


def test_a_workspace_is_chosen_by_name():
    with pytest.raises(ReadError, match="no workspace 'v'") as caught:
        hs3.read(ZOO / "gaussian.root", workspace="v")
    assert caught.value.code == "root.workspace"
    with pytest.raises(ConversionError, match="`workspace` can be given for ROOT files only"):
        hs3.read({"distributions": []}, workspace="w")
    with pytest.raises(ConversionError, match="`measurement` cannot be given for a ROOT file"):
        hs3.read(ZOO / "gaussian.root", measurement="m")


def test_a_file_is_converted_by_the_command_line(tmp_path):
    target = tmp_path / "model.hs3.json"
    done = command("convert", str(ZOO / "config_single.root"), str(target))
    assert done.returncode == 0, done.stderr
    assert hs3.load(target).analyses[0].pois == ("ns",)


# --- damaged files -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["simultaneous_config", "hf_everything", "oddities", "decay"])
def test_damage_is_an_error_of_this_package_or_nothing(name):
    random = Random(name)
    data = (ZOO / f"{name}.root").read_bytes()
    whole = RootFile(data, name)
    (seek,) = (key.seek for key in whole.keys if key.class_name == "RooWorkspace")
    converted_ones = 0
    for _ in range(80):
        buffer = bytearray(whole.content(seek, name)[0])
        random.choice(MUTATIONS)(random, buffer)
        try:
            converted(Damaged(data, seek, bytes(buffer)).workspace())
            converted_ones += 1
        except HS3Error as error:
            assert error.code in CODES  # noqa: PT017 - damage need not do harm
    assert converted_ones < 80
