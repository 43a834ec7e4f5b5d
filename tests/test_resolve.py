"""Resolving: what is selected, how names are bound, where values come from."""

from __future__ import annotations

import json
import math
from typing import Any

import builders as b
import pytest
from conftest import label, shared_documents

from hs3.errors import ResolveError
from hs3.graph import Graph
from hs3.resolve import attempt, resolve
from hs3.workspace import Workspace, loads


def gauss(
    name: str, x: Any = "x", mean: Any = "m", sigma: Any = 1.0, **more: Any
) -> dict[str, Any]:
    return {"name": name, "type": "gaussian_dist", "x": x, "mean": mean, "sigma": sigma, **more}


EVENTS = {
    "name": "events",
    "type": "unbinned",
    "entries": [[1.0], [2.0]],
    "axes": [{"name": "x", "min": 0, "max": 5}],
}


def unbinned(*distributions: dict[str, Any], data: Any = "events", **more: Any) -> dict[str, Any]:
    """A likelihood that pairs the first distribution with two events or with `data`."""
    auxiliary = more.pop("auxiliary", [])
    likelihood = {
        "name": "l",
        "distributions": [distributions[0]["name"]],
        "data": [data],
        "aux_distributions": auxiliary,
    }
    return {
        "distributions": list(distributions),
        "data": [EVENTS],
        "likelihoods": [likelihood],
        "parameter_points": b.point(m=1, s=1),
        **more,
    }


def graph_of(document: dict[str, Any], **choice: Any) -> Graph:
    return resolve(Workspace.from_json(document), **choice)


def errors_of(document: dict[str, Any], **choice: Any) -> list[tuple[str, str]]:
    graph, report = attempt(Workspace.from_json(document), **choice)
    assert (graph is None) == bool(report.errors)
    return [(f.code, f.path) for f in report.errors]


def codes(graph: Graph) -> set[str]:
    return {f.code for f in graph.report}


def names(items: Any) -> list[str]:
    return [i.name for i in items]


# --- selection --------------------------------------------------------------------------------


def analyses(count: int) -> dict[str, Any]:
    data = unbinned(gauss("g"), domains=b.domain(m=(0, 5)))
    data["analyses"] = [
        {
            "name": f"a{i}",
            "likelihood": "l",
            "domain": "default_domain",
            "init": "default_values",
            "parameters_of_interest": ["m"],
        }
        for i in range(count)
    ]
    return data


def test_the_only_analysis() -> None:
    graph = graph_of(analyses(1))
    assert (graph.analysis, graph.name, graph.pois) == ("a0", "l", ("m",))
    assert not graph.report.warnings


def test_the_first_of_several_analyses_with_a_warning() -> None:
    graph = graph_of(analyses(3))
    assert graph.analysis == "a0"
    (warning,) = graph.report.warnings
    assert warning.code == "selection.ambiguous"
    assert "'a1', 'a2'" in warning.message
    assert not graph_of(analyses(3), analysis="a2").report.warnings


def test_a_likelihood_or_a_pdf_instead() -> None:
    assert graph_of(analyses(2), likelihood="l").analysis is None
    graph = graph_of(analyses(2), pdf="g", data="events")
    assert (graph.name, graph.terms[0].observables) == ("g", {"x": (0, 5)})
    assert names(graph.parameters) == ["m"]


def test_a_pdf_without_data() -> None:
    document = unbinned(gauss("g"), domains=b.domain(x=(-1, 1)))
    graph = graph_of(document, pdf="g")
    assert graph.terms[0].data is None
    assert graph.terms[0].observables == {"x": (-1, 1)}
    graph = graph_of(document, pdf="g", observables=("m",))
    assert list(graph.terms[0].observables) == ["m"]
    assert names(graph.parameters) == ["x"]
    channel = graph_of(b.document(b.sample(b.NORMSYS)), pdf="ch").channels[0]
    assert channel.observed is None


