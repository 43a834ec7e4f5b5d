"""Generic tests of every distribution of `density_cases` against oracles.

Everything is evaluated operation by operation: compiling takes far longer than it runs here. The
first case of each type is tried in all ways, of the others the derivatives and the probabilities of
bins are left to the slow tests, as are compiled programs.
"""

from __future__ import annotations

from collections.abc import Callable
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
from hs3.engine.accuracy import finer
from hs3.engine.density import (
    Definitions,
    DensityScope,
    log_density,
    log_integral,
    log_probability,
)
from hs3.engine.density.document import definitions_of
from hs3.workspace import Workspace

Array = npt.NDArray[np.float64]
FRACTIONS = (0.0, 0.03, 0.21, 0.5, 0.68, 0.95, 1.0)
NEAR = 6
"""How many places of a case's own scale (edges, peaks, kinks) are tried besides the fractions."""

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

    @property
    def scale(self) -> Array:
        """The order of magnitude of each parameter, shape (points, parameters)."""
        return np.maximum(np.abs(self.theta), 1e-3)

    # --- engine -------------------------------------------------------------------------------

    def scope(self, definitions: Definitions, theta: Any, x: Any) -> DensityScope:
        """The engine's scope at parameter values and observables, one row per observable."""
        values = dict(zip(self.parameters, theta, strict=True))
        values |= dict(zip(self.observables, x, strict=True))
        return DensityScope(values, definitions, self.observables)

    def accurate(self, evaluate: Callable[[DensityScope], Any], point: int) -> Any:
        """A value at a point, with integrals as fine as its accuracy asks for."""
        definitions: Definitions | None = self.definitions
        while definitions is not None:
            scope = self.scope(definitions, self.theta[point], self.events[point])
            value = evaluate(scope)
            error = max((float(e) for e in scope.errors), default=0.0)
            if error <= definitions.options.accuracy:
                return value
            definitions = finer(definitions)
        raise AssertionError(f"an integral is off by {error}")

    @cached_property
    def definitions(self) -> Definitions:
        return definitions_of(self.workspace)

    def log_density(self, scope: DensityScope) -> Any:
        """Per event."""
        value = log_density(self.distribution(scope), scope, tuple(self.observables))
        return jnp.broadcast_to(value, self.events.shape[2:])

    def distribution(self, scope: DensityScope) -> Any:
        return scope.distribution(self.case["pdf"])

    # --- places -------------------------------------------------------------------------------

    @cached_property
    def events(self) -> Array:
        """Values of the observables, shape (points, observables, events)."""
        return np.stack([self._events(i) for i in range(len(self.theta))])

    def _events(self, point: int) -> Array:
        oracle = self.oracle(point)
        rows = []
        for i, name in enumerate(self.observables):
            low, high = self.finite(name)
            places = [low + f * (high - low) for f in FRACTIONS]
            with mp.workdps(DIGITS):
                cuts = sorted({float(c) for c in oracle.cuts_of(self.case["pdf"], name)})
            inside = [c for c in cuts if low <= c <= high] or [places[3]]
            chosen = [inside[k] for k in np.linspace(0, len(inside) - 1, NEAR).round().astype(int)]
            for place in chosen:
                # Just off the cut: at a kink there is no derivative.
                beyond = next((c for c in (*inside, high) if c > place), place)
                places.append(place + 0.05 * (beyond - place))
            row = np.round(places) if self.case.get("counting") else np.array(places)
            rows.append(np.roll(row, 3 * i))
        return np.stack(rows)

    def finite(self, name: str) -> tuple[float, float]:
        """The range of an observable, or the middle of an infinite one."""
        low, high = self.observables[name]
        return max(low, -30.0) if np.isinf(low) else low, min(high, 30.0) if np.isinf(
            high
        ) else high

    @cached_property
    def edges(self) -> Array:
        """Edges of bins that fill the range of the only observable; none for several."""
        if len(self.observables) > 1:
            return np.zeros(0)
        ((name, (low, high)),) = self.observables.items()
        start, end = self.finite(name)
        edges = start + np.array([0.013, 0.3, 0.31, 0.55, 0.9]) * (end - start)
        if self.case.get("counting"):
            edges = np.unique(np.floor(edges)) + 0.5
        return np.array([low, *edges, high])

    # --- oracle -------------------------------------------------------------------------------

    def oracle(self, point: int, **moved: Any) -> Oracle:
        """The oracle at a point, some parameters elsewhere."""
        cuts, counting = self.case.get("cuts"), self.case.get("counting")
        return Oracle(
            self.case["document"],
            self.observables,
            {**self.case["points"][point], **moved},
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
        """What the oracle says."""
        with mp.workdps(DIGITS):
            points = range(len(self.theta))
            densities = [self._logs(self.oracle(i), i) for i in points]
            gradients = [self._gradient(i) for i in points]
            first = self.oracle(0)
            bins = zip(self.edges[:-1], self.edges[1:], strict=True)
            probabilities = [self._probability(first, *bin) for bin in bins]
        return Expected(
            np.array([[_log(v) for v in row] for row in densities]),
            np.array(gradients, dtype=np.float64)
            .reshape(*self.theta.shape, self.events.shape[2])
            .swapaxes(1, 2),
            np.array(probabilities),
        )

    def _logs(self, oracle: Oracle, point: int) -> list[Any]:
        """Densities at the events of a point."""
        rows = [
            dict(zip(self.observables, map(mp.mpf, x), strict=True)) for x in self.events[point].T
        ]
        return [oracle.at(row).density(self.case["pdf"]) for row in rows]

    def _gradient(self, point: int) -> list[list[float]]:
        """Central differences, in 30 digits, of the logarithms, per parameter and event.

        The steps are small also against the width of a peak far from the origin.
        """
        return [
            self._slopes(point, name, h)
            for name, h in zip(self.parameters, self.scale[point], strict=True)
        ]

    def _slopes(self, point: int, name: str, scale: float) -> list[float]:
        h, at = mp.mpf(scale) * mp.mpf("1e-10"), mp.mpf(self.case["points"][point][name])
        ups, downs = (self._logs(self.oracle(point, **{name: at + s * h}), point) for s in (1, -1))
        both = zip(ups, downs, strict=True)
        return [float(mp.ln(u / d) / (2 * h)) if u > 0 and d > 0 else np.nan for u, d in both]

    def _probability(self, oracle: Oracle, low: float, high: float) -> float:
        (name,) = self.observables
        return _log(oracle.probability(self.case["pdf"], {name: (low, high)}))


def _log(value: Any) -> float:
    """Logarithm of a number of mpmath; -inf at 0, nan below."""
    if value <= 0:
        return -np.inf if value == 0 else np.nan
    return float(mp.ln(value))


@cache
def bench(number: int) -> Bench:
    return Bench(CASES[number])


def each(numbers: Any, rest_is_slow: bool = False) -> Any:
    """A parameter per case; with `rest_is_slow` all but the first of each type are slow."""
    seen: set[str] = set()
    parameters = []
    for i in numbers:
        kind = CASES[i]["document"]["distributions"][0]["type"]
        slow = [pytest.mark.slow] if rest_is_slow and kind in seen else []
        parameters.append(pytest.param(i, id=CASES[i]["id"], marks=slow))
        seen.add(kind)
    return pytest.mark.parametrize("at", parameters)


EVERY = range(len(CASES))
SINGLE = [i for i in EVERY if len(CASES[i]["observables"]) == 1]


def close(got: Any, expected: Any, rtol: float = 1e-9) -> None:
    """Equal densities, given their logarithms, which may be large in the tails."""
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=rtol)


