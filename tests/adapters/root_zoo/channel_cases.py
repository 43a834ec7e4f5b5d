"""Workspaces of HistFactory again: what makes channels hard to recognise."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

import ROOT
from cases import CASES, Made, case, configure, put
from histfactory_cases import BACKGROUND, DATA, MODELS, SIGNAL, build, channel, shifted, template

__all__ = ["CASES"]

HistFactory = ROOT.RooStats.HistFactory


def plane(name: str, contents: list[list[float]], error: float = 0.1) -> Any:
    """A TH2 with these rows (one per bin of x), of bins of different widths in y."""
    import numpy as np

    edges = np.array([0.0, 1.0, 3.0, 4.0])
    hist = ROOT.TH2D(name, name, len(contents), 0.0, float(len(contents)), len(edges) - 1, edges)
    hist.SetDirectory(ROOT.nullptr)
    ROOT.SetOwnership(hist, False)
    for i, row in enumerate(contents):
        for j, content in enumerate(row):
            hist.SetBinContent(i + 1, j + 1, content)
            hist.SetBinError(i + 1, j + 1, error * content * (1 + 0.1 * i + 0.3 * j))
    return hist


@case
def hf_two_dimensions() -> Made:
    """Two axes: statistical errors, a shape, and an uncorrelated one per bin."""
    rows = [[50.0, 41.0, 32.0], [23.0, 34.0, 45.0]]
    made = HistFactory.Channel("SR")
    made.SetData(plane("data", [[55, 40, 35], [25, 37, 49]]))
    made.SetStatErrorConfig(0.01, "Poisson")
    signal = HistFactory.Sample("signal")
    signal.SetHisto(plane("signal", [[5.0, 6.0, 7.0], [1.0, 2.0, 3.0]]))
    signal.AddNormFactor("mu", 1.0, 0.0, 5.0)
    background = HistFactory.Sample("background")
    background.SetHisto(plane("background", rows))
    background.ActivateStatError()
    signal.ActivateStatError()
    for sample in (signal, background):
        sample.SetNormalizeByTheory(False)
    systematic = HistFactory.HistoSys()
    systematic.SetName("jes")
    systematic.SetHistoLow(plane("low", [[45.0, 40.0, 33.0], [20.0, 36.0, 44.0]]))
    systematic.SetHistoHigh(plane("high", [[57.0, 44.0, 30.0], [26.0, 31.0, 47.0]]))
    background.GetHistoSysList().push_back(systematic)
    own = HistFactory.ShapeSys()
    own.SetName("uncorr")
    own.SetErrorHist(plane("errors", [[0.1, 0.2, 0.15], [0.3, 0.25, 0.12]]))
    own.SetConstraintType(HistFactory.Constraint.Gaussian)
    background.GetShapeSysList().push_back(own)
    made.AddSample(signal)
    made.AddSample(background)
    return build(made)


@case
def hf_interpolation_codes() -> Made:
    """Codes of each kind; those of a FlexibleInterpVar that add, of which there are two."""

    def modify(signal: Any, background: Any) -> None:
        signal.AddOverallSys("eff", 0.9, 1.15)
        signal.AddOverallSys("trigger", 0.97, 1.02)
        signal.AddOverallSys("pdf", 0.93, 1.1)
        background.AddOverallSys("xsec", 0.8, 1.25)
        background.AddOverallSys("trigger", 0.98, 1.03)
        shifted(signal, "jes", [4.0, 11.0, 9.5], [6.5, 12.5, 7.0])
        shifted(background, "jes", [55.0, 41.0, 27.0], [46.0, 40.0, 33.0])
        shifted(background, "jer", [52.0, 43.0, 29.0], [49.0, 39.0, 31.5])
        shifted(background, "tune", [49.0, 37.0, 31.0], [52.0, 44.0, 29.0])

    workspace, models = build(channel("SR", modify))
    set_codes(workspace, "signal_SR_epsilon", eff=1, trigger=5, pdf=1)
    set_codes(workspace, "background_SR_epsilon", xsec=0, trigger=0)
    set_codes(workspace, "signal_SR_Hist_alpha", jes=5)
    set_codes(workspace, "background_SR_Hist_alpha", jes=0, jer=2, tune=4)
    return workspace, models


def set_codes(workspace: Any, name: str, **codes: int) -> None:
    """Set interpolation codes by systematic."""
    function = workspace.function(name)
    for systematic, code in codes.items():
        function.setInterpCode(workspace.var(f"alpha_{systematic}"), code)


@case
def hf_linear_norm() -> Made:
    """One linear OverallSys that cannot reach zero within its range."""

    def modify(signal: Any, background: Any) -> None:
        background.AddOverallSys("xsec", 0.9, 1.15)

    workspace, models = build(channel("SR", modify))
    set_codes(workspace, "background_SR_epsilon", xsec=0)
    return workspace, models


@case
def hf_negative_shape() -> Made:
    """A PiecewiseInterpolation that is not cut at zero, unlike HistFactory's."""

    def modify(signal: Any, background: Any) -> None:
        shifted(background, "tune", [49.0, 35.0, 31.0], [52.0, 46.0, 29.0])

    workspace, models = build(channel("SR", modify))
    workspace.function("background_SR_Hist_alpha").setPositiveDefinite(False)
    return workspace, models


