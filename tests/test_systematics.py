"""Covariance matrices of templates: as variations, and out of models."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import ROOT, shared
from process import python

import hs3
from hs3.cli.app import run
from hs3.systematics import decompose, propagated, weight_jacobian

CHANNELS = {
    "sr": {"signal": [5.0, 8.0, 3.0], "ttbar": [50.0, 20.0, 10.0]},
    "cr": {"ttbar": [200.0, 120.0]},
}
COUNTS = np.array([5.0, 8.0, 3.0, 50.0, 20.0, 10.0, 200.0, 120.0])


def model(packages=(), histosys=False):
    """Two channels with three templates of eight bins in all; the signal is scaled by mu."""
    factor = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    shift = {"hi": {"contents": [6.0, 8.0, 3.0]}, "lo": {"contents": [4.0, 8.0, 3.0]}}
    shape = {"name": "h", "type": "histosys", "parameter": "h", "constraint": "Gauss"}
    distributions, data = [], []
    for channel, samples in CHANNELS.items():
        bins = len(next(iter(samples.values())))
        axis = {"name": f"x_{channel}", "min": 0, "max": bins, "nbins": bins}
        made = []
        for sample, contents in samples.items():
            own = [factor] if sample == "signal" else []
            if histosys and sample == "signal":
                own.append({**shape, "interpolation": "poly6", "data": shift})
            made.append({"name": sample, "data": {"contents": contents}, "modifiers": own})
        distributions.append(
            {
                "name": f"model_{channel}",
                "type": "histfactory_dist",
                "axes": [axis],
                "samples": made,
            }
        )
        total = np.sum(list(samples.values()), axis=0).tolist()
        data.append(
            {"name": f"data_{channel}", "type": "binned", "axes": [axis], "contents": total}
        )
    values = [{"name": "mu", "value": 1.0}] + ([{"name": "h", "value": 0.0}] if histosys else [])
    axes = [{"name": "mu", "min": 0, "max": 5}, {"name": "h", "min": -5, "max": 5}]
    return hs3.Workspace.from_json(
        {
            "metadata": {"hs3_version": "0.2.9", "packages": list(packages)},
            "distributions": distributions,
            "data": data,
            "likelihoods": [
                {"name": "l", "distributions": ["model_sr", "model_cr"],
                 "data": ["data_sr", "data_cr"]},
            ],
            "domains": [{"name": "d", "type": "product_domain", "axes": axes[: len(values)]}],
            "parameter_points": [{"name": "p", "parameters": values}],
            "analyses": [
                {"name": "a", "likelihood": "l", "parameters_of_interest": ["mu"], "domain": "d",
                 "init": "p"},
            ],
        }
    )  # fmt: skip


def matrix(size=8, seed=1, scale=None):
    """A covariance of full rank, with errors between 1 % and 10 % of the counts."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(size, 2 * size))
    draws[:, 0] += 4.0  # a common source
    v = draws @ draws.T
    sigma = rng.uniform(0.01, 0.1, size) * (COUNTS[:size] if scale is None else scale)
    correlation = v / np.sqrt(np.outer(np.diag(v), np.diag(v)))
    out = correlation * np.outer(sigma, sigma)
    return (out + out.T) / 2


def closeness(found, wanted):
    """Largest difference in units of the standard deviations of row and column."""
    sigma = np.sqrt(np.diag(wanted))
    return float(np.abs((found - wanted) / np.outer(sigma, sigma)).max())


def implied(ws, **options):
    return hs3.template_covariance(hs3.compile(ws), **options)


def refusal(code, *given, **settings):
    with pytest.raises(hs3.EditError) as raised:
        hs3.add_systematics(model(), *given, **settings)
    assert raised.value.code == code
    return raised.value


def codes(report):
    return {finding.code for finding in report}


# --- decomposition --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4, 30, 120])
@pytest.mark.parametrize("spread", [0.0, 6.0])
def test_all_vectors_give_the_matrix_back(size, spread):
    """Also where rows differ by twelve orders of magnitude: each keeps its digits."""
    rng = np.random.default_rng(size)
    v = matrix(size, scale=10.0 ** rng.uniform(-spread, spread, size))
    modes = decompose(v)
    assert modes.fraction == 1.0
    assert not modes.remainder.any()
    assert np.abs(modes.covariance() - v).max() <= 1e-12 * np.abs(v).max()
    assert closeness(modes.covariance(), v) < 1e-12


