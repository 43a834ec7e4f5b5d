"""Batches of fits, toys in chunks: the same as single fits, however they are split."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT
from histfactory_models import channel, graph_of, parameter, random_graph, sample, two_bin

import hs3.engine as engine
from hs3.engine.data import Dataset
from hs3.engine.inference import fit_batch, fit_toys
from hs3.errors import FitError, ReadError
from hs3.histfactory.meaning import Interpolation, NormFactor


def wide(low: float = -10.0):
    graph = two_bin()
    return replace(graph, parameters=(parameter("mu", 1.0, low, 20.0), *graph.parameters[1:]))


@pytest.fixture(scope="module")
def model():
    return engine.compile(wide())


def test_a_batch_of_toys_is_what_single_fits_are():
    codes = [Interpolation.POLY6_LINEAR, Interpolation.POLY6_EXPONENTIAL]
    model = engine.compile(random_graph(12, bins=(4, 6), systematics=5, codes=codes))
    data = model.sample(7, 20)
    batch = fit_batch(model, data=data, covariance=True)
    assert len(batch) == 20
    for number in (0, 7, 11, 19):  # one of them has no positive definite covariance
        single = engine.fit(model.with_data(data.toy(number)))
        assert batch.converged[number] == single.converged
        if not single.converged:
            assert "positive definite" in batch.message(number)
            continue
        assert batch.nll[number] == pytest.approx(single.nll, abs=1e-8)
        np.testing.assert_allclose(
            batch.covariance[number], single.covariance, rtol=1e-4, atol=1e-9
        )
        for name in model.names:
            error = single.errors[name]
            assert abs(batch.value(name)[number] - single.values[name]) <= 1e-4 * error + 1e-12
            assert batch.error(name)[number] == pytest.approx(error, rel=1e-4)


def test_a_scan_is_made_of_conditional_fits(model):
    points = np.linspace(-0.5, 2.0, 5)
    scan = fit_batch(model, points={"mu": points})
    np.testing.assert_array_equal(scan.value("mu"), points)
    assert "mu" not in scan.free
    for mu, nll in zip(points, scan.nll, strict=True):
        assert nll == pytest.approx(engine.fit(model, fixed={"mu": float(mu)}).nll, abs=1e-9)


def test_signal_hypotheses_are_a_batch():
    first = two_bin()
    graphs = []
    for scale in (1.0, 0.5, 2.0):
        signal_, background = first.channels[0].samples
        signal_ = replace(signal_, nominal=scale * signal_.nominal)
        graphs.append(
            replace(first, channels=(replace(first.channels[0], samples=(signal_, background)),))
        )
    models = [engine.compile(graph) for graph in graphs]
    batch = fit_batch(models, fixed={"mu": 1.0})
    for model, nll in zip(models, batch.nll, strict=True):
        assert nll == pytest.approx(engine.fit(model, fixed={"mu": 1.0}).nll, abs=1e-9)
    with pytest.raises(FitError, match="model 1 has other"):
        fit_batch([models[0], engine.compile(random_graph(1))])


def test_bounds_and_starts_can_be_given(model):
    data = model.sample(3, 40, {"mu": 0.0})
    free, bounded = fit_batch(model, data=data), fit_batch(model, data=data, bounds={"mu": (0, 5)})
    below = free.value("mu") < 0.0
    assert 0 < below.sum() < 40
    np.testing.assert_array_equal(bounded.value("mu")[below], 0.0)
    np.testing.assert_allclose(bounded.value("mu")[~below], free.value("mu")[~below], atol=1e-6)
    there = fit_batch(model, data=data, start=free.values)
    np.testing.assert_allclose(there.nll, free.nll, atol=1e-9)
    assert there.steps.max() <= 2


def test_failures_are_told_fit_by_fit():
    graph = graph_of(
        [channel("c", [sample("s", [0.0, 5.0], [NormFactor("mu", "mu", "")])], [0.0, 6.0])],
        [],
        [parameter("mu", 1.0, 0.0, 5.0)],
    )
    model = engine.compile(graph)
    batch = fit_batch(model, data=Dataset({"c": np.array([[0.0, 4.0], [3.0, 4.0]])}, {}))
    assert batch.converged.tolist() == [True, False]
    assert "infinite" in batch.message(1)
    assert batch.value("mu")[0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({}, "one number of fits"),
        ({"points": {"mu": np.zeros(2)}, "fixed": ["mu"]}, "both fixed and scanned"),
        ({"points": {"nu": np.zeros(2)}}, "no parameter 'nu'"),
        ({"points": {"mu": np.zeros(2)}, "bounds": {"mu": (1.0, 0.0)}}, "no range"),
    ],
)
def test_senseless_batches_are_refused(model, arguments, said):
    with pytest.raises(FitError, match=said):
        fit_batch(model, **arguments)


def test_toys_do_not_depend_on_the_split(model, tmp_path):
    whole = fit_toys(model, 50, seed=4, covariance=True)
    with ThreadPoolExecutor(1) as pool:
        parts = fit_toys(
            model, 50, seed=4, covariance=True, chunk=17, folder=tmp_path, executor=pool
        )
    for name, array in whole.to_arrays().items():
        np.testing.assert_array_equal(parts.to_arrays()[name], array)
    other = fit_toys(model, 50, seed=5)
    assert not np.array_equal(other.nll, whole.nll)


def test_finished_chunks_are_read_not_done_again(model, tmp_path, monkeypatch):
    from hs3.engine.inference import toys

    done: list[tuple[int, int]] = []
    fits = toys._fits

    def counted(*arguments):
        done.append(arguments[-2:])
        return fits(*arguments)

    monkeypatch.setattr(toys, "_fits", counted)
    first = fit_toys(model, 40, chunk=10, folder=tmp_path)
    assert done == [(0, 10), (10, 10), (20, 10), (30, 10)]
    files = sorted(tmp_path.rglob("*.npz"))
    files[2].unlink()
    done.clear()
    again = fit_toys(model, 40, chunk=10, folder=tmp_path)
    assert done == [(20, 10)]
    np.testing.assert_array_equal(again.values, first.values)
    done.clear()
    fit_toys(model, 40, chunk=10, folder=tmp_path, values={"mu": 2.0})
    assert len(done) == 4  # other toys are other work
    files[0].write_bytes(files[0].read_bytes()[:100])
    with pytest.raises(ReadError, match="remove it") as caught:
        fit_toys(model, 40, chunk=10, folder=tmp_path)
    assert caught.value.code == "inference.damaged_chunk"


SCRIPT = """
import sys
from hs3.engine.inference import fit_toys
import hs3, numpy as np
model = hs3.compile("examples/two_bin/workspace.json")
def said(done, total): print(done, flush=True)
found = fit_toys(model, 2000, seed=9, chunk=16, folder=sys.argv[1], progress=said)
np.save(sys.argv[2], found.values)
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*shapesys")
def test_a_killed_run_loses_and_repeats_nothing(tmp_path):
    folder, result = tmp_path / "chunks", tmp_path / "values.npy"
    command = [sys.executable, "-c", SCRIPT, str(folder), str(result)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if int(line) >= 320:
                break
        run.send_signal(signal.SIGKILL)
    assert not result.exists()
    kept = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    assert 20 <= len(kept) < 125
    time.sleep(0.01)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(again.stdout.split()[0]) == 16 * len(kept)  # what was there at once
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    model = _two_bin_document()
    fresh = fit_toys(model, 2000, seed=9, chunk=16)
    np.testing.assert_array_equal(np.load(result), fresh.values)
    # In other chunks other fits are in step, which moves a minimum by rounding, and no toy.
    whole = fit_toys(model, 2000, seed=9, chunk=500)
    np.testing.assert_allclose(fresh.values, whole.values, rtol=0.0, atol=1e-6)


def _two_bin_document():
    import hs3

    return hs3.compile(str(ROOT / "examples" / "two_bin" / "workspace.json"))


@pytest.mark.slow
def test_processes_give_the_same(model):
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        far = fit_toys(model, 64, seed=2, chunk=16, executor=pool)
    np.testing.assert_array_equal(far.values, fit_toys(model, 64, seed=2).values)


def test_pulls_and_coverage_of_toys(model):
    """Intervals of one error around the best fit hold the truth in about 68% of 2,000 toys."""
    size = 2000
    found = fit_toys(model, size, seed=20, values={"mu": 2.0}, covariance=True)
    assert found.converged.all()
    pulls = (found.value("mu") - 2.0) / found.error("mu")
    assert abs(pulls.mean()) < 4.0 / np.sqrt(size) + 0.02  # bias of order 1/n of the estimator
    assert pulls.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2 * size) + 0.02)
    covered = (np.abs(pulls) < 1.0).mean()
    assert covered == pytest.approx(0.6827, abs=4.0 * np.sqrt(0.6827 * 0.3173 / size) + 0.005)


