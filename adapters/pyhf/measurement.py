"""A measurement of pyhf as likelihood, domain, parameter point and analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hs3.findings import Finding, nearest, pointer

from . import schema
from .constraints import Sets
from .names import Names


def sections(
    analysis: str,
    poi: str,
    sets: Sets,
    parameters: Mapping[str, Sequence[str]],
    likelihood: dict[str, Any],
    names: Names,
) -> dict[str, dict[str, Any]]:
    """The HS3 objects of one measurement, by the section they stand in.

    Args:
        analysis: its name in HS3, from which the other names are made.
        poi: pyhf's name of the parameter of interest.
        sets: its parameter sets, settings applied.
        parameters: HS3 names of the parameters of each set.
        likelihood: body of the likelihood.
        names: makes the names unique.
    """
    of, domain = names.take(f"{analysis}_likelihood"), names.take(f"{analysis}_domain")
    point = names.take(f"{analysis}_initial")
    interesting = parameter_of_interest(poi, sets)
    return {
        "likelihoods": {"name": of, **likelihood},
        "domains": {"name": domain, "type": "product_domain", "axes": _axes(sets, parameters)},
        "parameter_points": {"name": point, "parameters": _values(sets, parameters)},
        "analyses": {
            "name": analysis,
            "likelihood": of,
            "parameters_of_interest": [parameters[interesting][0]] if interesting else [],
            "domain": domain,
            "init": point,
        },
    }


def _axes(sets: Sets, parameters: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "min": low, "max": high}
        for key, parameter in sets.items()
        for name, (low, high) in zip(parameters[key], parameter.bounds, strict=True)
    ]


def _values(sets: Sets, parameters: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": value, **({"const": True} if fixed else {})}
        for key, parameter in sets.items()
        for name, value, fixed in zip(
            parameters[key], parameter.inits, parameter.fixed, strict=True
        )
    ]


def parameter_of_interest(poi: str, sets: Sets) -> str | None:
    """The name, when there is a parameter set of it that has a single parameter."""
    return poi if poi in sets and len(sets[poi].inits) == 1 else None


def findings(source: schema.PyhfWorkspace, index: int, sets: Sets) -> Iterator[Finding]:
    """What a measurement says that has no effect."""
    config, path = source.measurements[index].config, pointer("measurements", index, "config")
    if config.poi and parameter_of_interest(config.poi, sets) is None:
        several = config.poi in sets
        message = (
            f"the parameter of interest {config.poi!r} "
            + ("is one per bin" if several else "is not in the model")
            + "; the analysis has none"
        )
        near = () if several else nearest(config.poi, sets)
        yield Finding("pyhf.poi_missing", f"{path}/poi", message, config.poi, near)
    for i, parameter in enumerate(config.parameters):
        if parameter.name not in sets:
            message = f"no modifier is called {parameter.name!r}: these settings have no effect"
            near = nearest(parameter.name, sets)
            where = f"{path}/parameters/{i}"
            yield Finding("pyhf.unused_parameter", where, message, parameter.name, near)
