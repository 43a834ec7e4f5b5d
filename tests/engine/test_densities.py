"""Generic tests of every distribution of `density_cases`: against oracles, derivatives, integrals.

All points of a case and all steps of finite differences are evaluated event by event in batches of
one shape, so that nothing is compiled twice; arrays and a compiled program have to say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import numpy.typing as npt
import pytest
from conftest import same_json
from density_cases import CASES
from oracles import Oracle, frozen
from oracles.frozen import Expected
from oracles.oracle import DIGITS

from hs3.distributions import DISTRIBUTIONS
from hs3.engine.density import DensityScope, log_density, log_integral, log_probability
from hs3.engine.density.document import definitions_of
from hs3.workspace import Workspace

Array = npt.NDArray[np.float64]
FRACTIONS = (0.0, 0.03, 0.21, 0.5, 0.68, 0.95, 1.0)
NEAR = 6
"""How many places of a case's own scale (edges, peaks, kinks) are tried besides the fractions."""

GRADIENTS, VALUES = 8, 64
"""Rows of a batch."""

ELSEWHERE = {
    "HistFactoryDist": "channels are no densities of events; test_histfactory.py",
    "BinCountsExtendedDist": "counts of bins, a term of the likelihood; test_terms.py",
    "BinCountsDensityDist": "counts of bins, a term of the likelihood; test_terms.py",
    "TruthModelDist": "a delta function; part of the cases of decay_dist",
    "FastVerticalInterpHistPdf2": "the document does not hold the histograms",
    "FastVerticalInterpHistPdf2D2": "the document does not hold the histograms",
}
"""Distributions that cannot be a case: class → why."""


