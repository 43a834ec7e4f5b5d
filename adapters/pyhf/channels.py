"""Channels, samples, modifiers and observations of pyhf as HS3 JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hs3.findings import pointer

from . import schema
from .constraints import Sets, shapesys_vals
from .interpolation import Codes
from .names import Names
from .parameters import uses


@dataclass(frozen=True)
class Plan:
    """What is settled before the first channel is written.

    Attributes:
        source: the pyhf workspace.
        codes: the interpolation codes.
        defaults: the parameter sets before a measurement changes them.
        explicit: parameter sets whose constraints stand in distributions of their own.
        parameters: HS3 names of the parameters of each set.
    """

    source: schema.PyhfWorkspace
    codes: Codes
    defaults: Sets
    explicit: frozenset[str]
    parameters: Mapping[str, Sequence[str]]

    @cached_property
    def _starts(self) -> dict[tuple[str, str], int]:
        """Where the parameters of a staterror begin in a channel: they run through its channels."""
        counts: dict[str, int] = {}
        out: dict[tuple[str, str], int] = {}
        for use in sorted(uses(self.source), key=lambda u: u.channel.name):
            key = (use.channel.name, use.modifier.name)
            if use.modifier.type == "staterror" and key not in out:
                out[key] = counts.get(use.modifier.name, 0)
                counts[use.modifier.name] = out[key] + len(use.sample.data)
        return out

    def block(self, channel: schema.Channel, modifier: schema.Modifier) -> list[str]:
        """The parameters of the bins of one channel."""
        start = 0
        if modifier.type == "staterror":
            start = self._starts[channel.name, modifier.name]
        bins = len(channel.samples[0].data)
        return list(self.parameters[modifier.name][start : start + bins])


def axis(name: str, bins: int) -> dict[str, Any]:
    """An axis that counts bins: pyhf knows no observable."""
    return {"name": name, "min": 0, "max": bins, "nbins": bins}


def distribution(plan: Plan, channel: schema.Channel, name: str, observable: str) -> dict[str, Any]:
    """The ``histfactory_dist`` of one channel."""
    return {
        "name": name,
        "type": "histfactory_dist",
        "axes": [axis(observable, len(channel.samples[0].data))],
        "samples": [_sample(plan, channel, sample) for sample in channel.samples],
    }


def _sample(plan: Plan, channel: schema.Channel, sample: schema.Sample) -> dict[str, Any]:
    modifiers = [m for _, m in sample.effective()]
    data: dict[str, Any] = {"contents": list(sample.data)}
    errors = [m.data for m in modifiers if isinstance(m, schema.StatError)]
    if len(errors) == 1:
        data["errors"] = list(errors[0])
    return {
        "name": sample.name,
        "data": data,
        "modifiers": [_modifier(plan, channel, sample, m) for m in modifiers],
    }


def _modifier(
    plan: Plan, channel: schema.Channel, sample: schema.Sample, modifier: schema.Modifier
) -> dict[str, Any]:
    out: dict[str, Any] = {"name": modifier.name, "type": modifier.type}
    kind = {} if modifier.name in plan.explicit else {"constraint": _KIND.get(modifier.type)}
    match modifier:
        case schema.NormFactor() | schema.Lumi():
            return {**out, "type": "normfactor", "parameter": plan.parameters[modifier.name][0]}
        case schema.NormSys():
            out["parameter"] = plan.parameters[modifier.name][0]
            data: dict[str, Any] = {"hi": modifier.data.hi, "lo": modifier.data.lo}
            return {**out, **kind, "interpolation": plan.codes.normsys_spelling, "data": data}
        case schema.HistoSys():
            out["parameter"] = plan.parameters[modifier.name][0]
            data = {
                "hi": {"contents": list(modifier.data.hi_data)},
                "lo": {"contents": list(modifier.data.lo_data)},
            }
            return {**out, **kind, "interpolation": plan.codes.histosys_spelling, "data": data}
    out["parameters"] = plan.block(channel, modifier)
    if not kind or modifier.type == "shapefactor":
        return {**out, "type": "shapefactor"}
    if isinstance(modifier, schema.ShapeSys):
        return {**out, **kind, "data": {"vals": shapesys_vals(sample.data, modifier.data)}}
    return {**out, **kind}


_KIND = {"normsys": "Gauss", "histosys": "Gauss", "staterror": "Gauss", "shapesys": "Poisson"}


def unwritten(plan: Plan) -> list[dict[str, Any]]:
    """Uncertainties that cannot be had back to the last bit from the HS3 document."""
    out = []
    for channel in plan.source.channels:
        for sample in channel.samples:
            modifiers = [m for _, m in sample.effective()]
            several = sum(m.type == "staterror" for m in modifiers) > 1
            for m in modifiers:
                lost = isinstance(m, schema.StatError) and several
                if isinstance(m, schema.ShapeSys):
                    lost = m.name in plan.explicit or _rounded(sample, m)
                if lost and isinstance(m.data, tuple):
                    place = {"channel": channel.name, "sample": sample.name, "modifier": m.name}
                    out.append({**place, "data": list(m.data)})
    return out


def _rounded(sample: schema.Sample, modifier: schema.ShapeSys) -> bool:
    vals = shapesys_vals(sample.data, modifier.data)
    return repr(shapesys_uncertainties(sample.data, vals)) != repr(list(modifier.data))


def shapesys_uncertainties(nominal: Sequence[float], vals: Sequence[float]) -> list[float]:
    """Absolute uncertainties from relative ones."""
    return [n * v for n, v in zip(nominal, vals, strict=True)]


@dataclass(frozen=True)
class Written:
    """The HS3 form of all channels and observations.

    Attributes:
        likelihood: ``distributions`` and ``data`` in pyhf's order of channels (by name).
        stored: what only pyhf needs back: changed names, observations without a channel, digits.
    """

    distributions: list[dict[str, Any]]
    data: list[dict[str, Any]]
    likelihood: dict[str, list[str]]
    stored: dict[str, Any]


def write(plan: Plan, names: Names) -> Written:
    """All channels and observations, in the order of the pyhf document."""
    source = plan.source
    places = {c.name: pointer("channels", i) for i, c in enumerate(source.channels)}
    models = {c: names.take(f"model_{c}", place) for c, place in places.items()}
    observables = {o.name: names.take(f"obs_x_{o.name}") for o in source.observations}
    data = {o.name: names.take(f"obsData_{o.name}") for o in source.observations}
    order = sorted(models)
    stored = {
        "channels": {m: c for c, m in models.items() if m != f"model_{c}"},
        "observations": {d: o for o, d in data.items() if d != f"obsData_{o}" or o not in models},
        "uncertainties": unwritten(plan),
    }
    return Written(
        [distribution(plan, c, models[c.name], observables[c.name]) for c in source.channels],
        [observation(o, data[o.name], observables[o.name]) for o in source.observations],
        {"distributions": [models[c] for c in order], "data": [data[c] for c in order]},
        {key: value for key, value in stored.items() if value},
    )


def observation(observed: schema.Observation, name: str, observable: str) -> dict[str, Any]:
    """The binned data of one channel."""
    return {
        "name": name,
        "type": "binned",
        "axes": [axis(observable, len(observed.data))],
        "contents": list(observed.data),
    }
