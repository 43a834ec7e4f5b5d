"""Auxiliary measurements: factors of a product that depend on global observables alone.

RooFit normalises such a factor over its global observables. HS3 normalises a density over its
variable; where that is another one, as in the gamma constraint of HistFactory (a density of the
parameter, whose shape is the observed count), the factor is written as an expression, a density of
the observed one.
"""

from __future__ import annotations

from ..file import RootObject
from .builder import Builder

_SYMMETRIC = frozenset({"RooGaussian", "RooMultiVarGaussian"})
"""Classes in which variable and mean can change places."""

_GAMMA = "exp(({g} - 1.0)*log(({x} - {m})/{b}) - ({x} - {m})/{b} - lgamma({g}))/{b}"


def global_observables(builder: Builder) -> frozenset[str]:
    """Those of all ModelConfigs."""
    sets = (c.members.get("fGlobalObsName") or "" for c in builder.graph.model_configs)
    return frozenset(name for key in sets for name in builder.graph.sets.get(key, ()))


def measured(factor: RootObject, builder: Builder) -> str:
    """The name of a factor, or of what stands for it."""
    leaves = builder.leaves(factor)
    observed = sorted(leaves & global_observables(builder))
    if not observed or leaves & builder.observables or factor.class_name in _SYMMETRIC:
        return builder.name(factor)
    if "x" not in factor.members or factor.class_name in ("RooProdPdf", "RooUniform"):
        return builder.name(factor)
    variable = factor.proxy("x")
    if variable is None or variable.name in observed:
        return builder.name(factor)
    return _written_out(factor, observed, builder)


def _written_out(factor: RootObject, observed: list[str], builder: Builder) -> str:
    name = builder.fresh(f"{factor.name}_measured")
    over = observed[0] if len(observed) == 1 else observed
    builder.distribution(name, "generic_dist", expression=_value(factor, builder), x=over)
    builder.add(
        "root.measurement",
        factor,
        f"{factor.name!r} is normalised over {', '.join(observed)}, as in RooFit: it is written "
        f"as {name!r}",
        factor.name,
    )
    return name


def _value(factor: RootObject, builder: Builder) -> str:
    """The factor's formula, with what is constant in its variable, not in the observed ones."""
    if factor.class_name != "RooGamma":
        return builder.symbol(builder.name(factor))
    keys = {"x": "x", "g": "gamma", "b": "beta", "m": "mu"}
    symbols = {k: builder.symbol(builder.value(factor.proxy(m))) for k, m in keys.items()}
    return _GAMMA.format(**symbols)
