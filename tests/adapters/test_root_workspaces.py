"""RooFit workspaces read without ROOT: the same likelihood, the same parameters."""

from __future__ import annotations

import pytest
from root_zoo_models import NAMES, OPTIONS, ZOO, Case, cases, compiled, said, workspace, worst

import hs3
from hs3.adapters.root import from_root
from hs3.errors import ConversionError, ReadError

TOLERANCE = 1e-8

LIGHT = {
    *("gaussian", "exponential", "sum_nested", "product_constraint", "simultaneous_linked"),
    *("hf_everything", "keys", "weighted", "generic"),
}
"""Cases of the default tests; the others are among the slow ones."""

NOT_CONVERTED = {"moment_morph-p-data": "RooMomentMorph that moves its shapes"}
OTHER_NORMALISATION = {"johnson-q-data_q": "RooFit leaves the threshold out of the normalisation"}


def marked() -> list[object]:
    left = NOT_CONVERTED.keys() | OTHER_NORMALISATION.keys()
    return [
        pytest.param(c, id=c.label, marks=() if c.name in LIGHT else pytest.mark.slow)
        for c in cases()
        if c.label not in left
    ]


@pytest.mark.parametrize("case", marked())
def test_the_likelihood_is_that_of_root(case: Case):
    model = compiled(workspace(case.name), case.said, OPTIONS.get(case.name))
    free = [p.name for p in model.parameters if not p.const]
    assert sorted(free) == sorted(case.said["floating"])
    names = case.said["floating"]
    ours = [model.nll(dict(zip(names, point, strict=True))) for point in case.said["points"]]
    for backend, roots in case.backends().items():
        assert worst(ours, roots) < TOLERANCE, backend


@pytest.mark.parametrize("name", NAMES)
def test_variables_have_roots_values_ranges_and_constancy(name):
    ws = workspace(name)
    values = {p.name: p for p in ws.parameter_point("default_values").parameters}
    ranges = {a.name: (a.min, a.max) for a in ws.domain("default_domain").axes}
    for expected in said(name)["variables"]:
        found = values[expected["name"]]
        assert found.value == expected["value"]
        assert bool(found.const) == expected["constant"]
        assert ranges[expected["name"]] == (expected["min"], expected["max"])
    assert len(values) == len(said(name)["variables"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_converted_is_a_valid_document(name):
    report = hs3.validate(workspace(name))
    assert report.ok, [str(f) for f in report.errors]
