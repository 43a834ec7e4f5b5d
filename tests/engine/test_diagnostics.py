"""Impacts, pulls, breakdown, goodness of fit and yields, against pyhf and closed forms."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from diagnostic_spec import CODES, SPEC
from histfactory_models import channel, graph_of, parameter, random_graph, sample
from scipy.stats import chi2, norm, poisson

import hs3
from hs3 import engine
from hs3.engine import diagnostics
from hs3.errors import FitError
from hs3.histfactory.meaning import Constraint, Interpolation, NormFactor, NormSys


@pytest.fixture(scope="module")
def model():
    return hs3.compile(SPEC)


@pytest.fixture(scope="module")
def best(model):
    return engine.fit(model)


@pytest.fixture(scope="module")
def impacts(model, best):
    return hs3.impacts(model, best=best, groups={"stat": "stat*", "theory": ["norm", "shape"]})


def pyhf_model():
    pyhf = pytest.importorskip("pyhf", reason="pyhf is the reference for these numbers")
    workspace = pyhf.Workspace(SPEC)
    model = workspace.model(modifier_settings=CODES)
    return pyhf, model, workspace.data(model)


# --- impacts --------------------------------------------------------------------------------------


def test_impacts_are_those_of_refits_by_pyhf(best, impacts):
    pyhf, model, data = pyhf_model()
    tight = pyhf.optimize.minuit_optimizer(tolerance=1e-4)
    pyhf.set_backend("numpy", tight)
    for impact in impacts.parameters:
        name = impact.name.split("[")[0]
        place = model.config.par_slice(name).start
        place += int(impact.name.split("[")[1][:-1]) if "[" in impact.name else 0
        for shift, expected in ((impact.error, impact.up), (-impact.error, impact.down)):
            start = model.config.suggested_init()
            start[place] = best.values[impact.name] + shift
            fixed = model.config.suggested_fixed()
            fixed[place] = True
            found = pyhf.infer.mle.fit(data, model, init_pars=start, fixed_params=fixed)
            shifted = found[model.config.poi_index] - best.values["mu"]
            assert expected == pytest.approx(shifted, abs=2e-3 * best.errors["mu"])


def test_impacts_are_ranked_and_follow_the_covariance(best, impacts):
    sizes = [p.size for p in impacts.parameters]
    assert sizes == sorted(sizes, reverse=True)
    assert impacts.converged
    row = best.free.index("mu")
    for p in impacts.parameters:
        column = best.free.index(p.name)
        expected = best.correlation[row, column] * best.errors["mu"]
        assert p.linear == pytest.approx(expected, rel=1e-10)
        assert np.sign(p.up) == np.sign(p.linear) == -np.sign(p.down)


def test_freezing_a_group_is_a_fit_with_it_held(model, best, impacts):
    held = engine.fit(model, fixed={n: best.values[n] for n in ("norm", "shape")})
    expected = np.sqrt(best.errors["mu"] ** 2 - held.errors["mu"] ** 2)
    assert impacts.groups["theory"] == pytest.approx(expected, rel=1e-5)


def test_a_step_is_cut_at_a_bound(model):
    near = [replace(p, max=0.5) if p.name == "norm" else p for p in model.graph.parameters]
    cut = engine.compile(replace(model.graph, parameters=tuple(near)))
    found = {p.name: p for p in hs3.impacts(cut).parameters}
    assert found["norm"].cut
    assert not found["shape"].cut


@pytest.mark.parametrize(
    "options, said",
    [
        ({"poi": "nothing"}, "no parameter"),
        ({"groups": {"none": "xyz*"}}, "no floating parameter matches"),
    ],
)
def test_senseless_impacts_are_refused(model, best, options, said):
    with pytest.raises(FitError, match=said):
        hs3.impacts(model, best=best, **options)


def test_diagnostics_need_a_fit_that_converged():
    empty = sample("s", [0.0], [])
    graph = graph_of([channel("c", [empty], [3.0])], [], [parameter("mu", 1.0, 0.0, 2.0)])
    with pytest.raises(FitError, match="did not converge"):
        hs3.impacts(engine.compile(graph))


# --- pulls ----------------------------------------------------------------------------------------


def test_pulls_are_in_units_of_the_width_before(model, best):
    found = {p.name: p for p in hs3.pulls(model, best=best).parameters}
    assert set(found) == set(best.free) - {"mu"}
    # a staterror of 3 on 50 has the width 0.06
    assert found["stat[0]"].prefit_error == pytest.approx(0.06)
    assert found["stat[0]"].pull == pytest.approx((best.values["stat[0]"] - 1.0) / 0.06)
    assert found["norm"].constraint == pytest.approx(best.errors["norm"])
    gained = 1.0 - best.errors["norm"] ** 2
    assert found["norm"].significance == pytest.approx(best.values["norm"] / np.sqrt(gained))


KINDS = {
    "gauss": (0.3, 2.0, 0.3),
    "poisson": (25.0, 50.0, np.sqrt(50.0) / 25.0),
    "gamma": (25.0, 50.0, np.sqrt(50.0) / 25.0),
    "lognormal": (0.2, 2.0, 0.4),
}
"""Scale, what was measured, and the width that follows, for a parameter of 2."""


def test_widths_before_the_fit_are_the_curvature_of_the_constraint():
    """With nothing else measured the fit gives the auxiliary measurements back."""
    constraints = [Constraint(k, k, k, a, scale, "") for k, (scale, a, _) in KINDS.items()]
    model = engine.compile(graph_of([], constraints, [parameter(k, 1.5, 0.1, 9) for k in KINDS]))
    result, before = engine.fit(model), diagnostics.prefits(model)
    for kind, (_, _, width) in KINDS.items():
        assert (before[kind].value, before[kind].width) == pytest.approx((2.0, width))
        found = result.parameters[kind]
        assert (found.value, found.error) == pytest.approx((2.0, width), rel=1e-5)


# --- breakdown ------------------------------------------------------------------------------------


def test_parts_of_the_error_add_up(model, best):
    found = hs3.breakdown(model, "mu", groups={"all": "*"}, best=best)
    parts = [found.data, *found.measurements.values()]
    assert np.sqrt(np.square(parts).sum()) == pytest.approx(found.error, rel=1e-10)
    assert found.groups["all"] ** 2 + found.data**2 == pytest.approx(found.error**2)
    held = engine.fit(model, fixed={n: v for n, v in best.values.items() if n != "mu"})
    assert found.statistical == pytest.approx(held.errors["mu"], rel=1e-6)


def test_a_measurement_moves_the_result_by_its_part(model, best):
    """Shifting an auxiliary measurement by its width moves mu by what it adds to the error."""
    found = hs3.breakdown(model, "mu", best=best)
    data, step = model.data, 0.1
    shifted = []
    for side in (step, -step):
        name = next(c.name for c in model.graph.constraints if c.parameter == "norm")
        moved = {**data.auxiliary, name: np.float64(data.auxiliary[name] + side)}
        shifted.append(engine.fit(model.with_data(replace(data, auxiliary=moved))).values["mu"])
    slope = abs(shifted[0] - shifted[1]) / (2.0 * step)
    assert slope == pytest.approx(found.measurements["norm"], rel=0.01)


# --- goodness of fit ------------------------------------------------------------------------------


def test_the_saturated_model_is_that_of_pyhf(model, best):
    """cabinetry's formula: main data at the counts, constraints at their centre."""
    _, peer, data = pyhf_model()
    found = hs3.goodness_of_fit(model, best=best)
    counts = np.array(data[: sum(peer.config.channel_nbins.values())])
    centre = np.array(peer.config.suggested_init())
    saturated = poisson.logpmf(counts, counts).sum()
    saturated += float(peer.constraint_logpdf(np.array(peer.config.auxdata), centre))
    pars = [0.0] * len(centre)
    for name, where in peer.config.par_map.items():
        size = where["slice"].stop - where["slice"].start
        for i in range(size):
            own = name if name in best.values else f"{name}[{i}]"
            pars[where["slice"].start + i] = best.values[own]
    fitted = float(peer.logpdf(np.array(pars), np.array(data))[0])
    assert found.statistic == pytest.approx(-2.0 * (fitted - saturated), abs=1e-8)
    assert found.degrees == 5 - 1
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 4))


