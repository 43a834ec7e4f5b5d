"""The sandwich correction for weighted events, against its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from histfactory_models import two_bin

import hs3
from hs3 import engine
from hs3.engine.weighted import sandwich
from hs3.errors import FitError


def document(events, weights):
    """An exponential in a range that holds all of it."""
    data = {
        "name": "d",
        "type": "unbinned",
        "axes": [{"name": "x", "min": 0.0, "max": 20.0}],
        "entries": [[x] for x in events],
        "weights": weights,
    }
    axes = [{"name": "c", "min": 0.5, "max": 10.0}]
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [{"name": "f", "type": "exponential_dist", "x": "x", "c": "c"}],
        "data": [data],
        "domains": [{"name": "default_domain", "type": "product_domain", "axes": axes}],
        "parameter_points": [{"name": "p", "parameters": [{"name": "c", "value": 2.5}]}],
    }


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(7)
    return rng.exponential(1.0 / 3.0, 400), rng.uniform(0.2, 2.0, 400)


def test_the_correction_has_the_closed_form_and_no_scale(sample):
    """With s = 1/c - x: the sum of w² s² c⁴ over the square of the sum of w."""
    events, weights = sample
    for scale in (1.0, 5.0):
        w = scale * weights
        model = hs3.compile(document(events.tolist(), w.tolist()), pdf="f", data="d")
        plain = engine.fit(model)
        found = sandwich(model, plain)
        c = plain.values["c"]
        assert c == pytest.approx(w.sum() / (w * events).sum(), rel=1e-6)
        expected = np.sqrt((w**2 * (1.0 / c - events) ** 2).sum()) * c**2 / w.sum()
        assert found.errors["c"] == pytest.approx(expected, rel=1e-6)
        assert plain.errors["c"] == pytest.approx(c / np.sqrt(w.sum()), rel=1e-6)
        assert "sandwich" in found.message


def test_counts_have_no_weighted_events():
    model = engine.compile(two_bin())
    with pytest.raises(FitError, match="no unbinned data"):
        sandwich(model, engine.fit(model))
