r"""Factors of a likelihood that are not HistFactory channels: distributions with their data.

========================== ===================================================================
data                       negative logarithm of the factor
========================== ===================================================================
unbinned, weights w        :math:`-\sum_i w_i \ln f(x_i)`
binned, counts n           multinomial: :math:`-\ln N! + \sum_b (\ln n_b! - n_b \ln p_b)`
extended, either           plus :math:`\nu - N\ln\nu + \ln N!`
binned with uncertainties  :math:`\tfrac12 (n - \nu)^T V^{-1} (n - \nu) + \tfrac12\ln|2\pi V|`
bin counts                 :math:`\sum_b \nu_b - n_b\ln\nu_b + \ln n_b!`
none (auxiliary)           :math:`-\ln f` at the values of the parameters
========================== ===================================================================

:math:`p_b` is the probability of the bin, the integral of the density over it; with the option
`bin_centres` the density at its centre times its volume. Factorials are Gamma functions. Counts are
compared with what is expected in the form of `hs3.engine.poisson`: with its s(n) the multinomial is
:math:`\sum_b n_b\ln\frac{n_b}{N p_b} + \sum_b s(n_b) - s(N)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from hs3.data.binned import BinnedData
from hs3.data.unbinned import UnbinnedData
from hs3.distributions import Distribution
from hs3.errors import CompileError
from hs3.graph import Graph, Term
from hs3.histfactory.meaning import FloatArray
from hs3.jsonio import dumps

from .density import (
    Definitions,
    DensityScope,
    Options,
    definitions_of,
    expected_events,
    log_density,
    log_probability,
)
from .density.counts import bin_counts
from .measured import bound, measured_values, with_measured
from .poisson import deviance, nll, saturated, saturated_data

Kind = Literal["unbinned", "binned", "gaussian", "auxiliary"]


@dataclass(frozen=True)
class TermSpec:
    """What the compiled program has to know about a term.

    Attributes:
        distribution: its name in the definitions.
        kind: what its data are.
        ranges: normalisation range of each observable, in the order of the data's columns.
        measured: names that hold the measured values of an auxiliary term, where they are known.
    """

    distribution: str
    kind: Kind
    ranges: tuple[tuple[str, float, float], ...]
    measured: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TermProgram:
    """All terms of a likelihood; equal when they say the same, so that programs are shared."""

    terms: tuple[TermSpec, ...]
    definitions: Definitions

    @cached_property
    def _key(self) -> tuple[object, ...]:
        parts = [*self.definitions.functions.values(), *self.definitions.distributions.values()]
        known = self.definitions
        ranges = (known.domains, known.regions, known.binnings)
        text = dumps([part.to_json() for part in parts])
        return self.terms, known.options, text, repr(ranges)

    def only(self, number: int) -> TermProgram:
        """The program of one of the terms."""
        return replace(self, terms=(self.terms[number],))

    @property
    def leaves(self) -> frozenset[str]:
        """Names of the parameters and observables that the terms depend on."""
        each = (self.definitions.leaves(term.distribution) for term in self.terms)
        return frozenset[str]().union(*each)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TermProgram) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TermData:
    """Data of one term; D observables, N events or bins.

    Attributes:
        low, high: the event's coordinates in both, or the limits of each bin, shape (D, N).
        weights: weights of events, contents of bins or measured values, shape (N,).
        constant: what the data alone contribute: the sum of s(n) of `hs3.engine.poisson`, or the
            logarithm of a determinant.
        whitener: inverse Cholesky factor of the covariance of the contents (N, N), or (0, 0).
    """

    low: Array
    high: Array
    weights: Array
    constant: Array
    whitener: Array


def term_program(graph: Graph, options: Options) -> TermProgram | None:
    """The static part of the graph's terms, or None where it has none."""
    if not graph.terms:
        return None
    distributions = {d.name: d for d in graph.distributions}
    # A term may hold part of a product only: the factors that are no auxiliary measurements.
    distributions |= {t.distribution.name: t.distribution for t in graph.terms}
    measured = _measured(graph)
    distributions |= {name: dist for name, (dist, _) in measured.items()}
    definitions = definitions_of(graph.workspace, graph.functions, distributions.values(), options)
    ranges = {p.name: (p.min, p.max) for p in graph.parameters}
    definitions = replace(definitions, domains={**definitions.domains, **ranges})
    return TermProgram(tuple(_spec(term, measured) for term in graph.terms), definitions)