def test_the_variations_are_orthogonal_eigenvectors():
    v = matrix()
    modes = decompose(v)
    values, vectors = np.linalg.eigh(v)
    assert np.allclose(modes.eigenvalues, values[::-1], rtol=1e-10)
    overlaps = modes.variations.T @ modes.variations
    assert np.abs(overlaps - np.diag(modes.eigenvalues)).max() < 1e-12 * modes.eigenvalues[0]
    assert np.allclose(
        np.abs(modes.variations), np.abs(vectors[:, ::-1]) * np.sqrt(modes.eigenvalues), rtol=1e-6
    )


@pytest.mark.parametrize("fraction", [0.5, 0.9, 0.99, 0.9999])
def test_fewer_vectors_hold_the_stated_fraction(fraction):
    v = matrix(40, scale=1.0)
    modes = decompose(v, fraction=fraction)
    values = np.linalg.eigvalsh(v)[::-1]
    kept = modes.variations.shape[1]
    assert modes.fraction == pytest.approx(values[:kept].sum() / np.trace(v), rel=1e-12)
    assert values[:kept].sum() >= fraction * np.trace(v) > values[: kept - 1].sum()
    # and nothing is lost of any variance
    assert np.allclose(np.diag(modes.covariance()), np.diag(v), rtol=1e-12)


def test_order_and_signs_do_not_depend_on_the_order_of_rows():
    """Not even where three eigenvalues are equal, so that any three vectors would do."""
    rng = np.random.default_rng(4)
    q = np.linalg.qr(rng.normal(size=(7, 7)))[0]
    v = q @ np.diag([3.0, 3.0, 3.0, 1.0, 1.0, 0.5, 0.0]) @ q.T
    v = (v + v.T) / 2
    first = decompose(v).variations
    order = rng.permutation(7)
    again = decompose(v[np.ix_(order, order)]).variations
    assert first.shape == (7, 6)
    assert np.abs(again - first[order]).max() < 1e-12
    assert (first[np.abs(first).argmax(axis=0)[-1], -1]) > 0.0


def test_a_matrix_of_rank_one_is_one_variation():
    sigma = np.array([1.0, -2.0, 3.0])
    modes = decompose(np.outer(sigma, sigma))
    assert modes.variations.shape == (3, 1)
    assert np.allclose(modes.variations[:, 0], sigma, rtol=1e-12)


def test_rows_without_uncertainty():
    v = np.zeros((4, 4))
    v[1, 1] = 4.0
    assert decompose(v).variations.tolist() == [[0.0], [2.0], [0.0], [0.0]]
    assert decompose(np.zeros((3, 3))).variations.shape == (3, 0)


@pytest.mark.parametrize(
    "v, said",
    [
        ([[1.0, 0.5]], "square"),
        ([[1.0, 0.5], [0.4, 1.0]], "not symmetric at rows 0 and 1"),
        ([[1.0, 2.0], [2.0, 1.0]], "correlation beyond 1"),
        ([[-1.0]], "variance of row 0 is -1"),
        ([[0.0, 0.1], [0.1, 1.0]], "rows 0 and 1"),
        ([[float("nan")]], "not finite"),
        (np.full((3, 3), -0.6) + 1.6 * np.eye(3), "eigenvalue -0.2"),
    ],
)
def test_what_is_no_covariance(v, said):
    with pytest.raises(ValueError, match=said):
        decompose(v)


def test_negative_eigenvalues_by_rounding_are_allowed_and_told():
    ones = np.ones((6, 6))
    ones[0, 1] = ones[1, 0] = 1.0 - 1e-11  # correlations of 1, once with a digit less
    modes = decompose(ones)
    assert -2e-11 < modes.negative < 0.0
    report = hs3.add_systematics(
        model(), ones, templates=[{"channel": "sr"}], prefix="e", relative=True
    )[1]
    assert "covariance.rounding" in codes(report)
    rounded = np.round(
        matrix(8, scale=1.0) / np.outer(*2 * [np.sqrt(np.diag(matrix(8, scale=1.0)))]), 1
    )
    lowest = np.linalg.eigvalsh(rounded)[0]
    if lowest < 0.0:
        refusal("covariance.matrix", rounded)