@pytest.mark.parametrize(
    "choice, code",
    [
        ({"analysis": "a9"}, "reference.unresolved"),
        ({"likelihood": "k"}, "reference.unresolved"),
        ({"pdf": "h"}, "reference.unresolved"),
        ({"pdf": "g", "data": "evnts"}, "reference.unresolved"),
        ({"likelihood": "l", "pdf": "g"}, "selection.conflict"),
        ({"data": "events"}, "selection.conflict"),
    ],
)
def test_choices_that_do_not_exist(choice: dict[str, str], code: str) -> None:
    assert [c for c, _ in errors_of(analyses(2), **choice)] == [code]


def test_nothing_to_select() -> None:
    document = unbinned(gauss("g"))
    del document["likelihoods"]
    with pytest.raises(ResolveError) as caught:
        graph_of(document)
    assert caught.value.code == "selection.none"
    assert "'g'" in str(caught.value)
    assert "'events'" in str(caught.value)


# --- references -------------------------------------------------------------------------------


def test_functions_in_order_of_dependence() -> None:
    functions = [
        {"name": "f1", "type": "sum", "summands": ["f2", 1.0]},
        {"name": "f2", "type": "generic_function", "expression": "f3 * m + PI"},
        {"name": "f3", "type": "product", "factors": ["s", "s"]},
        {"name": "unused", "type": "sum", "summands": ["nowhere"]},
    ]
    graph = graph_of(unbinned(gauss("g", mean="f1"), functions=functions))
    assert names(graph.functions) == ["f3", "f2", "f1"]
    assert names(graph.parameters) == ["m", "s"]


def test_distributions_in_order_of_dependence() -> None:
    parts = [
        {"name": "mix", "type": "mixture_dist", "summands": ["p", "g"], "coefficients": ["f"]},
        {"name": "p", "type": "product_dist", "factors": ["g"]},
        gauss("g"),
        gauss("unused", mean="q"),
    ]
    graph = graph_of(unbinned(*parts, parameter_points=b.point(m=0, f=0.5)))
    assert names(graph.distributions) == ["g", "p"]
    assert graph.terms[0].distribution.name == "mix"


def test_a_name_can_be_observable_here_and_parameter_there() -> None:
    document = unbinned(gauss("g"), gauss("h", x="m", mean="x"), domains=b.domain(m=(0, 2)))
    document["data"].append(
        {**EVENTS, "name": "other", "axes": [{"name": "m", "min": 0, "max": 2}]}
    )
    document["parameter_points"] = b.point(x=1, m=1)
    graph = graph_of(document, pdf="h", data="other")
    assert graph.terms[0].observables == {"m": (0, 2)}
    assert names(graph.parameters) == ["x"]
    assert names(graph_of(document).parameters) == ["m"]


def test_long_chains_need_no_recursion() -> None:
    count = 20_000
    functions = [{"name": "f0", "type": "sum", "summands": ["m", 1]}]
    functions += [
        {"name": f"f{i}", "type": "sum", "summands": [f"f{i - 1}", 1]} for i in range(1, count)
    ]
    graph = graph_of(unbinned(gauss("g", mean=f"f{count - 1}"), functions=functions[::-1]))
    assert names(graph.functions)[:2] == ["f0", "f1"]
    assert len(graph.functions) == count


@pytest.mark.parametrize(
    "functions, code, path",
    [
        ([{"name": "f", "type": "sum", "summands": ["f"]}], "reference.cycle", "/functions/0"),
        (
            [
                {"name": "f", "type": "sum", "summands": ["h"]},
                {"name": "h", "type": "generic_function", "expression": "2*f"},
            ],
            "reference.cycle",
            "/functions/0",
        ),
        (
            [{"name": "f", "type": "sum", "summands": ["mm"]}],
            "parameter.no_value",
            "/functions/0/summands/0",
        ),
        (
            [{"name": "f", "type": "generic_function", "expression": "2 +"}],
            "expression.invalid",
            "/functions/0/expression",
        ),
        (
            [{"name": "f", "type": "who_knows", "of": ["m"]}],
            "reference.unknown_type",
            "/functions/0",
        ),
        (
            [{"name": "f", "type": "density_of", "of": "g"}],
            "reference.unknown_type",
            "/functions/0",
        ),
        ([{"name": "f", "of": "g"}], "reference.unknown_type", "/functions/0"),
        (
            [
                {"name": "f", "type": "sum", "summands": [1]},
                {"name": "f", "type": "sum", "summands": [2]},
            ],
            "reference.duplicate",
            "/functions/1",
        ),
    ],
)
def test_functions_that_cannot_be_used(functions: Any, code: str, path: str) -> None:
    assert errors_of(unbinned(gauss("g", mean="f"), functions=functions)) == [(code, path)]
    assert not errors_of(unbinned(gauss("g"), functions=functions)), "nothing needs them"


