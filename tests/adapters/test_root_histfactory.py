"""Channels of HistFactory, recognised in RooFit workspaces."""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shared
from root_zoo_models import OPTIONS, ROOT_IS_OFF, ZOO, cases, compiled, said, workspace, worst

import hs3
from hs3.adapters.root import from_root, process
from hs3.adapters.root.convert import converted
from hs3.adapters.root.convert.builder import Builder
from hs3.adapters.root.convert.data import _counted
from hs3.adapters.root.convert.histfactory.channels import sample_names
from hs3.adapters.root.file.source import open_root
from hs3.adapters.root.json import to_root_json
from hs3.engine import Model
from hs3.errors import HS3Error
from hs3.histfactory import meaning
from hs3.histfactory.meaning import Interpolation

TOLERANCE = 1e-8

CHANNELS = sorted(p.stem for p in ZOO.glob("hf_*.root"))
LIGHT = ("hf_two_dimensions", "hf_by_hand", "hf_interpolation_codes", "hf_two_products")


def channels(name: str) -> dict[str, meaning.Channel]:
    """The channels of a workspace of the zoo, as they are understood."""
    model = said(name)["models"][0]
    return {c.name: c for c in compiled(workspace(name), model).graph.channels}


def channel(name: str, of: str = "model_SR") -> meaning.Channel:
    return channels(name)[of]


def entry(name: str, of: str = "model_SR") -> dict[str, Any]:
    """A distribution of a workspace of the zoo, as JSON."""
    return next(d for d in workspace(name).to_json()["distributions"] if d["name"] == of)


def modifiers(name: str, sample: str, of: str = "model_SR") -> dict[str, dict[str, Any]]:
    """The modifiers of a sample, by type and name."""
    found = next(s for s in entry(name, of)["samples"] if s["name"] == sample)
    return {f"{m['type']} {m['name']}": m for m in found["modifiers"]}


def codes(name: str) -> set[str]:
    return {f.code for f in from_root(ZOO / f"{name}.root")[1].findings}


# --- the numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [c for c in cases() if c.name in LIGHT], ids=lambda c: c.label)
def test_the_likelihood_is_that_of_root(case):
    model = compiled(workspace(case.name), case.said, OPTIONS.get(case.name))
    names = case.said["floating"]
    assert sorted(p.name for p in model.parameters if not p.const) == sorted(names)
    ours = [model.nll(dict(zip(names, point, strict=True))) for point in case.said["points"]]
    assert case.backends()
    for backend, roots in case.backends().items():
        assert worst(ours, roots) < TOLERANCE, backend


def test_the_backend_left_out_for_two_dimensions_is_indeed_off():
    case = next(c for c in cases() if c.name == "hf_two_dimensions")
    assert ROOT_IS_OFF[case.name, case.said["pdf"]].keys() == {"legacy"}
    assert worst(case.said["nll"]["legacy"], case.said["nll"]["cpu"]) > 0.1


PUBLISHED = [
    ("workspaces", "histfactory_all_modifiers.root"),
    ("likelihoods", "hs3_written_by_root640", "agc_ttbar_workspace.root"),
    ("likelihoods", "hs3_written_by_root640", "sbottom_RegionC_900_250_60.root"),
]


@pytest.mark.slow
@pytest.mark.parametrize("data", ["obsData", "asimovData"])
@pytest.mark.parametrize("parts", PUBLISHED, ids=lambda p: p[-1])
def test_published_workspaces_are_as_in_root(parts, data):
    """All parameters move at once, up to a third of the way to their bounds."""
    path = shared(*parts)
    if not process.available():
        pytest.skip(f"needs ROOT ({process.VARIABLE} may name a Python that has it)")
    model = hs3.compile(from_root(path)[0], analysis=f"simPdf_{data}")
    points = drawn(model)
    roots = process.evaluate(path, data, points)
    for constant in (True, False):
        ours = {p.name for p in model.parameters if p.const is constant}
        assert ours == {n for n, v in roots.parameters.items() if v["const"] is constant}
    assert worst([model.nll(p) for p in points], list(roots.nll)) < TOLERANCE