Measured = Mapping[str, tuple[Distribution, tuple[str, ...]]]


def _measured(graph: Graph) -> Measured:
    """Auxiliary distributions with names for what was measured, by name."""
    constants = {p.name for p in graph.parameters if p.const}
    times = Counter(term.distribution.name for term in graph.terms)
    return {
        term.distribution.name: with_measured(term.distribution, constants)
        for term in graph.terms
        if term.data is None and times[term.distribution.name] == 1
    }


def _spec(term: Term, measured: Measured) -> TermSpec:
    ranges = tuple((name, low, high) for name, (low, high) in term.observables.items())
    name = term.distribution.name
    _, names = measured.get(name, (None, ()))
    return TermSpec(name, _kind(term), ranges, names)


def _kind(term: Term) -> Kind:
    if term.data is None:
        return "auxiliary"
    if isinstance(term.data, BinnedData):
        return "binned" if term.data.uncertainty is None else "gaussian"
    return "unbinned"


def term_data(term: Term, spec: TermSpec) -> TermData:
    """The arrays of one term's data."""
    data = term.data
    if isinstance(data, BinnedData):
        return _binned(data)
    if isinstance(data, UnbinnedData):
        events = data.array().T
        weights = np.ones(events.shape[1]) if data.weights is None else np.array(data.weights)
        return _made(events, events, weights.astype(np.float64), 0.0)
    if data is None:
        values = measured_values(term.distribution, spec.measured)
        empty = np.zeros((len(term.observables), 0))
        return _made(empty, empty, values, 0.0)
    if isinstance(data, int | float):
        event = np.full((1, 1), float(data))
        return _made(event, event, np.ones(1), 0.0)
    raise CompileError(
        f"data of type {data.type!r} cannot be evaluated", path=term.path, value=data.type
    )


def _binned(data: BinnedData) -> TermData:
    edges = [axis.bin_edges() for axis in data.axes]
    corners = [
        np.array(list(product(*(e[cut] for e in edges if e is not None)))).T
        for cut in (slice(None, -1), slice(1, None))
    ]
    contents = np.asarray(data.contents, dtype=np.float64)
    if data.uncertainty is None:
        constant = float(saturated_data(contents).sum())
        return _made(corners[0], corners[1], contents, constant)
    sigma = np.asarray(data.uncertainty.sigma, dtype=np.float64)
    given = data.uncertainty.correlation
    correlation = np.asarray(given, dtype=np.float64) if given else np.eye(len(sigma))
    factor = np.linalg.cholesky(correlation * np.outer(sigma, sigma))
    constant = np.log(np.diag(factor)).sum() + 0.5 * len(sigma) * np.log(2.0 * np.pi)
    return _made(corners[0], corners[1], contents, float(constant), np.linalg.inv(factor))


def _made(
    low: FloatArray,
    high: FloatArray,
    weights: FloatArray,
    constant: float,
    whitener: FloatArray | None = None,
) -> TermData:
    white = np.zeros((0, 0)) if whitener is None else whitener
    return TermData(low, high, weights, np.float64(constant), white)  # type: ignore[arg-type]


def terms_nll(
    values: Mapping[str, Array], program: TermProgram, data: Sequence[TermData]
) -> tuple[Array, Array]:
    """Sum of the terms, and the largest relative error of a numerical integral in them."""
    total, errors = jnp.zeros(()), [jnp.zeros(())]
    for spec, one in zip(program.terms, data, strict=True):
        scope = scope_of(values, program, spec, one)
        try:
            total = total + _nll(spec, scope, one)
        except CompileError as error:
            raise error.located(program.definitions.paths.get(spec.distribution, "")) from None
        errors.extend(scope.errors)
    return total, jnp.max(jnp.stack(errors))


