"""The negative log-likelihood of a whole document, straight from its JSON, in mpmath.

For documents in which everything is said (as `hs3.conformance.strategies` makes them): which of
several likelihoods, points and domains counts, and what a writer means, is not its business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import mpmath as mp

from . import channel as histfactory
from .composite import completed, edges, extended
from .oracle import DENSITIES, Entry, Oracle

Values = Mapping[str, float]
EXTENDED_COUNTS = ("bincounts_extended_dist", "bincounts_density_dist")


class Likelihood:
    """The first likelihood of a document.

    Args:
        document: JSON data.
    """

    def __init__(self, document: Entry) -> None:
        self.document = document
        self.parts = {d["name"]: d for d in document["distributions"]}
        self.data = {d["name"]: d for d in document.get("data") or ()}
        (self.likelihood,) = document["likelihoods"]
        domains = document.get("domains") or ()
        self.spans = {
            axis["name"]: (mp.mpf(axis["min"]), mp.mpf(axis["max"]))
            for domain in domains
            for axis in domain["axes"]
        }

    def nll(self, values: Values) -> Any:
        """Minus the logarithm of the likelihood at values of all parameters."""
        logs: list[Any] = []
        auxiliary: dict[str, None] = {}
        channels = []
        pairs = zip(self.likelihood["distributions"], self.likelihood["data"], strict=True)
        for name, data in pairs:
            inner, outside = self._split(name, data)
            auxiliary |= dict.fromkeys(outside)
            if len(inner) == 1 and self.parts[inner[0]]["type"] == "histfactory_dist":
                channels.append(self.parts[inner[0]])
                logs += self._channel(channels[-1], self.data[data], values)
            else:
                logs.append(self._term(inner, name, data, values))
        auxiliary |= dict.fromkeys(self._opened(self.likelihood.get("aux_distributions") or ()))
        logs += self._constraints(channels, auxiliary, values)
        return -mp.fsum(logs)

    def _oracle(self, ranges: Any, values: Values, document: Entry | None = None) -> Oracle:
        return Oracle(document or self.document, ranges, values)

    def _split(self, name: str, data: Any) -> tuple[list[str], list[str]]:
        """The factors of a product that depend on the observables, and the others."""
        names = self._opened([name])
        if len(names) == 1 or not isinstance(data, str):
            return [name], []
        observables = dict.fromkeys((axis["name"] for axis in self.data[data]["axes"]), (0.0, 1.0))
        o = self._oracle(observables, {})
        inner = [n for n in names if o.observables(n)]
        return inner, [n for n in names if n not in inner]

    def _opened(self, names: Sequence[str]) -> list[str]:
        """The factors of products, one by one."""
        return [
            inner
            for name in names
            for inner in (
                self._opened(self.parts[name]["factors"])
                if self.parts[name]["type"] == "product_dist"
                else [name]
            )
        ]

    # --- channels and densities -------------------------------------------------------------------

    def _channel(self, channel: Entry, data: Entry, values: Values) -> Iterator[Any]:
        rates = histfactory.rates(channel, self._oracle({}, values))
        counts = histfactory.observed(channel, data)
        for n, rate in zip(counts, rates, strict=True):
            yield histfactory.log_poisson(n, rate)

    def _term(self, inner: list[str], name: str, data: Any, values: Values) -> Any:
        """Logarithm of the probability of data of a density."""
        document = self.document
        if len(inner) == 1:
            (name,) = inner
        elif inner != self._opened([name]):
            part = {"name": name, "type": "product_dist", "factors": inner}
            others = [d for d in document["distributions"] if d["name"] != name]
            document = {**document, "distributions": [*others, part]}
        if not isinstance(data, str) and self.parts[name]["type"] == "poisson_dist":
            o = self._oracle({}, values)  # without a range: normalised over all counts
            return histfactory.log_poisson(mp.mpf(data), o(self.parts[name]["mean"]))
        datum = self.data[data] if isinstance(data, str) else self._number(name, data)
        ranges = {axis["name"]: (edges_of(axis)[0], edges_of(axis)[-1]) for axis in datum["axes"]}
        kind = self.parts[name]["type"]
        counts = list(ranges) if kind == "poisson_dist" else ()
        o = Oracle(document, ranges, values, counts=counts)
        if datum["type"] == "binned":
            return self._binned(name, datum, o)
        return self._events(name, datum, o)

    def _number(self, name: str, value: float) -> Entry:
        """The data that a number stands for."""
        part = self.parts[name]
        x = part.get("x", part.get("m", part.get("mass")))
        low, high = self.spans[x]
        return {
            "type": "unbinned",
            "axes": [{"name": x, "min": low, "max": high}],
            "entries": [[value]],
        }

    def _events(self, name: str, data: Entry, o: Oracle) -> Any:
        rows = data["entries"] if data["type"] == "unbinned" else [[data["value"]]]
        weights = [mp.mpf(w) for w in data.get("weights") or [1.0] * len(rows)]
        log, axes = mp.mpf(0), [axis["name"] for axis in data["axes"]]
        for row, weight in zip(rows, weights, strict=True):
            if weight:
                at = o.at({x: mp.mpf(v) for x, v in zip(axes, row, strict=True)})
                log += weight * mp.ln(at.density(name))
        nu = extended(name, o)
        return log if nu is None else log + histfactory.log_poisson(mp.fsum(weights), nu)

    def _binned(self, name: str, data: Entry, o: Oracle) -> Any:
        contents = [mp.mpf(c) for c in data["contents"]]
        part, total = o.parts[name], mp.fsum(contents)
        boxes = list(_boxes(data["axes"]))
        if part["type"] in EXTENDED_COUNTS:
            expected = self._bin_counts(part, boxes, o)
            nu: Any = None
        else:
            nu = extended(name, o)
            p = [_probability(name, box, o) for box in boxes]
            expected = [(total if nu is None else nu) * q for q in p]
        uncertainty = data.get("uncertainty")
        if uncertainty is not None:
            return _log_normal(contents, expected, uncertainty)
        poisson = [histfactory.log_poisson(n, e) for n, e in zip(contents, expected, strict=True)]
        if nu is None and part["type"] not in EXTENDED_COUNTS:
            # Multinomial: given the total
            return mp.fsum(poisson) - histfactory.log_poisson(total, total)
        return mp.fsum(poisson)

    def _bin_counts(self, part: Entry, boxes: list[dict[str, Any]], o: Oracle) -> list[Any]:
        if part["type"] == "bincounts_extended_dist":
            rate = o(part["rate"])
            return [rate * _probability(part["dist"], box, o) for box in boxes]
        name = part["density"]
        return [o.integral(lambda at: at(name), box, name) for box in boxes]

    # --- auxiliary measurements -------------------------------------------------------------------

    def _constraints(
        self, channels: list[Entry], auxiliary: Mapping[str, None], values: Values
    ) -> Iterator[Any]:
        """Each once: named by modifiers, listed, by kind, by default."""
        o = self._oracle({}, values)
        claimed: dict[str, tuple[str, Any]] = {}
        named = {}
        for channel in channels:
            for parameter, kind, width in histfactory.claims(channel):
                if kind in self.parts:
                    named[kind] = None
                claimed.setdefault(parameter, (kind, width))
        elsewhere = {n for name in {**auxiliary, **named} for n in o.names(name)}
        for parameter, (kind, width) in claimed.items():
            if kind in self.parts or kind in ("None", "Const"):
                continue
            if kind == "default":
                if parameter in elsewhere:
                    continue
                kind = "Gauss"
            yield histfactory.log_constraint(kind, o(parameter), width)
        for name in {**named, **auxiliary}:
            yield self._log_auxiliary(self.parts[name], o)

    def _log_auxiliary(self, d: Entry, o: Oracle) -> Any:
        """Logarithm of an auxiliary distribution at what was measured."""
        match d["type"]:
            case "gaussian_dist":
                x, mean, sigma = o(d["x"]), o(d["mean"]), o(d["sigma"])
                return histfactory.log_normal(x, mean, sigma) - mp.ln(self._inside(d, o))
            case "poisson_dist":
                return histfactory.log_poisson(o(d["x"]), o(d["mean"]))
            case "lognormal_dist":
                x, width = o(d["x"]), mp.ln(o(d["k"]))
                return histfactory.log_normal(mp.ln(x), mp.ln(o(d["mu"])), width) - mp.ln(x)
            case "gamma_dist":
                z, k = o(d["x"]) / o(d["beta"]), o(d["gamma"])
                return (k - 1) * mp.ln(z) - z - mp.loggamma(k) - mp.ln(o(d["beta"]))
            case "multivariate_normal_dist":
                matrix = mp.matrix(d["covariances"])
                norm = mp.ln(mp.det(2 * mp.pi * matrix)) / 2
                return mp.ln(o.shape(d["name"])) - norm
        x = d["x"]
        within = Oracle(self.document, {x: self.spans[x]}, o.values)
        return mp.ln(within.density(d["name"]))

    def _inside(self, d: Entry, o: Oracle) -> Any:
        """Part of a Gaussian in the range that the document gives to what was observed."""
        constant = {
            p["name"]
            for point in self.document["parameter_points"]
            for p in point["parameters"]
            if p.get("const")
        }
        for name, other in ((d["x"], d["mean"]), (d["mean"], d["x"])):
            if name in constant and name in self.spans:
                low, high = ((end - o(other)) / o(d["sigma"]) for end in self.spans[name])
                return mp.ncdf(high) - mp.ncdf(low)
        return mp.mpf(1)


def edges_of(axis: Entry) -> list[Any]:
    """The edges of an axis, or its ends."""
    if axis.get("edges") or axis.get("nbins"):
        return edges(axis)
    return [mp.mpf(axis["min"]), mp.mpf(axis["max"])]


def _probability(name: str, box: dict[str, Any], o: Oracle) -> Any:
    """To fall into a box: a quotient of integrals where a shape is normalised by its own."""
    d = o.parts[name]
    match d["type"]:
        case "mixture_dist" if d.get("coefficients") and not d.get("ref_coef_norm"):
            weights = completed(d["coefficients"], len(d["summands"]), o)
            parts = [_probability(summand, box, o) for summand in d["summands"]]
            return mp.fdot(weights, parts) / mp.fsum(weights)
        case "rate_extended_dist" | "extend_pdf":
            return _probability(d.get("dist", d.get("pdf")), box, o)
        case "product_dist" if _apart(d["factors"], o):
            sides = [{x: box[x] for x in box if x in o.observables(n)} for n in d["factors"]]
            return mp.fprod(
                _probability(n, side, o) for n, side in zip(d["factors"], sides, strict=True)
            )
    if d["type"] in DENSITIES:
        return o.probability(name, box)
    own = [x for x in box if x in o.observables(name)]
    others = mp.fprod(
        (box[x][1] - box[x][0]) / (o.ranges[x][1] - o.ranges[x][0]) for x in box if x not in own
    )
    inside = o.norm(name, {x: box[x] for x in own})
    return inside / o.norm(name, {x: o.ranges[x] for x in own}) * others


def _apart(names: Sequence[str], o: Oracle) -> bool:
    """Whether every observable belongs to exactly one of some distributions."""
    found = [x for name in names for x in o.observables(name)]
    return sorted(found) == sorted(o.ranges)


def _boxes(axes: list[Entry]) -> Iterator[dict[str, Any]]:
    """The bins, the last axis fastest."""
    for sides in product(*(list(pairwise(edges(axis))) for axis in axes)):
        yield {axis["name"]: side for axis, side in zip(axes, sides, strict=True)}


def _log_normal(contents: list[Any], expected: list[Any], uncertainty: Entry) -> Any:
    sigma = [mp.mpf(s) for s in uncertainty["sigma"]]
    n = len(sigma)
    rho = uncertainty.get("correlation") or [[float(i == j) for j in range(n)] for i in range(n)]
    rows = [[mp.mpf(rho[i][j]) * sigma[i] * sigma[j] for j in range(n)] for i in range(n)]
    matrix = mp.matrix(rows)
    delta = [c - e for c, e in zip(contents, expected, strict=True)]
    solved = mp.lu_solve(matrix, mp.matrix(delta))
    chi2 = mp.fsum(delta[i] * solved[i] for i in range(n))
    return -chi2 / 2 - mp.ln(mp.det(2 * mp.pi * matrix)) / 2
