"""The parameter sets that pyhf needs for a model, found in its meaning.

pyhf ties modifiers together by their name, HS3 by their parameters. A group is a set of modifiers
that share parameters; it becomes one name in pyhf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from hs3.errors import ConversionError
from hs3.findings import Finding
from hs3.graph import Graph
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    Constraint,
    Effect,
    Modifier,
    NormFactor,
    Sample,
)

from .names import Names


@dataclass(frozen=True, eq=False)
class Place:
    """One modifier where it stands; `channel_name` is the channel's name in pyhf."""

    channel_name: str
    channel: Channel
    sample: Sample
    modifier: Modifier

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of the modifier."""
        if isinstance(self.modifier, BinFactors | BinFunction | Effect):
            return self.modifier.parameters
        return (self.modifier.parameter,)


@dataclass(frozen=True, eq=False)
class Group:
    """Modifiers that share parameters.

    Attributes:
        name: pyhf's name for them.
        type: pyhf's modifier type; ``alpha`` for histosys and normsys, which may share.
        parameters: their names in HS3, in the order of pyhf's parameter set.
    """

    name: str
    type: str
    parameters: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def scalar(self) -> bool:
        """True for one parameter, False for one per bin."""
        return self.type in ("alpha", "lumi", "normfactor")

    @property
    def pyhf_names(self) -> tuple[str, ...]:
        """Names of the parameters in pyhf."""
        if self.scalar:
            return (self.name,)
        return tuple(f"{self.name}[{i}]" for i in range(len(self.parameters)))


def refuse(message: str, path: str, value: str, code: str = "pyhf.not_expressible") -> NoReturn:
    """Raise the error for something that pyhf cannot say."""
    raise ConversionError(message, code=code, path=path, value=value)


def places(graph: Graph, channel_names: Mapping[str, str]) -> list[Place]:
    """All modifiers, in pyhf's order of channels."""
    channels = sorted(graph.channels, key=lambda c: channel_names[c.name])
    return [
        Place(channel_names[c.name], c, s, m)
        for c in channels
        for s in c.samples
        for m in s.modifiers
    ]


def constraints_by_parameter(graph: Graph) -> dict[str, Constraint]:
    """The one constraint of each parameter.

    Raises:
        ConversionError: a parameter has two, or the constraint is on a function.
    """
    known = {p.name for p in graph.parameters}
    out: dict[str, Constraint] = {}
    for constraint in graph.constraints:
        name = constraint.parameter
        if name not in known:
            refuse(f"pyhf cannot constrain the function {name!r}", constraint.path, name)
        if name in out:
            refuse(f"{name!r} has two constraints, and pyhf allows one", constraint.path, name)
        out[name] = constraint
    return out


