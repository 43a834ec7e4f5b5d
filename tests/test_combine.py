"""Combinations: the product of the likelihoods, with parameters that are said to be the same."""

from __future__ import annotations

import copy
import json
import math
import shutil
import time

import numpy as np
import pytest
from combinations import (
    combined,
    counting,
    measured,
    measurement,
    poisson,
    refusal,
    two,
    unbinned,
    unit,
)
from conftest import DATA, ROOT, shared

import hs3
from hs3.cli.app import run
from hs3.combination.correlation import decompose
from hs3.engine import compile as compile_graph
from hs3.resolve import resolve

SBOTTOM = "likelihoods/atlas_sbottom_SUSY-2018-31"

# --- sums of likelihoods ----------------------------------------------------------------------


def test_shared_parameters_and_their_constraint_count_once():
    ws, report = combined(two())
    model = hs3.compile(ws)
    assert sorted(model.names) == ["alpha", "mu"]
    mu, alpha = 0.7, -0.4
    nu = (5 * mu + 10) * (1 + 0.1 * alpha)
    expected = poisson(10, nu) + poisson(14, nu) + unit(alpha)
    assert model.nll({"mu": mu, "alpha": alpha}) == pytest.approx(expected, rel=1e-12)
    assert "combine.shared" in {f.code for f in report}
    assert ws.analyses[0].pois == ("mu",)


def test_the_fit_of_fully_correlated_copies_is_that_of_twice_the_data():
    """n1, n2 ~ Pois(5 mu + 10 + alpha): Fisher information gives sigma² = (10 + 2)/50."""
    ws = combined([counting(), counting()], overlap="keep")[0]
    result = hs3.fit(ws)
    assert result.values["mu"] == pytest.approx(0.0, abs=1e-6)
    assert result.values["alpha"] == pytest.approx(0.0, abs=1e-6)
    assert result.errors["mu"] == pytest.approx(math.sqrt(12 / 50), rel=1e-6)


def _best_average(rho):
    """Best linear unbiased estimate of mu from 10 and 13 with V = diag(1, 2²) + C(alpha)."""
    scale = np.array([1.0, 1.5])
    v = np.diag([1.0, 4.0]) + np.outer(scale, scale) * np.array([[1, rho], [rho, 1]])
    weight = np.linalg.inv(v).sum(axis=0)
    return weight @ [10.0, 13.0] / weight.sum(), weight.sum() ** -0.5


def _copies(rho):
    """Two measurements and how their sources are correlated, in the way a user would say it."""
    if rho == 1.0:
        return {}
    if rho == 0.0:
        return {"decorrelate": ["alpha"]}
    both = [{"a": "alpha"}, {"b": "alpha"}]
    return {"partial": [{"name": "z", "parameters": both, "matrix": [[1, rho], [rho, 1]]}]}


@pytest.mark.parametrize("rho", [1.0, 0.0, 0.5, -0.3])
def test_gaussian_measurements_give_the_best_linear_unbiased_estimate(rho):
    inputs = [measured(10.0, 1.0), measured(13.0, 2.0, sigma=1.5)]
    result = hs3.fit(combined(inputs, **_copies(rho))[0])
    value, error = _best_average(rho)
    assert result.values["mu"] == pytest.approx(value, rel=1e-9)
    assert result.errors["mu"] == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("rho", [1.0, -1.0])
def test_a_matrix_of_full_correlation_equals_one_shared_parameter(rho):
    both = [{"a": "alpha"}, {"b": "alpha"}]
    partial = {"name": "z", "parameters": both, "matrix": [[1, rho], [rho, 1]]}
    inputs = [measured(10.0, 1.0), measured(13.0, 2.0, sigma=1.5)]
    result = hs3.fit(combined(inputs, partial=[partial])[0])
    value, error = _best_average(rho)
    assert len(result.values) == 2
    assert result.values["mu"] == pytest.approx(value, rel=1e-9)
    assert result.errors["mu"] == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.25, -0.6])
