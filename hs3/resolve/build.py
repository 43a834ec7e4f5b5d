"""Builds the graph of a selection: channels, terms, constraints, then what they depend on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Literal

from hs3.checks import channel as channel_checks
from hs3.checks import data as data_checks
from hs3.checks.names import duplicates
from hs3.data import Data
from hs3.data.binned import BinnedData
from hs3.data.point import PointData
from hs3.data.unbinned import UnbinnedData
from hs3.dialects import constraints as rules
from hs3.dialects.base import Log, Writer
from hs3.distributions import Distribution
from hs3.distributions.histfactory import HistFactoryDist
from hs3.findings import Finding, Report, pointer
from hs3.graph import Graph, Parameter, Term
from hs3.histfactory.claims import Claims, describe, same
from hs3.histfactory.interpret import Context, Observation, interpret
from hs3.histfactory.meaning import BinFactors, Channel, Constraint
from hs3.workspace import Workspace

from .measurement import Hints, Recogniser, check_observed, numbers_of
from .selection import Pair, Selection, find
from .uses import Node, Uses
from .values import Values

Ranges = dict[str, tuple[float, float]]


class Builder:
    """Builds one graph; findings go to `log`."""

    def __init__(
        self,
        ws: Workspace,
        selection: Selection,
        log: Log,
        histosys: Literal["absolute", "additive"],
    ) -> None:
        self.ws, self.selection, self.log = ws, selection, log
        self.writer = Writer.of(ws.metadata.packages if ws.metadata else ())
        self.distributions = ws.tables["distributions"]
        self.values = Values(ws, selection, self.writer, log)
        self.uses = Uses(ws, log)
        self.recogniser = Recogniser(ws, self.values, log)
        self.claims = Claims()
        self.context = Context(
            self.writer, self.claims, self.distributions.__contains__, histosys
        )
        self.channels: list[Channel] = []
        self.terms: list[Term] = []
        self.constraints: list[Constraint] = []
        self.auxiliary: dict[str, str] = {}
        self.used: dict[str, str] = {}
        self.observed: dict[str, None] = {}
        self.findings: list[Finding] = []

    def graph(self) -> tuple[Graph | None, Report]:
        """The graph, or None where there are errors, and everything that was found."""
        for pair in self.selection.pairs:
            self.pair(pair)
        self.use_channels()
        self.use_terms(self.terms)
        self.settle_auxiliary()
        parameters = self.parameters()
        self.check_interest(parameters)
        self.check_duplicates()
        self.values.tell()
        report = Report((*self.log.report(), *self.findings))
        if not report.ok:
            return None, report
        return self.assemble(parameters, report), report

    def assemble(self, parameters: list[Parameter], report: Report) -> Graph:
        order = self.uses.order
        known = {p.name for p in parameters}
        top = {id(t.distribution) for t in self.terms}
        functions = [self.uses.part(n) for n in order if n.section == "functions"]
        distributions = [self.uses.part(n) for n in order if n.section == "distributions"]
        return Graph(
            workspace=self.ws,
            name=self.selection.name,
            analysis=self.selection.analysis,
            channels=tuple(self.channels),
            terms=tuple(self.terms),
            constraints=tuple(self.constraints),
            functions=tuple(functions),  # type: ignore[arg-type]
            distributions=tuple(d for d in distributions if id(d) not in top),  # type: ignore[misc]
            parameters=tuple(parameters),
            pois=tuple(p for p in self.selection.pois if p in known),
            report=report,
        )

    # --- distributions with data ----------------------------------------------------------------

    def pair(self, pair: Pair) -> None:
        found = find(self.ws, "distributions", pair.distribution, pair.path, self.log)
        data, data_path = self.data_of(pair)
        if found is None or data is _BAD:
            return
        dist: Distribution = found[1]
        path = pointer("distributions", found[0])
        if isinstance(dist, HistFactoryDist):
            self.channel(dist, path, data, data_path)
            return
        if isinstance(data, PointData):
            data = data.value
        if isinstance(data, int | float) and self.inline(dist, path, float(data)):
            return
        self.term(dist, path, data, data_path)

    def data_of(self, pair: Pair) -> tuple[Any, str]:
        """The data object, number or None that a pair names, and its place."""
        if not isinstance(pair.data, str):
            return pair.data, pair.data_path
        found = find(self.ws, "data", pair.data, pair.data_path, self.log)
        return (_BAD, "") if found is None else (found[1], pointer("data", found[0]))

    def channel(self, dist: HistFactoryDist, path: str, data: Any, data_path: str) -> None:
        observation: Observation | None = None
        if data is not None:
            if not isinstance(data, Data):
                message = f"a number cannot be the data of the channel {dist.name!r}"
                self.log.add("data.wrong_type", data_path, message, data)
                return
            observation = data_checks.observation(data, dist.axes, data_path, path, self.log)
            if observation is None:
                return
        channel, log = interpret(dist, path, self.context, observation)
        if channel is not None:
            channel_checks.check_edges(channel, log)
            if observation is not None:
                data_checks.check_channel(channel, observation, data_path, log)
                data_checks.check_counts(observation.contents, data_path, log)
            channel_checks.check_yields(channel, log)
            self.channels.append(channel)
        self.findings += log.report()

    def inline(self, dist: Distribution, path: str, value: float) -> bool:
        """A distribution of one variate with its value in line is a constraint if it looks so."""
        made = self.recogniser.constraint(dist, path, Hints(observed=value))
        if made is None:
            return False
        self.constraints.append(made)
        return True

    def term(self, dist: Distribution, path: str, data: Any, data_path: str) -> None:
        observables = self.observables(dist, data, path, data_path)
        if observables is None:
            return
        kept, auxiliary = self.split(dist, observables)
        for name in auxiliary:
            self.auxiliary.setdefault(name, path)
        if len(kept) == 1 and kept[0] != dist.name:
            index, only = self.distributions[kept[0]]
            path = pointer("distributions", index)
            if isinstance(only, HistFactoryDist):
                self.channel(only, path, data, data_path)
                return
            dist = only
        elif auxiliary:
            dist = dist.model_copy(update={"factors": tuple(kept)})
        self.terms.append(Term(dist, data, observables, path))

    def split(self, dist: Distribution, observables: Ranges) -> tuple[list[str], list[str]]:
        """The factors of a product that depend on the observables, and the others.

        A distribution that is no product is its own only factor. Products inside are opened.
        """
        if dist.type != "product_dist" or not observables:
            return [dist.name], []
        kept, auxiliary, seen, stack = [], [], {dist.name}, [dist]
        while stack:
            part = stack.pop()
            if part.type == "product_dist":
                names = [n for n in getattr(part, "factors", ()) if n in self.distributions]
                inner = [self.distributions[n][1] for n in dict.fromkeys(names) if n not in seen]
                seen.update(p.name for p in inner)
                stack.extend(reversed(inner))
            elif self.depends(part, observables):
                kept.append(part.name)
            else:
                auxiliary.append(part.name)
        histfactory = any(isinstance(self.distributions[n][1], HistFactoryDist) for n in kept)
        if not auxiliary and not (histfactory and len(kept) == 1):
            return [dist.name], []
        return kept, auxiliary

    def depends(self, part: Distribution, names: Iterable[str]) -> bool:
        if isinstance(part, HistFactoryDist):
            return not part.axes or any(a.name in names for a in part.axes)
        leaves = self.uses.leaves(Node("distributions", part.name))
        return any(name in leaves for name in names)

    def observables(
        self, dist: Distribution, data: Any, path: str, data_path: str
    ) -> Ranges | None:
        """The observables of a distribution with this data, and their ranges."""
        if isinstance(data, Data):
            return self.data_observables(data, data_path)
        variates = self.uses.variates(Node("distributions", dist.name))
        if data is None:
            asked = self.selection.observables
            names = asked or [v for v in variates if self.values.has_range(v)]
            return {name: self.values.range(name) for name in names}
        if len(variates) != 1:
            message = f"a single number cannot be the data of {dist.name!r}, which has " + (
                f"the variates {', '.join(variates)}" if variates else "no variate of its own"
            )
            self.log.add("data.wrong_type", data_path, message, data)
            return None
        return {name: self.values.range(name) for name in variates}

    def data_observables(self, data: Data, path: str) -> Ranges | None:
        if isinstance(data, BinnedData):
            fits = data_checks.check_binned(data, path, self.log)
        elif isinstance(data, UnbinnedData):
            fits = data_checks.check_unbinned(data, path, self.log)
        else:
            message = f"data {data.name!r} of type {data.type!r} cannot be used in a likelihood"
            self.log.add("data.wrong_type", path, message, data.type)
            return None
        ranges: Ranges = {}
        for i, axis in enumerate(data.axes):
            found = axis.range()
            if found is None and self.values.has_range(axis.name):
                found = self.values.range(axis.name)
            if found is None:
                message = f"observable {axis.name!r} has no range"
                self.log.add("axes.no_range", f"{path}/axes/{i}", message, axis.name)
                return None
            ranges[axis.name] = found
        return ranges if fits else None

    # --- what they use --------------------------------------------------------------------------

    def use(self, name: str, path: str) -> None:
        """`name`, a parameter or a function, is needed by what stands at `path`."""
        node = Node("functions", name)
        if name not in self.uses.functions:
            self.used.setdefault(name, path)
            return
        self.uses.visit(node)
        for leaf, where in self.uses.leaves(node).items():
            self.used.setdefault(leaf, where)

    def use_channels(self) -> None:
        functions = self.uses.functions
        for channel in self.channels:
            for sample in channel.samples:
                for modifier in sample.modifiers:
                    names = (
                        modifier.parameters
                        if isinstance(modifier, BinFactors)
                        else (modifier.parameter,)
                    )
                    for name in names:
                        if name in functions:
                            self.use(name, modifier.path)
                            self.check_independent(name, channel, modifier.path)
                        else:
                            self.used.setdefault(name, modifier.path)

    def check_independent(self, function: str, channel: Channel, path: str) -> None:
        leaves = self.uses.leaves(Node("functions", function))
        shared = [axis for axis in channel.axes if axis in leaves]
        if shared:
            self.log.add(
                "histfactory.depends_on_observable",
                path,
                f"{function!r} is a function of the observable {shared[0]!r}",
                function,
            )

    def use_terms(self, terms: Iterable[Term]) -> None:
        for term in terms:
            node = Node("distributions", term.distribution.name)
            self.uses.visit(node)
            leaves = self.uses.leaves(node)
            if term.observables and not any(name in leaves for name in term.observables):
                self.log.add(
                    "likelihood.no_observable",
                    term.path,
                    f"{node.name!r} does not depend on {', '.join(term.observables)}",
                    node.name,
                )
            for name, where in leaves.items():
                if name not in term.observables:
                    self.used.setdefault(name, where)

    # --- auxiliary measurements -----------------------------------------------------------------

    def settle_auxiliary(self) -> None:
        """Every auxiliary distribution and every constraint that modifiers ask for, once each."""
        for constraint in self.constraints:
            self.use_constraint(constraint)
        for name, path in self.selection.auxiliary:
            self.auxiliary.setdefault(name, path)
        stated = {c.parameter: c for c in self.constraints}
        for name, path in self.auxiliary.items():
            if name not in self.claims.named:
                self.add_auxiliary(name, None, path, stated)
        named: dict[str, Constraint | None] = {}
        for name, (parameter, path) in self.claims.named.items():
            self.add_auxiliary(name, parameter, path, named)
            if parameter is not None:
                named.setdefault(parameter, None)
        self.settle_kinds(stated, named)
        self.settle_defaults()

    def add_auxiliary(
        self, name: str, parameter: str | None, path: str, into: dict[str, Any]
    ) -> None:
        """Add the auxiliary distribution `name`; the constraint, if it is one, goes `into` a table."""
        found = find(self.ws, "distributions", name, path, self.log)
        if found is None:
            return
        where, dist = pointer("distributions", found[0]), found[1]
        if isinstance(dist, HistFactoryDist):
            message = f"the channel {name!r} cannot be an auxiliary distribution"
            self.log.add("reference.wrong_kind", path, message, name)
            return
        made = self.recogniser.constraint(dist, where, Hints(parameter, self.used))
        if parameter is not None:
            self.check_about(name, parameter, path)
        if made is None:
            term = Term(dist, None, {}, where)
            self.terms.append(term)
            self.use_terms((term,))
            return
        self.constraints.append(made)
        into[made.parameter] = made
        self.use_constraint(made)

    def check_about(self, name: str, parameter: str, path: str) -> None:
        leaves = self.uses.leaves(Node("distributions", name))
        wanted = {parameter}
        if parameter in self.uses.functions:
            wanted |= self.uses.leaves(Node("functions", parameter)).keys()
        if not wanted & leaves.keys():
            message = f"{name!r} does not depend on {parameter!r}, which it is said to constrain"
            self.log.add("constraint.elsewhere", path, message, name)

    def use_constraint(self, constraint: Constraint) -> None:
        for value in (constraint.parameter, constraint.observed, constraint.scale):
            if isinstance(value, str):
                self.use(value, constraint.path)
        if isinstance(constraint.observed, str):
            self.observed[constraint.observed] = None
            check_observed(constraint, self.values, self.log)

    def settle_kinds(
        self, stated: dict[str, Constraint], named: dict[str, Constraint | None]
    ) -> None:
        """Constraints that modifiers ask for by kind, where no distribution takes their place."""
        for parameter, made in self.claims.kinds.items():
            if parameter in named:
                self.log.fired(rules.kind_and_name, made.path)
                continue
            other = stated.get(parameter)
            if other is not None and same(numbers_of(other, self.values), made):
                self.log.fired(rules.stated_twice, made.path)
                continue
            if other is not None:
                self.log.add(
                    "constraint.twice",
                    made.path,
                    f"{parameter!r} is constrained as {describe(made)} here and as "
                    f"{describe(numbers_of(other, self.values))} by {other.name!r}; both count",
                    parameter,
                )
            self.constraints.append(made)

    def settle_defaults(self) -> None:
        """Gaussian constraints for systematics that nothing else constrains."""
        constrained = {c.parameter for c in self.constraints} | self.claims.free.keys()
        for constraint in self.constraints:
            if constraint.parameter in self.uses.functions:
                constrained |= self.uses.leaves(Node("functions", constraint.parameter)).keys()
        for term in self.terms:
            if term.data is None:
                constrained |= self.uses.leaves(
                    Node("distributions", term.distribution.name)
                ).keys()
        for parameter, made in self.claims.defaults.items():
            if parameter not in constrained:
                self.log.fired(rules.sys_default, made.path, value=parameter)
                self.constraints.append(made)

    # --- parameters -----------------------------------------------------------------------------

    def parameters(self) -> list[Parameter]:
        """Every parameter: those of the initial point in its order, then by first use."""
        names = [n for n in self.values.order() if n in self.used]
        names += [n for n in self.used if n not in set(names)]
        made = (self.values.parameter(n, self.used[n], self.claims) for n in names)
        return [
            dataclasses.replace(p, const=True) if p.name in self.observed and not p.const else p
            for p in made
            if p is not None
        ]

    def check_interest(self, parameters: list[Parameter]) -> None:
        known = {p.name for p in parameters}
        for name in self.selection.pois:
            if name not in known:
                message = f"the likelihood does not depend on the parameter of interest {name!r}"
                self.log.add("reference.unused_interest", self.selection.path, message, name)

    def check_duplicates(self) -> None:
        needed = {n.name for n in self.uses.order} | {c.name for c in self.channels}
        for name, paths in duplicates(self.ws).items():
            if name in needed:
                message = f"{name!r} stands at {', '.join(paths)}"
                self.log.add("reference.duplicate", paths[-1], message, name)


class _Bad:
    """Stands for data that do not exist."""


_BAD = _Bad()
