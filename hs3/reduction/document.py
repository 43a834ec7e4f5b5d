"""What operations on a document share: its upgraded form, and what nothing needs any more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from hs3.dialects.base import Log
from hs3.edit.occurrences import VALUES, of_entry
from hs3.errors import EditError
from hs3.findings import Finding, Report, nearest, pointer
from hs3.graph import Parameter
from hs3.histfactory.meaning import Constraint
from hs3.resolve.measurement import numbers_of
from hs3.resolve.selection import select
from hs3.resolve.values import Values
from hs3.upgrading import upgrade
from hs3.upgrading.likelihoods import BY_KIND, Meaning, meaning
from hs3.workspace import Workspace

Json = dict[str, Any]


class Draft:
    """An upgraded document that is being changed.

    Attributes:
        ws: the document before.
        means: what it means.
        data: its JSON, which is changed.
        findings: what is to be told.
    """

    def __init__(self, ws: Workspace) -> None:
        self.ws, _ = upgrade(ws)
        self.means: Meaning = meaning(self.ws)
        self.data: Json = self.ws.to_json()
        self.findings: list[Finding] = []

    def tell(self, code: str, path: str, message: str, value: Any = None) -> None:
        """Report one thing."""
        self.findings.append(Finding(code, path, message, value))

    def path(self, channel: Json, *parts: str | int) -> str:
        """Pointer to a place in a channel."""
        index = self.ws.tables["distributions"][channel["name"]][0]
        return pointer("distributions", index, *parts)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters of all likelihoods; of several statements about one the first."""
        found: dict[str, Parameter] = {}
        for one in self.means.likelihoods:
            for parameter in one.graph.parameters:
                found.setdefault(parameter.name, parameter)
        return found

    def constraints(self, name: str) -> Iterator[tuple[str, Constraint]]:
        """The constraints of a parameter, in numbers, and whose: an analysis' or a likelihood's."""
        for one in self.means.likelihoods:
            asked = {"analysis": one.analysis} if one.analysis else {"likelihood": one.likelihood}
            for constraint in one.constraints.get(name, ()):
                chosen = select(self.ws, Log(), **asked)
                assert chosen is not None
                values = Values(self.ws, chosen, self.means.writer, Log())
                yield one.analysis or one.likelihood, numbers_of(constraint, values)

    def unlist(self, names: Iterable[str]) -> None:
        """Take distributions out of likelihoods, and out of the document if nothing needs them."""
        gone = set(names)
        for entry in (*self.data.get("likelihoods", ()), *(self.data.get("analyses") or ())):
            for key in ("aux_distributions", "aux_likelihood_terms"):
                if entry.get(key):
                    entry[key] = [n for n in entry[key] if n not in gone]
        for likelihood in self.data.get("likelihoods") or ():
            pairs = zip(
                likelihood.get("distributions") or (), likelihood.get("data") or (), strict=True
            )
            kept = [(d, x) for d, x in pairs if d not in gone]
            if len(kept) < len(likelihood.get("distributions") or ()):
                likelihood["distributions"] = [d for d, _ in kept]
                likelihood["data"] = [x for _, x in kept]
        for entry in self.data.get("distributions") or ():
            if entry.get("type") == "product_dist":
                entry["factors"] = [n for n in entry["factors"] if n not in gone]
        self.sweep("distributions", gone)

    def explicit(self, name: str) -> list[str]:
        """The distributions that constrain a parameter, without those that modifiers ask for."""
        found = {
            c.name
            for one in self.means.likelihoods
            for c in one.constraints.get(name, ())
            if BY_KIND not in c.path
        }
        return [n for n in found if n in self.ws.tables["distributions"]]

    def sweep(self, section: str, names: Iterable[str]) -> None:
        """Remove those of the entries that nothing refers to any more."""
        used = self.used()
        gone = {n for n in names if n not in used}
        if gone and self.data.get(section):
            self.data[section] = [e for e in self.data[section] if e["name"] not in gone]

    def used(self) -> set[str]:
        """Names that something refers to, other than points, domains and interests."""
        return used(self.data)

    def forget(self, names: Iterable[str]) -> list[str]:
        """Remove parameters that nothing refers to from points, domains and interests."""
        used = self.used()
        gone = {n for n in names if n not in used}
        for section, key in (("domains", "axes"), ("parameter_points", "parameters")):
            for part in self.data.get(section) or ():
                if part.get(key):
                    part[key] = [e for e in part[key] if e["name"] not in gone]
        for analysis in self.data.get("analyses") or ():
            for key in ("parameters_of_interest", "parameter_of_interest"):
                given = analysis.get(key)
                if isinstance(given, list):
                    analysis[key] = [n for n in given if n not in gone]
                elif given in gone:
                    del analysis[key]
        return sorted(gone)

    def orphans(self) -> list[str]:
        """Remove what only parts that are gone needed: functions, observed values, widths."""
        before = {o.name for o in _values(self.ws)}
        after = {o.name for o in _values(Workspace.from_json(self.data))}
        functions = before & self.ws.tables["functions"].keys()
        while gone := functions - self.used():
            self.sweep("functions", gone)
            functions -= gone
            after = {o.name for o in _values(Workspace.from_json(self.data))}
        return self.forget(before - after)

    def made(self) -> tuple[Workspace, Report]:
        """The changed document, and what was told.

        Raises:
            EditError: a likelihood that could be resolved cannot be any more.
        """
        made = Workspace.from_json(self.data)
        after = meaning(made)
        known = {(r.likelihood, r.analysis) for r in after.likelihoods}
        for one in self.means.likelihoods:
            if (one.likelihood, one.analysis) not in known:
                first = next((f.message for f in after.report if f.code == "upgrade.left"), "")
                raise EditError([Finding("reduce.check", "", first, one.likelihood)])
        return made, Report(tuple(self.findings))


