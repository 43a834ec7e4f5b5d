"""Where a parameter's value, bounds and constancy come from. Nothing is invented."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hs3.checks.axes import axes_of
from hs3.dialects import document as rules
from hs3.dialects import histfactory
from hs3.dialects.base import Log, Writer
from hs3.domains import DomainAxis
from hs3.findings import nearest, pointer
from hs3.graph import Parameter
from hs3.histfactory.claims import Claims
from hs3.parameter_points import ParameterValue
from hs3.workspace import Workspace

from .selection import Selection

INFINITE = (-math.inf, math.inf)


@dataclass
class _Told:
    """Parameters for which the same thing is to be told, in one finding."""

    path: str
    names: list[str] = field(default_factory=list)


class Values:
    """Looks up parameters: in the initial point, `default_values`, any point, the domains."""

    def __init__(self, ws: Workspace, selection: Selection, writer: Writer, log: Log) -> None:
        self.ws, self.writer, self.log = ws, writer, log
        points = [p.name for p in ws.parameter_points or ()]
        first = [selection.init] if selection.init else []
        self.main = [n for n in (*first, "default_values") if n in points]
        self.other = [n for n in points if n not in self.main]
        domains = [d.name for d in ws.domains or ()]
        self.domains = [*selection.domains, *(d for d in domains if d not in selection.domains)]
        self._told: dict[tuple[str, str], _Told] = {}
        self._points: dict[str, dict[str, tuple[str, ParameterValue]]] = {}
        self._ranges: dict[str, tuple[float, float]] = {}

    # --- the document ---------------------------------------------------------------------------

    def _point(self, name: str) -> Mapping[str, tuple[str, ParameterValue]]:
        if name not in self._points:
            index, point = self.ws.tables["parameter_points"][name]
            base = pointer("parameter_points", index, "parameters")
            table: dict[str, tuple[str, ParameterValue]] = {}
            for i, entry in enumerate(point.parameters or ()):
                table.setdefault(entry.name, (f"{base}/{i}", entry))
            self._points[name] = table
        return self._points[name]

    @cached_property
    def _axes(self) -> Mapping[str, tuple[str, DomainAxis]]:
        """The range of each name, from the analysis' domains first."""
        table: dict[str, tuple[str, DomainAxis]] = {}
        for name in self.domains:
            index, domain = self.ws.tables["domains"][name]
            base = pointer("domains", index, "axes")
            for i, axis in enumerate(axes_of(domain)):
                if isinstance(axis, DomainAxis):
                    table.setdefault(axis.name, (f"{base}/{i}", axis))
        return table

    @cached_property
    def _tags(self) -> Mapping[str, Any]:
        internal = (self.ws.misc or {}).get("ROOT_internal")
        attributes = internal.get("attributes") if isinstance(internal, dict) else None
        return attributes if isinstance(attributes, dict) else {}

    def entry(self, name: str) -> tuple[str, ParameterValue, str] | None:
        """The entry that gives `name` its value: path, entry, and the point's name."""
        for point in (*self.main, *self.other):
            found = self._point(point).get(name)
            if found is not None and found[1].value is not None:
                return (*found, point)
        return None

    def stored(self, name: str) -> set[float]:
        """Every value that a point gives to `name`."""
        found = (self._point(point).get(name) for point in (*self.main, *self.other))
        return {float(f[1].value) for f in found if f is not None and f[1].value is not None}

    def axis(self, name: str) -> tuple[str, DomainAxis] | None:
        """The entry that gives `name` its range: path and entry."""
        return self._axes.get(name)

    def known(self) -> Iterable[str]:
        """Every name that a point or domain mentions."""
        names = dict.fromkeys(self._axes)
        for point in (*self.main, *self.other):
            names.update(dict.fromkeys(self._point(point)))
        return names

    def order(self) -> Iterable[str]:
        """Names in the order of the initial point."""
        return self._point(self.main[0]) if self.main else ()

    # --- what it says about one name ------------------------------------------------------------

    def range(self, name: str) -> tuple[float, float]:
        """The range of `name`: from domains, else from the point that gives its value."""
        if name not in self._ranges:
            self._ranges[name] = self._range(name)
        return self._ranges[name]

    def has_range(self, name: str) -> bool:
        """True when the range of `name` is finite."""
        return all(map(math.isfinite, self.range(name)))

    def _range(self, name: str) -> tuple[float, float]:
        found = self._axes.get(name)
        if found is not None:
            return _bounds(found[1].min, found[1].max)
        entry = self.entry(name)
        return INFINITE if entry is None else _bounds(entry[1].min, entry[1].max)

    def stated_const(self, name: str) -> bool | None:
        """True or False where the document says so, None where it does not."""
        tags = self._tags.get(name)
        if isinstance(tags, dict) and "Constant" in (tags.get("tags") or ()):
            return True
        entry = self.entry(name)
        if entry is not None and entry[1].const is not None:
            return entry[1].const
        axis = self._axes.get(name)
        if axis is not None and axis[1].const is not None:
            return axis[1].const
        # ROOT leaves `const` out where it is false, others where they have nothing to say.
        return False if entry is not None and self.writer.root else None

    def is_const(self, name: str) -> bool:
        """True when the document says that `name` is constant."""
        return self.stated_const(name) is True

    # --- parameters -----------------------------------------------------------------------------

    def parameter(self, name: str, used_at: str, claims: Claims) -> Parameter | None:
        """The parameter `name`; None, reported, when nothing gives it a value."""
        low, high = self.range(name)
        found = self._value(name, used_at, claims, low, high)
        if found is None:
            return None
        value, path = found
        const = self._const(name, claims, used_at)
        if math.isinf(low) and math.isinf(high):
            if name in claims.bins:
                self.log.fired(histfactory.bin_bounds, used_at)
                low, high = histfactory.bin_bounds()
            elif not const and name not in self._axes:
                self._tell("parameter.no_domain", "", path, name)
        return Parameter(name, value, low, high, const, path)

    def _const(self, name: str, claims: Claims, used_at: str) -> bool:
        stated = self.stated_const(name)
        if stated is None and name in claims.fixed:
            return True
        if stated and not self._stated_in_standard(name):
            self.log.fired(rules.constant_tag, used_at, value=name)
        return bool(stated)

    def _stated_in_standard(self, name: str) -> bool:
        entry = self.entry(name)
        return entry is not None and entry[1].const is True

    def _value(
        self, name: str, used_at: str, claims: Claims, low: float, high: float
    ) -> tuple[float, str] | None:
        entry = self.entry(name)
        if entry is not None:
            if entry[2] not in self.main:
                self._tell("parameter.value_from_other_point", entry[2], entry[0], name)
            assert entry[1].value is not None
            return float(entry[1].value), entry[0]
        axis = self._axes.get(name)
        if axis is not None and math.isfinite(low) and math.isfinite(high):
            self._tell("parameter.value_from_domain", "", axis[0], name)
            return low + (high - low) / 2, axis[0]
        # Where the document gives values at all, a name without one is a slip of the pen; only
        # per-bin parameters, which files often leave out, start at their nominal value.
        if name in claims.nominal and (name in claims.bins or not self.known()):
            self._tell("parameter.value_nominal", "", used_at, name)
            return claims.nominal[name], used_at
        self.log.add(
            "parameter.no_value",
            used_at,
            f"{name!r} has no value: it is in no parameter point, domain, function or data axis",
            name,
            nearest(name, self.known()),
        )
        return None

    def _tell(self, code: str, detail: str, path: str, name: str) -> None:
        self._told.setdefault((code, detail), _Told(path)).names.append(name)

    def tell(self) -> None:
        """Report what was gathered about many parameters, one finding for each thing."""
        for (code, detail), told in self._told.items():
            names = ", ".join(told.names[:5]) + (" …" if len(told.names) > 5 else "")
            count = f"{len(told.names)} parameters" if len(told.names) > 1 else "parameter"
            self.log.add(code, told.path, _SENTENCES[code].format(f"{count} {names}", detail))
        self._told.clear()


_SENTENCES = {
    "parameter.no_domain": "no range is given for {0}",
    "parameter.value_from_other_point": "the values of {0} are taken from the point {1!r}",
    "parameter.value_from_domain": "no value is given for {0}: the middle of the domain is taken",
    "parameter.value_nominal": "no value is given for {0}: the nominal value is taken",
}


def _bounds(low: float | int | None, high: float | int | None) -> tuple[float, float]:
    return (
        -math.inf if low is None else float(low),
        math.inf if high is None else float(high),
    )
