"""What is known while a zfit loss is converted: the entries made so far, and what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import zfit

from hs3.findings import Finding

from .refuse import refuse
from .traced import expression_of, number

Entry = dict[str, Any]
Value = str | float
Range = tuple[float, float]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"TRUE", "FALSE", "PI", "EULER"})


@dataclass
class Builder:
    """Collects the entries of an HS3 document.

    Attributes:
        ranges: the range of each observable of the factor that is being converted.
        functions, distributions, data: entries by name.
        parameters: zfit's independent parameters by name.
        observables: all observables, with the last range of each.
        findings: what was found.
        names: name of the entry of each zfit object that has one, by identity.
        reserved: names that are not to be given to new entries.
        bound: observables that stand for parameters, by the identity of these.
    """

    ranges: dict[str, Range] = field(default_factory=dict)
    functions: dict[str, Entry] = field(default_factory=dict)
    distributions: dict[str, Entry] = field(default_factory=dict)
    data: dict[str, Entry] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    observables: dict[str, Range] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    names: dict[Any, tuple[str, Any]] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)
    bound: dict[int, str] = field(default_factory=dict)

    # --- values ---------------------------------------------------------------------------------

    def value(self, parameter: Any) -> Value:
        """A number, or the name of what has the value of a zfit parameter.

        Raises:
            ConversionError: it is complex, or a composed one whose form is not known.
        """
        if isinstance(parameter, zfit.Parameter):
            return self.independent(parameter)
        if isinstance(parameter, zfit.param.ConstantParameter):
            return self._constant(parameter)
        if isinstance(parameter, zfit.ComposedParameter):
            return self._composed(parameter)
        refuse(
            f"{getattr(parameter, 'name', parameter)!r} is a {type(parameter).__name__}, "
            "which HS3 has nothing for",
            type(parameter).__name__,
        )

    def independent(self, parameter: Any) -> str:
        """Name of an independent parameter, which becomes one of the document, or an observable."""
        if id(parameter) in self.bound:
            return self.bound[id(parameter)]
        known = self.parameters.setdefault(parameter.name, parameter)
        if known is not parameter or parameter.name in self.observables:
            refuse(f"two different things are called {parameter.name!r}", parameter.name)
        self.reserved.add(parameter.name)
        return str(parameter.name)

    def _constant(self, parameter: Any) -> Value:
        """A number; one that the user gave a name becomes a constant parameter."""
        if parameter.name.startswith("FIXED_autoparam_"):
            return float(parameter.value())
        return self.independent(parameter)

    def _composed(self, parameter: Any) -> str:
        key = ("parameter", id(parameter), *self.bound)
        if key not in self.names:
            name = self.free(parameter.name)
            expression = expression_of(parameter, self.in_expression)
            self.names[key] = (name, parameter)
            self.functions[name] = {
                "name": name,
                "type": "generic_function",
                "expression": expression,
            }
        return self.names[key][0]

    def text(self, parameter: Any) -> str:
        """The value of a zfit parameter as part of an expression."""
        if isinstance(parameter, zfit.ComposedParameter):
            return self.word(self._composed(parameter))
        return self.in_expression(parameter)

    def in_expression(self, parameter: Any) -> str:
        """An independent or constant parameter as part of an expression."""
        value = self.value(parameter)
        return self.word(value) if isinstance(value, str) else number(value)

    def word(self, name: str) -> str:
        """A name that an expression can contain: itself, or that of a function equal to it."""
        if _IDENTIFIER.fullmatch(name) and name not in _WORDS:
            return name
        key = ("word", name)
        if key not in self.names:
            alias = self.free(re.sub(r"\W", "_", f"value_{name}"))
            equal: Entry = {"type": "sum", "summands": [name]}
            if name in self.distributions:
                equal = {"type": "weighted_sum", "samples": [name], "coefficients": [1.0]}
            self.functions[alias] = {"name": alias, **equal}
            self.names[key] = (alias, None)
        return self.names[key][0]

    def product(self, *factors: float | Value, name: str) -> Value:
        """A product of numbers and names: a number where it can be."""
        if all(isinstance(f, int | float) for f in factors):
            return float(np.prod([float(f) for f in factors]))
        key = ("product", factors)
        if key not in self.names:
            free = self.free(name)
            self.names[key] = (free, None)
            self.functions[free] = {"name": free, "type": "product", "factors": list(factors)}
        return self.names[key][0]

    def function(self, name: str, /, **entry: Any) -> str:
        """Name of a new function."""
        free = self.free(name)
        self.functions[free] = {"name": free, **entry}
        return free

    @contextmanager
    def binding(self, given: Mapping[int, str]) -> Iterator[None]:
        """Within it, observables stand for parameters; pdfs are made anew, inside and after."""
        names, bound = self.names, self.bound
        self.names = {k: v for k, v in names.items() if k[0] != "pdf"}
        self.bound = {**bound, **given}
        yield
        self.names = {k: v for k, v in self.names.items() if k[0] != "pdf"} | names
        self.bound = bound

    # --- distributions --------------------------------------------------------------------------

    def add(self, pdf: Any, /, **entry: Any) -> str:
        """Name of a new distribution that stands for a zfit pdf, or for part of one."""
        name = self.free(getattr(pdf, "name", pdf))
        self.distributions[name] = {"name": name, **entry}
        return name

    def generic(self, pdf: Any, expression: str) -> str:
        """Name of a new distribution that is given by an expression."""
        return self.add(pdf, type="generic_dist", expression=expression)

    def free(self, name: str) -> str:
        """The name, with a number behind it where it is taken."""
        taken = self.reserved | self.functions.keys() | self.distributions.keys() | self.data.keys()
        found, count = str(name), 1
        while found in taken:
            count += 1
            found = f"{name}_{count}"
        self.reserved.add(found)
        return found

    def note(self, code: str, message: str, value: Any = None, path: str = "") -> None:
        """Report something."""
        self.findings.append(Finding(code, path, message, value))


def limits_of(space: Any, what: str) -> dict[str, Range]:
    """The range of each observable of a space.

    Raises:
        ConversionError: it has none, or several pieces.
    """
    if space is None or space is False or not space.has_limits:
        refuse(f"{what} has no limits: give its space some, which are its normalisation range")
    if space.n_limits != 1:
        refuse(f"{what} has a range of several pieces, which HS3 has nothing for")
    low, high = (np.ravel(np.asarray(limit, float)) for limit in space.v1.limits)
    ranges = {o: (float(a), float(b)) for o, a, b in zip(space.obs, low, high, strict=True)}
    if not all(np.isfinite(v) for pair in ranges.values() for v in pair):
        refuse(f"{what} is normalised over an infinite range; HS3's data need a finite one")
    return ranges


def expression(template: str, builder: Builder, params: Mapping[str, Any], **more: str) -> str:
    """A template with the values of parameters in place of ``{name}``."""
    return template.format(**{k: builder.text(p) for k, p in params.items()}, **more)
