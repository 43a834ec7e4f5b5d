"""Workspaces of HistFactory: each modifier alone, constraints of each kind, and all together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ROOT
from cases import CASES, Made, case

__all__ = ["CASES"]

Modify = Callable[[Any, Any], None]

SIGNAL = [5.0, 12.0, 8.0]
BACKGROUND = [50.0, 40.0, 30.0]
DATA = [53.0, 55.0, 36.0]
MODELS = [("ModelConfig", "obsData")]


def template(name: str, contents: list[float], errors: list[float] | None = None) -> Any:
    """A TH1 with these contents."""
    hist = ROOT.TH1D(name, name, len(contents), 0.0, float(len(contents)))
    hist.SetDirectory(ROOT.nullptr)
    ROOT.SetOwnership(hist, False)  # samples and channels own what they are given
    for i, content in enumerate(contents):
        hist.SetBinContent(i + 1, content)
        hist.SetBinError(i + 1, errors[i] if errors else 0.1 * content)
    return hist


def channel(name: str, modify: Modify, scale: float = 1.0) -> Any:
    """A channel with signal and background, both changed by `modify`."""
    made = ROOT.RooStats.HistFactory.Channel(name)
    made.SetData(template(f"data_{name}", [round(scale * d) for d in DATA]))
    made.SetStatErrorConfig(0.01, "Gaussian")
    signal = ROOT.RooStats.HistFactory.Sample("signal")
    signal.SetHisto(template(f"signal_{name}", [scale * s for s in SIGNAL]))
    signal.AddNormFactor("mu", 1.0, 0.0, 5.0)
    background = ROOT.RooStats.HistFactory.Sample("background")
    background.SetHisto(template(f"background_{name}", [scale * b for b in BACKGROUND]))
    for sample in (signal, background):
        sample.SetNormalizeByTheory(False)
    modify(signal, background)
    made.AddSample(signal)
    made.AddSample(background)
    return made


def build(*made: Any, change: Callable[[Any], None] = lambda m: None) -> Made:
    """The combined workspace of channels."""
    measurement = ROOT.RooStats.HistFactory.Measurement("meas", "meas")
    measurement.SetPOI("mu")
    measurement.SetLumi(1.0)
    measurement.SetLumiRelErr(0.05)
    measurement.AddConstantParam("Lumi")
    for one in made:
        measurement.AddChannel(one)
    change(measurement)
    tool = ROOT.RooStats.HistFactory.HistoToWorkspaceFactoryFast
    workspace = tool(measurement).MakeCombinedModel(measurement)
    return workspace, MODELS


@case
def hf_normfactor() -> Made:
    def modify(signal: Any, background: Any) -> None:
        background.AddNormFactor("scale", 1.0, 0.5, 2.0)

    return build(channel("SR", modify))


@case
def hf_overallsys() -> Made:
    def modify(signal: Any, background: Any) -> None:
        signal.AddOverallSys("eff", 0.9, 1.15)
        background.AddOverallSys("eff", 0.95, 1.02)
        background.AddOverallSys("xsec", 0.8, 1.25)

    return build(channel("SR", modify), channel("CR", modify, 3.0))


def shifted(sample: Any, name: str, low: list[float], high: list[float]) -> None:
    """Add a HistoSys with these templates."""
    systematic = ROOT.RooStats.HistFactory.HistoSys()
    systematic.SetName(name)
    systematic.SetHistoLow(template(f"{sample.GetName()}_{name}_low", low))
    systematic.SetHistoHigh(template(f"{sample.GetName()}_{name}_high", high))
    sample.GetHistoSysList().push_back(systematic)


@case
def hf_histosys() -> Made:
    """Two shapes of one sample, one of which can make a bin negative."""

    def modify(signal: Any, background: Any) -> None:
        shifted(signal, "jes", [4.0, 11.0, 9.5], [6.5, 12.5, 7.0])
        shifted(background, "jes", [55.0, 41.0, 27.0], [46.0, 40.0, 33.0])
        shifted(background, "tune", [49.0, 20.0, 31.0], [52.0, 62.0, 29.0])

    return build(channel("SR", modify))


def shape_sys(kind: str) -> Made:
    def modify(signal: Any, background: Any) -> None:
        systematic = ROOT.RooStats.HistFactory.ShapeSys()
        systematic.SetName("uncorr")
        systematic.SetErrorHist(template("uncorr_error", [0.1, 0.2, 0.15]))
        systematic.SetConstraintType(getattr(ROOT.RooStats.HistFactory.Constraint, kind))
        background.GetShapeSysList().push_back(systematic)

    return build(channel("SR", modify))


@case
def hf_shapesys_gauss() -> Made:
    return shape_sys("Gaussian")


@case
def hf_shapesys_poisson() -> Made:
    return shape_sys("Poisson")


def stat_error(kind: str) -> Made:
    def modify(signal: Any, background: Any) -> None:
        signal.ActivateStatError()
        background.ActivateStatError()

    made = channel("SR", modify)
    made.SetStatErrorConfig(0.01, kind)
    return build(made)


@case
def hf_staterror_gauss() -> Made:
    return stat_error("Gaussian")


@case
def hf_staterror_poisson() -> Made:
    return stat_error("Poisson")


@case
def hf_shapefactor() -> Made:
    def modify(signal: Any, background: Any) -> None:
        factor = ROOT.RooStats.HistFactory.ShapeFactor()
        factor.SetName("free_shape")
        background.GetShapeFactorList().push_back(factor)

    return build(channel("SR", modify), channel("CR", modify, 3.0))


@case
def hf_lumi() -> Made:
    """Both samples scale with the luminosity, which floats."""

    def modify(signal: Any, background: Any) -> None:
        signal.SetNormalizeByTheory(True)
        background.SetNormalizeByTheory(True)
        background.AddOverallSys("xsec", 0.8, 1.25)

    def change(measurement: Any) -> None:
        measurement.GetConstantParams().clear()

    workspace, models = build(channel("SR", modify), change=change)
    workspace["Lumi"].setRange(0.8, 1.2)
    return workspace, models


def constraint(kind: str, width: float) -> Made:
    """One systematic with a constraint term of another kind."""

    def modify(signal: Any, background: Any) -> None:
        background.AddOverallSys("xsec", 0.8, 1.25)
        background.AddOverallSys("other", 0.9, 1.1)

    def change(measurement: Any) -> None:
        getattr(measurement, f"Add{kind}Syst")("xsec", *([width] if kind != "Uniform" else []))

    return build(channel("SR", modify), change=change)


@case
def hf_constraint_gamma() -> Made:
    """ROOT's integral over the observed value is accurate only where it is not tiny."""
    workspace, models = constraint("Gamma", 0.3)
    workspace["beta_xsec"].setRange(0.6, 1.5)
    return workspace, models


@case
def hf_constraint_lognormal() -> Made:
    return constraint("LogNorm", 0.3)


@case
def hf_constraint_uniform() -> Made:
    return constraint("Uniform", 0.0)


@case
def hf_everything() -> Made:
    """Two channels with every modifier, some shared."""

    def modify(signal: Any, background: Any) -> None:
        signal.SetNormalizeByTheory(True)
        signal.ActivateStatError()
        background.ActivateStatError()
        signal.AddOverallSys("eff", 0.9, 1.15)
        background.AddOverallSys("xsec", 0.8, 1.25)
        shifted(signal, "jes", [4.0, 11.0, 9.5], [6.5, 12.5, 7.0])

    def change(measurement: Any) -> None:
        measurement.AddConstantParam("alpha_xsec")

    return build(channel("SR", modify), channel("CR", modify, 3.0), change=change)
