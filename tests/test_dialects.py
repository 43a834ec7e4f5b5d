"""Every dialect rule: a document that needs it, what it makes of it, and that it is reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import builders as b
import numpy as np
import pytest
from conftest import ROOT

from hs3.codes import CODES
from hs3.dialects import RULES
from hs3.dialects.base import Log, Writer, rule
from hs3.graph import Graph
from hs3.histfactory.meaning import (
    BinFactors,
    BinFunction,
    Constraint,
    HistoSys,
    Interpolation,
    NormSys,
)
from hs3.resolve import attempt

Code = Interpolation
Check = Callable[[Graph], Any]


def first(graph: Graph, index: int = 0) -> Any:
    return graph.channels[0].samples[0].modifiers[index]


def constraint(graph: Graph, parameter: str) -> Constraint | None:
    found = [c for c in graph.constraints if c.parameter == parameter]
    assert len(found) <= 1
    return found[0] if found else None


def measured(parameter: str, kind: str, observed: Any, scale: Any) -> Check:
    def check(graph: Graph) -> bool:
        found = constraint(graph, parameter)
        assert found is not None
        same = (found.kind, found.observed, found.scale)
        return same == (kind, pytest.approx(observed), pytest.approx(scale))

    return check


def is_const(name: str) -> Check:
    return lambda g: g.parameter(name).const and constraint(g, name) is None


GAUSS = {"name": "c", "type": "gaussian_dist", "x": "a", "mean": "nom_a", "sigma": 1.0}
TILT = {"name": "f", "type": "generic_function", "expression": "1 + t*x"}
NOMINAL = [
    {
        "name": "default_values",
        "parameters": [
            {"name": "a", "value": 0.0},
            {"name": "nom_a", "value": 0.5, "const": True},
        ],
    }
]
STEPS = [
    {"name": "x", "min": 0, "max": 2, "nbins": 2},
    {"name": "y", "min": 0, "max": 3, "nbins": 3},
]


def one(*modifiers: dict[str, Any], errors: Any = (1, 2), **more: Any) -> dict[str, Any]:
    return b.document(b.sample(*modifiers, errors=errors), **more)


def two_axes() -> dict[str, Any]:
    names = [f"g{i}" for i in range(6)]
    bins = b.sample({"name": "f", "type": "shapefactor", "parameters": names}, contents=range(1, 7))
    data = [
        {
            "name": "d",
            "type": "unbinned",
            "axes": STEPS,
            "entries": [[0.5, 0.5], [0.5, 1.5], [1.5, 2.5]],
            "weights": [3, 4, 5],
        }
    ]
    return b.document(bins, packages=b.ROOT_640, channel={"axes": STEPS}, data=data)


CASES: dict[str, tuple[dict[str, Any], Check]] = {
    "dialect.normsys_interpolation_default": (
        one(b.NORMSYS),
        lambda g: first(g).interpolation is Code.POLY6_EXPONENTIAL,
    ),
    "dialect.histosys_interpolation_default": (
        one(b.HISTOSYS),
        lambda g: first(g).interpolation is Code.POLY6_LINEAR,
    ),
    "dialect.interpolation_root_code": (
        one(b.modifier(b.NORMSYS, interpolation=4)),
        lambda g: first(g).interpolation is Code.POLY6_EXPONENTIAL,
    ),
    "dialect.interpolation_pyhf_name": (
        one(b.modifier(b.NORMSYS, interpolation="code1")),
        lambda g: first(g).interpolation is Code.EXPONENTIAL,
    ),
    "dialect.interpolation_structured": (
        one(b.modifier(b.HISTOSYS, interpolation={"type": "add", "in": "poly2", "out": "poly1"})),
        lambda g: first(g).interpolation is Code.PARABOLIC,
    ),
    "dialect.interpolation_in_data": (
        one(b.modifier(b.NORMSYS, data={"hi": 1.2, "lo": 0.9, "interpolation": "code4"})),
        lambda g: first(g).interpolation is Code.POLY6_EXPONENTIAL,
    ),
    "dialect.channel_interpolation": (
        one(
            b.NORMSYS,
            channel={"default_interpolation": {"type": "add", "in": "poly1", "out": None}},
        ),
        lambda g: first(g).interpolation is Code.LINEAR,
    ),
    "dialect.histosys_absolute": (one(b.HISTOSYS), lambda g: list(first(g).hi) == [12, 25]),
    "dialect.clip_at_zero": (
        one(b.HISTOSYS, packages=b.ROOT_640),
        lambda g: g.channels[0].samples[0].clip,
    ),
    "dialect.normsys_nonpositive": (
        one(b.modifier(b.NORMSYS, data={"hi": 1.3, "lo": 0.0})),
        lambda g: first(g).lo == np.finfo(float).eps and first(g).hi == 1.3,
    ),
    "dialect.function_of_observable": (
        one({"name": "f", "type": "custom"}, functions=[TILT], parameter_points=b.point(t=0.1)),
        lambda g: first(g) == BinFunction("f", "f", ("t",), first(g).path),
    ),
    "dialect.shapesys_vals_relative": (one(b.SHAPESYS), measured("g0", "poisson", 100, 100)),
    "dialect.shapesys_vals_absolute": (
        one(b.modifier(b.SHAPESYS, data={"vals": [1, 4]}), packages=b.PYHS3),
        measured("g1", "poisson", 25, 25),
    ),
    "dialect.shapesys_vals_tau": (
        one(
            b.modifier(b.SHAPESYS, data={"vals": [50, 70]}),
            packages=[{"name": "ROOT", "version": "6.30/04"}],
        ),
        measured("g1", "poisson", 70, 70),
    ),
    "dialect.shapesys_zero_is_shapefactor": (
        one(b.modifier(b.SHAPESYS, data={"vals": [0, 0]})),
        lambda g: not g.constraints and not g.parameter("g0").const,
    ),
    "dialect.zero_uncertainty_fixed": (
        one(b.modifier(b.SHAPESYS, data={"vals": [0.1, 0]})),
        is_const("g1"),
    ),
    "dialect.bins_constant": (one(b.modifier(b.SHAPESYS, constraint="Const")), is_const("g0")),
    "dialect.staterror_threshold": (
        one(b.STATERROR, errors=(0.1, 2), channel={"staterror": {"relThreshold": 0.05}}),
        lambda g: g.parameter("e0").const and not g.parameter("e1").const,
    ),
    "dialect.staterror_channel_settings": (
        one(
            b.modifier(b.STATERROR, "constraint"),
            channel={"staterror": {"constraint_type": "Gauss"}},
        ),
        measured("e0", "gauss", 1, 0.1),
    ),
    "dialect.staterror_uncertainties": (
        one(b.modifier(b.STATERROR, data={"uncertainties": [3, 4]}), errors=None),
        measured("e1", "gauss", 1, 0.2),
    ),
    "dialect.staterror_missing_errors": (
        one(b.STATERROR, errors=None),
        measured("e0", "gauss", 1, 10**-0.5),
    ),
    "dialect.bins_first_axis_fastest": (
        two_axes(),
        lambda g: first(g).parameters == ("g0", "g2", "g4", "g1", "g3", "g5"),
    ),
    "dialect.events_counted": (
        two_axes(),
        lambda g: g.channels[0].observed.tolist() == [3, 4, 0, 0, 0, 5],
    ),
    "dialect.bin_bounds": (
        one(b.SHAPESYS),
        lambda g: (g.parameter("g0").min, g.parameter("g0").max) == (0, 10),
    ),
    "dialect.bin_parameters_derived": (
        one(b.modifier(b.STATERROR, "parameters"), channel={"name": "ch"}),
        lambda g: first(g).parameters == ("gamma_stat_ch_bin_0", "gamma_stat_ch_bin_1"),
    ),
    "dialect.single_parameter_per_bin": (
        b.document(
            b.sample(
                b.modifier(b.SHAPESYS, "parameters", parameter="g", data={"vals": [0.1]}),
                contents=[10],
            ),
            channel={"axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}]},
            data=[
                {
                    "name": "d",
                    "type": "binned",
                    "contents": [9],
                    "axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}],
                }
            ],
        ),
        lambda g: first(g).parameters == ("g",),
    ),
    "dialect.parameter_derived": (
        one(b.modifier(b.NORMSYS, "parameter")),
        lambda g: first(g).parameter == "alpha_n",
    ),
    "dialect.normfactor_by_name": (
        one({"name": "mu", "type": "normfactor"}),
        lambda g: first(g).parameter == "mu",
    ),
    "dialect.modifier_unnamed": (
        one(b.modifier(b.NORMSYS, "name")),
        lambda g: first(g).name == "a",
    ),
    "dialect.sample_unnamed": (
        b.document(b.sample(b.NORMSYS, name=None)),
        lambda g: g.channels[0].samples[0].name == "sample_0",
    ),
    "dialect.axes_from_data": (
        one(b.NORMSYS, channel={"axes": []}),
        lambda g: g.channels[0].axes == ("x",) and g.channels[0].bins == 2,
    ),
    "dialect.constraint_name": (
        one(b.modifier(b.NORMSYS, constraint_name="c"), more=[GAUSS], parameter_points=NOMINAL),
        measured("a", "gauss", "nom_a", 1.0),
    ),
    "dialect.constraint_is_name": (
        one(b.modifier(b.NORMSYS, constraint="c"), more=[GAUSS], parameter_points=NOMINAL),
        measured("a", "gauss", "nom_a", 1.0),
    ),
    "dialect.constraint_per_bin": (
        one(
            b.modifier(b.SHAPESYS, "constraint", constraints=["cg", None]),
            more=[{"name": "cg", "type": "gaussian_dist", "x": 1.0, "mean": "g0", "sigma": 0.3}],
        ),
        lambda g: [c.name for c in g.constraints] == ["cg"] and not g.parameter("g1").const,
    ),
    "dialect.constraint_type": (
        one(b.modifier(b.SHAPESYS, "constraint", constraint_type="Gauss")),
        measured("g1", "gauss", 1, 0.2),
    ),
    "dialect.constraint_name_wins": (
        one(
            b.modifier(b.NORMSYS, constraint="Gauss", constraint_name="c"),
            more=[GAUSS],
            parameter_points=NOMINAL,
        ),
        measured("a", "gauss", "nom_a", 1.0),
    ),
    "dialect.sys_constraint_default": (one(b.NORMSYS), measured("a", "gauss", 0, 1)),
    "dialect.shapesys_constraint_default": (
        one(b.modifier(b.SHAPESYS, "constraint")),
        measured("g0", "poisson", 100, 100),
    ),
    "dialect.staterror_constraint_default": (
        one(b.modifier(b.STATERROR, "constraint")),
        measured("e0", "poisson", 100, 100),
    ),
    "dialect.constraint_stated_twice": (
        one(
            b.modifier(b.NORMSYS, constraint="Gauss"),
            more=[{"name": "aux", "type": "gaussian_dist", "x": "a", "mean": 0, "sigma": 1}],
            likelihoods=[
                {"name": "l", "distributions": ["ch"], "data": ["d"], "aux_distributions": ["aux"]}
            ],
        ),
        lambda g: [c.name for c in g.constraints] == ["aux"],
    ),
    "dialect.constraint_kind_and_name": (
        one(
            b.modifier(b.NORMSYS, constraint="Gauss"),
            b.modifier(b.HISTOSYS, parameter="a", constraint_name="c"),
            more=[GAUSS],
            parameter_points=NOMINAL,
        ),
        lambda g: [c.name for c in g.constraints] == ["c"],
    ),
    "dialect.wide_gauss": (
        one(
            b.modifier(b.NORMSYS, constraint="wide"),
            more=[{"name": "wide", "type": "gaussian_dist", "x": "a", "mean": 0, "sigma": 100.0}],
        ),
        measured("a", "gauss", 0, 100),
    ),
    "dialect.nominal_by_name": (
        one(
            b.modifier(b.SHAPESYS, constraint="Poisson"),
            packages=b.ROOT_640,
            parameter_points=[
                *b.point(g0=1.0),
                {"name": "measured", "parameters": [{"name": "nom_g0", "value": 98.0}]},
            ],
        ),
        lambda g: constraint(g, "g0").observed == "nom_g0" and g.parameter("nom_g0").value == 98.0,
    ),
    "dialect.constant_tag": (
        one(
            b.NORMSYS,
            parameter_points=b.point(a=0),
            misc={"ROOT_internal": {"attributes": {"a": {"tags": ["Constant"]}}}},
        ),
        lambda g: g.parameter("a").const,
    ),
    "dialect.observed_fixed": (
        one(
            b.modifier(b.NORMSYS, constraint="c"),
            more=[GAUSS],
            parameter_points=b.point(a=0, nom_a=0),
        ),
        lambda g: g.parameter("nom_a").const,
    ),
    "dialect.combined_distribution": (
        one(
            b.NORMSYS,
            data=[{"name": "obs_SR", "type": "binned", "axes": [b.AXIS], "contents": [1, 2]}],
            misc={
                "ROOT_internal": {
                    "combined_distributions": {"sim": {"distributions": ["ch"], "labels": ["SR"]}}
                }
            },
        ),
        lambda g: g.channels[0].data == "obs_SR",
    ),
}

CHOICE = {
    "dialect.combined_distribution": {"pdf": "sim", "data": "obs"},
    "dialect.histosys_additive": {"histosys": "additive"},
}
CASES["dialect.crystalball_one_tail"] = (
    {
        "distributions": [
            {"name": "p", "type": "crystalball_dist"}
            | {"m": "x", "m0": 1, "sigma": "s", "alpha": 1.5, "n": 2}
        ],
        "data": [
            {
                "name": "d",
                "type": "unbinned",
                "axes": [{"name": "x", "min": 0, "max": 5}],
                "entries": [[1.0]],
            }
        ],
        "parameter_points": [{"name": "start", "parameters": [{"name": "s", "value": 1.0}]}],
        "domains": [
            {"name": "all", "type": "product_domain", "axes": [{"name": "s", "min": 0, "max": 9}]}
        ],
    },
    lambda g: g.terms[0].distribution.name == "p",
)


def of_function(function: dict[str, Any]) -> dict[str, Any]:
    """A Gaussian whose mean is a function of `s`."""
    data = {**CASES["dialect.crystalball_one_tail"][0]}
    data["distributions"] = [
        {"name": "p", "type": "gaussian_dist", "x": "x", "mean": "f", "sigma": 1.0}
    ]
    return data | {"functions": [{"name": "f", **function}]}


CASES["dialect.interpolation_codes_missing"] = (
    of_function(
        {"type": "interpolation0d", "vars": ["s"], "nom": 1.0, "low": [0.8], "high": [1.3]}
    ),
    lambda g: g.functions[0].name == "f",
)
CASES["dialect.spline_logx"] = (
    of_function({"type": "spline", "x": "s", "x0": [1, 2, 4], "y0": [1, 2, 2], "logx": True}),
    lambda g: g.functions[0].name == "f",
)
for code in ("dialect.interpolation_codes_missing", "dialect.spline_logx"):
    CHOICE[code] = {"pdf": "p", "data": "d"}
CHOICE["dialect.crystalball_one_tail"] = {"pdf": "p", "data": "d"}
CASES["dialect.histosys_additive"] = (
    one(b.HISTOSYS),
    lambda g: list(first(g).hi) == [22, 45] and list(first(g).lo) == [19, 38],
)


@pytest.mark.parametrize("code", CASES)
def test_rule_applies_and_is_reported(code: str) -> None:
    data, check = CASES[code]
    graph, report = attempt(b.workspace(data), **CHOICE.get(code, {}))
    assert graph is not None, [str(f) for f in report.errors]
    fired = [f for f in report if f.code == code]
    assert len(fired) == 1, [str(f) for f in report]
    assert fired[0].severity == CODES[code].severity
    assert check(graph)


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("made", RULES.values(), ids=lambda r: r.code)
def test_rule_says_how_and_who(made: Any) -> None:
    assert made.code.startswith("dialect.")
    assert made.writers
    assert made.reading.endswith((".", "list"))
    assert len(made.reading) > 30


def test_firings_are_counted_per_channel() -> None:
    many = [b.modifier(b.NORMSYS, name=f"n{i}", parameter=f"a{i}") for i in range(1000)]
    _, report = attempt(b.workspace(b.document(b.sample(*many))))
    (found,) = [f for f in report if f.code == "dialect.normsys_interpolation_default"]
    assert found.path == "/distributions/0/samples/0/modifiers/0"
    assert "1000 times in channel ch" in found.message


def test_writer_reads_versions() -> None:
    writer = Writer.of([{"name": "ROOT", "version": "6.30/04"}, {"name": "x"}, {"version": 1}, 3])
    assert writer.root
    assert writer.root_before(6, 32)
    assert not writer.root_before(6, 30)
    assert not Writer.of(None).root
    assert not Writer.of([{"name": "ROOT"}]).root_before(6, 32)


def test_a_rule_can_be_declared_and_applied() -> None:
    @rule("dialect.test_only", writers="nobody")
    def twice(value: int) -> int:
        """Numbers count twice.

        Not part of the reading.
        """
        return 2 * value

    try:
        log = Log("here")
        assert log.apply(twice, "/a", 3) == 6
        assert log.apply(twice, "/b", 4) == 8
        (finding,) = log.report()
        assert finding.path == "/a"
        assert finding.message == "Numbers count twice. (2 times in here, first here)"
        assert twice(5) == 10
    finally:
        del RULES["dialect.test_only"], CODES["dialect.test_only"]


def test_page_lists_every_rule() -> None:
    page = (ROOT / "spec" / "dialects.md").read_text()
    assert all(f"`{code}`" in page for code in RULES)


INTERPOLATIONS = [
    *(
        (kind, spelled, meant)
        for kind in ("normsys", "histosys")
        for spelled, meant in (
            ("lin", Code.LINEAR),
            ("log", Code.EXPONENTIAL),
            ("parabolic", Code.PARABOLIC),
            ("poly6", Code.POLY6_LINEAR),
            ("code0", Code.LINEAR),
            ("code1", Code.EXPONENTIAL),
            ("code2", Code.PARABOLIC),
            ("code4", Code.POLY6_EXPONENTIAL),
            ("code4p", Code.POLY6_LINEAR),
            (0, Code.LINEAR),
            (1, Code.EXPONENTIAL),
            (2, Code.PARABOLIC),
            (3, Code.PARABOLIC),
            (2.0, Code.PARABOLIC),
            (5, Code.POLY6_EXPONENTIAL),
            ("5", Code.POLY6_EXPONENTIAL),
            ({"type": "add", "in": "poly1", "out": None}, Code.LINEAR),
            ({"type": "mult", "in": "exp", "out": None}, Code.EXPONENTIAL),
            ({"type": "add", "in": "poly6", "out": "poly1"}, Code.POLY6_LINEAR),
            ({"type": "mult", "in": "poly6", "out": "exp"}, Code.POLY6_EXPONENTIAL),
            (7, None),
            (-1, None),
            (4.5, None),
            ("cubic", None),
            ({}, None),
            ({"type": "mult", "in": ["exp"], "out": None}, None),
        )
    ),
    ("normsys", 4, Code.POLY6_EXPONENTIAL),
    ("histosys", 4, Code.POLY6_LINEAR),
]


@pytest.mark.parametrize("kind, spelled, meant", INTERPOLATIONS, ids=str)
def test_interpolation_spellings(kind: str, spelled: Any, meant: Interpolation | None) -> None:
    base = b.NORMSYS if kind == "normsys" else b.HISTOSYS
    graph, report = attempt(b.workspace(one(b.modifier(base, interpolation=spelled))))
    if meant is None:
        assert graph is None
        (error,) = report.errors
        assert error.code == "histfactory.unknown_interpolation"
        assert error.path == "/distributions/0/samples/0/modifiers/0/interpolation"
        return
    assert graph is not None
    assert isinstance(first(graph), NormSys | HistoSys)
    assert first(graph).interpolation is meant


@pytest.mark.parametrize(
    "word, kind",
    [
        ("Gauss", "gauss"),
        ("gauss", "gauss"),
        ("Gaussian", "gauss"),
        ("Poisson", "poisson"),
        ("LogNormal", "lognormal"),
        ("Lognormal", "lognormal"),
        ("Gamma", "gamma"),
    ],
)
def test_kinds_on_bins(word: str, kind: str) -> None:
    graph, _ = attempt(b.workspace(one(b.modifier(b.SHAPESYS, constraint=word))))
    assert graph is not None
    observed = {"gauss": (1, 0.1), "lognormal": (1, 0.1)}.get(kind, (100, 100))
    assert measured("g0", kind, *observed)(graph)
    assert isinstance(first(graph), BinFactors)


@pytest.mark.parametrize("word", ["None", "Const"])
def test_no_constraint(word: str) -> None:
    graph, _ = attempt(b.workspace(one(b.modifier(b.NORMSYS, constraint=word))))
    assert graph is not None
    assert not graph.constraints
