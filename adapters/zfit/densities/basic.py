"""Shapes of one variable that HS3 has a type for."""

from __future__ import annotations

from typing import Any

from ..builder import Builder
from ..refuse import refuse
from .registry import Converter, converts, observable


def _direct(kind: str, variable: str = "x", **keys: str) -> Converter:
    """A converter to a type whose keys are parameters of zfit's pdf."""

    def convert(pdf: Any, builder: Builder) -> str:
        values = {key: builder.value(pdf.params[own]) for key, own in keys.items()}
        return builder.add(pdf, type=kind, **{variable: observable(pdf)}, **values)

    return convert


converts("Gauss")(_direct("gaussian_dist", mean="mu", sigma="sigma"))
converts("BifurGauss")(
    _direct("bifurkated_gaussian_dist", mean="mu", sigmaL="sigmal", sigmaR="sigmar")
)
converts("GeneralizedGauss")(
    _direct("generalized_normal_dist", mean="mu", alpha="sigma", beta="beta")
)
converts("LogNormal")(_direct("lognormal_dist", mu="mu", sigma="sigma"))
converts("Gamma")(_direct("gamma_dist", gamma="gamma", beta="beta", mu="mu"))
converts("CrystalBall")(
    _direct("crystalball_dist", "m", m0="mu", sigma="sigma", alpha="alpha", n="n")
)


@converts("Poisson")
def _poisson(pdf: Any, builder: Builder) -> str:
    """The same, where the range begins below zero and ends at a count.

    Raises:
        ConversionError: it does not, and zfit does not normalise by the sum over its counts.
    """
    name = observable(pdf)
    low, high = builder.ranges[name]
    if low >= 0.0 or not high.is_integer():
        refuse(
            f"the range of {pdf.name!r} is {low:g} to {high:g}, over which zfit does not sum; let "
            "it begin at -0.5 and end at a count",
            low,
        )
    return builder.add(pdf, type="poisson_dist", x=name, mean=builder.value(pdf.params["lam"]))


@converts("Exponential")
def _exponential(pdf: Any, builder: Builder) -> str:
    """In zfit exp(+lambda x), in HS3 exp(-c x)."""
    rate = builder.value(pdf.params["lam"])
    c = builder.product(-1, rate, name=f"{rate}_exponential_inverted")
    return builder.add(pdf, type="exponential_dist", x=observable(pdf), c=c)


@converts("ChiSquared")
def _chi_squared(pdf: Any, builder: Builder) -> str:
    """The gamma distribution with half as many degrees of freedom, and a scale of two."""
    ndof = builder.value(pdf.params["ndof"])
    gamma = builder.product(0.5, ndof, name=f"{ndof}_half")
    return builder.add(pdf, type="gamma_dist", x=observable(pdf), gamma=gamma, beta=2, mu=0)


@converts("Voigt")
def _voigt(pdf: Any, builder: Builder) -> str:
    """The gamma of zfit is half of the width of the Cauchy shape."""
    gamma = builder.value(pdf.params["gamma"])
    return builder.add(
        pdf,
        type="voigtian_dist",
        x=observable(pdf),
        mean=builder.value(pdf.params["m"]),
        width=builder.product(2, gamma, name=f"{gamma}_double"),
        sigma=builder.value(pdf.params["sigma"]),
    )


@converts("DoubleCB", "GeneralizedCB")
def _two_tails(pdf: Any, builder: Builder) -> str:
    """Two tails, with one width or with one on each side.

    Raises:
        ConversionError: an alpha is negative, which zfit takes for a tail towards the peak.
    """
    values: dict[str, Any] = {}
    for key, own in (("alpha_L", "alphal"), ("n_L", "nl"), ("alpha_R", "alphar"), ("n_R", "nr")):
        values[key] = builder.value(pdf.params[own])
        if key.startswith("alpha") and float(pdf.params[own].value()) <= 0.0:
            refuse(f"{own} of {pdf.name!r} is not above zero", float(pdf.params[own].value()))
    if "sigma" in pdf.params:
        values["sigma"] = builder.value(pdf.params["sigma"])
    else:
        values["sigma_L"] = builder.value(pdf.params["sigmal"])
        values["sigma_R"] = builder.value(pdf.params["sigmar"])
    m0 = builder.value(pdf.params["mu"])
    return builder.add(pdf, type="crystalball_doublesided_dist", m=observable(pdf), m0=m0, **values)
