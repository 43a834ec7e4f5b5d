"""Channels of a resolved likelihood → typed HistFactory XML and its histograms."""

from __future__ import annotations

import math

import numpy as np

from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Channel,
    Effect,
    HistoSys,
    Interpolation,
    Modifier,
    NormFactor,
    NormSys,
    Sample,
)

from . import document as d
from .bins import bin_names, first_fastest, total_relative
from .dependents import Functions
from .facts import Facts, in_order, prefix_of, refuse
from .folder import FloatArray
from .histograms import Histograms
from .luminosity import Luminosity

FILE = "histograms.root"


class ChannelReader:
    """Turns the channels of one graph into XML."""

    def __init__(self, facts: Facts, histograms: Histograms) -> None:
        self.facts, self._histograms = facts, histograms
        self.luminosity = Luminosity(facts)
        self.functions = Functions(facts)
        self._bins: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()

    def read(self, channel: Channel, name: str) -> d.Channel:
        """One channel."""
        self._channel, self._name = channel, name
        self._shape = tuple(len(e) - 1 for e in channel.edges)
        if len(self._shape) > 3:
            refuse(f"{name!r} has {len(self._shape)} axes, and XML at most 3", channel.path, name)
        if channel.observed is None:
            refuse(f"the channel {name!r} has no data", channel.path, name)
        self._stat = self._find_stat()
        errors, kind, threshold = self._stat_errors()
        data = d.Data("", self._save("data", channel.observed, np.sqrt(channel.observed)), "")
        samples = tuple(self._sample(s, errors.get(s)) for s in channel.samples)
        return d.Channel(name, (data,), samples, kind, threshold, "")

    def _save(self, what: str, contents: FloatArray, errors: FloatArray | None = None) -> d.Source:
        spread = np.zeros_like(contents) if errors is None else errors
        wanted = f"{self._name}_{what}"
        name = self._histograms.add(wanted, self._channel.edges, contents, spread)
        return d.Source(FILE, "", name, "")

    def _sample(self, sample: Sample, errors: FloatArray | None) -> d.Sample:
        found = sample.errors if errors is None else errors
        source = self._save(sample.name, sample.nominal, found)
        by_theory, rest = self.luminosity.split(sample)
        modifiers: list[d.Modifier] = []
        for modifier in rest:
            modifiers.append(self._modifier(modifier, sample))
        if sample.clip is False and any(isinstance(m, HistoSys) for m in rest):
            message = (
                "ROOT cuts the rates of samples with a HistoSys at zero, the document does not; "
                "the two differ where a rate would become negative"
            )
            self.facts.report("xml.clipping", self._channel.path, message, self._name)
        return d.Sample(sample.name, source, by_theory, tuple(modifiers), "")

    # --- one parameter --------------------------------------------------------------------------

    def _modifier(self, m: Modifier, sample: Sample) -> d.Modifier:
        match m:
            case NormFactor():
                return self._norm_factor(m)
            case NormSys():
                self._check_code(m, Interpolation.POLY6_EXPONENTIAL)
                name = self.facts.systematic(m.parameter, m.path)
                return d.OverallSys(name, m.lo, m.hi, "")
            case HistoSys():
                return self._histo_sys(m, sample)
            case BinFactors():
                return self._bin_factors(m)
            case BinFunction():
                refuse("XML has no factors that depend on the observable", m.path, m.function)
            case Effect():
                refuse(f"XML has no modifiers of type {m.spelled.type!r}", m.path, m.name)

    def _check_code(self, m: NormSys | HistoSys, wanted: Interpolation) -> None:
        if m.interpolation is not wanted:
            message = (
                f"{m.name!r} has the interpolation {m.interpolation.value}; HistFactory's is "
                f"{wanted.value}"
            )
            refuse(message, m.path, m.interpolation.value)

    def _norm_factor(self, m: NormFactor) -> d.NormFactor:
        if m.parameter in self.facts.functions:
            self.functions.need(m.parameter, m.path)
            return d.NormFactor(m.parameter, 1.0, 0.0, 10.0, False, "")
        if m.parameter in self.facts.constraints:
            message = f"{m.parameter!r} is a factor with a constraint; XML has one, the luminosity"
            refuse(message, m.path, m.parameter)
        self.facts.become(m.parameter, m.parameter, m.path)
        value, low, high = self.functions.start(m.parameter, m.path)
        self.facts.defaults[m.parameter] = (value, low, high)
        return d.NormFactor(m.parameter, value, low, high, False, "")

    def _histo_sys(self, m: HistoSys, sample: Sample) -> d.HistoSys:
        self._check_code(m, Interpolation.POLY6_LINEAR)
        if m.parameter in self.facts.functions:
            message = f"XML has no log-normal or gamma term for the histosys {m.name!r}"
            refuse(message, m.path, m.parameter)
        name = self.facts.systematic(m.parameter, m.path)
        low = self._save(f"{sample.name}_{name}_low", m.lo)
        return d.HistoSys(name, low, self._save(f"{sample.name}_{name}_high", m.hi), "")

    # --- one parameter per bin ------------------------------------------------------------------

    def _find_stat(self) -> BinFactors | None:
        """The modifier that can be the StatError of the channel: constrained, and only here.

        XML has one per channel; others become ShapeSys.
        """
        fixed = f"stat_{self._name}"
        members = [m for s in self._channel.samples for m in s.modifiers]
        found = [m for m in members if isinstance(m, BinFactors)]
        elsewhere = {
            p
            for c in self.facts.graph.channels
            if c is not self._channel
            for s in c.samples
            for m in s.modifiers
            if isinstance(m, BinFactors)
            for p in m.parameters
        }
        for m in sorted(found, key=lambda m: prefix_of(m.parameters, self._shape) != fixed):
            own = not elsewhere & set(m.parameters)
            if m.kind == "staterror" and own and self.facts.bin_kind(m) is not None:
                totals = self._total(m)
                sigmas = [self.facts.sigma(p, m.path) for p in m.parameters]
                if all(t > 0.0 or s == 0.0 for t, s in zip(totals, sigmas, strict=True)):
                    return m
        return None

    def _members(self, modifier: BinFactors) -> list[Sample]:
        return [
            s
            for s in self._channel.samples
            if any(isinstance(m, BinFactors) and m.parameters == modifier.parameters
                   for m in s.modifiers)
        ]  # fmt: skip

    def _total(self, modifier: BinFactors) -> FloatArray:
        total: FloatArray = np.sum([s.nominal for s in self._members(modifier)], axis=0)
        return total

    def _stat_errors(self) -> tuple[dict[Sample, FloatArray], d.Kind, float]:
        """Errors per sample, kind and threshold from which ROOT makes the wanted constraints."""
        m = self._stat
        if m is None:
            return {}, "Poisson", 0.05
        facts = self.facts
        kind = facts.bin_kind(m)
        assert kind is not None
        sigmas = np.array([facts.sigma(p, m.path) for p in m.parameters])
        const = np.array([facts.parameters[p].const for p in m.parameters])
        names = bin_names(f"gamma_stat_{self._name}", self._shape)
        ordered = in_order(m.parameters, self._shape)
        for parameter, name, sigma in zip(
            ordered, names, first_fastest(sigmas, self._shape), strict=True
        ):
            facts.become(parameter, name, m.path)
            facts.defaults[parameter] = (1.0, 0.0, 1.0 + 5.0 * sigma if sigma > 0.0 else 10.0)
        threshold = self._threshold(m, sigmas, const)
        for parameter, sigma in zip(m.parameters, sigmas.tolist(), strict=True):
            if sigma <= 0.0 or sigma < threshold:
                facts.constant.add(parameter)
        return self._spread(m, sigmas), kind, threshold

    def _threshold(self, m: BinFactors, sigmas: FloatArray, const: np.ndarray) -> float:
        """A threshold that makes constant what is; the usual one where it does."""
        fixed = float(np.max(sigmas[const], initial=0.0))
        free = float(np.min(sigmas[~const], initial=math.inf))
        if fixed < 0.05 <= free:
            return 0.05
        if 0.0 < fixed < free:
            return (fixed + free) / 2.0 if math.isfinite(free) else 2.0 * fixed
        return 0.0  # the rest is said by ParamSettings

    def _spread(self, m: BinFactors, sigmas: FloatArray) -> dict[Sample, FloatArray]:
        """The document's errors where they give the widths, else all on the largest sample."""
        members = self._members(m)
        kept = [s.errors for s in members]
        if all(e is not None for e in kept):
            pairs = [(s.nominal, s.errors) for s in members if s.errors is not None]
            if np.allclose(total_relative(pairs), sigmas, rtol=1e-12, atol=0.0):
                return {s: e for s, e in zip(members, kept, strict=True) if e is not None}
        largest = np.argmax([s.nominal for s in members], axis=0)
        total = self._total(m)
        return {s: np.where(largest == i, sigmas * total, 0.0) for i, s in enumerate(members)}

    def _bin_factors(self, m: BinFactors) -> d.Modifier:
        if self._stat is not None and m.parameters == self._stat.parameters:
            return d.StatError(None, "")
        name = self._bin_name(m)
        ordered = in_order(m.parameters, self._shape)
        for parameter, wanted in zip(ordered, bin_names(f"gamma_{name}", self._shape), strict=True):
            self.facts.become(parameter, wanted, m.path)
        kind = self.facts.bin_kind(m)
        if kind is None:
            return self._shape_factor(m, name)
        sigmas = np.array([self._shape_sigma(p, m) for p in m.parameters])
        for parameter, sigma in zip(m.parameters, sigmas.tolist(), strict=True):
            high = 1.0 + 5.0 * sigma if sigma > 0.0 else 10.0
            self.facts.defaults[parameter] = (1.0, 0.0, high)
            if sigma <= 0.0:
                self.facts.constant.add(parameter)
        return d.ShapeSys(name, self._save(f"{name}_errors", sigmas), kind, "")

    def _shape_sigma(self, parameter: str, m: BinFactors) -> float:
        """The width; a constant bin gets none, because pyhf cannot keep single bins constant."""
        sigma = self.facts.sigma(parameter, m.path)
        found = self.facts.parameters[parameter]
        if sigma > 0.0 and found.const and found.value == 1.0:
            self.facts.constant_term(parameter, m.path)
            return 0.0
        return sigma

    def _shape_factor(self, m: BinFactors, name: str) -> d.ShapeFactor:
        values = np.array([self.facts.parameters[p].value for p in m.parameters])
        for parameter, value in zip(m.parameters, values.tolist(), strict=True):
            self.facts.defaults[parameter] = (value, 0.0, 1000.0)
        initial = None if np.all(values == 1.0) else self._save(f"{name}_initial", values)
        return d.ShapeFactor(name, False, initial, "")

    def _bin_name(self, m: BinFactors) -> str:
        """The element's name; one that is not ROOT's already is made from the modifier's."""
        if m.parameters not in self._bins:
            name = prefix_of(m.parameters, self._shape) or self._free_name(m.name)
            self._taken.add(name)
            self._bins[m.parameters] = name
        return self._bins[m.parameters]

    def _free_name(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        return name