@pytest.mark.parametrize("method", ["cholesky", "eigen"])
def test_partial_correlation_agrees_with_the_closed_form(rho, method):
    partial = {
        "name": "src",
        "parameters": [{"a": "alpha"}, {"b": "alpha"}],
        "matrix": [[1, rho], [rho, 1]],
        "method": method,
    }
    ws, report = combined([counting(), counting()], overlap="keep", partial=[partial])
    assert "combine.decomposed" in {f.code for f in report}
    result = hs3.fit(ws)
    # counts 5 mu + 10 + alpha_i with variance 10 and covariance rho: 1/sigma² = 50/(11 + rho)
    assert result.values["mu"] == pytest.approx(0.0, abs=1e-6)
    assert result.errors["mu"] == pytest.approx(math.sqrt((11 + rho) / 50), rel=1e-6)


def test_partial_correlation_is_the_multivariate_normal_constraint():
    rho = 0.4
    partial = {
        "name": "src",
        "parameters": [{"a": "alpha"}, {"b": "alpha"}],
        "matrix": [[1, rho], [rho, 1]],
    }
    model = hs3.compile(combined(two(), partial=[partial])[0])
    z = np.array([0.3, -1.1])
    a, b = np.linalg.cholesky([[1, rho], [rho, 1]]) @ z
    rates = [(5 * 0.8 + 10) * (1 + 0.1 * x) for x in (a, b)]
    expected = poisson(10, rates[0]) + poisson(14, rates[1]) + unit(z[0]) + unit(z[1])
    given = {"mu": 0.8, "src_1": z[0], "src_2": z[1]}
    assert model.nll(given) == pytest.approx(expected, rel=1e-12)
    # Both inputs start at alpha = 0.25.
    start = {p.name: p.value for p in model.parameters}
    assert start["src_1"] == pytest.approx(0.25)
    assert rho * start["src_1"] + math.sqrt(1 - rho**2) * start["src_2"] == pytest.approx(0.25)


def test_no_correlation():
    ws = combined(two(), decorrelate=["*", "!mu"])[0]
    model = hs3.compile(ws)
    assert sorted(model.names) == ["a_alpha", "b_alpha", "mu"]
    nu = [(5 * 0.7 + 10) * (1 + 0.1 * x) for x in (0.2, -0.3)]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + unit(0.2) + unit(-0.3)
    given = {"mu": 0.7, "a_alpha": 0.2, "b_alpha": -0.3}
    assert model.nll(given) == pytest.approx(expected, rel=1e-12)


def test_a_source_quoted_with_another_size_and_sign():
    rescale = {"input": "b", "parameter": "alpha", "of": "alpha", "scale": -0.5}
    ws, report = combined(two(), rescale=[rescale])
    model = hs3.compile(ws)
    nu = [(5 * 0.7 + 10) * (1 + 0.1 * x) for x in (0.8, -0.4)]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + unit(0.8)
    assert model.nll({"mu": 0.7, "alpha": 0.8}) == pytest.approx(expected, rel=1e-12)
    assert "combine.constraint_dropped" in {f.code for f in report}


def test_parameters_of_interest_as_functions():
    functions = [
        {"input": "a", "parameter": "mu", "expression": "kt^2*kg^2"},
        {"input": "b", "parameter": "mu", "expression": "kt^4"},
    ]
    coupling = {"value": 1.1, "min": 0, "max": 3}
    ws = combined(
        two(),
        functions=functions,
        parameters={"kt": coupling, "kg": coupling},
        parameters_of_interest=["kt", "kg"],
    )[0]
    model = hs3.compile(ws)
    kt, kg = 0.9, 1.2
    nu = [5 * kt**2 * kg**2 + 10, 5 * kt**4 + 10]
    expected = poisson(10, nu[0]) + poisson(14, nu[1]) + unit(0)
    assert model.nll({"kt": kt, "kg": kg, "alpha": 0}) == pytest.approx(expected, rel=1e-12)
    assert ws.analyses[0].pois == ("kt", "kg")


