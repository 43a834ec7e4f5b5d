"""Variables and categories of RooFit, in plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hs3.errors import ReadError

from .objects import RootObject, content, guarded

_INFINITY = 1e30  # RooNumber::infinity()
_MAX_BINS = 10_000_000


@dataclass(frozen=True)
class Binning:
    """Range and bins of a variable.

    Attributes:
        low, high: the range; ``-inf`` and ``inf`` where it is open (RooFit writes ±1e30).
        bins: number of bins; 0 when a bound is open or not known.
        boundaries: of the bins, ascending, where they are given one by one; else None.
        low_name, high_name: the nodes that bound a parametrised range; else None. A bound that is
            a function, not a variable, is NaN: a file does not keep the values of functions.
    """

    low: float
    high: float
    bins: int = 0
    boundaries: NDArray[np.float64] | None = None
    low_name: str | None = None
    high_name: str | None = None

    @property
    def uniform(self) -> bool:
        """Whether all bins are equally wide by construction."""
        return self.boundaries is None

    @property
    def edges(self) -> NDArray[np.float64]:
        """The edges of the bins, one more than there are bins; none without bins."""
        if self.boundaries is not None:
            return self.boundaries
        if not self.bins:
            return np.empty(0)
        edges: NDArray[np.float64] = np.arange(self.bins + 1.0)
        return self.low + (self.high - self.low) / self.bins * edges


@dataclass(frozen=True)
class Variable:
    """A RooRealVar or RooConstVar.

    Attributes:
        name, title, unit: as in the file.
        value: the current value.
        constant: whether fits leave it alone.
        error: symmetric uncertainty; None where the file has none.
        asymmetric: (low, high), low is negative; None where the file has none.
        binning: the default range and bins.
        ranges: the named ranges and binnings.
    """

    name: str
    title: str
    unit: str
    value: float
    constant: bool
    binning: Binning
    error: float | None = None
    asymmetric: tuple[float, float] | None = None
    ranges: dict[str, Binning] = field(default_factory=dict)


@dataclass(frozen=True)
class Category:
    """A RooCategory: `states` (label by index, in the order of definition) and current `index`."""

    name: str
    title: str
    states: dict[int, str]
    index: int
    ranges: dict[str, list[int]] = field(default_factory=dict)


@guarded
def variable(node: RootObject) -> Variable:
    """A RooRealVar or RooConstVar (or another variable of real values) in plain numbers.

    Raises:
        ReadError: it is no such variable.
    """
    members = node.members
    value = _number(node, "_value")
    binning = members.get("_binning")
    return Variable(
        name=node.name,
        title=node.title,
        unit=members.get("_unit", ""),
        value=value,
        constant="Constant" in node.attributes or node.class_name == "RooConstVar",
        binning=binning_of(binning) if binning is not None else _point(value),
        error=_error(members.get("_error")),
        asymmetric=_asymmetric(members.get("_asymErrLo"), members.get("_asymErrHi")),
        ranges={name: binning_of(obj) for name, obj in _alternatives(node)},
    )


def _error(error: float | None) -> float | None:
    return error if error is not None and error >= 0 else None


def _asymmetric(low: float | None, high: float | None) -> tuple[float, float] | None:
    """RooFit writes (1, -1) for no asymmetric errors."""
    if low is None or high is None or not (low <= 0 <= high):
        return None
    return low, high


def _point(value: float) -> Binning:
    return Binning(value, value)


def _alternatives(node: RootObject) -> list[tuple[str, RootObject]]:
    """Named ranges: a map (now), or a list of binnings that have names (before)."""
    shared = node.members.get("_sharedProp")
    alternatives = shared.members.get("_altBinning") if isinstance(shared, RootObject) else None
    if isinstance(alternatives, dict):
        return [(name, obj) for name, obj in alternatives.items() if obj is not None]
    return [(obj.name, obj) for obj in content(alternatives) or () if obj is not None]


@guarded
def binning_of(obj: RootObject) -> Binning:
    """Range and bins of a RooAbsBinning.

    Raises:
        ReadError: its class is not known.
    """
    if obj.class_name == "RooUniformBinning":
        low, high = _number(obj, "_xlo"), _number(obj, "_xhi")
        return _uniform(low, high, int(_number(obj, "_nbins")))
    if obj.class_name == "RooRangeBinning":
        low, high = obj.member("_range").tolist()
        return _uniform(low, high, 1)
    if obj.class_name == "RooBinning":
        edges = np.sort(np.array(list(obj.member("_boundaries")), dtype=float))
        low, high = _number(obj, "_xlo"), _number(obj, "_xhi")
        return Binning(_bound(low), _bound(high), len(edges) - 1, edges)
    if obj.class_name == "RooParamBinning":
        return _parametrised(obj)
    raise ReadError(
        f"the binning {obj.class_name} is not known",
        code="root.unsupported",
        path=obj.path,
        value=obj.class_name,
    )


def _parametrised(obj: RootObject) -> Binning:
    """Bounds that are nodes: variables have values, functions would have to be evaluated."""
    members = obj.members
    bounds = obj.proxies("_lp") if members.get("_lp") is not None else []
    if len(bounds) != 2:
        bounds = [b for b in (members.get("_xlo"), members.get("_xhi")) if b is not None]
    if len(bounds) != 2:
        raise ReadError(
            "a parametrised range without its two bounds", code="root.corrupt", path=obj.path
        )
    low, high = bounds
    binning = _uniform(_stored(low), _stored(high), int(_number(obj, "_nbins")))
    return replace(binning, low_name=low.name, high_name=high.name)


def _stored(node: RootObject) -> float:
    """The value of a variable, NaN for a function."""
    return _number(node, "_value") if node.class_name in _VARIABLES else math.nan


_VARIABLES = {"RooRealVar", "RooConstVar"}


def _uniform(low: float, high: float, bins: int) -> Binning:
    low, high = _bound(low), _bound(high)
    known = math.isfinite(high - low) and 0 < bins <= _MAX_BINS
    return Binning(low, high, bins if known else 0)


def _bound(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) >= _INFINITY else value


@guarded
def category(node: RootObject) -> Category:
    """A RooCategory, of any version of ROOT.

    Raises:
        ReadError: it is no category.
    """
    members = node.members
    current = members.get("_currentIndex")
    if current is None:
        current = _index(node.member("_value"))
    ranges = members.get("_rangesPointerForIO") or {}
    return Category(
        name=node.name,
        title=node.title,
        states=_states(node),
        index=current,
        ranges={name: list(map(int, indices)) for name, indices in ranges.items()},
    )


def _states(node: RootObject) -> dict[int, str]:
    indices = node.members.get("_stateNames")
    if isinstance(indices, dict):
        order = node.members.get("_insertionOrder") or sorted(indices, key=lambda n: indices[n])
        return {indices[label]: label for label in order if label in indices}
    types = content(node.member("_types")) or []
    return {_index(state): state.member("_label") for state in types}


def _index(state: RootObject) -> int:
    return int(_number(state, "_value"))


def is_category(node: RootObject) -> bool:
    """Whether a node takes labels for values, not numbers."""
    return "_stateNames" in node.members or "_types" in node.members


def _number(obj: RootObject, name: str) -> float:
    value = obj.member(name)
    if isinstance(value, (int, float)):
        return value
    message = f"the member {name!r} of {obj.class_name} is not a number"
    raise ReadError(message, code="root.member", path=obj.path, value=name)