@case
def hf_shapesys_shared() -> Made:
    """Two samples with one ShapeSys, a Poisson one beside it, and one bin without uncertainty."""

    def modify(signal: Any, background: Any) -> None:
        shape_sys(signal, "common", [0.1, 0.2, 0.15], "Gaussian")
        shape_sys(background, "common", [0.1, 0.2, 0.15], "Gaussian")
        shape_sys(background, "own", [0.3, 0.0, 0.25], "Poisson")

    return build(channel("SR", modify))


def shape_sys(sample: Any, name: str, errors: list[float], kind: str) -> None:
    """Add a ShapeSys with these relative errors."""
    systematic = HistFactory.ShapeSys()
    systematic.SetName(name)
    systematic.SetErrorHist(template(f"{name}_{sample.GetName()}_error", errors))
    systematic.SetConstraintType(getattr(HistFactory.Constraint, kind))
    sample.GetShapeSysList().push_back(systematic)


@case
def hf_staterror_threshold() -> Made:
    """A bin whose statistical error is below the threshold: its parameter is constant."""
    made = HistFactory.Channel("SR")
    made.SetData(template("data", DATA))
    made.SetStatErrorConfig(0.05, "Poisson")
    signal = HistFactory.Sample("signal")
    signal.SetHisto(template("signal", SIGNAL, [0.6, 0.8, 0.1]))
    signal.AddNormFactor("mu", 1.0, 0.0, 5.0)
    background = HistFactory.Sample("background")
    background.SetHisto(template("background", BACKGROUND, [5.0, 4.0, 0.2]))
    for sample in (signal, background):
        sample.SetNormalizeByTheory(False)
        sample.ActivateStatError()
        made.AddSample(sample)
    return build(made)


@case
def hf_shapefactor_channels() -> Made:
    """One ShapeFactor in two channels, one of which has a free normalisation as well."""

    def control(signal: Any, background: Any) -> None:
        shape_factor(background)

    def region(signal: Any, background: Any) -> None:
        shape_factor(background)
        background.AddNormFactor("transfer", 1.0, 0.1, 3.0)
        background.AddOverallSys("xsec", 0.8, 1.25)

    return build(channel("SR", region), channel("CR", control, 3.0))


def shape_factor(sample: Any) -> None:
    factor = HistFactory.ShapeFactor()
    factor.SetName("free")
    sample.GetShapeFactorList().push_back(factor)


@case
def hf_preprocess() -> Made:
    """A systematic that is a function of another parameter."""

    def modify(signal: Any, background: Any) -> None:
        signal.AddNormFactor("scale", 1.0, 0.0, 3.0)
        background.AddOverallSys("xsec", 0.8, 1.25)

    def change(measurement: Any) -> None:
        function = HistFactory.PreprocessFunction("scale", "1+0.2*width*width", "width[0.5,-2,2]")
        measurement.AddFunctionObject(function)

    return build(channel("SR", modify), change=change)


@case
def hf_two_products() -> Made:
    """A channel that two products share, each with all of the constraints."""

    def modify(signal: Any, background: Any) -> None:
        background.AddOverallSys("xsec", 0.8, 1.25)
        background.AddOverallSys("other", 0.9, 1.1)
        shape_sys(background, "own", [0.1, 0.2, 0.15], "Gaussian")

    workspace, models = build(channel("SR", modify))
    gammas = ",".join(f"gamma_own_bin_{i}_constraint" for i in range(3))
    alphas = "lumiConstraint,alpha_otherConstraint,alpha_xsecConstraint"
    workspace.factory(f"PROD::other({gammas},{alphas},SR_model)")
    workspace.factory("SIMUL::simOther(channelCat,SR=other)")
    configure_again(workspace, "simOther")
    return workspace, [*models, ("OtherConfig", "obsData")]


