"""From HistFactory documents to their meaning: numbers, shapes, contradictions, and ROOT."""

from __future__ import annotations

import json
import time
from typing import Any

import builders as b
import numpy as np
import pytest
from conftest import DATA, label, shared_files
from reference_histfactory import twice_nll

from hs3.histfactory.meaning import BinFactors, HistoSys, NormFactor, NormSys
from hs3.resolve import attempt, resolve
from hs3.workspace import Workspace, loads


def graph_of(*samples: dict[str, Any], **options: Any) -> Any:
    return resolve(b.workspace(b.document(*samples, **options)))


def codes(document: dict[str, Any]) -> list[str]:
    return [f.code for f in attempt(b.workspace(document))[1]]


def scales(graph: Any) -> dict[str, tuple[str, float]]:
    return {c.parameter: (c.kind, c.scale) for c in graph.constraints}


def test_meaning_of_a_sample() -> None:
    factor = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    graph = graph_of(
        b.sample(factor, b.NORMSYS, b.HISTOSYS, b.SHAPESYS, b.STATERROR, errors=[1, 2])
    )
    (channel,) = graph.channels
    (sample,) = channel.samples
    assert [type(m) for m in sample.modifiers] == [
        NormFactor,
        NormSys,
        HistoSys,
        BinFactors,
        BinFactors,
    ]
    assert [m.path for m in sample.modifiers] == [
        f"/distributions/0/samples/0/modifiers/{i}" for i in range(5)
    ]
    assert channel.bins == 2
    assert channel.axes == ("x",)
    assert channel.data == "d"
    assert [e.tolist() for e in channel.edges] == [[0, 1, 2]]
    assert channel.observed.tolist() == [11, 19]
    assert sample.nominal.tolist() == [10, 20]
    assert sample.errors.tolist() == [1, 2]
    assert not sample.clip
    assert {p.name: p.value for p in graph.parameters} == {
        "mu": 1,
        "a": 0,
        "b": 0,
        "g0": 1,
        "g1": 1,
        "e0": 1,
        "e1": 1,
    }
    assert scales(graph) == {
        "a": ("gauss", 1.0),
        "b": ("gauss", 1.0),
        "g0": ("poisson", pytest.approx(100)),
        "g1": ("poisson", pytest.approx(25)),
        "e0": ("gauss", pytest.approx(0.1)),
        "e1": ("gauss", pytest.approx(0.1)),
    }


def test_staterror_adds_the_samples_that_share_it_in_quadrature() -> None:
    other = b.modifier(b.STATERROR, parameters=["f0", "f1"])
    graph = graph_of(
        b.sample(b.STATERROR, errors=[3, 0]),
        b.sample(b.STATERROR, name="t", contents=[40, 20], errors=[4, 0]),
        b.sample(other, name="u", errors=[1, 1]),
        b.sample(name="without", contents=[1000, 1000], errors=[9, 9]),
    )
    assert scales(graph) == {
        "e0": ("gauss", pytest.approx(5 / 50)),
        "f0": ("gauss", pytest.approx(1 / 10)),
        "f1": ("gauss", pytest.approx(1 / 20)),
    }
    assert graph.parameter("e1").const


def test_staterror_without_expected_events_is_constant() -> None:
    graph = graph_of(b.sample(b.STATERROR, contents=[0, 20], errors=[1, 2]), b.sample(name="t"))
    assert graph.parameter("e0").const
    assert set(scales(graph)) == {"e1"}


def test_one_sample_that_says_the_kind_speaks_for_all() -> None:
    silent = b.modifier(b.STATERROR, "constraint")
    graph = graph_of(
        b.sample(silent, errors=[1, 2]), b.sample(b.STATERROR, name="t", errors=[1, 2])
    )
    assert {kind for kind, _ in scales(graph).values()} == {"gauss"}


@pytest.mark.parametrize(
    "point, packages, const",
    [
        ({"name": "g1", "value": 1.0}, None, True),
        ({"name": "g1", "value": 1.0, "const": False}, None, False),
        ({"name": "g1", "value": 1.0}, b.ROOT_640, False),
        ({"name": "g1", "value": 1.0, "const": True}, b.ROOT_640, True),
        ({"name": "g0", "value": 1.0}, b.ROOT_640, True),
    ],
)
def test_bin_without_uncertainty(point: dict[str, Any], packages: Any, const: bool) -> None:
    points = [{"name": "default_values", "parameters": [point]}]
    spelled = b.modifier(b.SHAPESYS, data={"vals": [0.1, 0.0]})
    graph = graph_of(b.sample(spelled), packages=packages, parameter_points=points)
    assert graph.parameter("g1").const is const
    assert set(scales(graph)) == {"g0"}


