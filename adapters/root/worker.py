"""What runs inside the child process, with ROOT and the standard library alone.

Started by `hs3.adapters.root.process` as a script: reads ``request.json`` in the working directory
and writes ``answer.json``. The interpreter need not be the one that runs this package.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from typing import Any


class Refused(Exception):
    """ROOT cannot do what was asked for; the text says what."""


def _root() -> Any:
    import ROOT

    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.ERROR)
    ROOT.RooMsgService.instance().setSilentMode(True)
    return ROOT


def _workspace(request: dict[str, Any]) -> Any:
    """The workspace in a ROOT file, or what ROOT makes of an HS3 document."""
    root = _root()
    if "document" in request:
        workspace = root.RooWorkspace(request.get("name", "workspace"))
        tool = root.RooJSONFactoryWSTool(workspace)
        tool.importJSON(request["document"])
        return workspace
    file = root.TFile.Open(request["file"], "READ")
    if not file or file.IsZombie():
        raise Refused(f"ROOT cannot open {request['file']}")
    names = [k.GetName() for k in file.GetListOfKeys() if k.GetClassName() == "RooWorkspace"]
    wanted = request.get("workspace") or (names[0] if names else None)
    if wanted not in names:
        raise Refused(f"no workspace {wanted!r} in {request['file']}; there are {names}")
    workspace = file.Get(wanted)
    workspace._file = file  # keeps it open
    return workspace


def _model_config(workspace: Any, name: str | None) -> Any:
    root = _root()
    found = [o for o in workspace.allGenericObjects() if isinstance(o, root.RooStats.ModelConfig)]
    chosen = [m for m in found if name is None or m.GetName() == name]
    if not chosen:
        raise Refused(f"no ModelConfig {name!r}; there are {[m.GetName() for m in found]}")
    return chosen[0]


def _likelihood(workspace: Any, request: dict[str, Any]) -> tuple[Any, Any]:
    """The negative log-likelihood and its pdf."""
    fit = _root().RooFit
    options = [fit.Offset("none"), fit.EvalBackend(request.get("backend", "cpu"))]
    if request.get("pdf"):
        pdf = workspace.pdf(request["pdf"])
        observed = _root().RooArgSet(*(workspace.arg(n) for n in request.get("globals", ())))
        if observed.size():
            options.append(fit.GlobalObservables(observed))
    else:
        config = _model_config(workspace, request.get("model_config"))
        pdf = config.GetPdf()
        observed = config.GetGlobalObservables()
        if request.get("observed_fixed", True) and observed and observed.size():
            options.append(fit.GlobalObservables(config.GetGlobalObservables()))
        if config.GetExternalConstraints() and config.GetExternalConstraints().size():
            options.append(fit.ExternalConstraints(config.GetExternalConstraints()))
        if config.GetConditionalObservables() and config.GetConditionalObservables().size():
            options.append(fit.ConditionalObservables(config.GetConditionalObservables()))
    if not pdf:
        raise Refused(f"no pdf {request.get('pdf')!r} in the workspace")
    data = workspace.data(request["data"])
    if not data:
        names = [d.GetName() for d in workspace.allData()]
        raise Refused(f"no data {request['data']!r} in the workspace; there are {names}")
    command = _root().RooLinkedList()
    for option in options:
        command.Add(option)
    return pdf.createNLL(data, command), pdf


def nll(request: dict[str, Any]) -> dict[str, Any]:
    """-log L at each point; parameters that a point leaves out keep their value of the document."""
    workspace = _workspace(request)
    likelihood, pdf = _likelihood(workspace, request)
    data = workspace.data(request["data"])
    variables = pdf.getParameters(data)
    parameters = {
        p.GetName(): {
            "value": p.getVal(),
            "min": p.getMin(),
            "max": p.getMax(),
            "const": bool(p.isConstant()),
        }
        for p in variables
        if p.InheritsFrom("RooRealVar")
    }
    values = []
    for point in request["points"]:
        unknown = sorted(set(point) - set(parameters))
        if unknown and not request.get("lenient"):
            raise Refused(f"the model does not depend on {unknown[:5]}")
        for name, parameter in parameters.items():
            variables[name].setVal(point.get(name, parameter["value"]))
        values.append(likelihood.getVal())
    return {"nll": values, "parameters": parameters, "pdf": pdf.GetName()}


def several(request: dict[str, Any]) -> dict[str, Any]:
    """The task `nll` for each of several requests, in one process."""
    return {"results": [nll(one) for one in request["requests"]]}


def describe(request: dict[str, Any]) -> dict[str, Any]:
    """What is in a workspace: data, snapshots, ModelConfigs with their sets."""
    root = _root()
    workspace = _workspace(request)
    configs = {}
    for config in workspace.allGenericObjects():
        if isinstance(config, root.RooStats.ModelConfig):
            sets = {
                "parameters_of_interest": config.GetParametersOfInterest(),
                "nuisance_parameters": config.GetNuisanceParameters(),
                "global_observables": config.GetGlobalObservables(),
                "observables": config.GetObservables(),
                "external_constraints": config.GetExternalConstraints(),
            }
            configs[config.GetName()] = {
                "pdf": config.GetPdf().GetName(),
                "class": config.GetPdf().ClassName(),
                **{k: sorted(a.GetName() for a in s) if s else [] for k, s in sets.items()},
            }
    return {
        "name": workspace.GetName(),
        "model_configs": configs,
        "data": [d.GetName() for d in workspace.allData()],
        "pdfs": [p.GetName() for p in workspace.allPdfs()],
        "snapshots": {s.GetName(): {v.GetName(): v.getVal() for v in s if hasattr(v, "getVal")}
                      for s in workspace.getSnapshots()},
        "variables": {v.GetName(): [v.getVal(), v.getMin(), v.getMax(), bool(v.isConstant())]
                      for v in workspace.allVars()},
    }  # fmt: skip


def write(request: dict[str, Any]) -> dict[str, Any]:
    """Import an HS3 document and write the workspace to a ROOT file."""
    workspace = _workspace(request)
    workspace.writeToFile(request["output"])
    if not os.path.isfile(request["output"]):
        raise Refused(f"ROOT cannot write {request['output']}")
    return {"version": _root().gROOT.GetVersion()}


def export(request: dict[str, Any]) -> dict[str, Any]:
    """The HS3 JSON that ROOT itself makes of a workspace."""
    workspace = _workspace(request)
    _root().RooJSONFactoryWSTool(workspace).exportJSON(request["output"])
    return {"version": _root().gROOT.GetVersion()}


def version(request: dict[str, Any]) -> dict[str, Any]:
    """The version of ROOT."""
    return {"version": _root().gROOT.GetVersion()}


TASKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    task.__name__: task for task in (nll, several, describe, write, export, version)
}


def _plain(value: Any) -> Any:
    """Numbers that JSON does not have, as text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return str(value) if type(value) not in (str, int, float, bool, type(None)) else value


def main() -> None:
    """Carry out ``request.json``; the answer holds either a result or an error."""
    with open("request.json", encoding="utf-8") as stream:
        request = json.load(stream)
    try:
        answer = {"result": _plain(TASKS[request["task"]](request))}
    except ImportError as error:
        answer = {"missing": str(error)}
    except Exception as error:  # C++ exceptions arrive as Exception subclasses of many kinds
        answer = {"error": str(error) or repr(error), "kind": type(error).__name__}
    with open("answer.tmp", "w", encoding="utf-8") as stream:
        json.dump(answer, stream, allow_nan=False)
    os.replace("answer.tmp", "answer.json")
    sys.stdout.flush()
    os._exit(0)  # ROOT's teardown of what Python still holds can crash; the answer is there


if __name__ == "__main__":
    main()
