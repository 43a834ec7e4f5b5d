"""Test statistics, limits and significances against pyhf, closed formulas and toys."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT, shared
from histfactory_models import channel, graph_of, parameter, sample, two_bin
from scipy.optimize import minimize
from scipy.special import ndtr
from scipy.stats import ncx2, poisson

import hs3
import hs3.engine as engine
from hs3.engine.inference import (
    hypotest,
    significance,
    toy_hypotest,
    toy_significance,
    toy_upper_limit,
    upper_limit,
)
from hs3.engine.inference.crossing import crossing
from hs3.engine.inference.signal_test import SignalTest
from hs3.engine.inference.statistics import STATISTICS, statistic_of
from hs3.engine.inference.toys import toy_statistics
from hs3.errors import FitError
from hs3.histfactory.meaning import NormFactor

SBOTTOM = ("likelihoods", "atlas_sbottom_SUSY-2018-31", "RegionC")


def counting(observed: float, background: float, signal: float = 1.0, low: float = -5.0):
    """One bin without systematics: everything about it is known in closed form."""
    samples = [
        sample("s", [signal], [NormFactor("mu", "mu", "")]),
        sample("b", [background]),
    ]
    graph = graph_of([channel("c", samples, [observed])], [], [parameter("mu", 1.0, low, 100.0)])
    return engine.compile(graph)


def rise(n: float, rate: float) -> float:
    """Twice the rise of -ln L of n counts from its minimum."""
    return 2.0 * (rate - n + (n * math.log(n / rate) if n else 0.0))


@pytest.fixture(scope="module")
def wide():
    graph = two_bin()
    return engine.compile(
        replace(graph, parameters=(parameter("mu", 1.0, -4.0, 10.0), *graph.parameters[1:]))
    )


# --- statistics and their distributions -----------------------------------------------------------


@pytest.mark.parametrize(
    "name, n, tested, expected",
    [
        ("t", 12.0, 1.0, rise(12, 11)),
        ("t", 8.0, 1.0, rise(8, 11)),
        ("t~", 8.0, 1.0, rise(8, 11) - rise(8, 10)),
        ("q", 8.0, 1.0, rise(8, 11)),
        ("q", 12.0, 1.0, 0.0),
        ("q~", 8.0, 1.0, rise(8, 11) - rise(8, 10)),
        ("q~", 10.5, 1.0, rise(10.5, 11)),
        ("q0", 15.0, 0.0, rise(15, 10)),
        ("q0", 8.0, 0.0, 0.0),
        ("r", 15.0, 0.0, math.sqrt(rise(15, 10))),
        ("r", 8.0, 1.0, -math.sqrt(rise(8, 11))),
    ],
)
def test_statistics_of_a_counting_experiment(name, n, tested, expected):
    found = hypotest(counting(n, 10.0), tested, statistic=name)
    assert found.observed == pytest.approx(expected, abs=1e-7)
    assert found.statistic == name


@pytest.mark.parametrize("name", list(STATISTICS))
@pytest.mark.parametrize("true", [0.0, 0.7, 1.3])
def test_distributions_are_those_of_gaussian_best_fits(name, true):
    statistic = STATISTICS[name]
    tested, sigma = (0.0 if name == "q0" else 1.0), 0.8
    best = true + sigma * np.random.default_rng(1).normal(size=200_000)
    drawn = np.array([statistic.expected(b, tested, sigma) for b in best])
    for value in (0.1, 0.5, 1.0, 2.0, 4.0):
        p = statistic.survival(value, tested, true, sigma)
        assert (drawn >= value).mean() == pytest.approx(p, abs=5 * math.sqrt(p / 200_000) + 1e-5)


def test_distributions_are_those_of_the_paper():
    t, mu, sigma = 2.3, 1.2, 0.5
    root, shift = math.sqrt(t), (mu - 0.4) / sigma
    of = {name: STATISTICS[name].survival for name in STATISTICS}
    # (35) is the noncentral chi-square
    assert of["t"](t, mu, 0.4, sigma) == pytest.approx(ncx2.sf(t, 1, shift**2), rel=1e-9)
    # (57)
    assert of["q"](t, mu, 0.4, sigma) == pytest.approx(1 - ndtr(root - shift), rel=1e-9)
    # (49)
    assert of["q0"](t, 0.0, 0.4, sigma) == pytest.approx(1 - ndtr(root - 0.4 / sigma), rel=1e-9)
    # (43) and (66) above mu^2/sigma^2
    t = 8.0
    rest = 1 - ndtr((t + mu**2 / sigma**2) / (2 * mu / sigma))
    assert of["q~"](t, mu, mu, sigma) == pytest.approx(rest, rel=1e-9)
    assert of["t~"](t, mu, mu, sigma) == pytest.approx(1 - ndtr(math.sqrt(t)) + rest, rel=1e-9)


def test_several_parameters_of_interest():
    samples = [
        sample("s", [10.0, 0.0], [NormFactor("mu", "mu", "")]),
        sample("t", [0.0, 10.0], [NormFactor("nu", "nu", "")]),
    ]
    parameters = [parameter("mu", 1.0, 0.0, 9.0), parameter("nu", 1.0, 0.0, 9.0)]
    model = engine.compile(graph_of([channel("c", samples, [13.0, 8.0])], [], parameters))
    found = hypotest(model, {"mu": 1.0, "nu": 1.0}, statistic="t")
    t = rise(13, 10) + rise(8, 10)
    assert found.observed == pytest.approx(t, abs=1e-7)
    assert found.p_value == pytest.approx(math.exp(-t / 2), abs=1e-7)  # chi-square with 2 degrees
    with pytest.raises(FitError, match="one parameter of interest"):
        hypotest(model, {"mu": 1.0, "nu": 1.0})


def test_toys_of_several_parameters_of_interest():
    """Two counts that expect 10: the exact p-value is a sum over both."""
    samples = [
        sample("s", [10.0, 0.0], [NormFactor("mu", "mu", "")]),
        sample("t", [0.0, 10.0], [NormFactor("nu", "nu", "")]),
    ]
    parameters = [parameter("mu", 1.0, 0.0, 9.0), parameter("nu", 1.0, 0.0, 9.0)]
    model = engine.compile(graph_of([channel("c", samples, [15.0, 8.0])], [], parameters))
    found = toy_hypotest(model, {"mu": 1.0, "nu": 1.0}, statistic="t", toys=1000, seed=4)
    counts = np.arange(60)
    rises = np.array([rise(int(n), 10.0) for n in counts])
    weight = poisson.pmf(counts, 10.0)
    far = rises[:, None] + rises[None, :] >= rise(15, 10) + rise(8, 10) - 1e-9
    exact = float((np.outer(weight, weight) * far).sum())
    assert found.p_value == pytest.approx(exact, abs=4.0 * found.errors[0])
    assert found.toys == 1000
    assert found.asymptotic.p_value == pytest.approx(math.exp(-found.observed / 2), abs=1e-7)


# --- against published numbers and pyhf -----------------------------------------------------------


def two_bin_document(signal=None):
    spec = json.loads((ROOT / "examples" / "two_bin" / "workspace.json").read_text())
    if signal:
        spec["channels"][0]["samples"][0]["data"] = signal
    return spec


def pyhf_model(spec):
    pyhf = pytest.importorskip("pyhf")
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-12))
    workspace = pyhf.Workspace(spec)
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
    model = workspace.model(modifier_settings=codes)
    return pyhf, model, workspace.data(model)


@pytest.mark.parametrize("signal, cls", [(None, 0.0525), ([5.0, 6.0], 0.3365)])
def test_the_two_bin_example_has_its_published_cls(signal, cls):
    assert hs3.hypotest(two_bin_document(signal), 1.0).cls == pytest.approx(cls, abs=5e-5)


@pytest.mark.parametrize("statistic", ["q~", "q"])
@pytest.mark.parametrize("mu", [0.5, 1.0, 2.0])
def test_cls_is_that_of_pyhf(statistic, mu):
    pyhf, model, data = pyhf_model(two_bin_document())
    low = 0.0 if statistic == "q~" else -4.0
    bounds = model.config.suggested_bounds()
    bounds[model.config.poi_index] = (low, 10.0)
    name = {"q~": "qtilde", "q": "q"}[statistic]
    cls, expected = pyhf.infer.hypotest(
        mu, data, model, test_stat=name, par_bounds=bounds, return_expected_set=True
    )
    found = hs3.hypotest(two_bin_document(), mu, statistic=statistic, bounds={"mu": (low, 10.0)})
    assert found.cls == pytest.approx(float(cls), abs=1e-5)
    np.testing.assert_allclose(found.expected_cls, [float(e) for e in expected], atol=1e-5)


def test_the_limit_is_that_of_pyhf():
    pyhf, model, data = pyhf_model(two_bin_document())
    scan = pyhf.infer.intervals.upper_limits.toms748_scan  # from 0.1: at 0 pyhf divides by zero
    observed, expected = scan(data, model, 0.1, 5.0, rtol=1e-6)
    found = hs3.upper_limit(two_bin_document())
    assert found.observed == pytest.approx(float(observed), abs=1e-3)
    np.testing.assert_allclose(found.expected, [float(e) for e in expected], atol=1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_limit_and_cls_of_a_published_search_are_those_of_pyhf():
    jsonpatch = pytest.importorskip("jsonpatch")
    folder = shared(*SBOTTOM)
    patch = folder / "patch.sbottom_1300_850_60.json"
    background = json.loads((folder / "BkgOnly.json").read_text())
    pyhf, model, data = pyhf_model(jsonpatch.apply_patch(background, patch.read_text()))
    ours = hs3.compile(hs3.load(folder / "BkgOnly.json", patch=patch))
    cls, band = pyhf.infer.hypotest(1.0, data, model, return_expected_set=True)
    found = hypotest(ours, 1.0)
    assert found.cls == pytest.approx(float(cls), abs=1e-5)
    np.testing.assert_allclose(found.expected_cls, [float(e) for e in band], atol=1e-5)
    scan = pyhf.infer.intervals.upper_limits.toms748_scan
    observed, expected = scan(data, model, 0.1, 5.0)
    limit = upper_limit(ours)
    assert limit.observed == pytest.approx(float(observed), abs=1e-3)
    np.testing.assert_allclose(limit.expected, [float(e) for e in expected], atol=1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_limit_does_not_stop_in_a_higher_minimum():
    """Far above the best fit this likelihood has several minima, as random starts show."""
    folder = shared(*SBOTTOM)
    patch = folder / "patch.sbottom_900_250_60.json"
    model = hs3.compile(hs3.load(folder / "BkgOnly.json", patch=patch))
    limit = upper_limit(model, bounds={"mu_SIG": (0.0, 100.0)})
    tester = SignalTest.of(model, None, statistic_of("q~"), bounds={"mu_SIG": (0.0, 100.0)})
    followed = tester.data.at(limit.observed).nll
    lower = tester.data.look_lower(limit.observed)
    lowest = tester.data.at(limit.observed).nll
    assert lower == (lowest < followed)
    q = 2.0 * (lowest - tester.data.best.nll)
    cls = tester.p_values(q, limit.observed)[2]
    assert cls == pytest.approx(0.05, rel=1e-3) or "several minima" in limit.notes[-1]


def test_the_limit_is_where_cls_crosses(wide):
    for cl in (0.9, 0.95):
        limit = upper_limit(wide, cl=cl)
        assert hypotest(wide, limit.observed).cls == pytest.approx(1 - cl, rel=1e-4)
        for number, value in enumerate(limit.expected):
            assert hypotest(wide, value).expected_cls[number] == pytest.approx(1 - cl, rel=1e-4)
    plain = upper_limit(wide, use_cls=False)
    assert hypotest(wide, plain.observed).p_value == pytest.approx(0.05, rel=1e-4)
    assert plain.observed < upper_limit(wide).observed
    assert plain.expected[0] == 0.0
    assert json.loads(plain.to_json())["observed"] == plain.observed


# --- a peak whose place and width float: without a signal they mean nothing -----------------------

PEAK_AT = [5.27, 5.281, 5.279, 5.275, 5.1, 5.2, 5.33, 5.41, 5.55, 5.61, 5.277, 5.284, 5.271, 5.72]
PEAK_POINT = {"nsig": 5.0, "nbkg": 10.0, "mu": 5.28, "sigma": 0.01, "slope": 1.0}
PEAK_RANGES = {
    "nsig": (0.0, 100.0), "nbkg": (0.0, 100.0), "mu": (5.2, 5.4), "sigma": (0.001, 0.05),
    "slope": (0.0, 10.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def peak():
    """Few events of an extended peak on a falling background."""
    yields = {"summands": ["s", "b"], "coefficients": ["nsig", "nbkg"], "extended": True}
    document = {
        "metadata": {"hs3_version": "0.2.9"},
        "distributions": [
            {"name": "s", "type": "gaussian_dist", "x": "m", "mean": "mu", "sigma": "sigma"},
            {"name": "b", "type": "exponential_dist", "x": "m", "c": "slope"},
            {"name": "model", "type": "mixture_dist", **yields},
        ],
        "data": [
            {
                "name": "events",
                "type": "unbinned",
                "axes": [{"name": "m", "min": 5.0, "max": 6.0}],
                "entries": [[m] for m in PEAK_AT],
            }
        ],
        "likelihoods": [{"name": "L", "distributions": ["model"], "data": ["events"]}],
        "domains": [
            {
                "name": "ranges",
                "type": "product_domain",
                "axes": [{"name": n, "min": a, "max": b} for n, (a, b) in PEAK_RANGES.items()],
            }
        ],
        "parameter_points": [
            {
                "name": "start",
                "parameters": [{"name": n, "value": v} for n, v in PEAK_POINT.items()],
            }
        ],
        "analyses": [
            {
                "name": "search",
                "likelihood": "L",
                "parameters_of_interest": ["nsig"],
                "domains": ["ranges"],
                "init": "start",
            }
        ],
    }
    return hs3.compile(hs3.Workspace.from_json(document))


def peak_nll(nsig, nbkg, mu, sigma, slope):
    """-ln L of `peak`, written out."""
    x = np.array(PEAK_AT)
    inside = ndtr((6.0 - mu) / sigma) - ndtr((5.0 - mu) / sigma)
    signal = np.exp(-0.5 * ((x - mu) / sigma) ** 2) / (math.sqrt(2.0 * math.pi) * sigma * inside)
    background = slope * np.exp(-slope * x) / (math.exp(-5.0 * slope) - math.exp(-6.0 * slope))
    return nsig + nbkg - np.log(nsig * signal + nbkg * background).sum()


def test_a_limit_where_the_signal_has_a_floating_shape(peak):
    found = upper_limit(peak)
    assert found.best < found.observed < 20.0
    assert 0.0 < found.expected[0] < found.expected[2] < found.expected[4]
    assert hypotest(peak, found.observed).cls == pytest.approx(0.05, abs=1e-6)
    (note,) = found.notes
    assert "does not depend on mu, sigma" in note
    start = [7.0, 5.277, 0.005, 1.5]
    bounds = [PEAK_RANGES[name] for name in ("nbkg", "mu", "sigma", "slope")]
    bounds[-1] = (1e-6, 10.0)
    goal = {"ftol": 1e-14, "gtol": 1e-9}
    held, free = (
        minimize(lambda p, n=n: peak_nll(n or p[4], *p[:4]), s, bounds=b, options=goal).fun
        for n, s, b in (
            (found.observed, start, bounds),
            (0.0, [*start, 7.0], [*bounds, (0.1, 100.0)]),
        )
    )
    own = hypotest(peak, found.observed).observed
    assert own == pytest.approx(2.0 * (held - free), abs=1e-5)


def test_what_is_undefined_is_no_limit():
    """A probability that is not a number must not pass for one that is small."""
    assert math.isnan(statistic_of("q~").p_values(0.0, 1.0, 0.0, math.nan)[2])
    with pytest.raises(FitError, match="undefined") as caught:
        crossing(lambda value: math.nan, 0.05, 1.0, 1.0, 10.0, "mu")
    assert caught.value.code == "inference.insensitive"


def test_without_a_signal_cls_is_one(peak):
    test = hypotest(peak, 0.0)
    assert test.cls == 1.0
    assert all(cls == 1.0 for cls in test.expected_cls)
    assert math.isfinite(test.sigma)


def test_the_significance_says_that_the_place_of_a_peak_floats(peak):
    (note,) = significance(peak).notes
    assert "look-elsewhere" in note
    assert not significance(peak, fixed=("mu", "sigma")).notes


def test_fits_of_toys_end_where_a_peak_lies_in_a_gap(peak):
    """There the likelihood depends on its place by rounding only, with negative curvature."""
    tester = SignalTest.of(peak, None, statistic_of("q~"))
    truth = tester.data.at(0.0).theta
    options = {"seed": 1, "stream": 0}
    found = toy_statistics(
        tester.data.problem, {"nsig": 12.0}, tester.statistic, truth, 100, **options
    )
    assert found["converged"].all()
    assert np.median(found["q"]) > tester.observed(12.0)


def test_significance_of_a_counting_experiment():
    found = significance(counting(25.0, 10.0, signal=8.0))
    z = math.sqrt(rise(25, 10))
    assert found.observed == pytest.approx(z, abs=1e-7)
    assert found.p_value == pytest.approx(float(ndtr(-z)), rel=1e-6)
    median = math.sqrt(rise(18, 10))  # (97) of arXiv:1007.1727
    np.testing.assert_allclose(found.expected, np.maximum(0, median + np.arange(-2, 3)), atol=1e-7)


# --- toys -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_toys_and_formulas_agree_where_counts_are_large(wide):
    toys, formulas = toy_hypotest(wide, 1.0, toys=3000, seed=1), hypotest(wide, 1.0)
    p, pb, cls = toys.errors
    assert toys.observed == formulas.observed
    assert toys.p_value == pytest.approx(formulas.p_value, abs=4 * p)
    assert toys.p_alternative == pytest.approx(formulas.p_alternative, abs=4 * pb)
    assert toys.cls == pytest.approx(formulas.cls, abs=4 * cls)
    assert toys.expected_cls[2] == pytest.approx(formulas.expected_cls[2], abs=0.02)


@pytest.mark.slow
def test_toys_of_few_counts_give_the_exact_p_value_where_formulas_do_not():
    """No background, nothing observed: the exact limit is 3.0, the asymptotic one is not."""
    model = counting(0.0, 1e-3, low=0.0)
    exact = poisson.cdf(0, 2.501) / poisson.cdf(0, 0.001)
    toys = toy_hypotest(model, 2.5, toys=4000, seed=3)
    assert toys.cls == pytest.approx(exact, abs=4 * toys.errors[2])
    assert abs(hypotest(model, 2.5).cls - exact) > 0.02
    limit = toy_upper_limit(model, toys=2000, seed=3)
    assert limit.observed == pytest.approx(-math.log(0.05), abs=0.2)
    assert upper_limit(model).observed < 2.5


def test_bins_without_background():
    """A count where nothing is expected excludes the hypothesis: its statistic is infinite."""
    model = counting(0.0, 0.0, low=0.0)
    toys = toy_hypotest(model, 2.0, toys=2000, seed=1)
    assert toys.p_value == pytest.approx(math.exp(-2.0), abs=4 * toys.errors[0])
    assert toy_significance(model, toys=100).observed == 0.0
    tester = SignalTest.of(model, None, statistic_of("q0"))
    found = toy_statistics(
        tester.data.problem, {"mu": 0.0}, tester.statistic, np.array([1.0]), 500, seed=1, stream=0
    )
    assert found["converged"].all()
    excluded = np.isinf(found["q"])
    assert excluded.mean() == pytest.approx(1 - math.exp(-1.0), abs=4 * 0.48 / math.sqrt(500))
    np.testing.assert_array_equal(found["best"][~excluded, 0], 0.0)


def test_cls_is_a_bound_where_no_toy_of_the_other_hypothesis_is_as_extreme():
    """Far fewer events than the background alone: neither probability can be seen in 100 toys."""
    found = toy_hypotest(counting(1.0, 60.0), 5.0, toys=100, statistic="q")
    assert found.p_alternative == 0.0
    assert found.cls == pytest.approx(100 * found.p_value)
    assert np.isfinite(found.errors).all()
    assert any("CLs is a lower bound" in note for note in found.notes)


def test_significance_from_toys():
    model = counting(16.0, 10.0, signal=5.0)
    found = toy_significance(model, toys=4000, seed=2)
    exact = poisson.sf(15, 10.0)
    assert found.p_value == pytest.approx(exact, abs=4 * found.p_error)
    assert found.toys >= 3990
    assert found.toys == 4000 or "left out" in found.notes[-1]  # without counts there is no minimum
    rare = toy_significance(counting(60.0, 10.0, signal=5.0), toys=100)
    assert "bound" in rare.notes[-1]


def test_conditional_toys_keep_the_auxiliary_measurements(wide):
    from hs3.engine.inference.toys import sample_toys

    kept = sample_toys(wide, 1, 5, conditional=True)
    drawn = sample_toys(wide, 1, 5)
    for name, value in wide.data.auxiliary.items():
        np.testing.assert_array_equal(kept.auxiliary[name], np.full(5, value))
        assert not np.array_equal(drawn.auxiliary[name], kept.auxiliary[name])
    np.testing.assert_array_equal(kept.channels["SR"], drawn.channels["SR"])


# --- requests that make no sense, fits that fail --------------------------------------------------


def test_what_cannot_be_done_is_refused(wide):
    with pytest.raises(FitError, match="unknown test statistic") as caught:
        statistic_of("qmu")
    assert caught.value.code == "inference.statistic"
    with pytest.raises(FitError, match="needs q~ or q"):
        upper_limit(wide, statistic="t")
    with pytest.raises(FitError, match="above its upper bound") as caught:
        upper_limit(wide, bounds={"mu": (0.0, 0.5)})
    assert caught.value.code == "inference.limit_outside"
    with pytest.raises(FitError, match="cannot be fixed"):
        upper_limit(wide, fixed={"mu": 1.0})
    with pytest.raises(FitError, match="has none") as caught:
        upper_limit(engine.compile(replace(two_bin(), pois=())))
    assert caught.value.code == "inference.poi"
    with pytest.raises(FitError, match="tell nothing"):
        toy_hypotest(wide, 1.0, toys=1)
    with pytest.raises(FitError, match="between 0 and 1"):
        upper_limit(wide, cl=95.0)


def test_a_fit_that_fails_is_told():
    with pytest.raises(FitError, match="did not converge") as caught:
        hypotest(counting(2.0, 0.0), 1.0)  # without signal, two events are impossible
    assert caught.value.code == "inference.not_converged"
    nothing = counting(3.0, 5.0, signal=0.0)
    with pytest.raises(FitError, match="do not depend on mu") as caught:
        hypotest(nothing, 1.0)
    assert caught.value.code == "inference.insensitive"


def test_a_best_fit_at_a_bound_is_noted():
    assert "lower bound" in hypotest(counting(5.0, 10.0, low=0.0), 1.0, statistic="q").notes[0]
    assert hypotest(counting(5.0, 10.0), 1.0, statistic="q").notes == ()


@pytest.mark.parametrize("statistic", ["q~", "q", "t~", "t"])
def test_the_value_without_signal_is_a_limit_of_those_above(statistic):
    """Also where rounding lets a statistic that vanishes there be a little above zero."""
    model = counting(12.0, 10.0, low=-9.0)
    zero, above = (hypotest(model, value, statistic=statistic) for value in (0.0, 1e-6))
    assert zero.p_value == pytest.approx(above.p_value, abs=1e-5)
    assert zero.cls == pytest.approx(1.0, abs=1e-5)
    chosen = statistic_of(statistic)
    if chosen.side == "both":
        return  # values above zero are possible there
    rounded = chosen.survival(1e-14, 0.0, 0.0, 3.0)
    assert rounded == pytest.approx(chosen.survival(1e-14, 1e-9, 0.0, 3.0), abs=1e-3)


@pytest.mark.parametrize("statistic", ["q~", "t~"])
def test_values_below_zero_need_a_statistic_that_knows_them(statistic):
    with pytest.raises(FitError, match="defined for values from zero on"):
        hypotest(counting(12.0, 10.0, low=-9.0), -1.0, statistic=statistic)
