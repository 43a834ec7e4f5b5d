"""Random documents of every kind: the engine against the oracle, and through every adapter.

`HS3_RANDOM` is the number of documents: 20 by default, 2000 in a full run
(``make test-random``). What fails is shrunk and kept in ``tests/data/random``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import DATA
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from scipy import stats
from scipy.special import gammaln

sys.path += [str(Path(__file__).parent / folder) for folder in ("random_models", "adapters")]

import check
from trying import CHUNK, chunk, keep

import hs3
from hs3.conformance.strategies import RandomModel, channel_models, density_models, models
from hs3.errors import ConversionError
from hs3.graph import Graph
from hs3.resolve import resolve
from hs3.workspace import Workspace

COUNT = int(os.environ.get("HS3_RANDOM", "20"))
SEED = int(os.environ.get("HS3_RANDOM_SEED", "1"))
SIZES = [min(CHUNK, COUNT - i) for i in range(0, COUNT, CHUNK)]
KEPT = sorted((DATA / "random").glob("*.json"))


@pytest.mark.parametrize("number", range(len(SIZES)))
def test_the_engine_finds_the_numbers_of_the_oracle(number: int) -> None:
    failure = chunk(1000 * SEED + number, SIZES[number])
    if failure is not None:
        pytest.fail(f"{failure['found']}; kept as {keep(failure)}")


@pytest.mark.parametrize("number", range(len(SIZES)))
def test_adapters_keep_the_likelihood(number: int) -> None:
    count = max(SIZES[number] // 4, 3)
    failure = chunk(1000 * SEED + number, count, journeys=True)
    if failure is not None:
        pytest.fail(f"{failure['found']}; kept as {keep(failure)}")


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_once_failed(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    model = RandomModel(kept["document"], tuple(kept["points"]))
    with check.interpreting():
        check.check(model)
        check.check_journeys(model)


def some(strategy: SearchStrategy[RandomModel], count: int) -> list[RandomModel]:
    """Random documents, always the same."""
    found: list[RandomModel] = []
    for i in range(-(-count // 10)):

        @seed(SEED + i)
        @settings(
            max_examples=10,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        )
        @given(strategy)
        def collect(model: RandomModel) -> None:
            found.append(model)

        collect()
    return found[:count]


def test_every_document_is_valid_and_every_type_occurs() -> None:
    used: set[str] = set()
    for model in some(models(), 60):
        assert hs3.validate(model.document).ok
        used |= set(check.types(model.document))
    assert {"histfactory_dist", "unbinned", "binned", "mixture_dist", "normsys"} <= used
    assert len(used) > 40


# --- against the real software --------------------------------------------------------------------

NIGHTLY = max(COUNT // 10, 30)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # TensorFlow's
def test_zfit_keeps_the_likelihood() -> None:
    """What zfit can express comes back with the same likelihood; the rest is refused by name."""
    pytest.importorskip("zfit")
    before = check.JOURNEYS["zfit"]
    for number in range(-(-NIGHTLY // CHUNK)):
        failure = chunk(1000 * SEED + 500 + number, min(NIGHTLY, CHUNK), journeys=True)
        if failure is not None:
            pytest.fail(f"{failure['found']}; kept as {keep(failure)}")
    assert check.JOURNEYS["zfit"] - before >= NIGHTLY // 10


@pytest.mark.slow
def test_root_files_keep_the_likelihood() -> None:
    """What ROOT can be told comes back from a file that ROOT wrote."""
    from root_process import needs_root

    needs_root()
    before = check.JOURNEYS["root"]
    for strategy in (channel_models(), density_models()):
        for model in some(strategy, max(NIGHTLY // 10, 3)):
            check.check_journeys(model, {"root": check.by_root_file})
    assert check.JOURNEYS["root"] - before >= 3


@pytest.mark.slow
def test_pyhf_finds_the_same() -> None:
    """Channels that pyhf can express: -2 log L at the values of the document."""
    from pyhf_backend import Reference

    from hs3.adapters.pyhf import to_pyhf

    compared = 0
    for model in some(channel_models(plain=True), NIGHTLY):
        workspace = Workspace.from_json(model.document)
        try:
            raw, report = to_pyhf(workspace)
        except ConversionError:
            continue
        if any(finding.code == "pyhf.constant_term" for finding in report):
            continue  # other by a constant
        if not any(s["modifiers"] for c in raw["channels"] for s in c["samples"]):
            continue  # pyhf wants a parameter
        reference = Reference.of(raw, raw["measurements"][0]["name"], "code4")
        start = np.array(reference.model.config.suggested_init())
        wanted = 2 * check.oracle(model)[0]
        assert check.off(reference.twice_nll(start), wanted) < check.PRECISION, model.document
        compared += 1
    assert compared >= NIGHTLY // 3


def _constraint_nlls(graph: Graph, point: dict[str, float]) -> Iterator[float]:
    """Of each Gaussian and Poisson constraint of numbers, -log but for small terms."""
    for c in graph.constraints:
        if isinstance(c.observed, str) or isinstance(c.scale, str):
            continue
        value = point[c.parameter]
        if c.kind == "gauss":
            yield float(-stats.norm.logpdf(c.observed, value, c.scale))
        elif c.kind == "poisson":
            mean = c.scale * value
            yield float(mean - c.observed * np.log(mean) + gammaln(c.observed + 1.0))


def _cut(graph: Graph, point: dict[str, float]) -> float:
    """Of Gaussians of bins, whose nominal value is in [0, 10] in ROOT, which normalises there."""
    return sum(
        -float(stats.norm.logcdf(point[c.parameter] / c.scale))
        for c in graph.constraints
        if c.kind == "gauss" and c.observed == 1.0 and not isinstance(c.scale, str)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("strategy", "precision"),
    [(channel_models(plain=True), 1e-8), (density_models(), 1e-5)],
    ids=["channels", "densities"],
)
def test_root_finds_the_same(
    strategy: SearchStrategy[RandomModel], precision: float, tmp_path: Path
) -> None:
    """What ROOT can be told, it reads, and differences of -log L agree.

    Its integrals of densities are off by up to 1e-5. Its constraints are infinite where the density
    itself is below the smallest number, and those of bins are cut at zero.
    """
    from root_process import all_of_root, needs_root

    from hs3.adapters.root.json import to_root_json

    needs_root()
    documents: dict[str, Any] = {}
    points: dict[str, Any] = {}
    wanted: dict[str, list[float]] = {}
    graphs: dict[str, Graph] = {}
    for i, model in enumerate(some(strategy, NIGHTLY)):
        workspace = Workspace.from_json(model.document)
        try:
            documents[str(i)] = to_root_json(workspace)[0]
        except ConversionError:
            continue
        graphs[str(i)] = resolve(workspace)
        names = {p.name for p in graphs[str(i)].parameters}
        points[str(i)] = [{n: v for n, v in p.items() if n in names} for p in model.points]
        wanted[str(i)] = check.oracle(model)
    assert len(documents) >= 3
    compared = 0
    for key, found in all_of_root(documents, points, tmp_path).items():
        lost = [max(_constraint_nlls(graphs[key], p), default=0.0) > 700.0 for p in points[key]]
        assert all(np.isfinite(value) or gone for value, gone in zip(found, lost, strict=True))
        good = np.flatnonzero(np.isfinite(found))
        for i in good[1:]:
            change, theirs = wanted[key][i] - wanted[key][good[0]], found[i] - found[good[0]]
            cut = sum(_cut(graphs[key], points[key][j]) for j in (i, good[0]))
            assert abs(theirs - change) < precision * max(1.0, abs(change)) + cut, documents[key]
            compared += 1
    assert compared >= len(documents)
