"""The document for ROOT while it is being written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hs3.errors import ConversionError
from hs3.findings import Finding
from hs3.graph import Graph, Parameter
from hs3.workspace import Workspace

from .exact import exact
from .names import Names, name_bins

Json = dict[str, Any]
_INFINITE = (-math.inf, math.inf)


@dataclass
class Variable:
    """What ROOT is to know of a parameter, global observable or observable."""

    value: float
    min: float = -math.inf
    max: float = math.inf
    const: bool = False

    def entry(self, name: str) -> Json:
        """Its entry in a parameter point."""
        found: Json = {"name": name, "value": self.value}
        return {**found, "const": True} if self.const else found

    def axis(self, name: str) -> Json:
        """Its entry in a domain; a bound that is missing is infinite."""
        axis: Json = {"name": name}
        if math.isfinite(self.min):
            axis["min"] = self.min
        if math.isfinite(self.max):
            axis["max"] = self.max
        return axis


@dataclass
class Draft:
    """Entries by name, and what was found on the way.

    Attributes:
        workspace: the document that is converted.
        names: names of parameters, observables, functions and distributions.
        approximate: keep ROOT's cut at zero, with a warning, instead of rewriting the sample.
        functions: entries of functions, dependencies first.
        distributions: entries of distributions.
        variables: parameters, global observables and observables by their name in ROOT.
        tags: attributes of ROOT's objects.
        findings: what was rewritten or assumed.
    """

    workspace: Workspace
    names: Names
    approximate: bool = False
    functions: dict[str, Json] = field(default_factory=dict)
    distributions: dict[str, Json] = field(default_factory=dict)
    data: dict[str, Json] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    samples: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, workspace: Workspace, graphs: Sequence[Graph], approximate: bool) -> Draft:
        """An empty draft with names for everything that the graphs hold."""
        names = Names()
        for graph in graphs:
            names.keep(p.name for p in graph.parameters)
            names.keep(f.name for f in graph.functions)
            names.keep(d.name for d in graph.distributions)
            names.keep(t.distribution.name for t in graph.terms)
            names.keep(c.name for c in graph.channels)
            names.keep(o for t in graph.terms for o in t.observables)
            names.keep(a for c in graph.channels for a in c.axes)
        name_bins(names, graphs)
        return cls(workspace, names, approximate)

    def put(self, section: str, entry: Json, path: str = "") -> str:
        """Add an entry; the same one may be added again, another of that name is an error."""
        if section != "data":
            entry = exact(section, entry, self._number)
        table: dict[str, Json] = getattr(self, section)
        known = table.setdefault(entry["name"], entry)
        if known != entry:
            message = (
                f"{entry['name']!r} means different things in different analyses, and a workspace "
                "of ROOT has it once; choose one analysis"
            )
            raise ConversionError(message, code="root.analyses_differ", path=path)
        name: str = entry["name"]
        return name

    def parameter(self, parameter: Parameter) -> str:
        """Add a parameter; the first analysis decides on its value and constancy."""
        name = self.names.of(parameter.name)
        made = Variable(parameter.value, parameter.min, parameter.max, parameter.const)
        self.variables.setdefault(name, made)
        return name

    def fixed(self, name: str, value: float, bounds: tuple[float, float] = _INFINITE) -> str:
        """Add a constant, for instance a global observable."""
        self.variables[name] = Variable(value, *bounds, const=True)
        return name

    def _number(self, value: float) -> str:
        """A constant parameter of this value."""
        return self.fixed(self.names.helper(f"number_{value!r}"), value)

    def note(self, code: str, path: str, message: str, value: Any = None) -> None:
        """Report something, once."""
        finding = Finding(code, path, message, value)
        if finding not in self.findings:
            self.findings.append(finding)
