"""Random events follow their density: every type that can be evaluated, and whole models."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import jax.numpy as jnp
import numpy as np
import pytest
from density_cases import CASES
from scipy import stats

from hs3.engine.density import DensityScope, Options, log_probability
from hs3.engine.evaluator import Evaluator
from hs3.errors import EvaluationError
from hs3.workspace import Workspace

SIZE = 20_000
POINTS = [
    pytest.param(case, point, id=f"{case['id']}-{i}")
    for case in CASES
    for i, point in enumerate(case["points"])
]


def evaluator(case) -> Evaluator:
    document = {"metadata": {"hs3_version": "0.2.9"}, **case["document"]}
    return Evaluator.of(Workspace.from_json(document))


def test_what_is_to_be_tested_is_there():
    assert len(POINTS) > 60


@pytest.mark.slow
@pytest.mark.parametrize("case, point", POINTS)
def test_events_follow_the_density(case, point):
    """A chi-square test at a fixed seed, in bins that share out other events evenly.

    Of ten thousand such tests of a right sampler, one would fail.
    """
    one = evaluator(case)
    ranges = case["observables"]
    if is_negative(one, case, point):
        with pytest.raises(EvaluationError, match="negative"):
            one.sample(case["pdf"], ranges, SIZE, 1, point)
        return
    both = one.sample(case["pdf"], ranges, 2 * SIZE, 1, point)
    first, events = ({name: v[half::2] for name, v in both.items()} for half in (0, 1))
    assert list(events) == list(ranges)
    for name, (low, high) in ranges.items():
        assert events[name].shape == (SIZE,)
        assert ((low <= events[name]) & (events[name] <= high)).all()
    axes = counts_of(ranges) if case.get("counting") else bins_of(ranges, first)
    wanted = SIZE * probabilities(one, case, point, axes)
    assert wanted.sum() == pytest.approx(SIZE, rel=1e-4)
    columns = np.stack([events[name] for name in axes], axis=1)
    found = np.histogramdd(columns, [edges_of(axis) for axis in axes.values()])[0]
    assert p_value(found.ravel(), wanted) > 1e-4


def is_negative(one: Evaluator, case, point) -> bool:
    """Whether the density, being below zero, has no logarithm somewhere in the middle of things."""
    rng = np.random.default_rng(1)
    x = {name: rng.uniform(low, high, 500) for name, (low, high) in case["observables"].items()}
    return bool(np.isnan(one.density(case["pdf"], case["observables"], {**point, **x})).any())


Bins = tuple[np.ndarray, np.ndarray]
"""Lower and upper limits; the upper one belongs to the next bin."""


def counts_of(ranges) -> dict[str, Bins]:
    """One bin for each whole number."""
    ((name, (low, high)),) = ranges.items()
    counts = np.arange(np.ceil(low), np.floor(high) + 1)
    return {name: (counts - 0.5, counts + 0.5)}


def bins_of(ranges, events) -> dict[str, Bins]:
    """Bins with the same number of `events` in each axis, and those beyond the last event."""
    parts = {1: 50, 2: 8, 3: 4}[len(ranges)]
    out = {}
    for name, (low, high) in ranges.items():
        inner = np.quantile(events[name], np.linspace(0.0, 1.0, parts + 1))
        edges = np.unique([low, *inner, high])
        out[name] = edges[:-1], edges[1:]
    return out


def edges_of(bins: Bins) -> np.ndarray:
    return np.append(bins[0], bins[1][-1])


def probabilities(one: Evaluator, case, point, axes: dict[str, Bins]) -> np.ndarray:
    """Probability of each bin of the grid, integrated by the engine."""
    sizes = [range(len(low)) for low, _ in axes.values()]
    index = np.array(list(product(*sizes))).T
    box = {
        name: (jnp.asarray(low[i]), jnp.asarray(high[i]))
        for i, (name, (low, high)) in zip(index, axes.items(), strict=True)
    }
    definitions = replace(one.definitions, options=Options(panels=256))
    scope = DensityScope({**one.values, **point}, definitions, case["observables"])
    return np.exp(np.asarray(log_probability(scope.distribution(case["pdf"]), scope, box)))


def p_value(found: np.ndarray, wanted: np.ndarray) -> float:
    """Pearson's test; bins that expect less than five events are thrown together."""
    rare = wanted < 5.0
    assert found[rare].sum() <= wanted[rare].sum() + 6.0 * np.sqrt(wanted[rare].sum()) + 6.0
    found, wanted = found[~rare], wanted[~rare]
    if len(wanted) < 2:
        return 1.0
    return float(stats.chi2.sf(((found - wanted) ** 2 / wanted).sum(), len(wanted) - 1))
