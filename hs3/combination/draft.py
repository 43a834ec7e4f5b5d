"""What each parameter of each input is called in the combination, and what replaces it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from hs3.edit.occurrences import variables
from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, nearest

from .config import Config, wrong
from .inputs import Source

Json = dict[str, Any]
Where = tuple[str | int, ...]


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


class Draft:
    """A plan in the making."""

    def __init__(self, sources: Sequence[Source], config: Config) -> None:
        self.sources, self.config = sources, config
        self.labels = [s.label for s in sources]
        self.taken = {name for s in sources for name in s.names}
        names: list[dict[str, str]] = [{} for _ in sources]
        self.plan = Plan(names, [set() for _ in sources], [set() for _ in sources])

    def new(self, wish: str) -> str:
        """A name that nothing has."""
        name, count = wish, 2
        while name in self.taken:
            name, count = f"{wish}_{count}", count + 1
        self.taken.add(name)
        return name

    # --- functions in place of parameters ---------------------------------------------------------

    def replace(self, index: int, name: str, new: str | None = None) -> str:
        """A function is to take the place of this parameter; the function's name."""
        if name in self.plan.replaced[index]:
            message = f"{name!r} of {self.labels[index]!r} is replaced twice"
            raise EditError([wrong(message, value=name)])
        self.plan.replaced[index].add(name)
        new = new or self.new(f"{self.labels[index]}_{name}")
        self.plan.names[index][name] = new
        return new

    def add_sum(self, name: str, terms: Sequence[Any]) -> None:
        """A function that is the sum of numbers and products."""
        if len(terms) == 1 and isinstance(terms[0], dict):
            self.plan.functions.append({"name": name, **terms[0]})
            return
        summands: list[Any] = []
        for term in terms:
            if isinstance(term, dict):
                part = self.new(f"{name}_{len(summands) + 1}")
                self.plan.functions.append({"name": part, **term})
                term = part
            summands.append(term)
        self.plan.functions.append({"name": name, "type": "sum", "summands": summands})

    def set_free(self, index: int, name: str) -> None:
        """The constraint of a parameter does not count."""
        source = self.sources[index]
        if name in source.constraints and name not in self.plan.free[index]:
            self.plan.free[index].add(name)
            message = f"the constraint of {name!r} in {source.label!r} does not count"
            self.plan.findings.append(Finding("combine.constraint_dropped", "", message, name))

    # --- what the configuration names -------------------------------------------------------------

    def known(self) -> dict[str, None]:
        """The parameters of the combination that inputs have."""
        return {
            new: None
            for table, gone in zip(self.plan.names, self.plan.replaced, strict=True)
            for old, new in table.items()
            if old not in gone
        }

    def members(self, name: str) -> Iterator[tuple[int, str]]:
        """The parameters of inputs that are this one of the combination."""
        for index, table in enumerate(self.plan.names):
            for old, new in table.items():
                if new == name and old not in self.plan.replaced[index]:
                    yield index, old

    def need(self, names: Sequence[str], where: Where) -> None:
        """All of these must be parameters or definitions of the combination."""
        known = self.known() | dict.fromkeys([*self.config.parameters, *self.config.definitions])
        for name in names:
            if name not in known:
                self.unknown(name, known, where)

    def need_constraint(self, name: str, where: Where) -> None:
        """An input must constrain this parameter of the combination."""
        for index, old in self.members(name):
            if old in self.sources[index].constraints and old not in self.plan.free[index]:
                return
        message = f"no input constrains {name!r}, so that the constraint would be lost"
        raise EditError([wrong(message, *where, value=name)])

    def input(self, label: str, where: Where) -> int:
        """Index of an input."""
        if label not in self.labels:
            near = nearest(label, self.labels) or tuple(self.labels[:5])
            raise EditError([wrong(f"there is no input {label!r}", *where, value=label, near=near)])
        return self.labels.index(label)

    def inputs(self, text: str, where: Where) -> list[int]:
        """Indices of the inputs that fit a pattern."""
        found = [i for i, label in enumerate(self.labels) if pattern(text).fullmatch(label)]
        return found or [self.input(text, where)]

    def parameter(self, label: str, name: str, where: Where) -> tuple[int, str]:
        """A parameter of an input."""
        index = self.input(label, where)
        if name not in self.sources[index].parameters:
            self.unknown(name, self.sources[index].parameters, where)
        return index, name

    @staticmethod
    def unknown(name: str, known: Mapping[str, Any], where: Where) -> NoReturn:
        """Refuse the name of a parameter that is not there.

        Raises:
            EditError: always.
        """
        near = nearest(name, known)
        message = f"there is no parameter {name!r}"
        if is_pattern(name):
            message = f"no parameter fits {name!r}"
            words = [word for word in re.split(r"[\W_]+", name) if len(word) > 1]
            near = near or tuple(n for n in known if any(w in n for w in words))[:5]
        raise EditError([wrong(message, *where, value=name, near=near)])


def used_by(function: Json) -> Iterator[str]:
    """The names that a function refers to."""
    if "expression" in function:
        yield from variables(function["expression"])
    for key in ("factors", "summands"):
        yield from (v for v in function.get(key, ()) if isinstance(v, str))
