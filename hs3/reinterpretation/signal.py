"""Signal samples put into a document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import hs3
from hs3.edit.renaming import is_pattern, pattern
from hs3.errors import EditError
from hs3.findings import Finding, Report, pointer
from hs3.workspace import Workspace

from .background import Background
from .table import Channels, Signals, Systematic, Yields

Json = dict[str, Any]


def put(base: Background, signals: Signals, name: str) -> tuple[Workspace, Report]:
    """The document of one hypothesis.

    Raises:
        EditError: a channel is not there, its bins are others, or a name is taken.
    """
    data = dict(base.data)
    writer = _Writer(base, signals)
    data["distributions"] = [
        writer.channel(entry, name) if entry["name"] in base.bins else entry
        for entry in base.data["distributions"]
    ]
    _parameters(data, writer.parameters)
    _interest(data, signals)
    metadata = dict(data.get("metadata") or {})
    told = {"sha256": base.digest, "point": name, "values": signals.points[name].values}
    metadata["packages"] = metadata.get("packages") or [
        {"name": "hs3-reference", "version": hs3.__version__}
    ]
    data["metadata"] = {**metadata, "hs3_version": "0.2.9", "reinterpreted_from": told}
    return Workspace.from_json(data), Report(tuple(writer.findings))


class _Writer:
    """Writes the signal samples of all hypotheses alike.

    Attributes:
        parameters: those that are new, with value and range.
        findings: what is to be told.
    """

    def __init__(self, base: Background, signals: Signals) -> None:
        self.base, self.signals = base, signals
        self.parameters: dict[str, Json] = {}
        self.findings: list[Finding] = []
        self.known = _names(base.data)
        self.layout: dict[tuple[str, str], _Layout] = {}
        for point, entry in signals.points.items():
            for sample, channels in signals.samples(entry).items():
                for channel, yields in channels.items():
                    self._see(point, sample, channel, yields)

    def _see(self, point: str, sample: str, channel: str, yields: Yields) -> None:
        path = pointer("points", point, "samples", sample, channel)
        found = self.base.channel(channel, path)
        if len(yields.contents) != self.base.bins[found]:
            message = f"{len(yields.contents)} yields for {self.base.bins[found]} bins of {found!r}"
            raise EditError([Finding("reinterpret.bins", path, message, len(yields.contents))])
        layout = self.layout.setdefault((found, sample), _Layout())
        layout.errors |= yields.errors is not None
        for name, systematic in yields.systematics.items():
            shape = isinstance(systematic.hi, tuple)
            if layout.systematics.setdefault(name, shape) != shape:
                message = f"{name!r} is a factor in one hypothesis and a shape in another"
                raise EditError([Finding("reinterpret.table", path, message, name)])

    def channel(self, entry: Json, point: str) -> Json:
        """A channel with the signal of a hypothesis in front."""
        samples = []
        for (channel, sample), layout in self.layout.items():
            if channel == entry["name"]:
                if any(s["name"] == sample for s in entry["samples"]):
                    message = f"{channel!r} has a sample {sample!r}; `replace` takes it away"
                    raise EditError([Finding("reinterpret.taken", "", message, sample)])
                samples.append(self._sample(entry, sample, layout, point))
        return {**entry, "samples": [*samples, *entry["samples"]]} if samples else entry

    def _sample(self, dist: Json, sample: str, layout: _Layout, point: str) -> Json:
        channel, entry = dist["name"], self.signals.points[point]
        bins = self.base.bins[channel]
        given = self._yields(self.signals.samples(entry).get(sample, {}), channel)
        yields = given or Yields(contents=(0.0,) * bins)
        contents = [v * entry.scale for v in yields.contents]
        modifiers = list(self._strengths(sample))
        modifiers += [
            self._systematic(name, shape, yields, contents, entry.scale)
            for name, shape in layout.systematics.items()
        ]
        out: Json = {"name": sample, "data": {"contents": contents}, "modifiers": modifiers}
        if layout.errors:
            errors = yields.errors or (0.0,) * bins
            if self.signals.statistics == "shared":
                out["data"]["errors"] = [e * entry.scale for e in errors]
                modifiers.append(self._shared(dist))
            else:
                modifiers.append(self._bins(channel, sample, yields.contents, errors))
        return out

    @staticmethod
    def _shared(dist: Json) -> Json:
        """The staterror of the other samples of a channel."""
        for other in dist["samples"]:
            for modifier in other.get("modifiers") or ():
                if modifier["type"] == "staterror":
                    return dict(modifier)
        message = f"{dist['name']!r} has no staterror that a signal could share"
        raise EditError([Finding("reinterpret.table", "/statistics", message, "shared")])

    def _yields(self, channels: Channels, channel: str) -> Yields | None:
        found = (y for name, y in channels.items() if self.base.channel(name, "") == channel)
        return next(found, None)

    def _strengths(self, sample: str) -> Iterator[Json]:
        for strength in self.signals.parameters:
            if any(_fits(sample, text) for text in strength.samples):
                yield {"name": strength.name, "type": "normfactor", "parameter": strength.name}
                if strength.name not in self.known:
                    own = {"value": strength.value, "min": strength.min, "max": strength.max}
                    self.parameters[strength.name] = self.base.old.get(strength.name, own)

    def _systematic(
        self, name: str, shape: bool, yields: Yields, contents: list[float], scale: float
    ) -> Json:
        neutral = yields.contents if shape else 1.0
        given = yields.systematics.get(name, Systematic(hi=neutral, lo=neutral))
        if name not in self.known:
            self.parameters[name] = {"value": 0.0, "min": -5.0, "max": 5.0}
        made: Json = {"name": name, "parameter": name, **self._constraint(name)}
        if isinstance(given.hi, tuple) and isinstance(given.lo, tuple):
            data = {
                "hi": {"contents": [v * scale for v in given.hi]},
                "lo": {"contents": [v * scale for v in given.lo]},
            }
            return {**made, "type": "histosys", "interpolation": "poly6", "data": data}
        return {
            **made,
            "type": "normsys",
            "interpolation": 5,
            "data": {"hi": given.hi, "lo": given.lo},
        }

    def _constraint(self, name: str) -> Json:
        """As the modifiers of the document say it; new parameters have unit Gaussians."""
        return {"constraint": self.known.get(name, "Gauss") or "None"}

    def _bins(self, channel: str, sample: str, contents: Any, errors: Any) -> Json:
        short = channel.removeprefix("model_")
        names = [f"gamma_{sample}_{short}_bin_{i}" for i in range(len(contents))]
        vals = [e / v if v > 0.0 else 0.0 for v, e in zip(contents, errors, strict=True)]
        for name, width in zip(names, vals, strict=True):
            const = {} if width > 0.0 else {"const": True}
            self.parameters[name] = {"value": 1.0, "min": 0.0, "max": 10.0, **const}
        return {
            "name": f"stat_{sample}",
            "type": "shapesys",
            "parameters": names,
            "constraint": "Gauss",
            "data": {"vals": vals},
        }


class _Layout:
    """What the hypotheses together say about a sample in a channel."""

    def __init__(self) -> None:
        self.errors = False
        self.systematics: dict[str, bool] = {}


def _fits(name: str, text: str) -> bool:
    return pattern(text).fullmatch(name) is not None if is_pattern(text) else text == name


def _names(data: Json) -> dict[str, str | None]:
    """Parameters that the document has, with the kind of constraint that modifiers ask for."""
    found: dict[str, str | None] = {
        p["name"]: None
        for point in data.get("parameter_points") or ()
        for p in point.get("parameters") or ()
    }
    for entry in data["distributions"]:
        for sample in entry.get("samples") or ():
            for modifier in sample.get("modifiers") or ():
                name = modifier.get("parameter")
                if name is not None:
                    found[name] = modifier.get("constraint") or found.get(name)
    return found


def _parameters(data: Json, new: dict[str, Json]) -> None:
    """Values and ranges of new parameters, for every analysis."""
    if not new:
        return
    analyses = data.get("analyses") or ()
    points = [dict(p) for p in data.get("parameter_points") or ()]
    wanted = {a.get("init") or "default_values" for a in analyses} or {"default_values"}
    for name in sorted(wanted - {p["name"] for p in points}):
        points.append({"name": name, "parameters": []})
    for point in points:
        if point["name"] in wanted:
            given = [
                {"name": n, **{k: v for k, v in p.items() if k in ("value", "const")}}
                for n, p in new.items()
            ]
            point["parameters"] = [*(point.get("parameters") or ()), *given]
    data["parameter_points"] = points
    domains = [dict(d) for d in data.get("domains") or ()]
    names = [d["name"] for d in domains if d["type"] == "product_domain"]
    chosen = {next(iter(_domains(a)), None) for a in analyses} & set(names)
    if not chosen and not names:
        domains.append({"name": "default_domain", "type": "product_domain", "axes": []})
        names = ["default_domain"]
        data["analyses"] = [{**a, "domains": [*_domains(a), names[0]]} for a in analyses]
    for domain in domains:
        if domain["name"] in (chosen or set(names[:1])):
            axes = [{"name": n, **_finite(p)} for n, p in new.items()]
            domain["axes"] = [*(domain.get("axes") or ()), *axes]
    data["domains"] = domains


def _finite(range_: Json) -> Json:
    return {k: range_[k] for k in ("min", "max") if math.isfinite(range_[k])}


def _domains(analysis: Json) -> list[str]:
    first = [analysis["domain"]] if analysis.get("domain") else []
    return [*first, *(analysis.get("domains") or ())]


def _interest(data: Json, signals: Signals) -> None:
    names = [p.name for p in signals.parameters if p.interest]
    old = ("parameter_of_interest", "parameters_of_interest")
    data["analyses"] = [
        {**{k: v for k, v in a.items() if k not in old}, "parameters_of_interest": names}
        for a in data.get("analyses") or ()
    ]
    if not data["analyses"]:
        del data["analyses"]
        if len(data.get("likelihoods") or ()) == 1:
            likelihood = data["likelihoods"][0]["name"]
            entry = {"name": likelihood, "likelihood": likelihood, "parameters_of_interest": names}
            data["analyses"] = [entry]
