"""How often limits and intervals hold the truth, added up over all possible counts: no toys."""

from __future__ import annotations

import numpy as np
import pytest
from histfactory_models import channel, graph_of, parameter, sample
from scipy.stats import poisson

import hs3
import hs3.engine as engine
from hs3.engine.data import Dataset
from hs3.histfactory.meaning import NormFactor

BACKGROUND = 50.0
COUNTS = np.arange(30, 100)


@pytest.fixture(scope="module")
def models():
    """One bin with each count."""
    samples = [sample("s", [1.0], [NormFactor("mu", "mu", "")]), sample("b", [BACKGROUND])]
    poi = parameter("mu", 1.0, -BACKGROUND + 1.0, 200.0)
    model = engine.compile(graph_of([channel("c", samples, [50.0])], [], [poi]))
    return [model.with_data(Dataset({"c": np.array([float(n)])}, {})) for n in COUNTS]


@pytest.fixture(scope="module")
def limits(models):
    """Limits for each count by the p-value, and by CLs."""
    plain = hs3.upper_limits(models, use_cls=False, statistic="q")
    guarded = hs3.upper_limits(models)
    assert plain.converged
    assert guarded.converged
    return plain.columns()["observed"], guarded.columns()["observed"]


@pytest.mark.parametrize("true", [5.0, 12.0, 20.0])
def test_limits_hold_the_truth_as_often_as_they_say(limits, true):
    """P(limit >= mu) is 95% but for the steps of whole counts; CLs holds it more often."""
    weight = poisson.pmf(COUNTS, true + BACKGROUND)
    assert weight.sum() > 1.0 - 1e-3
    plain, guarded = limits
    assert (np.diff(plain) >= 0.0).all()  # zero where counts fall far short of the background
    covered = weight[plain >= true].sum()
    last = weight[plain < true][-1]  # the largest count that excludes the truth
    first = weight[plain >= true][0]
    assert 0.95 - last - 2e-3 <= covered <= 0.95 + first + 2e-3
    assert (guarded >= plain - 1e-6).all()
    assert weight[guarded >= true].sum() >= covered


def test_intervals_hold_the_truth_as_often_as_they_say(models):
    """The profile interval of a Poisson mean is two-sided: 68.3% but for two steps."""
    true = 10.0
    weight = poisson.pmf(COUNTS, true + BACKGROUND)
    inside = np.zeros(len(COUNTS), dtype=bool)
    for place, model in enumerate(models):
        if weight[place] > 1e-4:
            found = hs3.interval(model, "mu")
            inside[place] = found.lower <= true <= found.upper
    steps = weight[inside][0] + weight[inside][-1]
    assert weight[inside].sum() == pytest.approx(0.6827, abs=steps)