def test_nearest_names_are_given() -> None:
    _, report = attempt(
        Workspace.from_json(
            unbinned(gauss("g", mean="mass_W"), parameter_points=b.point(mass_w=80.4, x1=1))
        )
    )
    (error,) = report.errors
    assert (error.value, error.suggestions) == ("mass_W", ("mass_w",))


@pytest.mark.parametrize(
    "change, code, path",
    [
        ({"data": ["event"]}, "reference.unresolved", "/likelihoods/0/data/0"),
        ({"distributions": ["gg"]}, "reference.unresolved", "/likelihoods/0/distributions/0"),
        (
            {"aux_distributions": ["gg"]},
            "reference.unresolved",
            "/likelihoods/0/aux_distributions/0",
        ),
        ({"distributions": ["g", "g"]}, "likelihood.length", "/likelihoods/0"),
        ({"distributions": [], "data": []}, "likelihood.empty", "/likelihoods/0"),
    ],
)
def test_likelihoods_that_cannot_be_used(change: Any, code: str, path: str) -> None:
    document = unbinned(gauss("g"))
    document["likelihoods"][0] |= change
    assert errors_of(document) == [(code, path)]


def test_wrong_kinds() -> None:
    parts = [{"name": "p", "type": "product_dist", "factors": ["f", "g"]}, gauss("g")]
    functions = [{"name": "f", "type": "sum", "summands": ["m"]}]
    found = errors_of(unbinned(*parts, functions=functions))
    assert ("reference.wrong_kind", "/distributions/0/factors/0") in found
    channel = b.document(b.sample(b.NORMSYS))
    channel["likelihoods"][0]["aux_distributions"] = ["ch"]
    assert ("reference.wrong_kind", "/likelihoods/0/aux_distributions/0") in errors_of(channel)


def test_distribution_and_data_that_do_not_meet() -> None:
    document = unbinned(gauss("g", x="y"), parameter_points=b.point(m=1, y=1))
    assert errors_of(document) == [("likelihood.no_observable", "/distributions/0")]


# --- values -----------------------------------------------------------------------------------


def points(**by_name: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {"name": n, "parameters": [{"name": k, "value": v} for k, v in p.items()]}
        for n, p in by_name.items()
    ]


@pytest.mark.parametrize(
    "sections, value, code",
    [
        ({"parameter_points": points(other={"m": 9}, default_values={"m": 2})}, 2, None),
        ({"parameter_points": points(start={"m": 3}, default_values={"m": 2})}, 3, None),
        (
            {"parameter_points": points(other={"m": 9}, default_values={})},
            9,
            "parameter.value_from_other_point",
        ),
        (
            {"parameter_points": [], "domains": b.domain(m=(1, 4))},
            2.5,
            "parameter.value_from_domain",
        ),
    ],
)
def test_where_values_come_from(sections: Any, value: float, code: str | None) -> None:
    document = unbinned(gauss("g"), **sections)
    has_start = any(p["name"] == "start" for p in sections["parameter_points"])
    document["analyses"] = [
        {"name": "a", "likelihood": "l"} | ({"init": "start"} if has_start else {})
    ]
    graph = graph_of(document)
    assert graph.parameter("m").value == value
    told = {c for c in codes(graph) if c.startswith("parameter.value")}
    assert told == ({code} if code else set())


def test_nominal_values_are_the_last_resort() -> None:
    factor = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    graph = graph_of(b.document(b.sample(factor, b.NORMSYS)))
    assert {p.name: p.value for p in graph.parameters} == {"mu": 1, "a": 0}
    assert "parameter.value_nominal" in codes(graph)
    assert "parameter.no_domain" in codes(graph)


