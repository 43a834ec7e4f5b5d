"""Generic tests of every function of `function_cases`: against oracles and finite differences."""

from __future__ import annotations

from typing import Any

import jax
import mpmath as mp
import numpy as np
import pytest
from conftest import same_json
from function_cases import CASES
from oracles import Oracle
from oracles.oracle import DIGITS

from hs3.engine.density import DensityScope
from hs3.engine.density.document import definitions_of
from hs3.functions import FUNCTIONS
from hs3.workspace import Workspace

ELSEWHERE = {"TruthModelFunction": "a delta function; part of the cases of decay_dist"}
"""Functions that cannot be a case: class → why."""

EVERY = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def values_of(case: dict[str, Any], points: dict[str, Any]) -> Any:
    """The function by the engine, at one point or at arrays of them."""
    definitions = definitions_of(Workspace.from_json(case["document"]))
    return DensityScope(points, definitions, case["ranges"])("f")


def columns(case: dict[str, Any]) -> dict[str, Any]:
    """All points of a case, one array per name."""
    points = case["points"]
    return {name: np.array([point[name] for point in points]) for name in points[0]}


@EVERY
def test_function_is_that_of_the_oracle(case: dict[str, Any]) -> None:
    with mp.workdps(DIGITS):
        oracles = [Oracle(case["document"], case["ranges"], point) for point in case["points"]]
        expected = [float(oracle("f")) for oracle in oracles]
    one_by_one = [float(values_of(case, point)) for point in case["points"]]
    np.testing.assert_allclose(one_by_one, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.slow
@EVERY
def test_gradients_are_those_of_finite_differences(case: dict[str, Any]) -> None:
    at = jax.vmap(jax.value_and_grad(lambda point: values_of(case, point)))
    points = columns(case)
    values, slopes = at(points)
    np.testing.assert_allclose(
        values, [values_of(case, point) for point in case["points"]], rtol=1e-13, atol=1e-15
    )
    for name, column in points.items():
        h = 1e-5 * np.maximum(1.0, np.abs(column))
        up, down = (at(points | {name: column + sign * h})[0] for sign in (1.0, -1.0))
        np.testing.assert_allclose(slopes[name], (up - down) / (2 * h), rtol=1e-6, atol=1e-7)


@EVERY
def test_round_trip(case: dict[str, Any]) -> None:
    assert same_json(Workspace.from_json(case["document"]).to_json(), case["document"])


def test_every_function_is_a_case() -> None:
    covered = {FUNCTIONS.class_of(case["document"]["functions"][0]).__name__ for case in CASES}
    known = {cls.__name__ for cls in FUNCTIONS.classes()}
    assert known - covered == ELSEWHERE.keys()
