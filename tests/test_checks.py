"""Every check: a document that fails it, and the code and place that are reported."""

from __future__ import annotations

from typing import Any

import builders as b
import pytest

from hs3.checks import validate
from hs3.codes import CODES
from hs3.findings import Finding
from hs3.resolve import attempt
from hs3.workspace import Workspace

GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "m", "sigma": 1.0}
EVENTS = {
    "name": "e",
    "type": "unbinned",
    "entries": [[1.0], [2.0]],
    "axes": [{"name": "x", "min": 0, "max": 5}],
}
POINT = [{"name": "default_values", "parameters": [{"name": "m", "value": 1.0}]}]
DOMAIN = [{"name": "dom", "type": "product_domain", "axes": [{"name": "m", "min": 0, "max": 5}]}]
ANALYSIS = {"name": "a", "likelihood": "l", "domain": "dom", "init": "default_values"}
CHANNEL = "/distributions/0"
MODIFIER = "/distributions/0/samples/0/modifiers/0"


def plain(**sections: Any) -> dict[str, Any]:
    """An unbinned likelihood without any finding; `sections` replace."""
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [GAUSS],
        "data": [EVENTS],
        "likelihoods": [{"name": "l", "distributions": ["g"], "data": ["e"]}],
        "domains": DOMAIN,
        "parameter_points": POINT,
        "analyses": [ANALYSIS],
    } | sections


def modified(**keys: Any) -> dict[str, Any]:
    return plain(distributions=[GAUSS | keys])


def channel(*modifiers: Any, **options: Any) -> dict[str, Any]:
    return b.document(b.sample(*modifiers, errors=(1, 2)), **options)


def function(**keys: Any) -> dict[str, Any]:
    return modified(mean="f") | {"functions": [{"name": "f"} | keys]}


def axis(**keys: Any) -> dict[str, Any]:
    return plain(data=[EVENTS | {"axes": [{"name": "x"} | keys]}])


def binned(contents: Any = (11, 19), **axis: Any) -> dict[str, Any]:
    data = {"name": "d", "type": "binned", "axes": [b.AXIS | axis], "contents": list(contents)}
    return b.document(b.sample(), data=[data])


def uncertain(given: dict[str, Any]) -> dict[str, Any]:
    """A density with binned data whose contents are uncertain."""
    axis = {"name": "x", "min": 0, "max": 2, "nbins": 2}
    data = {"name": "d", "type": "binned", "axes": [axis], "contents": [3, 4], "uncertainty": given}
    flat = {"name": "u", "type": "uniform_dist", "x": "x"}
    return {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [flat],
        "data": [data],
        "likelihoods": [{"name": "l", "distributions": ["u"], "data": ["d"]}],
    }


def constrained(dist: dict[str, Any], auxiliary: bool = True, **sections: Any) -> dict[str, Any]:
    likelihood = {
        "name": "l",
        "distributions": ["g"],
        "data": ["e"],
        "aux_distributions": ["c"] if auxiliary else [],
    }
    dist = {"name": "c", "type": "gaussian_dist"} | dist
    return plain(distributions=[GAUSS, dist], likelihoods=[likelihood]) | sections


def entry(**keys: Any) -> list[dict[str, Any]]:
    return [{"name": "default_values", "parameters": [{"name": "m", "value": 1.0} | keys]}]


CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("document.unknown_key", "/distributions/0/meen", modified(meen=2)),
    ("document.unknown_section", "/distribution", plain(distribution=[])),
    ("document.unknown_type", "/functions/0", plain(functions=[{"name": "f", "type": "summ"}])),
    (
        "document.unknown_type",
        "/distributions/1",
        plain(distributions=[GAUSS, {"name": "q", "type": "z"}]),
    ),
    ("document.no_type", "/distributions/1", plain(distributions=[GAUSS, {"name": "q"}])),
    ("document.missing_metadata", "/metadata", plain(metadata=None)),
    (
        "reference.unresolved",
        "/likelihoods/0/data/0",
        plain(likelihoods=[{"name": "l", "distributions": ["g"], "data": ["f"]}]),
    ),
    ("reference.unresolved", "/analyses/0/domain", plain(analyses=[ANALYSIS | {"domain": "dome"}])),
    ("reference.unresolved", "/analyses/0/init", plain(analyses=[ANALYSIS | {"init": "start"}])),
    (
        "reference.unresolved",
        "/analyses/0/likelihood",
        plain(analyses=[ANALYSIS | {"likelihood": "k"}]),
    ),
    (
        "reference.unresolved",
        "/functions/0/summands/0",
        plain(functions=[{"name": "f", "type": "sum", "summands": ["mm"]}]),
    ),
    (
        "reference.wrong_kind",
        "/distributions/1/factors/0",
        plain(
            distributions=[GAUSS, {"name": "p", "type": "product_dist", "factors": ["f"]}],
            functions=[{"name": "f", "type": "sum", "summands": [1]}],
        ),
    ),
    ("reference.duplicate", "/distributions/1", plain(distributions=[GAUSS, GAUSS])),
    ("reference.duplicate", "/data/1", plain(data=[EVENTS, EVENTS])),
    ("reference.cycle", "/functions/0", function(type="sum", summands=["f"])),
    ("reference.unknown_type", "/functions/0", function(type="summ")),
    (
        "reference.shadowed",
        "/parameter_points/0/parameters/0",
        plain(functions=[{"name": "m", "type": "sum", "summands": [1]}]),
    ),
    (
        "reference.unused_interest",
        "/analyses/0",
        plain(analyses=[ANALYSIS | {"parameters_of_interest": ["mu"]}]),
    ),
    (
        "expression.invalid",
        "/functions/0/expression",
        function(type="generic_function", expression="m +"),
    ),
    (
        "expression.extension",
        "/functions/0/expression",
        function(type="generic_function", expression="m ** 2"),
    ),
    (
        "expression.root_constant",
        "/functions/0/expression",
        function(type="generic_function", expression="2 * pi * m"),
    ),
    (
        "expression.integer_division",
        "/functions/0/expression",
        function(type="generic_function", expression="1/2*m"),
    ),
    (
        "expression.chained_comparison",
        "/functions/0/expression",
        function(type="generic_function", expression="0 < m < 2"),
    ),
    (
        "likelihood.length",
        "/likelihoods/0",
        plain(likelihoods=[{"name": "l", "distributions": ["g"], "data": []}]),
    ),
    ("likelihood.empty", "/likelihoods/0", plain(likelihoods=[{"name": "l"}])),
    ("likelihood.no_observable", "/distributions/0", modified(x="m")),
    (
        "likelihood.histfactory_inside",
        "/distributions/0",
        channel(
            more=[{"name": "p", "type": "mixture_dist", "summands": ["ch"], "coefficients": [1]}],
            likelihoods=[{"name": "l", "distributions": ["p"], "data": ["d"]}],
        ),
    ),
    ("parameter.no_value", "/distributions/0/mean", plain(parameter_points=[], domains=[])),
    (
        "parameter.value_from_other_point",
        "/parameter_points/0/parameters/0",
        plain(
            parameter_points=[{"name": "other", "parameters": [{"name": "m", "value": 1}]}],
            analyses=[{"name": "a", "likelihood": "l", "domain": "dom"}],
        ),
    ),
    (
        "parameter.value_from_domain",
        "/domains/0/axes/0",
        plain(parameter_points=[{"name": "default_values"}]),
    ),
    ("parameter.value_nominal", MODIFIER, channel(b.NORMSYS)),
    (
        "parameter.outside_bounds",
        "/parameter_points/0/parameters/0",
        plain(parameter_points=entry(value=9)),
    ),
    ("parameter.no_domain", "/parameter_points/0/parameters/0", plain(domains=[])),
    (
        "parameter.not_in_domain",
        "/analyses/0",
        plain(
            domains=[*DOMAIN, {"name": "d2", "type": "product_domain", "axes": []}],
            analyses=[ANALYSIS | {"domain": "d2"}],
        ),
    ),
    (
        "parameter.listed_twice",
        "/parameter_points/0/parameters/1",
        plain(
            parameter_points=[
                {
                    "name": "default_values",
                    "parameters": [{"name": "m", "value": 1}, {"name": "m", "value": 2}],
                }
            ]
        ),
    ),
    ("domain.missing", "/analyses/0", plain(analyses=[{"name": "a", "likelihood": "l"}])),
    (
        "domain.empty_range",
        "/domains/0/axes/0",
        plain(
            domains=[
                {
                    "name": "dom",
                    "type": "product_domain",
                    "axes": [{"name": "m", "min": 5, "max": 0}],
                }
            ]
        ),
    ),
    (
        "domain.empty_range",
        "/parameter_points/0/parameters/0",
        plain(parameter_points=entry(min=1, max=0)),
    ),
    ("domain.empty_range", "/data/0/axes/0", axis(min=5, max=0)),
    ("axes.no_binning", "/distributions/0/axes", channel(channel={"axes": [{"name": "x"}]})),
    ("axes.no_binning", "/data/0/axes", binned(nbins=None)),
    ("axes.not_increasing", "/data/0/axes/0/edges", binned(edges=[0, 2, 1], nbins=None)),
    ("axes.zero_width", "/data/0/axes/0/edges", binned(edges=[0, 0, 1], nbins=None)),
    ("axes.zero_width", "/data/0/axes/0", binned(min=0, max=0)),
    ("axes.range_mismatch", "/data/0/axes/0/max", binned(edges=[0, 1, 3], nbins=None)),
    ("axes.edges_and_nbins", "/data/0/axes/0", binned(edges=[0, 1, 2], nbins=5)),
    ("axes.no_range", "/data/0/axes/0", axis()),
    ("data.wrong_type", "/data/0", channel(data=[{"name": "d", "type": "point", "value": 1}])),
    (
        "data.wrong_type",
        "/likelihoods/0/data/0",
        channel(likelihoods=[{"name": "l", "distributions": ["ch"], "data": [3]}]),
    ),
    ("data.axes_mismatch", "/data/0/axes", binned(name="y")),
    ("data.bins_mismatch", "/data/0/axes", binned((1, 2, 3), nbins=3)),
    ("data.edges_mismatch", "/data/0/axes", binned(max=4)),
    ("data.length", "/data/0/contents", binned((1, 2, 3))),
    ("data.length", "/data/0/entries/1", plain(data=[EVENTS | {"entries": [[1], [2, 3]]}])),
    ("data.length", "/data/0/weights", plain(data=[EVENTS | {"weights": [1]}])),
    *(
        (
            "data.uncertainty",
            f"/data/0/uncertainty/{where}",
            uncertain({"type": "gaussian_uncertainty", "sigma": [1, 1]} | wrong),
        )
        for where, wrong in (
            ("correlation", {"correlation": [[1, 2], [2, 1]]}),
            ("correlation", {"correlation": [[1, 0.5], [0.2, 1]]}),
            ("correlation", {"correlation": [[2, 0], [0, 1]]}),
            ("sigma/1", {"sigma": [1, 0]}),
        )
    ),
    (
        "data.length",
        "/data/1/uncertainty/sigma",
        plain(
            data=[
                EVENTS,
                {
                    "name": "d",
                    "type": "binned",
                    "axes": [b.AXIS],
                    "contents": [1, 2],
                    "uncertainty": {"type": "gaussian_uncertainty", "sigma": [1]},
                },
            ]
        ),
    ),
    ("data.negative", "/data/0/contents/1", binned((1, -2))),
    ("data.non_integer", "/data/0/contents/0", binned((1.5, 2))),
    ("data.outside_range", "/data/0/entries/1", plain(data=[EVENTS | {"entries": [[1], [9]]}])),
    (
        "histfactory.positive_definite",
        "/distributions/0/samples/0",
        channel(
            b.modifier(b.HISTOSYS, positiveDefinite=True),
            b.modifier(b.HISTOSYS, name="o", positiveDefinite=False),
        ),
    ),
    (
        "histfactory.length",
        "/distributions/0/samples/1/data/contents",
        b.document(b.sample(), b.sample(name="t", contents=[1])),
    ),
    (
        "histfactory.length",
        "/distributions/0/samples/0/data/contents",
        channel(channel={"axes": [b.AXIS | {"nbins": 10**15}]}),
    ),
    (
        "histfactory.length",
        MODIFIER + "/data/hi/contents",
        channel(b.modifier(b.HISTOSYS, data={"hi": {"contents": [1]}, "lo": {"contents": [1, 2]}})),
    ),
    (
        "histfactory.length",
        MODIFIER + "/parameters",
        channel(b.modifier(b.SHAPESYS, parameters=["g"])),
    ),
    (
        "histfactory.length",
        MODIFIER + "/data/vals",
        channel(b.modifier(b.SHAPESYS, data={"vals": [0.1, 0.1, 0.1]})),
    ),
    (
        "histfactory.length",
        MODIFIER + "/constraints",
        channel(b.modifier(b.SHAPESYS, constraints=[None])),
    ),
    ("histfactory.no_samples", CHANNEL, b.document()),
    ("histfactory.unknown_modifier", MODIFIER, channel({"name": "q", "type": "quadsys"})),
    (
        "histfactory.unknown_interpolation",
        MODIFIER + "/interpolation",
        channel(b.modifier(b.NORMSYS, interpolation="cubic")),
    ),
    (
        "histfactory.two_interpolations",
        MODIFIER,
        channel(
            b.modifier(
                b.NORMSYS,
                interpolation="lin",
                data={"hi": 1.1, "lo": 0.9, "interpolation": "code1"},
            )
        ),
    ),
    (
        "histfactory.normsys_composition",
        MODIFIER,
        channel(
            b.modifier(b.NORMSYS, interpolation=0),
            b.modifier(b.NORMSYS, name="k", parameter="k"),
            packages=b.ROOT_640,
        ),
    ),
    (
        "histfactory.nonpositive_template",
        MODIFIER,
        channel(
            b.modifier(
                b.HISTOSYS,
                interpolation="log",
                data={"hi": {"contents": [0, 1]}, "lo": {"contents": [1, 1]}},
            )
        ),
    ),
    (
        "histfactory.negative_uncertainty",
        MODIFIER + "/data/vals",
        channel(b.modifier(b.SHAPESYS, data={"vals": [0.1, -0.1]})),
    ),
    (
        "histfactory.negative_yield",
        "/distributions/0/samples/0/data/contents/1",
        b.document(b.sample(contents=(1, -1))),
    ),
    ("histfactory.zero_expected", CHANNEL, b.document(b.sample(contents=(0, 1)))),
    (
        "histfactory.depends_on_observable",
        MODIFIER,
        channel(
            b.modifier(b.NORMSYS, parameter="f", constraint="None"),
            functions=[{"name": "f", "type": "generic_function", "expression": "x"}],
        ),
    ),
    (
        "constraint.unknown",
        MODIFIER + "/constraint",
        channel(b.modifier(b.NORMSYS, constraint="Gaus")),
    ),
    (
        "constraint.unknown",
        MODIFIER + "/constraint_type",
        channel(b.modifier(b.NORMSYS, constraint_type="Uniform")),
    ),
    (
        "constraint.conflict",
        "/distributions/0/samples/0/modifiers/1",
        channel(b.SHAPESYS, b.modifier(b.SHAPESYS, constraint="Gauss")),
    ),
    ("constraint.not_applicable", MODIFIER, channel(b.modifier(b.NORMSYS, constraint="Poisson"))),
    (
        "constraint.twice",
        MODIFIER,
        channel(
            b.modifier(b.NORMSYS, constraint="Gauss"),
            more=[{"name": "c", "type": "gaussian_dist", "x": "a", "mean": 0, "sigma": 2.0}],
            likelihoods=[
                {"name": "l", "distributions": ["ch"], "data": ["d"], "aux_distributions": ["c"]}
            ],
        ),
    ),
    (
        "constraint.nonpositive_scale",
        "/distributions/1",
        constrained({"x": "m", "mean": 0, "sigma": 0}),
    ),
    (
        "constraint.truncated",
        "/distributions/1",
        constrained(
            {"x": "k", "mean": "m", "sigma": 1.0},
            parameter_points=[
                {
                    "name": "default_values",
                    "parameters": [
                        {"name": "m", "value": 1},
                        {"name": "k", "value": 1, "const": True},
                    ],
                }
            ],
            domains=[
                {
                    "name": "dom",
                    "type": "product_domain",
                    "axes": [{"name": "m", "min": 0, "max": 5}, {"name": "k", "min": 0, "max": 2}],
                }
            ],
        ),
    ),
    (
        "constraint.left_out",
        "/distributions/1",
        constrained({"x": "m", "mean": 0, "sigma": 1.0}, auxiliary=False),
    ),
    (
        "constraint.roles_assumed",
        "/distributions/1",
        constrained(
            {"x": "p", "mean": "q", "sigma": 1.0},
            parameter_points=[
                {
                    "name": "default_values",
                    "parameters": [
                        {"name": "m", "value": 1},
                        {"name": "p", "value": 1},
                        {"name": "q", "value": 1},
                    ],
                }
            ],
        ),
    ),
    (
        "constraint.elsewhere",
        MODIFIER,
        channel(
            b.modifier(b.NORMSYS, constraint="c"),
            parameter_points=b.point(q=0),
            more=[{"name": "c", "type": "gaussian_dist", "x": "q", "mean": 0, "sigma": 1.0}],
        ),
    ),
]

