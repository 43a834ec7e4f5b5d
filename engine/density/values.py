"""Densities and integrals of whatever has a name: distributions and functions alike."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .cuts import all_breakpoints
from .density import Box, log_norm, log_partial, middle
from .quadrature import integrate_signed
from .scope import DensityScope
from .special import log_signed


def function_integral(name: str, scope: DensityScope, box: Box) -> Array:
    """The integral of the value of a function (or of a distribution's bare formula) over a box."""
    if not box:
        return scope(name)
    if name not in scope.definitions.functions and name in scope.definitions.distributions:
        return jnp.exp(log_norm(scope.distribution(name), scope, box))
    return integrate_signed(lambda inner: inner(name), scope, box, name_cuts([name], scope, box))


def name_cuts(names: Sequence[str], scope: DensityScope, box: Box) -> dict[str, list[ArrayLike]]:
    """Where to cut integrals over a box of something made of `names`."""
    centre = middle(scope, box)
    return {o: all_breakpoints(names, centre, o) for o in box}


def log_value(name: str, scope: DensityScope, over: Sequence[str], box: Box) -> Array:
    """As `log_partial`, of a distribution or of a function that is to be normalised."""
    if name not in scope.definitions.functions:
        return log_partial(scope.distribution(name), scope, over, box)
    ranges = {o: scope.ranges[o] for o in over}
    return log_signed(function_integral(name, scope, box)) - log_signed(
        function_integral(name, scope, ranges)
    )