def test_constraints_are_counted_once() -> None:
    again = b.document(b.sample(b.NORMSYS, b.SHAPESYS), b.sample(b.NORMSYS, name="t"))
    other = again["distributions"][0] | {"name": "ch2"}
    again["distributions"].append(other)
    again["likelihoods"][0] = {"name": "l", "distributions": ["ch", "ch2"], "data": ["d", "d"]}
    graph = resolve(b.workspace(again))
    assert len(graph.channels) == 2
    assert sorted(scales(graph)) == ["a", "g0", "g1"]
    assert len(graph.constraints) == 3


CONFLICTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "kinds": (
        [b.SHAPESYS, b.modifier(b.SHAPESYS, name="t", constraint="Gauss")],
        "/distributions/0/samples/0/modifiers/1",
    ),
    "numbers": (
        [b.SHAPESYS, b.modifier(b.SHAPESYS, name="t", data={"vals": [0.1, 0.3]})],
        "/distributions/0/samples/0/modifiers/1",
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_contradicting_constraints(case: str) -> None:
    modifiers, path = CONFLICTS[case]
    graph, report = attempt(b.workspace(b.document(b.sample(*modifiers))))
    assert graph is None
    assert {(f.code, f.path) for f in report.errors} == {("constraint.conflict", path)}


@pytest.mark.parametrize("kind", ["Poisson", "LogNormal", "Gamma"])
def test_kinds_that_need_a_factor(kind: str) -> None:
    spelled = b.modifier(b.NORMSYS, constraint=kind)
    graph, report = attempt(b.workspace(b.document(b.sample(spelled))))
    assert graph is None
    assert [f.code for f in report.errors] == ["constraint.not_applicable"]
    factor = {"name": "k", "type": "normfactor", "parameter": "k", "constraint": kind}
    (found,) = graph_of(b.sample(factor)).constraints
    assert (found.kind, found.observed, found.scale) == (kind.lower(), 1.0, 1.0)


def test_root_adds_what_the_standard_multiplies() -> None:
    linear = [b.modifier(b.NORMSYS, interpolation=0, name=n, parameter=n) for n in "pq"]
    document = b.document(b.sample(*linear), packages=b.ROOT_640)
    assert "histfactory.normsys_composition" in codes(document)
    exponential = [b.modifier(m, interpolation=5) for m in linear]
    document = b.document(b.sample(*exponential), packages=b.ROOT_640)
    assert "histfactory.normsys_composition" not in codes(document)


def test_custom_modifier_is_a_function() -> None:
    double = {"name": "double", "type": "generic_function", "expression": "2 * mu"}
    shape = {"name": "shape", "type": "generic_function", "expression": "1 + x"}
    graph = graph_of(
        b.sample({"name": "double", "type": "custom"}),
        functions=[double],
        parameter_points=b.point(mu=1),
    )
    assert [f.name for f in graph.functions] == ["double"]
    assert [p.name for p in graph.parameters] == ["mu"]
    factor = b.sample({"name": "shape", "type": "custom"})
    (found,) = graph_of(factor, functions=[shape]).channels[0].samples[0].modifiers
    assert (found.function, found.parameters) == ("shape", ())
    systematic = b.modifier(b.NORMSYS, parameter="shape", constraint="None")
    bad = b.document(b.sample(systematic), functions=[shape])
    errors = [f.code for f in attempt(b.workspace(bad))[1].errors]
    assert errors == ["histfactory.depends_on_observable"]


def test_data_with_axes_in_another_order() -> None:
    axes = [
        {"name": "x", "min": 0, "max": 2, "nbins": 2},
        {"name": "y", "min": 0, "max": 3, "nbins": 3},
    ]
    data = [{"name": "d", "type": "binned", "axes": axes[::-1], "contents": [1, 4, 2, 5, 3, 6]}]
    graph = graph_of(b.sample(contents=range(1, 7)), channel={"axes": axes}, data=data)
    assert graph.channels[0].observed.tolist() == [1, 2, 3, 4, 5, 6]


TWO_AXES: list[tuple[dict[str, float], float]] = [
    ({"alpha_sh": 0.7}, 1.4167199041706553),
    ({"gamma_u_bin_0_0": 1.1}, 0.849690991383838),
    ({"gamma_u_bin_1_0": 1.1}, 0.493073071174166),
    ({"gamma_u_bin_0_1": 1.1}, 0.5883723187385499),
    ({"gamma_u_bin_1_1": 1.1}, 1.0550350196491074),
    ({"gamma_u_bin_0_2": 1.1}, 0.8397856364266829),
    ({"gamma_u_bin_1_2": 1.1}, 0.5910667303594188),
    ({"gamma_stat_SR_bin_1_0": 1.1}, 0.9432958099588973),
    ({"gamma_stat_SR_bin_0_1": 1.1}, 0.5883723187385499),
    ({"gamma_stat_SR_bin_1_1": 1.1}, 2.416385604227173),
    ({"gamma_stat_SR_bin_0_2": 1.1}, 2.7157137146966797),
    ({"gamma_stat_SR_bin_1_2": 1.1}, 1.2036146742843812),
    ({"mu": 1.7}, 1.3911196715755665),
]
"""2 (NLL(point) - NLL(start)) by ROOT 6.40 (backend `cpu`) on the workspace that it wrote."""


def test_channel_with_two_axes_agrees_with_root() -> None:
    graph = resolve(loads((DATA / "root640_two_axes.hs3.json").read_bytes()))
    start = twice_nll(graph)
    found = [twice_nll(graph, at) - start for at, _ in TWO_AXES]
    # ROOT writes `errors` with seven digits.
    np.testing.assert_allclose(found, [wanted for _, wanted in TWO_AXES], rtol=1e-6)


FROZEN = [
    p
    for p in shared_files("conformance/root640/*/hs3.json")
    if p.parent.name.startswith(("hf_", "hand_histfactory"))
]


@pytest.mark.parametrize("path", FROZEN, ids=label)
def test_frozen_numbers_of_root(path: Any) -> None:
    workspace = loads(path.read_bytes())
    expected = json.loads((path.parent / "expected.json").read_text())
    scans = [c for c in expected["checks"] if c["kind"] == "twice_delta_nll_scan"]
    assert scans
    for scan in scans:
        graph = resolve(workspace, **scan["target"])
        known = {p.name for p in graph.parameters}
        reference = {k: v for k, v in scan["reference_point"].items() if k in known}
        start = twice_nll(graph, reference)
        points = [
            reference | dict(zip(scan["scan_parameters"], at, strict=True))
            for at in scan["scan_points"]
        ]
        found = [twice_nll(graph, at) - start for at in points]
        np.testing.assert_allclose(found, scan["expected"], **scan["tolerance"])


def large(channels: int, samples: int, modifiers: int) -> dict[str, Any]:
    """Channels × samples × modifiers, normsys and histosys in turn, on shared parameters."""
    made = []
    for m in range(modifiers):
        base = b.HISTOSYS if m % 2 else b.NORMSYS
        made.append(b.modifier(base, name=f"m{m}", parameter=f"alpha_{m}", constraint="Gauss"))
    one = b.document(*(b.sample(*made, name=f"s{s}") for s in range(samples)))
    (channel,) = one["distributions"]
    one["distributions"] = [channel | {"name": f"ch{c}"} for c in range(channels)]
    one["likelihoods"] = [
        {
            "name": "l",
            "distributions": [f"ch{c}" for c in range(channels)],
            "data": ["d"] * channels,
        }
    ]
    return one


def test_time_grows_with_the_document() -> None:
    workspace = Workspace.from_json(large(5, 20, 100))
    start = time.perf_counter()
    graph = resolve(workspace)
    seconds = time.perf_counter() - start
    assert len(graph.constraints) == 100
    assert len(graph.report) < 40
    assert seconds < 2.0, "10,000 modifiers take about 0.1 s"


@pytest.mark.parametrize(
    "stated, packages, clip",
    [
        (None, None, False),
        (None, b.ROOT_640, True),
        (False, b.ROOT_640, False),
        (True, None, True),
    ],
)
def test_whether_a_sample_is_cut_at_zero_can_be_said(stated, packages, clip) -> None:
    more = {} if stated is None else {"positiveDefinite": stated}
    data = b.document(b.sample(b.modifier(b.HISTOSYS, **more)), packages=packages)
    graph, report = attempt(b.workspace(data | {"parameter_points": b.point(b=0.0)}))
    assert graph is not None, [str(f) for f in report.errors]
    assert graph.channels[0].samples[0].clip is clip


def test_histosys_of_a_sample_agree_on_the_cut() -> None:
    one = b.modifier(b.HISTOSYS, positiveDefinite=True)
    other = b.modifier(b.HISTOSYS, name="o", parameter="o", positiveDefinite=False)
    data = b.document(b.sample(one, other), parameter_points=b.point(b=0.0, o=0.0))
    _, report = attempt(b.workspace(data))
    assert "histfactory.positive_definite" in {f.code for f in report.errors}
