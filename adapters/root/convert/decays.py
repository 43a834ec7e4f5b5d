"""Decays, and the resolution models that they are convolved with."""

from __future__ import annotations

from ..file import RootObject
from .builder import Builder, Value
from .registry import converts

RESOLUTION_MODELS = frozenset({"RooGaussModel", "RooTruthModel", "RooAddModel", "RooGExpModel"})


def is_internal(node: RootObject) -> bool:
    """Whether a node is a convolution with a basis function that RooFit makes for itself."""
    return node.members.get("_basis") is not None


@converts("RooDecay")
def _decay(node: RootObject, builder: Builder) -> None:
    model = node.proxy("_model")
    assert model is not None
    builder.distribution(
        node.name,
        "decay_dist",
        t=builder.value(node.proxy("_t")),
        tau=builder.value(node.proxy("_tau")),
        resolutionModel=builder.name(model),
        decayType=int(node.member("_type")),
    )


@converts("RooGaussModel")
def _gauss(node: RootObject, builder: Builder) -> None:
    """The scale factors of mean and width become part of them."""
    builder.distribution(
        node.name,
        "gauss_model_function",
        x=builder.value(node.proxy("x")),
        mean=_scaled(node, "mean", "msf", builder),
        sigma=_scaled(node, "sigma", "ssf", builder),
    )


def _scaled(node: RootObject, member: str, factor: str, builder: Builder) -> Value:
    value = builder.value(node.proxy(member))
    scale = builder.value(node.proxy(factor), 1.0) if factor in node.members else 1.0
    if scale == 1.0:
        return value
    if not isinstance(value, str) and not isinstance(scale, str):
        return value * scale
    return builder.function(
        builder.fresh(f"{node.name}_{member}_scaled"), "product", factors=[value, scale]
    )


@converts("RooTruthModel")
def _truth(node: RootObject, builder: Builder) -> None:
    builder.distribution(node.name, "truth_model_function", x=builder.value(node.proxy("x")))


@converts("RooAddModel")
def _mixture(node: RootObject, builder: Builder) -> None:
    builder.distribution(
        node.name,
        "mixture_model",
        summands=builder.names(node.proxies("_pdfList")),
        coefficients=builder.values(node.proxies("_coefList")),
    )