def test_order_of_parameters() -> None:
    document = unbinned(
        gauss("g", sigma="s"),
        parameter_points=points(default_values={"s": 1, "z": 1}, more={"m": 1}),
    )
    assert names(graph_of(document).parameters) == ["s", "m"]


def entry(**keys: Any) -> dict[str, Any]:
    return {
        "parameter_points": [
            {"name": "default_values", "parameters": [{"name": "m", "value": 1, **keys}]}
        ]
    }


@pytest.mark.parametrize(
    "sections, bounds",
    [
        ({}, (-math.inf, math.inf)),
        (entry(min=0, max=3), (0, 3)),
        ({"domains": b.domain(m=(0, 5))}, (0, 5)),
        ({"domains": b.domain(m=(0, 5)), **entry(min=0, max=3)}, (0, 5)),
        (
            {
                "domains": [
                    {"name": "d", "type": "product_domain", "axes": [{"name": "m", "min": 0}]}
                ]
            },
            (0, math.inf),
        ),
        (
            {
                "domains": [
                    {
                        "name": "d",
                        "type": "product_domain",
                        "axes": [{"name": "m", "min": None, "max": 2}],
                    }
                ]
            },
            (-math.inf, 2),
        ),
    ],
)
def test_bounds(sections: Any, bounds: tuple[float, float]) -> None:
    parameter = graph_of(unbinned(gauss("g"), **sections)).parameter("m")
    assert (parameter.min, parameter.max) == bounds


def test_bounds_of_the_analysis_come_first() -> None:
    document = analyses(1)
    narrow = {**b.domain(m=(1, 2))[0], "name": "narrow"}
    document["domains"].append(narrow)
    document["analyses"][0] |= {"domain": "narrow"}
    assert graph_of(document).parameter("m").max == 2


@pytest.mark.parametrize(
    "sections, const",
    [
        ({}, False),
        (entry(const=True), True),
        (entry(const=False), False),
        ({"misc": {"ROOT_internal": {"attributes": {"m": {"tags": ["Constant"]}}}}}, True),
        (
            {
                "domains": [
                    {
                        "name": "d",
                        "type": "product_domain",
                        "axes": [{"name": "m", "min": 0, "max": 2, "const": True}],
                    }
                ]
            },
            True,
        ),
    ],
)
def test_constancy(sections: Any, const: bool) -> None:
    assert graph_of(unbinned(gauss("g"), **sections)).parameter("m").const is const


def test_graph_has_only_the_parameters_it_needs() -> None:
    graph = graph_of(unbinned(gauss("g"), parameter_points=b.point(m=1, unused=2, x=3)))
    assert names(graph.parameters) == ["m"]
    with pytest.raises(KeyError):
        graph.parameter("unused")


def test_interest_that_the_likelihood_does_not_know() -> None:
    document = analyses(1)
    document["analyses"][0]["parameters_of_interest"] = ["m", "mu"]
    graph = graph_of(document)
    assert graph.pois == ("m",)
    assert "reference.unused_interest" in codes(graph)


# --- auxiliary measurements -------------------------------------------------------------------

GLOBAL = {
    "parameter_points": [
        {
            "name": "default_values",
            "parameters": [
                {"name": "m", "value": 1.0},
                {"name": "s", "value": 1.0},
                {"name": "glob", "value": 1.5, "const": True},
                {"name": "tau", "value": 4.0, "const": True},
                {"name": "half", "value": 0.5, "const": True},
            ],
        }
    ]
}
TIMES = [
    {"name": "next", "type": "sum", "summands": [1, "tau"]},
    {"name": "tm", "type": "product", "factors": ["m", "tau"]},
    {"name": "t3", "type": "product", "factors": [3.0, "m"]},
    {"name": "lm", "type": "generic_function", "expression": "log(m)"},
    {"name": "quad", "type": "generic_function", "expression": "m*m"},
]