class Grouping:
    """Finds the groups of a graph; `findings` tells what is said differently in pyhf."""

    def __init__(self, graph: Graph, channel_names: Mapping[str, str], approximate: bool) -> None:
        self.graph = graph
        self.approximate = approximate
        self.places = places(graph, channel_names)
        self.constraints = constraints_by_parameter(graph)
        self.findings: list[Finding] = []

    def groups(self) -> list[Group]:
        """All groups, named.

        Raises:
            ConversionError: parameters are shared, or constrained, in a way that pyhf has not.
        """
        self._check_parameters()
        self._check_repeated()
        found = [*self._scalars(), *self._vectors()]
        self._check_disjoint(found)
        self._check_constraints(found)
        return _named(found)

    def _check_constraints(self, groups: Iterable[Group]) -> None:
        """Parameters that nothing scales have no place in pyhf, nor have their constraints."""
        scaled = {name for group in groups for name in group.parameters}
        constant = {p.name for p in self.graph.parameters if p.const}
        for name, constraint in self.constraints.items():
            if name in scaled:
                continue
            message = f"pyhf has no {name!r}, which is constrained and scales no sample"
            if name not in constant:
                refuse(message, constraint.path, name)
            self.findings.append(Finding("pyhf.constant_term", constraint.path, message, name))

    def _check_parameters(self) -> None:
        known = {p.name for p in self.graph.parameters}
        for place in self.places:
            if isinstance(place.modifier, Effect):
                kind = place.modifier.spelled.type
                refuse(f"pyhf has no modifiers of type {kind!r}", place.modifier.path, kind)
            if isinstance(place.modifier, BinFunction):
                name = place.modifier.function
                message = f"pyhf cannot scale bins by the function {name!r}"
                refuse(message, place.modifier.path, name)
            for name in place.parameters:
                if name not in known:
                    message = f"pyhf cannot scale a sample by the function {name!r}"
                    refuse(message, place.modifier.path, name)

    def _check_repeated(self) -> None:
        """Modifiers of one type and name apply to a sample once in pyhf."""
        seen: set[tuple[str, type, tuple[str, ...]]] = set()
        for place in self.places:
            key = place.sample.path, type(place.modifier), place.parameters
            if key in seen:
                name = place.parameters[0]
                message = f"{name!r} applies twice to a sample; in pyhf it would apply once"
                refuse(message, place.modifier.path, name)
            seen.add(key)

    def _check_disjoint(self, groups: Iterable[Group]) -> None:
        owner: dict[str, Group] = {}
        for group in groups:
            for parameter in group.parameters:
                if owner.setdefault(parameter, group) is not group:
                    message = f"{parameter!r} steers modifiers that cannot share it in pyhf"
                    refuse(message, group.places[0].modifier.path, parameter)

    # --- one parameter --------------------------------------------------------------------------

    def _scalars(self) -> Iterator[Group]:
        found: dict[str, list[Place]] = {}
        for place in self.places:
            if not isinstance(place.modifier, BinFactors):
                found.setdefault(place.parameters[0], []).append(place)
        for name, members in found.items():
            yield Group("", self._scalar_type(name, members), (name,), tuple(members))

    def _scalar_type(self, parameter: str, members: Sequence[Place]) -> str:
        factors = [isinstance(p.modifier, NormFactor) for p in members]
        path = members[0].modifier.path
        if any(factors) and not all(factors):
            refuse(f"{parameter!r} is a factor and a systematic at once", path, parameter)
        constraint = self.constraints.get(parameter)
        if not any(factors):
            return "alpha"
        if constraint is None:
            return "normfactor"
        if constraint.kind != "gauss":
            message = f"pyhf has no {constraint.kind} constraint on a factor ({parameter!r})"
            refuse(message, constraint.path, parameter)
        return "lumi"

    # --- one parameter per bin ------------------------------------------------------------------

    def _vectors(self) -> Iterator[Group]:
        found: dict[tuple[str, ...], list[Place]] = {}
        for place in self.places:
            if isinstance(place.modifier, BinFactors):
                found.setdefault(place.parameters, []).append(place)
        single = [
            Group("", self._vector_type(parameters, members), parameters, tuple(members))
            for parameters, members in found.items()
        ]
        yield from _merged([g for g in single if g.type == "shapefactor"], _prefix)
        yield from _merged([g for g in single if g.type == "staterror"], _continued)
        yield from (g for g in single if g.type == "shapesys")

    def _vector_type(self, parameters: tuple[str, ...], members: Sequence[Place]) -> str:
        kinds = {self.constraints[p].kind for p in parameters if p in self.constraints}
        path, name = members[0].modifier.path, members[0].modifier.name
        if len(set(parameters)) < len(parameters):
            refuse(f"{name!r} uses one parameter for several bins", path, name)
        if not kinds:
            return "shapefactor"
        if kinds == {"gauss"}:
            return self._told(members, "staterror")
        if kinds == {"poisson"} and len(members) == 1:
            return self._told(members, "shapesys")
        if kinds == {"poisson"} and self.approximate:
            message = (
                f"the Poisson constraints of {name!r} become Gaussian ones of the same width, "
                "because several samples share them"
            )
            self.findings.append(Finding("pyhf.poisson_as_gauss", path, message, name))
            return "staterror"
        if kinds == {"poisson"}:
            message = (
                f"the Poisson-constrained factors of {name!r} scale several samples, which pyhf "
                "has with Gaussian constraints only; `approximate` takes those"
            )
            refuse(message, path, name, "pyhf.poisson_shared")
        listed = " and ".join(sorted(kinds))
        return refuse(f"pyhf has no {listed} constraints on bins, as {name!r} has", path, name)

    def _told(self, members: Sequence[Place], wanted: str) -> str:
        modifier = members[0].modifier
        assert isinstance(modifier, BinFactors)
        if modifier.kind not in (wanted, "shapefactor"):
            message = f"the {modifier.kind} {modifier.name!r} is a {wanted} in pyhf"
            self.findings.append(Finding("pyhf.rewritten", modifier.path, message, modifier.name))
        return wanted


