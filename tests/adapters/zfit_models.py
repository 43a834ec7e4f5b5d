"""Losses of zfit to compare: name → a function that makes one; each call makes new parameters."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import zfit
import zfit.z.numpy as znp

P = zfit.pdf
LOW, HIGH = 0.5, 6.0
SPACE = zfit.Space("x", LOW, HIGH)
EVENTS = np.linspace(0.6, 5.9, 23) + 0.05 * np.sin(np.arange(23) * 7.0)
WEIGHTS = 1.0 + 0.4 * np.cos(np.arange(23) * 3.0)

_numbers = count()


def par(name: str, value: float, low: float | None = None, high: float | None = None) -> Any:
    """A parameter whose name is new in this process: zfit knows only one of a name."""
    return zfit.Parameter(f"{name}_{next(_numbers)}", value, low, high)


def data(weights: bool = False, space: Any = SPACE) -> Any:
    return zfit.Data.from_numpy(
        obs=space, array=EVENTS[:, None], weights=WEIGHTS if weights else None
    )


def nll(pdf: Any, **options: Any) -> Any:
    return zfit.loss.UnbinnedNLL(pdf, data(), **options)


MANY = 3.2 - 4.5 * np.cos(np.linspace(0.6, 2.6, 2001))
"""Events for estimates on a grid, which has at most as many points as there are events, and ends
where they do."""


def _finely(pdf: Any) -> Any:
    """The same, where zfit integrates numerically: by Simpson's rule with more points."""
    pdf.update_integration_options(draws_simpson=4001)
    return pdf