def test_the_saturated_model_by_hand():
    """One bin of 90 that expects 100 (1 + 0.1 a), a measured as 0 ± 1."""
    systematic = NormSys("n", "a", 1.1, 0.9, Interpolation.LINEAR, "")
    graph = graph_of(
        [channel("c", [sample("s", [100.0], [systematic])], [90.0])],
        [Constraint("a", "gauss", "a", 0.0, 1.0, "")],
        [parameter("a", 0.0, -5.0, 5.0)],
    )
    found = hs3.goodness_of_fit(engine.compile(graph))
    grid = np.linspace(-2.0, 0.5, 100_001)
    value = poisson.logpmf(90, 100.0 * (1.0 + 0.1 * grid)) + norm.logpdf(grid)
    saturated = poisson.logpmf(90, 90.0) + norm.logpdf(0.0)
    assert found.statistic == pytest.approx(-2.0 * (value.max() - saturated), abs=1e-8)
    assert found.degrees == 1


@pytest.mark.slow
def test_toys_and_chi_square_agree_for_many_counts(model, best):
    found = hs3.goodness_of_fit(model, toys=400, seed=3, best=best)
    assert found.failed == 0
    assert found.toys.mean() == pytest.approx(4.0, abs=5.0 * np.sqrt(8.0 / 400))
    assert found.p_toys == pytest.approx(found.p_value, abs=0.05)


