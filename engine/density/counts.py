"""Distributions of bin counts: what they expect in each bin."""

from __future__ import annotations

from functools import singledispatch

from jax import Array

from hs3.distributions import Distribution

from .density import Box
from .scope import DensityScope


@singledispatch
def bin_counts(dist: Distribution, scope: DensityScope, box: Box) -> Array | None:
    """Expected count of each bin of `box`, or None for a distribution that does not count bins."""
    return None
