"""Random data of densities."""

from __future__ import annotations

from collections.abc import Sequence

from .draft import Draft, Json


def unbinned(d: Draft, names: Sequence[str], whole: bool = False) -> str:
    """Events, with weights or not; those of `whole` are counts."""
    spans = [d.observables[name] for name in names]
    entries = [
        [
            float(d.integer(int(low), int(high)))
            if whole
            else low + (high - low) * d.number(0.02, 0.98)
            for low, high in spans
        ]
        for _ in range(d.integer(1, 4))
    ]
    made: Json = {"type": "unbinned", "axes": [_axis(d, n) for n in names], "entries": entries}
    if d.chance(30):
        weights = [0.0 if d.chance(10) else d.number(0.2, 3.0) for _ in entries]
        made["weights"] = weights if any(weights) else [1.0 for _ in entries]
    return _named(d, made)


def _axis(d: Draft, name: str) -> Json:
    low, high = d.observables[name]
    return {"name": name, "min": low, "max": high}


def binned(d: Draft, names: Sequence[str]) -> str:
    """Counts in bins, with their uncertainties or not."""
    axes = [_binned_axis(d, name) for name in names]
    count = 1
    for axis in axes:
        count *= axis["nbins"] if "nbins" in axis else len(axis["edges"]) - 1
    contents = [d.integer(0, 20) if d.chance(70) else d.number(0.0, 20.0) for _ in range(count)]
    if not any(contents):
        contents[0] = 3
    made: Json = {"type": "binned", "axes": axes, "contents": contents}
    if d.chance(20):
        made["uncertainty"] = _uncertainty(d, count)
    return _named(d, made)


def _binned_axis(d: Draft, name: str) -> Json:
    low, high = d.observables[name]
    if name in d.binnings:
        return {"name": name, "min": low, "max": high, "nbins": d.binnings[name]}
    n = d.integer(1, 4)
    if d.chance(50):
        return {"name": name, "min": low, "max": high, "nbins": n}
    w = (high - low) / n
    inner = [low + w * (i + d.number(0.7, 1.3)) for i in range(n - 1)]
    return {"name": name, "edges": [low, *inner, high]}


def _uncertainty(d: Draft, count: int) -> Json:
    sigma = [d.number(0.5, 4.0) for _ in range(count)]
    made: Json = {"type": "gaussian_uncertainty", "sigma": sigma}
    match d.integer(0, 2):
        case 0:
            made["correlation"] = 0
        case 1:
            rho = d.number(-0.3, 0.8)
            made["correlation"] = [
                [rho ** abs(i - j) if i != j else 1.0 for j in range(count)] for i in range(count)
            ]
    return made


def point(d: Draft, name: str) -> str:
    """One measured number."""
    low, high = d.observables[name]
    value = low + (high - low) * d.number(0.02, 0.98)
    return _named(d, {"type": "point", "value": value, "axes": [_axis(d, name)]})


def _named(d: Draft, made: Json) -> str:
    name = d.name("data")
    d.data.append({"name": name, **made})
    return name
