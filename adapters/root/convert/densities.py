"""Densities that HS3 has a type for: one to one, member by member."""

from __future__ import annotations

import numpy as np

from ..file import RootObject
from .builder import Builder
from .registry import Converter, converts

_PLAIN: dict[str, tuple[str, dict[str, str]]] = {
    "RooGaussian": ("gaussian_dist", {"x": "x", "mean": "mean", "sigma": "sigma"}),
    "RooLandau": ("landau_dist", {"x": "x", "mean": "mean", "sigma": "sigma"}),
    "RooGamma": ("gamma_dist", {"x": "x", "gamma": "gamma", "beta": "beta", "mu": "mu"}),
    "RooVoigtian": (
        "voigtian_dist",
        {"x": "x", "mean": "mean", "width": "width", "sigma": "sigma"},
    ),
    "RooBifurGauss": (
        "bifurkated_gaussian_dist",
        {"x": "x", "mean": "mean", "sigmaL": "sigmaL", "sigmaR": "sigmaR"},
    ),
    "RooArgusBG": (
        "argus_dist",
        {"mass": "m", "resonance": "m0", "slope": "c", "power": "p"},
    ),
    "RooCBShape": (
        "crystalball_dist",
        {"m": "m", "m0": "m0", "sigma": "sigma", "alpha": "alpha", "n": "n"},
    ),
}
"""Class → type, and the member that each key is."""


def _plain(type_: str, keys: dict[str, str]) -> Converter:
    def convert(node: RootObject, builder: Builder) -> None:
        values = {key: builder.value(node.proxy(member)) for key, member in keys.items()}
        builder.distribution(node.name, type_, **values)

    return convert


for _class, (_type, _keys) in _PLAIN.items():
    converts(_class)(_plain(_type, _keys))


@converts("RooExponential")
def _exponential(node: RootObject, builder: Builder) -> None:
    """HS3 has exp(-c x); RooExponential exp(c x), unless it negates its coefficient itself."""
    x, c = (builder.value(node.proxy(key)) for key in ("x", "c"))
    if not node.members.get("_negateCoefficient"):
        c = negated(c, node, builder)
    builder.distribution(node.name, "exponential_dist", x=x, c=c)


def negated(value: str | int | float, node: RootObject, builder: Builder) -> str | int | float:
    """Minus a value: a number, or a product."""
    if not isinstance(value, str):
        return -value
    name = builder.fresh(f"{node.name}_negative_{value}")
    return builder.function(name, "product", factors=[-1.0, value])


@converts("RooLognormal")
def _lognormal(node: RootObject, builder: Builder) -> None:
    x, m0, k = (builder.value(node.proxy(key)) for key in ("x", "m0", "k"))
    width = "sigma" if node.members.get("_useStandardParametrization") else "k"
    builder.distribution(node.name, "lognormal_dist", x=x, mu=m0, **{width: k})


@converts("RooPoisson")
def _poisson(node: RootObject, builder: Builder) -> None:
    x, mean = (builder.value(node.proxy(key)) for key in ("x", "mean"))
    whole = not node.members.get("_noRounding", False)
    builder.distribution(node.name, "poisson_dist", x=x, mean=mean, integer=whole)


@converts("RooUniform")
def _uniform(node: RootObject, builder: Builder) -> None:
    builder.distribution(node.name, "uniform_dist", x=builder.values(node.proxies("x")))


@converts("RooMultiVarGaussian")
def _multivariate(node: RootObject, builder: Builder) -> None:
    x, mean = (builder.values(node.proxies(key)) for key in ("_x", "_mu"))
    covariance = matrix(node.member("_cov"))
    builder.distribution(
        node.name, "multivariate_normal_dist", x=x, mean=mean, covariances=covariance
    )


def matrix(of: RootObject) -> list[list[float]]:
    """The rows of a symmetric matrix."""
    rows = int(of.member("fNrows"))
    elements = np.asarray(of.member("fElements"), dtype=np.float64)
    return [[float(v) for v in row] for row in elements.reshape(rows, rows)]


@converts("RooCrystalBall")
def _crystal_ball(node: RootObject, builder: Builder) -> None:
    """One tail (left) where there is no right one."""
    members = {
        "m": "x_",
        "m0": "x0_",
        "sigma_L": "sigmaL_",
        "sigma_R": "sigmaR_",
        "alpha_L": "alphaL_",
        "n_L": "nL_",
    }
    keys = {key: builder.value(node.proxy(member)) for key, member in members.items()}
    for key, member in (("alpha_R", "alphaR_"), ("n_R", "nR_")):
        found = node.proxy(member) if node.members.get(member) is not None else None
        if found is not None:
            keys[key] = builder.value(found)
    builder.distribution(node.name, "crystalball_doublesided_dist", **keys)