def drawn(model: Model, count: int = 20) -> list[dict[str, float]]:
    """The nominal point, and random ones; the luminosity stays where its constraint is finite."""
    uniform, free = random.Random(5).uniform, [p for p in model.parameters if not p.const]
    points = [{p.name: p.value for p in free}]
    for _ in range(count):
        steps = {p.name: uniform(-0.3, 0.3) for p in free}
        points.append({p.name: p.value + s * room(p, s) for p in free for s in (steps[p.name],)})
    return points


def room(parameter: Any, step: float) -> float:
    if parameter.name == "Lumi":
        return 0.1
    bound = parameter.max if step > 0 else parameter.min
    return abs(bound - parameter.value) if np.isfinite(bound) else 1.0


@pytest.mark.parametrize(
    "name",
    ["agc_ttbar_workspace", pytest.param("sbottom_RegionC_900_250_60", marks=pytest.mark.slow)],
)
def test_published_workspaces_have_the_numbers_that_root_gave(name):
    """From the reference numbers: free parameters, and the change of -2 log L for a small shift."""
    path = shared("likelihoods", "hs3_written_by_root640", f"{name}.root")
    reference = shared("likelihoods", "reference.json")
    expected = json.loads(Path(reference).read_text())[f"derived_hs3_root640/{name}"]
    model = hs3.compile(from_root(path)[0], analysis="simPdf_obsData")
    free = sorted((p for p in model.parameters if not p.const), key=lambda p: p.name)
    assert len(free) == expected["n_floating"]
    assert len(model.graph.channels) == expected["n_channels"]
    steps = [0.01 * (p.max - p.min) * (-1) ** i for i, p in enumerate(free)]
    point = {p.name: p.value + step for p, step in zip(free, steps, strict=True)}
    change = 2 * (model.nll(point) - model.nll())
    roots = expected["two_nll_shifted"] - expected["two_nll_init"]
    assert change == pytest.approx(roots, rel=TOLERANCE)


# --- the structure ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in CHANNELS if n != "hf_negative_shape"])
def test_nothing_of_the_trees_is_left(name):
    """Every RooRealSumPdf became a channel; functions remain only where a channel uses them."""
    ws = workspace(name).to_json()
    kinds = {d["type"] for d in ws["distributions"]}
    assert "histfactory_dist" in kinds
    assert "weighted_sum_dist" not in kinds
    left = {f["type"] for f in ws.get("functions", ())}
    assert not left & {"histogram", "step", "interpolation", "binwidth"}
    assert "root.not_a_channel" not in codes(name)


def test_contents_are_counts_in_bins_of_any_width():
    """Three bins of width 2, scaled by a constant 1/2 in the file."""
    found = entry("hf_by_hand")
    assert [s["name"] for s in found["samples"]] == ["signal", "background"]
    assert found["samples"][1]["data"]["contents"] == [50.0, 40.0, 30.0]
    assert found["axes"] == [{"name": "obs_x_SR", "min": 0.0, "max": 6.0, "nbins": 3}]
    assert "root.bin_width_by_name" in codes("hf_by_hand")
    data = next(d for d in workspace("hf_by_hand").to_json()["data"] if d["name"] == "obsData")
    assert data["contents"] == [53.0, 55.0, 36.0]


def test_factors_and_systematics_of_one_parameter():
    found = modifiers("hf_everything", "signal")
    assert found["normfactor mu"] == {"type": "normfactor", "name": "mu", "parameter": "mu"}
    assert found["normfactor Lumi"]["constraint_name"] == "lumiConstraint"
    assert found["normsys eff"]["data"] == {"hi": 1.15, "lo": 0.9}
    assert found["normsys eff"]["constraint_name"] == "alpha_effConstraint"
    assert found["histosys jes"]["data"]["hi"]["contents"] == [6.5, 12.5, 7.0]
    assert found["histosys jes"]["parameter"] == "alpha_jes"