SHAPES: dict[str, Callable[[], Any]] = {
    "Gauss": lambda: P.Gauss(par("mu", 2.5, 0, 6), par("s", 1.2, 0.1, 4), SPACE),
    "Gauss_number": lambda: P.Gauss(2.0, par("s", 1.2, 0.1, 4), SPACE),
    "TruncatedGauss": lambda: P.TruncatedGauss(
        par("mu", 2.5, 0, 6), par("s", 1.2, 0.1, 4), 0.2, 6.5, SPACE
    ),
    "BifurGauss": lambda: P.BifurGauss(
        par("mu", 2.5, 0, 6), par("sl", 1.2, 0.1, 4), par("sr", 2.2, 0.1, 4), SPACE
    ),
    "GeneralizedGauss": lambda: P.GeneralizedGauss(
        par("mu", 2.5, 0, 6), par("s", 1.2, 0.1, 4), par("beta", 3.0, 1, 5), SPACE
    ),
    "CrystalBall": lambda: P.CrystalBall(
        par("mu", 3.5, 0, 6), par("s", 0.8, 0.1, 4), par("a", 1.2, 0.1, 4), par("n", 3, 1, 9), SPACE
    ),
    "CrystalBall_right": lambda: P.CrystalBall(
        par("mu", 2.5, 0, 6), par("s", 0.8, 0.1, 4), par("a", -1.2, -4, -0.1), 3.0, SPACE
    ),
    "DoubleCB": lambda: P.DoubleCB(
        mu=par("mu", 3.0, 0, 6), sigma=par("s", 0.7, 0.1, 4), alphal=par("al", 1.1, 0.1, 4),
        nl=par("nl", 2.5, 1, 9), alphar=par("ar", 1.5, 0.1, 4), nr=par("nr", 4.0, 1, 9), obs=SPACE,
    ),
    "GeneralizedCB": lambda: P.GeneralizedCB(
        mu=par("mu", 3.0, 0, 6), sigmal=par("s", 0.7, 0.1, 4), alphal=par("al", 1.1, 0.1, 4),
        nl=par("nl", 2.5, 1, 9), sigmar=par("sr", 0.9, 0.1, 4), alphar=par("ar", 1.5, 0.1, 4),
        nr=par("nr", 4.0, 1, 9), obs=SPACE,
    ),
    "GaussExpTail": lambda: P.GaussExpTail(
        par("mu", 3.5, 0, 6), par("s", 0.8, 0.1, 4), par("a", 1.2, 0.1, 4), SPACE
    ),
    "GaussExpTail_right": lambda: P.GaussExpTail(
        par("mu", 2.5, 0, 6), par("s", 0.8, 0.1, 4), par("a", -1.2, -4, -0.1), SPACE
    ),
    "GeneralizedGaussExpTail": lambda: P.GeneralizedGaussExpTail(
        par("mu", 3.0, 0, 6), par("sl", 0.8, 0.1, 4), par("al", 1.2, 0.1, 4),
        par("sr", 0.6, 0.1, 4), par("ar", 1.0, 0.1, 4), SPACE,
    ),
    "Exponential": lambda: P.Exponential(par("lam", -0.6, -3, 2), SPACE),
    "Exponential_number": lambda: P.SumPDF(
        [P.Exponential(-0.4, SPACE), P.Exponential(par("lam", 0.2, -3, 2), SPACE)], 0.4
    ),
    "Voigt": lambda: P.Voigt(
        m=par("m", 2.5, 0, 6), sigma=par("s", 0.8, 0.1, 4), gamma=par("g", 0.5, 0.05, 4), obs=SPACE
    ),
    "Cauchy": lambda: P.Cauchy(par("m", 2.5, 0, 6), par("g", 0.9, 0.05, 4), SPACE),
    "LogNormal": lambda: P.LogNormal(par("mu", 0.8, -2, 3), par("s", 0.6, 0.1, 3), SPACE),
    "ChiSquared": lambda: P.ChiSquared(par("ndof", 3.5, 1, 9), SPACE),
    "StudentT": lambda: P.StudentT(
        par("nu", 3.0, 1, 9), par("mu", 2.5, 0, 6), par("s", 1.1, 0.1, 4), SPACE
    ),
    "Gamma": lambda: P.Gamma(par("k", 2.2, 1, 9), par("b", 0.9, 0.1, 4), 0.1, SPACE),
    "JohnsonSU": lambda: P.JohnsonSU(
        par("mu", 2.5, 0, 6), par("l", 1.2, 0.1, 4), par("g", 0.3, -2, 2), par("d", 1.5, 0.1, 4),
        SPACE,
    ),
    "QGauss": lambda: P.QGauss(
        par("q", 1.6, 1.1, 2.9), par("mu", 2.5, 0, 6), par("s", 1.1, 0.1, 4), SPACE
    ),
    "ExpModGauss": lambda: P.ExpModGauss(
        par("mu", 1.5, 0, 6), par("s", 0.6, 0.1, 4), par("l", 0.9, 0.1, 4), SPACE
    ),
    "Bernstein": lambda: P.Bernstein(
        SPACE, [par("b0", 1.0, 0, 9), par("b1", 0.4, 0, 9), par("b2", 0.9, 0, 9)]
    ),
    "Bernstein_other_scale": lambda: P.Bernstein(
        zfit.Space("x", 0, 8), [par("b0", 1.0, 0, 9), par("b1", 0.4, 0, 9)], norm=SPACE
    ),
    "Chebyshev": lambda: P.Chebyshev(SPACE, [par("c1", 0.3, -1, 1), par("c2", 0.2, -1, 1)]),
    "Chebyshev_leading": lambda: P.Chebyshev(
        SPACE, [par("c1", 0.3, -1, 1), par("c2", 0.2, -1, 1)], coeff0=1.5
    ),
    "Chebyshev_other_scale": lambda: P.Chebyshev(
        zfit.Space("x", 0, 8), [par("c1", 0.3, -1, 1), par("c2", 0.2, -1, 1)], norm=SPACE
    ),
    "Chebyshev2": lambda: P.Chebyshev2(SPACE, [par("c1", 0.2, -1, 1), par("c2", 0.1, -1, 1)]),
    "Legendre": lambda: P.Legendre(
        SPACE, [par("c1", 0.3, -1, 1), par("c2", 0.2, -1, 1), par("c3", 0.1, -1, 1)]
    ),
    "Hermite": lambda: P.Hermite(SPACE, [par("c1", 0.1, -1, 1), par("c2", 0.05, -1, 1)]),
    "Laguerre": lambda: P.Laguerre(SPACE, [par("c1", 0.1, -1, 1), par("c2", 0.2, -1, 1)]),
    "Uniform": lambda: P.SumPDF(
        [P.Uniform(0.0, 7.0, SPACE), P.Gauss(par("mu", 2.5, 0, 6), 0.8, SPACE)], par("f", 0.4, 0, 1)
    ),
    "Uniform_inside": lambda: P.SumPDF(
        [P.Uniform(1.0, 4.0, SPACE), P.Gauss(par("mu", 2.5, 0, 6), 0.8, SPACE)], par("f", 0.4, 0, 1)
    ),
    "Sum_two": lambda: P.SumPDF(
        [P.Gauss(par("mu", 2.5, 0, 6), 0.8, SPACE), P.Exponential(par("l", -0.5, -3, 1), SPACE)],
        par("f", 0.4, 0, 1),
    ),
    "Sum_nested": lambda: P.SumPDF(
        [
            P.SumPDF(
                [P.Gauss(mu := par("mu", 2.5, 0, 6), 0.4, SPACE), P.Gauss(mu, 1.0, SPACE)],
                par("g", 0.6, 0, 1),
            ),
            P.Exponential(par("l", -0.5, -3, 1), SPACE),
        ],
        par("f", 0.4, 0, 1),
    ),
    "Sum_three": lambda: P.SumPDF(
        [P.Gauss(par("mu", 2.5, 0, 6), 0.8, SPACE), P.Exponential(par("l", -0.5, -3, 1), SPACE),
         P.Chebyshev(SPACE, [par("c", 0.1, -1, 1)])],
        [par("f", 0.4, 0, 1), par("g", 0.3, 0, 1)],
    ),
    "Product_same": lambda: P.ProductPDF(
        [P.Gauss(par("mu", 2.5, 0, 6), 1.1, SPACE), P.Exponential(par("l", -0.5, -3, 1), SPACE)]
    ),
    "Truncated": lambda: P.TruncatedPDF(
        P.Gauss(par("mu", 2.5, 0, 6), 1.1, SPACE), limits=zfit.Space("x", 0.55, 5.98)
    ),
    "Cached": lambda: P.CachedPDF(P.Gauss(par("mu", 2.5, 0, 6), 1.1, SPACE)),
    "FFTConv": lambda: _convolution(),
    "KDE1DimExact": lambda: _with_gauss(P.KDE1DimExact(data(), obs=SPACE, bandwidth=0.4)),
    "KDE1DimExact_weights": lambda: _with_gauss(
        P.KDE1DimExact(data(weights=True), obs=SPACE, bandwidth="adaptive_geom")
    ),
    "KDE1DimGrid": lambda: _with_gauss(
        P.KDE1DimGrid(data(), obs=SPACE, bandwidth=0.4, num_grid_points=64)
    ),
    "KDE1DimFFT": lambda: _with_gauss(
        P.KDE1DimFFT(MANY, obs=SPACE, bandwidth=0.4, num_grid_points=2001)
    ),
    "KDE1DimISJ": lambda: _with_gauss(P.KDE1DimISJ(MANY, obs=SPACE, num_grid_points=2001)),
    "GaussianKDE1DimV1": lambda: _with_gauss(
        P.GaussianKDE1DimV1(obs=SPACE, data=data(), bandwidth=0.5)
    ),
    "Spline": lambda: _finely(
        P.ProductPDF(  # in a sum its integral would count
            [_spline(), P.Gauss(par("mu", 2.5, 0, 6), 2.0, SPACE)]
        )
    ),
    "UnbinnedFromBinned": lambda: _with_gauss(
        P.UnbinnedFromBinnedPDF(_template([1, 2, 6, 5, 3, 2, 2]))
    ),
    "Composed": lambda: P.Gauss(
        zfit.ComposedParameter(
            f"shifted_{next(_numbers)}",
            lambda params: params["a"] * 0.5 + znp.exp(params["b"]) - 1.0 / 3.0,
            params={"a": par("mu", 2.5, 0, 6), "b": par("shift", 0.2, -1, 1)},
        ),
        par("s", 1.1, 0.1, 4),
        SPACE,
    ),
    "Composed_branch": lambda: P.Gauss(
        zfit.ComposedParameter(
            f"branch_{next(_numbers)}",
            lambda params: znp.where(
                params["a"] > 2.0, params["a"] ** 2 / 3.0, znp.sqrt(znp.abs(params["a"]))
            ),
            params={"a": par("mu", 2.5, 0.1, 6)},
        ),
        par("s", 1.1, 0.1, 4),
        SPACE,
    ),
}  # fmt: skip
"""Pdfs of one variable, to be taken with the same events."""


