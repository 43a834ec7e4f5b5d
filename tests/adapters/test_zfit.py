"""zfit's losses in both directions, against zfit itself: differences of -log L, and gradients."""

from __future__ import annotations

import importlib.util
import os
import warnings
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import hs3
from hs3.errors import ConversionError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


if importlib.util.find_spec("zfit") is None:
    with_zfit = pytest.mark.skip(reason="zfit is not installed")
    CASES: dict[str, Any] = {}
else:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import zfit
        import zfit_models

        from hs3.adapters.zfit import from_zfit, to_zfit

        # zfit integrates truncated pdfs exactly only without its graphs; and it starts faster
        zfit.run.set_graph_mode(False)
    CASES = dict(zfit_models.losses())
    with_zfit = pytest.mark.filterwarnings("ignore")  # TensorFlow and zfit warn of much

FAST = ("Gauss", "Composed", "extended_sum", "constraints", "template_extended", "Truncated")
"""Cases of the default run; the others compile for long."""

NUMERICAL = {"Cruijff": 5e-5}
"""Cases that zfit integrates numerically, with what its gradient is then good for."""

ONE_WAY = {"binwise_extended": "bincounts_density_dist"}
"""Cases that have no equal in zfit on the way back."""

pytestmark = with_zfit


def _cases() -> list[Any]:
    slow = pytest.mark.slow
    return [pytest.param(n, id=n, marks=() if n in FAST else slow) for n in CASES]


def _points(loss: Any) -> list[dict[str, float]]:
    start = {p.name: float(p.value()) for p in loss.get_params()}
    return [{n: v * (1 + k) + 0.01 * k for n, v in start.items()} for k in (0, 0.03, -0.02)]


def _at(loss: Any, point: dict[str, float]) -> Any:
    params = [p for p in loss.get_params() if p.name in point]
    return zfit.param.set_values(params, [point[p.name] for p in params])


def _differences(loss: Any) -> np.ndarray:
    values = []
    for point in _points(loss):
        with _at(loss, point):
            values.append(float(loss.value(full=True)))
    return np.diff(values)


def _described(loss: Any) -> dict[str, tuple[Any, ...]]:
    return {
        p.name: (float(p.value()), float(p.lower), float(p.upper), p.floating, p.stepsize)
        for p in loss.get_params(floating=None)
        if hasattr(p, "lower")
    }


@pytest.mark.parametrize("name", _cases())
def test_the_engine_agrees_with_zfit(name: str) -> None:
    loss = CASES[name]()
    workspace, _ = from_zfit(loss)
    assert hs3.validate(workspace).ok
    model = hs3.compile(workspace)
    points = _points(loss)
    ours = np.diff([float(model.nll(point)) for point in points])
    precision = NUMERICAL.get(name, 1e-8)
    np.testing.assert_allclose(ours, _differences(loss), rtol=0, atol=precision)
    params = list(loss.get_params())
    with _at(loss, points[1]):
        slopes = np.ravel(loss.gradient(params))
    own = dict(zip(model.names, model.gradient(points[1]), strict=True))
    expected = [own[p.name] for p in params]
    np.testing.assert_allclose(expected, slopes, rtol=0, atol=max(precision, 1e-7))


@pytest.mark.parametrize("name", sorted(CASES.keys() - ONE_WAY.keys()))
def test_zfit_agrees_with_itself_after_the_way_through_hs3(name: str) -> None:
    loss = CASES[name]()
    back = to_zfit(hs3.loads(hs3.dumps(from_zfit(loss)[0])))
    precision = NUMERICAL.get(name, 1e-8)
    np.testing.assert_allclose(_differences(back), _differences(loss), rtol=0, atol=precision)
    assert _described(back) == _described(loss)


@pytest.mark.parametrize("name", sorted(ONE_WAY if CASES else ()))
def test_what_zfit_has_no_equal_for_is_refused_or_carried(name: str) -> None:
    loss = CASES[name]()
    workspace, _ = from_zfit(loss)
    with pytest.raises(ConversionError, match=ONE_WAY[name]):
        to_zfit(workspace)
    with pytest.warns(hs3.HS3Warning, match=r"\[zfit.carried\].*" + ONE_WAY[name]):
        back = to_zfit(workspace, carry=True)
    np.testing.assert_allclose(_differences(back), _differences(loss), rtol=0, atol=1e-8)
    params = list(back.get_params())
    slopes = dict(zip((p.name for p in params), np.ravel(back.gradient(params)), strict=True))
    own = list(loss.get_params())
    np.testing.assert_allclose(
        [slopes[p.name] for p in own], np.ravel(loss.gradient(own)), rtol=0, atol=1e-7
    )


