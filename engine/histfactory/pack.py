"""From `hs3.histfactory.meaning.Channel` objects to the stacked arrays of `Blocks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hs3.errors import CompileError
from hs3.histfactory.meaning import (
    BinFactors,
    Channel,
    FloatArray,
    HistoSys,
    Interpolation,
    NormFactor,
    NormSys,
)

from .arrays import Blocks
from .interpolation import EXPONENTIAL_CODES, FEATURE, poly6_coefficients
from .layout import Layout

ROUNDING = 4 * np.finfo(np.float64).eps
BIN_AXIS = {
    "nominal": 1, "bin_mask": 0, "straight": 2, "bent": 2, "ratio_hi": 1, "ratio_lo": 1,
    "ratio_poly": 2, "gamma_index": 1,
}  # fmt: skip
Arrays = dict[str, npt.NDArray[np.generic]]


def pack(channels: Sequence[Channel], layout: Layout, slots: Mapping[str, int]) -> Blocks:
    """Stack `channels` into arrays, cut into the pieces of `layout`.

    Args:
        slots: index of each named input (parameter or function); padding points at `ONE`.

    Raises:
        CompileError: a variation cannot be interpolated (a logarithm of zero or less).
    """
    packed = [_channel_arrays(channel, slots) for channel in channels]
    parts = [_cut(packed[piece.channel], piece.start, piece.stop) for piece in layout.pieces]
    stacked = {f.name: _stack([part[f.name] for part in parts]) for f in fields(Blocks)}
    return Blocks(**stacked)  # type: ignore[arg-type]  # numpy arrays become jax arrays in jit


class Column(NamedTuple):
    """What shares a slot: a parameter with a code, and, where a sample has several alike, which."""

    parameter: str
    code: Interpolation
    number: int


class Columns:
    """The uses of one kind of systematic in a channel, and the columns they fall into."""

    def __init__(self, channel: Channel, kind: type[HistoSys | NormSys], exponential: bool) -> None:
        self.uses: list[tuple[int, HistoSys | NormSys, Column]] = []
        self.index: dict[Column, int] = {}
        for s, sample in enumerate(channel.samples):
            seen: dict[tuple[str, Interpolation], int] = {}
            for modifier in sample.modifiers:
                if not isinstance(modifier, kind):
                    continue
                key = (modifier.parameter, modifier.interpolation)
                if (key[1] in EXPONENTIAL_CODES) is not exponential:
                    continue
                column = Column(*key, seen.get(key, 0))
                seen[key] = column.number + 1
                self.index.setdefault(column, len(self.index))
                self.uses.append((s, modifier, column))

    def __len__(self) -> int:
        return len(self.index)

    def slots(self, slots: Mapping[str, int]) -> npt.NDArray[np.int64]:
        """Index of each column's parameter in the inputs."""
        return np.array([slots[c.parameter] for c in self.index], dtype=np.int64)

    def codes(self) -> npt.NDArray[np.int64]:
        """Which feature g each column uses."""
        return np.array([FEATURE[c.code] for c in self.index], dtype=np.int64)

    def smooth(self) -> npt.NDArray[np.bool_]:
        """True for columns with the 6th-order polynomial inside."""
        return np.array([c.code is Interpolation.POLY6_EXPONENTIAL for c in self.index], dtype=bool)