def test_interpolation_codes_of_each_parameter():
    signal, background = channel("hf_interpolation_codes", "SR_model").samples
    code = {m.parameter: m.interpolation for m in signal.modifiers if hasattr(m, "interpolation")}
    norms = [m for m in signal.modifiers if isinstance(m, meaning.NormSys)]
    assert {m.name: m.interpolation for m in norms} == {
        "eff": Interpolation.EXPONENTIAL,
        "trigger": Interpolation.POLY6_EXPONENTIAL,
        "pdf": Interpolation.EXPONENTIAL,
    }
    assert code["alpha_jes"] is Interpolation.POLY6_EXPONENTIAL
    shapes = [m for m in background.modifiers if isinstance(m, meaning.HistoSys)]
    assert {m.name: m.interpolation for m in shapes} == {
        "jes": Interpolation.LINEAR,
        "jer": Interpolation.PARABOLIC,
        "tune": Interpolation.POLY6_LINEAR,
    }


def test_linear_norms_that_root_adds_up_stay_one_function():
    found = modifiers("hf_interpolation_codes", "background", "SR_model")
    assert "custom background_SR_epsilon" in found
    assert not any(key.startswith("normsys") for key in found)
    assert modifiers("hf_linear_norm", "background")["normsys xsec"]["interpolation"] == 0


def test_shapes_are_cut_at_zero_as_in_root():
    assert [s.clip for s in channel("hf_histosys").samples] == [True, True]
    assert [s.clip for s in channel("hf_overallsys").samples] == [False, False]


def test_a_shape_without_the_cut_says_so():
    """RooFit can have it, HistFactory cuts always."""
    assert "root.not_a_channel" not in codes("hf_negative_shape")
    shapes = [
        m for m in modifiers("hf_negative_shape", "background").values() if m["type"] == "histosys"
    ]
    assert [m["positiveDefinite"] for m in shapes] == [False]
    assert not any(s.clip for s in channel("hf_negative_shape").samples)


@pytest.mark.parametrize("kind", ["gauss", "poisson"])
def test_staterrors(kind):
    """The relative error of the sum is kept in the constraints, and shared out in `errors`."""
    name = f"hf_staterror_{kind}"
    one = modifiers(name, "background")["staterror mc_stat_SR"]
    assert one["parameters"] == [f"gamma_stat_SR_bin_{i}" for i in range(3)]
    assert one["constraints"] == [f"gamma_stat_SR_bin_{i}_constraint" for i in range(3)]
    samples = entry(name)["samples"]
    contents, errors = (np.array([s["data"][k] for s in samples]) for k in ("contents", "errors"))
    # the zoo has 10 % of each sample
    expected = np.sqrt(((0.1 * contents) ** 2).sum(axis=0))
    assert np.sqrt((errors**2).sum(axis=0)) == pytest.approx(expected, rel=1e-12)


def test_a_staterror_below_the_threshold_is_constant():
    """0.5 % in the last bin, where the threshold is 5 %."""
    model = compiled(
        workspace("hf_staterror_threshold"), said("hf_staterror_threshold")["models"][0]
    )
    gammas = {p.name: p.const for p in model.parameters if p.name.startswith("gamma")}
    assert gammas == {f"gamma_stat_SR_bin_{i}": i == 2 for i in range(3)}


def test_shapesys_of_two_samples_and_of_one():
    for sample in ("signal", "background"):
        found = modifiers("hf_shapesys_shared", sample)
        common = next(m for k, m in found.items() if "common" in k)
        assert common["type"] == "shapesys"
        assert common["data"]["vals"] == pytest.approx([0.1, 0.2, 0.15], rel=1e-12)
    own = next(m for k, m in modifiers("hf_shapesys_shared", "background").items() if "own" in k)
    assert own["type"] == "shapesys"
    assert own["data"]["vals"] == pytest.approx([0.3, 0.0, 0.25], rel=1e-12)
    assert own["constraints"][1] is None


