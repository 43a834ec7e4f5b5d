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

NUMERICAL = 1e-5
"""How well values and gradients agree where zfit itself integrates numerically; else 1e-8."""

PRECISION = dict.fromkeys(
    (
        "Cruijff",  # zfit-physics has no closed integral, and the density has a bend at the mode
        "Spline",  # zfit has no closed integral of a product
        *(
            "KDE1DimFFT",
            "KDE1DimISJ",
        ),  # bent at the points of a grid, which the sampling rounds off
        "FFTConv",  # a sum over points; compared in the limit of ever more: see `_of_zfit`
    ),
    NUMERICAL,
)
"""Cases that zfit integrates numerically, and why."""

ONE_WAY = {
    "BinwiseScale_of_unbinned": "has no value in zfit",
    "FFTConv": "fft_conv_pdf",
}
"""Cases that have no equal in zfit on the way back, and the reason."""

pytestmark = with_zfit


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


def _close(found: dict[str, float], expected: dict[str, float], precision: float) -> None:
    assert expected
    ours = [found[name] for name in expected]
    np.testing.assert_allclose(ours, list(expected.values()), rtol=0, atol=precision)


@pytest.mark.parametrize("name", CASES)
def test_there_and_back(name: str) -> None:
    """zfit → HS3 → engine → zfit: values and gradients at several points."""
    loss = CASES[name]()
    workspace, _ = from_zfit(loss)
    assert hs3.validate(workspace).ok
    model = hs3.compile(workspace)
    points, precision = _points(loss), PRECISION.get(name, 1e-8)
    expected, slopes = _of_zfit(name, loss)
    ours = np.diff([float(model.nll(point)) for point in points])
    np.testing.assert_allclose(ours, expected, rtol=0, atol=precision)
    _close(dict(zip(model.names, model.gradient(points[1]), strict=True)), slopes, precision)
    written = hs3.loads(hs3.dumps(workspace))
    if name not in ONE_WAY:
        back = to_zfit(written)
        assert _described(back) == _described(loss)
    else:
        with pytest.raises(ConversionError, match=ONE_WAY[name]):
            to_zfit(written)
        with pytest.warns(hs3.HS3Warning, match=r"\[zfit.carried\].*" + ONE_WAY[name]):
            back = to_zfit(written, carry=True)
    found, again = _numbers(back)
    np.testing.assert_allclose(found, expected, rtol=0, atol=precision)
    _close(again, slopes, precision)


def _numbers(loss: Any) -> tuple[Any, dict[str, float]]:
    """The differences of a loss of zfit, and its gradient at the second point."""
    params, values, slopes = list(loss.get_params()), [], {}
    for number, point in enumerate(_points(loss)):
        with _at(loss, point):
            if number != 1:
                values.append(float(loss.value(full=True)))
                continue
            value, gradient = loss.value_gradient(params, full=True)
            values.append(float(value))
            slopes = dict(zip((p.name for p in params), np.ravel(gradient), strict=True))
    return np.diff(values), slopes


def _of_zfit(name: str, loss: Any) -> tuple[Any, dict[str, float]]:
    """zfit's differences, and its gradient.

    The error of its convolution falls as 1/n only, with the number n of points (see spec/zfit.md):
    three numbers of points give the limit. What it remembers has no gradient: the pdf inside has.
    """
    if name == "FFTConv":
        return _limit(loss)
    if name == "Cached":
        return _differences(loss), _numbers(zfit_models.nll(loss.model[0].pdfs[0]))[1]
    return _numbers(loss)


def _limit(loss: Any) -> tuple[Any, dict[str, float]]:
    """The values at 1/n = 0 of the polynomial in 1/n through those for three n."""
    sizes = np.array([101.0, 201.0, 401.0])
    weights = [np.prod([n / (n - m) for m in sizes if m != n]) for n in sizes]
    parts = loss.model[0].pdfs
    finer = [zfit_models.nll(zfit_models.convolved(*parts, int(n))) for n in sizes]
    differences, slopes = zip(*map(_numbers, finer), strict=True)
    limits = {p: float(np.dot(weights, [one[p] for one in slopes])) for p in slopes[0]}
    return np.asarray(weights) @ differences, limits


