"""Workspaces of RooFit: densities made of others."""

from __future__ import annotations

import ROOT
from cases import CASES, TWO, Made, case, configure, factory, generate, put, several, single

__all__ = ["CASES"]


@case
def sum_extended() -> Made:
    return single("p", *TWO, "SUM::p(n1[20,5,40]*g,n2[30,10,60]*e,n3[10,2,30]*u)")


@case
def sum_fractions() -> Made:
    return single("p", *TWO, "SUM::p(f1[0.3,0.1,0.5]*g,f2[0.4,0.1,0.5]*e,u)")


@case
def sum_recursive() -> Made:
    return single("p", *TWO, "RSUM::p(f1[0.3,0.1,0.9]*g,f2[0.4,0.1,0.9]*e,u)")


@case
def sum_nested() -> Made:
    """A sum in a sum, with yields that are functions."""
    return single(
        "p",
        *TWO,
        "SUM::bkg(f[0.6,0.2,0.9]*e,u)",
        "prod::ns(mu[1,0,3],nominal[20])",
        "expr::nb('n0*(1+0.1*theta)',n0[30,10,60],theta[0,-3,3])",
        "SUM::p(ns*g,nb*bkg)",
    )


@case
def extend() -> Made:
    """RooExtendPdf, in the whole range and in a named one."""
    workspace = factory(*TWO, "ExtendPdf::p(e,n[50,20,90])")
    workspace["x"].setRange("window", 2, 6)
    put(workspace, ROOT.RooExtendPdf("q", "q", workspace.pdf("g"), workspace["n"], "window"))
    generate(workspace, "e", "x", 45)
    workspace.factory("ExtendPdf::eg(g,k[20,5,40])")
    both = ROOT.RooArgList(workspace.pdf("p"), workspace.pdf("eg"))
    put(workspace, ROOT.RooAddPdf("sum", "sum", both), ROOT.RooFit.RecycleConflictNodes())
    return workspace, [("p", "data"), ("q", "data"), ("sum", "data")]


@case
def product() -> Made:
    """Factors of different observables, and of the same one."""
    return several(
        "Gaussian::gx(x[0,10],m[4,3,5],s[1,0.5,2])",
        "Exponential::ey(y[0,5],c[-0.5,-2,0])",
        "Exponential::ex(x,d[-0.2,-1,0])",
        "PROD::apart(gx,ey)",
        "PROD::shared(gx,ex,ey)",
        pdfs="apart,shared",
        x="x,y",
    )


@case
def product_conditional() -> Made:
    return single(
        "p",
        "expr::mean('a+b*y',a[0.5,-1,2],b[0.7,0.2,1.2],y[-5,5])",
        "Gaussian::gx(x[-5,5],mean,s[1,0.5,2])",
        "Gaussian::gy(y,my[0.5,-1,1],2)",
        "PROD::p(gx|y,gy)",
        x="x,y",
    )


@case
def product_constraint() -> Made:
    """Constraints of every kind, as factors, with a ModelConfig and global observables."""
    workspace = factory(
        *TWO,
        "alpha[0,-4,4]",
        "expr::kappa('pow(1.2,alpha)',alpha)",
        "prod::ns(mu[1,0,3],20.0,kappa,beta[1,0.4,2],gam[1,0.5,2],lam[1,0.5,2])",
        "SUM::shape(ns*g,nb[30,10,60]*e)",
        "Gaussian::c_alpha(alpha0[0.1,-5,5],alpha,1)",
        "prod::taubeta(beta,25.0)",
        "Poisson::c_beta(nbeta[24,0,100],taubeta,true)",
        "expr::gshape('9+1',gam)",
        "Gamma::c_gam(gam,10.0,0.1,0)",
        "Lognormal::c_lam(lam0[1.05,0.1,10],lam,1.15)",
        "BifurGauss::c_m(m,4,0.5,0.7)",
        "PROD::p(shape,c_alpha,c_beta,c_gam,c_lam,c_m)",
    )
    for name in ("alpha0", "nbeta", "lam0"):
        workspace[name].setConstant(True)
    generate(workspace, "shape", "x", 50)
    nuisances = "alpha,beta,gam,lam,m,s,c,nb"
    configure(workspace, "p", "x", "mu", nuisances, "alpha0,nbeta,lam0")
    return workspace, [("ModelConfig", "data")]


