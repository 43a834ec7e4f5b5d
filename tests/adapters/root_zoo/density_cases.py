"""Workspaces of RooFit: densities of one piece."""

from __future__ import annotations

import ROOT
from cases import CASES, Made, case, factory, generate, put, several, single

__all__ = ["CASES"]


@case
def gaussian() -> Made:
    """Units, a named range, snapshots, attributes, a constant, a variable without a range."""
    workspace, models = single("g", "Gaussian::g(x[-5,10],mean[1,-1,3],sigma[2,0.5,4])")
    workspace["x"].setUnit("GeV")
    workspace["x"].setRange("signal", -1, 3)
    workspace["x"].setBins(30)
    workspace["mean"].setError(0.25)
    workspace["mean"].setAttribute("MyTag")
    workspace["mean"].setStringAttribute("origin", "zoo")
    workspace.factory("free[3.5]")
    workspace["free"].removeRange()
    parameters = ROOT.RooArgSet(workspace["mean"], workspace["sigma"])
    workspace.saveSnapshot("nominal", parameters, True)
    workspace["sigma"].setConstant(True)
    workspace["mean"].setVal(1.5)
    workspace.saveSnapshot("moved", parameters, True)
    workspace["mean"].setVal(1.0)
    return workspace, models


@case
def exponential() -> Made:
    """Both sign conventions of the slope."""
    workspace, models = single("e", "Exponential::e(x[0,10],c[-0.4,-2,0.5])", events=50)
    flipped = ROOT.RooExponential("n", "n", workspace["x"], workspace["c"], True)
    put(workspace, flipped)
    return workspace, [*models, ("n", "data")]


@case
def breit_wigner() -> Made:
    return single("p", "BreitWigner::p(x[60,120],mean[91,85,95],width[2.5,1,5])")


@case
def voigtian() -> Made:
    return single("p", "Voigtian::p(x[60,120],mean[91,85,95],width[2.5,1,5],sigma[1.5,0.5,4])")


@case
def novosibirsk() -> Made:
    return single("p", "Novosibirsk::p(x[0,10],peak[4,3,5],width[1,0.5,2],tail[-0.2,-0.4,0.3])")


@case
def johnson() -> Made:
    return several(
        "Johnson::p(x[0,10],mu[5,4,6],lambda[1.5,0.7,3],gamma[0.3,-1,1],delta[1.2,0.6,3])",
        "Johnson::q(x,mu,lambda,gamma,delta,2.5)",
        pdfs="p,q",
    )


@case
def cms_shape() -> Made:
    """The efficiency turn-on times exponential of tag-and-probe fits, as a formula."""
    expression = "TMath::Erfc((alpha-x)*beta)*exp(-(x-peak)*gamma)"
    return single(
        "p",
        "alpha[60,50,75]",
        "beta[0.05,0.02,0.1]",
        "gamma[0.05,0.01,0.1]",
        "peak[90]",
        f"EXPR::p('{expression}',x[50,130],alpha,beta,gamma,peak)",
    )


@case
def generic() -> Made:
    """Formulas with names, ordinals and functions of TMath."""
    return several(
        "a[1,0.5,2]",
        "b[0.2,-0.5,0.8]",
        "EXPR::named('1+b*sin(a*x)',x[0,10],a,b)",
        "EXPR::ordinal('exp(-0.5*pow((@0-5*@1)/2,2))',x,a)",
        "EXPR::bracket('1.5 + x[0]*x[0]*x[1]',b,x)",
        "EXPR::tmath('TMath::Gaus(x,5*a,2)+TMath::Max(b,0.1)+(a>1.2 ? 0.5 : 0.25)',x,a,b)",
        pdfs="named,ordinal,bracket,tmath",
        events=30,
    )


@case
def keys() -> Made:
    """A kernel estimate of a sample, mirrored and not."""
    workspace = factory("Gaussian::g(x[0,10],4,1.5)", "f[0.4,0,1]", "Uniform::u(x)")
    sample = generate(workspace, "g", "x", 80, "sample")
    for name, mirror in (("k", ROOT.RooKeysPdf.NoMirror), ("m", ROOT.RooKeysPdf.MirrorBoth)):
        put(workspace, ROOT.RooKeysPdf(name, name, workspace["x"], sample, mirror, 1.2))
    workspace.factory("SUM::p(f*k,u)")
    workspace.factory("SUM::q(f*m,u)")
    generate(workspace, "g", "x", 30)
    return workspace, [("p", "data"), ("q", "data")]


@case
def polynomials() -> Made:
    """Bernstein, Chebychev, and a polynomial from the first order on (leading 1 implied)."""
    return several(
        "x[1,5]",
        "a0[0.6,0.2,1.5]",
        "a1[0.3,-0.2,0.6]",
        "a2[0.15,-0.1,0.3]",
        "Bernstein::bernstein(x,{a0,1.0,a0,2.0})",
        "Chebychev::chebychev(x,{a1,a2})",
        "Polynomial::first(x,{a1,a2})",
        "Polynomial::zeroth(x,{a0,a1,a2},0)",
        "Polynomial::flat(x)",
        pdfs="bernstein,chebychev,first,zeroth,flat",
    )


