"""Limits of many models: patches of a patchset, in step and one by one, in chunks and files."""

from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import jax
import numpy as np
import pytest
from diagnostic_spec import CODES
from patchset_spec import BACKGROUND, BOUNDS, PATCHSET, patch

import hs3
from hs3.engine.inference.limits import LimitOptions, limits_of
from hs3.engine.inference.many import Limits
from hs3.engine.inference.stacking import alike, kind_of
from hs3.errors import ConversionError, FitError


@pytest.fixture(scope="module")
def models():
    return hs3.patched(BACKGROUND, PATCHSET)


@pytest.fixture(scope="module")
def limits(models) -> Limits:
    return hs3.upper_limits(models, bounds=BOUNDS)


def numbers(limit) -> list[float]:
    return [limit.observed, *limit.expected]


def test_every_patch_is_a_model(models):
    assert list(models) == ["light", "middle", "heavy", "other", "faint", "broken"]
    assert models.labels == ("mass",)
    assert models.values_of("middle") == (200.0,)
    single = hs3.compile(hs3.load(BACKGROUND, patch=PATCHSET, patch_name="middle"))
    assert models["middle"].nll() == single.nll()
    assert list(models.only(["*i*t", "heavy"])) == ["light", "heavy", "faint"]
    with pytest.raises(ConversionError, match="no patch 'lighter'") as caught:
        models.only(["lighter"])
    assert "light" in caught.value.suggestions
    with pytest.raises(ConversionError, match="does not fit"):
        models["broken"]
    again = pickle.loads(pickle.dumps(models.only(["light"])))
    assert again.key == models.only(["light"]).key != models.key


def test_what_is_no_patchset_is_refused():
    with pytest.raises(ConversionError, match="no patchset"):
        hs3.patched(BACKGROUND, {"patches": []})
    with pytest.raises(ConversionError, match="pyhf workspaces"):
        hs3.patched({"metadata": {"hs3_version": "0.2.9"}}, PATCHSET)
    twice = {**PATCHSET, "patches": [PATCHSET["patches"][0]] * 2}
    with pytest.raises(ConversionError, match="two patches 'light'"):
        hs3.patched(BACKGROUND, twice)
    other = copy.deepcopy(PATCHSET)
    other["metadata"]["digests"] = {"md5": "0" * 32}
    with pytest.raises(ConversionError, match="another workspace"):
        hs3.patched(BACKGROUND, other)


def test_limits_are_those_of_each_model_alone(models, limits):
    for name in ("light", "middle", "heavy", "other"):
        alone = hs3.upper_limit(models[name], bounds=BOUNDS)
        np.testing.assert_allclose(numbers(limits.limits[name]), numbers(alone), rtol=1e-6)
    assert not limits.converged
    assert "above its upper bound" in limits.failed["faint"]
    assert "does not fit" in limits.failed["broken"]


def test_limits_are_those_of_pyhf(limits):
    pyhf = pytest.importorskip("pyhf")
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-12))
    workspace = pyhf.Workspace(pyhf.PatchSet(PATCHSET)["heavy"].apply(BACKGROUND))
    model = workspace.model(modifier_settings=CODES)
    data = workspace.data(model)
    bounds = model.config.suggested_bounds()
    bounds[model.config.poi_index] = BOUNDS["mu"]
    scan = pyhf.infer.intervals.upper_limits.toms748_scan
    observed, expected = scan(data, model, 0.1, 10.0, rtol=1e-5, par_bounds=bounds)
    found = limits.limits["heavy"]
    np.testing.assert_allclose(numbers(found), [observed, *expected], rtol=1e-3)


@pytest.mark.parametrize(
    "options",
    [{}, {"use_cls": False}, {"statistic": "q", "bounds": {"mu": (-5.0, 10.0)}}],
    ids=["CLs", "p-value", "q"],
)
def test_limits_in_step_are_those_alone(models, options):
    """The batch of an accelerator gives what single searches give."""
    names = ("light", "middle", "heavy", "faint")
    given = LimitOptions(**{"bounds": BOUNDS, **options})
    together = limits_of([models[name] for name in names], given, in_step=True)
    for name, found in zip(names, together, strict=True):
        alone = given.alone(models[name])
        if isinstance(alone, FitError):
            assert str(found) == str(alone)
            continue
        assert found.fits > 20
        np.testing.assert_allclose(numbers(found), numbers(alone), rtol=2e-6)
        assert found.best == pytest.approx(alone.best, abs=1e-5)
        assert found.notes == alone.notes


