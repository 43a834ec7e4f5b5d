"""Constraints of a channel: which factor of its product measures which parameter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ...file import RootObject
from ..builder import Builder, Entry
from .members import Floats
from .modifiers import Draft

FREE = "Const"
"""HS3's word for a systematic without constraint."""


@dataclass
class Constraints:
    """The constraints among the factors of a channel's product.

    Attributes:
        by_parameter: the factor that measures each parameter of the channel's modifiers.
        left: names of those that measure nothing of the channel, several parameters, or one that
            another factor measures already; they stay factors of a product.
    """

    by_parameter: dict[str, RootObject] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def name(self, parameter: str) -> str | None:
        """The name of the constraint of a parameter."""
        found = self.by_parameter.get(parameter)
        return None if found is None else found.name


def assigned(factors: list[RootObject], drafts: list[Draft], builder: Builder) -> Constraints:
    """Every factor to the parameter of a modifier that it depends on."""
    known = _parameters(drafts)
    out = Constraints()
    for factor in factors:
        own = builder.leaves(factor) & known
        parameter = next(iter(own)) if len(own) == 1 else None
        if parameter is None or parameter in out.by_parameter:
            out.left.append(builder.name(factor))
        else:
            out.by_parameter[parameter] = factor
            builder.name(factor)
    return out


def _parameters(drafts: list[Draft]) -> set[str]:
    single = {e["parameter"] for d in drafts for e in (*d.systematics, *d.factors)}
    return single | {p for d in drafts for entry, _ in d.bins for p in entry["parameters"]}


def settle(drafts: list[Draft], found: Constraints, builder: Builder) -> list[Entry]:
    """Samples with what constrains their modifiers."""
    for one in drafts:
        for entry in one.systematics:
            name = found.name(entry["parameter"])
            entry |= {"constraint": FREE} if name is None else {"constraint_name": name}
        for entry in one.factors:
            name = found.name(entry["parameter"])
            entry |= {} if name is None else {"constraint_name": name}
    carried = Counter(node.name for d in drafts for _, node in d.bins)
    relative = {
        entry["name"]: _relative(entry["parameters"], found, builder)
        for d in drafts
        for entry, _ in d.bins
    }
    errors = _errors(drafts, relative)
    for one in drafts:
        for entry, node in one.bins:
            _settle_bins(entry, node, carried[node.name] > 1, relative[node.name], found)
    return [_sample(one, errors) for one in drafts]


def _settle_bins(
    entry: Entry, node: RootObject, shared: bool, relative: Floats, found: Constraints
) -> None:
    """Shapefactor where no bin is constrained; else staterror or shapesys.

    The two differ by name alone: ROOT calls what belongs to the statistical errors of a channel
    ``mc_stat_…`` and ``gamma_stat_…``.
    """
    names = [found.name(p) for p in entry["parameters"]]
    if not any(names):
        entry["type"] = "shapefactor"
        return
    entry["constraints"] = names
    if is_staterror(entry):
        entry["type"] = "staterror"
    else:
        entry |= {"type": "shapesys", "data": {"vals": relative.tolist()}}


def is_staterror(entry: Entry) -> bool:
    """Whether a modifier per bin holds the statistical errors of the channel, by its name."""
    first = str(entry["parameters"][0])
    return str(entry["name"]).startswith("mc_stat_") or first.startswith("gamma_stat_")


def _relative(parameters: list[str], found: Constraints, builder: Builder) -> Floats:
    """Relative uncertainty of each parameter; zero where there is no constraint or no telling."""
    measured = (found.by_parameter.get(p) for p in parameters)
    return np.array([0.0 if m is None else _width(m, builder) for m in measured])


def _width(constraint: RootObject, builder: Builder) -> float:
    """Sigma of a Gaussian, 1/√τ of a Poisson of τ·γ, where these are numbers."""
    if constraint.class_name == "RooGaussian":
        sigma = constraint.proxy("sigma")
        return 0.0 if sigma is None else _value(sigma, builder)
    mean = constraint.proxy("mean") if constraint.class_name == "RooPoisson" else None
    if mean is None or mean.class_name != "RooProduct":
        return 0.0
    tau = [_value(f, builder) for f in mean.proxies("_compRSet") if f.class_name == "RooConstVar"]
    return float(tau[0] ** -0.5) if len(tau) == 1 and tau[0] > 0 else 0.0


def _value(node: RootObject, builder: Builder) -> float:
    known = node.class_name in ("RooConstVar", "RooRealVar")
    return float(builder.variable(node).value) if known else 0.0


def _errors(drafts: list[Draft], relative: dict[str, Floats]) -> dict[str, Floats]:
    """Statistical errors of each sample: the channel's, shared in proportion to the counts.

    A workspace keeps only the errors of the sum, as the widths of the constraints.
    """
    totals: dict[str, Floats] = {}
    carried = [(d, e["name"]) for d in drafts for e, _ in d.bins if is_staterror(e)]
    for one, name in carried:
        totals[name] = totals.get(name, 0.0) + one.nominal
    return {
        one.name: relative[name] * np.sqrt(np.maximum(totals[name] * one.nominal, 0.0))
        for one, name in carried
    }


def _sample(one: Draft, errors: dict[str, Floats]) -> Entry:
    data: Entry = {"contents": one.nominal.tolist()}
    if one.name in errors and any(m["type"] == "staterror" for m in one.modifiers):
        data["errors"] = errors[one.name].tolist()
    return {"name": one.name, "data": data, "modifiers": one.modifiers}
