"""What the formula of a distribution can see: numbers, functions, other distributions, ranges."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from hs3.axes import Axis
from hs3.base import as_float, expression_of, is_number, references
from hs3.checks import axes as checks
from hs3.distributions import Distribution
from hs3.errors import CompileError
from hs3.expressions import names, parse
from hs3.findings import nearest
from hs3.functions import Function

from ..functions.base import Scope, formula

Range = tuple[ArrayLike, ArrayLike]

DEFAULT_DOMAIN = "default_domain"
"""Name of the domain in which ROOT keeps the full range of every variable."""


@dataclass(frozen=True)
class Options:
    """Conventions of evaluation; the defaults are what is mathematically right.

    Attributes:
        bin_centres: take a continuous density at the centre of a bin times its width, instead of
            its integral over the bin (ROOT's default).
        accuracy: largest relative error of a numerical integral.
        panels: intervals that a numerical integral divides each axis into.
        romberg: take numerical integrals by ROOT's rule, with ROOT's error (`romberg`).
        fft: take numerical convolutions as ROOT, periodic in an enlarged range (`fft`).
        two_tails: read a ``crystalball_dist`` with one number each for `sigma`, `alpha` and `n` as
            the text does: two equal tails. ROOT, which writes these keys, means one.
    """

    bin_centres: bool = False
    accuracy: float = 1e-8
    panels: int = 16
    romberg: bool = False
    fft: bool = False
    two_tails: bool = False


@dataclass(frozen=True)
class Definitions:
    """The functions and distributions of a document by name; hashed by what they say.

    Attributes:
        functions: by name.
        distributions: by name.
        options: conventions of evaluation.
        domains: full range of each variable, which some formulas contain; a range of integration
            may be a part of it.
        regions: range of each axis of every domain, by the domain's name; ROOT keeps partial
            ranges in domains of their own.
        binnings: edges of the bins of a variable, where the document has some.
        paths: JSON pointers to functions and distributions, for messages.
    """

    functions: Mapping[str, Function]
    distributions: Mapping[str, Distribution]
    options: Options = field(default_factory=Options)
    domains: Mapping[str, Range] = field(default_factory=dict)
    regions: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    binnings: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)

    def region(self, domain: str, name: str) -> tuple[float, float]:
        """The range that the domain called `domain` gives `name`.

        Raises:
            CompileError: there is no such domain, or it says nothing about the name.
        """
        axes = self.regions.get(domain)
        if axes is None:
            hints = nearest(domain, self.regions)
            raise CompileError(f"there is no domain {domain!r}", value=domain, suggestions=hints)
        if name not in axes:
            message = f"the domain {domain!r} gives {name!r} no range"
            raise CompileError(message, value=name, suggestions=nearest(name, axes))
        return axes[name]

    def direct(self, name: str) -> tuple[str, ...]:
        """The names that a function or distribution refers to itself."""
        part = self.functions.get(name) or self.distributions.get(name)
        if part is None:
            return ()
        text = expression_of(part)
        own = names(parse(text)) if text is not None else ()
        given = (r.name for r in references(part))
        return (*dict.fromkeys([*given, *own, *(axis.name for axis in axes_of(part))]),)

    @cached_property
    def _known_leaves(self) -> dict[str, frozenset[str]]:
        return {}

    def leaves(self, name: str) -> frozenset[str]:
        """The parameters and observables that a name depends on, through everything."""
        known = self._known_leaves
        if name not in known:
            known[name] = self._leaves(name)
        return known[name]

    def _leaves(self, name: str) -> frozenset[str]:
        seen: set[str] = set()
        todo, out = [name], set()
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            inner = self.direct(current)
            if current in self.functions or current in self.distributions:
                todo.extend(inner)
            else:
                out.add(current)
        return frozenset(out)


def axes_of(part: Function | Distribution) -> tuple[Axis, ...]:
    """The axes that a function or distribution carries, its own and those of a histogram in it."""
    return (*checks.axes_of(part), *checks.axes_of(getattr(part, "data", None)))


class DensityScope(Scope):
    """Names → arrays, computed when asked for and kept.

    Args:
        values: parameters (scalars) and observables (one entry per event) by name.
        definitions: everything else that has a name.
        ranges: normalisation range of each observable.
        errors: collects the relative error of every numerical integral taken on the way.
    """

    def __init__(
        self,
        values: Mapping[str, ArrayLike],
        definitions: Definitions,
        ranges: Mapping[str, Range],
        errors: list[Array] | None = None,
    ) -> None:
        super().__init__(values, definitions.functions)
        object.__setattr__(self, "definitions", definitions)
        object.__setattr__(self, "ranges", dict(ranges))
        object.__setattr__(self, "errors", [] if errors is None else errors)
        object.__setattr__(self, "_known", {})

    definitions: Definitions
    ranges: dict[str, Range]
    errors: list[Array]
    _known: dict[str, Array]

    def __call__(self, value: str | int | float) -> Array:
        """The number, or the value of a parameter, an observable or a function.

        A distribution used as a function has the value of its unnormalised formula, as in ROOT.

        Raises:
            CompileError: nothing of that name exists.
        """
        if is_number(value):
            return jnp.asarray(as_float(value))
        name = str(value)
        if name in self.values:
            return jnp.asarray(self.values[name], dtype=jnp.float64)
        if name not in self._known:
            self._known[name] = self._compute(name)
        return self._known[name]

    def _compute(self, name: str) -> Array:
        from .density import log_shape

        try:
            if name in self.definitions.functions:
                return formula(self.definitions.functions[name], self)
            if name in self.definitions.distributions:
                return jnp.exp(log_shape(self.distribution(name), self))
        except CompileError as error:
            raise error.located(self.definitions.paths.get(name, "")) from None
        known = [*self.values, *self.definitions.functions, *self.definitions.distributions]
        raise CompileError(f"{name!r} has no value", value=name, suggestions=nearest(name, known))

    def knows(self, name: str) -> bool:
        """Whether the name has a value here, or one that can be computed."""
        defined = self.definitions.functions, self.definitions.distributions
        return name in self.values or any(name in names for names in defined)

    def distribution(self, name: str) -> Distribution:
        """The distribution called `name`.

        Raises:
            CompileError: there is none.
        """
        found = self.definitions.distributions.get(name)
        if found is None:
            raise CompileError(
                f"there is no distribution {name!r}",
                value=name,
                suggestions=nearest(name, self.definitions.distributions),
            )
        return found

    def observables(self, name: str) -> tuple[str, ...]:
        """The observables (names with a range) that something depends on, sorted."""
        return tuple(sorted(self.definitions.leaves(name) & self.ranges.keys()))

    def domain(self, name: str) -> Range:
        """Full range of a variable; the range it is integrated over where no other is known.

        Raises:
            CompileError: the variable has no range, or an infinite one.
        """
        found = self.definitions.domains.get(name) or self.ranges.get(name) or (-np.inf, np.inf)
        if any(isinstance(limit, int | float) and np.isinf(limit) for limit in found):
            raise CompileError(
                f"the range of {name!r}, part of a formula, is not known", value=name
            )
        return found

    def range_of(self, name: str) -> Range:
        """The range of an observable or parameter, the real line where nothing gives it one."""
        found = self.ranges.get(name) or self.definitions.domains.get(name)
        return (-math.inf, math.inf) if found is None else found

    def at(self, **values: ArrayLike) -> DensityScope:
        """The same scope with other values of some names."""
        return DensityScope({**self.values, **values}, self.definitions, self.ranges, self.errors)

    def averaged(self) -> DensityScope:
        """The same scope without values of observables: for what is integrated over all of them."""
        values = {k: v for k, v in self.values.items() if k not in self.ranges}
        return DensityScope(values, self.definitions, self.ranges, self.errors)

    def within(self, ranges: Mapping[str, Range]) -> DensityScope:
        """The same scope with other normalisation ranges for some observables."""
        merged = {**self.ranges, **ranges}
        return DensityScope(self.values, self.definitions, merged, self.errors)

    def without(self, observables: Iterable[str]) -> DensityScope:
        """The same scope in which some observables are conditions: not normalised over."""
        dropped = set(observables)
        kept = {k: v for k, v in self.ranges.items() if k not in dropped}
        return DensityScope(self.values, self.definitions, kept, self.errors)