@case
def crystal_ball() -> Made:
    """RooCBShape with the tail on either side, RooCrystalBall with two widths, two tails, one."""
    return several(
        "x[-10,10]",
        "m[0.5,-1,1]",
        "s[1.2,0.7,2]",
        "sR[1.6,0.7,2.5]",
        "a[1.3,0.8,2]",
        "n[2.5,1.5,5]",
        "neg[-1.2,-2,-0.7]",
        "CBShape::left(x,m,s,a,n)",
        "CBShape::right(x,m,s,neg,n)",
        "CrystalBall::full(x,m,s,sR,a,n,a,3.0)",
        "CrystalBall::same(x,m,s,a,n,1.1,n)",
        "CrystalBall::one(x,m,s,a,n)",
        "CrystalBall::both(x,m,s,a,n,true)",
        pdfs="left,right,full,same,one,both",
        events=30,
    )


@case
def argus() -> Made:
    return several(
        "ArgusBG::p(m[5.2,5.29],5.291,c[-20,-40,-5])",
        "ArgusBG::q(m,m0[5.295,5.292,5.299],c,pow[0.7,0.4,1.2])",
        pdfs="p,q",
        x="m",
    )


@case
def landau() -> Made:
    return single("p", "Landau::p(x[0,30],mean[8,5,12],sigma[1.5,0.8,3])")


@case
def gamma() -> Made:
    return single("p", "Gamma::p(x[0.1,20],g[3,1.5,5],b[1.5,0.8,3],mu[-0.5,-2,0])")


@case
def lognormal() -> Made:
    workspace, models = single("p", "Lognormal::p(x[0.1,20],m0[3,2,5],k[1.8,1.3,2.5])")
    workspace.factory("mu[1.1,0.5,1.6]")
    workspace.factory("s[0.5,0.3,0.9]")
    put(
        workspace,
        ROOT.RooLognormal("q", "q", workspace["x"], workspace["mu"], workspace["s"], True),
    )
    return workspace, [*models, ("q", "data")]


@case
def poisson() -> Made:
    """Integer and continued."""
    workspace, models = single("p", "Poisson::p(n[0,30],mean[7,3,12])", x="n", events=20)
    workspace.factory("Poisson::c(n,mean,true)")
    return workspace, [*models, ("c", "data")]


@case
def bifur_gauss() -> Made:
    return single("p", "BifurGauss::p(x[0,10],m[4,3,5],l[1,0.5,2],r[2,1,4])")


@case
def multivariate_gaussian() -> Made:
    workspace = factory("x[-10,11]", "y[-14,16]", "mx[0.5,-1,1]", "my[1,0,2]")
    covariance = ROOT.TMatrixDSym(2)
    covariance[0, 0], covariance[1, 1], covariance[0, 1], covariance[1, 0] = 1.0, 2.0, 0.6, 0.6
    variables = ROOT.RooArgList(workspace["x"], workspace["y"])
    means = ROOT.RooArgList(workspace["mx"], workspace["my"])
    put(workspace, ROOT.RooMultiVarGaussian("p", "p", variables, means, covariance))
    generate(workspace, "p", "x,y", 50)
    return workspace, [("p", "data")]


@case
def exponents() -> Made:
    """Exponential of a polynomial, a power sum, and a uniform density in two variables."""
    return several(
        "x[0.5,5]",
        "a[0.3,-0.5,0.8]",
        "b[-0.15,-0.4,0.1]",
        "LegacyExpPoly::exppoly(x,{a,b})",
        "PowerSum::power(x,{1.0,2.0},{a,b})",
        "Uniform::uniform({x})",
        pdfs="exppoly,power,uniform",
    )


@case
def rare() -> Made:
    """Chi-square, background of D* - D0, a ratio, a derivative."""
    workspace, models = several(
        "x[0.5,10]",
        "n[3,2.5,5]",
        "ChiSquarePdf::chi2(x,n)",
        "d[0.145,0.17]",
        "DstD0BG::dst(d,0.139,C[0.01,0.005,0.02],A[0.5,0.2,1],B[1.5,1,3])",
        "a[4,3,6]",
        "Gaussian::g(x,a,2)",
        pdfs="chi2",
    )
    generate(workspace, "dst", "d", 30, "data_dst")
    put(workspace, ROOT.RooRatio("ratio", "ratio", workspace["a"], workspace["n"]))
    workspace.factory("Gaussian::with_ratio(x,a,ratio)")
    slope = workspace.pdf("g").derivative(workspace["x"], 1, 0.001)
    slope.SetName("slope")
    put(workspace, slope)
    return workspace, [*models, ("dst", "data_dst"), ("with_ratio", "data_chi2")]