MEASUREMENTS: list[tuple[dict[str, Any], Any]] = [
    (gauss("c", "m", 0.5, 2.0), ("gauss", "m", 0.5, 2.0)),
    (gauss("c", 0.5, "m", "tau"), ("gauss", "m", 0.5, "tau")),
    (gauss("c", "m", "glob", 2.0), ("gauss", "m", "glob", 2.0)),
    (gauss("c", "glob", "m", 2.0), ("gauss", "m", "glob", 2.0)),
    (gauss("c", "glob", "quad", 2.0), ("gauss", "quad", "glob", 2.0)),
    (gauss("c", "quad", "glob", 2.0), ("gauss", "quad", "glob", 2.0)),
    (
        {"name": "c", "type": "poisson_dist", "x": "glob", "mean": "m"},
        ("poisson", "m", "glob", 1.0),
    ),
    (
        {"name": "c", "type": "poisson_dist", "x": "glob", "mean": "tm"},
        ("poisson", "m", "glob", "tau"),
    ),
    ({"name": "c", "type": "poisson_dist", "x": 6, "mean": "t3"}, ("poisson", "m", 6.0, 3.0)),
    (
        {"name": "c", "type": "poisson_dist", "x": "glob", "mean": "quad"},
        ("poisson", "quad", "glob", 1.0),
    ),
    (
        {"name": "c", "type": "lognormal_dist", "x": "glob", "mu": "lm", "sigma": 0.2},
        ("lognormal", "m", "glob", 0.2),
    ),
    (
        {"name": "c", "type": "lognormal_dist", "x": "glob", "mu": "m", "k": math.e},
        ("lognormal", "m", "glob", 1.0),
    ),
    (
        {"name": "c", "type": "gamma_dist", "x": "m", "gamma": 5.0, "beta": 0.25, "mu": 0},
        ("gamma", "m", 4.0, 4.0),
    ),
    (
        {"name": "c", "type": "gamma_dist", "x": "m", "gamma": "tau", "beta": "half", "mu": 0},
        ("gamma", "m", 3.0, 2.0),
    ),
    (
        {"name": "c", "type": "gamma_dist", "x": "m", "gamma": "next", "beta": 0.25, "mu": 0},
        ("gamma", "m", 4.0, 4.0),
    ),
    # other forms stay distributions
    ({"name": "c", "type": "gamma_dist", "x": "m", "gamma": 5.0, "beta": 0.25, "mu": 1}, None),
    ({"name": "c", "type": "gamma_dist", "x": "m", "gamma": "s", "beta": 0.25, "mu": 0}, None),
    ({"name": "c", "type": "gamma_dist", "x": "m", "gamma": "tm", "beta": 0.25, "mu": 0}, None),
    ({"name": "c", "type": "lognormal_dist", "x": "m", "mu": 0.0, "sigma": 0.2}, None),
    ({"name": "c", "type": "poisson_dist", "x": "m", "mean": 3.0}, None),
    ({"name": "c", "type": "poisson_dist", "x": "glob", "mean": "m", "integer": True}, None),
    ({"name": "c", "type": "generic_dist", "expression": "exp(-m*m)"}, None),
    (gauss("c", "m", "s", 1.0), None),
]


@pytest.mark.parametrize(
    "dist, wanted", MEASUREMENTS, ids=lambda v: json.dumps(v) if isinstance(v, dict) else ""
)
def test_auxiliary_distributions(dist: dict[str, Any], wanted: Any) -> None:
    graph = graph_of(
        unbinned(gauss("g", sigma="s"), dist, auxiliary=["c", "c"], functions=TIMES, **GLOBAL)
    )
    if wanted is None:
        assert not graph.constraints
        assert [(t.distribution.name, t.data, t.observables) for t in graph.terms[1:]] == [
            ("c", None, {})
        ]
        return
    (found,) = graph.constraints
    assert (found.kind, found.parameter, found.observed, found.scale) == wanted
    assert found.name == "c"
    assert len(graph.terms) == 1
    needed = {v for v in wanted[1:] if isinstance(v, str)} - {"quad"}
    assert needed <= set(names(graph.parameters))


