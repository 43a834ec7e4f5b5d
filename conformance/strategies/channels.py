"""Random HistFactory channels: every modifier, interpolation and kind of constraint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .draft import Draft, Json, numbers
from .functions import function_between

CODES: tuple[Any, ...] = (
    None, "lin", "log", "parabolic", "poly6", 0, 1, 2, 3, 4, 5, "code0", "code1", "code2", "code4",
    "code4p",
    {"type": "add", "in": "poly1"}, {"type": "mult", "in": "exp"},
    {"type": "add", "in": "poly2", "out": "poly1"}, {"type": "add", "in": "poly6", "out": "poly1"},
    {"type": "mult", "in": "poly6", "out": "exp"},
)  # fmt: skip
"""Every spelling of an interpolation, and none."""

PULLS = (-2.5, 2.5)
FACTORS = (0.5, 1.6)


@dataclass
class Shared:
    """What channels have in common.

    Attributes:
        systematics: names of parameters of normsys and histosys, each with the keys that say how
            it is constrained: the same ones on every modifier.
        norms: names of normalisation factors, with such keys.
        shapes: number of bins → shapesys that others may repeat.
        plain: whether to keep to what pyhf can express.
    """

    systematics: dict[str, Json] = field(default_factory=dict)
    norms: dict[str, Json] = field(default_factory=dict)
    shapes: dict[int, list[Json]] = field(default_factory=dict)
    plain: bool = False


def channel(d: Draft, shared: Shared) -> str:
    """Add a channel and its data; the name of both."""
    name = d.name(d.pick(("SR", "model_SR ", "CR/")))
    axes = [_axis(d) for _ in range(2 if d.chance(20) else 1)]
    bins = [len(_edges(axis)) - 1 for axis in axes]
    count = bins[0] * (bins[1] if len(bins) > 1 else 1)
    maker = Samples(d, shared, name, count)
    samples = [maker.sample(i) for i in range(d.integer(1, 3))]
    floor = {"name": "floor", "data": {"contents": _counts(d, count, 5.0, 40.0)}, "modifiers": []}
    keys: Json = {"axes": axes, "samples": [*samples, floor]}
    if not shared.plain and d.chance(10):
        keys["default_interpolation"] = d.pick(("poly6", 1, "code2"))
    d.distributions.append({"name": name, "type": "histfactory_dist", **keys})
    d.data.append({"name": name, **_observed(d, axes, count)})
    return name


def _axis(d: Draft) -> Json:
    name, n = d.name("bin"), d.integer(1, 3)
    if d.chance(50):
        return {"name": name, "min": 0.0, "max": float(n), "nbins": n}
    return {"name": name, "edges": [0.0, *(1.0 + 1.5 * i for i in range(n))]}


def _edges(axis: Json) -> list[float]:
    if "edges" in axis:
        return [float(e) for e in axis["edges"]]
    return [float(i) for i in range(axis["nbins"] + 1)]


def _counts(d: Draft, count: int, low: float, high: float) -> list[float]:
    return [d.draw(numbers(low, high)) for _ in range(count)]


def _observed(d: Draft, axes: list[Json], count: int) -> Json:
    """Counts, or events that have to be counted first."""
    plain = [{"name": axis["name"], "edges": _edges(axis)} for axis in axes]
    if d.chance(80):
        contents = [d.integer(0, 80) if d.chance(80) else d.number(0.0, 80.0) for _ in range(count)]
        return {"type": "binned", "axes": axes if d.chance(60) else plain, "contents": contents}
    ends = [(_edges(axis)[0], _edges(axis)[-1]) for axis in axes]
    entries = [
        [low + (high - low) * d.number(0.01, 0.98) for low, high in ends]
        for _ in range(d.integer(1, 8))
    ]
    events = [
        {"name": axis["name"], "min": low, "max": high}
        for axis, (low, high) in zip(axes, ends, strict=True)
    ]
    weights = {"weights": _counts(d, len(entries), 0.5, 4.0)} if d.chance(40) else {}
    return {"type": "unbinned", "axes": events, "entries": entries, **weights}


class Samples:
    """Makes the samples of one channel."""

    def __init__(self, d: Draft, shared: Shared, channel: str, count: int) -> None:
        self.d, self.shared, self.channel, self.count = d, shared, channel, count
        self.stat_kind = "Gauss" if shared.plain else d.pick((None, "Poisson", "Gauss"))
        self.stat_names = self._names("stat") if d.chance(70) else None

    def sample(self, index: int) -> Json:
        """A sample with some modifiers."""
        d = self.d
        self.contents = _counts(d, self.count, 1.0, 50.0)
        clip = {"positiveDefinite": True} if d.chance(25) and not self.shared.plain else {}
        makers: list[Callable[[], Json]] = [
            self.normfactor,
            self.normsys,
            lambda: self.histosys(clip),
            self.shapesys,
            self.shapefactor,
        ]
        if not self.shared.plain:
            makers.append(self.custom)
        modifiers = [d.pick(makers)() for _ in range(d.integer(0, 4))]
        if not clip and not self.shared.plain and d.chance(10):
            modifiers.append(self.vertical_morph())
        data: Json = {"contents": self.contents}
        if d.chance(40):
            modifiers.append(self.staterror())
            data["errors"] = [c * d.number(0.0, 0.3) for c in self.contents]
        return {"name": f"sample {index}", "data": data, "modifiers": modifiers}

    # --- factors --------------------------------------------------------------------------------

    def normfactor(self) -> Json:
        """A factor of the whole sample."""
        d, known = self.d, self.shared.norms
        if known and d.chance(50):
            name = d.pick(sorted(known))
        else:
            name = d.new_parameter(0.2, 2.5, "mu")
            kinds = (None, None, "Gauss", "Poisson", "LogNormal")
            kind = None if self.shared.plain else d.pick(kinds)
            known[name] = {} if kind is None else {"constraint": kind}
        return {"name": name, "type": "normfactor", "parameter": name, **known[name]}

    def custom(self) -> Json:
        """A factor given by a function."""
        self.d.in_channel = True
        name = function_between(self.d, *FACTORS)
        self.d.in_channel = False
        return {"name": name, "type": "custom"}

    def normsys(self) -> Json:
        """A systematic uncertainty of the normalisation."""
        d = self.d
        data = {"hi": d.number(0.8, 1.5), "lo": d.number(0.6, 1.2)}
        kind = d.pick(("normsys", "normsys", "overallsys"))
        return {"name": d.name("n"), "type": kind, "data": data, **self._systematic()}

    def histosys(self, clip: Json) -> Json:
        """A systematic uncertainty of the shape."""
        d = self.d
        data = {
            "hi": {"contents": [c * d.number(0.8, 1.5) for c in self.contents]},
            "lo": {"contents": [c * d.number(0.6, 1.2) for c in self.contents]},
        }
        return {"name": d.name("h"), "type": "histosys", "data": data, **self._systematic(), **clip}

    def _systematic(self) -> Json:
        """Parameter, constraint and interpolation."""
        d, known = self.d, self.shared.systematics
        if known and d.chance(50):
            name = d.pick(sorted(known))
        else:
            name = d.new_parameter(*PULLS, stem="alpha_")
            known[name] = self._how_constrained(name)
        code = None if self.shared.plain else d.pick(CODES)
        return {
            "parameter": name,
            **known[name],
            **({} if code is None else {"interpolation": code}),
        }

    def _how_constrained(self, name: str) -> Json:
        d = self.d
        match d.integer(0, 2 if self.shared.plain else 5):
            case 0 | 1:
                return {}
            case 2 | 3:
                return {"constraint": "Gauss"}
            case 4:
                return {"constraint": d.pick(("Const", "None"))}
        measured = d.number(-0.5, 0.5)
        observed: float | str = measured
        if d.chance(60):
            observed = d.constant(measured, "nom")
            if d.chance(50):
                d.domains[observed] = (-3.0, 4.0)
        law = d.distribution(
            "gaussian_dist", stem="law", x=observed, mean=name, sigma=d.number(0.4, 1.5)
        )
        return {d.pick(("constraint", "constraint_name")): law}

    def vertical_morph(self) -> Json:
        """The morphing of CMS Combine."""
        d = self.d
        morphs = [
            {
                "parameter": d.new_parameter(-1.5, 1.5, "theta"),
                "hi": {"contents": [c * d.number(0.7, 1.4) for c in self.contents]},
                "lo": {"contents": [c * d.number(0.7, 1.4) for c in self.contents]},
            }
            for _ in range(d.integer(1, 2))
        ]
        central = {"contents": [c * d.number(0.9, 1.1) for c in self.contents]}
        more: Json = {"normalised": True} if d.chance(50) else {}
        keys = {"central": central, "morphs": morphs, "floor": 1e-6, **more}
        return {"name": d.name("v"), "type": "CMS::vertical_morph", **keys}

    # --- per bin ----------------------------------------------------------------------------------

    def _names(self, stem: str) -> list[str]:
        return [self.d.new_parameter(*FACTORS, stem=f"gamma_{stem}") for _ in range(self.count)]

    def _implied(self, base: str) -> None:
        """Parameters that the document does not list at the modifier."""
        for i in range(self.count):
            self.d.parameters[f"gamma_{base}_bin_{i}"] = FACTORS

    def shapefactor(self) -> Json:
        """A free factor per bin."""
        name = self.d.name("free")
        return {"name": name, "type": "shapefactor", "parameters": self._names(name)}

    def shapesys(self) -> Json:
        """A constrained factor per bin."""
        d, known = self.d, self.shared.shapes.setdefault(self.count, [])
        if known and not self.shared.plain and d.chance(25):
            return d.pick(known)
        name = d.name("shape")
        vals = [0.0 if d.chance(10) else d.number(0.02, 0.5) for _ in range(self.count)]
        made: Json = {"name": name, "type": "shapesys", "data": {"vals": vals}}
        kinds = (None, "Poisson", "Gauss", "LogNormal", "Gamma")
        kind = d.pick(kinds[:2] if self.shared.plain else kinds)
        if kind is not None:
            made["constraint"] = kind
        if d.chance(70):
            made["parameters"] = self._names(name)
            known.append(made)
        else:
            self._implied(name)
        return made

    def staterror(self) -> Json:
        """A factor per bin for the size of the simulation."""
        made: Json = {"name": "stat", "type": "staterror"}
        if self.stat_kind is not None:
            made["constraint"] = self.stat_kind
        if self.stat_names is None:
            self._implied(f"stat_{self.channel.removeprefix('model_')}")
        else:
            made["parameters"] = self.stat_names
        return made
