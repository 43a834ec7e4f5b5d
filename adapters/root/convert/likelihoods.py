"""Likelihoods and analyses: what a ModelConfig says, for each dataset that fits it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..file import Dataset, RootObject
from .builder import Builder, Entry
from .composites import conditional
from .simultaneous import Simultaneous
from .variables import DEFAULT_DOMAIN, domain, range_of


@dataclass
class Inference:
    """Sections of the document, and what ROOT keeps beside them."""

    likelihoods: list[Entry] = field(default_factory=list)
    analyses: list[Entry] = field(default_factory=list)
    domains: list[Entry] = field(default_factory=list)
    configs: dict[str, Any] = field(default_factory=dict)


def inference(builder: Builder, models: dict[str, Simultaneous]) -> Inference:
    """A likelihood and an analysis for each ModelConfig with each of its data."""
    out = Inference()
    for config in builder.graph.model_configs:
        density = builder.graph.nodes.get(config.members.get("fPdfName") or "")
        if density is None:
            message = f"the ModelConfig {config.name!r} has no pdf in the workspace"
            builder.add("root.model_config", config.name, message)
            continue
        chosen = _data(config, density, builder, models)
        if not chosen:
            message = f"no data of the workspace have the observables of {config.name!r}"
            builder.add("root.model_config", config.name, message)
        _tell_measured(config, builder)
        for data in chosen:
            _add(out, config, density, data, builder, models)
    return out


def _tell_measured(config: RootObject, builder: Builder) -> None:
    """ROOT normalises constraints over their parameters where it is not told what was measured."""
    nuisances = names_of(config, "fNuisParamsName", builder)
    if nuisances and not names_of(config, "fGlobalObsName", builder):
        message = (
            f"the ModelConfig {config.name!r} has no global observables: ROOT normalises its "
            "constraints over their parameters, here they are normalised over the observed values"
        )
        builder.add("root.no_global_observables", config.name, message)


def _data(
    config: RootObject, density: RootObject, builder: Builder, models: dict[str, Simultaneous]
) -> list[Dataset]:
    """The data that fit, those that an Asimov set was made of last."""
    observables = frozenset(names_of(config, "fObservablesName", builder))
    if not observables:
        observables = builder.leaves(density) & builder.observables
    found = [d for d in builder.graph.datasets.values() if observables <= d.columns.keys()]
    if density.name in models:
        index = models[density.name].index
        found = [d for d in found if index in d.categories]
    return sorted(found, key=lambda d: "asimov" in d.name.lower())


def names_of(config: RootObject, member: str, builder: Builder) -> list[str]:
    """The names in one of the sets of a ModelConfig."""
    name = config.members.get(member) or ""
    return list(builder.graph.sets.get(name, ()))


def _add(
    out: Inference,
    config: RootObject,
    density: RootObject,
    data: Dataset,
    builder: Builder,
    models: dict[str, Simultaneous],
) -> None:
    name = f"{density.name}_{data.name}"
    if any(a["name"] == name for a in out.analyses):
        name = f"{config.name}_{name}"
    given = names_of(config, "fConditionalObsName", builder)
    pairs = _pairs(density, data, models)
    likelihood: Entry = {
        "name": name,
        "distributions": [_given(d, given, data, builder) for d, _ in pairs],
        "data": [label for _, label in pairs],
    }
    external = names_of(config, "fExtConstraintsName", builder)
    if external:
        likelihood["aux_distributions"] = external
    out.likelihoods.append(likelihood)
    parts = {
        "nuisance_parameters": "fNuisParamsName",
        "global_observables": "fGlobalObsName",
        "parameters_of_interest": "fPOIName",
    }
    analysis: Entry = {"name": name, "likelihood": name, "domains": []}
    for part, member in parts.items():
        variables = [n for n in names_of(config, member, builder) if n in builder.variables]
        axes = [range_of(n, builder.variables[n].binning) for n in variables]
        if part == "parameters_of_interest":
            analysis["parameters_of_interest"] = variables
        if axes:
            out.domains.append(domain(f"{name}_{part}", axes))
            analysis["domains"].append(f"{name}_{part}")
    analysis["domains"].append(DEFAULT_DOMAIN)
    out.analyses.append(analysis)
    out.configs[name] = {"mcName": config.name, "pdfName": density.name}


def _pairs(
    density: RootObject, data: Dataset, models: dict[str, Simultaneous]
) -> list[tuple[RootObject, str]]:
    if density.name not in models:
        return [(density, data.name)]
    channels = models[density.name]
    labels = set(data.categories[channels.index].values())
    return [(d, f"{data.name}_{s}") for s, d in channels.densities.items() if s in labels]


def _given(density: RootObject, given: list[str], data: Dataset, builder: Builder) -> str:
    """The density, normalised only over what is not given."""
    own = builder.leaves(density) & data.columns.keys() - data.categories.keys()
    if not own & set(given):
        return density.name
    return conditional(density, sorted(own - set(given)), builder)
