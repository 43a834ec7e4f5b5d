"""Workspaces of RooFit: functions."""

from __future__ import annotations

import ROOT
from cases import CASES, TWO, Made, case, factory, generate, histogram, put, several

__all__ = ["CASES"]


@case
def functions() -> Made:
    """Sums, products, polynomials, powers, formulas of parameters and observables."""
    return several(
        "x[0,10]",
        "a[1,0.5,2]",
        "b[0.5,0.2,1]",
        "expr::form('a*a+@1',a,b)",
        "prod::times(a,b,2.0)",
        "sum::plus(a,b,3.0)",
        "PolyVar::poly(x,{a,b,0.1})",
        "PolyVar::higher(x,{b,0.1},1)",
        "LinearVar::linear(a,b,2.0)",
        "Gaussian::g1(x,plus,form)",
        "Gaussian::g2(x,linear,times)",
        "EXPR::g3('poly*higher+1',poly,higher)",
        "expr::logic('b>0.1 && a<1.5 ? a*x : b',x,a,b)",
        "EXPR::g4('1+logic',logic)",
        pdfs="g1,g2,g3,g4",
        events=30,
    )


@case
def linear_variable() -> Made:
    """RooLinearVar as the argument of a density, and RooRecursiveFraction, RooPower."""
    workspace = factory(
        *TWO,
        "r1[0.3,0.1,0.8]",
        "r2[0.5,0.1,0.8]",
        "a[2,1,3]",
    )
    fractions = ROOT.RooArgList(workspace["r1"], workspace["r2"])
    put(workspace, ROOT.RooRecursiveFraction("rf", "rf", fractions))
    line = ROOT.RooLinearVar(
        "line", "line", workspace["x"], workspace["a"], ROOT.RooFit.RooConst(1)
    )
    put(workspace, line, ROOT.RooFit.RecycleConflictNodes())
    workspace.factory("Gaussian::gl(line,10,3.0)")
    workspace.factory("SUM::p(rf*gl,u)")
    generate(workspace, "u", "x", 40)
    return workspace, [("p", "data")]


@case
def integral() -> Made:
    """Integrals and projections of densities."""
    workspace = factory(
        "expr::mean('a+b*y',a[0.5,-1,2],b[0.7,0.2,1.2],y[-2,2])",
        "Gaussian::gx(x[-5,5],mean,s[1,0.5,2])",
        "Gaussian::gy(y,my[0.5,-1,1],2)",
        "EXPR::xy('exp(-0.5*pow((x-mean)/s,2))*(1+my*my*y*y)',x,y,mean,s,my)",
    )
    observables = ROOT.RooArgSet(workspace["y"])
    projected = workspace.pdf("xy").createProjection(observables)
    projected.SetName("p")
    put(workspace, projected)
    workspace["y"].setRange("part", -1, 1)
    part = workspace.pdf("gy").createIntegral(observables, ROOT.RooFit.Range("part"))
    part.SetName("inside")
    put(workspace, part)
    workspace.factory("Gaussian::q(x,inside,s)")
    generate(workspace, "p", "x", 30)
    return workspace, [("p", "data"), ("q", "data")]


@case
def spline() -> Made:
    """RooSpline of third and fifth order."""
    workspace = factory("x[0,5]", "a[1,0.5,2]")
    knots = ROOT.std.vector["double"]([0.0, 1.0, 2.0, 3.5, 5.0])
    heights = ROOT.std.vector["double"]([1.0, 2.0, 1.5, 0.8, 1.2])
    for name, order in (("s3", 3), ("s5", 5)):
        made = ROOT.RooSpline(name, name, workspace["x"], knots, heights, order, False, False)
        put(workspace, made)
    workspace.factory("EXPR::p('a+s3',a,s3)")
    workspace.factory("EXPR::q('a+s5',a,s5)")
    workspace.factory("Uniform::u(x)")
    generate(workspace, "u", "x", 40)
    return workspace, [("p", "data"), ("q", "data")]


