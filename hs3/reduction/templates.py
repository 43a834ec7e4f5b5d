"""Samples of an upgraded document as arrays, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hs3.histfactory.meaning import FloatArray, Interpolation
from hs3.upgrading.constraints import WORDS
from hs3.upgrading.modifiers import INTERPOLATION, widths_of

Json = dict[str, Any]
CODES = {spelled: code for code, spelled in INTERPOLATION.items()}
KNOWN = ("normfactor", "normsys", "histosys", "shapefactor", "shapesys", "staterror")
PER_BIN = ("shapefactor", "shapesys", "staterror")
KINDS = {word: kind for kind, word in WORDS.items()}


def channels(data: Json) -> Iterator[Json]:
    """The HistFactory distributions of a document."""
    for entry in data.get("distributions") or ():
        if entry.get("type") == "histfactory_dist":
            yield entry


def channel_of(data: Json, name: str) -> Json | None:
    """The channel called `name`, with or without ROOT's prefix ``model_``."""
    found = {c["name"]: c for c in channels(data)}
    return found.get(name) or found.get(f"model_{name}")


class Templates:
    """The numbers of one sample, to be changed together.

    Attributes:
        sample: its JSON.
        nominal: counts per bin.
        errors: their statistical uncertainties, or None.
        modifiers: its modifiers; those that go are taken out here.
    """

    def __init__(self, sample: Json) -> None:
        self.sample = sample
        self.nominal = _array(sample["data"]["contents"])
        given = sample["data"].get("errors")
        self.errors = None if given is None else _array(given)
        self.modifiers: list[Json] = list(sample.get("modifiers") or ())

    @property
    def histosys(self) -> list[Json]:
        """The modifiers that add to the counts."""
        return [m for m in self.modifiers if m["type"] == "histosys"]

    @property
    def clip(self) -> bool:
        """True when rates are cut at zero."""
        return any(m.get("positiveDefinite") for m in self.histosys)

    def add(self, shift: FloatArray) -> None:
        """Add to the nominal counts; variations of other parameters keep their differences."""
        if shift.any():
            self.nominal = self.nominal + shift
            for modifier in self.histosys:
                _vary(modifier, lambda counts: counts + shift)

    def multiply(self, factor: FloatArray) -> None:
        """Multiply the counts and all that goes with them."""
        if (factor != 1.0).any():
            self.nominal = self.nominal * factor
            if self.errors is not None:
                self.errors = self.errors * np.abs(factor)
            for modifier in self.histosys:
                _vary(modifier, lambda counts: counts * factor)

    def write(self) -> None:
        """Put the numbers back into the JSON."""
        data = self.sample["data"]
        _put(data, "contents", self.nominal)
        if self.errors is not None:
            _put(data, "errors", self.errors)
        if "modifiers" in self.sample or self.modifiers:
            self.sample["modifiers"] = self.modifiers


def _array(numbers: Sequence[float]) -> FloatArray:
    return np.array(numbers, dtype=np.float64)


def _put(data: Json, key: str, new: FloatArray) -> None:
    if not np.array_equal(_array(data[key]), new):  # else the digits of the document stay
        data[key] = new.tolist()


def code_of(modifier: Json) -> Interpolation:
    """How a normsys or histosys of an upgraded document is interpolated."""
    return CODES[modifier["interpolation"]]


def varied(modifier: Json) -> tuple[FloatArray, FloatArray]:
    """The templates `hi` and `lo` of a histosys, or factors of a normsys, shape () then."""
    data = modifier["data"]
    if modifier["type"] == "normsys":
        return _array(data["hi"]), _array(data["lo"])
    return _array(data["hi"]["contents"]), _array(data["lo"]["contents"])


def _vary(modifier: Json, change: Any) -> None:
    hi, lo = varied(modifier)
    set_varied(modifier, change(hi), change(lo))


def set_varied(modifier: Json, hi: FloatArray, lo: FloatArray) -> None:
    """Other templates for a histosys, or factors for a normsys."""
    if modifier["type"] == "normsys":
        modifier["data"] = {**modifier["data"], "hi": float(hi), "lo": float(lo)}
        return
    data = modifier["data"]
    modifier["data"] = {
        **data,
        "hi": {**data["hi"], "contents": hi.tolist()},
        "lo": {**data["lo"], "contents": lo.tolist()},
    }


# --- statistical uncertainties ----------------------------------------------------------------

Groups = dict[tuple[str, ...], list[Json]]


def staterrors(channel: Json) -> Groups:
    """The samples that share parameters as a staterror."""
    groups: Groups = {}
    for sample in channel["samples"]:
        for modifier in sample.get("modifiers") or ():
            if modifier["type"] == "staterror":
                groups.setdefault(tuple(modifier["parameters"]), []).append(sample)
    return groups


def widths(channel: Json) -> dict[tuple[str, ...], FloatArray]:
    """The relative uncertainties of the parameters of each staterror of a channel."""
    return {key: widths_of(samples) for key, samples in staterrors(channel).items()}


def keep_widths(channel: Json, wanted: dict[tuple[str, ...], FloatArray]) -> list[str]:
    """Scale `errors` so that staterrors keep their widths while counts have changed.

    Returns:
        the parameters for which that cannot be, because nothing is expected in their bins.
    """
    lost: list[str] = []
    for key, samples in staterrors(channel).items():
        want = wanted.get(key)
        have = widths_of(samples)
        if want is None or np.allclose(have, want, rtol=1e-13, atol=0.0):
            continue
        total = np.sum([s["data"]["contents"] for s in samples], axis=0)
        scale = np.divide(want, have, out=np.ones_like(want), where=have > 0.0)
        for place, sample in enumerate(samples):
            errors = _array(sample["data"].get("errors") or [0.0] * len(total)) * scale
            if place == 0:
                errors = np.where((have == 0.0) & (want > 0.0), want * total, errors)
            sample["data"]["errors"] = errors.tolist()
        bad = (want > 0.0) & (total <= 0.0)
        lost += [name for name, is_lost in zip(key, bad.tolist(), strict=True) if is_lost]
    return lost