def narrow(events: np.ndarray, width: float = 1.0):
    """A Gaussian without a closed integral on a wide range, which starts out wide."""
    import hs3

    expression = "exp(-(x - mu)^2/(2*s^2))"
    return hs3.compile(
        {
            "metadata": {"hs3_version": "0.2.9"},
            "distributions": [{"name": "f", "type": "generic_dist", "expression": expression}],
            "data": [
                {
                    "name": "d",
                    "type": "unbinned",
                    "axes": [{"name": "x", "min": -40.0, "max": 50.0}],
                    "entries": [[float(x)] for x in events],
                }
            ],
            "domains": [
                {
                    "name": "all",
                    "type": "product_domain",
                    "axes": [
                        {"name": "mu", "min": -20.0, "max": 20.0},
                        {"name": "s", "min": 1e-3, "max": 30.0},
                    ],
                }
            ],
            "parameter_points": [
                {
                    "name": "start",
                    "parameters": [{"name": "mu", "value": 2.0}, {"name": "s", "value": width}],
                }
            ],
        },
        pdf="f",
        data="d",
    )


@pytest.mark.slow
def test_fits_go_on_with_finer_integrals_where_they_must():
    """The best fit is 500 times narrower than the start: its normalisation needs more panels."""
    events = np.random.default_rng(3).normal(1.0, 0.02, (5, 40))
    model = narrow(events[0], width=10.0)
    single = engine.fit(model)
    assert single.converged
    toys = Dataset({}, {}, {"f": engine.Events({"x": events}, np.ones_like(events))})
    batch = fit_batch(model, data=toys, covariance=True)
    assert batch.converged.all()
    np.testing.assert_allclose(batch.value("mu"), events.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(batch.value("s"), events.std(axis=1), rtol=1e-6)
    np.testing.assert_allclose(batch.error("mu"), events.std(axis=1) / np.sqrt(40), rtol=1e-5)
    assert batch.nll[0] == pytest.approx(single.nll, abs=1e-7)
    assert single.values["s"] == pytest.approx(events[0].std(), rel=1e-6)


def test_a_fit_whose_integrals_stay_rough_has_not_converged(monkeypatch):
    from hs3.engine import accuracy

    monkeypatch.setattr(accuracy, "MOST_PANELS", 16)
    events = np.random.default_rng(3).normal(1.0, 0.02, (2, 40))
    model = narrow(events[0], width=10.0)
    single = engine.fit(model)
    assert not single.converged
    assert "integral" in single.message
    toys = Dataset({}, {}, {"f": engine.Events({"x": events}, np.ones_like(events))})
    batch = fit_batch(model, data=toys)
    assert not batch.converged.any()
    assert "integral" in batch.message(0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same(model, tmp_path):
    """Workers of dask are processes: what they give is kept here, and is what is found here."""
    distributed = pytest.importorskip("distributed", reason="needs hs3-reference[dask]")

    import hs3

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        far = fit_toys(model, 64, seed=2, chunk=16, executor=executor, folder=tmp_path)
        scan = hs3.scan(model, "mu", np.linspace(0.0, 2.0, 6), chunk=2, executor=executor)
    assert len(list(tmp_path.rglob("*.npz"))) == 4
    here = fit_toys(model, 64, seed=2, chunk=16)
    for name, array in here.to_arrays().items():
        np.testing.assert_array_equal(far.to_arrays()[name], array)
    near = hs3.scan(model, "mu", np.linspace(0.0, 2.0, 6), chunk=2)
    np.testing.assert_array_equal(scan.nll, near.nll)


def test_threads_of_an_executor_do_not_wait_for_each_other(model):
    whole = fit_toys(model, 96, seed=5)
    with ThreadPoolExecutor(2) as pool:
        parts = fit_toys(model, 96, seed=5, chunk=16, executor=pool)
    np.testing.assert_allclose(parts.values, whole.values, rtol=1e-6, atol=1e-8)