@case
def external_multivariate() -> Made:
    """A multivariate Gaussian as constraint of two parameters."""
    workspace = factory(*TWO, "SUM::shape(ns[20,5,40]*g,nb[30,10,60]*e)", "m0[4.1]", "s0[1.05]")
    covariance = ROOT.TMatrixDSym(2)
    covariance[0, 0], covariance[1, 1], covariance[0, 1], covariance[1, 0] = 0.1, 0.04, 0.02, 0.02
    measured = ROOT.RooArgList(workspace["m0"], workspace["s0"])
    means = ROOT.RooArgList(workspace["m"], workspace["s"])
    put(workspace, ROOT.RooMultiVarGaussian("both", "both", measured, means, covariance))
    workspace.factory("PROD::p(shape,both)")
    for name in ("m0", "s0"):
        workspace[name].setRange(-50, 50)
        workspace[name].setConstant(True)
    generate(workspace, "shape", "x", 50)
    configure(workspace, "p", "x", "ns", "nb,m,s,c", "m0,s0")
    return workspace, [("ModelConfig", "data")]


@case
def real_sum() -> Made:
    """RooRealSumPdf of functions, extended and not, and RooRealSumFunc."""
    workspace = factory("x[0,6]", "a[2,1,4]", "b[1,0.5,3]", "f[0.4,0.1,0.9]")
    workspace.factory("expr::first('1+x',x)")
    workspace.factory("expr::second('exp(-0.3*x)',x)")
    functions = ROOT.RooArgList(workspace.function("first"), workspace.function("second"))
    both = ROOT.RooArgList(workspace["a"], workspace["b"])
    put(workspace, ROOT.RooRealSumPdf("p", "p", functions, both, True))
    put(workspace, ROOT.RooRealSumPdf("q", "q", functions, ROOT.RooArgList(workspace["f"]), False))
    put(workspace, ROOT.RooRealSumFunc("sum", "sum", functions, both))
    put(workspace, ROOT.RooWrapperPdf("r", "r", workspace.function("sum")))
    generate(workspace, "q", "x", 40)
    return workspace, [("p", "data"), ("q", "data"), ("r", "data")]


@case
def efficiency() -> Made:
    return single(
        "p",
        *TWO,
        "expr::eff('0.5*(1+TMath::Erf((x-t)/w))',x,t[3,2,5],w[2,1,4])",
        "EffProd::p(e,eff)",
    )


@case
def fft_convolution() -> Made:
    workspace = factory(
        "x[0,20]", "Landau::l(x,ml[8,6,10],sl[1,0.5,2])", "Gaussian::g(x,0,sg[1.5,0.8,2.5])"
    )
    workspace["x"].setBins(10000, "cache")
    put(
        workspace,
        ROOT.RooFFTConvPdf("p", "p", workspace["x"], workspace.pdf("l"), workspace.pdf("g")),
    )
    generate(workspace, "l", "x", 30)
    return workspace, [("p", "data")]


@case
def decay() -> Made:
    """All three kinds, with perfect and with Gaussian resolution, and two Gaussians."""
    return several(
        "t[-5,15]",
        "tau[1.5,0.8,3]",
        "GaussModel::gm(t,bias[0.1,-0.5,0.5],sigma[0.6,0.3,1.2])",
        "GaussModel::wide(t,bias,2.0)",
        "AddModel::two({gm,wide},{core[0.8,0.5,0.95]})",
        "TruthModel::tm(t)",
        "Decay::single(t,tau,gm,SingleSided)",
        "Decay::double(t,tau,gm,DoubleSided)",
        "Decay::flipped(t,tau,gm,Flipped)",
        "Decay::truth(t,tau,tm,DoubleSided)",
        "Decay::mixed(t,tau,two,SingleSided)",
        pdfs="single,double,flipped,truth,mixed",
        x="t",
        events=30,
    )


@case
def scaled_resolution() -> Made:
    """A Gaussian resolution with a scale factor for its width."""
    return single(
        "p",
        "GaussModel::gm(t[-5,15],bias[0.1,-0.5,0.5],0.3,1.0,scale[1.5,1,3])",
        "Decay::p(t,tau[1.5,0.8,3],gm,SingleSided)",
        x="t",
    )


@case
def numerical_convolution() -> Made:
    """RooNumConvPdf: over the real line."""
    workspace = factory(
        "x[-20,20]", "BifurGauss::b(x,mb[1,-1,2],1,wb[2,1,3])", "Gaussian::g(x,0,sg[1.5,0.8,2.5])"
    )
    made = ROOT.RooNumConvPdf("p", "p", workspace["x"], workspace.pdf("b"), workspace.pdf("g"))
    made.setConvolutionWindow(ROOT.RooFit.RooConst(0.0), workspace["sg"], 12.0)
    put(workspace, made)
    generate(workspace, "b", "x", 10)
    return workspace, [("p", "data")]
