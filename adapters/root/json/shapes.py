"""Variations of samples that ROOT's importer cannot be told by a modifier.

ROOT 6.40 reads every histosys with code 4 and cuts its result at zero. Any other interpolation,
and one that must not be cut where that matters, becomes a ``custom`` factor: the interpolation of
the ratios to the nominal counts, a PiecewiseInterpolation around 1 that is not cut. Where a bin is
nominally empty, the sample's contents become 1 and the interpolation is that of the counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hs3.graph import Parameter
from hs3.histfactory.meaning import FloatArray, HistoSys, Interpolation, NormSys, Sample

from .draft import Draft, Json
from .refuse import refuse

_CODES = {
    Interpolation.LINEAR: 0,
    Interpolation.EXPONENTIAL: 1,
    Interpolation.PARABOLIC: 2,
    Interpolation.POLY6_LINEAR: 4,
    Interpolation.POLY6_EXPONENTIAL: 5,
}
"""Codes of PiecewiseInterpolation."""

MULTIPLICATIVE = (Interpolation.EXPONENTIAL, Interpolation.POLY6_EXPONENTIAL)


def code4(variations: Sequence[HistoSys]) -> bool:
    """True when the variations are interpolated as ROOT reads every histosys."""
    return all(v.interpolation is Interpolation.POLY6_LINEAR for v in variations)


def positive(
    sample: Sample, variations: Sequence[HistoSys], bounds: Mapping[str, Parameter]
) -> bool:
    """True when the additive part stays above zero wherever the parameters are in their bounds."""
    return bool((_lowest(sample, variations, bounds) >= 0.0).all())


def _lowest(
    sample: Sample, variations: Sequence[HistoSys], bounds: Mapping[str, Parameter]
) -> FloatArray:
    """A lower limit of the additive part within the parameters' bounds, per bin."""
    lowest = sample.nominal.copy()
    for variation in variations:
        p = bounds[variation.parameter]
        low, high = (p.value, p.value) if p.const else (p.min, p.max)
        if not np.isfinite([low, high]).all():
            return np.full_like(lowest, -np.inf)
        half = (variation.hi - variation.lo) / 2
        curve = (variation.hi + variation.lo - 2 * sample.nominal) / 16
        straight = np.minimum(half * low, half * high)
        bend = np.minimum.reduce([curve * _poly6(a) for a in (low, high, 0.0)])  # monotonic in |a|
        lowest = lowest + straight + bend
    return lowest


def _poly6(alpha: float) -> float:
    a = abs(alpha)
    return a * a * (15 + a * a * (3 * a * a - 10)) if a < 1 else 8 * a


def nominally_empty(sample: Sample, variations: Sequence[HistoSys]) -> bool:
    """True when a variation has content where the sample nominally has none: no ratio exists."""
    empty = sample.nominal == 0.0
    return any((v.hi[empty] != 0.0).any() or (v.lo[empty] != 0.0).any() for v in variations)


def _per_parameter(sample: Sample, variations: Sequence[HistoSys]) -> list[HistoSys]:
    """The variations, those of one parameter added up: ROOT sets the code of the first one only.

    Additive codes are linear in what the variations differ by from the nominal counts.
    """
    found: dict[str, HistoSys] = {}
    for v in variations:
        first = found.setdefault(v.parameter, v)
        if first is v:
            continue
        if first.interpolation is not v.interpolation:
            refuse(
                f"two histosys of one sample in {v.parameter!r} with different interpolations",
                v.path,
                v.parameter,
            )
        hi, lo = (a + b - sample.nominal for a, b in ((first.hi, v.hi), (first.lo, v.lo)))
        found[v.parameter] = replace(first, hi=hi, lo=lo)
    return list(found.values())


def custom_shape(
    draft: Draft, name: str, sample: Sample, variations: Sequence[HistoSys], axes: Sequence[Json]
) -> Json:
    """The ``custom`` modifier, called `name`, that stands for the histosys of a sample."""
    if len(variations) > 1 and any(v.interpolation in MULTIPLICATIVE for v in variations):
        refuse(
            "several histosys of one sample, one of them exponential, which ROOT would multiply",
            variations[0].path,
            sample.name,
        )
    variations = _per_parameter(sample, variations)
    made = draft.names.helper(name)

    def histogram(kind: str, contents: FloatArray) -> str:
        entry = {
            "name": draft.names.helper(f"{made}_{kind}"),
            "type": "histogram",
            "data": {"axes": axes, "contents": contents.tolist()},
        }
        return draft.put("functions", entry)

    empty = nominally_empty(sample, variations)
    unit = np.ones_like(sample.nominal) if empty else sample.nominal

    def ratio(contents: FloatArray) -> FloatArray:
        return np.divide(contents, unit, out=np.ones_like(contents), where=unit != 0.0)

    entry = {
        "name": made,
        "type": "interpolation",
        "vars": [draft.names.of(v.parameter) for v in variations],
        "nom": histogram("nom", ratio(sample.nominal)),
        "high": [histogram(f"high_{i}", ratio(v.hi)) for i, v in enumerate(variations)],
        "low": [histogram(f"low_{i}", ratio(v.lo)) for i, v in enumerate(variations)],
        "interpolationCodes": [_CODES[v.interpolation] for v in variations],
        "positiveDefinite": False,
    }
    draft.put("functions", entry)
    return {"type": "custom", "name": made}


def custom_factor(draft: Draft, channel: str, sample: str, systematic: NormSys) -> Json:
    """The ``custom`` modifier for a normsys whose code FlexibleInterpVar does not have."""
    parameter = draft.names.of(systematic.parameter)
    entry = {
        "name": draft.names.helper(f"{channel}_{sample}_{parameter}_factor"),
        "type": "interpolation",
        "vars": [parameter],
        "nom": 1.0,
        "high": [systematic.hi],
        "low": [systematic.lo],
        "interpolationCodes": [_CODES[systematic.interpolation]],
        "positiveDefinite": False,
    }
    return {"type": "custom", "name": draft.put("functions", entry)}