# --- generic tests --------------------------------------------------------------------------------


@each(EVERY)
def test_density_is_that_of_the_oracle(at: int) -> None:
    one = bench(at)
    got = [one.accurate(one.log_density, i) for i in range(len(one.theta))]
    close(got, one.expected.log_density, one.case.get("rtol", 1e-9))


@each([i for i in EVERY if CASES[i]["points"][0]], rest_is_slow=True)
def test_gradient_is_that_of_the_oracle_and_finite_everywhere(at: int) -> None:
    """All events of a point in one sum, each with a weight that makes its slope of order one."""
    one = bench(at)
    for i, (logs, gradient) in enumerate(
        zip(one.expected.log_density, one.expected.gradient, strict=True)
    ):
        relative = gradient * one.scale[i]
        known = np.isfinite(logs) & np.isfinite(relative).all(axis=1)
        weights = np.where(
            known, 1.0 / (1.0 + np.abs(np.where(known[:, None], relative, 0.0)).max(1)), 0.0
        )
        got = slope(one, i, weights) * one.scale[i]
        expected = weights[known] @ relative[known]
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=one.case.get("slope_atol", 1e-7))


def slope(one: Bench, point: int, weights: Array) -> Array:
    """Gradient of the weighted sum of the logarithms; an event of no weight may be impossible."""

    def total(theta: Any, definitions: Definitions) -> Any:
        scope = one.scope(definitions, theta, one.events[point])
        logs = one.log_density(scope)
        return jnp.sum(jnp.where(weights == 0.0, 0.0, weights * logs))

    found: list[Definitions] = []
    one.accurate(lambda scope: (found.append(scope.definitions), one.log_density(scope)), point)
    return np.asarray(jax.grad(total)(jnp.asarray(one.theta[point]), found[-1]))


