"""Random workspaces: pyhf → HS3 → pyhf is the same JSON, and means the same as in pyhf."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
import reference_histfactory as oracle
from conftest import same_json
from hypothesis import HealthCheck, Phase, given, settings
from pyhf_backend import Reference
from pyhf_models import CODES
from pyhf_strategies import workspaces

from hs3.adapters.pyhf import from_pyhf, is_pyhf, to_pyhf
from hs3.resolve import resolve
from hs3.workspace import Workspace, dumps, loads

# Shrinking takes minutes on inputs of this size.
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@FEW
@given(workspaces())
def test_round_trip(workspace: dict[str, Any]) -> None:
    imported, _ = from_pyhf(workspace)
    assert is_pyhf(workspace)
    assert not is_pyhf(imported.to_json())
    back, report = to_pyhf(loads(dumps(imported)))
    assert same_json(back, workspace)
    assert not [f for f in report if f.code.startswith("pyhf.") and f.severity != "note"]


@FEW
@given(workspaces())
def test_the_stored_section_carries_no_meaning(workspace: dict[str, Any]) -> None:
    """Without it another workspace may come out, but one of the same likelihood."""
    imported, _ = from_pyhf(workspace)
    bare = {k: v for k, v in imported.to_json().items() if k != "misc"}
    back, report = to_pyhf(Workspace.from_json(bare))
    again, _ = from_pyhf(back)
    for analysis in imported.analyses or ():
        before = resolve(imported, analysis=analysis.name)
        after = resolve(again, analysis=analysis.name)
        assert [p.name for p in before.parameters] == [p.name for p in after.parameters]
        if "pyhf.fixed_bins" not in {f.code for f in report}:
            assert [p.const for p in before.parameters] == [p.const for p in after.parameters]
        a, b = oracle.twice_nll(before), oracle.twice_nll(after)
        assert a == pytest.approx(b, rel=1e-12, nan_ok=True)


@pytest.mark.skipif(importlib.util.find_spec("pyhf") is None, reason="pyhf is not installed")
@pytest.mark.parametrize("interpolation", CODES)
@FEW
@given(workspaces())
def test_numbers(interpolation: str, workspace: dict[str, Any]) -> None:
    if not any(s["modifiers"] for c in workspace["channels"] for s in c["samples"]):
        return  # pyhf wants a parameter
    imported, _ = from_pyhf(workspace, interpolation=interpolation)
    for measurement in workspace["measurements"]:
        reference = Reference.of(workspace, measurement["name"], interpolation)
        graph = resolve(imported, analysis=measurement["name"])
        assert [p.name for p in graph.parameters] == reference.names
        for point in reference.points(inside=1, near=1):
            ours = oracle.twice_nll(graph, dict(zip(reference.names, point, strict=True)))
            theirs = reference.twice_nll(point)
            if np.isfinite(theirs):
                assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
            else:
                assert not np.isfinite(ours)