@pytest.mark.parametrize("names", [("mean", "0.5"), ("0.5", "mean")])
def test_the_measurement_of_an_integral_stays_a_density(names: tuple[str, str]) -> None:
    """Only terms see the ranges that integrals go over."""
    functions = [
        {"name": "integrand", "type": "generic_function", "expression": "m*sin(z)"},
        {"name": "integral", "type": "integral", "integrand": "integrand", "variables": ["z"]},
        {"name": "mean", "type": "generic_function", "expression": "1 + integral"},
    ]
    x, mean = (name if name == "mean" else float(name) for name in names)
    dist = {"name": "c", "type": "gaussian_dist", "x": x, "mean": mean, "sigma": 0.4}
    z = [{"name": "box", "type": "product_domain", "axes": [{"name": "z", "min": 0, "max": 1}]}]
    graph = graph_of(unbinned(gauss("g"), dist, auxiliary=["c"], functions=functions, domains=z))
    assert not graph.constraints
    assert [t.distribution.name for t in graph.terms] == ["g", "c"]


GAMMA = {"name": "c", "type": "gamma_dist", "x": "m", "gamma": "tau", "beta": 0.25, "mu": 0}
OTHER = {"name": "o", "type": "generic_dist", "expression": "exp(-(m - tau)^4)"}


def test_constants_that_might_change_are_no_numbers() -> None:
    """Used elsewhere, they can be freed; other points may give them other values."""
    fixed = graph_of(unbinned(gauss("g"), GAMMA, auxiliary=["c"], **GLOBAL))
    assert [c.kind for c in fixed.constraints] == ["gamma"]
    assert "tau" not in names(fixed.parameters)
    for first, second in (("c", "o"), ("o", "c")):
        shared = unbinned(gauss("g"), GAMMA, OTHER, auxiliary=[first, second], **GLOBAL)
        graph = graph_of(shared)
        assert not graph.constraints
        assert {t.distribution.name for t in graph.terms} == {"g", "c", "o"}
        assert "tau" in names(graph.parameters)
    used = unbinned(gauss("g", sigma="tau"), GAMMA, auxiliary=["c"], **GLOBAL)
    assert not graph_of(used).constraints
    second_point = {"name": "p", "parameters": [{"name": "tau", "value": 5.0, "const": True}]}
    points = [*GLOBAL["parameter_points"], second_point]
    moved = unbinned(gauss("g"), GAMMA, auxiliary=["c"], parameter_points=points)
    assert not graph_of(moved).constraints


def test_measurement_in_line() -> None:
    document = unbinned(gauss("g"), gauss("c", x="aux", mean="m", sigma=0.1))
    document["likelihoods"][0] |= {"distributions": ["g", "c"], "data": ["events", 1.25]}
    (found,) = graph_of(document).constraints
    assert (found.observed, found.parameter, found.support) == (1.25, "m", (-math.inf, math.inf))
    document["data"].append({"name": "p", "type": "point", "value": 1.25})
    document["likelihoods"][0]["data"] = ["events", "p"]
    assert graph_of(document).constraints == (found,)


def test_number_as_the_value_of_another_distribution() -> None:
    uniform = {"name": "u", "type": "exponential_dist", "x": "t", "c": "m"}
    graph = graph_of(unbinned(uniform, data=2.0, domains=b.domain(t=(0, 9))))
    assert graph.terms[0].data == 2.0
    assert graph.terms[0].observables == {"t": (0, 9)}
    assert names(graph.parameters) == ["m"]
    generic = {"name": "u", "type": "generic_dist", "expression": "m"}
    assert [c for c, _ in errors_of(unbinned(generic, data=2.0))] == ["data.wrong_type"]


def test_support_is_the_range_of_the_observed_value() -> None:
    document = unbinned(
        gauss("g"),
        gauss("c", "m", "glob", 1.0),
        auxiliary=["c"],
        domains=b.domain(glob=(-1, 4)),
        **GLOBAL,
    )
    graph = graph_of(document)
    assert graph.constraints[0].support == (-1, 4)
    assert "constraint.truncated" in codes(graph)
    wide = graph_of(document | {"domains": b.domain(glob=(-9, 11))})
    assert "constraint.truncated" not in codes(wide)