@case
def moment_morph() -> Made:
    """Linear and non-linear morphing between two and three shapes."""
    workspace = factory("x[0,20]", "alpha[0.4,0.1,0.9]", "beta[0.7,0.1,1.9]")
    for i, (mean, width) in enumerate(((5, 1.5), (9, 2), (14, 1))):
        workspace.factory(f"Gaussian::g{i}(x,{mean},{width})")
    variables = ROOT.RooArgList(workspace["x"])
    two = ROOT.RooArgList(*(workspace.pdf(f"g{i}") for i in range(2)))
    three = ROOT.RooArgList(*(workspace.pdf(f"g{i}") for i in range(3)))
    linear, non_linear = ROOT.RooMomentMorph.Linear, ROOT.RooMomentMorph.NonLinear
    at2, at3 = ROOT.TVectorD(2), ROOT.TVectorD(3)
    at2[1], at3[1], at3[2] = 1.0, 1.0, 2.0
    for name, parameter, shapes, at, setting in (
        ("p", "alpha", two, at2, linear),
        ("q", "beta", three, at3, non_linear),
    ):
        made = ROOT.RooMomentMorph(name, name, workspace[parameter], variables, shapes, at, setting)
        made.useHorizontalMorphing(name == "p")
        put(workspace, made)
    generate(workspace, "g1", "x", 30)
    return workspace, [("p", "data"), ("q", "data")]


@case
def interpolation() -> Made:
    """FlexibleInterpVar and PiecewiseInterpolation outside of HistFactory, several codes."""
    workspace = factory("x[0,3]", "a[0.3,-2,2]", "b[-0.2,-2,2]", "n[30,10,60]")
    workspace["x"].setBins(3)
    vector = ROOT.std.vector["double"]
    parameters = ROOT.RooArgList(workspace["a"], workspace["b"])
    names = ROOT.RooStats.HistFactory
    codes = ROOT.std.vector["int"]([4, 1])
    lows, highs = vector([0.9, 0.8]), vector([1.2, 1.1])
    flexible = names.FlexibleInterpVar("norm", "norm", parameters, 1.0, lows, highs, codes)
    put(workspace, flexible)
    shapes = {"nom": [5, 4, 3], "l0": [4, 4, 4], "h0": [6, 5, 2], "l1": [5, 3, 3], "h1": [7, 4, 2]}
    variables = ROOT.RooArgSet(workspace["x"])
    hists, kept = {}, []
    for name, contents in shapes.items():
        data = histogram(workspace["x"], [float(c) for c in contents])
        data.SetName(f"data_{name}")
        kept.append(data)  # ROOT does not
        hists[name] = ROOT.RooHistFunc(name, name, variables, data)
    low, high = ROOT.RooArgList(hists["l0"], hists["l1"]), ROOT.RooArgList(hists["h0"], hists["h1"])
    piecewise = ROOT.PiecewiseInterpolation("shape", "shape", hists["nom"], low, high, parameters)
    piecewise.setPositiveDefinite(True)
    piecewise.setAllInterpCodes(4)
    put(workspace, piecewise)
    workspace.factory("prod::yield(norm,n)")
    functions = ROOT.RooArgList(workspace.function("shape"))
    yields = ROOT.RooArgList(workspace.function("yield"))
    put(workspace, ROOT.RooRealSumPdf("p", "p", functions, yields, True))
    workspace.factory("Uniform::u(x)")
    generate(workspace, "u", "x", 40)
    return workspace, [("p", "data")]


@case
def step_function() -> Made:
    """ParamHistFunc: one parameter per bin."""
    workspace = factory("x[0,3]", "g0[1,0.5,2]", "g1[1.5,0.5,2]", "g2[0.8,0.5,2]", "Uniform::u(x)")
    workspace["x"].setBins(3)
    parameters = ROOT.RooArgList(*(workspace[f"g{i}"] for i in range(3)))
    variables = ROOT.RooArgList(workspace["x"])
    put(workspace, ROOT.ParamHistFunc("steps", "steps", variables, parameters))
    workspace.factory("expr::line('1+x',x)")
    functions = ROOT.RooArgList(workspace.function("steps"), workspace.function("line"))
    coefficients = ROOT.RooArgList(ROOT.RooFit.RooConst(1.5), ROOT.RooFit.RooConst(0.3))
    put(workspace, ROOT.RooRealSumPdf("p", "p", functions, coefficients, False))
    generate(workspace, "u", "x", 40)
    return workspace, [("p", "data")]
