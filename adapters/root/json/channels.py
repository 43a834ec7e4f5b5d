"""HistFactory channels as ROOT 6.40 reads them, from their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hs3.graph import Graph
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    FloatArray,
    HistoSys,
    Interpolation,
    Modifier,
    NormFactor,
    NormSys,
    Sample,
)

from . import shapes
from .constraints import Constraints, unconstrained
from .draft import Draft, Json
from .names import Names, channel_label
from .refuse import refuse

_NORMSYS = {Interpolation.EXPONENTIAL: 1, Interpolation.POLY6_EXPONENTIAL: 5}


class ChannelWriter:
    """Writes one channel.

    Attributes:
        constrained: True when the channel brings in constraints, so that ROOT makes a product.
    """

    def __init__(
        self, draft: Draft, graph: Graph, constraints: Constraints, channel: Channel
    ) -> None:
        self.draft, self.constraints, self.channel = draft, constraints, channel
        self.bounds = {p.name: p for p in graph.parameters}
        self.name = draft.names.of(channel.name)
        self.axes: list[Json] = [
            axis_json(draft.names.of(name), edges)
            for name, edges in zip(channel.axes, channel.edges, strict=True)
        ]
        self.entry: Json = {}
        self.constrained = False
        self._samples = Names()
        self._bin_modifiers: dict[str, tuple[str, ...]] = {}
        self._custom = self._samples_without_histosys()
        self._staterror = _staterror_kind(channel, constraints, self._custom)

    def write(self) -> None:
        """Make the entry; `attach` can still be called, then `put`."""
        self.entry = {
            "name": self.name,
            "type": "histfactory_dist",
            "axes": self.axes,
            "samples": [self._sample(s) for s in self.channel.samples],
        }
        if self._staterror is not None:
            # ROOT reads the kind here, and not on the modifier, where it writes it.
            self.entry["staterror"] = {"constraint_type": self._staterror}

    def attach(self, constraint: str, parameters: Sequence[str]) -> None:
        """Bring in a constraint pdf by a normsys in each of its parameters that multiplies by 1.

        ROOT finds a constraint in nested products wrongly, and in a ModelConfig only when asked.
        It normalises a constraint over those of its parameters that the rates depend on, too:
        over some of them, it would be a conditional density, with another likelihood.
        """
        for number, parameter in enumerate(parameters):
            neutral = {
                "type": "normsys",
                "name": f"{constraint}_only" + (f"_{number}" if number else ""),
                "parameter": parameter,
                "interpolation": 1,
                "data": {"hi": 1.0, "lo": 1.0},
                "constraint_name": constraint,
            }
            self.entry["samples"][0]["modifiers"].append(neutral)
        self.constrained = True
        self._tell("root.constraint_by_normsys", self.channel.path, constraint)

    def put(self) -> str:
        """Add the channel to the draft; its name in ROOT."""
        made = self.draft.put("distributions", self.entry, self.channel.path)
        self._tag()
        renamed = self._samples.changed()
        if renamed:
            self.draft.samples[made] = renamed
        return made

    def _tag(self) -> None:
        """Let ROOT evaluate the sum of samples as counts per bin."""
        label = self.name.removeprefix("model_")
        target = f"{label}_model" if self.constrained else self.name
        self.draft.tags[target] = ["BinnedLikelihood", "GenerateBinned"]

    def _sample(self, sample: Sample) -> Json:
        name = self._samples.of(sample.name)
        contents = np.ones(self.channel.bins) if self._custom.get(id(sample)) else sample.nominal
        data: Json = {"contents": contents.tolist()}
        if sample.errors is not None and self._has_staterror(sample):
            data["errors"] = sample.errors.tolist()
        # ROOT leaves out the contents of a sample that has no `modifiers`.
        return {"name": name, "data": data, "modifiers": self._modifiers(sample, name)}

    def _has_staterror(self, sample: Sample) -> bool:
        kinds = (m.kind for m in sample.modifiers if isinstance(m, BinFactors))
        return self._staterror is not None and "staterror" in kinds

    def _modifiers(self, sample: Sample, name: str) -> list[Json]:
        histosys = [m for m in sample.modifiers if isinstance(m, HistoSys)]
        normsys = [m for m in sample.modifiers if isinstance(m, NormSys)]
        self._check_once([m for m in sample.modifiers if isinstance(m, NormFactor)])
        out: list[Json] = []
        for modifier in sample.modifiers:
            if isinstance(modifier, HistoSys) and id(sample) in self._custom:
                if modifier is histosys[0]:
                    made = f"{self.name}_{name}_variation"
                    out.append(shapes.custom_shape(self.draft, made, sample, histosys, self.axes))
                    self._tell("root.custom_shape", modifier.path, sample.name)
            else:
                out.append(self._modifier(modifier, name, len(normsys)))
        return out

    def _samples_without_histosys(self) -> dict[int, bool]:
        """By identity: samples whose histosys become a custom factor; True where of counts."""
        found = {}
        for sample in self.channel.samples:
            histosys = [m for m in sample.modifiers if isinstance(m, HistoSys)]
            for modifier in histosys:
                self._check_parameter(modifier)
            if not self._as_histosys(sample, histosys):
                found[id(sample)] = shapes.nominally_empty(sample, histosys)
        return found

    def _as_histosys(self, sample: Sample, histosys: list[HistoSys]) -> bool:
        """True when the variations stay histosys modifiers."""
        if shapes.code4(histosys):
            if not histosys or sample.clip or shapes.positive(sample, histosys, self.bounds):
                return True
            if self.draft.approximate:
                self._tell("root.clip_at_zero", sample.path, sample.name)
                return True
        return False

    def _tell(self, code: str, path: str, value: str) -> None:
        messages = {
            "root.constraint_by_normsys": f"the constraint {value!r} is named by a normsys that "
            "multiplies by 1, since no other modifier of ROOT can name it",
            "root.staterror_as_shapesys": "the staterrors of the channel are written as shapesys",
            "root.clip_at_zero": "ROOT cuts the histosys of the sample at zero, per bin, which "
            "happens within the bounds of the parameters and is not meant here",
            "root.custom_shape": "the histosys of the sample become one custom factor: ROOT reads "
            "a histosys only with code 4, and cuts it at zero",
            "root.custom_factor": "the normsys becomes a custom factor: ROOT's class for normsys "
            "does not have this interpolation, or adds several of them up",
        }
        self.draft.note(code, path, messages[code], value)

    # --- one modifier ---------------------------------------------------------------------------

    def _modifier(self, modifier: Modifier, sample: str, normsys: int) -> Json:
        match modifier:
            case NormFactor():
                return self._normfactor(modifier)
            case NormSys():
                return self._normsys(modifier, sample, normsys)
            case HistoSys():
                return self._histosys(modifier)
            case BinFactors():
                return self._bins(modifier)
            case BinFunction():
                return {"type": "custom", "name": self.draft.names.of(modifier.function)}
        refuse(
            f"the modifier {modifier.name!r} of a type that ROOT does not know",
            modifier.path,
            modifier.name,
        )

    def _normfactor(self, modifier: NormFactor) -> Json:
        name = self.draft.names.of(modifier.parameter)
        if modifier.parameter not in self.bounds:
            return {"type": "custom", "name": name}
        # ROOT takes the name of the modifier for that of the parameter.
        entry = {"type": "normfactor", "name": name, "parameter": name}
        return {**entry, **self._named_constraint(modifier.parameter, modifier.path)}

    def _named_constraint(self, parameter: str, path: str) -> Json:
        names = self.constraints.names_for(parameter)
        if not names:
            return {}
        self.constraints.attached.add(names[0])
        self.constrained = True
        return {"constraint_name": names[0]}

    def _constraint_of(self, modifier: NormSys | HistoSys) -> Json:
        """ROOT makes a Gaussian constraint for a systematic where it is told none."""
        named = self._named_constraint(modifier.parameter, modifier.path)
        if named:
            return named
        self.constrained = True
        name = unconstrained(self.draft, self.draft.names.of(modifier.parameter))
        return {"constraint_name": name}

    def _check_once(self, factors: list[NormFactor]) -> None:
        """ROOT 6.40 counts a parameter once, however many factors of a sample it is."""
        seen: set[str] = set()
        for factor in factors:
            if factor.parameter in seen:
                refuse(
                    f"{factor.parameter!r} is two factors of one sample, which ROOT counts once",
                    factor.path,
                    factor.parameter,
                )
            seen.add(factor.parameter)

    def _check_parameter(self, modifier: NormSys | HistoSys) -> None:
        if modifier.parameter not in self.bounds:
            refuse(
                f"{modifier.parameter!r} is a function; ROOT interpolates in parameters only",
                modifier.path,
                modifier.parameter,
            )

    def _normsys(self, modifier: NormSys, sample: str, count: int) -> Json:
        self._check_parameter(modifier)
        code = _NORMSYS.get(modifier.interpolation)
        if code is None:
            self._tell("root.custom_factor", modifier.path, modifier.name)
            return shapes.custom_factor(self.draft, self.name, sample, modifier)
        parameter = self.draft.names.of(modifier.parameter)
        return {
            "type": "normsys",
            "name": modifier.name,
            "parameter": parameter,
            "interpolation": code,
            "data": {"hi": modifier.hi, "lo": modifier.lo},
            **self._constraint_of(modifier),
        }

    def _histosys(self, modifier: HistoSys) -> Json:
        return {
            "type": "histosys",
            "name": modifier.name,
            "parameter": self.draft.names.of(modifier.parameter),
            "data": {
                "hi": {"contents": modifier.hi.tolist()},
                "lo": {"contents": modifier.lo.tolist()},
            },
            **self._constraint_of(modifier),
        }

    # --- factors per bin ------------------------------------------------------------------------

    def _bins(self, modifier: BinFactors) -> Json:
        names = [self.draft.names.of(p) for p in modifier.parameters]
        if modifier.kind == "staterror" and self._staterror is not None:
            for parameter in modifier.parameters:
                self.constraints.use_bin(parameter)
            self.constrained = True
            return {
                "type": "staterror",
                "name": "staterror",
                "parameters": names,
                "constraint_type": self._staterror,
            }
        if modifier.kind == "staterror":
            self._tell("root.staterror_as_shapesys", self.channel.path, self.channel.name)
        kind, widths = self._widths(modifier)
        order = self._order()
        return {
            "type": "shapesys",
            "name": self._bin_name(modifier),
            "parameters": [names[i] for i in order],
            "constraint_type": kind,
            "data": {"vals": [widths[i] for i in order]},
        }

    def _widths(self, modifier: BinFactors) -> tuple[str, list[float]]:
        """Kind and relative uncertainties; zero where ROOT must not make a constraint.

        Modifiers of mixed kinds leave those of the second kind to pdfs of their own.
        """
        found = [self.constraints.of_bin(p) for p in modifier.parameters]
        kinds = [f[0] for f in found if f is not None]
        kind = kinds[0] if kinds else "gauss"
        without = [
            p
            for p, made in zip(modifier.parameters, found, strict=True)
            if made is None or made[0] != kind
        ]
        if any(self.constraints.is_beyond(p, 0.0) for p in without):
            return "Gauss", [0.0] * len(found)  # or else ROOT would keep these within [0, 1]
        widths = []
        for parameter, made in zip(modifier.parameters, found, strict=True):
            if made is not None and made[0] == kind:
                self.constraints.use_bin(parameter)
                self.constrained = True
                widths.append(made[1])
            else:
                widths.append(0.0)
        return {"gauss": "Gauss", "poisson": "Poisson"}[kind], widths

    def _order(self) -> list[int]:
        """ROOT lists the bins of several axes with the first axis running fastest."""
        shape = [len(e) - 1 for e in self.channel.edges]
        order: list[int] = np.arange(self.channel.bins).reshape(shape).T.ravel().tolist()
        return order

    def _bin_name(self, modifier: BinFactors) -> str:
        """ROOT has one object per channel and name: a name stands for one list of parameters."""
        name, count = modifier.name, 2
        while self._bin_modifiers.setdefault(name, modifier.parameters) != modifier.parameters:
            name, count = f"{modifier.name}_{count}", count + 1
        return name


def axis_json(name: str, edges: FloatArray) -> Json:
    """One axis; ROOT wants either `edges`, or `nbins` with `min` and `max`."""
    even = np.linspace(edges[0], edges[-1], len(edges))
    if np.array_equal(even, edges):
        return {"name": name, "min": edges[0], "max": edges[-1], "nbins": len(edges) - 1}
    return {"name": name, "edges": edges.tolist()}


def _staterror_kind(
    channel: Channel, constraints: Constraints, custom: Mapping[int, bool]
) -> str | None:
    """The kind of constraint, if ROOT computes all of them rightly from contents and errors.

    That needs one list of parameters, one kind, one axis, and errors above zero everywhere.
    Otherwise the factors are written as shapesys, which makes the same objects in ROOT.
    """
    users = [
        (s, m)
        for s in channel.samples
        for m in s.modifiers
        if isinstance(m, BinFactors) and m.kind == "staterror"
    ]
    samples = [s for s, _ in users]
    lists = {m.parameters for _, m in users}
    if len(lists) != 1 or len(channel.axes) != 1 or len({id(s) for s in samples}) != len(samples):
        return None
    found = [constraints.of_bin(p) for p in next(iter(lists))]
    kinds = {f[0] for f in found if f is not None}
    if None in found or len(kinds) != 1:
        return None
    total, variance = np.zeros(channel.bins), np.zeros(channel.bins)
    for sample in samples:
        if sample.errors is None or not (sample.errors > 0.0).all() or custom.get(id(sample)):
            return None
        total, variance = total + sample.nominal, variance + sample.errors**2
    if not (total > 0.0).all():
        return None
    widths = np.array([f[1] for f in found if f is not None])
    if not np.allclose(np.sqrt(variance) / total, widths, rtol=1e-12, atol=0.0):
        return None
    return {"gauss": "Gauss", "poisson": "Poisson"}[kinds.pop()]


__all__ = ["ChannelWriter", "axis_json", "channel_label"]