def test_histfactory_unbinned_and_constraints():
    documents = [counting(), unbinned(), measurement()]
    ws, _ = combined(documents, ["hf", "ub", "con"])
    model = hs3.compile(ws)
    single = [hs3.compile(hs3.Workspace.from_json(d)) for d in documents]
    rng = np.random.default_rng(3)
    for _ in range(5):
        point = {"mu": rng.normal(1, 0.2), "alpha": rng.normal(), "mh": rng.normal(125, 0.5)}
        parts = [m.nll({k: v for k, v in point.items() if k in m.names}) for m in single]
        expected = sum(parts) - 2 * unit(point["alpha"])
        assert model.nll(point) == pytest.approx(expected, rel=1e-10)
    result = hs3.fit(model)
    best = result.values
    parts = [m.nll({k: v for k, v in best.items() if k in m.names}) for m in single]
    assert result.converged
    assert result.nll == pytest.approx(sum(parts) - 2 * unit(best["alpha"]), rel=1e-10)
    slope = dict.fromkeys(model.names, 0.0)
    for m in single:
        for name, value in zip(m.names, m.gradient({k: best[k] for k in m.names}), strict=True):
            slope[name] += value
    slope["alpha"] -= 2 * best["alpha"]
    assert max(abs(slope[name]) for name in result.free) < 1e-5


def test_mapping_by_patterns():
    one = counting(alpha="ATLAS_JES_1")
    other = counting(n=14.0, name="cr", alpha="CMS_scale_1")
    correlate = {"JES_*": {"a": "ATLAS_JES_*", "b": "CMS_scale_*"}}
    given = [hs3.Workspace.from_json(d) for d in (one, other)]
    ws = hs3.combine(given, names=["a", "b"], correlate=correlate)[0]
    assert sorted(hs3.compile(ws).names) == ["JES_1", "mu"]


def test_published_regions_equal_the_combination_of_pyhf():
    pyhf = pytest.importorskip("pyhf", reason="pyhf is not installed")
    jsonpatch = pytest.importorskip("jsonpatch")
    files = [
        [shared(f"{SBOTTOM}/Region{r}/{f}.json") for f in ("BkgOnly", "patch.sbottom_900_250_60")]
        for r in "AC"
    ]
    raw = [[json.loads(p.read_text(encoding="utf-8")) for p in pair] for pair in files]
    theirs = [pyhf.Workspace(jsonpatch.apply_patch(a, b)) for a, b in raw]
    workspace = pyhf.Workspace.combine(*theirs, join="outer")
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    data, config = workspace.data(model), model.config
    ws = hs3.combine([hs3.read(a, patch=b)[0] for a, b in files], names=["A", "C"])[0]
    ours = hs3.compile(ws)
    assert set(ours.names) == set(config.par_names)
    rng = np.random.default_rng(1)
    bounds, start = np.array(config.suggested_bounds()), np.array(config.suggested_init())
    for _ in range(5):
        point = np.clip(start + rng.normal(size=len(start)) * 0.1, *bounds.T)
        point = np.where(config.suggested_fixed(), start, point)
        expected = -2 * float(model.logpdf(point, data)[0])
        found = ours.twice_nll(dict(zip(config.par_names, point, strict=True)))
        assert found == pytest.approx(expected, rel=1e-10)


# --- names, metadata, what is told --------------------------------------------------------------


def test_a_document_of_root_twice_is_twice_its_likelihood():
    """Parameters per bin of two axes, whose order is a convention of ROOT."""
    ws = hs3.load(DATA / "root640_two_axes.hs3.json")
    made = combined([ws, ws], overlap="keep", decorrelate=["*"])[0]
    single = hs3.compile(ws).nll()
    assert hs3.compile(made).nll() == pytest.approx(2 * single, rel=1e-12)


def test_names_that_clash_get_the_input_in_front_and_equal_things_are_one():
    ws, report = combined([unbinned(), with_other_width()], overlap="keep")
    assert {"a_g", "b_g", "ac"} <= set(ws.tables["distributions"])
    assert {"a_w", "b_w"} == set(ws.tables["functions"])
    assert set(ws.tables["data"]) == {"ev"}
    codes = {f.code for f in report}
    assert {"combine.renamed", "combine.merged", "combine.same_data"} <= codes
    assert hs3.validate(ws).ok


def with_other_width():
    data = unbinned()
    data["functions"][0]["expression"] = "3*(1 + 0.1*alpha)"
    return data


