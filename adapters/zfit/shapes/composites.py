"""Densities that are made of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import zfit

from hs3.distributions import Distribution
from hs3.distributions.bincounts import BinCountsExtendedDist
from hs3.distributions.histogram import HistogramDist
from hs3.distributions.mixture import MixtureDist
from hs3.distributions.product import ProductDist
from hs3.distributions.rate import RateExtendedDist

from ..refuse import refuse
from .scope import Scope, shape
from .templates import binned, same_bins


@shape.register
def _product(dist: ProductDist, scope: Scope) -> Any:
    parts = [shape(factor, scope) for factor in factors(dist, scope)]
    return parts[0] if len(parts) == 1 else zfit.pdf.ProductPDF(parts, name=dist.name)


def factors(dist: ProductDist, scope: Scope) -> list[Distribution]:
    """The factors, those of products among them too: zfit integrates flat products better."""
    found: list[Distribution] = []
    for name in dist.factors:
        factor = scope.distribution(name)
        found.extend(factors(factor, scope) if isinstance(factor, ProductDist) else [factor])
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


@shape.register
def _rate(dist: RateExtendedDist, scope: Scope) -> Any:
    return shape(scope.distribution(dist.underlying), scope)


@shape.register
def _counted(dist: BinCountsExtendedDist, scope: Scope) -> Any:
    same_bins(dist, scope)
    return shape(scope.distribution(dist.dist), scope)
