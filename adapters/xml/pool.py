"""The objects of the HS3 document that is made, each under a name that nothing else has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class Pool:
    """Hands out names; equal objects are kept once, so that measurements share what they can."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._sections: dict[str, dict[str, Json]] = {}

    def add(self, section: str, wanted: str, body: Json, other: str | None = None) -> str:
        """The name under which `body` stands in a section.

        Args:
            section: key of the document.
            wanted: the name it gets, unless something else has it.
            body: the object without its name.
            other: the name to try then, before numbers are appended to it.
        """
        entries = self._sections.setdefault(section, {})
        name, count = wanted, 1
        while name in self._names:
            if entries.get(name) == body:
                return name
            count += 1
            name = (other or wanted) if count == 2 and other else f"{other or wanted}_{count}"
        self._names.add(name)
        entries[name] = body
        return name

    def document(self) -> dict[str, list[Json]]:
        """The sections, in the order of their making."""
        return {
            section: [{"name": name, **body} for name, body in entries.items()]
            for section, entries in self._sections.items()
        }


@dataclass
class Parameter:
    """Starting value, range and constancy of a parameter; `place` is where it first occurs."""

    value: float
    low: float | None
    high: float | None
    const: bool
    place: str


class Parameters:
    """The parameters of one measurement; as in a RooWorkspace, the first definition counts."""

    def __init__(self) -> None:
        self.all: dict[str, Parameter] = {}

    def add(
        self,
        name: str,
        place: str,
        value: float,
        low: float | None = None,
        high: float | None = None,
        const: bool = False,
    ) -> Parameter:
        """The parameter `name`, made now unless it is there."""
        return self.all.setdefault(name, Parameter(value, low, high, const, place))

    def axes(self) -> list[Json]:
        """For a domain: the ranges."""
        return [
            {"name": name, "min": p.low, "max": p.high}
            for name, p in self.all.items()
            if p.low is not None and p.high is not None
        ]

    def values(self) -> list[Json]:
        """For a parameter point: the values."""
        return [
            {"name": name, "value": p.value, **({"const": True} if p.const else {})}
            for name, p in self.all.items()
        ]