def test_observables_with_another_range_are_other_observables():
    other = unbinned()
    for place in (other["data"][0]["axes"][0], other["domains"][0]["axes"][2]):
        place["max"] = 140
    ws = combined([unbinned(), other])[0]
    names = [d.axes[0].name for d in ws.data]
    assert names == ["a_m", "b_m"]
    point = {"mh": 124.5, "alpha": 0.5}
    single = [hs3.compile(hs3.Workspace.from_json(d)).nll(point) for d in (unbinned(), other)]
    assert hs3.compile(ws).nll(point) == pytest.approx(sum(single) - unit(0.5), rel=1e-12)


def with_gamma(name, mean):
    """A factor with a gamma constraint whose numbers are constants, as for ROOT."""
    entry = {"type": "gamma_dist", "gamma": "shape", "beta": "rate", "mu": 0}
    data = with_factor(name, lambda k, _: entry | {"x": k})
    constants = {"shape": mean + 1.0, "rate": 1.0 / mean}
    data["parameter_points"][0]["parameters"] += [
        {"name": n, "value": v, "const": True} for n, v in constants.items()
    ]
    return data


def test_constants_of_one_name_and_other_values_are_other_constants():
    inputs = [with_gamma("u", 25.0), with_gamma("v", 16.0)]
    ws = combined(inputs)[0]
    graph = hs3.compile(ws).graph
    assert {(c.kind, c.parameter, c.observed) for c in graph.constraints if c.kind == "gamma"} == {
        ("gamma", "k_u", 25.0),
        ("gamma", "k_v", 16.0),
    }
    single = [hs3.compile(hs3.Workspace.from_json(d)).nll() for d in inputs]
    assert hs3.compile(ws).nll() == pytest.approx(sum(single) - unit(0.25), rel=1e-12)


def test_the_inputs_are_recorded_by_their_hash():
    inputs = [hs3.Workspace.from_json(d) for d in two()]
    ws = combined(inputs)[0]
    from hs3.workspace import sha256

    recorded = ws.metadata.model_extra["combined_from"]
    assert [r["sha256"] for r in recorded] == [sha256(w) for w in inputs]
    assert recorded[0]["name"] == "a"


def test_an_identical_channel_can_be_counted_once():
    ws, _ = combined([counting(), counting()], overlap="merge")
    nll = hs3.compile(hs3.Workspace.from_json(counting())).nll({"mu": 2.0, "alpha": 1.0})
    assert hs3.compile(ws).nll({"mu": 2.0, "alpha": 1.0}) == pytest.approx(nll, rel=1e-14)


def test_what_is_in_misc_is_told():
    data = counting() | {"misc": {"pyhf": {}}}
    assert "combine.dropped" in {f.code for f in combined([data, two()[1]])[1]}


# --- what is refused ------------------------------------------------------------------------------


def moved(**change):
    data = counting(n=14.0, name="cr")
    data["parameter_points"][0]["parameters"][1] |= change
    return data


def ranged():
    data = counting(n=14.0, name="cr")
    data["domains"][0]["axes"][1]["max"] = 4
    return data


def unconstrained():
    text = json.dumps(counting(n=14.0, name="cr"))
    return json.loads(text.replace('"constraint": "Gauss"', '"constraint": "None"'))


@pytest.mark.parametrize(
    "other, key, settled",
    [
        (moved(value=1), "value", {"value": 0.5}),
        (moved(const=True), "const", {"const": False}),
        (moved(unit="GeV"), "unit", None),
        (ranged(), "max", {"max": 5}),
        (unconstrained(), "constraint", {"constraint": "a"}),
    ],
)
def test_conflicts_name_both_inputs_and_the_key(other, key, settled):
    error = refusal([counting(), other], "combine.conflict")
    assert error.path == f"/parameters/alpha/{key}"
    assert "'a'" in error.message
    assert "'b'" in error.message
    if settled is not None:
        ws = combined([counting(), other], parameters={"alpha": settled})[0]
        parameter = next(p for p in hs3.compile(ws).parameters if p.name == "alpha")
        assert all(getattr(parameter, k) == v for k, v in settled.items() if k != "constraint")


