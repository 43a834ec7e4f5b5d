"""Writes out the parameter names that modifiers leave to be derived from other names."""

from __future__ import annotations

from typing import Any

from hs3.dialects import histfactory as rules
from hs3.distributions.histfactory import HistFactoryDist
from hs3.histfactory.modifiers import (
    CustomModifier,
    HistoSysModifier,
    Modifier,
    NormFactorModifier,
    NormSysModifier,
    ShapeFactorModifier,
    ShapeSysModifier,
    StatErrorModifier,
)
from hs3.workspace import Workspace

_PER_BIN = (ShapeFactorModifier, ShapeSysModifier, StatErrorModifier)


def explicit(ws: Workspace) -> Workspace:
    """The same document, in which every modifier names its parameter or parameters.

    What is derived, and how, is what `hs3.histfactory.interpret` takes such a modifier to mean.
    """
    changes = [
        (i, j, k, change)
        for i, dist in enumerate(ws.distributions or ())
        if isinstance(dist, HistFactoryDist)
        for j, sample in enumerate(dist.samples)
        for k, modifier in enumerate(sample.modifiers or ())
        if (change := _missing(dist, modifier, k, len(sample.data.contents)))
    ]
    if not changes:
        return ws
    data = ws.to_json()
    for i, j, k, change in changes:
        modifier = data["distributions"][i]["samples"][j]["modifiers"][k]
        modifier.update(change)
        if "parameters" in change:
            modifier.pop("parameter", None)
    return Workspace.from_json(data)


def _missing(dist: HistFactoryDist, modifier: Modifier, index: int, bins: int) -> dict[str, Any]:
    """The keys that a modifier lacks."""
    parameter = modifier.parameter
    name = modifier.name
    if name is None:
        name = rules.modifier_name(parameter, index)
    if isinstance(modifier, _PER_BIN):
        if modifier.parameters or (parameter is not None and bins == 1):
            return {}
        if isinstance(modifier, StatErrorModifier):
            name = f"stat_{rules.channel_name(dist.name)}"
        return {"parameters": list(rules.bin_names(parameter or name, bins))}
    if parameter is not None:
        return {}
    if isinstance(modifier, NormSysModifier | HistoSysModifier):
        return {"parameter": rules.alpha_name(name)}
    if isinstance(modifier, NormFactorModifier | CustomModifier):
        return {"parameter": name}
    return {}