# Pdfs of zfit that no loss of the table can have, and why.
NO_CASES = {
    **dict.fromkeys(("BasePDF", "BaseFunctor", "BaseBinnedPDF", "BaseBinnedFunctorPDF"), "base"),
    **dict.fromkeys(("SimplePDF", "SimpleFunctorPDF", "ZPDF", "RecursivePolynomial"), "own code"),
    **dict.fromkeys(("WrapDistribution", "PositivePDF"), "own code"),
    "Poisson": "a test of its own: zfit gives sums over integers for ranges",
}


def test_every_pdf_of_zfit_has_a_case() -> None:
    found = {
        type(part).__name__
        for name in CASES
        for model in CASES[name]().model
        for part in _parts(model)
    }
    pdfs = {
        name
        for module in (zfit.pdf, zfit_models.physics)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, zfit.pdf.BasePDF | zfit.pdf.BaseBinnedPDF)
    }
    assert len(CASES) > 60
    assert pdfs - found == NO_CASES.keys() & pdfs


def _parts(pdf: Any) -> list[Any]:
    inner = [*getattr(pdf, "pdfs", ()), *getattr(pdf, "hists", {}).values()]
    return [pdf, *(part for one in inner for part in _parts(one))]


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


def test_a_kernel_estimate_is_sampled_and_says_how_well() -> None:
    _, report = from_zfit(CASES["KDE1DimExact"]())
    (finding,) = report.findings
    assert finding.code == "zfit.sampled"
    assert finding.value < 1e-6


def test_a_spline_that_is_not_normalised_says_so() -> None:
    """The spline through the bins of a histogram integrates to something else than one."""
    spline = zfit_models._spline()
    loss = zfit_models.nll(zfit_models._with_gauss(spline))
    x = np.linspace(zfit_models.LOW, zfit_models.HIGH, 4001)
    integral = np.trapezoid(np.asarray(spline.pdf(x[:, None])), x)
    findings = {f.code: f for f in from_zfit(loss)[1].findings}
    assert findings.keys() == {"zfit.sampled", "zfit.normalised"}
    assert findings["zfit.normalised"].severity == "warning"
    assert findings["zfit.normalised"].value == pytest.approx(integral, abs=1e-5)


def test_a_convolution_is_written_exactly_and_says_so() -> None:
    """A Gaussian smeared by a Gaussian is one: that is the reference, and zfit comes close."""
    loss = CASES["FFTConv"]()
    workspace, report = from_zfit(loss)
    assert [f.code for f in report.findings] == ["zfit.convolution"]
    model = hs3.compile(workspace)
    ours = np.diff([float(model.nll(point)) for point in _points(loss)])
    mu, s = sorted(loss.get_params(), key=lambda p: p.name)
    width = zfit.ComposedParameter(
        "both_widths", lambda params: zfit.z.numpy.sqrt(0.64 + params["s"] ** 2), params={"s": s}
    )
    exact = zfit_models.nll(zfit.pdf.Gauss(mu, width, zfit_models.SPACE))
    np.testing.assert_allclose(ours, _differences(exact), rtol=0, atol=1e-8)


def test_the_error_of_the_convolution_of_zfit_is_a_kernel_that_is_too_narrow() -> None:
    """zfit takes n points of the kernel at h n/(n - 1), N of the function at h N/(N - 1) apart.

    Its kernel is narrower by the ratio of the two, as our exact convolution shows.
    """
    loss = CASES["FFTConv"]()
    model = hs3.compile(from_zfit(loss)[0])
    name = next(p.name for p in loss.get_params() if p.name.startswith("s_"))
    for n in (151, 301):
        finer = zfit_models.nll(zfit_models.convolved(*loss.model[0].pdfs, n))
        whole = 3 * n  # the range of function and kernel together is three times the kernel's
        narrower = (n - 1) / n * whole / (whole - 1)
        points = [{**p, name: p[name] * narrower} for p in _points(finer)]
        wrong = np.diff([float(model.nll(point)) for point in _points(finer)])
        ours = np.diff([float(model.nll(point)) for point in points])
        theirs = _differences(finer)
        assert np.abs(theirs - wrong).max() > 1e-4
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


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