def test_the_same_channel_with_the_same_data():
    assert "overlap" in refusal([counting(), counting()], "combine.overlap").message


PARTIAL = {"name": "s", "parameters": [{"a": "alpha"}, {"b": "alpha"}]}


@pytest.mark.parametrize(
    "matrix, said",
    [
        ([[1, 0.5]], "square"),
        ([[1, 0.5], [0.4, 1]], "symmetric"),
        ([[1, 0.5], [0.5, 2]], "diagonal"),
        ([[1, 1.5], [1.5, 1]], "beyond 1"),
        ([[1, -0.6, -0.6], [-0.6, 1, -0.6], [-0.6, -0.6, 1]], "eigenvalue -0.2"),
        ([[1]], "size"),
    ],
)
def test_matrices_that_are_none_of_correlations(matrix, said):
    error = refusal(two(), "combine.correlation", partial=[PARTIAL | {"matrix": matrix}])
    assert said in error.message


def with_factor(name, entry, value=1.0, **more):
    """A channel with a factor `k` that `entry` constrains."""
    data = counting(n=11.0, name=name, **more)
    for sample in data["distributions"][0]["samples"]:
        sample["modifiers"].append({"name": "k", "type": "normfactor", "parameter": f"k_{name}"})
    data["distributions"].append({"name": f"kc_{name}", **entry(f"k_{name}", f"nom_{name}")})
    data["likelihoods"][0]["aux_distributions"] = [f"kc_{name}"]
    data["domains"][0]["axes"].append({"name": f"k_{name}", "min": 0.1, "max": 5})
    constant = {"name": f"nom_{name}", "value": value, "const": True}
    data["parameter_points"][0]["parameters"] += [{"name": f"k_{name}", "value": value}, constant]
    return data


def lognormal(kappa):
    return lambda k, nominal: {"type": "lognormal_dist", "x": nominal, "mu": k, "k": kappa}


BOTH = [{"a": "k_u"}, {"b": "k_v"}]


def test_logarithms_of_parameters_with_log_normal_constraints_are_correlated():
    """k_i = o_i exp(s_i Σ L_ij z_j): the measurement of k is Gaussian in ln k."""
    rho, kappa, nominal = 0.6, (1.2, 1.5), (1.0, 1.3)
    inputs = [
        with_factor(name, lognormal(width), value=value)
        for name, width, value in zip("uv", kappa, nominal, strict=True)
    ]
    partial = {"name": "z", "parameters": BOTH, "matrix": [[1, rho], [rho, 1]]}
    model = hs3.compile(combined(inputs, partial=[partial])[0])
    z = np.array([0.7, -0.4])
    shifts = np.linalg.cholesky([[1, rho], [rho, 1]]) @ z
    k = [o * c**x for o, c, x in zip(nominal, kappa, shifts, strict=True)]
    rates = [(5 * 0.8 + 10) * (1 + 0.1 * 0.3) * factor for factor in k]
    expected = poisson(11, rates[0]) + poisson(11, rates[1]) + unit(0.3) + unit(z[0]) + unit(z[1])
    given = {"mu": 0.8, "alpha": 0.3, "z_1": z[0], "z_2": z[1]}
    assert model.nll(given) == pytest.approx(expected, rel=1e-12)
    # The joint density of the two observed logarithms is the multivariate normal one.
    covariance = np.outer(np.log(kappa), np.log(kappa)) * [[1, rho], [rho, 1]]
    pull = np.log(k) - np.log(nominal)
    normal = 0.5 * pull @ np.linalg.solve(covariance, pull)
    assert unit(z[0]) + unit(z[1]) == pytest.approx(normal + math.log(2 * math.pi), rel=1e-12)


def counted(k, nominal):
    return {"type": "poisson_dist", "x": nominal, "mean": k}


def gamma(k, _):
    return {"type": "gamma_dist", "x": k, "gamma": 26, "beta": 0.04, "mu": 0}


def gauss(k, nominal):
    return {"type": "gaussian_dist", "x": nominal, "mean": k, "sigma": 0.5}