if importlib.util.find_spec("zfit_physics") is not None:
    from zfit_physics import pdf as physics

    SHAPES |= {
        "Argus": lambda: physics.Argus(
            m0=6.5, c=par("c", -1.2, -9, -0.1), p=par("p", 0.7, 0.1, 4), obs=SPACE
        ),
        "CMSShape": lambda: physics.CMSShape(
            par("m", 2.0, 0, 6), par("b", 0.8, 0.1, 4), par("g", 0.5, 0.1, 4), SPACE
        ),
        "Cruijff": lambda: _finely(
            physics.Cruijff(
                par("mu", 3.0, 0, 6), par("sl", 0.8, 0.1, 4), par("al", 0.2, 0.01, 4),
                par("sr", 0.6, 0.1, 4), par("ar", 0.1, 0.01, 4), SPACE,
            )
        ),
        "ErfExp": lambda: physics.ErfExp(
            par("mu", 3.0, 0, 6), par("b", 0.8, 0.1, 4), par("g", 0.3, 0.1, 4), 1.0, SPACE
        ),
        "Novosibirsk": lambda: physics.Novosibirsk(
            par("mu", 2.5, 0, 6), par("s", 0.9, 0.1, 4), par("t", -0.2, -1, 1), SPACE
        ),
        "RelativisticBreitWigner": lambda: physics.RelativisticBreitWigner(
            par("m", 3.0, 0, 6), par("g", 0.9, 0.1, 4), SPACE
        ),
        "Tsallis": lambda: physics.Tsallis(
            par("m", 1.0, 0.1, 6), par("t", 0.8, 0.1, 4), par("n", 5.0, 2.1, 9), SPACE
        ),
    }  # fmt: skip


