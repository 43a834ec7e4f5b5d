"""Workspaces of RooFit: histograms and binned data."""

from __future__ import annotations

import ROOT
from cases import CASES, Made, case, factory, generate, histogram, put

__all__ = ["CASES"]

SHAPE = [4.0, 9.0, 14.0, 8.0, 6.0, 3.0, 2.0, 1.5]


def histogram_models(order: int) -> Made:
    workspace = factory("x[0,8]", "f[0.6,0.1,0.9]", "s[2,1,4]", "Uniform::u(x)")
    workspace["x"].setBins(8)
    data = histogram(workspace["x"], SHAPE)
    variables = ROOT.RooArgSet(workspace["x"])
    put(workspace, ROOT.RooHistPdf("h_pdf", "h_pdf", variables, data, order))
    put(workspace, ROOT.RooHistFunc("h_func", "h_func", variables, data, order))
    workspace.factory("SUM::p(f*h_pdf,u)")
    if order:
        workspace.factory("EXPR::q('s+h_func',s,h_func)")
    else:  # a step function, which ROOT's numerical integrals are not made for
        workspace.factory("expr::line('1+x',x)")
        functions = ROOT.RooArgList(workspace.function("h_func"), workspace.function("line"))
        both = ROOT.RooArgList(workspace["s"], workspace["f"])
        put(workspace, ROOT.RooRealSumPdf("q", "q", functions, both, False))
    generate(workspace, "u", "x", 40)
    return workspace, [("p", "data"), ("q", "data")]


@case
def histogram_order_0() -> Made:
    return histogram_models(0)


@case
def histogram_order_1() -> Made:
    return histogram_models(1)


@case
def histogram_order_2() -> Made:
    return histogram_models(2)


@case
def histogram_2d() -> Made:
    """Two axes, one with bins of different width."""
    workspace = factory("x[0,4]", "y[0,10]", "f[0.6,0.1,0.9]", "Uniform::u({x,y})")
    workspace["x"].setBins(4)
    edges = ROOT.std.vector["double"]([0.0, 1.0, 4.0, 10.0])
    workspace["y"].setBinning(ROOT.RooBinning(3, edges.data()))
    variables = ROOT.RooArgSet(workspace["x"], workspace["y"])
    data = ROOT.RooDataHist("h", "h", variables)
    for i in range(12):
        data.set(i, 1.0 + (7 * i) % 5, 1.0)
    put(workspace, ROOT.RooHistPdf("h_pdf", "h_pdf", variables, data, 0))
    workspace.factory("SUM::p(f*h_pdf,u)")
    generate(workspace, "u", "x,y", 40)
    return workspace, [("p", "data")]


@case
def binned_data() -> Made:
    """A RooDataHist with continuous densities, extended and not, and with the bin average."""
    workspace = factory(
        "x[0,10]",
        "Exponential::e(x,c[-0.3,-1,0])",
        "Gaussian::g(x,m[4,3,5],s[1,0.5,2])",
        "SUM::p(ns[40,10,80]*g,nb[60,30,120]*e)",
        "SUM::f(frac[0.4,0.1,0.9]*g,e)",
    )
    workspace["x"].setBins(12)
    data = workspace.pdf("p").generateBinned(ROOT.RooArgSet(workspace["x"]), 100)
    data.SetName("data")
    put(workspace, data)
    put(workspace, ROOT.RooBinSamplingPdf("b", "b", workspace["x"], workspace.pdf("f"), 1e-12))
    return workspace, [("p", "data"), ("f", "data"), ("b", "data")]