def test_shapefactors_are_free_and_shared_by_channels():
    names = set()
    for of in ("model_SR", "model_CR"):
        found = modifiers("hf_shapefactor_channels", "background", of)
        (one,) = (m for m in found.values() if m["type"] == "shapefactor")
        assert "constraints" not in one
        names.add(tuple(one["parameters"]))
    assert len(names) == 1


def test_parameters_of_two_dimensions_belong_to_their_bins():
    """ROOT calls them by the bins of x and y, and lists them with x running fastest."""
    one = channel("hf_two_dimensions")
    assert one.axes == ("obs_x_SR", "obs_y_SR")
    assert [len(e) - 1 for e in one.edges] == [2, 3]
    bins = ["0_0", "0_1", "0_2", "1_0", "1_1", "1_2"]
    found = {m.kind: m for m in one.samples[1].modifiers if isinstance(m, meaning.BinFactors)}
    assert list(found["staterror"].parameters) == [f"gamma_stat_SR_bin_{b}" for b in bins]
    assert list(found["shapesys"].parameters) == [f"gamma_uncorr_bin_{b}" for b in bins]
    assert one.observed is not None
    assert one.observed.tolist() == [55, 40, 35, 25, 37, 49]


def test_constraints_that_no_modifier_carries_stay_in_a_product():
    """Those of the parameters of a FlexibleInterpVar that stays a function."""
    product = entry("hf_interpolation_codes")
    assert product["type"] == "product_dist"
    assert product["factors"] == ["alpha_xsecConstraint", "SR_model"]


def test_a_function_that_scales_a_sample_is_a_custom_modifier():
    assert "custom scale" in modifiers("hf_preprocess", "signal")


def test_a_systematic_without_constraint():
    found = modifiers("hf_by_hand", "background")
    assert found["histosys free"]["constraint"] == "Const"
    assert found["histosys jes"]["constraint_name"] == "alpha_jesConstraint"
    model = compiled(workspace("hf_by_hand"), said("hf_by_hand")["models"][0])
    assert {c.parameter for c in model.graph.constraints} == {"Lumi", "alpha_jes"}


def test_a_channel_in_two_products_leaves_the_constraints_to_them():
    found = entry("hf_two_products", "SR_model")
    assert found["type"] == "histfactory_dist"
    for model in said("hf_two_products")["models"]:
        constraints = compiled(workspace("hf_two_products"), model).graph.constraints
        gammas = [f"gamma_own_bin_{i}" for i in range(3)]
        expected = sorted(["Lumi", "alpha_xsec", "alpha_other", *gammas])
        assert sorted(c.parameter for c in constraints) == expected


def test_a_gaussian_of_width_100_stands_for_a_uniform_constraint():
    report = hs3.validate(workspace("hf_constraint_uniform"))
    assert "dialect.wide_gauss" in {f.code for f in report.findings}


def test_each_constraint_counts_once_for_all_channels():
    model = compiled(workspace("hf_everything"), said("hf_everything")["models"][0])
    names = [c.name for c in model.graph.constraints]
    assert len(names) == len(set(names)) == 10


def test_roots_trees_of_a_document_are_recognised_too():
    one = channel("hf_of_json", "model_c")
    assert [s.name for s in one.samples] == ["s", "b"]
    kinds = {m.kind for s in one.samples for m in s.modifiers if isinstance(m, meaning.BinFactors)}
    assert kinds == {"staterror", "shapesys"}


