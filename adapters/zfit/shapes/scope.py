"""What a distribution becomes a pdf in, and the dispatch on its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import zfit

from hs3.distributions import Distribution

from ..evaluate import leaves
from ..refuse import refuse
from ..values import Values


@dataclass(frozen=True)
class Scope:
    """What a distribution is made in: values, the ranges of the observables, and their bins.

    Attributes:
        values: of parameters and functions.
        ranges: in which densities are normalised.
        bins: edges of each observable for binned data; empty for unbinned data.
        events: the expected number of events of a template, or None.
        path: where the factor stands in the document.
    """

    values: Values
    ranges: Mapping[str, tuple[float, float]]
    bins: Mapping[str, Any]
    path: str
    events: Any = None

    def expecting(self, events: Any) -> Scope:
        """The same with another number of events."""
        return replace(self, events=events)

    def distribution(self, name: str) -> Distribution:
        """The distribution called so."""
        return self.values.workspace.distribution(name)

    def observables(self, dist: Distribution) -> list[str]:
        """The observables of a distribution, in the order of the data."""
        found = _leaves(dist, self)
        own = [o for o in self.ranges if o in found]
        if not own:
            refuse(f"{dist.name!r} depends on no observable", path=self.path)
        return own

    def space(self, names: Sequence[str]) -> Any:
        """The normalisation range of some observables."""
        spaces = [zfit.Space(n, *self.ranges[n]) for n in names]
        total = spaces[0]
        for space in spaces[1:]:
            total = total * space
        return total

    def variable(self, dist: Distribution, key: str = "x") -> Any:
        """The space of a distribution of one variable, which has to be an observable.

        Raises:
            ConversionError: it is something else.
        """
        name = getattr(dist, key)
        name = name[0] if isinstance(name, tuple) and len(name) == 1 else name
        if name not in self.ranges:
            refuse(f"the variable {name!r} of {dist.name!r} is no observable", name, self.path)
        return self.space([str(name)])


def _leaves(dist: Distribution, scope: Scope) -> set[str]:
    """All names that a distribution depends on, through functions and other distributions."""
    known = scope.values.workspace.tables["distributions"]
    todo, found = [dist], set[str]()
    for one in todo:  # grows on the way
        for name in leaves(one, scope.values.functions) - found:
            found.add(name)
            if name in known and name not in scope.ranges:
                todo.append(scope.distribution(name))
    return found


@singledispatch
def shape(dist: Distribution, scope: Scope) -> Any:
    """The pdf of a distribution, without a yield.

    Raises:
        ConversionError: its type has no equal in zfit.
    """
    refuse(
        f"the distribution {dist.name!r} of type {dist.type!r} has no equal in zfit",
        dist.type,
        scope.path,
    )