def scope_of(
    values: Mapping[str, Array], program: TermProgram, spec: TermSpec, data: TermData
) -> DensityScope:
    """The scope of a term: parameters as scalars, observables at the events or bin centres."""
    ranges = {name: (low, high) for name, low, high in spec.ranges}
    if spec.kind == "auxiliary":
        values = bound(spec.measured, values, data.weights)
        return DensityScope(values, program.definitions, ranges)
    centre = data.low if spec.kind == "unbinned" else 0.5 * (data.low + data.high)
    columns = {name: centre[i] for i, name in enumerate(ranges)}
    return DensityScope({**values, **columns}, program.definitions, ranges)


def log_densities(spec: TermSpec, scope: DensityScope) -> Array:
    """Logarithm of the density of each event, shape (N,)."""
    dist = scope.distribution(spec.distribution)
    return log_density(dist, scope, tuple(name for name, *_ in spec.ranges))


def _nll(spec: TermSpec, scope: DensityScope, data: TermData) -> Array:
    if spec.kind == "auxiliary":
        return -jnp.sum(log_densities(spec, scope))
    dist = scope.distribution(spec.distribution)
    if spec.kind == "unbinned":
        logs = jnp.broadcast_to(log_densities(spec, scope), data.weights.shape)
        # An event of weight zero counts for nothing, even where the density vanishes.
        value = -jnp.sum(jnp.where(data.weights == 0.0, 0.0, data.weights * logs))
        return value + _extended(expected_events(dist, scope), data.weights)
    box = {n: (data.low[i], data.high[i]) for i, (n, *_) in enumerate(spec.ranges)}
    counts = bin_counts(dist, scope, box)
    if counts is None:
        nu = expected_events(dist, scope)
        log_p = _log_bins(spec, scope, box)
        if spec.kind == "binned":
            return _multinomial(data, log_p) + _extended(nu, data.weights)
        counts = (data.weights.sum() if nu is None else nu) * jnp.exp(log_p)
    if spec.kind == "gaussian":
        pulls = data.whitener @ (data.weights - counts)
        return 0.5 * jnp.dot(pulls, pulls) + data.constant
    return jnp.sum(deviance(data.weights, counts)) + data.constant


def _multinomial(data: TermData, log_p: Array) -> Array:
    total, some = data.weights.sum(), data.weights > 0.0
    share = jnp.log(jnp.where(some, data.weights / jnp.where(some, total, 1.0), 1.0))
    surprise = jnp.where(some, data.weights * (share - log_p), 0.0)
    return jnp.sum(surprise) + data.constant - saturated(total)


def expected_contents(spec: TermSpec, scope: DensityScope, data: TermData) -> tuple[Array, bool]:
    """What a term expects in its bins, shape (N,), and whether the total is a Poisson count.

    As many events as observed where nothing tells how many there are to be.
    """
    dist = scope.distribution(spec.distribution)
    box = {n: (data.low[i], data.high[i]) for i, (n, *_) in enumerate(spec.ranges)}
    counts = bin_counts(dist, scope, box)
    if counts is not None:
        return counts, True
    nu = expected_events(dist, scope)
    total = data.weights.sum() if nu is None else nu
    p = jnp.exp(_log_bins(spec, scope, box))
    # Densities at bin centres do not add up to one, and counts are shared out among the bins.
    return total * (p if spec.kind == "gaussian" else p / p.sum()), nu is not None


def _log_bins(spec: TermSpec, scope: DensityScope, box: Mapping[str, tuple[Array, Array]]) -> Array:
    dist = scope.distribution(spec.distribution)
    if scope.definitions.options.bin_centres:
        volume = sum(jnp.log(high - low) for low, high in box.values())
        return log_densities(spec, scope) + volume
    return log_probability(dist, scope, box)


def _extended(nu: Array | None, weights: Array) -> Array:
    """The Poisson factor of the number of events."""
    if nu is None:
        return jnp.zeros(())
    return nll(weights.sum(), nu)
