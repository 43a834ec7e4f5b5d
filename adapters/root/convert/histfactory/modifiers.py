"""From the factors of a sample to its modifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...file import RootObject
from ..builder import Builder, Entry
from .bins import Grid, function_bins
from .factors import Factors, counts
from .members import Floats, floats, integers, number
from .reasons import NotAChannel

ADDITIVE = frozenset({0, 2, 3, 4})
MULTIPLICATIVE = frozenset({1, 5})
"""Codes of PiecewiseInterpolation; in FlexibleInterpVar 4 is 5."""


@dataclass
class Draft:
    """A sample whose constraints are not settled.

    Attributes:
        name: of the sample.
        nominal: counts per bin.
        modifiers: entries; those of parameters per bin still lack what constrains them.
        systematics: those of one parameter that HS3 takes for constrained unless told otherwise.
        factors: those of one parameter that HS3 takes for free.
        bins: (entry, ParamHistFunc) of those of one parameter per bin.
        inner: names of the nodes that the sample replaces.
        by_name: variables taken for bin widths because of their names.
    """

    name: str
    nominal: Floats
    modifiers: list[Entry] = field(default_factory=list)
    systematics: list[Entry] = field(default_factory=list)
    factors: list[Entry] = field(default_factory=list)
    bins: list[tuple[Entry, RootObject]] = field(default_factory=list)
    inner: set[str] = field(default_factory=set)
    by_name: list[RootObject] = field(default_factory=list)


def draft(name: str, factors: Factors, grid: Grid, builder: Builder) -> Draft:
    """A sample from its factors.

    Raises:
        NotAChannel: a factor is used in a way that a modifier cannot say.
    """
    norms = [_norms(node, factors, builder) for node in factors.norms]
    scaled = _scaling(factors, grid)
    out = Draft(name, np.zeros(0), inner=factors.inner, by_name=factors.by_name)
    shapes: list[Entry] = []
    if factors.shapes:
        out.nominal, shapes = _shapes(factors.shapes[0], scaled, grid, out.inner)
    else:
        out.nominal = scaled(np.ones(grid.count))
    for parameter in factors.parameters:
        entry = {"type": "normfactor", "name": parameter.name, "parameter": parameter.name}
        out.factors.append(entry)
        out.modifiers.append(entry)
    out.systematics += [entry for entries in norms for entry in entries]
    out.systematics += shapes
    out.modifiers += out.systematics
    for node in factors.functions:
        out.modifiers.append({"type": "custom", "name": builder.name(node)})
    for node in factors.bins:
        entry = _per_bin(node, grid)
        out.bins.append((entry, node))
        out.modifiers.append(entry)
    return out


def _scaling(factors: Factors, grid: Grid) -> Callable[[Floats], Floats]:
    """What multiplies a template: fixed numbers per bin, and the volumes of the bins."""
    fixed = factors.contents
    negative = factors.scale < 0 or (fixed is not None and (fixed < 0).any())
    if factors.shapes and negative:
        raise NotAChannel(factors.shapes[0], "it is multiplied by negative numbers")

    steps = [step for step in (fixed, counts(grid, factors)) if step is not None]

    def scaled(template: Floats) -> Floats:
        for step in steps:
            template = template * step
        return template

    return scaled


# --- one parameter -------------------------------------------------------------------------------


def _norms(node: RootObject, factors: Factors, builder: Builder) -> list[Entry]:
    """A FlexibleInterpVar as normsys; one that HS3 composes differently stays a function."""
    parameters = node.proxies("_paramList")
    nominal, low, high = number(node, "_nominal"), floats(node, "_low"), floats(node, "_high")
    given = integers(node, "_interpCode") if "_interpCode" in node.members else []
    codes = given or [0] * len(parameters)
    if not len(low) == len(high) == len(codes) == len(parameters):
        raise NotAChannel(node, "its lists have different lengths")
    if not _is_normsys(node, parameters, nominal, low, high, codes, builder):
        factors.functions.append(node)
        return []
    factors.scale *= nominal
    factors.inner.add(node.name)
    return [
        _systematic("normsys", p, code, {"hi": float(h / nominal), "lo": float(lo / nominal)})
        for p, code, lo, h in zip(parameters, codes, low, high, strict=True)
    ]


def _is_normsys(
    node: RootObject,
    parameters: list[RootObject],
    nominal: float,
    low: Floats,
    high: Floats,
    codes: list[int],
    builder: Builder,
) -> bool:
    if node.members.get("_interpBoundary", 1.0) != 1.0 or not nominal > 0:
        return False
    if any(p.class_name != "RooRealVar" for p in parameters):
        return False
    if set(codes) <= {1, 4, 5}:
        return bool((low > 0).all() and (high > 0).all())
    return codes == [0] and _stays_positive(parameters[0], nominal, low[0], high[0], builder)


def _stays_positive(
    parameter: RootObject, nominal: float, low: float, high: float, builder: Builder
) -> bool:
    """Whether straight lines are above zero in the range: ROOT cuts off there, HS3 does not."""
    binning = builder.variable(parameter).binning
    at_high = nominal + max(binning.high, 0.0) * (high - nominal)
    at_low = nominal + min(binning.low, 0.0) * (nominal - low)
    return bool(min(at_high, at_low) > 0)


def _systematic(kind: str, parameter: RootObject, code: int, data: Entry) -> Entry:
    return {
        "type": kind,
        "name": parameter.name.removeprefix("alpha_"),
        "parameter": parameter.name,
        "interpolation": code,
        "data": data,
    }


def _shapes(
    node: RootObject, scaled: Callable[[Floats], Floats], grid: Grid, inner: set[str]
) -> tuple[Floats, list[Entry]]:
    """Nominal template and histosys of a PiecewiseInterpolation."""

    def template(function: RootObject) -> Floats:
        own, contents = function_bins(function)
        if not grid.same(own):
            raise NotAChannel(function, "its bins are not those of the other histograms")
        inner.add(function.name)
        return scaled(contents)

    central = node.proxy("_nominal")
    assert central is not None  # looked at when the factors were collected
    nominal = template(central)
    parameters, codes = node.proxies("_paramSet"), integers(node, "_interpCode")
    low, high = ([template(f) for f in node.proxies(key)] for key in ("_lowSet", "_highSet"))
    if not len(low) == len(high) == len(codes) == len(parameters):
        raise NotAChannel(node, "its lists have different lengths")
    _check_shapes(node, parameters, codes, [nominal, *low, *high])
    entries = [
        _systematic("histosys", p, code, {"hi": _contents(h), "lo": _contents(lo)})
        for p, code, lo, h in zip(parameters, codes, low, high, strict=True)
    ]
    if not node.member("_positiveDefinite"):  # what HistFactory never makes
        entries = [{**entry, "positiveDefinite": False} for entry in entries]
    return nominal, entries


def _contents(numbers: Floats) -> Entry:
    return {"contents": numbers.tolist()}


def _check_shapes(
    node: RootObject, parameters: list[RootObject], codes: list[int], templates: list[Floats]
) -> None:
    if any(p.class_name != "RooRealVar" for p in parameters):
        raise NotAChannel(node, "it is steered by a function")
    if set(codes) <= ADDITIVE:
        return
    if not set(codes) <= ADDITIVE | MULTIPLICATIVE:
        raise NotAChannel(node, f"interpolation codes {codes}, of which HS3 has 0 to 5")
    if len(codes) > 1:
        raise NotAChannel(node, "several variations multiply one another, HS3 adds them")
    if not all((t > 0).all() for t in templates):
        raise NotAChannel(node, "it is interpolated exponentially, with empty bins")


# --- one parameter per bin -----------------------------------------------------------------------


def _per_bin(node: RootObject, grid: Grid) -> Entry:
    """Parameters in ROOT's order: the first axis runs fastest."""
    parameters = node.proxies("_paramSet")
    if len(parameters) != grid.count:
        raise NotAChannel(node, f"{len(parameters)} parameters for {grid.count} bins")
    other = [p for p in parameters if p.class_name != "RooRealVar"]
    if other:
        raise NotAChannel(node, f"a bin is scaled by the {other[0].class_name} {other[0].name!r}")
    return {"name": node.name, "parameters": [p.name for p in parameters]}
