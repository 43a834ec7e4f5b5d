"""What the real ROOT makes of HistFactory XML; a script for a Python that has ROOT.

The ROOT of the Python package index comes without its XML parser, so that the elements are handed
to `RooStats::HistFactory::Measurement` one by one, as ConfigParser.cxx does it. The model itself is
built by ROOT.

Reads jobs from stdin, name → ``driver``, ``root_dir``, ``measurement``, ``points`` (name → value),
``set`` (values for any variable, before anything else). Writes a line ``[name, {"nll": …,
"parameters": …}]`` for each to the file that its argument names.
"""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as ET
from typing import Any


def true(text: str | None) -> bool:
    return text in ("True", "true")


def measurements(request: dict[str, Any]) -> Any:
    import ROOT

    hf = ROOT.RooStats.HistFactory
    top = ET.parse(request["driver"]).getroot()
    entry = next(m for m in top.iter("Measurement") if m.get("Name") == request["measurement"])
    made = hf.Measurement(entry.get("Name"), entry.get("Name"))
    made.SetLumi(float(entry.get("Lumi", 1)))
    made.SetLumiRelErr(float(entry.get("LumiRelErr", 0.1)))
    for poi in entry.iter("POI"):
        for name in (poi.text or "").split():
            made.AddPOI(name)
    for setting in entry.iter("ParamSetting"):
        for name in (setting.text or "").split():
            if setting.get("Const") == "True":
                made.AddConstantParam(name)
            if setting.get("Val"):
                made.SetParamValue(name, float(setting.get("Val")))
    for term in entry.iter("ConstraintTerm"):
        for name in (term.text or "").split():
            relative = float(term.get("RelativeUncertainty", 0))
            if term.get("Type") == "Gamma" and relative:
                made.AddGammaSyst(name, relative)
            elif term.get("Type") == "LogNormal" and relative:
                made.AddLogNormSyst(name, relative)
            elif term.get("Type") == "Uniform" and relative:
                made.AddUniformSyst(name)
    for f in top.iter("Function"):
        function = hf.PreprocessFunction(f.get("Name"), f.get("Expression"), f.get("Dependents"))
        made.AddFunctionObject(function)
    for entry in top.iter("Input"):
        made.AddChannel(channel(hf, ET.parse(entry.text.strip()).getroot()))
    made.CollectHistograms()
    return made


def channel(hf: Any, e: ET.Element) -> Any:
    file, path = e.get("InputFile", ""), e.get("HistoPath", "")
    made = hf.Channel(e.get("Name"))
    data = e.find("Data")
    made.SetData(data.get("HistoName"), data.get("InputFile", file), data.get("HistoPath", path))
    for config in e.iter("StatErrorConfig"):
        kind = config.get("ConstraintType", "Poisson")
        kinds = hf.Constraint
        made.SetStatErrorConfig(
            float(config.get("RelErrorThreshold", 0.05)),
            kinds.Gaussian if kind.startswith("Gauss") else kinds.Poisson,
        )
    for s in e.iter("Sample"):
        made.AddSample(sample(hf, s, s.get("InputFile", file), s.get("HistoPath", path)))
    return made


def sample(hf: Any, e: ET.Element, file: str, path: str) -> Any:
    made = hf.Sample(e.get("Name"), e.get("HistoName"), file, path)
    made.SetNormalizeByTheory(true(e.get("NormalizeByTheory", "True")))
    for m in e:
        name = m.get("Name")
        if m.tag == "OverallSys":
            made.AddOverallSys(name, float(m.get("Low")), float(m.get("High")))
        elif m.tag == "NormFactor":
            numbers = (float(m.get(k)) for k in ("Val", "Low", "High"))
            made.AddNormFactor(name, *numbers)
        elif m.tag == "HistoSys":
            sides = [
                (m.get(f"HistoName{s}"), m.get(f"HistoFile{s}", file), m.get(f"HistoPath{s}", path))
                for s in ("Low", "High")
            ]
            made.AddHistoSys(name, *sides[0], *sides[1])
        elif m.tag == "ShapeSys":
            kind = m.get("ConstraintType", "Gaussian")
            kinds = hf.Constraint
            made.AddShapeSys(
                name,
                kinds.Poisson if kind.startswith("Pois") else kinds.Gaussian,
                m.get("HistoName"),
                m.get("InputFile", file),
                m.get("HistoPath", path),
            )
        elif m.tag == "ShapeFactor":
            factor = hf.ShapeFactor()
            factor.SetName(name)
            if m.get("HistoName"):
                factor.SetHistoName(m.get("HistoName"))
                factor.SetHistoPath(m.get("HistoPath", path))
                factor.SetInputFile(m.get("InputFile", file))
            factor.SetConstant(true(m.get("Const")))
            made.AddShapeFactor(factor)
        elif m.tag == "StatError" and true(m.get("Activate")):
            if m.get("HistoName"):
                made.ActivateStatError(
                    m.get("HistoName"), m.get("InputFile") or file, m.get("HistoPath") or path
                )
            else:
                made.ActivateStatError()
    return made


def evaluate(request: dict[str, Any]) -> dict[str, Any]:
    import ROOT

    os.chdir(request["root_dir"])
    measurement = measurements(request)
    workspace = ROOT.RooStats.HistFactory.HistoToWorkspaceFactoryFast.MakeCombinedModel(measurement)
    config = workspace.obj("ModelConfig")
    for name, value in request["set"].items():
        variable = workspace.var(name)
        variable.setRange(min(value, variable.getMin()), max(value, variable.getMax()))
        variable.setVal(value)
    pdf, data = config.GetPdf(), workspace.data("obsData")
    # Without the ranges of the global observables: they only cut the tails of the constraints. The
    # count of a gamma constraint is no continuous observable: its density is not normalised in it.
    observed = ROOT.RooArgSet()
    for variable in config.GetGlobalObservables():
        variable.removeRange()
        if not variable.GetName().startswith("nom_beta_"):
            observed.add(variable)
    command = ROOT.RooLinkedList()
    options = [
        ROOT.RooFit.Offset("none"),
        ROOT.RooFit.EvalBackend("cpu"),
        ROOT.RooFit.GlobalObservables(observed),
    ]
    for option in options:
        command.Add(option)
    nll = pdf.createNLL(data, command)
    variables = {p.GetName(): p for p in pdf.getParameters(data) if p.InheritsFrom("RooRealVar")}
    globs = {p.GetName() for p in config.GetGlobalObservables()}
    start = {name: p.getVal() for name, p in variables.items()}
    parameters = {
        name: [p.getVal(), p.getMin(), p.getMax(), bool(p.isConstant())]
        for name, p in variables.items()
        if name not in globs
    }
    values = []
    for point in request["points"]:
        for name, value in start.items():
            variables[name].setVal(point.get(name, value))
        values.append(nll.getVal())
    return {"nll": values, "parameters": parameters}


def main() -> None:
    jobs = json.load(sys.stdin)
    import ROOT

    ROOT.gErrorIgnoreLevel = ROOT.kFatal
    ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
    with open(sys.argv[1], "w", encoding="utf-8") as stream:
        for name, request in jobs.items():
            print(f"job {name}", flush=True)
            stream.write(json.dumps([name, evaluate(request)]) + "\n")
            stream.flush()
    sys.stdout.flush()
    os._exit(0)  # ROOT's teardown of what Python holds can crash; the answers are there


if __name__ == "__main__":
    main()
