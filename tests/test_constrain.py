"""Measurements of functions of the parameters as factors of a document."""

from __future__ import annotations

import numpy as np
import pytest
from diagnostic_spec import SPEC
from scipy.stats import norm

import hs3
from hs3.errors import EditError, ResolveError

AT = {"mu": 1.3, "norm": 0.4}


@pytest.fixture(scope="module")
def workspace():
    return hs3.load(SPEC)


@pytest.mark.parametrize(
    "function, value", [("mu", 1.3), ("mu*(1 + 0.1*norm)", 1.3 * 1.04)], ids=["name", "expression"]
)
def test_a_measurement_is_a_gaussian_factor(workspace, function, value):
    plain = hs3.compile(workspace)
    model = hs3.compile(hs3.constrain(workspace, function, 2.0, 0.3, name="theory"))
    factor = model.nll(AT) - plain.nll(AT)
    assert factor == pytest.approx(-norm.logpdf(2.0, value, 0.3), abs=1e-12)
    assert model.expected_data(AT).auxiliary["theory"] == pytest.approx(value)
    drawn = model.sample(1, 400, AT).auxiliary["theory"]
    assert drawn.mean() == pytest.approx(value, abs=4.0 * 0.3 / 20.0)
    assert drawn.std() == pytest.approx(0.3, abs=4.0 * 0.3 / np.sqrt(800.0))


def test_what_was_there_stays_and_names_are_free(workspace):
    once = hs3.constrain(workspace, "mu", 2.0, 0.3)
    twice = hs3.constrain(once, "mu", 2.0, 0.3)
    assert [d.name for d in twice.distributions[-2:]] == ["constraint_0", "constraint_1"]
    assert hs3.validate(twice).ok
    assert workspace.distributions == twice.distributions[:-2]


def test_what_makes_no_sense_is_refused(workspace):
    with pytest.raises(EditError, match="above zero"):
        hs3.constrain(workspace, "mu", 1.0, 0.0)
    with pytest.raises(EditError, match="already"):
        hs3.constrain(workspace, "mu", 1.0, 0.1, name="mu")
    with pytest.raises(ResolveError):
        hs3.constrain(workspace, "mu", 1.0, 0.1, likelihood="nix")
