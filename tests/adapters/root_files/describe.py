"""What the real ROOT says of the workspaces in ROOT files, as JSON.

Run with a Python that has ROOT (6.40): ``python describe.py ANSWER.json FILE.root …``.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import ROOT

ROOT.gROOT.SetBatch(True)
ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)


def number(value: float) -> Any:
    """A float as JSON has it: infinities and NaN as texts."""
    return value if math.isfinite(value) else str(value)


def bound(value: float) -> Any:
    return number(math.copysign(math.inf, value) if abs(value) >= 1e30 else value)


def names(nodes: Any) -> list[str]:
    return [str(node.GetName()) for node in nodes] if nodes else []


def binning(of: Any) -> dict[str, Any]:
    low, high = float(of.lowBound()), float(of.highBound())
    count = int(of.numBins())
    finite = abs(low) < 1e30 and abs(high) < 1e30
    edges = [float(of.binLow(i)) for i in range(count)] + [float(of.binHigh(count - 1))]
    about = {"low": bound(low), "high": bound(high), "bins": count if finite else 0}
    return about | ({"edges": edges} if finite and count != 100 else {})


def variable(node: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"value": number(node.getVal()), "unit": str(node.getUnit())}
    about["constant"] = bool(node.isConstant())
    if not node.InheritsFrom("RooRealVar"):
        return about
    about["binning"] = binning(node.getBinning())
    about["error"] = number(node.getError()) if node.hasError() else None
    asymmetric = node.hasAsymError()
    about["asymmetric"] = [node.getAsymErrorLo(), node.getAsymErrorHi()] if asymmetric else None
    about["ranges"] = {
        str(name): binning(node.getBinning(name)) for name in node.getBinningNames() if str(name)
    }
    return about


def category(node: Any) -> dict[str, Any]:
    states = {str(label): int(index) for label, index in node}
    return {"states": states, "index": int(node.getCurrentIndex())}


def proxies(node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for i in range(node.numProxies()):
        proxy = node.getProxy(i)
        if not proxy:
            continue
        if isinstance(proxy, ROOT.RooArgProxy):
            found[str(proxy.name())] = str(proxy.absArg().GetName()) if proxy.absArg() else None
        elif isinstance(proxy, ROOT.RooAbsCollection):
            found[str(proxy.name())] = names(proxy)
    return found


def node(of: Any) -> dict[str, Any]:
    about: dict[str, Any] = {
        "class": str(of.ClassName()),
        "title": str(of.GetTitle()),
        "servers": names(of.servers()),
        "clients": names(of.clients()),
        "attributes": sorted(str(a) for a in of.attributes()),
        "strings": {str(k): str(v) for k, v in of.stringAttributes()},
        "proxies": proxies(of),
    }
    if of.InheritsFrom("RooRealVar") or of.InheritsFrom("RooConstVar"):
        about["variable"] = variable(of)
    if of.InheritsFrom("RooCategory"):
        about["category"] = category(of)
    return about


def dataset(data: Any) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {str(v.GetName()): [] for v in data.get()}
    weights = []
    for row in range(data.numEntries()):
        for v in data.get(row):
            is_category = v.InheritsFrom("RooAbsCategory")
            value = v.getCurrentIndex() if is_category else number(v.getVal())
            columns[str(v.GetName())].append(value)
        weights.append(data.weight())
    about: dict[str, Any] = {
        "class": str(data.ClassName()),
        "title": str(data.GetTitle()),
        "columns": columns,
        "weights": weights,
        "weighted": bool(data.isWeighted()),
        "sum": data.sumEntries(),
    }
    if data.InheritsFrom("RooDataHist"):
        bins = range(data.numEntries())
        about["volumes"] = [data.binVolume(i) for i in bins]
        about["squares"] = [data.weightSquared(i) for i in bins]
    return about


def config(model: Any) -> dict[str, Any]:
    pdf = model.GetPdf()
    return {
        "pdf": str(pdf.GetName()) if pdf else None,
        "fPOIName": names(model.GetParametersOfInterest()),
        "fNuisParamsName": names(model.GetNuisanceParameters()),
        "fGlobalObsName": names(model.GetGlobalObservables()),
        "fObservablesName": names(model.GetObservables()),
    }


def workspace(of: Any) -> dict[str, Any]:
    generic = {str(obj.GetName()): obj for obj in of.allGenericObjects()}
    return {
        "title": str(of.GetTitle()),
        "nodes": {str(n.GetName()): node(n) for n in of.components()},
        "datasets": {str(d.GetName()): dataset(d) for d in of.allData()},
        "embedded": {str(d.GetName()): dataset(d) for d in of.allEmbeddedData()},
        "snapshots": {
            str(s.GetName()): {
                str(v.GetName()): number(v.getVal()) for v in s if v.InheritsFrom("RooAbsReal")
            }
            for s in of.getSnapshots()
        },
        "sets": {str(name): names(of.set(str(name))) for name, _ in of.sets()},
        "configs": {
            name: config(obj)
            for name, obj in generic.items()
            if obj.InheritsFrom("RooStats::ModelConfig")
        },
    }


def describe(path: str) -> dict[str, Any]:
    """The workspaces of a file by name and cycle."""
    file = ROOT.TFile.Open(path)
    found = {}
    for key in file.GetListOfKeys():
        if str(key.GetClassName()) == "RooWorkspace":
            label = f"{key.GetName()};{key.GetCycle()}"
            found[label] = workspace(file.Get(label))
    file.Close()
    return found


def main(answer: str, *paths: str) -> None:
    """Describe the files."""
    with open(answer, "w", encoding="utf-8") as out:
        json.dump({path: describe(path) for path in paths}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
