"""HS3's distributions as zfit's pdfs: one function per type."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from importlib import import_module
from typing import Any

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped]
import zfit

from hs3.distributions import Distribution
from hs3.distributions.argus import ArgusDist
from hs3.distributions.crystalball import CrystalBallDist
from hs3.distributions.exponential import ExponentialDist
from hs3.distributions.gamma import GammaDist
from hs3.distributions.gaussian import (
    BifurkatedGaussianDist,
    GaussianDist,
    GeneralizedNormalDist,
)
from hs3.distributions.generic import DensityFunctionDist, GenericDist, LogDensityFunctionDist
from hs3.distributions.histogram import HistogramDist
from hs3.distributions.lognormal import LogNormalDist
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.poisson import PoissonDist
from hs3.distributions.polynomial import (
    BernsteinPolyDist,
    ChebychevDist,
    LegacyExpPolyDist,
    PolynomialDist,
)
from hs3.distributions.product import EfficiencyProductDist, ProductDist
from hs3.distributions.rate import RateExtendedDist
from hs3.distributions.uniform import UniformDist
from hs3.distributions.voigtian import VoigtianDist
from hs3.expressions import Expression

from .evaluate import Evaluator, bends_of, leaves
from .formula import EfficiencyPDF, Formula, FormulaPDF
from .refuse import refuse
from .values import Values


@dataclass(frozen=True)
class Scope:
    """What a distribution is made in: values, the ranges of the observables, and their bins.

    Attributes:
        values: of parameters and functions.
        ranges: in which densities are normalised.
        bins: edges of each observable for binned data; empty for unbinned data.
        events: the expected number of events of a template, or None.
        path: where the factor stands in the document.
    """

    values: Values
    ranges: Mapping[str, tuple[float, float]]
    bins: Mapping[str, Any]
    path: str
    events: Any = None

    def expecting(self, events: Any) -> Scope:
        """The same with another number of events."""
        return replace(self, events=events)

    def distribution(self, name: str) -> Distribution:
        """The distribution called so."""
        return self.values.workspace.distribution(name)

    def observables(self, dist: Distribution) -> list[str]:
        """The observables of a distribution, in the order of the data."""
        found = _leaves(dist, self)
        own = [o for o in self.ranges if o in found]
        if not own:
            refuse(f"{dist.name!r} depends on no observable", path=self.path)
        return own

    def space(self, names: Sequence[str]) -> Any:
        """The normalisation range of some observables."""
        spaces = [zfit.Space(n, *self.ranges[n]) for n in names]
        total = spaces[0]
        for space in spaces[1:]:
            total = total * space
        return total

    def variable(self, dist: Distribution, key: str = "x") -> Any:
        """The space of a distribution of one variable, which has to be an observable.

        Raises:
            ConversionError: it is something else.
        """
        name = getattr(dist, key)
        name = name[0] if isinstance(name, tuple) and len(name) == 1 else name
        if name not in self.ranges:
            refuse(f"the variable {name!r} of {dist.name!r} is no observable", name, self.path)
        return self.space([str(name)])


def _leaves(dist: Distribution, scope: Scope) -> set[str]:
    """All names that a distribution depends on, through functions and other distributions."""
    known = scope.values.workspace.tables["distributions"]
    todo, found = [dist], set[str]()
    for one in todo:  # grows on the way
        for name in leaves(one, scope.values.functions) - found:
            found.add(name)
            if name in known and name not in scope.ranges:
                todo.append(scope.distribution(name))
    return found


@singledispatch
def shape(dist: Distribution, scope: Scope) -> Any:
    """The pdf of a distribution, without a yield.

    Raises:
        ConversionError: its type has no equal in zfit.
    """
    refuse(
        f"the distribution {dist.name!r} of type {dist.type!r} has no equal in zfit",
        dist.type,
        scope.path,
    )


def _named(make: Callable[..., Any], dist: Distribution, obs: Any, **params: Any) -> Any:
    return make(**params, obs=obs, name=dist.name)


@shape.register
def _gauss(dist: GaussianDist, scope: Scope) -> Any:
    v = scope.values
    return _named(zfit.pdf.Gauss, dist, scope.variable(dist), mu=v(dist.mean), sigma=v(dist.sigma))


@shape.register
def _bifur(dist: BifurkatedGaussianDist, scope: Scope) -> Any:
    v = scope.values
    widths = {"sigmal": v(dist.sigmaL), "sigmar": v(dist.sigmaR)}
    return _named(zfit.pdf.BifurGauss, dist, scope.variable(dist), mu=v(dist.mean), **widths)


@shape.register
def _generalized(dist: GeneralizedNormalDist, scope: Scope) -> Any:
    v = scope.values
    params = {"mu": v(dist.mean), "sigma": v(dist.alpha), "beta": v(dist.beta)}
    return _named(zfit.pdf.GeneralizedGauss, dist, scope.variable(dist), **params)


@shape.register
def _exponential(dist: ExponentialDist, scope: Scope) -> Any:
    lam = scope.values.negated(dist.c)
    return _named(zfit.pdf.Exponential, dist, scope.variable(dist), lam=lam)


@shape.register
def _log_normal(dist: LogNormalDist, scope: Scope) -> Any:
    """Of a range above zero: zfit's integral from below is NaN.

    Raises:
        ConversionError: the range begins below zero.
    """
    v, obs = scope.values, scope.variable(dist)
    if scope.ranges[obs.obs[0]][0] < 0.0:
        refuse(f"the range of {dist.name!r} begins below zero", path=scope.path)
    if dist.k is None:
        params = {"mu": v(dist.mu), "sigma": v(dist.sigma or 0.0)}
    else:
        params = {"mu": v.made(tf.math.log, dist.mu), "sigma": v.made(tf.math.log, dist.k)}
    return _named(zfit.pdf.LogNormal, dist, obs, **params)


@shape.register
def _gamma(dist: GammaDist, scope: Scope) -> Any:
    v = scope.values
    params = {"gamma": v(dist.gamma), "beta": v(dist.beta), "mu": v(dist.mu)}
    return _named(zfit.pdf.Gamma, dist, scope.variable(dist), **params)


@shape.register
def _voigt(dist: VoigtianDist, scope: Scope) -> Any:
    """The gamma of zfit is half of the width."""
    v = scope.values
    params = {"m": v(dist.mean), "sigma": v(dist.sigma), "gamma": v.half(dist.width)}
    return _named(zfit.pdf.Voigt, dist, scope.variable(dist), **params)


@shape.register
def _poisson(dist: PoissonDist, scope: Scope) -> Any:
    if dist.integer:
        refuse(f"{dist.name!r} rounds its variable, which zfit does not", path=scope.path)
    return _named(zfit.pdf.Poisson, dist, scope.variable(dist), lam=scope.values(dist.mean))


@shape.register
def _uniform(dist: UniformDist, scope: Scope) -> Any:
    obs = scope.variable(dist)
    low, high = (float(np.ravel(v)[0]) for v in obs.v1.limits)
    return _named(zfit.pdf.Uniform, dist, obs, low=low, high=high)


@shape.register
def _crystal_ball(dist: CrystalBallDist, scope: Scope) -> Any:
    v, obs = scope.values, scope.variable(dist, "m")
    if dist.is_cb_shape:
        params = {"mu": v(dist.m0), "sigma": v(dist.sigma), "alpha": v(dist.alpha), "n": v(dist.n)}
        return _named(zfit.pdf.CrystalBall, dist, obs, **params)
    params = {"mu": v(dist.m0)}
    for key, own in (("sigma", "sigma"), ("alpha", "alpha"), ("n", "n")):
        for side, (tail, place) in {"L": ("l", 0), "R": ("r", 1)}.items():
            common = getattr(dist, key)
            given = getattr(dist, f"{key}_{side}") if common is None else common
            given = given[place] if isinstance(given, tuple) else given
            if given is None:
                refuse(f"{dist.name!r} has a tail on one side only", path=scope.path)
            params[own + tail] = v(given)
    if params["sigmal"] is params["sigmar"]:
        params["sigma"] = params.pop("sigmal")
        del params["sigmar"]
        return _named(zfit.pdf.DoubleCB, dist, obs, **params)
    return _named(zfit.pdf.GeneralizedCB, dist, obs, **params)


# --- polynomials: their scale is the whole range of the observable -------------------------------


def _full(dist: ChebychevDist | BernsteinPolyDist, scope: Scope) -> tuple[Any, dict[str, Any]]:
    norm = scope.variable(dist)
    name = str(dist.x)
    full = scope.values.domains.get(name, scope.ranges[name])
    return zfit.Space(name, *full), {"norm": norm, "name": dist.name}


@shape.register
def _chebychev(dist: ChebychevDist, scope: Scope) -> Any:
    obs, options = _full(dist, scope)
    if not dist.coefficients:
        low, high = scope.ranges[str(dist.x)]
        return zfit.pdf.Uniform(low, high, scope.variable(dist), name=dist.name)
    return zfit.pdf.Chebyshev(obs, [scope.values(c) for c in dist.coefficients], **options)


@shape.register
def _bernstein(dist: BernsteinPolyDist, scope: Scope) -> Any:
    obs, options = _full(dist, scope)
    return zfit.pdf.Bernstein(obs, [scope.values(c) for c in dist.coefficients], **options)


# --- formulas ------------------------------------------------------------------------------------


def _formula(dist: Distribution, scope: Scope, evaluate: Callable[[Evaluator], Any]) -> FormulaPDF:
    functions = scope.values.functions
    observables = scope.observables(dist)
    if len(observables) != 1:
        refuse(
            f"{dist.name!r} is a formula of several observables, which zfit integrates roughly",
            path=scope.path,
        )
    own = sorted(leaves(dist, functions) - set(observables))
    params = {name: scope.values(name) for name in own if scope.values.is_parameter(name)}

    def formula(values: Mapping[str, Any]) -> Any:
        return evaluate(Evaluator(functions, values))

    def difference(argument: Expression) -> Formula:
        return lambda values: Evaluator(functions, values).tree(argument)

    arguments, steps = bends_of(dist, functions, observables)
    return FormulaPDF(
        formula,
        scope.space(observables),
        params,
        dist.name,
        bends=[difference(argument) for argument in arguments],
        steps=steps,
    )


@shape.register
def _generic(dist: GenericDist, scope: Scope) -> Any:
    return _formula(dist, scope, lambda at: at.expression(dist.expression))


@shape.register
def _density(dist: DensityFunctionDist, scope: Scope) -> Any:
    return _formula(dist, scope, lambda at: at(dist.function))


@shape.register
def _log_density(dist: LogDensityFunctionDist, scope: Scope) -> Any:
    return _formula(dist, scope, lambda at: tf.exp(at(dist.function)))


@shape.register
def _polynomial(dist: PolynomialDist, scope: Scope) -> Any:
    return _formula(dist, scope, lambda at: at.polynomial(at(dist.x), dist.coefficients))


@shape.register
def _exp_polynomial(dist: LegacyExpPolyDist, scope: Scope) -> Any:
    return _formula(dist, scope, lambda at: tf.exp(at.polynomial(at(dist.x), dist.coefficients)))


@shape.register
def _efficiency(dist: EfficiencyProductDist, scope: Scope) -> Any:
    """The product with a pdf that is proportional to the efficiency.

    Raises:
        ConversionError: there are several observables, over which zfit's integral is rough.
    """
    window = DensityFunctionDist(
        type="density_function_dist", name=f"{dist.name}_efficiency", function=dist.eff
    )
    inner = shape(scope.distribution(dist.pdf), scope)
    if len(scope.observables(dist)) != 1:
        refuse(f"{dist.name!r} has an efficiency of several observables", path=scope.path)
    return EfficiencyPDF(inner, shape(window, scope), dist.name)


@shape.register
def _argus(dist: ArgusDist, scope: Scope) -> Any:
    """The one of zfit-physics.

    Raises:
        ConversionError: that package is not installed.
    """
    if importlib.util.find_spec("zfit_physics") is None:
        refuse(f"{dist.name!r} of type {dist.type!r} needs zfit-physics", dist.type, scope.path)
    argus = import_module("zfit_physics.pdf").Argus
    v = scope.values
    params = {"m0": v(dist.resonance), "c": v(dist.slope), "p": v(dist.power)}
    return _named(argus, dist, scope.variable(dist, "mass"), **params)


# --- composites ----------------------------------------------------------------------------------


@shape.register
def _product(dist: ProductDist, scope: Scope) -> Any:
    parts = [shape(factor, scope) for factor in _factors(dist, scope)]
    return parts[0] if len(parts) == 1 else zfit.pdf.ProductPDF(parts, name=dist.name)


def _factors(dist: ProductDist, scope: Scope) -> list[Distribution]:
    """The factors, those of products among them too: zfit integrates flat products better."""
    found: list[Distribution] = []
    for name in dist.factors:
        factor = scope.distribution(name)
        found.extend(_factors(factor, scope) if isinstance(factor, ProductDist) else [factor])
    return found


@shape.register
def _mixture(dist: MixtureDist, scope: Scope) -> Any:
    """The sum with fractions; as many coefficients as summands are divided by their sum."""
    summands = [scope.distribution(name) for name in dist.summands]
    given = list(dist.coefficients or ())
    if not given or dist.ref_coef_norm:
        refuse(f"{dist.name!r} has no coefficients, or a normalisation of them", path=scope.path)
    if len(summands) == 1:
        return shape(summands[0], scope)
    if scope.bins and any(isinstance(d, HistogramDist | MixtureDist) for d in summands):
        return _binned_sum(dist, summands, scope)
    fractions = scope.values.fractions(given, len(summands))[:-1]
    parts = [shape(d, scope) for d in summands]
    return zfit.pdf.SumPDF(parts, fracs=fractions, name=dist.name)


def _binned_sum(dist: MixtureDist, summands: Sequence[Distribution], scope: Scope) -> Any:
    """A sum of templates: with a number of events each, where there is one of the sum."""
    given, v = list(dist.coefficients or ()), scope.values
    if scope.events is None:
        parts = [binned(shape(d, scope), scope) for d in summands]
        fractions = v.fractions(given, len(summands))[:-1]
        return zfit.pdf.BinnedSumPDF(parts, fracs=fractions, name=dist.name)
    if scope.events is v.total(given):
        events = [v(c) for c in given]
    else:
        shares = v.fractions(given, len(summands))
        events = [v.times(share, scope.events) for share in shares]
    scopes = [scope.expecting(one) for one in events]
    parts = [binned(shape(d, one), one) for d, one in zip(summands, scopes, strict=True)]
    return zfit.pdf.BinnedSumPDF(parts, name=dist.name)


def binned(pdf: Any, scope: Scope) -> Any:
    """A pdf seen in the bins of the data; templates are so already."""
    if isinstance(pdf, zfit.pdf.BaseBinnedPDF):
        return pdf
    return zfit.pdf.BinnedFromUnbinnedPDF(pdf, binned_space(scope.bins), extended=scope.events)


@shape.register
def _rate(dist: RateExtendedDist, scope: Scope) -> Any:
    return shape(scope.distribution(dist.underlying), scope)


@shape.register
def _histogram(dist: HistogramDist, scope: Scope) -> Any:
    """A template for binned data with the same bins, its density for unbinned data.

    Raises:
        ConversionError: the bins are others, or the histogram is interpolated.
    """
    edges = {a.name: a.bin_edges() for a in dist.data.axes}
    if dist.interpolationOrder or any(e is None for e in edges.values()):
        refuse(f"{dist.name!r} is interpolated, or has no bins", path=scope.path)
    for name, own in edges.items():
        data = scope.bins.get(name, scope.ranges[name])
        compared = own if name in scope.bins else own[[0, -1]]  # type: ignore[index]
        if len(data) != len(compared) or not np.array_equal(data, compared):  # type: ignore[arg-type]
            refuse(f"{dist.name!r} has other bins in {name!r} than its data", name, scope.path)
    shape_of = [len(e) - 1 for e in edges.values()]  # type: ignore[arg-type]
    contents = np.array(dist.data.contents, float).reshape(shape_of)
    template = zfit.pdf.HistogramPDF(
        zfit.data.BinnedData.from_tensor(space=binned_space(edges), values=contents),
        extended=False if scope.events is None or not scope.bins else scope.events,
        name=dist.name,
    )
    return template if scope.bins else zfit.pdf.UnbinnedFromBinnedPDF(template)


def binned_space(edges: Mapping[str, Any]) -> Any:
    """A space with the bins of each observable."""
    binnings = [zfit.binned.VariableBinning(list(map(float, e)), name=n) for n, e in edges.items()]
    return zfit.Space(list(edges), binning=binnings)
