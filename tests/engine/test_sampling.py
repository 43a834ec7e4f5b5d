"""Random events follow their density: every type that can be evaluated, and whole models."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import builders as b
import jax.numpy as jnp
import numpy as np
import pytest
from density_cases import CASES
from scipy import stats

import hs3.engine as engine
from hs3.engine import kernels
from hs3.engine.density import DensityScope, Options, log_probability
from hs3.engine.evaluator import Evaluator
from hs3.errors import CompileError, EvaluationError, FitError
from hs3.resolve import resolve
from hs3.workspace import Workspace

SIZE = 20_000
POINTS = [
    pytest.param(case, point, id=f"{case['id']}-{i}")
    for case in CASES
    for i, point in enumerate(case["points"])
]


def evaluator(case) -> Evaluator:
    document = {"metadata": {"hs3_version": "0.2.9"}, **case["document"]}
    return Evaluator.of(Workspace.from_json(document))


def test_what_is_to_be_tested_is_there():
    assert len(POINTS) > 60


@pytest.mark.slow
@pytest.mark.parametrize("case, point", POINTS)
def test_events_follow_the_density(case, point):
    """A chi-square test at a fixed seed, in bins that share out other events evenly.

    Of ten thousand such tests of a right sampler, one would fail.
    """
    one = evaluator(case)
    ranges = case["observables"]
    try:
        both = one.sample(case["pdf"], ranges, 2 * SIZE, 1, point)
    except EvaluationError:  # as it should where there is no density
        assert is_negative(one, case, point)
        return
    first, events = ({name: v[half::2] for name, v in both.items()} for half in (0, 1))
    assert list(events) == list(ranges)
    for name, (low, high) in ranges.items():
        assert events[name].shape == (SIZE,)
        assert ((low <= events[name]) & (events[name] <= high)).all()
    axes = counts_of(ranges) if case.get("counting") else bins_of(ranges, first)
    wanted = SIZE * probabilities(one, case, point, axes)
    assert wanted.sum() == pytest.approx(SIZE, rel=1e-4)
    columns = np.stack([events[name] for name in axes], axis=1)
    found = np.histogramdd(columns, [edges_of(axis) for axis in axes.values()])[0]
    assert p_value(found.ravel(), wanted) > 1e-4


def is_negative(one: Evaluator, case, point) -> bool:
    """Whether the density, being below zero, has no logarithm somewhere in the middle of things."""
    rng = np.random.default_rng(1)
    x = {name: rng.uniform(low, high, 500) for name, (low, high) in case["observables"].items()}
    return bool(np.isnan(one.density(case["pdf"], case["observables"], {**point, **x})).any())


Bins = tuple[np.ndarray, np.ndarray]
"""Lower and upper limits; the upper one belongs to the next bin."""


def counts_of(ranges) -> dict[str, Bins]:
    """One bin for each whole number."""
    ((name, (low, high)),) = ranges.items()
    counts = np.arange(np.ceil(low), np.floor(high) + 1)
    return {name: (counts - 0.5, counts + 0.5)}


def bins_of(ranges, events) -> dict[str, Bins]:
    """Bins with the same number of `events` in each axis, and those beyond the last event."""
    parts = {1: 50, 2: 8, 3: 4}[len(ranges)]
    out = {}
    for name, (low, high) in ranges.items():
        inner = np.quantile(events[name], np.linspace(0.0, 1.0, parts + 1))
        edges = np.unique([low, *inner, high])
        out[name] = edges[:-1], edges[1:]
    return out


def edges_of(bins: Bins) -> np.ndarray:
    return np.append(bins[0], bins[1][-1])


def probabilities(one: Evaluator, case, point, axes: dict[str, Bins]) -> np.ndarray:
    """Probability of each bin of the grid, integrated by the engine."""
    sizes = [range(len(low)) for low, _ in axes.values()]
    index = np.array(list(product(*sizes))).T
    box = {
        name: (jnp.asarray(low[i]), jnp.asarray(high[i]))
        for i, (name, (low, high)) in zip(index, axes.items(), strict=True)
    }
    definitions = replace(one.definitions, options=Options(panels=64))
    scope = DensityScope({**one.values, **point}, definitions, case["observables"])
    return np.exp(np.asarray(log_probability(scope.distribution(case["pdf"]), scope, box)))


def p_value(found: np.ndarray, wanted: np.ndarray) -> float:
    """Pearson's test; bins that expect less than five events are thrown together."""
    rare = wanted < 5.0
    assert found[rare].sum() <= wanted[rare].sum() + 6.0 * np.sqrt(wanted[rare].sum()) + 6.0
    found, wanted = found[~rare], wanted[~rare]
    if len(wanted) < 2:
        return 1.0
    return float(stats.chi2.sf(((found - wanted) ** 2 / wanted).sum(), len(wanted) - 1))