def test_poisson_counts_of_single_events_are_normalised_by_the_sum_over_integers() -> None:
    space = zfit.Space("k", -0.5, 12)
    lam = zfit_models.par("lam", 4.0, 0.1, 20)
    sample = zfit.Data.from_numpy(obs=space, array=np.array([[1.0], [4.0], [7.0], [3.0]]))
    loss = zfit.loss.UnbinnedNLL(zfit.pdf.Poisson(lam, space), sample)
    model = hs3.compile(from_zfit(loss)[0])
    ours = np.diff([float(model.nll(point)) for point in _points(loss)])
    np.testing.assert_allclose(ours, _differences(loss), rtol=0, atol=1e-8)


def test_fixed_parameters_and_steps_survive() -> None:
    mu = zfit.Parameter("mu_kept", 1.5, 0.0, 6.0, stepsize=0.25)
    sigma = zfit.Parameter("sigma_kept", 1.0, 0.1, floating=False)
    pdf = zfit.pdf.Gauss(mu, sigma, zfit_models.SPACE)
    loss = zfit_models.nll(pdf)
    workspace, report = from_zfit(loss)
    assert not report.findings
    assert _described(to_zfit(workspace)) == _described(loss)
    assert _described(loss)["sigma_kept"][3] is False


def test_a_pdf_with_data_is_a_likelihood() -> None:
    pdf = CASES["Gauss"]().model[0]
    assert len(from_zfit(pdf, zfit_models.data())[0].likelihoods or ()) == 1
    with pytest.raises(ConversionError, match="only with data"):
        from_zfit(pdf)


def _kernel_estimate() -> Any:
    return zfit.pdf.KDE1DimExact(zfit_models.data(), obs=zfit_models.SPACE, bandwidth=0.4)


def test_a_kernel_estimate_is_sampled_and_says_how_well() -> None:
    fraction = zfit_models.par("f", 0.4, 0, 1)
    other = zfit.pdf.Gauss(zfit_models.par("mu", 2.5, 0, 6), 0.8, zfit_models.SPACE)
    loss = zfit_models.nll(zfit.pdf.SumPDF([_kernel_estimate(), other], fraction))
    workspace, report = from_zfit(loss)
    (finding,) = report.findings
    assert finding.code == "zfit.sampled"
    assert finding.value < 1e-6
    model = hs3.compile(workspace)
    ours = np.diff([float(model.nll(point)) for point in _points(loss)])
    np.testing.assert_allclose(ours, _differences(loss), rtol=0, atol=1e-5)  # zfit's own integral


def test_a_convolution_is_written_exactly_and_says_so() -> None:
    """A Gaussian smeared by a Gaussian is one: that is the reference, and zfit comes close."""
    wide = zfit.Space("x", -12.0, 18.0)
    mu = zfit_models.par("mu", 2.5, 0, 6)
    function = zfit.pdf.Gauss(mu, 0.8, wide)
    kernel = zfit.pdf.Gauss(0.0, 0.6, zfit.Space("x", -6.0, 6.0))
    pdf = zfit.pdf.FFTConvPDFV1(function, kernel, n=501, norm=zfit_models.SPACE)
    loss = zfit_models.nll(pdf)
    workspace, report = from_zfit(loss)
    assert [f.code for f in report.findings] == ["zfit.convolution"]
    model = hs3.compile(workspace)
    ours = np.diff([float(model.nll(point)) for point in _points(loss)])
    exact = zfit_models.nll(zfit.pdf.Gauss(mu, 1.0, zfit_models.SPACE))
    np.testing.assert_allclose(ours, _differences(exact), rtol=0, atol=1e-7)
    np.testing.assert_allclose(ours, _differences(loss), rtol=0, atol=1e-2)