def _merged(groups: list[Group], joins: Callable[[Group, Group], bool]) -> list[Group]:
    """Groups of which each is joined with the first earlier one that it fits."""
    out: list[Group] = []
    for group in groups:
        for i, earlier in enumerate(out):
            if joins(earlier, group):
                longer = earlier.type == "shapefactor"
                parameters = earlier.parameters + (() if longer else group.parameters)
                out[i] = Group("", group.type, parameters, earlier.places + group.places)
                break
        else:
            out.append(group)
    return out


def _prefix(earlier: Group, group: Group) -> bool:
    """A channel with fewer bins uses the first parameters of a shapefactor."""
    return earlier.parameters[: len(group.parameters)] == group.parameters


def _continued(earlier: Group, group: Group) -> bool:
    """The next channel of a staterror that pyhf numbers through: the names say so."""
    name = group.places[0].modifier.name
    samples = {p.sample.name for p in group.places}
    last = earlier.places[-1].channel_name
    parameters = earlier.parameters + group.parameters
    return (
        {p.modifier.name for p in (*earlier.places, *group.places)} == {name}
        and {p.sample.name for p in earlier.places if p.channel_name == last} == samples
        and last != group.places[0].channel_name
        and parameters == tuple(f"{name}[{i}]" for i in range(len(parameters)))
    )


def _named(groups: list[Group]) -> list[Group]:
    """Give every group a name of its own: that of its modifiers where they agree on one."""
    taken = Names()
    wanted = [_wanted(g) for g in groups]
    if any(g.type == "lumi" for g in groups):
        taken.take("lumi")
    out: dict[int, str] = {}
    # Names that only one group wants go first, so that the others make way.
    for i, group in sorted(enumerate(groups), key=lambda g: wanted.count(wanted[g[0]])):
        if group.type == "lumi":
            out[i] = "lumi"
        elif wanted.count(wanted[i]) == 1:
            out[i] = taken.take(wanted[i])
        else:
            channel = group.places[0].channel_name.replace("/", "_")
            out[i] = taken.take(group.parameters[0] if group.scalar else f"{wanted[i]}_{channel}")
    _check_lumi(groups)
    return [Group(out[i], g.type, g.parameters, g.places) for i, g in enumerate(groups)]


def _wanted(group: Group) -> str:
    names = dict.fromkeys(p.modifier.name for p in group.places)
    name = next(iter(names)) if len(names) == 1 or not group.scalar else group.parameters[0]
    # pyhf 0.7.6 cuts the name of a staterror at the first slash.
    return name.replace("/", "_") if group.type == "staterror" else name


def _check_lumi(groups: Sequence[Group]) -> None:
    lumi = [g for g in groups if g.type == "lumi"]
    if len(lumi) > 1:
        name = lumi[1].parameters[0]
        message = (
            f"{name!r} is a second factor with a Gaussian constraint; pyhf has one, its luminosity "
            f"(here {lumi[0].parameters[0]!r})"
        )
        refuse(message, lumi[1].places[0].modifier.path, name)
