"""The factors of a likelihood that have data: channels, terms and measurements given in line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from hs3.axes import Axis
from hs3.checks import channel as channel_checks
from hs3.checks import data as data_checks
from hs3.checks.axes import bin_counts
from hs3.data import Data
from hs3.data.binned import BinnedData
from hs3.data.point import PointData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects import histfactory as rules
from hs3.distributions import Distribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.distributions.product import ProductDist
from hs3.findings import pointer
from hs3.graph import Term
from hs3.histfactory.interpret import Observation, interpret
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    Constraint,
    Effect,
    Modifier,
    NormFactor,
)

from .measurement import Hints, Recogniser
from .scope import Scope
from .selection import Pair, find
from .uses import Node
from .values import INFINITE

Ranges = dict[str, tuple[float, float]]


class _Given(NamedTuple):
    """What a distribution is evaluated at: a data object, a number or None, and its place."""

    data: Any
    path: str


class Factors:
    """Turns pairs of distributions and data into factors.

    Attributes:
        channels: HistFactory channels.
        terms: other distributions with data.
        constraints: measurements whose value is given in line.
        auxiliary: names of factors of products that depend on no observable, with their places.
    """

    def __init__(self, scope: Scope, recogniser: Recogniser) -> None:
        self._scope, self._recogniser = scope, recogniser
        self._log, self._uses, self._values = scope.log, scope.uses, scope.values
        self._distributions = scope.ws.tables["distributions"]
        self.channels: list[Channel] = []
        self.terms: list[Term] = []
        self.constraints: list[Constraint] = []
        self.auxiliary: dict[str, str] = {}

    def add(self, pair: Pair) -> None:
        """Add the factors of one pair, and what they use."""
        found = find(self._scope.ws, "distributions", pair.distribution, pair.path, self._log)
        given = self._given(pair)
        if found is None or given is None:
            return
        dist: Distribution = found[1]
        path = pointer("distributions", found[0])
        if isinstance(dist, HistFactoryDist):
            self._channel(dist, path, given)
            return
        ranges: Ranges | None = None
        if isinstance(given.data, PointData):
            ranges = self._point_range(given.data, given.path)
            if ranges is None:
                return
            given = _Given(given.data.value, given.path)
        if isinstance(given.data, int | float):
            hints = Hints(observed=float(given.data), ranges=ranges or {})
            made = self._recogniser.constraint(dist, path, hints)
            if made is not None and (not ranges or self._depends(dist, ranges)):
                self.constraints.append(made)
                return
        self._term(dist, path, given, ranges)

    def _given(self, pair: Pair) -> _Given | None:
        if not isinstance(pair.data, str):
            return _Given(pair.data, pair.data_path)
        found = find(self._scope.ws, "data", pair.data, pair.data_path, self._log)
        return None if found is None else _Given(found[1], pointer("data", found[0]))

    # --- channels -------------------------------------------------------------------------------

    def _channel(self, dist: HistFactoryDist, path: str, given: _Given) -> None:
        observation: Observation | None = None
        if given.data is not None:
            observation = self._observation(dist, path, given)
            if observation is None:
                return
        channel, log = interpret(dist, path, self._scope.context, observation)
        if channel is not None:
            fits = observation is None or data_checks.check_channel(
                channel, observation, given.path, log
            )
            if fits:
                channel_checks.check_yields(channel, log)
            self.channels.append(self._used(channel))
        self._scope.findings += log.report()

    def _observation(self, dist: HistFactoryDist, path: str, given: _Given) -> Observation | None:
        if isinstance(given.data, Data):
            counts = bin_counts(dist.axes)
            contents = {len(s.data.contents) for s in dist.samples}
            if counts and math.prod(counts) not in contents:
                interpret_log = interpret(dist, path, self._scope.context)[1]
                self._scope.findings += interpret_log.report()
                return None
            return data_checks.observation(given.data, dist.axes, given.path, path, self._log)
        message = f"a number cannot be the data of the channel {dist.name!r}"
        self._log.add("data.wrong_type", given.path, message, given.data)
        return None

    def _used(self, channel: Channel) -> Channel:
        """The channel, with what it depends on noted, and its functions of bins recognised."""
        samples = tuple(
            replace(s, modifiers=tuple(self._modifier(m, channel) for m in s.modifiers))
            for s in channel.samples
        )
        return replace(channel, samples=samples)

    def _modifier(self, modifier: Modifier, channel: Channel) -> Modifier:
        """The modifier itself, or what it means as a function of the observables."""
        for name in _parameters(modifier):
            if name not in self._uses.functions:
                self._scope.used.setdefault(name, modifier.path)
                continue
            leaves = self._uses.leaves(Node("functions", name))
            shared = [axis for axis in channel.axes if axis in leaves]
            if not shared:
                self._scope.use(name, modifier.path)
            elif isinstance(modifier, NormFactor):
                return self._bin_function(modifier, leaves, channel)
            else:
                message = f"{name!r} is a function of the observable {shared[0]!r}"
                self._log.add("histfactory.depends_on_observable", modifier.path, message, name)
        return modifier

    def _bin_function(
        self, factor: NormFactor, leaves: dict[str, str], channel: Channel
    ) -> BinFunction:
        name = factor.parameter
        self._log.fired(rules.function_of_observable, factor.path, value=name)
        self._uses.visit(Node("functions", name))
        parameters = {leaf: path for leaf, path in leaves.items() if leaf not in channel.axes}
        for leaf, path in parameters.items():
            self._scope.used.setdefault(leaf, path)
        return BinFunction(factor.name, name, tuple(parameters), factor.path)

    # --- terms ----------------------------------------------------------------------------------

    def _term(
        self, dist: Distribution, path: str, given: _Given, ranges: Ranges | None = None
    ) -> None:
        observables = ranges or self._observables(dist, given)
        if observables is None:
            return
        kept, auxiliary = self._split(dist, observables)
        for name in auxiliary:
            self.auxiliary.setdefault(name, path)
        if len(kept) == 1 and kept[0] != dist.name:
            index, dist = self._distributions[kept[0]]
            path = pointer("distributions", index)
            if isinstance(dist, HistFactoryDist):
                self._channel(dist, path, given)
                return
        elif auxiliary:
            dist = dist.model_copy(update={"factors": tuple(kept)})
        term = Term(dist, given.data, observables, path)
        self.terms.append(term)
        self.use_term(term, kept if auxiliary else (dist.name,))

    def use_term(self, term: Term, factors: Iterable[str]) -> None:
        """Note what a term, made of these distributions, depends on besides its observables."""
        leaves: dict[str, str] = {}
        for name in factors:
            node = Node("distributions", name)
            self._uses.visit(node)
            leaves |= self._uses.leaves(node)
        if term.observables and not any(name in leaves for name in term.observables):
            name = term.distribution.name
            message = f"{name!r} does not depend on {', '.join(term.observables)}"
            self._log.add("likelihood.no_observable", term.path, message, name)
        for name, where in leaves.items():
            if name not in term.observables:
                self._scope.used.setdefault(name, where)

    def _split(self, dist: Distribution, observables: Ranges) -> tuple[list[str], list[str]]:
        """The factors of a product that depend on the observables, and the others.

        A distribution that is no product is its own only factor. Products inside are opened.
        """
        if not isinstance(dist, ProductDist) or not observables:
            return [dist.name], []
        kept: list[str] = []
        auxiliary: list[str] = []
        for part in self._opened(dist):
            (kept if self._depends(part, observables) else auxiliary).append(part.name)
        channel = len(kept) == 1 and isinstance(self._distributions[kept[0]][1], HistFactoryDist)
        return (kept, auxiliary) if auxiliary or channel else ([dist.name], [])

    def _opened(self, product: ProductDist) -> list[Distribution]:
        """The factors of a product, and of products inside of it, each once, in order."""
        factors: list[Distribution] = []
        seen: set[str] = {product.name}
        stack: list[Distribution] = [product]
        while stack:
            part = stack.pop()
            if not isinstance(part, ProductDist):
                factors.append(part)
                continue
            known = [n for n in dict.fromkeys(part.factors) if n in self._distributions]
            inner = [self._distributions[n][1] for n in known if n not in seen]
            seen.update(p.name for p in inner)
            stack.extend(reversed(inner))
        return factors

    def _depends(self, part: Distribution, names: Iterable[str]) -> bool:
        if isinstance(part, HistFactoryDist):
            return not part.axes or any(a.name in names for a in part.axes)
        leaves = self._uses.leaves(Node("distributions", part.name))
        return any(name in leaves for name in names)

    # --- observables ----------------------------------------------------------------------------

    def _observables(self, dist: Distribution, given: _Given) -> Ranges | None:
        """The observables of a distribution with this data, and their ranges."""
        if isinstance(given.data, Data):
            return self._axes(given.data, given.path)
        variates = self._uses.variates(Node("distributions", dist.name))
        if given.data is None:
            asked = self._scope.selection.observables
            names = asked or [v for v in variates if self._values.has_range(v)]
            return {name: self._values.range(name) for name in names}
        if len(variates) != 1:
            has = f"the variates {', '.join(variates)}" if variates else "no variate of its own"
            message = f"a single number cannot be the data of {dist.name!r}, which has {has}"
            self._log.add("data.wrong_type", given.path, message, given.data)
            return None
        return {name: self._values.range(name) for name in variates}

    def _axes(self, data: Data, path: str) -> Ranges | None:
        if isinstance(data, BinnedData):
            fits = data_checks.check_binned(data, path, self._log)
            fits = fits and data_checks.check_uncertainty(data, path, self._log)
        elif isinstance(data, UnbinnedData):
            fits = data_checks.check_unbinned(data, path, self._log)
        else:
            message = f"data {data.name!r} of type {data.type!r} cannot be used in a likelihood"
            self._log.add("data.wrong_type", path, message, data.type)
            return None
        ranges: Ranges = {}
        for i, axis in enumerate(data.axes):
            found = self._range(axis)
            if found is None:
                message = f"observable {axis.name!r} has no range"
                self._log.add("axes.no_range", f"{path}/axes/{i}", message, axis.name)
                return None
            ranges[axis.name] = found
        return ranges if fits else None

    def _range(self, axis: Axis) -> tuple[float, float] | None:
        """The range that an axis gives, else that of the domains."""
        found = axis.range()
        if found is None and self._values.has_range(axis.name):
            found = self._values.range(axis.name)
        return found

    def _point_range(self, point: PointData, path: str) -> Ranges | None:
        """The observable of a point and its range; nothing where the point does not say which."""
        axes = point.axes or ()
        if len(axes) > 1:
            message = f"a single number cannot have {len(axes)} axes"
            self._log.add("data.wrong_type", f"{path}/axes", message, len(axes))
            return None
        return {axis.name: self._range(axis) or INFINITE for axis in axes}


def _parameters(modifier: Modifier) -> tuple[str, ...]:
    if isinstance(modifier, BinFactors | BinFunction | Effect):
        return modifier.parameters
    return (modifier.parameter,)
