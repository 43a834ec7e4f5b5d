"""Small documents for tests: one HistFactory channel with two bins, or a few plain sections."""

from __future__ import annotations

import copy
from typing import Any

from hs3.workspace import Workspace

ROOT_640 = [{"name": "ROOT", "version": "6.40.00"}]
PYHS3 = [{"name": "pyhs3", "version": "0.4.2"}]

AXIS = {"name": "x", "min": 0, "max": 2, "nbins": 2}

NORMSYS: dict[str, Any] = {
    "name": "n",
    "type": "normsys",
    "parameter": "a",
    "data": {"hi": 1.2, "lo": 0.9},
}
HISTOSYS: dict[str, Any] = {
    "name": "h",
    "type": "histosys",
    "parameter": "b",
    "data": {"hi": {"contents": [12, 25]}, "lo": {"contents": [9, 18]}},
}
SHAPESYS: dict[str, Any] = {
    "name": "s",
    "type": "shapesys",
    "parameters": ["g0", "g1"],
    "constraint": "Poisson",
    "data": {"vals": [0.1, 0.2]},
}
STATERROR: dict[str, Any] = {
    "name": "stat",
    "type": "staterror",
    "parameters": ["e0", "e1"],
    "constraint": "Gauss",
}


def modifier(base: dict[str, Any], *drop: str, **change: Any) -> dict[str, Any]:
    """A copy of a modifier without some keys and with others."""
    return {k: v for k, v in copy.deepcopy(base).items() if k not in drop} | change


def sample(
    *modifiers: dict[str, Any], name: str | None = "s", contents: Any = (10, 20), errors: Any = None
) -> dict[str, Any]:
    data = {"contents": list(contents)} | ({} if errors is None else {"errors": list(errors)})
    named = {} if name is None else {"name": name}
    return named | {"data": data, "modifiers": list(modifiers)}


def document(
    *samples: dict[str, Any],
    packages: list[dict[str, str]] | None = None,
    channel: dict[str, Any] | None = None,
    **sections: Any,
) -> dict[str, Any]:
    """A likelihood of one channel `ch` with data `d`; `sections` are added or replace."""
    metadata: dict[str, Any] = {"hs3_version": "0.2.9"}
    if packages is not None:
        metadata["packages"] = packages
    dist = {"name": "ch", "type": "histfactory_dist", "axes": [AXIS], "samples": list(samples)}
    out = {
        "metadata": metadata,
        "distributions": [dist | (channel or {}), *sections.pop("more", ())],
        "data": [{"name": "d", "type": "binned", "axes": [AXIS], "contents": [11, 19]}],
        "likelihoods": [{"name": "l", "distributions": ["ch"], "data": ["d"]}],
    }
    return copy.deepcopy(out | sections)


def point(**values: float) -> list[dict[str, Any]]:
    """The section `parameter_points` with default values."""
    entries = [{"name": k, "value": v} for k, v in values.items()]
    return [{"name": "default_values", "parameters": entries}]


def domain(**ranges: tuple[float, float]) -> list[dict[str, Any]]:
    """The section `domains` with one domain."""
    axes = [{"name": k, "min": a, "max": b} for k, (a, b) in ranges.items()]
    return [{"name": "default_domain", "type": "product_domain", "axes": axes}]


def workspace(data: dict[str, Any]) -> Workspace:
    return Workspace.from_json(data)
