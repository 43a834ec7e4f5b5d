"""Functions of a resolved likelihood → `Function` elements, and where parameters start."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hs3 import expressions
from hs3.errors import HS3Error
from hs3.functions.arithmetic import GenericFunction, ProductFunction

from . import document as d
from .facts import Facts, refuse

_ROOT_NAME = re.compile(r"[A-Za-z_]\w*")
_NOT_IN_ROOT = re.compile(r"===|!==|'|\b(?:EULER|PI)\b")


class Functions:
    """The `Function` elements that NormFactors need, dependencies first."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[str, d.Function] = {}

    @property
    def elements(self) -> tuple[d.Function, ...]:
        """All that were needed."""
        return tuple(self._made.values())

    def need(self, name: str, path: str) -> None:
        """Make the function `name` and those it depends on."""
        if name in self._made:
            return
        text, names = self._expression(name, path)
        said = []
        for dependent in names:
            if dependent in self._facts.functions:
                self.need(dependent, path)
                said.append(dependent)
            else:
                said.append(self._declaration(dependent, path))
        self._made[name] = d.Function(name, text, ",".join(said), "")

    def _expression(self, name: str, path: str) -> tuple[str, Sequence[str]]:
        found = self._facts.functions[name]
        if isinstance(found, GenericFunction):
            text = found.expression
        elif isinstance(found, ProductFunction):
            text = "*".join(f if isinstance(f, str) else repr(float(f)) for f in found.factors)
        else:
            refuse(f"XML has no function of type {found.type!r} ({name!r})", path, name)
        try:
            names = expressions.names(expressions.parse(text))
        except HS3Error:
            names = ()
        if not names or _NOT_IN_ROOT.search(text) or not _ROOT_NAME.fullmatch(name):
            refuse(f"{name!r} is no expression that ROOT reads: {text[:100]}", path, name)
        return text, names

    def _declaration(self, name: str, path: str) -> str:
        """``name[value,low,high]``, or ``name[value]`` for a constant without a range."""
        found = self._facts.parameters[name]
        self._facts.become(name, name, path)
        if found.const and not math.isfinite(found.max - found.min):
            self._facts.defaults[name] = (found.value, found.min, found.max)
            return f"{name}[{found.value!r}]"
        value, low, high = self.start(name, path)
        self._facts.defaults[name] = (value, low, high)
        return f"{name}[{value!r},{low!r},{high!r}]"

    def start(self, name: str, path: str) -> tuple[float, float, float]:
        """Value and finite range of a free factor."""
        found = self._facts.parameters[name]
        low, high = found.min, found.max
        if not math.isfinite(low) or not math.isfinite(high):
            reach = 10.0 * max(1.0, abs(found.value))
            low = low if math.isfinite(low) else min(0.0, found.value - reach)
            high = high if math.isfinite(high) else max(0.0, found.value + reach)
            message = f"XML needs a range: {name!r} gets [{low:g}, {high:g}]"
            self._facts.report("xml.range", path, message, name)
        return found.value, low, high