def test_padded_models_have_the_same_likelihood(models):
    """A patch with more systematics has larger arrays; zeros fill up the others."""
    spec = copy.deepcopy(PATCHSET)
    one = {"name": "tilt", "type": "histosys"}
    flat = {"hi_data": [6.0, 10.0, 7.0], "lo_data": [4.0, 10.0, 9.0]}
    steep = {"hi_data": [8.0, 10.0, 7.0], "lo_data": [4.5, 10.0, 9.0]}
    spec["patches"] = [
        patch("straight", 1.0, [5.0, 10.0, 8.0], {**one, "data": flat}),
        patch("bent", 2.0, [5.0, 10.0, 8.0], {**one, "data": steep}),
    ]
    found = list(hs3.patched(BACKGROUND, spec).values())
    assert kind_of(found[0]) == kind_of(found[1])

    def shapes(model):
        return [leaf.shape for leaf in jax.tree.leaves(model.arrays)]

    padded = alike(found)
    assert shapes(found[0]) != shapes(found[1])
    assert shapes(padded[0]) == shapes(padded[1])
    values = {"mu": 1.3, "tilt": -0.8, "shape": 0.4}
    for model, own in zip(padded, found, strict=True):
        assert model.nll(values) == pytest.approx(own.nll(values), abs=1e-12)
        np.testing.assert_allclose(model.gradient(values), own.gradient(values), atol=1e-10)


def test_results_are_plain_and_columns(limits):
    data = json.loads(limits.to_json())
    assert data["limits"]["light"]["observed"] == limits.limits["light"].observed
    assert data["values"]["light"] == [100.0]
    columns = limits.columns()
    assert columns["name"].tolist() == ["light", "middle", "heavy", "other"]
    assert columns["mass"].tolist() == [100.0, 200.0, 300.0, 350.0]
    assert columns["expected"].tolist() == [one.expected[2] for one in limits.limits.values()]
    assert {len(column) for column in columns.values()} == {4}


def test_what_is_done_is_not_done_again(models, limits, tmp_path, monkeypatch):
    from hs3.engine.inference import many

    done: list[list[str]] = []
    work = many._limits

    def counted(own, options):
        done.append(list(own))
        return work(own, options)

    monkeypatch.setattr(many, "_limits", counted)
    options = {"bounds": BOUNDS, "chunk": 2, "folder": tmp_path}
    with ThreadPoolExecutor(1) as pool:
        first = hs3.upper_limits(models, executor=pool, **options)
    assert done == [["light", "middle"], ["heavy", "other"], ["faint", "broken"]]
    assert first.to_dict() == limits.to_dict()
    sorted(tmp_path.rglob("*.npz"))[1].unlink()
    done.clear()
    steps: list[tuple[int, int]] = []
    again = hs3.upper_limits(models, progress=lambda *step: steps.append(step), **options)
    assert done == [["heavy", "other"]]
    assert steps == [(4, 6), (6, 6)]  # what was there at once, then what was done again
    assert again.to_dict() == first.to_dict()
    hs3.upper_limits(models, **{**options, "bounds": {"mu": (0.0, 5.0)}})
    assert len(done) == 4  # other bounds are other work


def test_models_come_as_a_list_too(models, limits):
    found = hs3.upper_limits([models["light"]], bounds=BOUNDS)
    np.testing.assert_allclose(
        numbers(found.limits["0"]), numbers(limits.limits["light"]), rtol=1e-6
    )
    with pytest.raises(FitError, match="no models"):
        hs3.upper_limits([])
    with pytest.raises(FitError, match="needs q~ or q"):
        hs3.upper_limits([models["light"]], statistic="t")
