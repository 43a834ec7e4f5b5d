"""Make small ROOT files that try the reader's corners, and what ROOT says of them.

Run with a Python that has ROOT (6.40), in this folder: ``python make_root_files.py``. Each case
writes ``NAME.root``; ``said.json`` holds what ROOT reads back from all of them.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from pathlib import Path

import describe
import ROOT
from ROOT import RooFit as RF

HERE = Path(__file__).resolve().parent


def write(name: str, *objects: ROOT.TObject, compression: int = 505) -> None:
    file = ROOT.TFile(str(HERE / f"{name}.root"), "RECREATE", "", compression)
    for obj in objects:
        file.cd()
        obj.Write()
    file.Close()


def ranges() -> None:
    """Binnings, ranges, errors, attributes, names."""
    w = ROOT.RooWorkspace("ranges", "Bereiche µ → ∞")
    open_ended = ROOT.RooRealVar("free", "no range", 1.5)
    half = ROOT.RooRealVar("half", "half a range", 2.5, 0.0, 1.0)
    half.setMax(float("inf"))
    edges = ROOT.RooRealVar("edges", "unequal bins", 3.0, 0.0, 10.0, "GeV")
    edges.setBinning(ROOT.RooBinning(3, array("d", [0.0, 1.0, 4.0, 10.0])))
    named = ROOT.RooRealVar("named", "named ranges", 3.0, 0.0, 10.0)
    named.setBins(7)
    named.setRange("signal", 2.0, 4.0)
    named.setRange("left", 0.0, 2.0)
    named.setBins(5, "cache")
    named.setBinning(ROOT.RooBinning(2, array("d", [0.0, 3.0, 10.0])), "unequal")
    low = ROOT.RooRealVar("low", "lower bound", 1.0, 0.0, 2.0)
    high = ROOT.RooFormulaVar("high", "4 + @0", ROOT.RooArgList(low))
    moving = ROOT.RooRealVar("moving", "bounds that are functions", 3.0, 0.0, 10.0)
    moving.setRange(low, high)
    moving.setRange("window", low, high)
    errors = ROOT.RooRealVar("errors", "errors", 1.0, -5.0, 5.0)
    errors.setError(0.25)
    errors.setAsymError(-0.125, 0.375)
    errors.setConstant(True)
    errors.setAttribute("MyFlag")
    errors.setStringAttribute("key", "value with ümlaut")
    long_name = ROOT.RooRealVar("n" * 300, "t" * 1000, 0.1, 0.0, 0.3)
    cat = ROOT.RooCategory("cat", "a category")
    for label, index in (("zeta", 4), ("alpha", -2), ("mid", 0)):
        cat.defineType(label, index)
    cat.setRange("some", "zeta,mid")
    cat.setLabel("alpha")
    constant = ROOT.RooConstVar("c", "a constant", 1e-300)
    for node in (open_ended, half, edges, named, moving, errors, long_name, cat, constant):
        w.Import(node)
    w.defineSet("both", "named,edges")
    w.defineSet("none", "")
    w.saveSnapshot("before", "named,errors")
    w["errors"].setVal(2.0)
    w.saveSnapshot("after", "errors")
    write("ranges", w)


def filled(store: str) -> ROOT.RooWorkspace:
    """Weighted and plain data, with categories, in one kind of store."""
    kind = ROOT.RooAbsData.Tree if store == "tree" else ROOT.RooAbsData.Vector
    ROOT.RooAbsData.setDefaultStorageType(kind)
    w = ROOT.RooWorkspace(store, f"data in a {store}")
    x = ROOT.RooRealVar("x", "x", 0.0, 10.0)
    y = ROOT.RooRealVar("y", "y", -100.0, 100.0)
    weight = ROOT.RooRealVar("weight", "weight", 1.0, -10.0, 10.0)
    cat = ROOT.RooCategory("cat", "cat", {"A": 3, "B": -1})
    values = ROOT.RooArgSet(x, y, cat)
    plain = ROOT.RooDataSet("plain", "plain data", values)
    weighted = ROOT.RooDataSet(
        "weighted", "with weights", ROOT.RooArgSet(values, ROOT.RooArgSet(weight)),
        RF.WeightVar(weight),
    )  # fmt: skip
    empty = ROOT.RooDataSet("empty", "empty", values)
    for i in range(4500 if store == "tree" else 20):
        x.setVal((i % 8) * 0.25)
        y.setVal(-i % 5)
        cat.setIndex(3 if i % 3 else -1)
        plain.add(values)
        if i < 10:
            weighted.add(values, 0.5 * i - 1)
    for data in (plain, weighted, empty):
        w.Import(data)
    return w


def stores() -> None:
    """Vector and tree stores in one file."""
    write("stores", filled("vector"), filled("tree"))
    ROOT.RooAbsData.setDefaultStorageType(ROOT.RooAbsData.Vector)


def errors_of_data() -> ROOT.RooWorkspace:
    """Stored errors, histograms of one and two dimensions, combined data, global observables."""
    w = ROOT.RooWorkspace("data", "data of many kinds")
    x = ROOT.RooRealVar("x", "x", 0.0, 4.0)
    x.setBins(4)
    y = ROOT.RooRealVar("y", "y", 0.0, 3.0)
    y.setBinning(ROOT.RooBinning(3, array("d", [0.0, 0.5, 1.0, 3.0])))
    cat = ROOT.RooCategory("cat", "cat", {"A": 1, "B": 5})
    weight = ROOT.RooRealVar("weight", "weight", 1.0, 0.0, 10.0)
    both = ROOT.RooArgSet(x, weight)
    symmetric = ROOT.RooDataSet(
        "symmetric", "", both, RF.WeightVar(weight), RF.StoreError(ROOT.RooArgSet(weight))
    )
    asymmetric = ROOT.RooDataSet(
        "asymmetric", "", both, RF.WeightVar(weight), RF.StoreAsymError(ROOT.RooArgSet(weight))
    )
    of_x = ROOT.RooDataSet("of_x", "", ROOT.RooArgSet(x), RF.StoreAsymError(ROOT.RooArgSet(x)))
    for i in range(4):
        x.setVal(i + 0.5)
        x.setAsymError(-0.1 * i, 0.2 * i)
        symmetric.add(ROOT.RooArgSet(x), 1.0 + i, 0.5 * i)
        asymmetric.add(ROOT.RooArgSet(x), 2.0 + i, -0.25 * i, 0.5 * i)
        of_x.add(ROOT.RooArgSet(x))
    plane = ROOT.RooDataHist("plane", "two axes and a category", ROOT.RooArgSet(x, y, cat))
    for i in range(plane.numEntries()):
        plane.set(i, 1.0 + i, 0.5)
    line = ROOT.RooDataHist("line", "one axis", ROOT.RooArgSet(x))
    for i in range(4):
        x.setVal(i + 0.5)
        line.set(ROOT.RooArgSet(x), 10.0 * i, 1.0, 2.0)
    parts = {"A": symmetric, "B": asymmetric}
    combined = ROOT.RooDataSet(
        "combined", "", ROOT.RooArgSet(x, weight), RF.Index(cat), RF.Import(parts),
        RF.WeightVar(weight),
    )  # fmt: skip
    linked = ROOT.RooDataSet(
        "linked", "", ROOT.RooArgSet(x, weight), RF.Index(cat), RF.Link(parts),
        RF.WeightVar(weight),
    )  # fmt: skip
    glob = ROOT.RooRealVar("glob", "a global observable", 0.75, -5.0, 5.0)
    glob.setConstant(True)
    of_x.setGlobalObservables(ROOT.RooArgSet(glob))
    for data in (symmetric, asymmetric, of_x, plane, line, combined, linked):
        w.Import(data)
    shape = ROOT.RooHistPdf("shape", "", ROOT.RooArgSet(x), line, 1)
    w.Import(shape, RF.Embedded())
    return w


def data() -> None:
    """See `errors_of_data`."""
    write("data", errors_of_data())


def small(name: str) -> ROOT.RooWorkspace:
    w = ROOT.RooWorkspace(name, f"workspace {name}")
    w.factory("Gaussian::g(x[-5,5],mean[0,-1,1],sigma[1,0.5,2])")
    w.defineSet("poi", "mean")
    return w


def many() -> None:
    """Several workspaces and cycles, a directory, other objects beside them."""
    first, second, inner = small("first"), small("second"), small("inner")
    config = ROOT.RooStats.ModelConfig("beside", first)
    config.SetPdf(first["g"])
    config.SetParametersOfInterest(ROOT.RooArgSet(first["mean"]))
    config.SetObservables(ROOT.RooArgSet(first["x"]))
    wrapped = ROOT.RooStats.ModelConfig("inside", second)
    wrapped.SetPdf(second["g"])
    wrapped.SetParametersOfInterest(ROOT.RooArgSet(second["mean"]))
    second.Import(wrapped)
    second.Import(ROOT.TNamed("note", "a generic object"), "note")
    file = ROOT.TFile(str(HERE / "many.root"), "RECREATE", "", 505)
    first.Write()
    first["mean"].setVal(0.5)
    first.Write()
    second.Write()
    config.Write()
    hist = ROOT.TH1D("hist", "a histogram", 3, array("d", [0.0, 1.0, 2.0, 4.0]))
    hist.Sumw2()
    for i in range(5):
        hist.SetBinContent(i, 1.5 * i)
        hist.SetBinError(i, 0.5 * i)
    hist.Write()
    ROOT.TObjString("a text").Write("text")
    matrix = ROOT.TMatrixDSym(3)
    for i in range(3):
        for j in range(3):
            matrix[i, j] = 10 * min(i, j) + max(i, j)
    matrix.Write("matrix")
    file.mkdir("folder").mkdir("below").cd()
    inner.Write()
    file.Close()


def compressed() -> None:
    """The same workspace by every algorithm."""
    for label, setting in (("none", 0), ("zlib", 101), ("lzma", 207), ("lz4", 404), ("zstd", 505)):
        write(f"compressed_{label}", small("w"), compression=setting)


def deep() -> None:
    """A chain of functions, each the server of the next: pointers that nest as deep."""
    w = ROOT.RooWorkspace("deep", "deep")
    w.factory("f0[1,0,2]")
    node = w["f0"]
    kept = []
    for i in range(1, 1500):
        node = ROOT.RooLinearVar(f"f{i}", "", node, RF.RooConst(1), RF.RooConst(0))
        kept.append(node)
    w.Import(ROOT.RooArgSet(node), RF.RecycleConflictNodes(), RF.Silence())
    write("deep", w, compression=209)


CASES: tuple[Callable[[], None], ...] = (ranges, stores, data, many, compressed, deep)


def main() -> None:
    """Make all files."""
    for case in CASES:
        print(case.__name__, flush=True)
        case()
    files = sorted(HERE.glob("*.root"))
    said = {path.name: describe.describe(str(path)) for path in files if path.stem != "deep"}
    (HERE / "said.json").write_text(
        json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