ELSEWHERE = {
    "document.invalid": "test_document_errors.py",
    "expression.unknown_function": "test_expressions.py",
    "selection.none": "test_resolve.py",
    "selection.ambiguous": "test_resolve.py",
    "selection.conflict": "test_resolve.py",
}


def found(document: dict[str, Any]) -> tuple[Finding, ...]:
    return validate(document).findings


@pytest.mark.parametrize(
    "code, path, document", CASES, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(CASES)]
)
def test_check(code: str, path: str, document: dict[str, Any]) -> None:
    all_findings = found(document)
    places = [f.path for f in all_findings if f.code == code]
    assert path in places, [str(f) for f in all_findings]
    assert all(f.message and f.severity == CODES[f.code].severity for f in all_findings)


def test_documents_without_findings() -> None:
    assert [str(f) for f in found(plain())] == []


def test_every_code_is_checked() -> None:
    groups = {
        "document",
        "reference",
        "selection",
        "expression",
        "likelihood",
        "parameter",
        "domain",
        "axes",
        "data",
        "histfactory",
        "constraint",
    }
    codes = {c for c in CODES if c.split(".")[0] in groups}
    assert codes - {c for c, *_ in CASES} - set(ELSEWHERE) == set()


def test_messages_help() -> None:
    unknown = next(f for f in found(modified(meen=2)) if f.code == "document.unknown_key")
    assert unknown.suggestions == ("mean",)
    section = next(f for f in found(plain(distribution=[])) if f.code == "document.unknown_section")
    assert section.suggestions[0] == "distributions"
    kind = next(
        f
        for f in found(channel(b.modifier(b.NORMSYS, constraint="Gaus")))
        if f.code == "constraint.unknown"
    )
    assert kind.suggestions == ("Gauss",)


def test_unknown_entries_do_not_spoil_the_rest() -> None:
    extra = [{"name": "odd", "type": "odd_dist", "of": "nothing"}]
    document = plain(distributions=[GAUSS, *extra], functions=[{"name": "odd2", "type": "odd"}])
    report = validate(document)
    assert report.ok
    assert [f.code for f in report] == ["document.unknown_type"] * 2
    graph, _ = attempt(Workspace.from_json(document))
    assert graph is not None


def test_what_repeats_is_told_once() -> None:
    many = [b.sample(b.NORMSYS | {"colour": "red"}, name=f"s{i}") for i in range(50)]
    keys = [f for f in found(b.document(*many)) if f.code == "document.unknown_key"]
    assert len(keys) == 1
    assert "50 times" in keys[0].message
