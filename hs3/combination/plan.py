"""What each parameter of each input is called in the combination, and what replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hs3.edit.occurrences import variables
from hs3.edit.renaming import filled, is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, nearest

from .config import Config, Partial, wrong
from .correlation import decompose
from .inputs import Source

Json = dict[str, Any]


@dataclass
class Plan:
    """The decisions about parameters.

    Attributes:
        names: for each input: name there → name in the combination.
        replaced: for each input: its parameters that become functions.
        functions: those functions.
        added: values and ranges of parameters that no input has.
        constraints: constraints of those.
        free: for each input: parameters whose constraint there does not count.
        findings: what is to be told.
    """

    names: list[dict[str, str]]
    replaced: list[set[str]]
    free: list[set[str]]
    functions: list[Json] = field(default_factory=list)
    added: dict[str, Json] = field(default_factory=dict)
    constraints: list[Json] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def plan(sources: Sequence[Source], config: Config) -> Plan:
    """The plan of a combination.

    Raises:
        EditError: the configuration names what is not there, or asks for what cannot be.
    """
    return _Planner(sources, config).plan()


class _Planner:
    def __init__(self, sources: Sequence[Source], config: Config) -> None:
        self.sources, self.config = sources, config
        self.labels = [s.label for s in sources]
        self.taken = {name for s in sources for name in s.names}
        names: list[dict[str, str]] = [{} for _ in sources]
        self.out = Plan(names, [set() for _ in sources], [set() for _ in sources])

    def plan(self) -> Plan:
        self._correlate()
        self._decorrelate()
        for index, source in enumerate(self.sources):
            for name in source.parameters:
                self.out.names[index].setdefault(name, name)
        for i, rescale in enumerate(self.config.rescale):
            where = ("rescale", i)
            index, name = self._parameter(rescale.input, rescale.parameter, where)
            self._free(index, name)
            new = self._replace(index, name)
            product = {"type": "product", "factors": [rescale.scale, rescale.of]}
            self._sum(new, [rescale.offset, product] if rescale.offset else [product])
            self._need([rescale.of], where)
            if name in self.sources[index].constraints:
                self._need_constraint(rescale.of, where)
        for i, function in enumerate(self.config.functions):
            where = ("functions", i)
            index, name = self._parameter(function.input, function.parameter, where)
            if name in self.sources[index].constraints and not function.drop_constraint:
                message = f"{name!r} of {function.input!r} has a constraint; set `drop_constraint`"
                raise EditError([wrong(message, *where, value=name)])
            self._free(index, name)
            entry = {"type": "generic_function", "expression": function.expression}
            self.out.functions.append({"name": self._replace(index, name), **entry})
            self._need(variables(function.expression), where)
        for i, partial in enumerate(self.config.partial):
            self._partial(partial, ("partial", i))
        self._settle()
        return self.out

    # --- names ------------------------------------------------------------------------------------

    def _correlate(self) -> None:
        for new, members in self.config.correlate.items():
            for label, old in members.items():
                where = ("correlate", new, label)
                index = self._input(label, where)
                found = pattern(old) if is_pattern(old) else None
                table = self.sources[index].parameters
                matches = {n: found.fullmatch(n) for n in table} if found else {}
                chosen = {n: filled(new, m) for n, m in matches.items() if m}
                if old in table:
                    chosen = {old: new}
                if not chosen:
                    self._unknown(old, table, where)
                self.out.names[index].update(chosen)
                self.taken.update(chosen.values())

    def _decorrelate(self) -> None:
        given = self.config.decorrelate
        chosen = [pattern(p) for p in given if not p.startswith("!")]
        spared = [pattern(p[1:]) for p in given if p.startswith("!")]
        explicit = [set(table) for table in self.out.names]
        counts: dict[str, int] = {}
        for source in self.sources:
            for name in source.parameters:
                counts[name] = counts.get(name, 0) + 1
        used: set[int] = set()
        for index, source in enumerate(self.sources):
            for name in source.parameters:
                hits = [k for k, p in enumerate(chosen) if p.fullmatch(name)]
                used.update(hits)
                free = counts[name] > 1 and name not in explicit[index]
                if hits and free and not any(p.fullmatch(name) for p in spared):
                    self.out.names[index][name] = self._new(f"{source.label}_{name}")
        for k, text in enumerate(p for p in given if not p.startswith("!")):
            if k not in used:
                self._unknown(text, counts, ("decorrelate", k))

    def _new(self, wish: str) -> str:
        name, count = wish, 2
        while name in self.taken:
            name, count = f"{wish}_{count}", count + 1
        self.taken.add(name)
        return name

    # --- functions in place of parameters ---------------------------------------------------------

    def _replace(self, index: int, name: str, new: str | None = None) -> str:
        if name in self.out.replaced[index]:
            message = f"{name!r} of {self.labels[index]!r} is replaced twice"
            raise EditError([wrong(message, value=name)])
        self.out.replaced[index].add(name)
        new = new or self._new(f"{self.labels[index]}_{name}")
        self.out.names[index][name] = new
        return new

    def _sum(self, name: str, terms: Sequence[Any]) -> None:
        """A function that is the sum of numbers and products."""
        if len(terms) == 1 and isinstance(terms[0], dict):
            self.out.functions.append({"name": name, **terms[0]})
            return
        summands: list[Any] = []
        for term in terms:
            if isinstance(term, dict):
                part = self._new(f"{name}_{len(summands) + 1}")
                self.out.functions.append({"name": part, **term})
                term = part
            summands.append(term)
        self.out.functions.append({"name": name, "type": "sum", "summands": summands})

    def _free(self, index: int, name: str) -> None:
        """The constraint of a parameter does not count."""
        source = self.sources[index]
        if name in source.constraints and name not in self.out.free[index]:
            self.out.free[index].add(name)
            message = f"the constraint of {name!r} in {source.label!r} does not count"
            self.out.findings.append(Finding("combine.constraint_dropped", "", message, name))

    # --- partial correlation ----------------------------------------------------------------------

    def _partial(self, partial: Partial, where: tuple[str | int, ...]) -> None:
        members = [
            self._members(m, (*where, "parameters", k)) for k, m in enumerate(partial.parameters)
        ]
        try:
            factor = decompose(partial.matrix, partial.method)
            if len(factor) != len(members):
                raise ValueError(f"{len(members)} parameters need a matrix of that size")
        except ValueError as error:
            raise self._bad(partial, str(error), where) from None
        facts = [self._gaussian(m, partial, where) for m in members]
        sources = [self._new(f"{partial.name}_{k + 1}") for k in range(factor.shape[1])]
        start = np.linalg.lstsq(factor, np.array([(v - o) / s for o, s, v, _ in facts]), rcond=None)
        reach = max(r for *_, r in facts)
        for z, value in zip(sources, start[0].tolist(), strict=True):
            bounds = {"min": -reach, "max": reach} if np.isfinite(reach) else {}
            self.out.added[z] = {"value": round(value, 15) + 0.0, **bounds}
            constraint = {"type": "gaussian_dist", "x": z, "mean": 0, "sigma": 1}
            self.out.constraints.append({"name": self._new(f"{z}_constraint"), **constraint})
        for member, row, (observed, scale, *_) in zip(members, factor, facts, strict=True):
            terms: list[Any] = [
                {"type": "product", "factors": [float(w * scale), z]}
                for w, z in zip(row, sources, strict=True)
                if w != 0.0
            ]
            new = self._new(f"{self.labels[member[0][0]]}_{member[0][1]}")
            for index, name in member:
                self._free(index, name)
                self._replace(index, name, new)
            self._sum(new, ([observed] if observed else []) + terms)
        message = f"{len(members)} parameters of {partial.name!r} follow {len(sources)} independent"
        self.out.findings.append(Finding("combine.decomposed", "", message, len(sources)))

    def _members(self, given: Mapping[str, str] | str, where: Any) -> list[tuple[int, str]]:
        if isinstance(given, str):
            found = [
                (i, old)
                for i, t in enumerate(self.out.names)
                for old, new in t.items()
                if new == given
            ]
            if not found:
                self._unknown(given, self._known(), where)
            return found
        if not given:
            raise EditError([wrong("needs an input and its parameter", *where)])
        return [self._parameter(label, name, where) for label, name in given.items()]

    def _gaussian(
        self, members: Sequence[tuple[int, str]], partial: Partial, where: Any
    ) -> tuple[float, float, float, float]:
        """Observed value and width of a parameter's constraint, its start and range in widths."""
        found = set()
        for index, name in members:
            parameter = self.sources[index].parameters[name]
            made = self.sources[index].constraints.get(name, ())
            if parameter.const or len(made) != 1 or made[0].kind != "gauss":
                message = (
                    f"{name!r} of {self.labels[index]!r} is not free with a Gaussian constraint"
                )
                raise self._bad(partial, message, where)
            o, s = made[0].observed, made[0].scale
            if isinstance(o, str) or isinstance(s, str):
                raise self._bad(partial, f"the constraint of {name!r} is not one of numbers", where)
            reach = max(abs(parameter.min - o), abs(parameter.max - o)) / s
            found.add((float(o), float(s), float(parameter.value), float(reach)))
        if len(found) > 1:
            name = members[0][1]
            raise self._bad(partial, f"the inputs do not agree about {name!r}", where)
        return found.pop()

    def _bad(self, partial: Partial, message: str, where: tuple[str | int, ...]) -> EditError:
        path = "/" + "/".join(map(str, where))
        return EditError([Finding("combine.correlation", path, f"{partial.name!r}: {message}")])

    # --- what the configuration names -------------------------------------------------------------

    def _settle(self) -> None:
        """Check `parameters`, and take new ones from there."""
        known = self._known()
        used = {v for f in self.out.functions for v in _variables(f)}
        for name, settled in self.config.parameters.items():
            if name not in known and name not in self.out.added:
                if name not in used:
                    self._unknown(name, known, ("parameters", name))
                if settled.value is None:
                    message = f"{name!r} is in no input, and needs a `value`"
                    raise EditError([wrong(message, "parameters", name, value=name)])
                given = {"value": settled.value, "min": settled.min, "max": settled.max}
                self.out.added[name] = {k: v for k, v in given.items() if v is not None}
                if settled.const:
                    self.out.added[name]["const"] = True
            if settled.constraint is not None:
                keep = self._input(settled.constraint, ("parameters", name, "constraint"))
                for index, table in enumerate(self.out.names):
                    for old in [o for o, new in table.items() if new == name and index != keep]:
                        self._free(index, old)

    def _known(self) -> dict[str, None]:
        """The parameters of the combination that inputs have."""
        return {
            new: None
            for table, gone in zip(self.out.names, self.out.replaced, strict=True)
            for old, new in table.items()
            if old not in gone
        }

    def _need(self, names: Sequence[str], where: tuple[str | int, ...]) -> None:
        known = self._known() | dict.fromkeys(self.config.parameters)
        for name in names:
            if name not in known:
                self._unknown(name, known, where)

    def _need_constraint(self, name: str, where: tuple[str | int, ...]) -> None:
        for source, table, free in zip(self.sources, self.out.names, self.out.free, strict=True):
            for old, new in table.items():
                if new == name and old in source.constraints and old not in free:
                    return
        message = f"no input constrains {name!r}, so that the constraint would be lost"
        raise EditError([wrong(message, *where, value=name)])

    def _input(self, label: str, where: tuple[str | int, ...]) -> int:
        if label not in self.labels:
            near = nearest(label, self.labels) or tuple(self.labels[:5])
            raise EditError([wrong(f"there is no input {label!r}", *where, value=label, near=near)])
        return self.labels.index(label)

    def _parameter(self, label: str, name: str, where: Any) -> tuple[int, str]:
        index = self._input(label, where)
        if name not in self.sources[index].parameters:
            self._unknown(name, self.sources[index].parameters, where)
        return index, name

    @staticmethod
    def _unknown(name: str, known: Any, where: tuple[str | int, ...]) -> None:
        message = f"there is no parameter {name!r}"
        raise EditError([wrong(message, *where, value=name, near=nearest(name, known))])


def _variables(function: Json) -> Iterator[str]:
    if "expression" in function:
        yield from variables(function["expression"])
    for key in ("factors", "summands"):
        yield from (v for v in function.get(key, ()) if isinstance(v, str))
