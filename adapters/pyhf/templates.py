"""Channels, samples and modifiers of a model's meaning as pyhf JSON."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from hs3.findings import Finding
from hs3.histfactory.meaning import Channel, HistoSys, NormFactor, NormSys, Sample

from .channels import shapesys_uncertainties
from .groups import Group, Place
from .names import Names
from .parameters import shapesys_factors
from .verbatim import Document, Stored
from .wanted import Wanted, close

Array = Sequence[int | float]


class Templates:
    """Writes channels, with the numbers as the document spells them wherever it does.

    Args:
        document: the HS3 document.
        stored: what an import has left in it.
        groups: the parameter sets.
        wanted: what the document says about the parameters.
        constant: names of parameters that the uncertainties should make constant.
        trust: names of groups whose stored uncertainties need not be compared with constraints,
            because the settings of the measurements account for the difference.
    """

    def __init__(
        self,
        document: Document,
        stored: Stored,
        groups: Sequence[Group],
        wanted: Wanted,
        constant: Collection[str],
        trust: Collection[str] = (),
    ) -> None:
        self._document = document
        self._stored = stored
        self._groups = {p: g for g in groups for p in g.parameters}
        self._wanted = wanted
        self._constant = constant
        self._trust = trust
        self._sample_names: dict[Sample, str] = {}
        self._uncertainties: dict[str, list[int | float]] = {}
        self.findings: list[Finding] = []

    def channel(self, channel: Channel, name: str) -> dict[str, Any]:
        """One channel; `name` is that of pyhf."""
        names = Names()
        self._sample_names.update({s: names.take(s.name, s.path) for s in channel.samples})
        self.findings += names.findings
        for group in dict.fromkeys(self._groups.values()):
            members = [p for p in group.places if p.channel is channel]
            if members and group.type in ("staterror", "shapesys"):
                self._settle(group, members)
        return {"name": name, "samples": [self._sample(s) for s in channel.samples]}

    def _sample(self, sample: Sample) -> dict[str, Any]:
        return {
            "name": self._sample_names[sample],
            "data": self._document.numbers(f"{sample.path}/data/contents", sample.nominal),
            "modifiers": [self._modifier(m) for m in sample.modifiers],
        }

    def _modifier(self, modifier: Any) -> dict[str, Any]:
        path = modifier.path
        match modifier:
            case NormFactor():
                group = self._groups[modifier.parameter]
                return {"name": group.name, "type": group.type, "data": None}
            case NormSys():
                name, kind = self._groups[modifier.parameter].name, "normsys"
                lo = self._document.number(f"{path}/data/lo", modifier.lo)
                hi = self._document.number(f"{path}/data/hi", modifier.hi)
                return {"name": name, "type": kind, "data": {"lo": lo, "hi": hi}}
            case HistoSys():
                name, kind = self._groups[modifier.parameter].name, "histosys"
                low = self._document.numbers(f"{path}/data/lo/contents", modifier.lo)
                high = self._document.numbers(f"{path}/data/hi/contents", modifier.hi)
                return {"name": name, "type": kind, "data": {"lo_data": low, "hi_data": high}}
        group = self._groups[modifier.parameters[0]]
        return {"name": group.name, "type": group.type, "data": self._uncertainties.get(path)}

    # --- uncertainties per bin ------------------------------------------------------------------

    def _settle(self, group: Group, members: Sequence[Place]) -> None:
        """Find uncertainties from which pyhf makes the constraints of one channel."""
        fits = self._shapesys_fits if group.type == "shapesys" else self._staterror_fits
        tried = list(self._candidates(group, members))
        good = (c for i, c in enumerate(tried) if fits(members, c) or self._trusted(group, i))
        chosen = next(good, None)
        if any(self._stored_for(p) is not None for p in members) and chosen is not tried[0]:
            message = f"the stored uncertainties of {group.name!r} are not those of the document"
            path = members[0].modifier.path
            self.findings.append(Finding("pyhf.stored_outdated", path, message, group.name))
        arrays = self._derived(group, members) if chosen is None else chosen
        for place, array in zip(members, arrays, strict=True):
            self._uncertainties[place.modifier.path] = list(array)

    def _trusted(self, group: Group, candidate: int) -> bool:
        return candidate == 0 and group.name in self._trust

    def _candidates(self, group: Group, members: Sequence[Place]) -> Iterator[list[Array]]:
        """Lists of uncertainties, one per member, the most likely first."""
        kept = [self._stored_for(p) for p in members]
        if group.type == "staterror":
            errors = [self._errors(p) for p in members]
            for candidate in ([k or e for k, e in zip(kept, errors, strict=True)], errors):
                arrays = [a for a in candidate if a is not None]
                if len(arrays) == len(members):
                    yield arrays
            return
        if kept[0] is not None:
            yield [kept[0]]
        vals = self._document.raw(f"{members[0].modifier.path}/data/vals")
        if vals is not None and len(vals) == members[0].channel.bins:
            yield [shapesys_uncertainties(self._nominal(members[0]), vals)]
            yield [vals]

    def _stored_for(self, place: Place) -> Array | None:
        sample = self._sample_names[place.sample]
        return self._stored.uncertainty(
            place.channel_name, sample, place.modifier.name, place.channel.bins
        )

    def _errors(self, place: Place) -> Array | None:
        if place.sample.errors is None:
            return None
        return self._document.numbers(f"{place.sample.path}/data/errors", place.sample.errors)

    def _nominal(self, place: Place) -> Array:
        return self._document.numbers(f"{place.sample.path}/data/contents", place.sample.nominal)

    def _staterror_fits(self, members: Sequence[Place], arrays: Sequence[Array]) -> bool:
        widths = []
        for b, total in enumerate(_totals(members)):
            squares = [(a[b] / total) ** 2 if total > 0 else 0.0 for a in arrays]
            widths.append(math.sqrt(sum(squares)) or None)
        return self._fits("staterror", members[0].parameters, widths)

    def _shapesys_fits(self, members: Sequence[Place], arrays: Sequence[Array]) -> bool:
        try:
            factors = shapesys_factors(self._nominal(members[0]), arrays[0])
        except ArithmeticError:
            return False
        return self._fits("shapesys", members[0].parameters, factors)

    def _fits(self, kind: str, parameters: Sequence[str], widths: Sequence[float | None]) -> bool:
        """True when pyhf makes these widths; where it has none, it takes 1 and fixes the bin."""
        constant = [p in self._constant for p in parameters]
        pattern = len(set(constant)) == 1 or constant == [w is None for w in widths]
        wanted = [self._wanted.width(p, kind) for p in parameters]
        return pattern and close(
            [1.0 if w is None else w for w in widths], [1.0 if w is None else w for w in wanted]
        )

    def _derived(self, group: Group, members: Sequence[Place]) -> list[list[float]]:
        """Uncertainties that give the widths: all on the first sample, none on constant bins."""
        first = []
        for parameter, total in zip(members[0].parameters, _totals(members), strict=True):
            width = self._wanted.width(parameter, group.type)
            if parameter in self._constant or width is None or total <= 0:
                first.append(0.0)
            else:
                relative = 1 / math.sqrt(width) if group.type == "shapesys" else width
                first.append(total * relative)
        return [first, *([0.0] * len(first) for _ in members[1:])]


def _totals(members: Sequence[Place]) -> list[float]:
    """Summed nominal counts per bin."""
    return [
        float(sum(p.sample.nominal[b] for p in members)) for b in range(members[0].channel.bins)
    ]