# --- modifiers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("relative", [False, True])
def test_the_model_has_the_covariance_of_the_matrix(relative):
    v = matrix(scale=1.0 if relative else None)
    ws, report = hs3.add_systematics(model(), v, prefix="eff", relative=relative)
    found = implied(ws)
    wanted = v * np.outer(COUNTS, COUNTS) if relative else v
    names = [str(b) for b in found.bins]
    assert names[1:4] == ["model_sr/signal/1", "model_sr/signal/2", "model_sr/ttbar/0"]
    assert found.counts.tolist() == COUNTS.tolist()
    assert closeness(found.covariance, wanted) < 1e-12
    assert codes(report) == {"covariance.variations"}
    assert hs3.validate(ws).ok
    assert [p.name for p in hs3.compile(ws).parameters][1:] == [f"eff_{k}" for k in range(1, 9)]


def test_a_variation_is_a_straight_line_far_out():
    v = matrix()
    ws, _ = hs3.add_systematics(model(), v, prefix="eff")
    compiled, modes = hs3.compile(ws), decompose(v)
    for alpha in (-4.0, -0.3, 0.7, 1.0, 3.5):
        found = compiled.expected_counts({"eff_1": alpha, "eff_5": -alpha / 2})
        shift = alpha * (modes.variations[:, 0] - modes.variations[:, 4] / 2)
        counts = COUNTS + shift
        assert found["model_cr"] == pytest.approx(counts[6:], rel=1e-13)
        assert found["model_sr"] == pytest.approx(counts[:3] + counts[3:6], rel=1e-13)


def test_the_rest_is_added_bin_by_bin_or_dropped_and_told():
    v = matrix()
    ws, report = hs3.add_systematics(model(), v, prefix="eff", fraction=0.9)
    modes = decompose(v, fraction=0.9)
    found = implied(ws)
    assert {"covariance.variations", "covariance.remainder"} == codes(report)
    assert closeness(found.covariance, modes.covariance()) < 1e-12
    assert np.allclose(found.errors**2, np.diag(v), rtol=1e-12)
    leading = implied(ws, parameters=["eff_?"]).covariance
    assert closeness(leading + np.diag(modes.remainder**2), modes.covariance()) < 1e-12
    dropped, report = hs3.add_systematics(model(), v, fraction=0.9, remainder="drop")
    assert closeness(implied(dropped).covariance + np.diag(modes.remainder**2), v) < 1.0
    (finding,) = report.of("warning")
    assert finding.code == "covariance.dropped"
    assert finding.value == pytest.approx(1.0 - modes.fraction)
    total = np.trace(implied(dropped).covariance) / np.trace(v)
    assert total == pytest.approx(modes.fraction, rel=1e-12)


def test_templates_and_bins_in_any_order():
    v = matrix(4, scale=1.0)
    chosen = [
        {"channel": "model_cr", "sample": "ttbar"},
        {"channel": "s*", "sample": "sig*", "bins": [2, 0]},
    ]
    ws, _ = hs3.add_systematics(model(), v, templates=chosen)
    found = implied(ws)
    rows = [6, 7, 2, 0]
    assert closeness(found.covariance[np.ix_(rows, rows)], v) < 1e-12
    assert not found.covariance[[1, 3, 4, 5]].any()
    assert "cov_1" not in str(ws.distribution("model_sr").samples[1].to_json())


def test_correlations_and_standard_deviations():
    v = matrix()
    sigma = np.sqrt(np.diag(v))
    correlation = v / np.outer(sigma, sigma)
    ws, _ = hs3.add_systematics(
        model(), config={"correlation": correlation.tolist(), "sigma": sigma.tolist()}
    )
    assert closeness(implied(ws).covariance, v) < 1e-12
    refusal("covariance.config", config={"correlation": v.tolist(), "sigma": sigma.tolist()})
    refusal("covariance.config", config={"correlation": v.tolist()})


def test_a_fit_with_the_covariance_is_the_linear_gaussian_one():
    """One bin each, large counts: the error of mu is the known sum of squares."""
    v = matrix()
    ws, _ = hs3.add_systematics(model(), v, prefix="eff")
    fitted = hs3.fit(ws)
    plain = hs3.fit(model())
    assert fitted.errors["mu"] > plain.errors["mu"]
    # Fisher information of counts with covariance of templates: V_n = diag(n) + J V J^T
    stack = np.zeros((5, 8))
    stack[:3, :3] = stack[:3, 3:6] = np.eye(3)
    stack[3:, 6:] = np.eye(2)
    counts = stack @ COUNTS
    total = np.diag(counts) + stack @ v @ stack.T
    slope = np.array([5.0, 8.0, 3.0, 0.0, 0.0])
    error = (slope @ np.linalg.solve(total, slope)) ** -0.5
    assert fitted.values["mu"] == pytest.approx(1.0, abs=1e-6)
    assert fitted.errors["mu"] == pytest.approx(error, rel=1e-3)


