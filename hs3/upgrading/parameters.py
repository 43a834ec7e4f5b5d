"""Values, ranges and constancy of parameters, each said where the standard has it."""

from __future__ import annotations

import math
from typing import Any

from hs3.dialects.base import Log, Writer
from hs3.graph import Parameter
from hs3.resolve.selection import select
from hs3.resolve.values import Values

from .likelihoods import Meaning, Resolved

Json = dict[str, Any]
POINT, DOMAIN = "default_values", "default_domain"


def write(data: Json, means: Meaning) -> dict[str, None]:
    """Write into the JSON `data` what conventions say about parameters; which were concerned."""
    changed: dict[str, None] = {}
    for one in means.likelihoods:
        _Writer(data, means, one, changed).write()
    return changed


class _Writer:
    """Writes the parameters of one likelihood."""

    def __init__(self, data: Json, means: Meaning, one: Resolved, changed: dict[str, None]) -> None:
        self.data, self.means, self.one, self.changed = data, means, one, changed
        asked = {"analysis": one.analysis} if one.analysis else {"likelihood": one.likelihood}
        chosen = select(means.ws, Log(), **asked)
        assert chosen is not None
        self.init = chosen.init
        # As the document reads when nobody knows who wrote it.
        self.values = Values(means.ws, chosen, Writer({}), Log())
        analyses = (a for a in data.get("analyses") or () if a["name"] == one.analysis)
        self.analysis = next(analyses, None)

    def write(self) -> None:
        for parameter in self.one.graph.parameters:
            entry = self._entry(parameter)
            self._range(parameter, entry)

    def _entry(self, p: Parameter) -> Json | None:
        """Value and constancy, in the point where a fit starts."""
        found = self.values.entry(p.name)
        inside = found is not None and found[2] in self.values.main
        said = found[1].const if found is not None else None
        # ROOT's silence means that a parameter floats, also that of a bin without uncertainty.
        unsure = self.means.writer.root and p.name in self.means.bins
        if not p.const and said is None and not unsure:
            said = self.values.stated_const(p.name) or False
        old = self._in_point(found[2], p.name) if found is not None and inside else None
        if old is not None and said is p.const:
            return old
        entry = old if old is not None else self._added(p.name)
        if entry.get("value") is None or float(entry["value"]) != p.value:
            entry["value"] = p.value
        entry["const"] = p.const
        self.changed[p.name] = None
        return entry

    def _in_point(self, point: str, name: str) -> Json | None:
        found = next(p for p in self.data["parameter_points"] if p["name"] == point)
        return next((e for e in found["parameters"] if e["name"] == name), None)

    def _added(self, name: str) -> Json:
        points = self.data.get("parameter_points")
        if not points:
            points = self.data["parameter_points"] = []
        wanted = self.init or POINT
        point = next((p for p in points if p["name"] == wanted), None)
        if point is None:
            point = {"name": wanted, "parameters": []}
            points.append(point)
        if not point.get("parameters"):
            point["parameters"] = []
        entry = next((e for e in point["parameters"] if e["name"] == name), None)
        if entry is None:
            entry = {"name": name}
            point["parameters"].append(entry)
        return entry

    def _range(self, p: Parameter, entry: Json | None) -> None:
        """The range, in a domain of the analysis; points of the standard have none."""
        bounds = {k: v for k, v in (("min", p.min), ("max", p.max)) if math.isfinite(v)}
        axis = self._axis(p.name)
        if axis is None and bounds:
            self._axes().append({"name": p.name, **bounds})
            self.changed[p.name] = None
        elif axis is not None and self.values.range(p.name) != (p.min, p.max):
            axis.update(bounds)
            self.changed[p.name] = None
        if entry is not None and ("min" in entry or "max" in entry):
            entry.pop("min", None)
            entry.pop("max", None)
            self.changed[p.name] = None

    def _axis(self, name: str) -> Json | None:
        order = self.values.domains
        domains = {d["name"]: d for d in reversed(self.data.get("domains") or ())}
        for key in (*order, *(k for k in domains if k not in order)):
            for axis in domains[key].get("axes") or ():
                if axis["name"] == name:
                    return axis  # type: ignore[no-any-return]
        return None

    def _axes(self) -> list[Json]:
        """The axes of the domain that takes ranges up: the first of the analysis, or a new one."""
        if not self.data.get("domains"):
            self.data["domains"] = []
        domains = self.data["domains"]
        usable = [d for d in domains if d["type"] == "product_domain"]
        named = [d for d in usable if d["name"] in self.values.domains[:1]]
        domain = next(iter(named or usable), None)
        if domain is None:
            domain = {"name": DOMAIN, "type": "product_domain", "axes": []}
            domains.append(domain)
            if self.analysis is not None and not self.analysis.get("domain"):
                self.analysis["domains"] = [*(self.analysis.get("domains") or ()), DOMAIN]
        if not domain.get("axes"):
            domain["axes"] = []
        return domain["axes"]  # type: ignore[no-any-return]
