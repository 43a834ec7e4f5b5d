"""`prune`: systematics without effect left out, as TRExFitter does, and how far they go."""

from __future__ import annotations

from typing import Any

import numpy as np

from hs3.errors import EditError
from hs3.findings import Finding, Report
from hs3.histfactory.meaning import FloatArray
from hs3.workspace import Workspace

from .document import Draft
from .templates import Json, Templates, channels, set_varied, staterrors, varied, widths

ROUNDING = 1e-12
"""Effects below this are none."""


def prune(
    ws: Workspace, *, norm: float = 0.005, shape: float = 0.005, stat: float = 0.0
) -> tuple[Workspace, Report]:
    """The same document without systematics whose effect on a sample of a channel is negligible.

    As TRExFitter has it (``SystPruningNorm``, ``SystPruningShape``, ``MCstatThreshold``), for each
    sample in each channel: a variation has a normalisation, the relative change of the sum of bins,
    and a shape, the largest relative change of a bin beyond that. What is below the threshold on
    both sides is left out, each by itself: without its shape a histosys becomes a normsys, without
    its normalisation it keeps the nominal sum. Every modifier that goes or changes is a finding
    with its effect; what it does to a result, refits tell (`hs3.reduction.effect`).

    Args:
        ws: the document.
        norm: threshold of normalisations.
        shape: threshold of shapes.
        stat: threshold of the relative uncertainty of bins: below it, the factor of a staterror is
            held at 1.

    Raises:
        EditError: a negative threshold.
    """
    if min(norm, shape, stat) < 0.0:
        message = "thresholds are not negative"
        raise EditError([Finding("reduce.value", "", message, min(norm, shape, stat))])
    draft = Draft(ws)
    before = _parameters(draft)
    held: dict[str, None] = {}
    for channel in channels(draft.data):
        for index, sample in enumerate(channel["samples"]):
            templates = Templates(sample)
            made = _Sample(draft, channel, index, templates, norm, shape)
            clip = templates.clip
            templates.modifiers = [n for m in templates.modifiers for n in made.kept(m)]
            if clip and not templates.histosys:
                templates.nominal = np.maximum(templates.nominal, 0.0)
            templates.write()
        held.update(_small_bins(draft, channel, stat))
    _hold(draft, held)
    gone = [n for n in before if n not in _parameters(draft)]
    draft.unlist([d for name in gone for d in draft.explicit(name)])
    draft.forget(gone)
    draft.orphans()
    message = f"of {len(before)} parameters, {len(gone)} are gone and {len(held)} held"
    draft.tell("prune.done", "", message, len(gone))
    return draft.made()


def _parameters(draft: Draft) -> dict[str, None]:
    found: dict[str, None] = {}
    for channel in channels(draft.data):
        for sample in channel["samples"]:
            for modifier in sample.get("modifiers") or ():
                given = (modifier.get("parameter"), *(modifier.get("parameters") or ()))
                found.update(dict.fromkeys(p for p in given if p is not None))
    return found


class _Sample:
    """Decides about the modifiers of one sample."""

    def __init__(
        self,
        draft: Draft,
        channel: Json,
        index: int,
        templates: Templates,
        norm: float,
        shape: float,
    ) -> None:
        self.draft, self.channel, self.index = draft, channel, index
        self.templates, self.norm, self.shape = templates, norm, shape

    def kept(self, modifier: Json) -> list[Json]:
        """What is left of a modifier."""
        if modifier["type"] not in ("normsys", "histosys"):
            return [modifier]
        norm, shape = effects(modifier, self.templates.nominal)
        if norm < self.norm and shape < self.shape:
            self._tell(modifier, "prune.modifier", norm, shape)
            return []
        total = float(self.templates.nominal.sum())
        if modifier["type"] == "normsys" or total <= 0.0:
            return [modifier]
        hi, lo = varied(modifier)
        up, down = float(hi.sum()) / total, float(lo.sum()) / total
        if ROUNDING < norm < self.norm and min(up, down) > 0.0:
            self._tell(modifier, "prune.norm", norm, shape)
            set_varied(modifier, hi / up, lo / down)
        elif ROUNDING < shape < self.shape and min(up, down) > 0.0:
            self._tell(modifier, "prune.shape", norm, shape)
            kept = {k: v for k, v in modifier.items() if k not in ("data", "positiveDefinite")}
            data = {"hi": up, "lo": down}
            return [{**kept, "type": "normsys", "interpolation": 5, "data": data}]
        return [modifier]

    def _tell(self, modifier: Json, code: str, norm: float, shape: float) -> None:
        what = {
            "prune.modifier": "is left out",
            "prune.norm": "keeps its shape alone",
            "prune.shape": "keeps its normalisation alone",
        }[code]
        path = self.draft.path(self.channel, "samples", self.index)
        sample = self.templates.sample["name"]
        message = (
            f"{modifier['type']} {modifier['name']!r} on {sample!r} of {self.channel['name']!r} "
            f"{what}: normalisation {norm:.2g}, shape {shape:.2g}"
        )
        self.draft.tell(code, path, message, modifier["parameter"])


def effects(modifier: Json, nominal: FloatArray) -> tuple[float, float]:
    """Normalisation and shape of a normsys or histosys: the larger of its two sides."""
    if modifier["type"] == "normsys":
        hi, lo = varied(modifier)
        return max(abs(float(hi) - 1.0), abs(float(lo) - 1.0)), 0.0
    total = float(nominal.sum())
    norm = shape = 0.0
    for side in varied(modifier):
        if total == 0.0:
            return (np.inf, np.inf) if side.any() else (0.0, 0.0)
        ratio = float(side.sum()) / total
        norm = max(norm, abs(ratio - 1.0))
        filled = nominal != 0.0
        if side[~filled].any():
            shape = np.inf
        off = np.abs(side[filled] / nominal[filled] - ratio)
        shape = max(shape, float(off.max(initial=0.0)))
    return norm, shape


def _small_bins(draft: Draft, channel: Json, stat: float) -> dict[str, None]:
    """Parameters of staterrors below the threshold."""
    found: dict[str, None] = {}
    for names, relative in widths(channel).items():
        small = [n for n, r in zip(names, relative.tolist(), strict=True) if 0.0 < r < stat]
        found.update(dict.fromkeys(small))
        for name, r in zip(names, relative.tolist(), strict=True):
            if name in small:
                message = f"{name!r} of {channel['name']!r} is held: relative uncertainty {r:.2g}"
                draft.tell("prune.bin", draft.path(channel), message, name)
        if len(small) == len(names):
            for sample in staterrors(channel)[names]:
                sample["modifiers"] = [
                    m for m in sample["modifiers"] if tuple(m.get("parameters") or ()) != names
                ]
    return found


def _hold(draft: Draft, names: Any) -> None:
    for point in draft.data.get("parameter_points") or ():
        for entry in point.get("parameters") or ():
            if entry["name"] in names:
                entry |= {"value": 1.0, "const": True}