def _with_gauss(pdf: Any) -> Any:
    """A pdf of fixed shape, summed with one that moves."""
    other = P.Gauss(par("mu", 2.5, 0, 6), 0.8, SPACE)
    return P.SumPDF([_finely(pdf), other], par("f", 0.4, 0, 1))


def _spline() -> Any:
    return P.SplinePDF(_template([1, 2, 6, 5, 3, 2, 2]), obs=SPACE)


def _convolution() -> Any:
    function = P.Gauss(par("mu", 2.5, 0, 6), 0.8, zfit.Space("x", -4.0, 12.0))
    kernel = P.Gauss(0.0, par("s", 0.6, 0.1, 2), zfit.Space("x", -4.0, 4.0))
    return convolved(function, kernel, 201)


def convolved(function: Any, kernel: Any, points: int) -> Any:
    """zfit's convolution, with as many points for the kernel."""
    return P.FFTConvPDFV1(function, kernel, n=points, norm=SPACE, interpolation="spline:3")


def _conditional() -> Any:
    """Each event with a width of its own, in a sum of two and with a mean that moves."""
    width = par("width", 1.0, 0.1, 5)
    given = zfit.Space("w", 0.2, 3.0)
    pdf = P.ConditionalPDFV1(P.Gauss(par("mu", 2.5, 0, 6), width, SPACE), {width: given})
    events = np.stack([EVENTS, np.linspace(0.3, 2.8, 23)], axis=1)[
        ::4
    ]  # zfit takes them one by one
    return zfit.loss.UnbinnedNLL(pdf, zfit.Data.from_numpy(obs=SPACE * given, array=events))