@pytest.mark.parametrize(
    "entry, member, said",
    [
        (counted, "k_u", "'k_u' of 'a' needs a Gaussian or log-normal constraint, not poisson("),
        (gamma, "k_u", "not gamma(observed 25, scale 25)"),
        (gauss, "mu", "'mu' of 'a' needs a Gaussian or log-normal constraint, not none"),
    ],
)
def test_constraints_of_other_kinds_cannot_be_correlated(entry, member, said):
    inputs = [with_factor(name, entry) for name in "uv"]
    members = [{"a": member}, BOTH[1]]
    partial = {"name": "s", "parameters": members, "matrix": [[1, 0.5], [0.5, 1]]}
    assert said in refusal(inputs, "combine.correlation", partial=[partial]).message


def test_gaussian_constraints_that_are_cut_off_cannot_be_correlated():
    inputs = [with_factor(name, gauss) for name in "uv"]
    partial = {"name": "s", "parameters": BOTH, "matrix": [[1, 0.5], [0.5, 1]]}
    combined(inputs, partial=[partial])
    inputs[0]["domains"][0]["axes"].append({"name": "nom_u", "min": 0, "max": 2})
    assert "cut off" in refusal(inputs, "combine.correlation", partial=[partial]).message


def bins():
    data = counting(n=14.0, name="cr")
    shape = {"name": "st", "type": "shapesys", "constraint": "Gauss", "data": {"vals": [0.1]}}
    for sample in data["distributions"][0]["samples"][1:]:
        sample["modifiers"].append(shape | {"parameters": ["gamma"]})
    return data


@pytest.mark.parametrize(
    "config",
    [
        {"correlated": {}},
        {"overlap": "perhaps"},
        {"inputs": {"c": {}}},
        {"correlate": {"x": {"c": "mu"}}},
        {"correlate": {"x": {"a": "nothing"}}},
        {"decorrelate": ["nothing"]},
        {"rescale": [{"input": "b", "parameter": "alpha", "of": "nothing"}]},
        {"rescale": [{"input": "b", "parameter": "alpha", "of": "mu"}]},
        {"functions": [{"input": "a", "parameter": "alpha", "expression": "mu"}]},
        {"functions": [{"input": "a", "parameter": "mu", "expression": "nothing"}]},
        {
            "functions": [{"input": "a", "parameter": "mu", "expression": "kt"}],
            "parameters": {"kt": {}},
        },
        {"parameters": {"nothing": {"value": 1}}},
        {"parameters": {"mu": {"constraint": "c"}}},
        {"parameters_of_interest": ["nothing"]},
        {"partial": [{"name": "s", "parameters": ["nothing"], "matrix": [[1]]}]},
        {
            "rescale": [
                {"input": "b", "parameter": "alpha", "of": "alpha"},
                {"input": "b", "parameter": "alpha", "of": "alpha"},
            ]
        },
    ],
)
def test_configurations_that_do_not_fit(config):
    assert refusal(two(), "combine.config", **config).message.startswith("configuration")


def test_constraints_of_bins_cannot_be_taken_away():
    function = {
        "input": "b",
        "parameter": "gamma",
        "expression": "mu",
        "drop_constraint": True,
    }
    refusal([counting(), bins()], "combine.bins", functions=[function])


def with_histosys(packages):
    data = counting(name=f"h{len(packages)}", n=11.0 + len(packages))
    templates = {"hi": {"contents": [11]}, "lo": {"contents": [9]}}
    data["distributions"][0]["samples"][1]["modifiers"].append(
        {"name": "h", "type": "histosys", "parameter": "alpha", "data": templates}
    )
    data["metadata"]["packages"] = packages
    return data


def test_conventions_of_several_writers():
    inputs = [with_histosys([]), with_histosys([{"name": "ROOT", "version": "6.40.00"}])]
    assert "clip_at_zero" in refusal(inputs, "combine.conventions").message
    for clip in (True, False):
        ws = combined(inputs, clip_at_zero=clip)[0]
        assert (ws.metadata.version_of("ROOT") is not None) == clip


def test_inputs_with_nothing_to_combine():
    refusal([counting()], "combine.input")
    refusal([counting(), {"metadata": {"hs3_version": "0.2.9"}}], "combine.input")
    with pytest.raises(hs3.EditError, match="names"):
        combined(two(), ["a", "a"])