def configure_again(workspace: Any, pdf: str) -> None:
    """A second ModelConfig, like the first one, of another pdf."""
    config = workspace.genobj("ModelConfig").Clone("OtherConfig")
    config.SetPdf(pdf)
    put(workspace, config)


@case
def hf_single_channel() -> Made:
    """One channel by itself: no simultaneous density."""

    def modify(signal: Any, background: Any) -> None:
        background.AddOverallSys("xsec", 0.8, 1.25)
        background.ActivateStatError()

    measurement = HistFactory.Measurement("meas", "meas")
    measurement.SetPOI("mu")
    measurement.SetLumi(1.0)
    measurement.SetLumiRelErr(0.05)
    measurement.AddConstantParam("Lumi")
    one = channel("SR", modify)
    measurement.AddChannel(one)
    tool = HistFactory.HistoToWorkspaceFactoryFast(measurement)
    return tool.MakeSingleChannelModel(measurement, one), MODELS


@case
def hf_by_hand() -> Made:
    """The trees of ROOT before 6.24: bin widths as constants, products of products, no attribute.

    Made with RooFit, in the names and the nesting that older versions of HistFactory use.
    """
    x = ROOT.RooRealVar("obs_x_SR", "obs_x_SR", 0.0, 6.0)
    x.setBins(3)
    workspace = ROOT.RooWorkspace("combined", "combined")
    put(workspace, x)
    for name, contents in (("signal", SIGNAL), ("background", BACKGROUND)):
        function(workspace, f"{name}_SR_nominal", contents)
    function(workspace, "background_SR_Hist_alpha_0low", [55.0, 41.0, 27.0])
    function(workspace, "background_SR_Hist_alpha_0high", [46.0, 40.0, 33.0])
    function(workspace, "background_SR_Hist_alpha_1low", [49.0, 37.0, 31.0])
    function(workspace, "background_SR_Hist_alpha_1high", [52.0, 44.0, 29.0])
    for line in (
        "PiecewiseInterpolation::background_SR_Hist_alpha(background_SR_nominal,"
        "{background_SR_Hist_alpha_0low,background_SR_Hist_alpha_1low},"
        "{background_SR_Hist_alpha_0high,background_SR_Hist_alpha_1high},"
        "{alpha_jes[0,-5,5],alpha_free[0,-2,2]})",
        "prod::signal_SR_overallNorm_x_sigma_epsilon(mu[1,0,5])",
        "prod::signal_SR_overallSyst_x_Exp(signal_SR_nominal,signal_SR_overallNorm_x_sigma_epsilon)",
        "prod::background_SR_overallSyst_x_HistSyst(background_SR_Hist_alpha,xsec[1,0.5,2])",
        "prod::L_x_signal_SR_overallSyst_x_Exp(Lumi[1,0.8,1.2],signal_SR_overallSyst_x_Exp)",
        "prod::L_x_background_SR_overallSyst_x_HistSyst(Lumi,background_SR_overallSyst_x_HistSyst)",
        "Gaussian::lumiConstraint(nominalLumi[1,0,2],Lumi,0.05)",
        "Gaussian::alpha_jesConstraint(alpha_jes,nom_alpha_jes[0,-10,10],1)",
    ):
        if not workspace.factory(line):
            raise ValueError(line)
    function_of = workspace.function("background_SR_Hist_alpha")
    function_of.setPositiveDefinite()
    function_of.setAllInterpCodes(4)
    width = ROOT.RooRealVar("binWidth_obs_x_SR_0", "binWidth", 0.5)
    width.setConstant(True)
    other = ROOT.RooRealVar("binWidth_obs_x_SR_1", "binWidth", 0.5)
    other.setConstant(True)
    functions = ROOT.RooArgList(
        workspace.function("L_x_signal_SR_overallSyst_x_Exp"),
        workspace.function("L_x_background_SR_overallSyst_x_HistSyst"),
    )
    widths = ROOT.RooArgList(width, other)
    put(
        workspace,
        ROOT.RooRealSumPdf("SR_model", "SR_model", functions, widths, True),
        ROOT.RooFit.RecycleConflictNodes(),
    )
    workspace.factory("PROD::model_SR(lumiConstraint,alpha_jesConstraint,SR_model)")
    for name in ("nominalLumi", "nom_alpha_jes"):
        workspace.var(name).setConstant(True)
    weight = ROOT.RooRealVar("weightVar", "", 0.0, 1e6)
    data = ROOT.RooDataSet(
        "obsData",
        "obsData",
        ROOT.RooArgSet(workspace.var("obs_x_SR"), weight),
        ROOT.RooFit.WeightVar("weightVar"),
    )
    for i, content in enumerate(DATA):
        workspace.var("obs_x_SR").setVal(2.0 * i + 1.0)
        data.add(ROOT.RooArgSet(workspace.var("obs_x_SR")), content)
    put(workspace, data)
    configure(
        workspace, "model_SR", "obs_x_SR", "mu", "alpha_jes,Lumi,xsec", "nominalLumi,nom_alpha_jes"
    )
    return workspace, MODELS


