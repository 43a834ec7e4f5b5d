"""`merge_bins`: a coarser binning of a channel, with its data and all that varies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hs3.axes import Axis
from hs3.errors import EditError
from hs3.findings import Finding, Report
from hs3.histfactory.meaning import BinFunction, FloatArray
from hs3.workspace import Workspace

from .document import Draft, unknown
from .interpolation import EXPONENTIAL
from .templates import (
    KNOWN,
    PER_BIN,
    Json,
    Templates,
    channel_of,
    channels,
    code_of,
    set_varied,
    varied,
)


@dataclass(frozen=True)
class Merging:
    """Which neighbouring bins become one.

    Attributes:
        shape: bins per axis before.
        place: the axis.
        starts: index of the first bin of each new one.
    """

    shape: tuple[int, ...]
    place: int
    starts: tuple[int, ...]

    def sums(self, values: Any) -> FloatArray:
        """Sums over the bins that become one."""
        array = np.asarray(values, dtype=np.float64).reshape(self.shape)
        return np.asarray(np.add.reduceat(array, self.starts, axis=self.place)).ravel()

    def groups(self, names: Sequence[str]) -> list[list[str]]:
        """The names, one per bin, of the bins that become one."""
        table = np.moveaxis(np.array(names, dtype=object).reshape(self.shape), self.place, 0)
        ends = (*self.starts[1:], self.shape[self.place])
        parts = [table[a:b] for a, b in zip(self.starts, ends, strict=True)]
        rest = parts[0].shape[1:]
        cells = [[list(p[(slice(None), *i)]) for i in np.ndindex(rest)] for p in parts]
        order = np.empty((len(parts), int(np.prod(rest))), dtype=object)
        for i, row in enumerate(cells):
            for j, cell in enumerate(row):
                order[i, j] = cell
        turned = np.moveaxis(order.reshape(len(parts), *rest), 0, self.place)
        return list(turned.ravel())


def merge_bins(
    ws: Workspace, channel: str, bins: int | Sequence[float], *, axis: str | None = None
) -> tuple[Workspace, Report]:
    """The same document with fewer bins in a channel.

    Counts, data and variations are added, statistical uncertainties in quadrature. Of parameters
    with one for each bin, one is left for each new bin, with the uncertainty that the sum has. The
    likelihood becomes another one: that of the coarser measurement.

    Args:
        ws: the document.
        channel: its name, with or without the prefix ``model_``.
        bins: how many neighbouring bins become one, or the edges that stay.
        axis: the axis, where a channel has several.

    Raises:
        EditError: no such channel or axis, edges that are not there, a parameter per bin that
            other channels share, or a modifier that cannot be rebinned.
    """
    draft = Draft(ws)
    entry = channel_of(draft.data, channel)
    if entry is None:
        raise unknown(channel, (c["name"] for c in channels(draft.data)), "channel")
    place = _axis(entry, axis)
    made = _merging(entry, place, bins)
    if len(made.starts) == made.shape[place]:
        return draft.ws, Report()
    _refuse(draft, entry)
    renamed = _parameters(draft, entry, made)
    for sample in entry["samples"]:
        _sample(draft, entry, Templates(sample), made)
    entry["axes"][place] = _coarser(entry["axes"][place], made.starts)
    _data(draft, entry, made)
    draft.unlist([d for name in renamed for d in draft.explicit(name)])
    draft.forget(renamed)
    draft.orphans()
    message = f"{made.shape[place]} bins of {entry['axes'][place]['name']!r} became "
    message += f"{len(made.starts)} in {entry['name']!r}"
    draft.tell("merge.bins", draft.path(entry), message, len(made.starts))
    return draft.made()


def _axis(entry: Json, name: str | None) -> int:
    names = [a["name"] for a in entry["axes"]]
    if name is None and len(names) == 1:
        return 0
    if name not in names:
        raise unknown(name or "(none)", names, "axis")
    return names.index(name)


def _edges(axis: Json) -> FloatArray:
    edges = Axis.model_validate(axis).bin_edges()
    assert edges is not None
    return edges


def _merging(entry: Json, place: int, bins: int | Sequence[float]) -> Merging:
    shape = tuple(len(_edges(a)) - 1 for a in entry["axes"])
    count, edges = shape[place], _edges(entry["axes"][place])
    if isinstance(bins, int):
        if bins < 1 or count % bins:
            message = f"{count} bins of {entry['name']!r} cannot be merged {bins} by {bins}"
            raise EditError([Finding("merge.edges", "", message, bins)])
        return Merging(shape, place, tuple(range(0, count, bins)))
    near = [int(np.argmin(np.abs(edges - e))) for e in bins]
    width = float(np.min(np.diff(edges)))
    fits = all(abs(edges[i] - e) <= 1e-6 * width for i, e in zip(near, bins, strict=True))
    if not fits or near != sorted(set(near)) or near[:1] != [0] or near[-1:] != [count]:
        shown = ", ".join(f"{e:g}" for e in edges[:20]) + (" …" if count > 20 else "")
        message = f"edges from the first to the last of {entry['name']!r} are needed: {shown}"
        raise EditError([Finding("merge.edges", "", message, str(list(bins))[:100])])
    return Merging(shape, place, tuple(near[:-1]))


def _refuse(draft: Draft, entry: Json) -> None:
    """What cannot be rebinned, and what is not the same afterwards, by name."""
    functions = {
        m.path: m.function
        for one in draft.means.likelihoods
        for channel in one.graph.channels
        for sample in channel.samples
        for m in sample.modifiers
        if isinstance(m, BinFunction)
    }
    for j, sample in enumerate(entry["samples"]):
        for k, modifier in enumerate(sample.get("modifiers") or ()):
            path = draft.path(entry, "samples", j, "modifiers", k)
            if path in functions:
                message = f"{functions[path]!r} is evaluated in the middle of each bin, and the sum"
                message += " of two such bins is not the value between them"
                raise EditError([Finding("merge.refused", path, message, functions[path])])
            if modifier["type"] not in KNOWN:
                message = f"a modifier of type {modifier['type']!r} cannot be rebinned"
                raise EditError([Finding("merge.refused", path, message, modifier["type"])])
            if modifier["type"] == "histosys":
                name = modifier["name"]
                if code_of(modifier) in EXPONENTIAL:
                    message = f"{name!r} is exponential in each bin; it is so in the sum now"
                    draft.tell("merge.approximated", path, message, name)
                elif modifier.get("positiveDefinite"):
                    message = f"{name!r}: the sum of bins is cut at zero now, not each of them"
                    draft.tell("merge.approximated", path, message, name)


# --- parameters per bin ---------------------------------------------------------------------------


def _parameters(draft: Draft, entry: Json, made: Merging) -> list[str]:
    """Give each new bin one of the parameters of its bins; those that are left over."""
    constant = draft.means.constant
    groups: dict[tuple[str, ...], list[Json]] = {}
    for sample in entry["samples"]:
        for modifier in sample.get("modifiers") or ():
            if modifier["type"] in PER_BIN:
                groups.setdefault(tuple(modifier["parameters"]), []).append(sample)
    gone: dict[str, None] = {}
    for names, samples in groups.items():
        cells = made.groups(names)
        chosen = [next((n for n in cell if n not in constant), cell[0]) for cell in cells]
        _check_shared(draft, entry, names)
        for cell, keeps in zip(cells, chosen, strict=True):
            gone.update(dict.fromkeys(n for n in cell if n != keeps))
            _check_constrained(draft, cell, constant)
        total = np.sum([s["data"]["contents"] for s in samples], axis=0)
        for sample in samples:
            for modifier in sample["modifiers"]:
                if tuple(modifier.get("parameters") or ()) == names:
                    _rebin(modifier, chosen, total, made)
    return list(gone)


def _rebin(modifier: Json, chosen: list[str], total: FloatArray, made: Merging) -> None:
    """One modifier; bins are independent, so that absolute uncertainties add in quadrature."""
    modifier["parameters"] = chosen
    if modifier["type"] == "shapesys" and (modifier.get("data") or {}).get("vals"):
        vals = np.array(modifier["data"]["vals"], dtype=np.float64)
        sums = made.sums(total)
        spread = np.sqrt(made.sums((vals * total) ** 2))
        mean = np.sqrt(made.sums(vals**2) / made.sums(np.ones_like(vals)))
        new = np.divide(spread, sums, out=mean, where=sums > 0.0)
        modifier["data"] = {**modifier["data"], "vals": new.tolist()}


def _check_shared(draft: Draft, entry: Json, names: Sequence[str]) -> None:
    for other in channels(draft.data):
        if other["name"] == entry["name"]:
            continue
        for sample in other["samples"]:
            for modifier in sample.get("modifiers") or ():
                shared = set(names) & set(modifier.get("parameters") or ())
                if shared:
                    name = min(shared)
                    message = f"{name!r} scales a bin of {other['name']!r} too"
                    raise EditError([Finding("merge.shared", "", message, name)])


def _check_constrained(draft: Draft, cell: Sequence[str], constant: frozenset[str]) -> None:
    for name in cell:
        if len(cell) > 1 and name not in constant and draft.explicit(name):
            message = f"{name!r} is constrained by {draft.explicit(name)[0]!r}, for one bin alone"
            raise EditError([Finding("merge.refused", "", message, name)])


# --- numbers --------------------------------------------------------------------------------------


def _sample(draft: Draft, entry: Json, templates: Templates, made: Merging) -> None:
    for modifier in templates.histosys:
        hi, lo = varied(modifier)
        set_varied(modifier, made.sums(hi), made.sums(lo))
    data = templates.sample["data"]
    data["contents"] = made.sums(templates.nominal).tolist()
    if templates.errors is not None:
        data["errors"] = np.sqrt(made.sums(templates.errors**2)).tolist()


def _coarser(axis: Json, starts: Sequence[int]) -> Json:
    edges = _edges(axis)
    kept = np.append(edges[list(starts)], edges[-1])
    rest = {k: v for k, v in axis.items() if k not in ("nbins", "edges")}
    if "nbins" in axis and np.ptp(np.diff(starts, append=len(edges) - 1)) == 0:
        return {**rest, "nbins": len(starts)}
    rest |= {"min": kept[0].item(), "max": kept[-1].item()}
    return {**rest, "edges": kept.tolist()}


def _data(draft: Draft, entry: Json, made: Merging) -> None:
    """The data of the channel."""
    pairs = [
        (d, x)
        for one in draft.data.get("likelihoods") or ()
        for d, x in zip(one.get("distributions") or (), one.get("data") or (), strict=True)
    ]
    axis = entry["axes"][made.place]
    for name in dict.fromkeys(x for d, x in pairs if d == entry["name"] and isinstance(x, str)):
        other = next((d for d, x in pairs if x == name and d != entry["name"]), None)
        if other is not None:
            message = f"the data {name!r} are those of {other!r} too"
            raise EditError([Finding("merge.shared", "", message, name)])
        data = next(x for x in draft.data["data"] if x["name"] == name)
        if data["type"] != "binned":
            continue  # events: they are counted into the new bins
        names = [a["name"] for a in data["axes"]]
        if names != [a["name"] for a in entry["axes"]]:
            message = f"the axes of {name!r} are not in the order of those of {entry['name']!r}"
            raise EditError([Finding("merge.refused", "", message, name)])
        data["contents"] = made.sums(data["contents"]).tolist()
        data["axes"][made.place] = dict(axis)
        given = data.get("uncertainty")
        if given:
            if given.get("correlation"):
                message = f"the uncertainties of {name!r} are correlated"
                raise EditError([Finding("merge.refused", "", message, name)])
            squares = np.array(given["sigma"], dtype=np.float64) ** 2
            data["uncertainty"] = {**given, "sigma": np.sqrt(made.sums(squares)).tolist()}
