"""A measurement of pyhf as likelihood, domain, parameter point and analysis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hs3.findings import Finding, nearest, pointer

from . import schema
from .channels import Plan
from .constraints import Sets
from .names import Names


def sections(
    plan: Plan,
    analysis: str,
    poi: str,
    sets: Sets,
    likelihood: dict[str, Any],
    names: Names,
) -> dict[str, dict[str, Any]]:
    """The HS3 objects of one measurement, by the section they stand in.

    Args:
        plan: what holds for all measurements.
        analysis: its name in HS3, from which the other names are made.
        poi: pyhf's name of the parameter of interest.
        sets: its parameter sets, settings applied.
        likelihood: body of the likelihood.
        names: makes the names unique.
    """
    of, domain = names.take(f"{analysis}_likelihood"), names.take(f"{analysis}_domain")
    point = names.take(f"{analysis}_initial")
    interesting = parameter_of_interest(poi, sets)
    return {
        "likelihoods": {"name": of, **likelihood},
        "domains": {"name": domain, "type": "product_domain", "axes": _axes(plan, sets)},
        "parameter_points": {"name": point, "parameters": _values(plan, sets)},
        "analyses": {
            "name": analysis,
            "likelihood": of,
            "parameters_of_interest": [plan.parameters[interesting][0]] if interesting else [],
            "domain": domain,
            "init": point,
        },
    }


def _axes(plan: Plan, sets: Sets) -> list[dict[str, Any]]:
    return [
        {"name": name, "min": low, "max": high}
        for key, parameter in sets.items()
        for name, (low, high) in zip(plan.parameters[key], parameter.bounds, strict=True)
    ]


def _values(plan: Plan, sets: Sets) -> list[dict[str, Any]]:
    """The start values; constancy is also said where a bin without uncertainty is to be free."""
    return [
        {"name": name, "value": value, **({"const": fixed} if fixed or default else {})}
        for key, parameter in sets.items()
        for name, value, fixed, default in zip(
            plan.parameters[key],
            parameter.inits,
            parameter.fixed,
            plan.defaults[key].fixed,
            strict=True,
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
