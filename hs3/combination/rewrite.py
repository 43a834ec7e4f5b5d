"""One input under the names of the combination, without the constraints that do not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hs3.edit.occurrences import VALUES, of_entry
from hs3.edit.renaming import apply
from hs3.errors import EditError
from hs3.findings import Finding
from hs3.workspace import Workspace

from .inputs import Source

Json = dict[str, Any]
_KEYS = ("constraint_name", "constraint_type", "constraints")


def rewrite(
    source: Source, names: dict[str, str], free: Iterable[str], spaces: dict[str, dict[str, str]]
) -> Workspace:
    """The input with other names, and without the constraints of the parameters `free`.

    `names` are those of parameters and observables; `spaces` those of data and so on.

    Raises:
        EditError: a constraint cannot be taken away, or a name is taken.
    """
    data = source.ws.to_json()
    for name in free:
        _drop(data, source, name)
    table = {old: new for old, new in names.items() if old != new}
    return apply(Workspace.from_json(data), {VALUES: table, **spaces})[0]


def _drop(data: Json, source: Source, parameter: str) -> None:
    """Take the constraints of one parameter away."""
    for modifier in _modifiers(data):
        if modifier.get("parameter") == parameter:
            modifier["constraint"] = "None"
            for key in _KEYS:
                modifier.pop(key, None)
        elif parameter in modifier.get("parameters", ()):
            message = (
                f"{source.label}: {parameter!r} belongs to one bin of {modifier.get('name')!r}"
            )
            raise EditError([Finding("combine.bins", "", message, parameter)])
    for term in source.graph.terms:
        if term.data is None:
            found = of_entry(source.ws, term.distribution, ("distributions", 0))
            if any(o.name == parameter for o in found):
                name = term.distribution.name
                message = f"{source.label}: {name!r} constrains more than {parameter!r} alone"
                raise EditError([Finding("combine.config", "", message, name)])
    made = source.constraints[parameter]
    gone = {c.name for c in made if "/modifiers/" not in c.path}
    for entry in [*data.get("likelihoods", ()), *data.get("analyses", ())]:
        for key in ("aux_distributions", "aux_likelihood_terms"):
            if entry.get(key):
                entry[key] = [n for n in entry[key] if n not in gone]
    for likelihood in data.get("likelihoods", ()):
        _unpair(likelihood, gone)
    for entry in data.get("distributions", ()):
        if entry.get("type") == "product_dist":
            entry["factors"] = [n for n in entry["factors"] if n not in gone]
    data["distributions"] = [d for d in data["distributions"] if d["name"] not in gone]


def _unpair(likelihood: Json, gone: Iterable[str]) -> None:
    pairs = zip(likelihood.get("distributions") or (), likelihood.get("data") or (), strict=True)
    kept = [(d, x) for d, x in pairs if d not in gone]
    likelihood["distributions"] = [d for d, _ in kept]
    likelihood["data"] = [x for _, x in kept]


def _modifiers(data: Json) -> Iterator[Json]:
    for dist in data.get("distributions", ()):
        if dist.get("type") == "histfactory_dist":
            for sample in dist["samples"]:
                yield from sample.get("modifiers") or ()