def test_one_channel_by_itself():
    ws = workspace("hf_single_channel").to_json()
    assert {x["distributions"][0] for x in ws["likelihoods"]} == {"model_SR"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hf_everything", "hf_staterror_poisson", "hf_two_dimensions"])
def test_what_is_recognised_goes_back_to_root(name):
    """Read here, written as HS3 for ROOT, imported by ROOT: as on the original workspace."""
    if not process.available():
        pytest.skip(f"needs ROOT ({process.VARIABLE} may name a Python that has it)")
    model = said(name)["models"][0]
    points = [dict(zip(model["floating"], p, strict=True)) for p in model["points"]]
    document, _ = to_root_json(workspace(name))
    roots = process.evaluate(document, "obsData", points)
    assert worst(list(roots.nll), model["nll"]["cpu"]) < TOLERANCE


def test_events_outside_of_the_bins_are_told():
    builder = Builder(open_root(ZOO / "hf_normfactor.root").workspace())
    table = {"obs_x_SR": np.array([0.5, 1.5, 7.0])}
    made = _counted("data", table, None, [], builder)
    assert made["contents"] == [1.0, 1.0, 0.0]
    (found,) = (f for f in builder.findings if f.code == "root.outside_bins")
    assert (found.path, found.value) == ("/combined/data", 1)


def test_names_of_samples():
    assert sample_names(["signal_SR_shapes", "bkg_SR_shapes"], "SR_model") == ["signal", "bkg"]
    old = ["L_x_signal_SR_overallSyst_x_Exp", "L_x_qcd_SR_overallSyst_x_StatUncert"]
    assert sample_names(old, "SR_model") == ["signal", "qcd"]
    assert sample_names(["model_c_s_shapes", "model_c_b_shapes"], "c_model") == ["s", "b"]
    assert sample_names(["a", "a"], "SR_model") == ["a_0", "a_1"]


# --- damaged files ------------------------------------------------------------------------------


def test_a_product_of_itself_has_an_end():
    graph = open_root(ZOO / "hf_normfactor.root").workspace()
    product = graph.nodes["signal_SR_scaleFactors"]
    product.members["_compRSet"] = [product, product]
    report = converted(graph)[1]
    found = next(f for f in report.findings if f.code == "root.not_a_channel")
    assert "more than 10000 factors" in found.message


def test_more_bins_than_contents_are_not_made():
    graph = open_root(ZOO / "hf_normfactor.root").workspace()
    data = graph.nodes["signal_SR_Hist_alphanominal"].member("_dataHist")
    data.proxies("_vars")[0].members["_binning"].members["_nbins"] = 9_000_000
    found = next(f for f in converted(graph)[1].findings if f.code == "root.not_a_channel")
    assert "more bins than" in found.message


MEMBERS = (
    *("_funcList", "_coefList", "_compRSet", "_paramList", "_low", "_high", "_interpCode"),
    *("_nominal", "_paramSet", "_lowSet", "_highSet", "_dataHist", "_wgt", "_vars", "_binning"),
    *("_depList", "_histObsList", "_dataVars", "_dataSet", "_histFunc", "_pdfList"),
    *("_pdfNSetList", "_positiveDefinite", "sigma", "mean", "x", "_extended", "_value"),
)


@pytest.mark.parametrize("name", ["hf_everything", "hf_shapesys_shared", "hf_by_hand"])
def test_members_of_any_kind_give_a_document_or_an_error(name):
    """Members of the trees replaced by others, by numbers and nothing, or taken away."""
    chance = random.Random(zlib.crc32(name.encode()))
    outcomes = set()
    for _ in range(50):
        graph = open_root(ZOO / f"{name}.root").workspace()
        nodes = list(graph.nodes.values())
        for node in chance.choices(nodes, k=5):
            for key in sorted({*MEMBERS} & node.members.keys()):
                values = [None, 0, -3, 1e300, float("nan"), "text", [], chance.choice(nodes)]
                if chance.random() < 0.3:
                    node.members[key] = chance.choice(values)
        try:
            outcomes |= {f.code for f in converted(graph)[1].findings}
        except HS3Error as error:
            outcomes.add(error.code)
    assert "root.not_a_channel" in outcomes
