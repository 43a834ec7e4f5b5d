"""What runs over damaged documents have found: each a finding or an error now."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from builders import HISTOSYS, NORMSYS, SHAPESYS, STATERROR, document, modifier, sample
from conftest import same_json

import hs3.engine as engine
from hs3 import checks, jsonio
from hs3.adapters.root.json import to_root_json
from hs3.engine.density.kinks import bending_arguments
from hs3.engine.poisson import saturated_data
from hs3.errors import LONGEST, CompileError, ConversionError, HS3Error, SyntaxReadError, shortened
from hs3.expressions import to_text
from hs3.findings import Finding, nearest
from hs3.resolve import resolve
from hs3.resolve.resolve import attempt
from hs3.workspace import Workspace

Json = dict[str, Any]


def codes(data: Json) -> set[str]:
    """Codes of the errors in a document."""
    return {finding.code for finding in checks.validate(Workspace.from_json(data)).errors}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 12e999.4}', "12e999"),
        ('{"a": [1, -Infinity4.0]}', "-Infinity"),
        ('{"a": NaNull]}', "NaN"),
        ('{"a": 1e999[}', "1e999"),
    ],
)
def test_a_number_that_goes_on_with_other_letters_is_named(text: str, said: str) -> None:
    with pytest.raises(SyntaxReadError, match=said):
        jsonio.parse(text)


def test_messages_are_short_whatever_names_are_long() -> None:
    name = "a" * 100_000
    data = document(sample(modifier(NORMSYS, parameter=name)), likelihoods=[])
    data["data"][0][name] = 1
    report = checks.validate(Workspace.from_json(data))
    assert max(len(finding.message) for finding in report) <= LONGEST
    assert len(shortened(name)) <= LONGEST
    assert shortened("short") == "short"
    assert len(HS3Error(name).message) <= LONGEST
    assert len(Finding("data.length", "", name, value=name).to_dict()["value"]) <= LONGEST


def test_long_names_are_not_compared() -> None:
    assert nearest("mu" * 10_000, ["mu" * 10_000 + "x"]) == ()
    assert nearest("muu", ["mu" * 10_000, "mu"]) == ("mu",)


@pytest.mark.parametrize("spelled", [0.0, 0, 1.0, -0.0])
def test_numbers_of_a_list_of_choices_stay_as_they_are_spelled(spelled: float) -> None:
    entry = {"name": "d", "type": "decay_dist", "t": "t", "tau": 1, "resolutionModel": "r"}
    whole = {"distributions": [entry | {"decayType": spelled}]}
    assert same_json(Workspace.from_json(whole).to_json(), whole)
    binned = {
        "name": "d",
        "type": "binned",
        "contents": [],
        "axes": [],
        "uncertainty": {"sigma": [], "correlation": 0 * spelled},
    }
    assert same_json(Workspace.from_json({"data": [binned]}).to_json(), {"data": [binned]})


@pytest.mark.parametrize(
    ("axis", "code"),
    [
        ({"name": "x", "min": 0, "max": 2, "nbins": 0}, "data.axes_mismatch"),
        ({"name": "x", "edges": [0, 2, 1]}, "axes.not_increasing"),
        ({"name": "x", "min": 2, "max": 0, "nbins": 2}, "axes.not_increasing"),
        ({"name": "x", "min": 0, "max": 2, "nbins": -3}, "data.axes_mismatch"),
    ],
)
def test_events_are_counted_into_bins_that_there_are(axis: Json, code: str) -> None:
    events = {"name": "d", "type": "unbinned", "axes": [{"name": "x", "min": 0, "max": 2}]}
    whole = document(sample(), channel={"axes": [axis]}, data=[events | {"entries": [[1.0]]}])
    graph, report = attempt(Workspace.from_json(whole))
    assert graph is None
    assert code in {finding.code for finding in report.errors}


@pytest.mark.parametrize("code", ["9" * 5000, "²", "-1", "7"])
def test_an_interpolation_of_digits_is_a_code_or_a_finding(code: str) -> None:
    whole = document(sample(modifier(NORMSYS, interpolation=code)))
    assert codes(whole) == {"histfactory.unknown_interpolation"}


def test_an_uncertainty_too_small_for_a_count_is_none() -> None:
    tiny = modifier(SHAPESYS, data={"vals": [1e-300, 0.2]})
    graph = resolve(Workspace.from_json(document(sample(tiny))))
    assert [c.parameter for c in graph.constraints] == ["g1"]
    assert {p.name for p in graph.parameters if p.const} == {"g0"}


@pytest.mark.parametrize("kind", ["Poisson", "Gauss"])
def test_an_error_beyond_all_ratios_is_refused(kind: str) -> None:
    huge = sample({**STATERROR, "constraint": kind}, contents=[1e-300, 20.0])
    huge["data"]["errors"] = [1e100, 2.0]
    assert codes(document(huge)) == {"constraint.nonpositive_scale"}


def test_templates_beyond_all_ratios_are_refused() -> None:
    far = modifier(
        HISTOSYS,
        interpolation=1,
        data={"hi": {"contents": [1e200, 25]}, "lo": {"contents": [9, 18]}},
    )
    whole = document(sample(far, contents=(1e-200, 20)))
    with pytest.raises(CompileError, match="different sign"):
        engine.compile(resolve(Workspace.from_json(whole)))


def test_counts_of_any_size_have_a_likelihood() -> None:
    assert saturated_data(np.array([1e200])) == pytest.approx(0.5 * np.log(2e200 * np.pi))
    large = sample(STATERROR, contents=(1e308, 1e308), errors=(1.0, 1.0))
    whole = document(large, {**large, "name": "other"})
    assert resolve(Workspace.from_json(whole)).channels  # their sum is infinite


def in_bins(pdf: Json, nbins: int) -> Json:
    """Events of a density that is averaged over the bins of its variable in the domain."""
    axis = {"name": "x", "min": 0.0, "max": 4.0}
    return {
        "distributions": [
            {"name": "p", "type": "binsampling_dist", "pdf": "g", "observable": "x"},
            {"name": "g", **pdf},
        ],
        "data": [{"name": "d", "type": "unbinned", "axes": [axis], "entries": [[1.0], [3.0]]}],
        "likelihoods": [{"name": "l", "distributions": ["p"], "data": ["d"]}],
        "domains": [
            {"name": "default_domain", "type": "product_domain", "axes": [axis | {"nbins": nbins}]}
        ],
    }


def test_bins_of_a_domain_are_bounded() -> None:
    gauss = {"type": "gaussian_dist", "x": "x", "mean": 2.0, "sigma": 1.0}
    with pytest.raises(CompileError, match="'x' has 1000000000 bins"):
        engine.compile(resolve(Workspace.from_json(in_bins(gauss, 10**9))))


@pytest.mark.parametrize("binning", [{"nbins": 0}, {"nbins": -1}, {"edges": [0.0]}])
def test_less_than_one_bin_is_none(binning: Json) -> None:
    gauss = {"type": "gaussian_dist", "x": "x", "mean": 2.0, "sigma": 1.0}
    document = in_bins(gauss, 4)
    (axis,) = (a for d in document["domains"] for a in d["axes"] if a["name"] == "x")
    del axis["nbins"]
    axis |= binning
    with pytest.raises(HS3Error, match="bins"):
        engine.compile(resolve(Workspace.from_json(document)))


def test_a_density_that_does_not_depend_on_the_variable_of_its_bins_is_flat() -> None:
    constant = {"type": "generic_dist", "expression": "3"}
    model = engine.compile(resolve(Workspace.from_json(in_bins(constant, 4))))
    assert model.nll() == pytest.approx(2 * np.log(4.0), rel=1e-12)


def test_axes_of_a_type_that_has_none_mean_nothing() -> None:
    gauss = {"type": "gaussian_dist", "x": "x", "mean": 2.0, "sigma": 1.0}
    whole, odd = in_bins(gauss, 4), in_bins(gauss | {"axes": 3.5, "data": {"axes": [1]}}, 4)
    workspaces = [Workspace.from_json(one) for one in (whole, odd)]
    first, second = (engine.compile(resolve(ws)).nll() for ws in workspaces)
    assert second == first
    alone = {**odd, "distributions": [{**odd["distributions"][1], "name": "p"}]}
    assert to_root_json(Workspace.from_json(alone))[0]["distributions"]


# --- a number as data, and its range ------------------------------------------------------------


GAUSS = {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "mu", "sigma": 2.0}
POINT: Json = {"name": "d", "type": "point", "value": 1.0}


def nll(dist: Json, data: Json | float, domain: Json | None = None) -> float:
    """Of one distribution with a number."""
    whole = {
        "distributions": [dist],
        "data": [data] if isinstance(data, dict) else [],
        "likelihoods": [
            {
                "name": "l",
                "distributions": [dist["name"]],
                "data": ["d" if isinstance(data, dict) else data],
            }
        ],
        "parameter_points": [
            {"name": "default_values", "parameters": [{"name": "mu", "value": 0.5}]}
        ],
        "domains": [{"name": "default_domain", "type": "product_domain", "axes": [domain]}]
        if domain
        else [],
    }
    return engine.compile(resolve(Workspace.from_json(whole))).nll()


def test_a_point_is_normalised_in_the_range_of_its_axis() -> None:
    from scipy import stats

    axis = {"name": "x", "min": 0.0, "max": 3.0}
    law = stats.norm(0.5, 2.0)
    cut = -law.logpdf(1.0) + np.log(law.cdf(3.0) - law.cdf(0.0))
    wide = {"name": "x", "min": -100.0, "max": 100.0}
    assert nll(GAUSS, POINT | {"axes": [axis]}) == pytest.approx(cut, rel=1e-12)
    assert nll(GAUSS, POINT | {"axes": [axis]}, wide) == pytest.approx(cut, rel=1e-12)
    assert nll(GAUSS, POINT | {"axes": [{"name": "x"}]}, axis) == pytest.approx(cut, rel=1e-12)
    assert nll(GAUSS, POINT, axis) == pytest.approx(cut, rel=1e-12)
    assert nll(GAUSS, 1.0, axis) == pytest.approx(cut, rel=1e-12)
    assert nll(GAUSS, POINT) == pytest.approx(-law.logpdf(1.0), rel=1e-12)


def test_counts_and_log_normal_numbers_are_normalised_in_their_range() -> None:
    from scipy import stats

    axis = {"name": "x", "min": 0.0, "max": 3.0}
    count = {"name": "p", "type": "poisson_dist", "x": "x", "mean": "mu"}
    law = stats.poisson(0.5)
    cut = -law.logpmf(1) + np.log(law.cdf(3))
    assert nll(count, 1.0, axis) == pytest.approx(cut, rel=1e-12)
    assert nll(count, POINT | {"axes": [axis]}) == pytest.approx(cut, rel=1e-12)
    assert nll(count, 1.0) == pytest.approx(-law.logpmf(1), rel=1e-12)
    log = {"name": "n", "type": "lognormal_dist", "x": "x", "mu": "mu", "k": 1.5}
    normal = stats.lognorm(np.log(1.5), scale=0.5)
    cut = -normal.logpdf(1.0) + np.log(normal.cdf(3.0))
    assert nll(log, 1.0, axis) == pytest.approx(cut, rel=1e-12)
    assert nll(log, 1.0) == pytest.approx(-normal.logpdf(1.0), rel=1e-12)


def test_a_point_has_at_most_one_axis_which_its_distribution_knows() -> None:
    def found(axes: list[Json]) -> set[str]:
        whole = {
            "distributions": [GAUSS],
            "data": [POINT | {"axes": axes}],
            "likelihoods": [{"name": "l", "distributions": ["g"], "data": ["d"]}],
            "parameter_points": [
                {"name": "default_values", "parameters": [{"name": "mu", "value": 0.5}]}
            ],
        }
        return {f.code for f in attempt(Workspace.from_json(whole))[1].errors}

    assert found([{"name": "x"}, {"name": "y"}]) == {"data.wrong_type"}
    assert "likelihood.no_observable" in found([{"name": "y", "min": 0, "max": 1}])
    assert not found([{"name": "x", "min": 0, "max": 1}])


def test_an_expression_where_there_is_none_means_nothing() -> None:
    axes = [{"name": "x", "min": 0.0, "max": 2.0, "nbins": 2}]
    dist = {"name": "p", "type": "bincounts_density_dist", "x": "x", "density": "rate"}
    data = {
        "distributions": [{**dist, "axes": axes, "expression": True}],
        "functions": [{"name": "rate", "type": "generic_function", "expression": "x + 0.9"}],
        "data": [{"name": "d", "type": "binned", "axes": axes, "contents": [1.0, 2.0]}],
        "likelihoods": [{"name": "l", "distributions": ["p"], "data": ["d"]}],
    }
    workspace = Workspace.from_json(data)
    assert same_json(workspace.to_json(), data)
    assert np.isfinite(engine.compile(resolve(workspace)).nll())
    with pytest.raises(ConversionError, match="for which ROOT has nothing"):
        to_root_json(workspace)


def test_where_long_expressions_bend_is_found_in_one_pass() -> None:
    text = "+".join(["x"] * 20_000)
    assert bending_arguments(text) == ()
    (argument,) = bending_arguments(f"abs({text} - 3)")
    assert to_text(argument).endswith("x - 3")
    below, kink = bending_arguments("(x < y + 1) * max(x, abs(y))")[0::2]
    assert (to_text(below), to_text(kink)) == ("x - (y + 1)", "x - abs(y)")