def test_histograms_are_matrices_too():
    hist = pytest.importorskip("hist")
    v = matrix()
    axes = [hist.axis.Integer(0, 8, name=n, flow=False) for n in "ij"]
    histogram = hist.Hist(*axes, storage=hist.storage.Double())
    histogram.view()[...] = v
    ws, _ = hs3.add_systematics(model(), histogram)
    assert closeness(implied(ws).covariance, v) < 1e-12


def test_documents_of_root_do_not_cut_the_new_variations():
    root = [{"name": "ROOT", "version": "6.40.00"}]
    big = np.diag((2.0 * COUNTS) ** 2)
    ws, report = hs3.add_systematics(model(root), big, prefix="e")
    (finding,) = report.of("warning")
    assert finding.code == "covariance.negative"
    nu = hs3.compile(ws).expected_counts({"e_1": -1.0})
    assert min(nu["model_cr"]) == -200.0
    report = hs3.add_systematics(model(root, histosys=True), big, prefix="e")[1]
    assert "covariance.clipped" in codes(report)
    report = hs3.add_systematics(model(histosys=True), big, prefix="e")[1]
    assert "covariance.clipped" not in codes(report)


def test_documents_without_points_and_domains():
    data = model().to_json()
    for key in ("analyses", "domains"):
        data.pop(key)
    data["distributions"][0]["samples"][0]["modifiers"] = []  # without range, mu is a warning
    data["parameter_points"] = None
    ws, _ = hs3.add_systematics(hs3.Workspace.from_json(data), matrix(), prefix="e")
    assert closeness(implied(ws).covariance, matrix()) < 1e-12
    assert hs3.compile(ws).graph.parameter("e_3").max == 5.0


def test_pyhf_reads_the_same_covariance(tmp_path):
    """Symmetric templates are a straight line in every code of pyhf."""
    pyhf = pytest.importorskip("pyhf", reason="pyhf is not installed")
    v = matrix()
    ws, _ = hs3.add_systematics(model(), v, prefix="eff", fraction=0.9)
    ours = hs3.compile(ws)
    hs3.save(ws, tmp_path / "a.json")
    hs3.convert(tmp_path / "a.json", tmp_path / "b.json", to="pyhf")
    spec = json.loads((tmp_path / "b.json").read_text())
    theirs = pyhf.Workspace(spec)
    rng = np.random.default_rng(2)
    for code in ("code0", "code2", "code4p"):
        made = theirs.model(modifier_settings={"histosys": {"interpcode": code}})
        point = dict(zip(made.config.par_names, rng.normal(size=made.config.npars), strict=True))
        point["mu"] = 1.3
        expected = -2 * float(made.logpdf(list(point.values()), theirs.data(made))[0])
        assert ours.twice_nll(point) == pytest.approx(expected, rel=1e-10)


# --- what does not fit ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code, v, settings",
    [
        ("covariance.shape", matrix(7, scale=1.0), {}),
        ("covariance.matrix", -matrix(), {}),
        ("covariance.matrix", matrix() + np.triu(np.ones((8, 8)), 1), {}),
        ("covariance.config", matrix(), {"fraction": 0.0}),
        ("covariance.config", matrix(), {"prefx": "e"}),
        ("covariance.config", matrix(), {"templates": [{"channel": "sx"}]}),
        ("covariance.config", matrix(), {"templates": [{"channel": "sr", "sample": "x"}]}),
        ("covariance.config", matrix(), {"templates": [{"channel": "cr", "bins": [2]}]}),
        ("covariance.config", matrix(), {"templates": [{"channel": "cr"}, {"channel": "cr"}]}),
        ("covariance.config", matrix(), {"bins": [{"channel": "cr", "sample": "x", "bin": 0}]}),
        ("covariance.config", matrix(), {"bins": [{"channel": "cr", "sample": "ttbar", "bin": 9}]}),
        ("covariance.config", None, {}),
        ("covariance.config", None, {"config": {"covariance": [[1, 0], [0]]}}),
        ("covariance.config", "text", {}),
    ],
)
def test_refusals(code, v, settings):
    assert refusal(code, v, **settings).message


def test_names_that_are_taken():
    with pytest.raises(hs3.EditError, match="prefix"):
        hs3.add_systematics(hs3.add_systematics(model(), matrix())[0], matrix())


# --- correction factors ---------------------------------------------------------------------------