@dataclass(frozen=True)
class Bench:
    """One case: the engine on one side, the oracle on the other."""

    case: dict[str, Any]

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace.from_json(self.case["document"])

    @property
    def observables(self) -> dict[str, tuple[float, float]]:
        return self.case["observables"]  # type: ignore[no-any-return]

    @cached_property
    def parameters(self) -> list[str]:
        return list(self.case["points"][0])

    @cached_property
    def theta(self) -> Array:
        """Parameter values, shape (points, parameters)."""
        points = [[point[name] for name in self.parameters] for point in self.case["points"]]
        return np.array(points, dtype=np.float64).reshape(len(points), len(self.parameters))

    # --- engine -------------------------------------------------------------------------------

    def scope(self, theta: Any, x: Any) -> DensityScope:
        """The engine's scope at parameter values and observables, one row per observable."""
        values = dict(zip(self.parameters, theta, strict=True))
        values |= dict(zip(self.observables, x, strict=True))
        return DensityScope(values, definitions_of(self.workspace), self.observables)

    def log_density(self, theta: Any, x: Any) -> Any:
        scope = self.scope(theta, x)
        dist = scope.distribution(self.case["pdf"])
        return log_density(dist, scope, tuple(self.observables))

    def single(self, theta: Any, x: Any) -> Any:
        """Log density of one event."""
        return self.log_density(theta, x).reshape(())

    @cached_property
    def gradients(self) -> tuple[Array, Array]:
        """Values and gradients, shapes (points, events) and (points, events, parameters)."""
        values, gradients = _batches(
            jax.value_and_grad(self.single), GRADIENTS, self.theta, self.events
        )
        return values, gradients

    @cached_property
    def differences(self) -> Array:
        """Central differences with two steps, shape (2, parameters, points, events)."""
        moved = [
            self.theta + sign * steps[:, [i]] * np.eye(len(self.parameters))[i]
            for steps in self.steps
            for i in range(len(self.parameters))
            for sign in (1.0, -1.0)
        ]
        values = self._rows(np.stack(moved))
        with np.errstate(invalid="ignore"):
            rise = values[:, :, 0] - values[:, :, 1]
            return rise / (2.0 * np.moveaxis(self.steps, 2, 1)[..., None])  # type: ignore[no-any-return]

    def _rows(self, theta: Array) -> Array:
        """Values at (steps · parameters · signs, points, P), with those three axes apart."""
        count, points = theta.shape[:2]
        events = np.broadcast_to(self.events, (count, *self.events.shape))
        flat = theta.reshape(count * points, -1), events.reshape(-1, *self.events.shape[1:])
        (values,) = _batches(lambda t, x: (self.single(t, x),), VALUES, *flat)
        return values.reshape(2, len(self.parameters), 2, points, -1)

    @property
    def steps(self) -> Array:
        """A step relative to each parameter, and one that is not, shape (2, points, parameters)."""
        size = np.abs(self.theta)
        return np.stack([1e-4 * np.where(size > 0.0, size, 1.0), 1e-6 * np.maximum(size, 1.0)])

    # --- places -------------------------------------------------------------------------------

    @cached_property
    def events(self) -> Array:
        """Values of the observables, shape (points, observables, events)."""
        return np.stack([self._events(i) for i in range(len(self.theta))])

    def _events(self, point: int) -> Array:
        oracle = self.oracle(point)
        rows = []
        for i, (name, span) in enumerate(self.observables.items()):
            low, high = (max(span[0], -30.0), min(span[1], 30.0))
            places = [low + f * (high - low) for f in FRACTIONS]
            with mp.workdps(DIGITS):
                cuts = sorted({float(c) for c in oracle.cuts_of(self.case["pdf"], name)})
            inside = [c for c in cuts if span[0] <= c <= span[1]] or [places[3]]
            chosen = np.array(inside)[np.linspace(0, len(inside) - 1, NEAR).round().astype(int)]
            # Just off the cut: kinks and ends of the support are tried by cases of their own.
            row = np.concatenate([places, chosen + (high - low) * 1e-7 * (chosen < high)])
            rows.append(np.roll(np.round(row) if self.case.get("counting") else row, 3 * i))
        return np.clip(np.stack(rows), *(np.array(s)[:, None] for s in self._spans))

    @property
    def _spans(self) -> tuple[list[float], list[float]]:
        lows, highs = zip(*self.observables.values(), strict=True)
        return list(lows), list(highs)

    # --- oracle -------------------------------------------------------------------------------

    def oracle(self, point: int) -> Oracle:
        cuts, counting = self.case.get("cuts"), self.case.get("counting")
        return Oracle(
            self.case["document"],
            self.observables,
            self.case["points"][point],
            {next(iter(self.observables)): cuts} if cuts else None,
            self.observables if counting else (),
        )

    @cached_property
    def expected(self) -> Expected:
        """What the oracle says, from the file of frozen numbers where it has this very case."""
        return frozen.get(self.key) or self.computed()

    @property
    def key(self) -> str:
        """Changes with anything that the oracle's numbers depend on."""
        return frozen.key(self.case, self.events.tolist(), self.edges.tolist())

    def computed(self) -> Expected:
        """Logarithms of the oracle's densities and of its probabilities of bins."""
        with mp.workdps(DIGITS):
            oracles = [self.oracle(i) for i in range(len(self.theta))]
            densities = [
                [self._density(oracle, x) for x in events.T]
                for oracle, events in zip(oracles, self.events, strict=True)
            ]
            bins = zip(self.edges[:-1], self.edges[1:], strict=True)
            probabilities = [self._probability(oracles[0], *bin) for bin in bins]
        return Expected(np.array(densities), np.array(probabilities))

    def _density(self, oracle: Oracle, x: Array) -> float:
        at = oracle.at(dict(zip(self.observables, map(mp.mpf, x), strict=True)))
        return log(at.density(self.case["pdf"]))

    def _probability(self, oracle: Oracle, low: float, high: float) -> float:
        (name,) = self.observables
        return log(oracle.probability(self.case["pdf"], {name: (low, high)}))

    @cached_property
    def edges(self) -> Array:
        """Edges of bins that fill the range of the only observable; none for several."""
        if len(self.observables) > 1:
            return np.zeros(0)
        ((low, high),) = self.observables.values()
        inner = np.array([0.013, 0.3, 0.31, 0.55, 0.9])
        edges = np.maximum(low, -30.0) + inner * (np.minimum(high, 30.0) - np.maximum(low, -30.0))
        if self.case.get("counting"):
            edges = np.unique(np.floor(edges)) + 0.5
        return np.array([low, *edges, high])


def _batches(program: Any, size: int, *rows: Array) -> tuple[Array, ...]:
    """A program of one row and one event over all rows and events, `size` rows at a time."""
    batched = jax.vmap(jax.vmap(program, (None, 1)))
    count = len(rows[0])
    starts = range(0, count, size)
    # Rows are repeated to fill the last batch.
    parts = [
        batched(*(r.take(range(i, i + size), axis=0, mode="wrap") for r in rows)) for i in starts
    ]
    return tuple(np.concatenate(column)[:count] for column in zip(*parts, strict=True))


def log(value: Any) -> float:
    """Logarithm of a number of mpmath; -inf at 0, nan below."""
    if value <= 0:
        return -np.inf if value == 0 else np.nan
    return float(mp.ln(value))


