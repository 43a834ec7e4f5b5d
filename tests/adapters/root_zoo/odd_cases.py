"""A workspace with what HS3 cannot say, or says in another way: for the findings."""

from __future__ import annotations

import ROOT
from cases import CASES, TWO, Made, case, configure, factory, generate, histogram, put

__all__ = ["CASES"]


@case
def oddities() -> Made:
    workspace = factory(
        *TWO,
        "SUM::p(f[0.4,0.1,0.9]*g,e)",
        "one[low=0,high=1]",
        "two[left=0,right=1]",
        "edge[8,6,10]",
        "y[0,10]",
        "w[1,0,10]",
    )
    generate(workspace, "p", "x", 20)
    _densities(workspace)
    _categories(workspace)
    _data(workspace)
    configure(workspace, "u", "y", "f")
    workspace.saveSnapshot("with_category", "f,one")
    put(workspace, ROOT.TNamed("note", "neither model nor data"), "note")
    return workspace, [("p", "data")]


def _densities(workspace: ROOT.RooWorkspace) -> None:
    """With members that HS3 has no key for."""
    workspace.factory("expr::line('1+x',x)")
    sums = ROOT.RooRealSumPdf(
        "floored",
        "floored",
        ROOT.RooArgList(workspace.function("line")),
        ROOT.RooArgList(workspace["f"]),
        True,
    )
    sums.setFloor(True)
    put(workspace, sums)
    convolved = ROOT.RooFFTConvPdf(
        "convolved", "convolved", workspace["x"], workspace.pdf("e"), workspace.pdf("g")
    )
    convolved.setBufferFraction(0.3)
    put(workspace, convolved)
    workspace["x"].setRange("part", 0, 5)
    workspace.factory("Chebychev::in_part(x,{f})")
    workspace.pdf("in_part").selectNormalizationRange("part", True)
    workspace["y"].setRange(ROOT.RooFit.RooConst(0.0), workspace["edge"])


def _categories(workspace: ROOT.RooWorkspace) -> None:
    """Categories that are functions, a formula with one, and a simultaneous density over two."""
    both = ROOT.RooSuperCategory("both", "both", ROOT.RooArgSet(workspace["one"], workspace["two"]))
    over = ROOT.RooSimultaneous("over_both", "over_both", both)
    over.addPdf(workspace.pdf("g"), "{low;left}")
    over.addPdf(workspace.pdf("e"), "{high;right}")
    put(workspace, over)
    workspace.factory("EXPR::by_state('1+(one==1)*x',x,one)")


def _data(workspace: ROOT.RooWorkspace) -> None:
    """Bins with errors of their own, and a column that nothing depends on."""
    workspace["x"].setBins(8)
    data = histogram(workspace["x"], [float(i + 1) for i in range(8)])
    for i in range(8):
        data.set(i, float(i + 1), 0.5)
    data.SetName("weighted_bins")
    put(workspace, data)
    columns = ROOT.RooArgSet(workspace["x"], workspace["edge"], workspace["w"])
    events = ROOT.RooDataSet("with_more", "with_more", columns)
    for i in range(5):
        workspace["x"].setVal(1.0 + i)
        events.add(columns)
    put(workspace, events)