def events(size=4000, seed=3):
    """Events with two tracks each, in 6 bins of correction factors, and 5 template bins."""
    rng = np.random.default_rng(seed)
    factors = rng.uniform(0.9, 1.1, 6)
    tracks = rng.integers(-1, 6, (size, 2))
    base = rng.uniform(0.5, 1.5, size)
    bins = rng.integers(-1, 5, size)
    return bins, tracks, base, factors


def filled(bins, tracks, base, factors):
    weights = base * np.prod(np.where(tracks >= 0, factors[tracks], 1.0), axis=1)
    return np.bincount(bins[bins >= 0], weights[bins >= 0], 5), weights


def test_the_jacobian_of_weights_is_that_of_the_templates():
    bins, tracks, base, factors = events()
    _, weights = filled(bins, tracks, base, factors)
    jacobian = weight_jacobian(bins, tracks, weights, factors, 5)
    for j in range(6):
        step = np.zeros(6)
        step[j] = 1e-5
        up, down = (filled(bins, tracks, base, factors + s * step)[0] for s in (1, -1))
        assert jacobian[:, j] == pytest.approx((up - down) / 2e-5, rel=1e-8)


def test_factors_through_the_configuration(tmp_path):
    bins, tracks, base, factors = events()
    _, weights = filled(bins, tracks, base, factors)
    jacobian = weight_jacobian(bins, tracks, weights, factors, 5) / 100
    v = matrix(6, scale=0.02)
    np.savez(tmp_path / "eff.npz", jacobian=jacobian, covariance=v)
    (tmp_path / "c.yaml").write_text(
        "prefix: eff\n"
        "templates: [{sample: signal}, {channel: cr}]\n"
        "corrections: {covariance: eff.npz, jacobian: {file: eff.npz, key: jacobian}}\n"
    )
    ws, _ = hs3.add_systematics(model(), config=tmp_path / "c.yaml")
    rows = [0, 1, 2, 6, 7]
    wanted = jacobian @ v @ jacobian.T
    found = implied(ws).covariance[np.ix_(rows, rows)]
    assert closeness(found, wanted) < 1e-12
    assert np.array_equal(propagated(jacobian, v), propagated(jacobian, v).T)


@pytest.mark.parametrize(
    "change",
    [
        {"template_bins": [0.5, 1.0]},
        {"template_bins": [0, 9]},
        {"weights": [1.0]},
        {"weights": [1.0, np.nan]},
        {"factors": [1.0, 0.0]},
    ],
)
def test_events_that_do_not_fit(change):
    given = {
        "template_bins": [0, 1], "correction_bins": [1, -1], "weights": [1.0, 2.0],
        "factors": [1.0, 1.1], "bins": 2} | change  # fmt: skip
    with pytest.raises(ValueError):
        weight_jacobian(**given)
    with pytest.raises(ValueError):
        propagated([[1.0, 2.0]], [[1.0]])


# --- the covariance of a model --------------------------------------------------------------------


def finite_differences(compiled, names, at, widths):
    columns = []
    for name, width in zip(names, widths, strict=True):
        rows = []
        for sign in (1, -1):
            yields = compiled.sample_yields({**at, name: at[name] + sign * 1e-4 * width})
            rows.append(np.concatenate([np.ravel(y) for c in yields.values() for y in c.values()]))
        columns.append((rows[0] - rows[1]) / 2e-4)
    return np.array(columns)


def test_the_prefit_covariance_of_a_published_kind_of_model():
    """Normalisation, shape, luminosity and statistical errors, by finite differences."""
    compiled = hs3.compile(hs3.load(ROOT / "examples" / "demo" / "workspace.json"))
    found = hs3.template_covariance(compiled)
    before = hs3.engine.diagnostics.prefits(compiled)
    at = {n: p.value for n, p in before.items()}
    columns = finite_differences(compiled, before, at, [p.width for p in before.values()])
    assert np.allclose(found.covariance, columns.T @ columns, rtol=1e-6, atol=1e-9)
    errors = [
        e for c in hs3.yields(compiled, "prefit").channels.values()
        for s in c.samples.values() for e in s.errors]  # fmt: skip
    assert found.errors == pytest.approx(errors, rel=1e-12)
    totals = hs3.template_covariance(compiled, by="channel")
    assert np.all(np.isfinite(totals.correlation))
    assert all(b.sample is None for b in totals.bins)


