"""Shapes of one variable that zfit has a class for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import zfit

from hs3.distributions import Distribution
from hs3.distributions.crystalball import CrystalBallDist
from hs3.distributions.exponential import ExponentialDist
from hs3.distributions.gamma import GammaDist
from hs3.distributions.gaussian import (
    GaussianDist,
    GeneralizedNormalDist,
)
from hs3.distributions.lognormal import LogNormalDist
from hs3.distributions.poisson import PoissonDist
from hs3.distributions.polynomial import BernsteinPolyDist, ChebychevDist
from hs3.distributions.uniform import UniformDist
from hs3.distributions.voigtian import VoigtianDist

from ..refuse import refuse
from .scope import Scope, shape


def _named(make: Callable[..., Any], dist: Distribution, obs: Any, **params: Any) -> Any:
    return make(**params, obs=obs, name=dist.name)


@shape.register
def _gauss(dist: GaussianDist, scope: Scope) -> Any:
    v = scope.values
    return _named(zfit.pdf.Gauss, dist, scope.variable(dist), mu=v(dist.mean), sigma=v(dist.sigma))


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
    """The gamma of zfit is half of the width; HS3 takes the sizes of both widths."""
    v = scope.values
    params = {"m": v(dist.mean), "sigma": v.size(dist.sigma), "gamma": v.size(v.half(dist.width))}
    return _named(zfit.pdf.Voigt, dist, scope.variable(dist), **params)


@shape.register
def _poisson(dist: PoissonDist, scope: Scope) -> Any:
    if dist.integer:
        refuse(f"{dist.name!r} rounds its variable, which zfit does not", path=scope.path)
    obs = scope.variable(dist)
    (name,) = obs.obs
    low, high = scope.ranges[name]
    # zfit takes the difference of a cumulative function that is the sum at whole numbers only, and
    # that leaves out the count at the lower limit.
    norm = zfit.Space(name, max(np.ceil(low) - 1.0, -0.5), np.floor(high))
    return _named(zfit.pdf.Poisson, dist, obs, lam=scope.values(dist.mean), norm=norm)


@shape.register
def _uniform(dist: UniformDist, scope: Scope) -> Any:
    obs = scope.space(scope.observables(dist))
    flat = [
        zfit.pdf.Uniform(*scope.ranges[name], scope.space([name]), name=f"{dist.name}_{name}")
        for name in obs.obs
    ]
    return flat[0] if len(flat) == 1 else zfit.pdf.ProductPDF(flat, name=dist.name)


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
