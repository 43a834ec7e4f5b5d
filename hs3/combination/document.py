"""The combined document, put together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import hs3
from hs3.errors import EditError
from hs3.findings import nearest
from hs3.workspace import Workspace

from .agree import Shared
from .config import Config, wrong
from .draft import Plan
from .inputs import Source

Json = dict[str, Any]
DOMAIN, POINT = "default_domain", "default_values"


def document(
    given: Sequence[Source],
    parts: Sequence[Workspace],
    decided: Plan,
    shared: Mapping[str, Shared],
    config: Config,
    follows: str | None,
) -> Json:
    """JSON data of the combination of `parts`, which have its names already.

    Raises:
        EditError: a parameter of interest is not a parameter of it.
    """
    raw = [part.to_json() for part in parts]
    likelihoods = [data["likelihoods"][0] for data in raw]
    pairs = _pairs(likelihoods)
    auxiliary = _once(n for entry in likelihoods for n in entry.get("aux_distributions") or ())
    terms = (
        a.get("aux_likelihood_terms") or () for data in raw for a in data.get("analyses") or ()
    )
    auxiliary = _once([*auxiliary, *(n for names in terms for n in names)])
    auxiliary += [c["name"] for c in decided.constraints]
    likelihood = {
        "name": f"{config.name}_likelihood",
        "distributions": [d for d, _ in pairs],
        "data": [x for _, x in pairs],
        **({"aux_distributions": auxiliary} if auxiliary else {}),
    }
    axes, values = _parameters(decided, shared)
    _observables(parts, given, axes, values)
    domains = [{"name": DOMAIN, "type": "product_domain", "axes": list(axes.values())}]
    points = [{"name": POINT, "parameters": list(values.values())}]
    analysis = {
        "name": config.name,
        "likelihood": likelihood["name"],
        "parameters_of_interest": _interest(given, decided, axes, config),
        "domains": [DOMAIN],
        "init": POINT,
    }
    return {
        "metadata": _metadata(given, follows),
        "distributions": [*_entries(raw, "distributions"), *decided.constraints],
        "functions": [*_entries(raw, "functions"), *decided.functions],
        "data": _entries(raw, "data"),
        "likelihoods": [likelihood],
        "domains": [*domains, *_entries(raw, "domains")],
        "parameter_points": [*points, *_entries(raw, "parameter_points")],
        "analyses": [analysis],
    }


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _pairs(likelihoods: Sequence[Json]) -> list[tuple[str, Any]]:
    """Distributions with their data; equal measurements given in line are one."""
    found = (
        pair
        for entry in likelihoods
        for pair in zip(entry.get("distributions") or (), entry.get("data") or (), strict=True)
    )
    return list(dict.fromkeys(found))


def _entries(raw: Sequence[Json], section: str) -> list[Json]:
    """The entries of all inputs, those that are the same thing once."""
    found: dict[str, Json] = {}
    for data in raw:
        for entry in data.get(section) or ():
            found.setdefault(entry["name"], entry)
    return list(found.values())


def _parameters(
    decided: Plan, shared: Mapping[str, Shared]
) -> tuple[dict[str, Json], dict[str, Json]]:
    axes: dict[str, Json] = {}
    values: dict[str, Json] = {}
    for name, one in shared.items():
        p = one.parameter
        axes[name] = _axis(name, p.min, p.max)
        # Also where it is false: a convention of the writer must not decide it anew.
        values[name] = {"name": name, "value": p.value, "const": p.const, **one.more}
    for name, given in decided.added.items():
        axes[name] = _axis(name, given.get("min", -math.inf), given.get("max", math.inf))
        unit = {"unit": given["unit"]} if "unit" in given else {}
        const = bool(given.get("const", False))
        values[name] = {"name": name, "value": given["value"], "const": const, **unit}
    return axes, values


def _axis(name: str, low: float, high: float) -> Json:
    bounds = {"min": low, "max": high}
    return {"name": name, **{k: v for k, v in bounds.items() if math.isfinite(v)}}


def _observables(
    parts: Sequence[Workspace], given: Sequence[Source], axes: Json, values: Json
) -> None:
    """Ranges and values of names that are no parameters."""
    for part, source in zip(parts, given, strict=True):
        old = [n for n in source.names if n not in source.parameters]
        new = [n for n in _all(part) if n not in axes]
        for name in old:
            now = name if name in new else f"{source.label}_{name}"
            if now not in new:
                continue
            low, high = source.values.range(name)
            if math.isfinite(low) or math.isfinite(high):
                axes.setdefault(now, _axis(now, low, high))
            entry = source.values.entry(name)
            if entry is not None:
                values.setdefault(now, {**entry[1].to_json(), "name": now})


def _all(ws: Workspace) -> set[str]:
    from hs3.edit.occurrences import VALUES, names

    entries = {*ws.tables["distributions"], *ws.tables["functions"]}
    return names(ws)[VALUES].keys() - entries


def _interest(
    given: Sequence[Source], decided: Plan, axes: Mapping[str, Any], config: Config
) -> list[str]:
    if config.parameters_of_interest is not None:
        for name in config.parameters_of_interest:
            if name not in axes:
                message = f"there is no parameter {name!r}"
                where = "parameters_of_interest"
                raise EditError([wrong(message, where, value=name, near=nearest(name, axes))])
        return list(config.parameters_of_interest)
    found = (
        decided.names[i][name]
        for i, source in enumerate(given)
        for name in source.graph.pois
        if name not in decided.replaced[i]
    )
    return _once(found)


def _metadata(given: Sequence[Source], follows: str | None) -> Json:
    packages = [{"name": "hs3-reference", "version": hs3.__version__}]
    if follows not in (None, "no clipping"):
        source = next(s for s in given if s.convention == follows)
        assert source.ws.metadata is not None
        packages += [p.to_json() for p in source.ws.metadata.packages or ()]
    inputs = [
        {
            "name": s.label,
            "sha256": s.digest,
            "likelihood": s.graph.name,
            **({"analysis": s.graph.analysis} if s.graph.analysis else {}),
        }
        for s in given
    ]
    return {"hs3_version": "0.2.9", "packages": packages, "combined_from": inputs}