def test_a_combination_that_lost_something_is_refused():
    from hs3.combination import check

    ws = hs3.Workspace.from_json(counting())
    found = check._compare("channels", check.Counter([1]), check.Counter([1, 2]))
    assert list(found) == ["of the channels, 2 is missing"]
    with pytest.raises(hs3.EditError) as raised:
        check.check(ws, [], _empty_plan(), {}, [])
    assert raised.value.code == "combine.check"


def _empty_plan():
    from hs3.combination.plan import Plan

    return Plan([], [], [])


# --- decompositions ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["cholesky", "eigen"])
def test_a_decomposition_gives_the_matrix_back(method):
    rng = np.random.default_rng(5)
    draws = rng.normal(size=(6, 40))
    matrix = np.corrcoef(draws)
    np.fill_diagonal(matrix, 1.0)
    matrix = (matrix + matrix.T) / 2
    factor = decompose(matrix.tolist(), method)
    assert np.abs(factor @ factor.T - matrix).max() < 1e-14


def test_full_correlation_needs_one_parameter_only():
    factor = decompose([[1, 1, -1], [1, 1, -1], [-1, -1, 1]], "cholesky")
    assert factor.shape == (3, 1)
    assert np.abs(np.abs(factor) - 1).max() < 1e-15


# --- the command ----------------------------------------------------------------------------------


def test_the_command(tmp_path, capsys):
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for path, data in zip(files, two(), strict=True):
        path.write_text(json.dumps(data), encoding="utf-8")
    config = tmp_path / "combine.yaml"
    config.write_text("decorrelate: [alpha]\n", encoding="utf-8")
    out = tmp_path / "out.json"
    arguments = ["combine", *map(str, files), "-o", str(out), "--config", str(config), "--json"]
    assert run(arguments) == 0
    assert json.loads(capsys.readouterr().out)["written"] == str(out)
    graph = hs3.load(out)
    assert {p.name for p in graph.parameter_points[0].parameters} == {
        "mu",
        "one_alpha",
        "two_alpha",
    }
    for text in ("a: [", "x: &a 1\ny: *a\n", "- 1\n"):
        config.write_text(text, encoding="utf-8")
        assert run(arguments) == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == "combine.config"


def test_the_inputs_are_left_as_they_were():
    documents = two()
    before = copy.deepcopy(documents)
    combined(documents)
    assert documents == before


@pytest.mark.slow
def test_twenty_copies_of_a_published_likelihood(tmp_path, capsys):
    """1301 parameters, as somebody would put them together (docs/combine.md)."""
    source, patch = (
        shared(f"{SBOTTOM}/RegionC/{name}.json") for name in ("BkgOnly", "patch.sbottom_900_250_60")
    )
    copies = [str(tmp_path / f"c{i}.hs3.json") for i in range(20)]
    assert run(["convert", str(source), copies[0], "--patch", str(patch)]) == 0
    for path in copies[1:]:
        shutil.copy(copies[0], path)
    config = tmp_path / "copies.yaml"
    config.write_text('decorrelate: ["*", "!mu_SIG"]\noverlap: keep\n', encoding="utf-8")
    out = tmp_path / "twenty.json"
    started = time.process_time()
    assert run(["combine", *copies, "-o", str(out), "--config", str(config)]) == 0
    assert time.process_time() - started < 20.0
    assert "combine.same_data" in capsys.readouterr().out
    made = hs3.load(out)
    assert len(made.parameter_points[0].parameters) == 1301
    single = compile_graph(resolve(hs3.load(copies[0])))
    assert compile_graph(resolve(made)).nll() == pytest.approx(20 * single.nll(), rel=1e-12)


def test_the_example(tmp_path):
    folder = ROOT / "examples" / "combine"
    out = tmp_path / "combined.json"
    names = ["counting", "mass", "world"]
    files = [str(folder / f"{name}.hs3.json") for name in names]
    config = str(folder / "combine.yaml")
    assert run(["combine", *files, "-o", str(out), "--config", config]) == 0
    assert hs3.validate(out).ok