def used(data: Json) -> set[str]:
    """Names that entries other than points, domains and analyses' interests refer to."""
    made = Workspace.from_json(data)
    found: set[str] = set()
    for section in ("distributions", "functions", "data", "likelihoods"):
        for index, entry in enumerate(getattr(made, section) or ()):
            found |= {o.name for o in of_entry(made, entry, (section, index))}
    for analysis in made.analyses or ():
        terms = analysis.aux_likelihood_terms or ()
        found |= {*terms, *((analysis.prior,) if analysis.prior else ())}
    return found


def _values(ws: Workspace) -> Iterator[Any]:
    for section in ("distributions", "functions"):
        for index, entry in enumerate(getattr(ws, section) or ()):
            yield from (o for o in of_entry(ws, entry, (section, index)) if o.space == VALUES)


def unknown(name: str, known: Iterable[str], what: str = "parameter") -> EditError:
    """The error for a name that is not there."""
    valid = list(known)
    near = nearest(name, valid) or tuple(valid[:5])
    return EditError([Finding("reduce.unknown", "", f"there is no {what} {name!r}", name, near)])


def minus_log(constraint: Constraint, value: float) -> float:
    """-ln of a constraint, in numbers, at a value of its parameter."""
    a, s = float(constraint.observed), float(constraint.scale)
    match constraint.kind:
        case "gauss":
            low, high = ((end - value) / s for end in constraint.support)
            inside = 0.5 * (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2)))
            z = (a - value) / s
            return 0.5 * z * z + math.log(s * math.sqrt(2 * math.pi)) + math.log(inside)
        case "poisson":
            rate = s * value
            return rate - a * math.log(rate) + math.lgamma(a + 1)
        case "lognormal":
            z = math.log(a / value) / s
            return 0.5 * z * z + math.log(a * s * math.sqrt(2 * math.pi))
        case "gamma":
            rate = s * value
            return rate - a * math.log(rate) + math.lgamma(a + 1) - math.log(s)