def function(workspace: Any, name: str, contents: list[float]) -> None:
    """Put a RooHistFunc of the observable into the workspace."""
    x = workspace.var("obs_x_SR")
    data = ROOT.RooDataHist(f"{name}DHist", "", ROOT.RooArgSet(x))
    for i, content in enumerate(contents):
        data.set(i, content, 0.0)
    put(workspace, ROOT.RooHistFunc(name, name, ROOT.RooArgSet(x), data, 0))


@case
def hf_of_json() -> Made:
    """What ROOT makes of an HS3 document: other names, and parameters in an order of their own."""
    edges = [0.0, 1.0, 3.0, 4.0]
    sys = [
        {"type": "normfactor", "name": "mu", "parameter": "mu"},
        {"type": "normsys", "name": "eff", "parameter": "eff", "constraint_type": "Gauss",
         "interpolation": 5, "data": {"hi": 1.15, "lo": 0.9}},
        {"type": "histosys", "name": "jes", "parameter": "jes", "constraint_type": "Gauss",
         "data": {"hi": {"contents": [6.5, 12.5, 7.0]}, "lo": {"contents": [4.0, 11.0, 9.5]}}},
    ]  # fmt: skip
    stat = {
        "type": "staterror",
        "name": "mcstat",
        "parameters": [f"gamma_stat_c_bin_{i}" for i in range(3)],
        "constraint_type": "Poisson",
    }
    shape = {
        "type": "shapesys",
        "name": "own",
        "parameters": [f"own_{i}" for i in range(3)],
        "constraint_type": "Gauss",
        "data": {"vals": [0.1, 0.2, 0.15]},
    }
    axes = [{"name": "x", "edges": edges}]
    document = {
        "metadata": {"hs3_version": "0.2"},
        "distributions": [{
            "name": "model_c", "type": "histfactory_dist", "axes": axes,
            "samples": [
                {"name": "s", "data": {"contents": SIGNAL, "errors": [1.0, 1.5, 1.2]},
                 "modifiers": [*sys, stat]},
                {"name": "b", "data": {"contents": BACKGROUND, "errors": [4.0, 3.5, 3.0]},
                 "modifiers": [stat, shape]},
            ],
        }],
        "data": [{"name": "obs_c", "type": "binned", "axes": axes, "contents": DATA}],
        "likelihoods": [{"name": "l", "distributions": ["model_c"], "data": ["obs_c"]}],
        "domains": [{"name": "default_domain", "type": "product_domain",
                     "axes": [{"name": "mu", "min": 0.0, "max": 5.0}]}],
        "parameter_points": [{"name": "default_values",
                              "parameters": [{"name": "mu", "value": 1.0}]}],
        "analyses": [{"name": "a", "likelihood": "l", "parameters_of_interest": ["mu"],
                      "domains": ["default_domain", "a_global_observables"],
                      "init": "default_values"}],
        "misc": {"ROOT_internal": {
            "ModelConfigs": {"a": {"mcName": "ModelConfig", "pdfName": "simPdf"}},
            "combined_distributions": {"simPdf": {
                "distributions": ["model_c"], "index_cat": "channelCat", "indices": [0],
                "labels": ["c"]}},
            "combined_datasets": {"obs": {"index_cat": "channelCat", "indices": [0],
                                          "labels": ["c"]}},
            "attributes": {"c_model": {"tags": ["BinnedLikelihood"]}},
        }},
    }  # fmt: skip
    document["domains"].append(
        global_observables("eff", "jes", *shape["parameters"], *stat["parameters"])
    )
    workspace = ROOT.RooWorkspace("w", "w")
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(document, file)
    ROOT.RooJSONFactoryWSTool(workspace).importJSON(file.name)
    os.unlink(file.name)
    return workspace, [("ModelConfig", "obs")]


def global_observables(*parameters: str) -> dict[str, Any]:
    """The domain by whose name ROOT knows what was measured."""
    axes = [{"name": f"nom_{p}", "min": -10.0, "max": 1000.0} for p in parameters]
    return {"name": "a_global_observables", "type": "product_domain", "axes": axes}
