"""A document with values, evaluated in mpmath."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, reduce
from itertools import pairwise
from operator import mul
from typing import Any

import mpmath as mp

from . import expression

DIGITS = 30
TOLERANCE = mp.mpf(10) ** -20
"""Largest relative change of an integral by halving an interval that is taken for none."""

DEEPEST = 200

Entry = dict[str, Any]
Formula = Callable[[Entry, "Oracle"], Any]

SHAPES: dict[str, Formula] = {}
"""Type → density up to a factor that does not depend on the observables; 0 outside."""

DENSITIES: dict[str, Callable[[Entry, Oracle, tuple[str, ...]], Any]] = {}
"""Type → normalised density, for types that are not a shape divided by its integral."""

FUNCTIONS: dict[str, Formula] = {}
"""Type → value."""

CUTS: dict[str, Callable[[Entry, Oracle], Mapping[str, Iterable[Any]]]] = {}
"""Type → where integrals over a variable are to be cut: kinks, steps, the scale of peaks."""


def shape(*types: str) -> Callable[[Formula], Formula]:
    """Register the shape of a distribution type."""
    return lambda formula: [SHAPES.__setitem__(t, formula) for t in types] and formula


def function(*types: str) -> Callable[[Formula], Formula]:
    """Register the value of a function type."""
    return lambda formula: [FUNCTIONS.__setitem__(t, formula) for t in types] and formula


class Oracle:
    """What a document says at given values.

    Attributes:
        parts: distributions and functions by name.
        ranges: normalisation range of each observable.
        domains: full range of each variable, which some formulas contain.
        bins: axis that says which bins a variable has: of binned data, else of other data, else of
            the domains.
        values: numbers by name.
        cuts: further places to cut integrals at, by variable.
        counts: variables that are whole numbers; their integrals are sums.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        ranges: Mapping[str, tuple[float, float]],
        values: Mapping[str, Any],
        cuts: Mapping[str, Iterable[float]] | None = None,
        counts: Iterable[str] = (),
    ) -> None:
        sections = (document.get(key) or () for key in ("functions", "distributions"))
        self.parts: dict[str, Entry] = {e["name"]: e for section in sections for e in section}
        self.distributions = {e["name"] for e in document.get("distributions") or ()}
        self.ranges = {k: (mp.mpf(lo), mp.mpf(hi)) for k, (lo, hi) in ranges.items()}
        axes = [a for d in document.get("domains") or () for a in d["axes"]]
        data = sorted(document.get("data") or (), key=lambda entry: entry["type"] == "binned")
        binned = [*axes, *(a for entry in data for a in entry.get("axes") or ())]
        self.bins = {a["name"]: a for a in binned if "nbins" in a or "edges" in a}
        full = {a["name"]: (mp.mpf(a["min"]), mp.mpf(a["max"])) for a in axes}
        self.domains = {**self.ranges, **full}
        self.values = {k: mp.mpf(v) for k, v in values.items()}
        self.cuts = dict(cuts or {})
        self.counts = frozenset(counts)
        self._leaves: dict[str, frozenset[str]] = {}
        self._norms: dict[Any, Any] = {}

    def at(self, values: Mapping[str, Any]) -> Oracle:
        """The same document with other values of some names."""
        return self._with(values={**self.values, **values})

    def within(self, ranges: Mapping[str, Any]) -> Oracle:
        """The same document, normalised over other ranges of some observables."""
        return self._with(ranges={**self.ranges, **ranges})

    def _with(self, **changes: Any) -> Oracle:
        other = object.__new__(Oracle)
        other.__dict__ = {**self.__dict__, **changes}
        return other

    # --- values -------------------------------------------------------------------------------

    def __call__(self, what: str | float) -> Any:
        """A number, or the value of a parameter, an observable, a function, a shape."""
        if not isinstance(what, str):
            return mp.mpf(what)
        if what in self.values:
            return self.values[what]
        if what not in self.parts:
            return _number(what)
        entry = self.parts[what]
        return (
            self.shape(what)
            if what in self.distributions
            else FUNCTIONS[entry["type"]](entry, self)
        )

    def expression(self, text: str) -> Any:
        """The value of a generic expression."""
        return expression.value(text, self)

    def shape(self, name: str) -> Any:
        """The density up to a factor; types that are normalised by themselves are."""
        entry = self.parts[name]
        if entry["type"] in SHAPES:
            return SHAPES[entry["type"]](entry, self)
        return self.density(name, self.observables(name))

    def density(self, name: str, over: Iterable[str] | None = None) -> Any:
        """The density, normalised over `over` (all observables) in their ranges."""
        over = tuple(self.ranges if over is None else over)
        entry = self.parts[name]
        if entry["type"] in DENSITIES:
            return DENSITIES[entry["type"]](entry, self, over)
        own = [o for o in over if o in self.observables(name)]
        others = reduce(
            mul,
            (hi - lo for o, (lo, hi) in self.ranges.items() if o in over and o not in own),
            mp.mpf(1),
        )
        return self.shape(name) / others / self.norm(name, {o: self.ranges[o] for o in own})

    def norm(self, name: str, box: Mapping[str, Any]) -> Any:
        """Integral of the shape over a box, computed once for the same values and ranges."""
        leaves = self.names(name)
        seen = [(n, v) for n, v in self.values.items() if n in leaves and n not in box]
        ranges = [(n, span) for n, span in self.ranges.items() if n in leaves]
        key = (name, tuple(box.items()), tuple(seen), tuple(ranges))
        if key not in self._norms:
            self._norms[key] = self.integral(lambda at: at.shape(name), box, name)
        return self._norms[key]

    def probability(self, name: str, box: Mapping[str, Any]) -> Any:
        """Probability to fall into a box, normalised over the ranges."""
        return self.integral(lambda at: at.density(name, tuple(box)), box, name)

    # --- integrals ----------------------------------------------------------------------------

    def integral(self, f: Callable[[Oracle], Any], box: Mapping[str, Any], name: str) -> Any:
        """Integral of ``f(self.at(...))`` over a box, cut where `name` asks for it.

        Raises:
            ArithmeticError: the estimated error is too large.
        """
        if not box:
            return f(self)
        (x, (low, high)), *rest = box.items()
        low, high = mp.mpf(low), mp.mpf(high)

        def inner(value: Any) -> Any:
            return self.at({x: value}).integral(f, dict(rest), name)

        if x in self.counts:
            return mp.fsum(inner(n) for n in range(int(mp.ceil(low)), int(mp.floor(high)) + 1))
        if not low < high:
            return mp.mpf(0)
        cuts = sorted({c for c in self.cuts_of(name, x) if low < c < high})
        return quad(inner, [low, *cuts, high])

    def cuts_of(self, name: str, variable: str) -> list[Any]:
        """Where an integral of `name` over `variable` is to be cut."""
        found = [mp.mpf(c) for c in self.cuts.get(variable, ())]
        for inner in (name, *self.names(name)):
            entry = self.parts.get(inner, {})
            if entry.get("type") in CUTS:
                # Where a parameter is itself a function of the variable, nothing can be said.
                with suppress(KeyError):
                    found += CUTS[entry["type"]](entry, self).get(variable, ())
        return found

    # --- dependencies ---------------------------------------------------------------------------

    def observables(self, name: str) -> tuple[str, ...]:
        """The observables (names with a range) that something depends on."""
        leaves = self.names(name)
        return tuple(o for o in self.ranges if o in leaves)

    def names(self, name: str) -> frozenset[str]:
        """Everything that something refers to, directly or through others."""
        if name not in self._leaves:
            direct = set(_strings(self.parts.get(name, {})))
            inner = (self.names(n) for n in direct if n in self.parts and n != name)
            self._leaves[name] = frozenset(direct.union(*inner))
        return self._leaves[name]