@each(SINGLE, rest_is_slow=True)
def test_probabilities_of_bins_are_those_of_the_oracle_and_add_up(at: int) -> None:
    one = bench(at)
    (name,), edges = one.observables, jnp.asarray(one.edges)
    box = {name: (edges[:-1], edges[1:])}
    got = np.asarray(one.accurate(lambda s: log_probability(one.distribution(s), s, box), 0))
    if not np.isnan(got).any():
        assert np.exp(got).sum() == pytest.approx(1.0, rel=1e-9)
    close(got, one.expected.log_probability, one.case.get("rtol", 1e-9))


@each(SINGLE)
def test_closed_integrals_are_there_where_the_table_says_so(at: int) -> None:
    one = bench(at)
    scope = one.scope(one.definitions, one.theta[0], one.events[0])
    closed = log_integral(one.distribution(scope), scope, one.observables)
    assert (closed is not None) == one.case.get("closed", True)


@pytest.mark.slow
@each(EVERY)
def test_a_compiled_program_says_the_same(at: int) -> None:
    """Event by event, values and gradients."""
    one = bench(at)

    def single(theta: Any, x: Any) -> Any:
        scope = one.scope(one.definitions, theta, x)
        dist = one.distribution(scope)
        return log_density(dist, scope, tuple(one.observables)).reshape(())

    program = jax.jit(jax.vmap(jax.value_and_grad(single), (None, 1)))
    for i, (theta, events) in enumerate(zip(one.theta, one.events, strict=True)):
        values, gradients = program(theta, events)
        logs = one.expected.log_density[i]
        close(values, logs, max(1e-8, one.case.get("rtol", 0.0)))
        assert np.isfinite(gradients[~np.isnan(logs)]).all()


@each(EVERY)
def test_round_trip(at: int) -> None:
    one = bench(at)
    assert same_json(one.workspace.to_json(), one.case["document"])


@pytest.mark.slow
@each(EVERY)
def test_frozen_numbers_are_those_of_the_oracle(at: int) -> None:
    one = bench(at)
    assert frozen.get(one.key) == one.computed(), "run python tests/oracles/freeze.py"


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


def test_every_case_is_frozen() -> None:
    missing = [CASES[i]["id"] for i in EVERY if frozen.get(bench(i).key) is None]
    assert not missing, "run python tests/oracles/freeze.py"