def _three_dimensions() -> Any:
    """A parameter shared by two of three factors, one of which is a sum."""
    y, w = zfit.Space("y", -2, 3), zfit.Space("w", 0, 1)
    mu = par("mu", 1.5, 0, 3)
    flat = P.SumPDF([P.Exponential(par("l", 0.3, -3, 1), y), P.Uniform(-2, 3, y)], 0.4)
    pdf = P.ProductPDF([P.Gauss(mu, 1.1, SPACE), flat, P.Gauss(mu, par("s", 1.4, 0.1, 4), w)])
    columns = [EVENTS, np.linspace(-1.9, 2.9, 23)[::-1], np.linspace(0.05, 0.95, 23) ** 2]
    sample = zfit.Data.from_numpy(obs=SPACE * y * w, array=np.stack(columns, axis=1))
    return zfit.loss.UnbinnedNLL(pdf, sample)


def _beta() -> Any:
    unit = zfit.Space("u", 0.02, 0.98)
    pdf = P.Beta(par("a", 1.8, 0.5, 9), par("b", 2.4, 0.5, 9), unit)
    sample = zfit.Data.from_numpy(obs=unit, array=np.linspace(0.05, 0.9, 12)[:, None])
    return zfit.loss.UnbinnedNLL(pdf, sample)


def _sampled_data() -> Any:
    """Data that are drawn from the model."""
    zfit.settings.set_seed(7)
    pdf = P.Gauss(par("mu", 2.5, 0, 6), par("s", 1.2, 0.1, 4), SPACE)
    return zfit.loss.UnbinnedNLL(pdf, pdf.create_sampler(40))


def _two_dimensions() -> Any:
    plane = SPACE * zfit.Space("y", -2, 3)
    events = np.stack([EVENTS, np.linspace(-1.9, 2.9, 23)[::-1]], axis=1)
    pdf = P.ProductPDF(
        [
            P.Gauss(par("mu", 2.5, 0, 6), par("s", 1.1, 0.1, 4), SPACE),
            P.Exponential(par("l", 0.3, -3, 1), zfit.Space("y", -2, 3)),
        ]
    )
    return zfit.loss.UnbinnedNLL(pdf, zfit.Data.from_numpy(obs=plane, array=events))


def _signal(yields: bool = True) -> Any:
    signal = P.Gauss(par("mu", 2.5, 0, 6), par("s", 0.8, 0.1, 4), SPACE)
    background = P.Exponential(par("l", -0.5, -3, 1), SPACE)
    return P.SumPDF(
        [
            signal.create_extended(par("n_sig", 9.0, 0, 90)),
            background.create_extended(par("n_bkg", 14.0, 0, 90)),
        ]
    )


def _constraints(pdf: Any) -> list[Any]:
    first, second, *_ = sorted(pdf.get_params(is_yield=False), key=lambda p: p.name)
    return [
        zfit.constraint.GaussianConstraint(first, float(first.value()) + 0.1, sigma=0.3),
        zfit.constraint.GaussianConstraint(
            [first, second], [0.2, 2.0], cov=[[0.5, 0.1], [0.1, 0.7]]
        ),
    ]


def _constrained() -> Any:
    pdf = P.Gauss(par("mu", 2.5, 0, 6), par("s", 1.1, 0.1, 4), SPACE)
    return nll(pdf, constraints=_constraints(pdf))