# --- yields ---------------------------------------------------------------------------------------


def test_errors_of_yields_are_those_of_finite_differences(model, best):
    found = hs3.yields(model, best=best)
    theta, step = model.theta(best.values), 1e-5
    columns = []
    for name in best.free:
        moved = [theta.copy(), theta.copy()]
        for side, point in zip((step, -step), moved, strict=True):
            point[model.position(name)] += side
        high, low = (np.concatenate(list(model.expected_counts(p).values())) for p in moved)
        columns.append((high - low) / (2.0 * step))
    jacobian = np.array(columns).T
    covariance = jacobian @ best.covariance @ jacobian.T
    place = 0
    for name, observed in model.data.channels.items():
        own = slice(place, place := place + len(observed))
        channel_ = found.channels[name]
        block = covariance[own, own]
        np.testing.assert_allclose(channel_.expected.errors, np.sqrt(np.diag(block)), rtol=1e-6)
        assert channel_.expected.total_error == pytest.approx(np.sqrt(block.sum()), rel=1e-6)
        np.testing.assert_allclose(
            channel_.expected.counts, sum(s.counts for s in channel_.samples.values())
        )


def test_sampled_yields_agree_where_the_model_is_straight():
    """100 (1 + 0.1 a) with a = 0 ± 1 is 100 ± 10."""
    systematic = NormSys("n", "a", 1.1, 0.9, Interpolation.LINEAR, "")
    graph = graph_of(
        [channel("c", [sample("s", [60.0, 40.0], [systematic])], [60.0, 40.0])],
        [Constraint("a", "gauss", "a", 0.0, 1.0, "")],
        [parameter("a", 0.5, -8.0, 8.0)],
    )
    model = engine.compile(graph)
    linear = hs3.yields(model, "prefit").channels["c"].expected
    assert (linear.total, linear.total_error) == pytest.approx((100.0, 10.0))
    np.testing.assert_allclose(linear.errors, [6.0, 4.0])
    drawn = hs3.yields(model, "prefit", method="sampling", size=4000).channels["c"].expected
    assert drawn.total_error == pytest.approx(10.0, abs=5.0 * 10.0 / np.sqrt(2 * 4000))


def test_channels_in_pieces_are_put_together():
    model = engine.compile(random_graph(13, bins=(30, 8, 8), samples=2, systematics=3))
    found = hs3.yields(model, "prefit")
    assert len(model.layout.pieces) > 3
    for name, samples in model.sample_yields(
        model.theta({p.name: p.value for p in model.graph.parameters})
    ).items():
        for sample_name, counts in samples.items():
            np.testing.assert_allclose(found.channels[name].samples[sample_name].counts, counts)
    assert json.loads(found.to_json())["when"] == "prefit"


@pytest.mark.parametrize("options", [{"when": "later"}, {"method": "guess"}])
def test_senseless_yields_are_refused(model, options):
    with pytest.raises(FitError, match="prefit or postfit"):
        hs3.yields(model, **options)


# --- what is left ---------------------------------------------------------------------------------


def test_small_effects_are_suggested_for_pruning():
    small, large = (
        NormSys(n, n, 1.0 + w, 1.0 - w, Interpolation.LINEAR, "")
        for n, w in (("small", 1e-3), ("large", 0.2))
    )
    signal = sample("sig", [10.0, 5.0], [NormFactor("mu", "mu", "")])
    background = sample("bkg", [50.0, 60.0], [small, large])
    graph = graph_of(
        [channel("c", [signal, background], [60.0, 66.0])],
        [Constraint(n, "gauss", n, 0.0, 1.0, "") for n in ("small", "large")],
        [parameter("mu", 1.0, -5.0, 10.0), *(parameter(n, 0.0, -5, 5) for n in ("small", "large"))],
    )
    found = hs3.pruning(engine.compile(graph))
    assert found.suggested == ("small",)
    effects = {e.name: e for e in found.effects}
    assert effects["large"].norm == pytest.approx(0.2)
    assert effects["large"].norm_at == ("c", "bkg")
    assert effects["small"].norm == pytest.approx(1e-3)
    assert effects["large"].shape == pytest.approx(0.0, abs=1e-12)


@pytest.mark.slow
def test_fits_of_injected_signals_are_unbiased(model):
    study = hs3.bias_study(model, "mu", (0.0, 2.0), toys=300, seed=11, bounds={"mu": (-20, 20)})
    for injection in study.injections:
        assert injection.failed == 0
        mean, error = injection.mean
        assert abs(mean) < 4.0 * error + 0.05  # a small-sample bias of order 1/sqrt(n) is real
        width, error = injection.width
        assert width == pytest.approx(1.0, abs=4.0 * error)
        inside, error = injection.coverage
        assert inside == pytest.approx(0.683, abs=4.0 * error)