def _refused() -> dict[str, tuple[Any, str]]:
    m, pdf = zfit_models, zfit.pdf
    gauss = pdf.Gauss(m.par("mu", 2.5, 0, 6), 1.0, m.SPACE)
    parameter = m.par("a", 1.0)
    strange = zfit.ComposedParameter(
        "strange", lambda params: zfit.z.numpy.floor(params["a"]), params={"a": parameter}
    )
    constraint = zfit.constraint.SimpleConstraint(lambda: parameter**2, [parameter])
    other = pdf.Gauss(1.0, 1.0, zfit.Space("x", 1.0, 4.0))
    chi2 = zfit.loss.BinnedChi2(pdf.BinnedFromUnbinnedPDF(gauss, m.BINS), m._counts())
    unscaled = pdf.Bernstein(m.SPACE, [1.0, 0.5], apply_scaling=False)
    return {
        "chi2": (chi2, "Chi2"),
        "composed": (m.nll(pdf.Gauss(strange, 1.0, m.SPACE)), "strange.*Floor"),
        "constraint": (m.nll(gauss, constraints=[constraint]), "SimpleConstraint"),
        "ranges": (m.nll(pdf.SumPDF([gauss, other], 0.5, norm=m.SPACE)), "normalised over"),
        "fractions": (
            m.nll(pdf.SumPDF([gauss, gauss], [m.par("f", 0.4, 0, 1), m.par("g", 0.6, 0, 1)])),
            "leave the last one out",
        ),
        "moving KDE": (
            m.nll(pdf.KDE1DimExact(m.data(), obs=m.SPACE, bandwidth=m.par("h", 0.4, 0.1, 1))),
            "floating",
        ),
        "Bernstein": (m.nll(unscaled), "apply_scaling"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["chi2", "composed", "constraint", "ranges", "fractions", "moving KDE", "Bernstein"],
)
def test_what_hs3_cannot_say_is_refused_by_name(name: str) -> None:
    loss, message = _refused()[name]
    with pytest.raises(ConversionError, match=message) as caught:
        from_zfit(loss)
    assert caught.value.code == "zfit.not_expressible"


FIXTURES = (
    *("auxiliary_gaussian", "auxiliary_multivariate", "binned", "binned_extended"),
    *("binned_two_observables", "extended", "extended_weighted", "not_extended", "point"),
    *("rate_extended", "two_observables", "unbinned", "weighted"),
)
"""Fixtures of likelihoods that zfit can express."""


@pytest.mark.parametrize("name", FIXTURES)
def test_fixtures_load_into_zfit_and_agree(name: str) -> None:
    workspace = hs3.load(ROOT / "conformance" / "fixtures" / f"likelihood_{name}" / "hs3.json")
    loss = to_zfit(workspace)
    model = hs3.compile(workspace)
    points = [p for p in _points(loss) if _inside(loss, p)]
    assert len(points) > 1
    values = []
    for point in points:
        with _at(loss, point):
            values.append(float(loss.value(full=True)))
    ours = [float(model.nll(point)) for point in points]
    np.testing.assert_allclose(np.diff(values), np.diff(ours), rtol=0, atol=1e-8)


def _inside(loss: Any, point: dict[str, float]) -> bool:
    limits = {p.name: (float(p.lower), float(p.upper)) for p in loss.get_params()}
    return all(low <= point[n] <= high for n, (low, high) in limits.items())


def test_losses_of_several_kinds_add_up() -> None:
    losses = [CASES["extended"](), CASES["template"]()]
    back = to_zfit(from_zfit(losses)[0])
    assert type(back).__name__ == "SimpleLoss"
    together = zfit.loss.SimpleLoss(
        lambda params: losses[0].value(full=True) + losses[1].value(full=True),
        [p for one in losses for p in one.get_params()],
        errordef=0.5,
    )
    np.testing.assert_allclose(_differences(back), _differences(together), rtol=0, atol=1e-8)


def test_channels_of_histfactory_are_refused_by_name() -> None:
    folder = ROOT / "conformance" / "fixtures" / "channel_auxiliary_poisson"
    with pytest.raises(ConversionError, match="HistFactory channel 'ch'") as caught:
        to_zfit(hs3.load(folder / "hs3.json"))
    assert caught.value.code == "zfit.not_expressible"