def _other_constraints() -> Any:
    width = par("s", 1.1, 0.1, 4)
    events = par("n", 20.0, 0, 90)
    pdf = P.Gauss(2.0, width, SPACE, extended=events)
    limits = [
        zfit.constraint.LogNormalConstraint(width, 0.1, 0.3),
        zfit.constraint.PoissonConstraint(events, 21.0),
    ]
    return zfit.loss.ExtendedUnbinnedNLL(pdf, data(), constraints=limits)


def _simultaneous() -> Any:
    shared = par("mu", 2.5, 0, 6)
    other = zfit.Space("z", 0, 5)
    second = P.Gauss(shared, par("s", 1.4, 0.1, 4), other)
    sample = zfit.Data.from_numpy(obs=other, array=np.linspace(0.5, 4.5, 9)[:, None])
    first = P.Gauss(shared, par("s", 0.8, 0.1, 4), SPACE)
    return nll(first) + zfit.loss.UnbinnedNLL(second, sample)


BINS = zfit.Space("x", binning=zfit.binned.RegularBinning(7, LOW, HIGH, name="x"))
COUNTS = np.array([3.0, 7.0, 11.0, 9.0, 4.0, 0.0, 2.0])


def _counts(space: Any = BINS, values: Any = COUNTS) -> Any:
    return zfit.data.BinnedData.from_tensor(space=space, values=values)


def _template(values: Any) -> Any:
    return P.HistogramPDF(_counts(values=np.asarray(values, float)), extended=False)


def _binned_sum() -> Any:
    signal = P.HistogramPDF(
        _counts(values=np.array([0.1, 0.5, 2, 4, 2, 0.5, 0.1])), extended=par("ns", 12.0, 0, 90)
    )
    background = P.HistogramPDF(
        _counts(values=np.array([5.0, 4, 3, 2.5, 2, 1.5, 1])), extended=par("nb", 20.0, 0, 90)
    )
    return zfit.loss.ExtendedBinnedNLL(P.BinnedSumPDF([signal, background]), _counts())


def _counted(values: Any, events: Any = True) -> Any:
    return P.HistogramPDF(_counts(values=np.asarray(values, float)), extended=events)


FALLING = [5.0, 4, 3, 2.5, 2, 1.5, 1]


def _scaled(pdf: Any) -> Any:
    """A template with a factor on each bin."""
    factors = {f"sysshape_{i}": par(f"g{i}", 1.0 + 0.05 * i, 0.1, 9) for i in range(7)}
    return P.BinwiseScaleModifier(pdf, factors)


def _morphed(events: Any = None) -> Any:
    """Templates that move into one another, which do not lie at equal distances."""
    hists = {
        -1.0: _counted(FALLING),
        0.0: _counted([4, 5, 4, 3, 2, 1.5, 1]),
        1.5: _counted([3, 5, 6, 4, 2, 1, 0.5]),
    }
    return P.SplineMorphingPDF(par("alpha", 0.3, -2, 2), hists, extended=events)


def _binned_loss(pdf: Any, extended: bool = True, values: Any = None) -> Any:
    kind = zfit.loss.ExtendedBinnedNLL if extended else zfit.loss.BinnedNLL
    return kind(pdf, _counts() if values is None else values)


def _all_templates() -> Any:
    """What counts by itself, summed with what has a yield."""
    rising = P.HistogramPDF(_counts(values=np.ones(7)), extended=par("ny", 5.0, 0, 50))
    return P.BinnedSumPDF([_scaled(_counted(FALLING)), rising, _morphed()])


def _scaled_shape() -> Any:
    smooth = P.Gauss(par("mu", 2.5, 0, 6), 1.1, SPACE)
    return _scaled(P.BinnedFromUnbinnedPDF(smooth, BINS, extended=par("n", 30.0, 0, 90)))


