"""Ranges, values and snapshots of variables."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from ..file import Binning, Variable
from ..file.variables import category, variable
from .builder import VARIABLES, Builder, Entry

DEFAULT_DOMAIN = "default_domain"
DEFAULT_POINT = "default_values"


def range_of(name: str, binning: Binning) -> Entry:
    """A name with its range; infinite bounds are left out."""
    entry: Entry = {"name": name}
    if math.isfinite(binning.low):
        entry["min"] = float(binning.low)
    if math.isfinite(binning.high):
        entry["max"] = float(binning.high)
    return entry


def domain(name: str, axes: list[Entry]) -> Entry:
    """A box."""
    return {"name": name, "type": "product_domain", "axes": axes}


def domains(builder: Builder) -> list[Entry]:
    """The full range of every variable, and one domain for each name of a range."""
    parts: dict[str, list[Entry]] = {}
    full = []
    for name, v in builder.variables.items():
        full.append(range_of(name, _bounded(v, "", v.binning, builder)))
        for label, binning in v.ranges.items():
            axis = range_of(name, _bounded(v, label, binning, builder))
            parts.setdefault(label, []).append(axis)
    if DEFAULT_DOMAIN in parts:
        parts[f"{DEFAULT_DOMAIN}_"] = parts.pop(DEFAULT_DOMAIN)
    return [domain(DEFAULT_DOMAIN, full), *(domain(n, axes) for n, axes in parts.items())]


def _bounded(v: Variable, label: str, binning: Binning, builder: Builder) -> Binning:
    """The range with numbers for bounds that are functions (reported)."""
    if binning.low_name is None and binning.high_name is None:
        return binning
    low = _bound(binning.low_name, binning.low, builder)
    high = _bound(binning.high_name, binning.high, builder)
    which = f"the range {label!r} of" if label else "the range of"
    given = [n for n in (binning.low_name, binning.high_name) if n is not None]
    told = f"bounded by {' and '.join(given)}; it is taken as [{low:g}, {high:g}]"
    message = f"{which} {v.name!r} is {told}"
    builder.add("root.parametrised_range", v.name, message, given[0])
    return replace(binning, low=low, high=high)


def _bound(name: str | None, known: float, builder: Builder) -> float:
    """The value of a variable that is a bound; of any other function it is not known: infinite."""
    if name is None:
        return known
    node = builder.graph.nodes.get(name)
    if node is None or node.class_name not in VARIABLES:
        return known
    return float(variable(node).value)


def point(name: str, variables: list[Variable]) -> Entry:
    """A parameter point: values, constancy, errors."""
    return {"name": name, "parameters": [_value(v) for v in variables]}


def _value(v: Variable) -> Entry:
    entry: Entry = {"name": v.name, "value": float(v.value)}
    if v.constant:
        entry["const"] = True
    if v.error is not None:
        entry["error"] = float(v.error)
    return entry


def points(builder: Builder) -> list[Entry]:
    """The values of the workspace, and its snapshots."""
    out = [point(DEFAULT_POINT, list(builder.variables.values()))]
    for name, nodes in builder.graph.snapshots.items():
        reals = [variable(n) for n in nodes if n.class_name == "RooRealVar"]
        others = [n.name for n in nodes if n.class_name != "RooRealVar"]
        if others:
            message = f"the snapshot {name!r} also holds {', '.join(others[:5])}, left out"
            builder.add("root.snapshot_part", name, message, others[0])
        label = name if name != DEFAULT_POINT else f"{name}_"
        out.append(point(label, reals))
    return out


def descriptions(builder: Builder) -> dict[str, Any]:
    """What HS3 has no place for: units, titles, asymmetric errors, states of categories."""
    units = {n: v.unit for n, v in builder.variables.items() if v.unit}
    titles = {n: v.title for n, v in builder.variables.items() if v.title and v.title != n}
    asymmetric = {
        n: list(v.asymmetric) for n, v in builder.variables.items() if v.asymmetric is not None
    }
    states = {
        node.name: {label: index for index, label in category(node).states.items()}
        for node in builder.graph.nodes.values()
        if node.class_name == "RooCategory"
    }
    found = {
        "units": units,
        "titles": titles,
        "asymmetric_errors": asymmetric,
        "categories": states,
    }
    return {key: value for key, value in found.items() if value}