# --- whole likelihoods ----------------------------------------------------------------------------

X = {"name": "x", "min": 0.0, "max": 10.0}
BINS = {**X, "nbins": 20}
SIGMA = {"type": "gaussian_uncertainty", "sigma": [4.0 + 0.1 * i for i in range(20)]}


def likelihood(*pairs: tuple[str, str], **sections) -> engine.Model:
    """A likelihood of some of the distributions and data below."""
    constants = sections.pop("constants", ())
    rng = np.random.default_rng(3)
    peak = np.concatenate([rng.normal(5.0, 0.7, 150), rng.uniform(0.0, 10.0, 250)])
    entries = [[float(v)] for v in peak[(peak > 0.0) & (peak < 10.0)]]
    contents = [float(n) for n in np.histogram(peak, 20, (0.0, 10.0))[0]]
    document = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "peak", "type": "gaussian_dist", "x": "x", "mean": "mean", "sigma": "width"},
            {"name": "flat", "type": "generic_dist", "expression": "1 + slope*x"},
            {
                "name": "extended",
                "type": "mixture_dist",
                "summands": ["peak", "flat"],
                "coefficients": ["signal", "background"],
                "extended": True,
            },
            {
                "name": "shape",
                "type": "mixture_dist",
                "summands": ["peak", "flat"],
                "coefficients": ["fraction"],
                "extended": False,
            },
            *sections.pop("more", ()),
        ],
        "data": [
            {"name": "events", "type": "unbinned", "axes": [X], "entries": entries},
            {"name": "bins", "type": "binned", "axes": [BINS], "contents": contents},
            {
                "name": "measured",
                "type": "binned",
                "axes": [BINS],
                "contents": contents,
                "uncertainty": SIGMA,
            },
            *sections.pop("data", ()),
        ],
        "likelihoods": [
            {
                "name": "l",
                "distributions": [p for p, _ in pairs],
                "data": [d for _, d in pairs],
                **sections,
            }
        ],
        "domains": b.domain(
            mean=(3.0, 7.0),
            width=(0.3, 2.0),
            slope=(-0.05, 0.5),
            signal=(0.0, 500.0),
            background=(0.0, 900.0),
            fraction=(0.0, 1.0),
            x=(0.0, 10.0),
        ),
        "parameter_points": b.point(
            a=0.0, mean=5.1, width=0.8, slope=0.04, signal=140.0, background=260.0, fraction=0.4
        ),
    }
    document["parameter_points"][0]["parameters"] += constants
    return engine.compile(resolve(Workspace.from_json(document)))