@cache
def bench(number: int) -> Bench:
    return Bench(CASES[number])


BENCHES = pytest.mark.parametrize("at", range(len(CASES)), ids=[c["id"] for c in CASES])


def close(got: Any, expected: Any, rtol: float = 1e-9) -> None:
    """Equal densities, given their logarithms, which may be large in the tails."""
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=rtol)


# --- generic tests --------------------------------------------------------------------------------


@BENCHES
def test_density_is_that_of_the_oracle(at: int) -> None:
    one = bench(at)
    close(one.gradients[0], one.expected.log_density, one.case.get("rtol", 1e-9))


@BENCHES
def test_arrays_are_evaluated_as_single_events(at: int) -> None:
    one = bench(at)
    got = one.log_density(one.theta[-1], one.events[-1])
    close(jnp.broadcast_to(got, one.events.shape[2:]), one.gradients[0][-1], 1e-11)


@pytest.mark.slow
@BENCHES
def test_the_compiled_program_says_the_same(at: int) -> None:
    one = bench(at)
    program = jax.jit(jax.vmap(jax.value_and_grad(one.single), (None, 1)))
    for theta, events, *expected in zip(one.theta, one.events, *one.gradients, strict=True):
        values, gradients = program(theta, events)
        close(values, expected[0], 1e-11)
        np.testing.assert_allclose(gradients, expected[1], rtol=1e-9, atol=1e-9)


@BENCHES
def test_gradients_are_finite_and_those_of_finite_differences(at: int) -> None:
    one = bench(at)
    values, gradients = one.gradients
    assert np.isfinite(gradients[~np.isnan(values)]).all()
    if not one.parameters:
        return
    slope = np.moveaxis(gradients, 2, 0)
    distance = np.abs(one.differences - slope)
    error = np.where(np.isnan(distance), np.inf, distance).min(axis=0)
    scale = np.maximum(np.abs(one.theta.T), 1e-3)[..., None]
    tolerance = 1e-6 * np.abs(slope) + 1e-8 * (1.0 + np.abs(values)) / scale
    wrong = np.isfinite(values) & ~(error <= tolerance)
    assert not wrong.any(), (np.argwhere(wrong), error[wrong], slope[wrong])


SINGLE = [i for i, c in enumerate(CASES) if len(c["observables"]) == 1]


@pytest.mark.parametrize("at", SINGLE, ids=[CASES[i]["id"] for i in SINGLE])
def test_probabilities_of_bins_are_those_of_the_oracle_and_add_up(at: int) -> None:
    one = bench(at)
    (name,), edges = one.observables, jnp.asarray(one.edges)
    scope = one.scope(one.theta[0], np.zeros((1, 1)))
    dist = scope.distribution(one.case["pdf"])
    got = np.asarray(log_probability(dist, scope, {name: (edges[:-1], edges[1:])}))
    if not np.isnan(got).any():
        assert np.exp(got).sum() == pytest.approx(1.0, rel=1e-9)
    close(got, one.expected.log_probability, one.case.get("rtol", 1e-9))


@pytest.mark.parametrize("at", SINGLE, ids=[CASES[i]["id"] for i in SINGLE])
def test_closed_integrals_are_there_where_the_table_says_so(at: int) -> None:
    one = bench(at)
    scope = one.scope(one.theta[0], np.zeros((1, 1)))
    dist = scope.distribution(one.case["pdf"])
    closed = log_integral(dist, scope, one.observables)
    assert (closed is not None) == one.case.get("closed", True)


@BENCHES
def test_round_trip(at: int) -> None:
    one = bench(at)
    assert same_json(one.workspace.to_json(), one.case["document"])


@pytest.mark.slow
@BENCHES
def test_frozen_numbers_are_those_of_the_oracle(at: int) -> None:
    one = bench(at)
    computed = one.computed()
    assert frozen.get(one.key) == computed, "run python tests/oracles/freeze.py"


# --- the table ------------------------------------------------------------------------------------


def test_every_distribution_is_a_case() -> None:
    entries = [entry for case in CASES for entry in case["document"]["distributions"]]
    covered = {DISTRIBUTIONS.class_of(entry).__name__ for entry in entries}
    known = {cls.__name__ for cls in DISTRIBUTIONS.classes()}
    assert known - covered - ELSEWHERE.keys() == set()
    assert ELSEWHERE.keys() <= known


def test_cases_have_names_of_their_own() -> None:
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids))