def _channel_arrays(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    arrays: Arrays = {
        "nominal": np.stack([np.asarray(s.nominal, np.float64) for s in channel.samples]),
        "clip": np.array([s.clip for s in channel.samples], dtype=bool),
        "bin_mask": np.ones(channel.bins, dtype=bool),
    }
    for part in (_additive, _ratios, _factors, _slides, _normfactors, _bin_factors):
        arrays |= part(channel, slots)
    return arrays


def _additive(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    columns = Columns(channel, HistoSys, exponential=False)
    shape = (len(columns), len(channel.samples), channel.bins)
    straight, bent = np.zeros(shape), np.zeros(shape)
    for s, modifier, column in columns.uses:
        assert isinstance(modifier, HistoSys)
        k = columns.index[column]
        straight[k, s] = 0.5 * (modifier.hi - modifier.lo)
        bent[k, s] = _bend(modifier.hi, modifier.lo, channel.samples[s].nominal)
    # Columns that are straight everywhere (symmetric variations) need no second feature.
    curved = bent.any(axis=(1, 2))
    order = np.argsort(~curved, kind="stable")
    return {
        "additive": columns.slots(slots)[order],
        "straight": straight[order],
        "bent": bent[order[: curved.sum()]],
        "bent_code": columns.codes()[order[: curved.sum()]],
    }


def _bend(hi: FloatArray, lo: FloatArray, nominal: FloatArray) -> FloatArray:
    """``(hi + lo - 2 nominal)/16``, exactly zero where that is nothing but rounding."""
    bend: FloatArray = (hi + lo - 2.0 * nominal) / 16.0
    size = np.abs(hi) + np.abs(lo) + 2.0 * np.abs(nominal)
    return np.where(np.abs(bend) * 16.0 <= ROUNDING * size, 0.0, bend)


def _ratios(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    columns = Columns(channel, HistoSys, exponential=True)
    ratio = np.ones((2, len(channel.samples), channel.bins, len(columns)))
    for s, modifier, column in columns.uses:
        assert isinstance(modifier, HistoSys)
        nominal = channel.samples[s].nominal
        empty = (nominal == 0.0) & (modifier.hi == 0.0) & (modifier.lo == 0.0)
        safe = np.where(empty, 1.0, nominal)
        pair = np.stack([np.where(empty, 1.0, v) for v in (modifier.hi, modifier.lo)])
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            quotient = pair / safe
        if not ((quotient > 0.0) & np.isfinite(quotient)).all():
            raise _no_logarithm(modifier.path, "a bin with nominal, hi or lo of different sign")
        ratio[:, s, :, columns.index[column]] = quotient
    return {
        "ratio": columns.slots(slots),
        "ratio_hi": np.log(ratio[0]),
        "ratio_lo": np.log(ratio[1]),
        "ratio_poly": poly6_coefficients(ratio[0], ratio[1]),
        "ratio_smooth": columns.smooth(),
    }


def _factors(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    columns = Columns(channel, NormSys, exponential=True)
    factor = np.ones((2, len(channel.samples), len(columns)))
    for s, modifier, column in columns.uses:
        assert isinstance(modifier, NormSys)
        if not (modifier.hi > 0.0 and modifier.lo > 0.0):
            raise _no_logarithm(modifier.path, f"hi = {modifier.hi}, lo = {modifier.lo}")
        factor[:, s, columns.index[column]] = modifier.hi, modifier.lo
    return {
        "factor": columns.slots(slots),
        "factor_hi": np.log(factor[0]),
        "factor_lo": np.log(factor[1]),
        "factor_poly": poly6_coefficients(factor[0], factor[1]),
        "factor_smooth": columns.smooth(),
    }


def _slides(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    columns = Columns(channel, NormSys, exponential=False)
    slope, bend = np.zeros((2, len(channel.samples), len(columns)))
    for s, modifier, column in columns.uses:
        assert isinstance(modifier, NormSys)
        slope[s, columns.index[column]] = 0.5 * (modifier.hi - modifier.lo)
        bend[s, columns.index[column]] = (modifier.hi + modifier.lo - 2.0) / 16.0
    return {
        "slide": columns.slots(slots),
        "slope": slope,
        "bend": bend,
        "slide_code": columns.codes(),
    }


def _normfactors(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    index: dict[str, int] = {}
    rows = []
    for sample in channel.samples:
        factors = [m.parameter for m in sample.modifiers if isinstance(m, NormFactor)]
        rows.append([1 + index.setdefault(name, len(index)) for name in factors])
    return {
        "norm": np.array([slots[name] for name in index], dtype=np.int64),
        "norm_index": _stack([np.array(row, dtype=np.int64) for row in rows]),
    }


def _bin_factors(channel: Channel, slots: Mapping[str, int]) -> Arrays:
    index: dict[str, int] = {}
    groups: dict[tuple[tuple[str, ...], ...], list[int]] = {}
    for s, sample in enumerate(channel.samples):
        factors = tuple(m.parameters for m in sample.modifiers if isinstance(m, BinFactors))
        groups.setdefault(factors, []).append(s)
    member = np.zeros((len(groups), len(channel.samples)))
    gamma = np.zeros((len(groups), channel.bins, max(map(len, groups))), dtype=np.int64)
    for q, (factors, samples) in enumerate(groups.items()):
        member[q, samples] = 1.0
        for t, names in enumerate(factors):
            gamma[q, :, t] = [1 + index.setdefault(name, len(index)) for name in names]
    return {
        "gamma": np.array([slots[name] for name in index], dtype=np.int64),
        "gamma_index": gamma,
        "groups": member,
    }


def _no_logarithm(path: str, value: str) -> CompileError:
    return CompileError(
        f"exponential interpolation needs factors above zero, here is {value}",
        code="compile.no_logarithm",
        path=path,
        value=value,
    )


def _cut(arrays: Arrays, start: int, stop: int) -> Arrays:
    """The bins `start` … `stop` of one channel's arrays."""
    bins = slice(start, stop)
    cut = {name: (slice(None),) * axis + (bins,) for name, axis in BIN_AXIS.items()}
    return {name: value[cut[name]] if name in cut else value for name, value in arrays.items()}


def _stack(parts: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    """One array with a leading axis over `parts`, each padded at the end with zero.

    Zero is harmless everywhere: no count, no effect, and as an index the one.
    """
    shape = tuple(int(n) for n in np.max([p.shape for p in parts], axis=0))
    out = np.zeros((len(parts), *shape), dtype=parts[0].dtype)
    for row, part in zip(out, parts, strict=True):
        row[tuple(slice(n) for n in part.shape)] = part
    return out