def test_products_are_taken_apart() -> None:
    parts = [
        {"name": "p", "type": "product_dist", "factors": ["inner", "c"]},
        {"name": "inner", "type": "product_dist", "factors": ["g", "h", "c2"]},
        gauss("g"),
        gauss("h", mean="s"),
        gauss("c", "m", 0, 1),
        gauss("c2", "s", 1, 1),
    ]
    graph = graph_of(unbinned(*parts))
    assert sorted(names(graph.constraints)) == ["c", "c2"]
    (term,) = graph.terms
    assert term.distribution.factors == ("g", "h")
    assert names(graph.distributions) == ["g", "h"]


def test_a_channel_inside_of_a_product() -> None:
    document = b.document(
        b.sample(b.modifier(b.NORMSYS, constraint="None")),
        more=[
            {"name": "p", "type": "product_dist", "factors": ["ch", "c"]},
            gauss("c", "a", 0.0, 1.0),
        ],
    )
    document["likelihoods"][0]["distributions"] = ["p"]
    graph = graph_of(document)
    assert names(graph.channels) == ["ch"]
    assert names(graph.constraints) == ["c"]
    assert not graph.terms
    document["distributions"][1]["type"] = "mixture_dist"
    document["distributions"][1]["summands"] = ["ch", "c"]
    document["distributions"][1]["coefficients"] = [1, 1]
    assert ("likelihood.histfactory_inside", "/distributions/0") in errors_of(document)


def test_two_different_constraints_both_count() -> None:
    document = b.document(
        b.sample(b.modifier(b.NORMSYS, constraint="Gauss")), more=[gauss("aux", "a", 0.0, 0.5)]
    )
    document["likelihoods"][0]["aux_distributions"] = ["aux"]
    graph = graph_of(document)
    assert sorted(c.scale for c in graph.constraints) == [0.5, 1.0]
    assert "constraint.twice" in codes(graph)


def test_constraint_by_the_wrong_name() -> None:
    document = b.document(
        b.sample(b.modifier(b.NORMSYS, constraint_name="c")),
        more=[gauss("c", "other", 0.0, 1.0)],
        parameter_points=b.point(other=0, a=0),
    )
    assert [c for c, _ in errors_of(document)] == ["constraint.elsewhere"]


def test_a_misspelled_parameter_is_not_invented() -> None:
    """Nominal values stand in only for per-bin parameters, or where no value is given at all."""
    sample = b.sample(b.modifier(b.NORMSYS, parameter="alpah"))
    errors = errors_of(b.document(sample, parameter_points=b.point(alpha=0.0)))
    assert [code for code, _ in errors] == ["parameter.no_value"]
    assert "parameter.value_nominal" in codes(graph_of(b.document(sample)))


def test_measurements_that_the_likelihood_leaves_out() -> None:
    left_out = gauss("c", "glob", "m", 1.0)
    graph = graph_of(unbinned(gauss("g"), left_out, **GLOBAL))
    (found,) = [f for f in graph.report if f.code == "constraint.left_out"]
    assert (found.path, found.value) == ("/distributions/1", "c")
    listed = graph_of(unbinned(gauss("g"), left_out, auxiliary=["c"], **GLOBAL))
    assert "constraint.left_out" not in codes(listed)


def test_a_systematic_with_its_own_measurement_gets_no_default() -> None:
    document = b.document(
        b.sample(b.NORMSYS), more=[{"name": "c", "type": "generic_dist", "expression": "exp(-a*a)"}]
    )
    document["likelihoods"][0]["aux_distributions"] = ["c"]
    assert not graph_of(document).constraints


def test_observed_values_are_constant() -> None:
    document = unbinned(
        gauss("g"),
        gauss("c", "glob", "m", 1.0),
        auxiliary=["c"],
        parameter_points=b.point(m=1, glob=2),
    )
    graph = graph_of(document)
    assert graph.parameter("glob").const
    assert not graph.parameter("m").const


@pytest.mark.parametrize("path", shared_documents(), ids=label)
def test_everything_that_root_wrote_resolves(path: Any) -> None:
    workspace = loads(path.read_bytes())
    for analysis in workspace.analyses or ():
        graph, report = attempt(workspace, analysis=analysis.name)
        assert graph is not None, [str(f) for f in report.errors]
        assert graph.parameters
    for likelihood in workspace.likelihoods or ():
        graph, report = attempt(workspace, likelihood=likelihood.name)
        assert graph is not None, [str(f) for f in report.errors]