def test_the_postfit_covariance_is_that_of_the_fit():
    ws, _ = hs3.add_systematics(model(), matrix(), prefix="eff")
    compiled = hs3.compile(ws)
    best = hs3.fit(compiled)
    found = hs3.template_covariance(compiled, "postfit", by="channel", best=best)
    after = hs3.yields(compiled, "postfit", best=best)
    errors = np.concatenate([c.expected.errors for c in after.channels.values()])
    assert found.errors == pytest.approx(errors, rel=1e-12)
    # the sum of all counts is fitted as well as counts are: the correlation knows it
    assert np.sqrt(found.covariance.sum()) == pytest.approx(np.sqrt(found.counts.sum()), rel=0.2)


def test_unknown_choices_of_the_covariance():
    compiled = hs3.compile(model())
    for options in ({"when": "later"}, {"by": "bin"}, {"parameters": ["x*"]}):
        with pytest.raises(hs3.FitError):
            hs3.template_covariance(compiled, **options)


# --- the commands ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["json", "csv", "npz"])
def test_out_of_one_model_into_another(tmp_path, ending, capsys):
    v = matrix()
    bare, full, again = (tmp_path / f"{n}.json" for n in ("bare", "full", "again"))
    hs3.save(model(), bare)
    hs3.save(hs3.add_systematics(model(), v)[0], full)
    table = tmp_path / f"cov.{ending}"
    assert run(["covariance", str(full), "-o", str(table)]) == 0
    assert "sr/ttbar/2" in capsys.readouterr().out
    arguments = ["--covariance", str(table), "--prefix", "new", "-o", str(again)]
    assert run(["systematics", "add", str(bare), *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == str(again)
    assert closeness(implied(hs3.load(again)).covariance, v) < 1e-12


def test_the_command_with_a_configuration(tmp_path, capsys):
    hs3.save(model(), tmp_path / "m.json")
    rows = "\n".join("  - " + json.dumps(row) for row in matrix(2, scale=1.0).tolist())
    config = tmp_path / "c.yaml"
    config.write_text(f"templates: [{{channel: cr}}]\ncovariance:\n{rows}\n")
    out = str(tmp_path / "out.json")
    command = ["systematics", "add", str(tmp_path / "m.json"), "--covariance", str(config)]
    assert run([*command, "-o", out, "--fraction", "0.5", "--drop", "--relative"]) == 0
    assert "covariance.dropped" in capsys.readouterr().out
    assert run(["covariance", out, "--json", "--postfit", "--by", "channel"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["covariance"]) == 5
    assert run(["covariance", out, "-o", str(tmp_path / "x.txt")]) == 1
    for text in ("a: [", "- 1", "covariance: nothing.csv", "fraction: 2", "x: &a 1\ny: *a"):
        config.write_text(text)
        assert run([*command, "-o", out]) == 1


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.csv", b""),
        ("a.csv", b"1,2\n3\n"),
        ("a.csv", b",x,y\nx,1,0\nz,0,1\n"),
        ("a.csv", b",x\nx,1\n"),
        ("a.csv", b",x,y\n"),
        ("a.csv", b"1,b\n"),
        ("a.npy", b"\x93NUMPY broken"),
        ("a.npz", b"PK broken"),
    ],
)
def test_files_that_hold_no_matrix(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert refusal("covariance.config", config=tmp_path / name).message


def test_pickles_are_not_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    refusal("covariance.config", config=tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", x=np.eye(8), y=np.eye(8))
    assert (
        "no array 'covariance'" in refusal("covariance.config", config=tmp_path / "a.npz").message
    )


def test_adding_systematics_loads_no_jax(tmp_path):
    hs3.save(model(), tmp_path / "m.json")
    code = (
        "import sys, numpy, hs3; ws = hs3.load('m.json');"
        "hs3.add_systematics(ws, numpy.eye(8)); assert 'jax' not in sys.modules"
    )
    done = python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_published_likelihood_gives_its_covariance_and_takes_it():
    """120 bins of templates of sbottom C: out of the model and into one without systematics."""
    folder = "likelihoods/atlas_sbottom_SUSY-2018-31/RegionC"
    ws, _ = hs3.read(shared(f"{folder}/BkgOnly.json"))
    found = implied(ws)
    data = ws.to_json()
    for dist in data["distributions"]:
        for sample in dist.get("samples", ()):
            sample["modifiers"] = []
    made, _ = hs3.add_systematics(
        hs3.Workspace.from_json(data), found.covariance, bins=[b.to_dict() for b in found.bins]
    )
    errors = found.errors > 0.0
    rows = np.ix_(errors, errors)
    assert closeness(implied(made).covariance[rows], found.covariance[rows]) < 1e-9