KINDS = {
    "unbinned_extended": ("extended", "events"),
    "unbinned": ("shape", "events"),
    "binned_extended": ("extended", "bins"),
    "binned": ("shape", "bins"),
    "uncertain_extended": ("extended", "measured"),
    "uncertain": ("shape", "measured"),
}
MODELS = {name: likelihood(pair) for name, pair in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_data_go_out_and_in(kind):
    model = MODELS[kind]
    assert model.with_data(model.data).nll() == model.nll()


@pytest.mark.parametrize("kind", KINDS)
def test_expected_data_give_the_parameters_back(kind):
    model = MODELS[kind]
    asimov = model.with_data(model.expected_data())
    np.testing.assert_allclose(asimov.gradient(), 0.0, atol=1e-6)
    found = engine.fit(asimov)
    assert found.converged
    for name in found.free:
        assert found.values[name] == pytest.approx(model.theta()[model.position(name)], rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_toys_have_the_expected_mean_and_spread(kind):
    """Bin by bin, with the covariance of a multinomial, Poisson or normal distribution."""
    model, size = MODELS[kind], 400
    toys = model.sample(11, size)
    assert toys.size == size
    name = KINDS[kind][0]
    edges = np.linspace(0.0, 10.0, 21)
    if name in toys.events:
        events = toys.events[name]
        pairs = zip(events.columns["x"], events.weights, strict=True)
        contents = np.array([np.histogram(x, edges, weights=w)[0] for x, w in pairs])
    else:
        contents = toys.contents[name]
    binned = MODELS[f"binned{'_extended' if 'extended' in kind else ''}"]
    mean = binned.expected_data().contents[name]
    if "uncertain" in kind:
        variance = np.array(SIGMA["sigma"]) ** 2
    else:
        variance = mean if "extended" in kind else mean * (1.0 - mean / mean.sum())
    pulls = (contents.mean(axis=0) - mean) / np.sqrt(variance / size)
    assert np.abs(pulls).max() < 4.0
    ratio = contents.var(axis=0) / variance
    assert np.abs(ratio - 1.0).max() < 5.0 * np.sqrt(2.0 / size)
    totals = contents.sum(axis=1)
    if "extended" in kind and "uncertain" not in kind:
        assert totals.var() == pytest.approx(mean.sum(), rel=0.35)
    elif "uncertain" not in kind:
        assert (totals == totals[0]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_toy_does_not_depend_on_how_many_there_are(kind):
    model = MODELS[kind]
    few, many = model.sample(5, 2).toy(1), model.sample(5, 7).toy(1)
    for one, other in zip(few.contents.values(), many.contents.values(), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(few.events.values(), many.events.values(), strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
        np.testing.assert_array_equal(one.columns["x"], other.columns["x"])
    assert model.with_data(few).nll() == model.with_data(many).nll()


@pytest.mark.parametrize("kind", KINDS)
def test_toys_share_one_compiled_program(kind):
    model = MODELS[kind]
    toys = [model.with_data(model.sample(5, 2).toy(i)) for i in (0, 1)]
    toys[0].nll()
    compiled = kernels._in_order(kernels._evaluate)._cache_size()
    toys[1].nll()
    if "unbinned" not in kind:
        model.nll()
    assert kernels._in_order(kernels._evaluate)._cache_size() == compiled


def test_fits_of_unbinned_toys_are_unbiased():
    model, size = MODELS["unbinned_extended"], 60
    fits = [engine.fit(toy) for toy in model.toys(model.sample(2, size, {"signal": 120.0}))]
    assert all(f.converged for f in fits)
    pulls = np.array([(f.values["signal"] - 120.0) / f.errors["signal"] for f in fits])
    assert abs(pulls.mean()) < 4.0 / np.sqrt(size)
    assert pulls.std() == pytest.approx(1.0, abs=0.35)


def test_terms_are_drawn_beside_channels_and_measurements():
    channel = b.document(b.sample(b.modifier(b.NORMSYS, constraint="Gauss", interpolation="log")))
    model = likelihood(
        ("extended", "events"),
        ("shape", "bins"),
        ("ch", "d"),
        more=channel["distributions"],
        data=channel["data"],
    )
    toys = model.sample(1, 3)
    assert (list(toys.channels), list(toys.auxiliary)) == (["ch"], ["a_constraint"])
    assert (list(toys.events), list(toys.contents)) == (["extended"], ["shape"])
    assert toys.size == 3
    nlls = [toy.nll() for toy in model.toys(toys)]
    assert len(set(nlls)) == 3


def test_two_terms_of_one_distribution_keep_their_own_data():
    model = likelihood(("shape", "events"), ("shape", "bins"))
    assert model.with_data(model.data).nll() == model.nll()
    assert list(model.data.events) == ["shape#0"]
    assert list(model.data.contents) == ["shape#1"]


COVARIANCE = [[0.04, 0.001], [0.001, 0.01]]


def tied(mean, **more) -> engine.Model:
    """A term, and a measurement of its mean and width at once."""
    tie = {
        "name": "tie",
        "type": "multivariate_normal_dist",
        "x": ["mean", "width"],
        "mean": mean,
        "covariances": COVARIANCE,
    }
    return likelihood(("extended", "events"), more=[tie], aux_distributions=["tie"], **more)


def test_measurements_of_several_parameters_are_drawn_around_them():
    model = tied([5.0, 0.8])
    np.testing.assert_array_equal(model.data.contents["tie"], [5.0, 0.8])
    assert model.with_data(model.data).nll() == model.nll()
    at = {"mean": 4.7, "width": 0.9}
    drawn = model.sample(1, 4000, at).contents["tie"]
    np.testing.assert_allclose(np.cov(drawn.T), COVARIANCE, atol=4e-3)
    np.testing.assert_allclose(drawn.mean(axis=0), [4.7, 0.9], atol=0.015)
    toy = model.sample(1, 2, at).toy(1)
    moved = model.with_data(replace(model.data, contents=toy.contents))
    pull = toy.contents["tie"] - [4.7, 0.9], np.array([4.7, 0.9]) - [5.0, 0.8]
    new, old = (0.5 * p @ np.linalg.solve(COVARIANCE, p) for p in pull)
    assert moved.nll(at) - model.nll(at) == pytest.approx(new - old, rel=1e-9)


def test_asimov_data_with_measurements_of_several_parameters_give_the_values_back():
    model = tied([5.0, 0.8])
    at = {"mean": 4.8, "width": 0.9}
    fit = engine.fit(model.with_data(model.expected_data(at)))
    assert fit.converged
    for name, value in at.items():
        assert fit.values[name] == pytest.approx(value, abs=1e-4)


def test_measured_values_can_be_named():
    """They are the parameters' values, until other data say otherwise."""
    given = {"m0": 5.0, "w0": 0.8}
    constants = [{"name": name, "value": value, "const": True} for name, value in given.items()]
    model = tied(["m0", "w0"], constants=constants)
    numbers = tied([5.0, 0.8])
    assert model.nll() == pytest.approx(numbers.nll(), rel=1e-14)
    assert model.nll({"m0": 5.2}) == pytest.approx(tied([5.2, 0.8]).nll(), rel=1e-14)
    np.testing.assert_array_equal(model.data.contents["tie"], [5.0, 0.8])
    other = replace(model.data, contents={"tie": np.array([5.2, 0.8])})
    assert model.with_data(other).nll() == pytest.approx(tied([5.2, 0.8]).nll(), rel=1e-14)


def test_auxiliary_distributions_of_unknown_form_are_refused_by_name():
    tie = {
        "name": "tie",
        "type": "generalized_normal_dist",
        "x": "mean",
        "mean": 5.0,
        "alpha": 0.3,
        "beta": 4.0,
    }
    model = likelihood(("extended", "events"), more=[tie], aux_distributions=["tie"])
    for ask in (model.expected_data, lambda: model.sample(1, 2)):
        with pytest.raises(CompileError, match="'tie'"):
            ask()


def test_data_that_do_not_fit_are_refused():
    model = MODELS["unbinned_extended"]
    events = model.data.events["extended"]
    beyond = engine.Events({"x": events.columns["x"] + 9.0}, events.weights)
    short = engine.Events({"x": events.columns["x"][1:]}, events.weights)
    for wrong, said in [
        ({}, "needs events"),
        ({"extended": beyond}, "outside of"),
        ({"extended": short}, "one length"),
        ({"extended": engine.Events({}, events.weights)}, "needs events with x"),
    ]:
        with pytest.raises(FitError, match=said):
            model.with_data(engine.Dataset({}, {}, wrong))
    with pytest.raises(FitError, match="needs 20 bin contents"):
        MODELS["binned"].with_data(engine.Dataset({}, {}, {}, {"shape": np.ones(3)}))