def quad(f: Callable[[Any], Any], points: list[Any]) -> Any:
    """Integral through the given points; halves intervals until that changes nothing any more.

    Raises:
        ArithmeticError: an interval is still not right after many halvings.
    """
    if any(map(mp.isinf, points)):
        return _endless(f, points)
    pieces = [(a, b, _gauss(f, a, b), 0) for a, b in pairwise(points)]
    scale = mp.fsum(abs(whole) for _, _, whole, _ in pieces)
    total = mp.mpf(0)
    while pieces:
        a, b, whole, depth = pieces.pop()
        middle = (a + b) / 2
        left, right = _gauss(f, a, middle), _gauss(f, middle, b)
        if abs(left + right - whole) <= TOLERANCE * max(scale, abs(total)):
            total += left + right
        elif depth > DEEPEST:
            raise ArithmeticError(f"an integral through {points} does not converge at {a}")
        else:
            pieces += [(a, middle, left, depth + 1), (middle, b, right, depth + 1)]
    return total


def _endless(f: Callable[[Any], Any], points: list[Any]) -> Any:
    """Over an infinite range, by x = tan(t); what lies beyond the cuts has to fall fast."""
    angles = [mp.atan(p) for p in points]
    return quad(lambda t: f(mp.tan(t)) / mp.cos(t) ** 2, angles)


def _gauss(f: Callable[[Any], Any], a: Any, b: Any) -> Any:
    half, middle = (b - a) / 2, (a + b) / 2
    return half * mp.fsum(w * f(middle + half * x) for x, w in _nodes(mp.mp.prec))


@cache
def _nodes(precision: int) -> list[tuple[Any, Any]]:
    """Gauss and Legendre's rule of 24 points on [-1, 1]."""
    return mp.calculus.quadrature.GaussLegendre(mp.mp).calc_nodes(4, precision)  # type: ignore[no-any-return]


def _domains(document: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    axes = [axis for domain in document.get("domains") or () for axis in domain["axes"]]
    return {axis["name"]: (mp.mpf(axis["min"]), mp.mpf(axis["max"])) for axis in axes}


def _number(text: str) -> Any:
    """ROOT writes some numbers as strings; anything else is a name without a value."""
    try:
        return mp.mpf(float(text))
    except ValueError:
        raise KeyError(text) from None


def _strings(value: Any) -> list[str]:
    """All strings inside of an entry, the names in expressions one by one."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        out = [s for k, v in value.items() if k not in ("type", "expression") for s in _strings(v)]
        text = value.get("expression")
        return out + (re.findall(r"[A-Za-z_][\w.]*", text) if text else [])
    return [s for v in value for s in _strings(v)] if isinstance(value, list | tuple) else []
