"""Shapes that CMS uses for four-lepton backgrounds."""

from __future__ import annotations

from jax import Array

from hs3.distributions.cms import GGZZBackgroundDist, QQZZBackgroundDist

from .density import log_shape
from .scope import DensityScope
from .special import log_signed


@log_shape.register
def _qqzz(dist: QQZZBackgroundDist, scope: DensityScope) -> Array:
    m, a2, a3, a4 = (scope(v) for v in (dist.m4l, dist.a2, dist.a3, dist.a4))
    base = log_signed(m + a2)
    return log_signed(scope(dist.a1)) + a3 * base - a4 * m


@log_shape.register
def _ggzz(dist: GGZZBackgroundDist, scope: DensityScope) -> Array:
    m, a2, a3 = (scope(v) for v in (dist.m4l, dist.a2, dist.a3))
    return log_signed(scope(dist.a1)) + a2 * log_signed(m) - a3 * m
