"""Workspaces of RooFit: stores of data, simultaneous densities, configurations."""

from __future__ import annotations

from typing import Any

import ROOT
from cases import CASES, TWO, Made, case, configure, factory, put, single

__all__ = ["CASES"]


@case
def weighted() -> Made:
    """Weights, in a vector store and in a tree store."""
    workspace = factory(*TWO, "SUM::p(f[0.4,0.1,0.9]*g,e)", "w[1,-10,10]")
    plain = workspace.pdf("p").generate(ROOT.RooArgSet(workspace["x"]), 50)
    columns = ROOT.RooArgSet(workspace["x"], workspace["w"])
    models = []
    for name, kind in (("vector", ROOT.RooAbsData.Vector), ("tree", ROOT.RooAbsData.Tree)):
        ROOT.RooAbsData.setDefaultStorageType(kind)
        data = ROOT.RooDataSet(name, name, columns, ROOT.RooFit.WeightVar("w"))
        for i in range(plain.numEntries()):
            workspace["x"].setVal(plain.get(i).getRealValue("x"))
            data.add(columns, 0.5 + 0.125 * (i % 7) - (0.75 if i % 17 == 3 else 0.0))
        put(workspace, data)
        models.append(("p", name))
    ROOT.RooAbsData.setDefaultStorageType(ROOT.RooAbsData.Vector)
    return workspace, models


@case
def tree_store() -> Made:
    """Events with a category in a tree store."""
    workspace = factory(*TWO, "SUM::p(f[0.4,0.1,0.9]*g,e)", "tag[low=-1,high=3]")
    ROOT.RooAbsData.setDefaultStorageType(ROOT.RooAbsData.Tree)
    plain = workspace.pdf("p").generate(ROOT.RooArgSet(workspace["x"]), 40)
    columns = ROOT.RooArgSet(workspace["x"], workspace["tag"])
    data = ROOT.RooDataSet("data", "data", columns)
    for i in range(plain.numEntries()):
        workspace["x"].setVal(plain.get(i).getRealValue("x"))
        workspace["tag"].setIndex(3 if i % 3 else -1)
        data.add(columns)
    put(workspace, data)
    ROOT.RooAbsData.setDefaultStorageType(ROOT.RooAbsData.Vector)
    return workspace, [("p", "data")]


def channels(workspace: Any) -> None:
    """Two channels with a common signal strength, and their simultaneous pdf."""
    for line in (
        "mu[1,0,3]",
        "prod::nsa(mu,20.0)",
        "prod::nsb(mu,10.0)",
        "Gaussian::sa(x[0,10],m[4,3,5],1)",
        "Gaussian::sb(y[0,5],my[2,1,3],0.5)",
        "Exponential::ba(x,c[-0.3,-1,0])",
        "Exponential::bb(y,d[-0.6,-2,0])",
        "SUM::pa(nsa*sa,nba[30,10,60]*ba)",
        "SUM::pb(nsb*sb,nbb[40,10,80]*bb)",
        "SIMUL::sim(channel[a=0,b=1],a=pa,b=pb)",
    ):
        workspace.factory(line)


def joined(workspace: Any, link: bool = False) -> None:
    """The combined data of the two channels, copied or linked (composite store)."""
    parts = {}
    for state, pdf, x in (("a", "pa", "x"), ("b", "pb", "y")):
        parts[state] = workspace.pdf(pdf).generate(ROOT.RooArgSet(workspace[x]))
        parts[state].SetName(f"part_{state}")
    columns = ROOT.RooArgSet(workspace["x"], workspace["y"])
    category = workspace.cat("channel")
    how = ROOT.RooFit.Link if link else ROOT.RooFit.Import
    data = ROOT.RooDataSet(
        "data", "data", columns, ROOT.RooFit.Index(category), *(how(s, d) for s, d in parts.items())
    )
    put(workspace, data)


@case
def simultaneous() -> Made:
    workspace = factory()
    channels(workspace)
    joined(workspace)
    return workspace, [("sim", "data")]


@case
def simultaneous_linked() -> Made:
    """The same with a composite data store."""
    workspace = factory()
    channels(workspace)
    joined(workspace, link=True)
    return workspace, [("sim", "data")]


@case
def simultaneous_config() -> Made:
    """With constraints, one of them shared, a ModelConfig and snapshots."""
    workspace = factory()
    channels(workspace)
    for line in (
        "alpha[0,-4,4]",
        "alpha0[0,-5,5]",
        "Gaussian::c_alpha(alpha0,alpha,1)",
        "expr::ka('20*mu*(1+0.1*alpha)',mu,alpha)",
        "expr::kb('10*mu*pow(1.15,alpha)',mu,alpha)",
        "SUM::qa(ka*sa,nba*ba)",
        "SUM::qb(kb*sb,nbb*bb)",
        "PROD::fa(qa,c_alpha)",
        "PROD::fb(qb,c_alpha)",
        "SIMUL::model(channel,a=fa,b=fb)",
    ):
        workspace.factory(line)
    workspace["alpha0"].setConstant(True)
    joined(workspace)
    configure(workspace, "model", "x,y,channel", "mu", "alpha,m,my,c,d,nba,nbb", "alpha0")
    workspace.saveSnapshot("start", "mu,alpha")
    return workspace, [("ModelConfig", "data")]


@case
def simultaneous_binned() -> Made:
    """Combined binned data of two channels of the same observable."""
    workspace = factory(
        "Gaussian::g(x[0,10],m[4,3,5],1)",
        "Exponential::e(x,c[-0.3,-1,0])",
        "SUM::pa(na[30,10,60]*g,nb[50,20,90]*e)",
        "ExtendPdf::pb(e,nc[70,30,110])",
        "SIMUL::sim(channel[one=1,two=2],one=pa,two=pb)",
    )
    workspace["x"].setBins(10)
    variables = ROOT.RooArgSet(workspace["x"])
    parts = {
        s: workspace.pdf(p).generateBinned(variables) for s, p in (("one", "pa"), ("two", "pb"))
    }
    imports = [ROOT.RooFit.Import(s, d) for s, d in parts.items()]
    index = ROOT.RooFit.Index(workspace.cat("channel"))
    put(workspace, ROOT.RooDataHist("data", "data", ROOT.RooArgList(variables), index, *imports))
    return workspace, [("sim", "data")]


@case
def config_single() -> Made:
    """A ModelConfig whose pdf is not simultaneous."""
    workspace, _ = single("p", *TWO, "SUM::p(ns[20,5,40]*g,nb[30,10,60]*e)")
    workspace["s"].setConstant(True)
    configure(workspace, "p", "x", "ns", "nb,m,c")
    return workspace, [("ModelConfig", "data")]


@case
def per_event_error() -> Made:
    """A conditional observable: the resolution of each event."""
    workspace = factory("Gaussian::g(x[-5,5],m[0.5,-1,1],err)".replace("err", "err[1,0.5,2]"))
    columns = ROOT.RooArgSet(workspace["x"], workspace["err"])
    data = ROOT.RooDataSet("data", "data", columns)
    random = ROOT.TRandom3(7)
    for _ in range(40):
        workspace["err"].setVal(random.Uniform(0.6, 1.8))
        workspace["x"].setVal(random.Gaus(0.5, workspace["err"].getVal()))
        data.add(columns)
    put(workspace, data)
    config = configure(workspace, "g", "x,err", "m")
    config.SetConditionalObservables("err")
    workspace.genobj("ModelConfig").SetConditionalObservables("err")
    return workspace, [("ModelConfig", "data")]