def _plane() -> Any:
    """A template of two observables, scaled bin by bin."""
    other = zfit.binned.VariableBinning([0.0, 1.0, 3.0], name="y")
    plane = BINS * zfit.Space("y", binning=other)
    values = np.linspace(1.0, 4.0, 14).reshape(7, 2)
    template = P.HistogramPDF(_counts(plane, values), extended=True)
    factors = {f"sysshape_{i}": par(f"g{i}", 1.0 + 0.03 * i, 0.1, 9) for i in range(14)}
    pdf = P.BinwiseScaleModifier(template, factors)
    return _binned_loss(pdf, values=_counts(plane, np.arange(14.0).reshape(7, 2)))


LOSSES: dict[str, Callable[[], Any]] = {
    "weights": lambda: zfit.loss.UnbinnedNLL(SHAPES["Sum_two"](), data(weights=True)),
    "extended": lambda: zfit.loss.ExtendedUnbinnedNLL(
        P.Gauss(par("mu", 2.5, 0, 6), 1.1, SPACE, extended=par("n", 20, 0, 90)), data()
    ),
    "extended_sum": lambda: zfit.loss.ExtendedUnbinnedNLL(_signal(), data()),
    "extended_sum_weights": lambda: zfit.loss.ExtendedUnbinnedNLL(_signal(), data(weights=True)),
    "extended_pdf_in_plain_loss": lambda: nll(_signal()),
    "extended_fractions": lambda: zfit.loss.ExtendedUnbinnedNLL(
        SHAPES["Sum_two"]().create_extended(par("n", 20, 0, 90)), data()
    ),
    "norm_range": lambda: zfit.loss.UnbinnedNLL(
        P.Gauss(par("mu", 2.5, 0, 6), 1.1, zfit.Space("x", -5, 9), norm=SPACE), data()
    ),
    "two_dimensions": _two_dimensions,
    "constraints": _constrained,
    "other_constraints": _other_constraints,
    "simultaneous": _simultaneous,
    "binned": lambda: zfit.loss.BinnedNLL(
        P.BinnedFromUnbinnedPDF(SHAPES["Gauss"](), BINS), _counts()
    ),
    "binned_extended": lambda: zfit.loss.ExtendedBinnedNLL(
        P.BinnedFromUnbinnedPDF(_signal(), BINS), _counts()
    ),
    "template": lambda: zfit.loss.BinnedNLL(
        P.BinnedSumPDF(
            [_template([1, 2, 6, 5, 2, 1, 1]), _template([5, 4, 3, 2, 2, 1, 1])],
            par("f", 0.3, 0, 1),
        ),
        _counts(),
    ),
    "template_extended": _binned_sum,
    "three_dimensions": _three_dimensions,
    "Beta": _beta,
    "conditional": _conditional,
    "sampled_data": _sampled_data,
    "binned_weights": lambda: _binned_loss(
        P.BinnedFromUnbinnedPDF(SHAPES["Gauss"](), BINS), False, _counts(values=COUNTS * 0.7)
    ),
    "BinwiseScale": lambda: _binned_loss(_scaled(_counted(FALLING)), False),
    "BinwiseScale_extended": lambda: _binned_loss(_scaled(_counted(FALLING))),
    "BinwiseScale_of_sum": lambda: _binned_loss(
        _scaled(P.BinnedSumPDF([_counted(FALLING), _counted([1, 2, 6, 4, 1, 0.5, 0.1])]))
    ),
    "BinwiseScale_of_morphing": lambda: _binned_loss(_scaled(_morphed())),
    "BinwiseScale_of_unbinned": lambda: _binned_loss(_scaled_shape()),
    "BinwiseScale_plane": _plane,
    "SplineMorphing": lambda: _binned_loss(_morphed(), False),
    "SplineMorphing_extended": lambda: _binned_loss(_morphed()),
    "SplineMorphing_yield": lambda: _binned_loss(_morphed(par("n", 33.0, 0, 90))),
    "templates_extended": lambda: _binned_loss(_all_templates()),
}
"""Whole losses."""


def losses() -> Iterator[tuple[str, Callable[[], Any]]]:
    """All cases: name and maker."""
    for name, make in SHAPES.items():
        yield name, lambda make=make: nll(make())
    yield from LOSSES.items()
